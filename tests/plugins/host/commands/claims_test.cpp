// report award, claim, claims and recover close, reopen as their users run them.
#include <regex>

#include <catch2/catch.hpp>

#include "tests/plugins/host/commands/office.hpp"

using namespace talent_loan;
using namespace talent_loan::testing;

namespace {

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

constexpr const char* users =
    "maker_checker: required\nusers:\n  - {id: li, name: 李某, roles: [maker]}\n  - {id: wang, name: 王某, roles: [checker]}\n";

void settled(Office& office) {
  office.bureau().bad_claim("icbc", "A", 1000);
  office.bureau().bad_claim("ccb", "=1+1", 500);
  REQUIRE(office.run(office.settle_arguments("b")).exit == 0);
}

}  // namespace

TEST_CASE("the award claim lists what the province owes, in words, and what has been received") {
  Office office("payers: [{id: province, name: {zh: 省财政, en: provincial finance}}]\n");
  settled(office);
  REQUIRE(office.run({"fund", "deposit", "--fund", "f", "--amount", "100.00", "--on", "2021-03-01", "--reference", "v2", "--source", "award:province"}).exit == 0);
  const Ran ran = office.run({"report", "award", "--payer", "province", "--year", "2020", "--lang", "zh"});
  INFO(ran.out << ran.err);
  REQUIRE(ran.exit == 0);
  for (const char* part : {"省财政", "30%", "§4", "申请金额 450.00  人民币肆佰伍拾元整", "累计申请 450.00", "累计收到 100.00", "尚未收到 350.00", "经办"}) CHECK(contains(ran.out, part));
  REQUIRE(office.run({"report", "award", "--payer", "province", "--batch", "b", "--csv", office.path("award.csv"), "--xlsx", office.path("award.xlsx")}).exit == 0);
  CHECK(office.file("award.csv") ==
        "bank,bank_id,batch,claim_id,loan_id,disbursed_on,defaulted_on,principal_loss,paid,ratio,amount,policy_version,clauses\n"
        "ccb,ccb,b,'=1+1,'=1+1,2020-06-01,2020-12-01,500.00,400.00,30%,150.00,v2020,§4\n"
        "icbc,icbc,b,A,A,2020-06-01,2020-12-01,1000.00,800.00,30%,300.00,v2020,§4\n");
  CHECK(office.file("award.xlsx").starts_with("PK"));
}

TEST_CASE("an award is claimed of a payer that reimburses, for a booked batch or a year") {
  Office office;
  settled(office);
  const Ran city = office.run({"report", "award", "--payer", "city", "--year", "2020"});
  CHECK(city.exit == 1);
  CHECK(contains(city.err, "payers whose shares reimburse: province"));
  CHECK(office.run({"report", "award", "--payer", "province"}).exit == 2);
  CHECK(office.run({"report", "award", "--payer", "province", "--year", "2020", "--batch", "b"}).exit == 2);
  CHECK(office.run({"report", "award", "--payer", "province", "--batch", "x"}).exit == 1);
  CHECK(contains(office.run({"report", "award", "--payer", "province", "--year", "2019"}).out, "none"));
  REQUIRE(office.run({"settle", "reverse", "--batch", "b", "--reversal", "r", "--why", "w"}).exit == 0);
  const Ran reversed = office.run({"report", "award", "--payer", "province", "--batch", "b"});
  CHECK(reversed.exit == 1);
  CHECK(contains(reversed.err, "booked batches only"));
}

TEST_CASE("claims are listed by state and bank; the list as CSV keeps words for programs and harmless cells") {
  Office office;
  settled(office);
  office.bureau().bad_claim("icbc", "later", 10);
  const Ran all = office.run({"report", "claims", "--csv", office.path("all.csv")});
  INFO(all.err);
  REQUIRE(all.exit == 0);
  CHECK(all.out.empty());
  CHECK(office.file("all.csv") ==
        "bank,bank_id,claim_id,loan_id,defaulted_on,claimed_on,state,batch,code,waiting_for,claimed,principal_loss,compensated,bank_bears,recovered,costs,returned\n"
        "ccb,ccb,'=1+1,'=1+1,2020-12-01,2020-12-10,settled,b,,,500.00,500.00,400.00,100.00,0.00,0.00,0.00\n"
        "icbc,icbc,A,A,2020-12-01,2020-12-10,settled,b,,,1000.00,1000.00,800.00,200.00,0.00,0.00,0.00\n"
        "icbc,icbc,later,later,2020-12-01,2020-12-10,submitted,,,,10.00,0.00,0.00,0.00,0.00,0.00,0.00\n");
  const std::string submitted = office.run({"report", "claims", "--state", "submitted", "--state", "rejected"}).out;
  CHECK(contains(submitted, "later"));
  CHECK_FALSE(contains(submitted, "settled"));
  CHECK_FALSE(contains(office.run({"report", "claims", "--bank", "ccb"}).out, "icbc"));
  CHECK(office.run({"report", "claims", "--state", "lost"}).exit == 2);
}

TEST_CASE("the life of one claim shows who did what and why; a borrower's number is not told") {
  Office office(users);
  office.bureau().bad_claim("icbc", "A", 1000);
  {
    Transaction transaction = office.bureau().database().write();
    register_loans(transaction, {Loan{.bank = BankId("ccb"), .id = LoanId("P"), .borrower_id = "370302198001011233", .amount = yuan(100), .disbursed_on = day("2020-06-01")}});
    transaction.commit();
  }
  office.bureau().claim("ccb", "P", "P", yuan(100));
  auto arguments = office.settle_arguments("b");
  arguments.insert(arguments.end(), {"--as", "li"});
  REQUIRE(office.run(arguments).exit == 0);
  REQUIRE(office.run({"settle", "approve", "--batch", "b", "--as", "wang"}).exit == 0);
  REQUIRE(office.run({"recover", "close", "--claim", "A", "--ground", "no-further-recovery", "--on", "2021-06-30", "--why", "破产终结", "--as", "li"}).exit == 0);
  CHECK(office.run({"recover", "reopen", "--claim", "A", "--why", "x", "--as", "li"}).exit == 1);  // no checker
  const std::string life = office.run({"report", "claim", "--claim", "A", "--lang", "zh"}).out;
  INFO(life);
  for (const char* part : {"李某（li）", "王某（wang）", "已结案", "破产终结", "v2020 §4", "债务"}) CHECK(contains(life, part));
  REQUIRE(office.run({"recover", "reopen", "--claim", "A", "--why", "又有还款", "--as", "wang"}).exit == 0);
  CHECK(contains(office.run({"report", "claim", "--claim", "A", "--lang", "zh"}).out, "又有还款"));
  const std::string rejected = office.run({"report", "claim", "--claim", "P", "--bank", "ccb"}).out;
  INFO(rejected);
  CHECK(contains(rejected, "TRIGGER_NOT_MET"));
  CHECK_FALSE(contains(rejected, "198001011233"));
  CHECK(contains(rejected, "borrower a sealed identity number    disbursed"));  // not the hash that stands for it, masked
  CHECK_FALSE(contains(rejected, "****"));
  CHECK(office.run({"report", "claim", "--claim", "none"}).exit == 1);
}

TEST_CASE("who asks for approved claims is told why there are none and what to ask for") {
  Office office(users);
  office.bureau().bad_claim("icbc", "A", 1000);
  auto arguments = office.settle_arguments("b");
  arguments.insert(arguments.end(), {"--as", "li"});
  REQUIRE(office.run(arguments).exit == 0);
  CHECK(contains(office.run({"report", "claims", "--state", "accepted"}).out, "icbc"));
  REQUIRE(office.run({"settle", "approve", "--batch", "b", "--as", "wang"}).exit == 0);
  const Ran approved = office.run({"report", "claims", "--state", "approved"});
  INFO(approved.out << approved.err);
  CHECK(approved.exit == 0);
  CHECK(approved.err.empty());
  for (const char* part : {"none", "no claim stays approved", "still to be approved are accepted", "are settled, paid, recovering, closed or written-off", "report claim"}) CHECK(contains(approved.out, part));
  CHECK(contains(office.run({"report", "claims", "--state", "approved", "--lang", "zh"}).out, "没有申请停留在“已复核”（approved）"));
  const Ran list = office.run({"report", "claims", "--state", "approved", "--csv", office.path("none.csv")});
  CHECK(list.exit == 0);
  CHECK(contains(list.err, "no claim stays approved"));
  CHECK(office.file("none.csv").ends_with("returned\n"));
  CHECK_FALSE(contains(office.run({"report", "claims", "--state", "settled"}).out, "no claim stays approved"));
  CHECK(contains(office.run({"report", "claims", "--help"}).out, "no claim stays approved"));
}

TEST_CASE("an approval is told with who, when, how much, on what ground and by which clauses") {
  Office office(users);
  office.bureau().bad_claim("icbc", "A", 1000);
  auto arguments = office.settle_arguments("b");
  arguments.insert(arguments.end(), {"--as", "li"});
  REQUIRE(office.run(arguments).exit == 0);
  CHECK_FALSE(contains(office.run({"report", "claim", "--claim", "A"}).out, "approved"));
  REQUIRE(office.run({"settle", "approve", "--batch", "b", "--as", "wang"}).exit == 0);
  const std::string life = office.run({"report", "claim", "--claim", "A"}).out;
  const std::size_t at = life.find("batch b approved");
  INFO(life);
  REQUIRE(at != std::string::npos);
  const std::size_t begin = life.rfind('\n', at) + 1;
  const std::string row = life.substr(begin, life.find('\n', at) - begin);
  for (const char* part : {"approved", "800.00", "王某 (wang)", "v2020 §4", "prepared by another user; approving books at once"}) CHECK(contains(row, part));
  CHECK(std::regex_search(row, std::regex(R"(\d{4}-\d\d-\d\d \d\d:\d\d)")));
}

TEST_CASE("closing a claim: wrong usage, and what it is refused for") {
  Office office;
  settled(office);
  CHECK(office.run({"recover", "close", "--claim", "A", "--why", "w"}).exit == 2);
  CHECK(office.run({"recover", "close", "--claim", "A", "--ground", "tired", "--why", "w"}).exit == 2);
  CHECK(office.run({"recover", "close", "--claim", "A", "--ground", "fully-recovered", "--why", "w"}).exit == 1);
  REQUIRE(office.run({"recover", "close", "--claim", "A", "--ground", "written-off", "--on", "2021-06-30", "--why", "w"}).exit == 0);
  CHECK(contains(office.run({"recover", "close", "--claim", "A", "--ground", "written-off", "--on", "2021-06-30", "--why", "w"}).err, "nothing changed"));
  CHECK(contains(office.run({"report", "claims", "--state", "written-off"}).out, "icbc"));
}

TEST_CASE("reports name banks by banks.yaml, their filing and site.yaml, beside their ids") {
  Office office("banks: [{id: icbc, name: {zh: 工行, en: ICBC}}]\n");
  settled(office);
  REQUIRE(office.run({"banks", "file", "ccb", "--from", "2020-01-01", "--name", "建行"}).exit == 0);
  const std::string filed = office.run({"report", "batch", "--batch", "b", "--lang", "zh"}).out;
  CHECK(contains(filed, "工行（icbc）"));
  CHECK(contains(filed, "建行（ccb）"));
  office.write("config/banks.yaml", "schema: talent-loan/banks/1\nbanks:\n  - {id: ccb, name: 中国建设银行, name_en: CCB, adapter: flat-file, config: no-such-file.yaml}\n");
  CHECK(contains(office.run({"report", "bank", "--bank", "ccb", "--lang", "zh"}).out, "中国建设银行（ccb）"));
  CHECK(contains(office.run({"report", "bank", "--bank", "ccb"}).out, "CCB (ccb)"));
}

TEST_CASE("what a bank must return is right after a reversal of one of several recoveries") {
  Office office;
  office.bureau().bad_claim("icbc", "A", 1000);
  REQUIRE(office.run(office.settle_arguments("b")).exit == 0);
  office.write("r.csv", "recovery_id,claim_id,received_on,amount,costs\nR1,A,2021-02-01,1000.00,0.00\nR2,A,2021-02-02,500.00,0.00\n");
  REQUIRE(office.run({"recover", "--recoveries", office.path("r.csv")}).exit == 0);
  REQUIRE(office.run({"recover", "reverse", "--recovery", "R1", "--reversal", "R1-x", "--why", "bounced"}).exit == 0);
  const std::string bank = office.run({"report", "bank", "--bank", "icbc", "--to", "2021-12-31"}).out;
  INFO(bank);
  CHECK(contains(bank, "to be returned 400.00"));  // 80% of R2, although R2 itself returned nothing when it was booked
  CHECK(contains(office.run({"report", "year", "--year", "2021"}).out, "400.00"));
}

TEST_CASE("a report on a bank or a fund that nobody knows is refused with the nearest one, not empty") {
  PolicyText policy;
  policy.fund = "{name: city-fund, when_short: queue}";
  Office office("", policy);
  settled(office);
  const Ran bank = office.run({"report", "bank", "--bank", "icbcc"});
  CHECK(bank.exit == 1);
  CHECK(contains(bank.err, "did you mean: icbc"));
  CHECK(office.run({"report", "claims", "--bank", "nobody"}).exit == 1);
  CHECK(contains(office.run({"report", "bank", "--bank", "nobody"}).err, "ccb, icbc"));
  const Ran fund = office.run({"report", "fund", "--fund", "city-fond"});
  CHECK(fund.exit == 1);
  CHECK(contains(fund.err, "did you mean: city-fund"));
  CHECK(office.run({"report", "fund", "--fund", "city-fund"}).exit == 0);  // nothing was paid into it yet
}

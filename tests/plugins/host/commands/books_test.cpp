// settle, recover, fund, ledger and report as their users run them.
#include <catch2/catch.hpp>

#include "tests/plugins/host/commands/office.hpp"

using namespace talent_loan;
using namespace talent_loan::testing;

namespace {

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

constexpr const char* maker_and_checker =
    "maker_checker: required\nusers:\n  - {id: li, name: Li, roles: [maker]}\n  - {id: wang, name: Wang, roles: [checker, maker]}\n";

}  // namespace

TEST_CASE("settle writes lines, rejects, totals and payments, and repeats them byte for byte") {
  Office office;
  office.bureau().bad_claim("icbc", "A", 1000000);
  office.bureau().claim("ccb", "B", "none", yuan(10));
  const Ran first = office.run(office.settle_arguments("b"));
  INFO(first.err);
  REQUIRE(first.exit == 0);
  CHECK(contains(first.err, "2 claims, 1 accepted, 1 rejected, 0 waiting"));
  CHECK(contains(first.err, "800000.00 paid"));
  const std::string lines = office.file("b-lines.csv"), payments = office.file("b-payments.csv");
  CHECK(contains(lines, "A,icbc,A,v2020,1000000.00,800000.00,500000.00,0.00,300000.00,200000.00\n"));
  CHECK(contains(office.file("b-rejects.csv"), "line,key,code,message\n,B,LOAN_UNKNOWN,"));
  CHECK(contains(office.file("b-totals.csv"), "TOTAL,1,1000000.00,"));
  REQUIRE(office.run(office.settle_arguments("b")).exit == 0);
  CHECK(office.file("b-lines.csv") == lines);
  CHECK(office.file("b-payments.csv") == payments);
  const Ran other = office.run(office.settle_arguments("b", "2021-01-01"));
  CHECK(other.exit == 1);
  CHECK(contains(other.err, "exists as of 2020-12-31"));
  auto strict = office.settle_arguments("b");
  strict.push_back("--strict");
  CHECK(office.run(strict).exit == 3);
}

TEST_CASE("a dry run shows everything and keeps nothing") {
  Office office;
  office.bureau().bad_claim("icbc", "A", 1000);
  auto arguments = office.settle_arguments("b");
  arguments.push_back("--dry-run");
  REQUIRE(office.run(arguments).exit == 0);
  CHECK(contains(office.file("b-lines.csv"), "A,icbc"));
  CHECK(office.run({"report", "batch", "--batch", "b"}).exit == 1);
  CHECK(office.bureau().balances().empty());
}

TEST_CASE("wrong usage is exit 2 and books nothing") {
  Office office;
  CHECK(office.run({"settle"}).exit == 2);
  CHECK(office.run({"settle", "--batch", "b"}).exit == 2);
  CHECK(office.run({"settle", "--batch", "b", "--as-of", "2020-02-30"}).exit == 2);
  CHECK(office.run({"settle", "approve"}).exit == 2);
  CHECK(office.run({"recover"}).exit == 2);
  CHECK(office.run({"fund", "deposit", "--fund", "f", "--amount", "1.234", "--on", "2020-01-01", "--reference", "r"}).exit == 2);
  CHECK(office.run({"settle", "--batch", "a b", "--as-of", "2020-12-31"}).exit == 1);
}

TEST_CASE("an output that cannot be written leaves the books as they were") {
  Office office;
  office.bureau().bad_claim("icbc", "A", 1000);
  const Ran ran = office.run({"settle", "--batch", "b", "--as-of", "2020-12-31", "--lines", office.path("no/such/folder/lines.csv")});
  CHECK(ran.exit == 1);
  CHECK(office.bureau().balances().empty());
}

TEST_CASE("maker and checker: one prepares, another approves") {
  Office office(maker_and_checker);
  office.bureau().bad_claim("icbc", "A", 1000);
  auto arguments = office.settle_arguments("b");
  CHECK(contains(office.run(arguments).err, "--as"));
  arguments.insert(arguments.end(), {"--as", "wang"});
  REQUIRE(office.run(arguments).exit == 0);
  CHECK(contains(office.file("b-payments.csv"), ",prepared\n"));
  CHECK(office.bureau().balances().empty());
  CHECK(office.run({"settle", "approve", "--batch", "b", "--as", "li"}).exit == 1);    // no checker
  CHECK(office.run({"settle", "approve", "--batch", "b", "--as", "wang"}).exit == 1);  // the maker
  CHECK(office.run({"settle", "reverse", "--batch", "b", "--reversal", "r", "--why", "li may not", "--as", "li"}).exit == 1);
  REQUIRE(office.run({"settle", "reverse", "--batch", "b", "--reversal", "r", "--why", "prepared by the wrong one", "--as", "wang"}).exit == 0);
  arguments = office.settle_arguments("b2");
  arguments.insert(arguments.end(), {"--as", "li"});
  REQUIRE(office.run(arguments).exit == 0);
  const Ran approved = office.run({"settle", "approve", "--batch", "b2", "--as", "wang", "--payments", office.path("out.csv")});
  INFO(approved.err);
  CHECK(approved.exit == 0);
  CHECK(contains(office.file("out.csv"), "b2-0001,b2,2020-12-31,icbc,city,,800.00,CNY,instructed\n"));
}

TEST_CASE("recover books a file once and rejects bad rows with codes") {
  Office office;
  office.bureau().bad_claim("icbc", "A", 1000);
  REQUIRE(office.run(office.settle_arguments("b")).exit == 0);
  office.write("recoveries.csv",
               "recovery_id,claim_id,received_on,amount,costs\n"
               "R1,A,2021-02-01,100.00,20.00\n"
               "R2,A,2021-02-30,1.00,0.00\n"
               "R3,A,2021-02-01,1,00.001\n"
               "R4,A,2021-02-01,,0.00\n"
               "R5,none,2021-02-01,1.00,0.00\n"
               "R1,A,2021-02-02,5.00,0.00\n"
               "R6,A,2020-01-01,5.00,0.00\n"
               "R7,A\n");
  const std::vector<std::string> arguments{"recover", "--recoveries", office.path("recoveries.csv"), "--returns", office.path("returns.csv"),
                                           "--rejects", office.path("rejects.csv")};
  const Ran ran = office.run(arguments);
  INFO(ran.err);
  REQUIRE(ran.exit == 0);
  CHECK(contains(ran.err, "8 recoveries: 1 booked, 0 known already, 7 rejected; 64.00 returned"));
  const std::string returns =
      "recovery_id,claim_id,bank_id,received_on,amount,costs,city_returned,province_returned,bank_keeps\n"
      "R1,A,icbc,2021-02-01,100.00,20.00,40.00,24.00,36.00\n";
  CHECK(office.file("returns.csv") == returns);
  const std::string rejects = office.file("rejects.csv");
  for (const char* row : {"3,R2,BAD_DATE,", "4,R3,BAD_AMOUNT,", "5,R4,MISSING_VALUE,", "6,R5,BAD_VALUE,", "7,R1,DUPLICATE_KEY,",
                          "8,R6,DATES_OUT_OF_ORDER,", "9,R7,MALFORMED_ROW,"}) {
    INFO(row << "\n" << rejects);
    CHECK(contains(rejects, row));
  }
  const std::string balances = office.bureau().balances();
  CHECK(contains(office.run(arguments).err, "0 booked, 1 known already"));
  CHECK(office.file("returns.csv") == returns);
  CHECK(office.bureau().balances() == balances);
  REQUIRE(office.run({"recover", "reverse", "--recovery", "R1", "--reversal", "X1", "--why", "bounced"}).exit == 0);
  CHECK_FALSE(contains(office.bureau().balances(), "returns"));
}

TEST_CASE("a recoveries file that cannot be read stops the command before anything is written") {
  Office office;
  for (const auto& [name, bytes] : std::vector<std::pair<std::string, std::string>>{
           {"empty.csv", ""}, {"header.csv", "recovery_id,claim_id,received_on,amount\nR1,A,2021-01-01,1.00\n"}, {"latin.csv", "recovery_id,claim_id,received_on,amount,costs\n\xff,A,2021-01-01,1.00,0.00\n"}}) {
    office.write(name, bytes);
    const Ran ran = office.run({"recover", "--recoveries", office.path(name), "--returns", office.path("returns.csv")});
    INFO(name << ": " << ran.err);
    CHECK(ran.exit == 1);
    CHECK_FALSE(office.has("returns.csv"));
  }
  CHECK(office.run({"recover", "--recoveries", office.path("none.csv")}).exit == 1);
}

TEST_CASE("fund: deposits count once and the status follows the books") {
  PolicyText policy;
  policy.fund = "{name: city-fund, when_short: queue}";
  Office office("", policy);
  office.bureau().bad_claim("icbc", "A", 1000);
  const std::vector<std::string> deposit{"fund", "deposit", "--fund", "city-fund", "--amount", "1000.00", "--on", "2020-01-02", "--reference", "v1"};
  REQUIRE(office.run(deposit).exit == 0);
  CHECK(contains(office.run(deposit).err, "booked before"));
  REQUIRE(office.run(office.settle_arguments("b")).exit == 0);
  const Ran award = office.run({"fund", "deposit", "--fund", "city-fund", "--amount", "300.00", "--on", "2021-03-01", "--reference", "v2", "--source", "award:province"});
  INFO(award.err);
  REQUIRE(award.exit == 0);
  const std::string status = office.run({"fund", "status"}).out;
  CHECK(contains(status, "1300.00"));
  CHECK(contains(status, "500.00"));
  CHECK_FALSE(contains(office.bureau().balances(), "award"));  // the province has paid
  CHECK(office.run({"fund", "deposit", "--fund", "f", "--amount", "1.00", "--on", "2021-03-01", "--reference", "v3", "--source", "gift"}).exit == 2);
}

TEST_CASE("fund: money comes from a payer that reimburses or a bank that is known, not from a slip of the pen") {
  Office office;
  office.bureau().bad_claim("icbc", "A", 1000);
  REQUIRE(office.run(office.settle_arguments("b")).exit == 0);
  const auto deposit = [&](const std::string& source) {
    return office.run({"fund", "deposit", "--fund", "f", "--amount", "1.00", "--on", "2021-03-01", "--reference", source, "--source", source});
  };
  const std::string before = office.bureau().balances();
  for (const auto& [source, said] : std::vector<std::pair<std::string, std::string>>{
           {"award:provinse", "there is no reimbursing payer \"provinse\"; did you mean: province"},
           {"award:city", "there is no reimbursing payer \"city\"; payers whose shares reimburse: province"},
           {"returns:icb", "there is no bank \"icb\"; did you mean: icbc"}}) {
    const Ran refused = deposit(source);
    INFO(refused.err);
    CHECK(refused.exit == 1);
    CHECK(contains(refused.err, said));
  }
  CHECK(office.bureau().balances() == before);
  CHECK(deposit("award:province").exit == 0);
  CHECK(deposit("returns:icbc").exit == 0);
}

TEST_CASE("an outside program confirms the books") {
  PolicyText policy;
  policy.fund = "{name: city-fund, when_short: queue}";
  Office office("", policy);
  office.bureau().deposit_into("city-fund", 5000000);
  office.bureau().bad_claim("icbc", "A", 1000000);
  office.bureau().bad_claim("ccb; bank: 1", "B", 333333);
  REQUIRE(office.run(office.settle_arguments("b")).exit == 0);
  office.write("r.csv", "recovery_id,claim_id,received_on,amount,costs\nR1,A,2021-02-01,100000.00,333.33\n");
  REQUIRE(office.run({"recover", "--recoveries", office.path("r.csv")}).exit == 0);
  REQUIRE(office.run({"ledger", "journal", "--format", "hledger", "--out", office.path("books.journal")}).exit == 0);
  const std::string trial = office.run({"ledger", "trial-balance", "--format", "csv"}).out;
  const Ran check = run_command("hledger", {"-f", office.path("books.journal"), "check"});
  INFO(check.err);
  REQUIRE(check.exit == 0);
  const Ran balances = run_command("hledger", {"-f", office.path("books.journal"), "balance", "--flat", "-O", "csv", "--no-total"});
  INFO(balances.out << balances.err << trial);
  REQUIRE(balances.exit == 0);
  // Each of our balances, as hledger adds it up: `"account","CNY 1.00"`.
  Transaction transaction = office.bureau().database().read();
  std::size_t accounts = 0;
  for (const AccountBalance& account : trial_balance(transaction)) {
    ++accounts;
    CHECK(contains(balances.out, "\"" + account.account + "\",\"CNY " + format_yuan(account.balance) + "\""));
    CHECK(contains(trial, account.account));
  }
  CHECK(accounts >= 8);
}

TEST_CASE("the batch sheet says who gets what, why, and the amount in words") {
  Office office("city: {zh: 淄博市, en: Zibo}\npayers: [{id: city, name: {zh: 市财政, en: city finance}}]\n");
  office.bureau().bad_claim("icbc", "A", 1000000);
  office.bureau().claim("ccb", "B", "none", yuan(10));
  REQUIRE(office.run(office.settle_arguments("b")).exit == 0);
  const std::string chinese = office.run({"report", "batch", "--batch", "b", "--lang", "zh"}).out;
  INFO(chinese);
  for (const char* part : {"淄博市 · 人才贷风险补偿结算单", "市财政支付", "人民币捌拾万元整", "人民币叁拾万元整", "LOAN_UNKNOWN", "§4", "v2020"}) CHECK(contains(chinese, part));
  const std::string english = office.run({"report", "batch", "--batch", "b"}).out;
  INFO(english);
  for (const char* part : {"city finance pays", "800000.00", "§4"}) CHECK(contains(english, part));
  CHECK(office.run({"report", "batch", "--batch", "x"}).exit == 1);
}

TEST_CASE("statements of a bank, of a fund and of a year agree with the books") {
  PolicyText policy;
  policy.fund = "{name: city-fund, when_short: queue}";
  Office office("", policy);
  office.bureau().deposit_into("city-fund", 2000);
  office.bureau().bad_claim("icbc", "A", 1000);
  REQUIRE(office.run(office.settle_arguments("b")).exit == 0);
  office.write("r.csv", "recovery_id,claim_id,received_on,amount,costs\nR1,A,2021-02-01,100.00,20.00\n");
  REQUIRE(office.run({"recover", "--recoveries", office.path("r.csv")}).exit == 0);
  const std::string bank = office.run({"report", "bank", "--bank", "icbc", "--to", "2021-12-31"}).out;
  INFO(bank);
  for (const char* part : {"1000.00", "800.00", "200.00", "to be returned 64.00", "not yet returned 64.00"}) CHECK(contains(bank, part));
  const std::string fund = office.run({"report", "fund", "--fund", "city-fund"}).out;
  INFO(fund);
  for (const char* part : {"voucher-1", "settlement", "balance brought forward", "1200.00"}) CHECK(contains(fund, part));
  const std::string year = office.run({"report", "year", "--year", "2020"}).out;
  INFO(year);
  for (const char* part : {"icbc", "province", "300.00", "800.00"}) CHECK(contains(year, part));
  CHECK(contains(office.run({"report", "year", "--year", "2021"}).out, "64.00"));
  CHECK(office.run({"report", "year", "--year", "x"}).exit == 2);
}

TEST_CASE("the batch workbook holds numbers, formulas and texts, and is the same each time") {
  Office office;
  office.bureau().bad_claim("icbc", "=1+1", 1000000);
  REQUIRE(office.run(office.settle_arguments("b")).exit == 0);
  REQUIRE(office.run({"report", "batch", "--batch", "b", "--xlsx", office.path("b.xlsx")}).exit == 0);
  const std::string bytes = office.file("b.xlsx");
  REQUIRE(office.run({"report", "batch", "--batch", "b", "--xlsx", office.path("b.xlsx")}).exit == 0);
  CHECK(office.file("b.xlsx") == bytes);
  RunOptions into;
  into.directory = std::filesystem::path(office.path("b.xlsx")).parent_path();
  REQUIRE(run_command("cmake", {"-E", "tar", "xf", office.path("b.xlsx")}, into).exit == 0);  // a workbook is a zip file
  const auto part = [&](const std::string& name) { return office.file(name); };
  const std::string banks = part("xl/worksheets/sheet1.xml");
  INFO(banks);
  for (const char* piece : {"<v>800000</v>", "SUM(D5:D5)", "state=\"frozen\"", "orientation=\"landscape\""}) CHECK(contains(banks, piece));
  for (const char* sheet : {"2", "3", "4"}) CHECK_FALSE(contains(part(std::string("xl/worksheets/sheet") + sheet + ".xml"), "<f>1+1"));
  CHECK(contains(part("xl/sharedStrings.xml"), "<t>=1+1</t>"));
  CHECK(contains(part("xl/sharedStrings.xml"), "人民币捌拾万元整"));
}

// Every code of a claim, in the contract's order: the first that applies is given.
#include <catch2/catch.hpp>

#include "tests/core/settlement/book_fixture.hpp"

using namespace talent_loan;
using namespace talent_loan::testing;

namespace {

// The code of the only reject, or "accepted".
std::string code(Bureau& bureau, const std::string& batch = "b") {
  const std::string rejects = bureau.rejects(batch);
  const std::size_t row = rejects.find('\n') + 1;
  if (row == rejects.size()) return "accepted";
  CHECK(rejects[row] == ',');  // no line stands behind it
  const std::size_t begin = rejects.find(',', row + 1) + 1;
  return rejects.substr(begin, rejects.find(',', begin) - begin);
}

void expect(const std::string& wanted, const PolicyText& text, const std::function<void(Bureau&)>& prepare,
            const std::function<void(SettlementRequest&)>& change = [](SettlementRequest&) {}) {
  on_both({text}, [&](Bureau& bureau) {
    prepare(bureau);
    SettlementRequest request = bureau.request("b");
    change(request);
    bureau.settle_as(request);
    INFO(bureau.rejects("b"));
    CHECK(code(bureau) == wanted);
  });
}

}  // namespace

TEST_CASE("DATES_OUT_OF_ORDER: defaulted before disbursed") {
  expect("DATES_OUT_OF_ORDER", {}, [](Bureau& bureau) {
    bureau.bad_loan("icbc", "A", 1000);
    bureau.claim("icbc", "A", "A", yuan(1000), {}, "2020-05-31");
  });
}

TEST_CASE("RECOVERED_OVER_OUTSTANDING stands before LOAN_UNKNOWN") {
  expect("RECOVERED_OVER_OUTSTANDING", {}, [](Bureau& bureau) { bureau.claim("icbc", "A", "none", yuan(10), yuan(11)); });
}

TEST_CASE("LOAN_UNKNOWN: another bank's loan of that id does not count") {
  expect("LOAN_UNKNOWN", {}, [](Bureau& bureau) {
    bureau.bad_loan("ccb", "A", 1000);
    bureau.claim("icbc", "A", "A", yuan(1000));
  });
}

TEST_CASE("NO_POLICY_IN_FORCE on the governing date") {
  PolicyText text;
  text.effective = "{from: 2020-06-02, to: 2020-12-31}";
  expect("NO_POLICY_IN_FORCE", text, [](Bureau& bureau) { bureau.bad_claim("icbc", "A", 1000); });
}

TEST_CASE("LOAN_NOT_ELIGIBLE: no decision under a scheme with a registry") {
  PolicyText text;
  text.eligibility = "{require_registry: true, borrowers: [{kind: talent, level_at_least: municipal, cite: \"§4\"}]}";
  expect("LOAN_NOT_ELIGIBLE", text, [](Bureau& bureau) { bureau.bad_claim("icbc", "A", 1000); });
}

TEST_CASE("LOAN_NOT_ELIGIBLE: the bank was not filed on the day of disbursement") {
  PolicyText text;
  text.eligibility = "{require_registry: false, bank_filed: true}";
  expect("LOAN_NOT_ELIGIBLE", text, [](Bureau& bureau) { bureau.bad_claim("icbc", "A", 1000); },
         [](SettlementRequest& request) { request.rules.bank_filed = [](const BankId&, Day on) { return on != day("2020-06-01"); }; });
  expect("accepted", text, [](Bureau& bureau) { bureau.bad_claim("icbc", "A", 1000); },
         [](SettlementRequest& request) { request.rules.bank_filed = [](const BankId&, Day on) { return on == day("2020-06-01"); }; });
}

TEST_CASE("LOAN_NOT_ELIGIBLE: above a limit that refuses") {
  PolicyText text;
  text.limits = "{per_talent: 999.99, over: refuse}";
  expect("LOAN_NOT_ELIGIBLE", text, [](Bureau& bureau) { bureau.bad_claim("icbc", "A", 1000); });
  text.limits = "{per_talent: 1000.00, over: refuse}";
  expect("accepted", text, [](Bureau& bureau) { bureau.bad_claim("icbc", "A", 1000); });
}

TEST_CASE("TRIGGER_NOT_MET by what was reported up to the day of the claim") {
  expect("TRIGGER_NOT_MET", {}, [](Bureau& bureau) {
    bureau.bad_loan("icbc", "A", 1000, "2020-06-01", "2020-12-11");
    bureau.claim("icbc", "A", "A", yuan(1000));
  });
}

TEST_CASE("what does not meet the trigger is told what does, with its clause where there is one") {
  for (const std::string& clause : {std::string(), std::string(", cite: \"§4\"")}) {
    PolicyText text;
    text.trigger = "{overdue_days_over: 120, class_at_least: doubtful" + clause + "}";
    on_both({text}, [&](Bureau& bureau) {
      bureau.bad_claim("icbc", "A", 1000);
      bureau.settle_batch("b");
      CHECK(bureau.rejects("b").find("100 days overdue and normal on the day of the claim do not meet the trigger: more than 120 days overdue, "
                                     "or classified doubtful or worse" + std::string(clause.empty() ? "" : " (§4)")) != std::string::npos);
      CHECK(bureau.rejects("b").find(" \n") == std::string::npos);
    });
  }
}

TEST_CASE("BALANCE_MISMATCH: the claim and the book disagree") {
  expect("BALANCE_MISMATCH", {}, [](Bureau& bureau) {
    bureau.bad_loan("icbc", "A", 1000);
    bureau.claim("icbc", "A", "A", Fen(99999));
  });
}

TEST_CASE("ALREADY_COMPENSATED within a batch and across batches") {
  on_both({PolicyText{}}, [](Bureau& bureau) {
    bureau.bad_claim("icbc", "A", 1000);
    bureau.claim("icbc", "B", "A", yuan(1000));
    bureau.settle_batch("b1");
    CHECK(code(bureau, "b1") == "ALREADY_COMPENSATED");
    bureau.claim("icbc", "C", "A", yuan(1000));
    bureau.settle_batch("b2");
    CHECK(code(bureau, "b2") == "ALREADY_COMPENSATED");
    CHECK(bureau.rejects("b2").find("batch b1") != std::string::npos);
  });
}

TEST_CASE("BANK_SUSPENDED above the ratio and from the balance on") {
  PolicyText text;
  text.suspend = "{npl_ratio_over: 5%, balance_at_least: 20000.00}";
  const auto prepare = [](std::int64_t good) {
    return [good](Bureau& bureau) {
      bureau.bad_claim("icbc", "A", 1000);
      bureau.bad_loan("icbc", "good", good);
      Transaction transaction = bureau.database().write();
      LoanEvent classified{.bank = BankId("icbc"), .id = EventId("c"), .loan = LoanId("A"), .kind = EventKind::classification, .occurred_on = day("2020-12-02")};
      classified.loan_class = LoanClass::doubtful;
      register_events(transaction, {classified});
      transaction.commit();
    };
  };
  expect("accepted", text, prepare(18999));        // too small a balance
  expect("accepted", text, prepare(19000));        // exactly 5%
  text.suspend = "{npl_ratio_over: 4.99%, balance_at_least: 20000.00}";
  expect("BANK_SUSPENDED", text, prepare(19000));
}

TEST_CASE("CLAIM_WINDOW_CLOSED counts from the default") {
  const auto prepare = [](Bureau& bureau) { bureau.bad_claim("icbc", "A", 1000); };
  expect("accepted", {}, prepare, [](SettlementRequest& request) { request.rules.claim_window_days = 9; });
  expect("CLAIM_WINDOW_CLOSED", {}, prepare, [](SettlementRequest& request) { request.rules.claim_window_days = 8; });
}

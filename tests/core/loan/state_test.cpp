// A loan's state is a function of the set of its events.
#include <algorithm>
#include <random>

#include <catch2/catch.hpp>

#include "core/loan/state.hpp"

using namespace talent_loan;

namespace {

Day day(const char* text) { return *parse_day(text); }

Loan loan_of(std::int64_t yuan) {
  return {.bank = BankId("b"), .id = LoanId("l"), .borrower_id = "x", .amount = Fen(yuan * 100), .disbursed_on = day("2020-06-01"),
          .maturity = day("2021-06-01")};
}

LoanEvent event(const char* id, EventKind kind, const char* on) {
  return {.bank = BankId("b"), .id = EventId(id), .loan = LoanId("l"), .kind = kind, .occurred_on = day(on)};
}

LoanEvent money(const char* id, EventKind kind, const char* on, std::int64_t yuan) {
  LoanEvent made = event(id, kind, on);
  made.amount = Fen(yuan * 100);
  return made;
}

LoanEvent overdue(const char* id, const char* on, std::int64_t days, std::int64_t sequence = 0) {
  LoanEvent made = event(id, EventKind::overdue, on);
  made.overdue_days = days;
  made.sequence = sequence;
  return made;
}

std::vector<LoanEvent> a_life() {
  LoanEvent classified = event("e5", EventKind::classification, "2020-12-01");
  classified.loan_class = LoanClass::substandard;
  LoanEvent extended = event("e6", EventKind::extension, "2020-10-01");
  extended.maturity = day("2022-06-01");
  return {money("e1", EventKind::repayment, "2020-07-01", 100000), money("e2", EventKind::repayment, "2020-08-01", 50000),
          overdue("e3", "2020-11-01", 31), overdue("e4", "2020-12-01", 61), classified, extended,
          event("e7", EventKind::defaulted, "2020-12-15"), money("e8", EventKind::recovery, "2021-01-10", 20000),
          money("e9", EventKind::recovery_reversed, "2021-01-20", 5000), money("f0", EventKind::write_off, "2021-03-01", 835000)};
}

}  // namespace

TEST_CASE("a state counts what occurred by the day and nothing later") {
  const Loan loan = loan_of(1000000);
  const LoanState early = state_on(loan, a_life(), day("2020-07-31"));
  CHECK(early.outstanding_principal == Fen(900000'00));
  CHECK(early.overdue_days == 0);
  CHECK(early.loan_class == LoanClass::normal);
  CHECK(early.maturity == day("2021-06-01"));

  const LoanState late = state_on(loan, a_life(), day("2021-12-31"));
  CHECK(late.outstanding_principal == Fen(850000'00));
  CHECK(late.recovered_principal == Fen(15000'00));
  CHECK(late.balance() == Fen(835000'00));
  CHECK(late.written_off == Fen(835000'00));
  CHECK(late.overdue_days == 61);
  CHECK(late.loan_class == LoanClass::substandard);
  CHECK(late.maturity == day("2022-06-01"));
  CHECK(late.defaulted_on == day("2020-12-15"));
}

TEST_CASE("the order in which events came makes no difference") {
  std::mt19937 random(20200526);
  const Loan loan = loan_of(1000000);
  std::vector<LoanEvent> events = a_life();
  const LoanState expected = state_on(loan, events, day("2021-02-01"));
  for (int round = 0; round < 200; ++round) {
    std::shuffle(events.begin(), events.end(), random);
    const LoanState state = state_on(loan, events, day("2021-02-01"));
    REQUIRE(state.outstanding_principal == expected.outstanding_principal);
    REQUIRE(state.recovered_principal == expected.recovered_principal);
    REQUIRE(state.overdue_days == expected.overdue_days);
    REQUIRE(state.loan_class == expected.loan_class);
    REQUIRE(state.maturity == expected.maturity);
  }
}

TEST_CASE("of two reports of one day the higher sequence stands, then the higher event id") {
  const Loan loan = loan_of(1000);
  CHECK(state_on(loan, {overdue("b", "2020-12-01", 91, 2), overdue("a", "2020-12-01", 0, 1)}, day("2020-12-01")).overdue_days == 91);
  CHECK(state_on(loan, {overdue("b", "2020-12-01", 91), overdue("a", "2020-12-01", 0)}, day("2020-12-01")).overdue_days == 91);
}

TEST_CASE("repayments above the loan are shown and leave nothing outstanding") {
  const LoanState state = state_on(loan_of(1000), {money("e", EventKind::repayment, "2020-07-01", 1200)}, day("2020-07-01"));
  CHECK(state.outstanding_principal == Fen(0));
  CHECK(state.overpaid == Fen(20000));
}

TEST_CASE("either half of a trigger suffices") {
  const Trigger trigger{.overdue_days_over = 90, .class_at_least = LoanClass::substandard, .cite = ""};
  LoanState state;
  state.overdue_days = 90;
  CHECK_FALSE(trigger.holds(state.overdue_days, state.loan_class));
  state.overdue_days = 91;
  CHECK(trigger.holds(state.overdue_days, state.loan_class));
  state.overdue_days = 0;
  state.loan_class = LoanClass::special_mention;
  CHECK_FALSE(trigger.holds(state.overdue_days, state.loan_class));
  state.loan_class = LoanClass::substandard;
  CHECK(trigger.holds(state.overdue_days, state.loan_class));
  CHECK(Trigger{}.holds(0, LoanClass::normal));
}

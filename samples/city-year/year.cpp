#include "samples/city-year/year.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace talent_loan::sample {
namespace {

constexpr int enterprises_count = 90;
constexpr int talents_count = 300;
constexpr int loans_count = 60;
// The loans that go bad: five under the policy before 26 May 2020, three under the one after it.
constexpr std::array<std::size_t, 8> defaults{2, 6, 10, 14, 26, 31, 32, 34};
constexpr std::size_t early_claim = 38;  // claimed after 60 days overdue: not yet due for compensation

Day day(int year, int month, int day_of_month) {
  return Day(std::chrono::year(year) / month / day_of_month);
}

struct ProgrammeShare {
  const char* id;
  int percent;
};
constexpr std::array<ProgrammeShare, 5> programmes{{{"zibo-yingcai", 52}, {"taishan-industry", 22}, {"taishan-scholar", 14},
                                                    {"national-wanren", 7}, {"qilu-chief-technician", 5}}};

std::string pick_programme(Chance& chance) {
  int roll = chance.between(1, 100);
  for (const ProgrammeShare& programme : programmes) {
    if ((roll -= programme.percent) <= 0) return programme.id;
  }
  return programmes.front().id;
}

Talent make_talent(Chance& chance, int number) {
  Talent talent;
  talent.talent_id = fmt::format("T{:04}", number);
  talent.name = person_name(chance);
  talent.id_number = resident_identity_number(chance);
  talent.programme = pick_programme(chance);
  talent.valid_from = day(chance.between(2016, 2019), chance.between(1, 12), 1);
  if (chance.percent(85)) talent.valid_to = add_months(talent.valid_from, 60).plus_days(-1);
  if (chance.percent(80)) {
    talent.employer = static_cast<std::size_t>(chance.between(0, enterprises_count - 1));
    talent.employed_from = day(chance.between(2010, 2018), chance.between(1, 12), chance.between(1, 28));
  }
  return talent;
}

Loan make_application(Chance& chance, const City& city, int number) {
  Loan loan;
  loan.bank_id = number % 5 < 3 ? "luzhong-bank" : "zicheng-rural-bank";
  loan.application_id = fmt::format("A2020{:04}", number);
  loan.loan_id = fmt::format("L2020{:04}", number);
  const Talent& talent = city.talents[static_cast<std::size_t>(number * 4 % talents_count)];
  loan.to_employer = talent.employer && chance.percent(55);
  loan.borrower_id = loan.to_employer ? city.enterprises[*talent.employer].code : talent.id_number;
  loan.borrower_name = loan.to_employer ? city.enterprises[*talent.employer].name : talent.name;
  loan.amount = Fen(std::int64_t{chance.between(10, loan.to_employer ? 900 : 300)} * 10'000 * 100);
  loan.commercialisation = chance.percent(60);
  loan.term_months = chance.percent(70) ? 12 : 24;
  loan.rate = Ratio(std::int64_t{chance.between(385, 585)} * 10'000);
  loan.applied_on = day(2020, 1, 6).plus_days(number * 290 / (loans_count + 6));
  loan.disbursed_on = loan.applied_on.plus_days(chance.between(6, 12));
  return loan;
}

// Quarterly repayments of a tenth of the principal, as long as they fall before `until`.
void add_repayments(Loan& loan, Day until) {
  for (int quarter = 1; quarter <= 4; ++quarter) {
    const Day paid_on = add_months(loan.disbursed_on, 3 * quarter);
    if (paid_on >= until) return;
    loan.repayments.push_back({paid_on, floor_part(loan.amount, 1, 10)});
  }
}

void make_default(Chance& chance, Loan& loan, int overdue_days) {
  Default event;
  event.overdue_since = add_months(loan.disbursed_on, 3);
  event.overdue_days = overdue_days;
  event.defaulted_on = event.overdue_since.plus_days(overdue_days);
  event.claimed_on = event.defaulted_on.plus_days(chance.between(1, 8));
  loan.defaulted = event;
  loan.repayments.clear();
  // An odd fen or two on the books: real outstanding balances are not round.
  loan.repayments.push_back({event.overdue_since.plus_days(-chance.between(5, 40)), Fen(chance.between(1'000'000, 9'999'999))});
}

void recover_some(Chance& chance, Loan& loan, Day received_on) {
  loan.recoveries.push_back(
      {received_on, floor_part(loan.outstanding(), chance.between(5, 20), 100), Fen(chance.between(50'000, 300'000))});
}

void make_exceptions(std::vector<Loan>& loans, const City& city) {
  // Six applications that become no loan: four not eligible, each for its own reason, two declined by the bank.
  Loan& unlisted = loans[7];
  Chance chance(20200526);
  unlisted.to_employer = false;
  unlisted.borrower_id = resident_identity_number(chance);
  unlisted.borrower_name = person_name(chance);
  unlisted.eligible = false;
  loans[19].secured = true;
  loans[19].eligible = false;
  Loan& unlinked = loans[33];
  unlinked.to_employer = true;
  unlinked.borrower_id = social_credit_code(chance);
  unlinked.borrower_name = enterprise_name(chance, 5);
  unlinked.eligible = false;
  Loan& too_much = loans[48];
  too_much.to_employer = false;
  too_much.borrower_id = city.talents[40].id_number;
  too_much.borrower_name = city.talents[40].name;
  too_much.amount = Fen(std::int64_t{1'200} * 10'000 * 100);
  too_much.eligible = false;
  loans[25].answer = Answer::declined;
  loans[52].answer = Answer::declined;
}

}  // namespace

Fen Loan::outstanding() const {
  Fen left = amount;
  for (const Repayment& repayment : repayments) left -= repayment.amount;
  return left;
}

City make_city_year(std::uint64_t seed) {
  Chance chance(seed);
  City city;
  for (int i = 0; i < enterprises_count; ++i) city.enterprises.push_back({social_credit_code(chance), enterprise_name(chance, i)});
  for (int i = 1; i <= talents_count; ++i) city.talents.push_back(make_talent(chance, i));
  for (int i = 0; i < loans_count + 6; ++i) city.loans.push_back(make_application(chance, city, i));
  make_exceptions(city.loans, city);
  const Day year_end = day(2020, 12, 31);
  for (std::size_t i = 0; i < city.loans.size(); ++i) {
    Loan& loan = city.loans[i];
    if (!loan.eligible || loan.answer == Answer::declined) continue;
    if (std::find(defaults.begin(), defaults.end(), i) != defaults.end()) {
      loan.amount = Fen(std::int64_t{chance.between(18, 90)} * 10'000 * 100);
      make_default(chance, loan, 91);
      if (i == defaults.front()) recover_some(chance, loan, day(2021, 1, 19));
      if (i == defaults.back()) recover_some(chance, loan, day(2021, 2, 15));
    } else if (i == early_claim) {
      make_default(chance, loan, 60);
    } else {
      add_repayments(loan, year_end);
    }
  }
  return city;
}

}  // namespace talent_loan::sample

// A made city-year of talent lending, 2020: talents on lists, enterprises, two banks' loans with what became of
// them. The same seed gives the same year to the byte.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/calendar/calendar.hpp"
#include "core/money/money.hpp"
#include "samples/city-year/people.hpp"

namespace talent_loan::sample {

struct Enterprise {
  std::string code;
  std::string name;
};

struct Talent {
  std::string talent_id;
  std::string name;
  std::string id_number;
  std::string programme;
  Day valid_from;
  std::optional<Day> valid_to;
  std::optional<std::size_t> employer;  // index into City::enterprises
  std::optional<Day> employed_from;
};

struct Repayment {
  Day paid_on;
  Fen amount;
};

struct Default {
  Day overdue_since;
  int overdue_days = 91;  // when the bank claims; under 91 it claims too early
  Day defaulted_on;
  Day claimed_on;
};

struct Recovery {
  Day received_on;
  Fen amount;
  Fen costs;
};

enum class Answer { disbursed, declined };  // of the bank, to an eligible application

// One application and, where the bank disbursed it, the whole life of its loan.
struct Loan {
  std::string application_id;
  std::string loan_id;
  std::string bank_id;
  bool to_employer = false;
  std::string borrower_id;  // identity number or social credit code
  std::string borrower_name;
  Fen amount;
  bool commercialisation = true;  // else innovation
  bool secured = false;
  int term_months = 12;
  Ratio rate;
  Day applied_on;
  Day disbursed_on;
  Answer answer = Answer::disbursed;
  bool eligible = true;  // what the lists say of it
  std::vector<Repayment> repayments;
  std::optional<Default> defaulted;
  std::vector<Recovery> recoveries;

  Fen outstanding() const;  // principal less repayments
  std::string claim_id() const { return "C" + loan_id; }
};

struct City {
  std::vector<Enterprise> enterprises;
  std::vector<Talent> talents;
  std::vector<Loan> loans;
};

City make_city_year(std::uint64_t seed);

}  // namespace talent_loan::sample

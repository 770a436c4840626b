// The indicators that are computed from the books as of the end of a year, and the loans behind each of them.
//
//   balance               yuan owed on talent loans at the end of the year
//   loans                 talent loans with a balance at the end of the year
//   disbursed             yuan of talent loans disbursed in the year
//   first_time_borrowers  borrowers whose first talent loan from any bank was this bank's, in the year
//   npl_ratio             percent of the balance at the end of the year that is classified substandard or
//   worse;
//                         0 where there is no balance
//   compensated           yuan that all payers pay for the bank's claims in batches booked as of a day of the
//   year recovered             yuan recovered in the year on claims that were compensated, before collection
//   costs
#pragma once

#include <functional>
#include <map>
#include <string>

#include "core/assessment/exact.hpp"
#include "core/assessment/values.hpp"
#include "core/identity/identity.hpp"
#include "core/store/database.hpp"

namespace talent_loan::assessment {

// What one loan adds to a figure of its bank.
enum class Figure {
  balance = 1,
  non_performing,
  loans,
  disbursed,
  first_time_borrowers,
  compensated,
  recovered
};
std::string_view word(Figure figure);

struct Contribution {
  Figure figure = Figure::balance;
  BankId bank;
  LoanId loan;
  std::string reference;  // the claim or recovery it came by; empty where it is the loan itself
  Fen amount;             // of the figures in yuan; of a count, one for each contribution
};

// Every contribution to every figure of that year: figures by figure, within each by bank and loan in byte
// order.
void each_contribution(Transaction& transaction, int year,
                       const std::function<void(const Contribution&)>& visit);

// The same for the contributions behind one `source` ("loan-book/npl_ratio" rests on balance and
// non_performing).
bool contributes(Figure figure, std::string_view source);

// Puts the figures of every indicator with a source into `values`, for every bank that the file named, that has
// contributions, or that was filed on some day of the year. What the file said of these indicators is replaced;
// gives how many such values there were.
std::size_t add_loan_book(Transaction& transaction, int year, const Table& table, Values& values);

}  // namespace talent_loan::assessment

// Internal to core/settlement: the claims that no batch has decided, with what the loan book knows of their loans.
// A million of them are decided in memory, in some 170 bytes each, instead of by a million queries.
#pragma once

#include <cstdint>
#include <deque>
#include <limits>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/files/key_set.hpp"
#include "core/settlement/claim_check.hpp"

namespace talent_loan {

// The last report of one kind on a loan: the order of core/loan/state.hpp, without the event ids.
struct LastReport {
  Day occurred_on = Day(std::numeric_limits<std::int32_t>::min());
  std::int64_t sequence = 0;
};

struct OpenClaim {
  std::int64_t number = 0;
  const char* ids = nullptr;  // the claim's id, then its loan's
  std::uint32_t claim_id_bytes = 0;
  std::uint32_t loan_id_bytes = 0;
  std::uint32_t bank = 0;
  std::uint32_t first_on_loan = 0;  // of the open claims on this loan, by index
  std::uint32_t next_on_loan = 0;   // one more than its index; 0: none
  Day defaulted_on;
  Day claimed_on;
  Fen outstanding_principal;
  Fen recovered_principal;
  // From the loan:
  std::uint32_t terms = 0;  // one more than their index; 0: the book has no such loan
  Day disbursed_on;
  Fen amount;
  std::int64_t lent = 0;  // to its borrower over all banks, at least
  // From its events up to the day of the claim:
  std::int64_t repaid = 0;
  std::int64_t collected = 0;  // recoveries less reversed ones
  std::int64_t overdue_days = 0;
  LastReport overdue;
  LastReport classified;
  LoanClass loan_class = LoanClass::normal;
  bool unusual = false;      // sums beyond 64 bits, or reports that only their ids order: ask the book itself
  bool compensated = false;  // by this batch, where it is the first on its loan

  std::string_view claim_id() const { return {ids, claim_id_bytes}; }
  std::string_view loan_id() const { return {ids + claim_id_bytes, loan_id_bytes}; }
};

class OpenClaims {
 public:
  static constexpr std::uint32_t none = std::numeric_limits<std::uint32_t>::max();

  // Reads what was submitted up to `as_of` and not decided by a batch that stands. `limits`: whether balance
  // limits will be asked for, which cost a sum over each borrower's loans.
  OpenClaims(Transaction& transaction, Day as_of, bool limits);
  OpenClaims(const OpenClaims&) = delete;

  std::size_t size() const { return claims_.size(); }
  OpenClaim& operator[](std::uint32_t index) { return claims_[index]; }
  // Fetches a claim that will be looked at soon; worth it some claims ahead where they are not looked at in order.
  void prefetch(std::uint32_t index) const {
    const char* const claim = reinterpret_cast<const char*>(&claims_[index]);
    for (std::size_t line = 0; line < sizeof(OpenClaim); line += 64) __builtin_prefetch(claim + line, 1);
  }
  const BankId& bank(const OpenClaim& claim) const { return banks_[claim.bank]; }
  const std::deque<BankId>& banks() const { return banks_; }
  const LoanTerms* terms(const OpenClaim& claim) const { return claim.terms == 0 ? nullptr : &terms_[claim.terms - 1]; }
  // The standing batch that compensates the claim's loan already; empty: none.
  std::string_view compensated_in(std::uint32_t index) const;

  // Indexes in the order of the batch: day of claim, bank, claim id.
  const std::vector<std::uint32_t>& in_batch_order() const { return batch_order_; }
  // Indexes in the order of the claims' numbers.
  std::vector<std::uint32_t> by_number() const;

 private:
  friend class LoanSweep;
  friend class EventSweep;

  void read_claims(Transaction& transaction, Day as_of);
  void read_loan_book(Transaction& transaction, bool limits);
  void read_compensated(Transaction& transaction, const std::vector<std::uint32_t>& suspects);
  std::uint32_t bank_index(std::string_view bank);         // takes it in where it is new
  std::uint32_t known_bank(std::string_view bank) const;   // `none` where no claim is of this bank
  std::uint64_t loan_hash(std::uint32_t bank, std::string_view loan) const;
  std::uint32_t first_on(std::uint32_t bank, std::string_view loan) const { return first_on(bank, loan, loan_hash(bank, loan)); }
  std::uint32_t first_on(std::uint32_t bank, std::string_view loan, std::uint64_t hash) const;
  void index_loans();
  void put_in_order();
  const char* keep(std::string_view claim_id, std::string_view loan_id);
  std::vector<std::uint32_t> loan_heads() const;

  KeyHasher hasher_;
  LargeVector<OpenClaim> claims_;
  std::vector<std::uint32_t> batch_order_;
  std::deque<BankId> banks_;
  std::map<std::string, std::uint32_t, std::less<>> bank_indexes_;
  LargeVector<std::uint64_t> slots_;  // by hash of the loan: 32 bits of it, and one more than the first claim's index
  std::deque<LoanTerms> terms_;
  std::map<std::uint32_t, std::string> compensated_in_;
  std::vector<ZeroedPages> id_chunks_;
  std::size_t chunk_left_ = 0;
  char* chunk_at_ = nullptr;
};

}  // namespace talent_loan

// What every borrower owes on every day, read from the loan book once: for verification by the million.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/loan/balances.hpp"

namespace talent_loan {

// Some 100 bytes a borrower and 16 for every change of a balance. Immutable; safe to use from several threads.
class BorrowerBalances {
 public:
  // The book as the transaction sees it.
  explicit BorrowerBalances(Transaction& transaction);
  // Equal to balance_of() for every borrower and day.
  Fen on(BorrowerKind kind, std::string_view key, Day day) const;

 private:
  // The balance from that day until the next change.
  struct Change {
    std::int32_t from = 0;
    Fen balance;
  };
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view key) const { return std::hash<std::string_view>{}(key); }
  };
  using Borrowers = std::unordered_map<std::string, std::vector<Change>, Hash, std::equal_to<>>;

  const Borrowers& of(BorrowerKind kind) const { return kind == BorrowerKind::talent ? talents_ : employers_; }
  Borrowers talents_;
  Borrowers employers_;
};

// balance_of() for few or many, from several threads at once: the first are asked of the database one by one, and
// who asks for more has the whole book read. Borrows the transaction, on which nothing else may run meanwhile.
class BalanceReader {
 public:
  static constexpr int one_by_one = 1'000;
  explicit BalanceReader(Transaction& transaction) : transaction_(transaction) {}
  Fen balance_of(const Borrower& borrower, Day day) const;

 private:
  Transaction& transaction_;
  mutable std::mutex turn_;
  mutable int asked_ = 0;
  mutable std::optional<BorrowerBalances> read_;
  mutable std::atomic<const BorrowerBalances*> all_ = nullptr;  // in read_, once it is there
};

}  // namespace talent_loan

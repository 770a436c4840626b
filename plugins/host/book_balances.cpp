#include "plugins/host/book_balances.hpp"

#include "core/loan/borrower_balances.hpp"
#include "core/loan/borrower_seal.hpp"

namespace talent_loan::host {
namespace {

class BookBalances final : public BalanceLookup {
 public:
  BookBalances(Transaction& transaction, const Vault* vault) : book_(transaction), vault_(vault) {}

  // A talent may stand in the book under the key of a list and, from before it was listed, under its number.
  Fen balance(BorrowerRule::Kind kind, const std::string& borrower_id, std::span<const std::string_view> talents, Day day) const override {
    if (kind == BorrowerRule::Kind::employer) return book_.balance_of({BorrowerKind::employer, borrower_id}, day);
    Fen sum = vault_ == nullptr ? Fen() : book_.balance_of({BorrowerKind::talent, sealed_borrower_id(*vault_, borrower_id)}, day);
    for (const std::string_view talent : talents) sum += book_.balance_of({BorrowerKind::talent, std::string(talent)}, day);
    return sum;
  }

 private:
  BalanceReader book_;
  const Vault* vault_;
};

}  // namespace

std::unique_ptr<BalanceLookup> book_balances(Transaction& transaction, const Vault* vault) {
  if (!transaction.query_one("SELECT loan_id FROM loans LIMIT 1")) return nullptr;
  return std::make_unique<BookBalances>(transaction, vault);
}

}  // namespace talent_loan::host

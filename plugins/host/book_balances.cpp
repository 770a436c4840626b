#include "plugins/host/book_balances.hpp"

#include "core/loan/borrower_balances.hpp"

namespace talent_loan::host {
namespace {

class BookBalances final : public BalanceLookup {
 public:
  explicit BookBalances(Transaction& transaction) : book_(transaction) {}

  // A talent may stand in the book under the key of a list and, from before it was listed, under its number.
  Fen balance(BorrowerRule::Kind kind, const std::string& borrower_id, std::span<const std::string_view> talents, Day day) const override {
    const BorrowerKind borrower_kind = kind == BorrowerRule::Kind::talent ? BorrowerKind::talent : BorrowerKind::employer;
    Fen sum = book_.balance_of({borrower_kind, borrower_id}, day);
    for (const std::string_view talent : talents) {
      if (talent != borrower_id) sum += book_.balance_of({borrower_kind, std::string(talent)}, day);
    }
    return sum;
  }

 private:
  BalanceReader book_;
};

}  // namespace

std::unique_ptr<BalanceLookup> book_balances(Transaction& transaction) {
  if (!transaction.query_one("SELECT loan_id FROM loans LIMIT 1")) return nullptr;
  return std::make_unique<BookBalances>(transaction);
}

}  // namespace talent_loan::host

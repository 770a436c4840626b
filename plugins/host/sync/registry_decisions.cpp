#include "plugins/host/sync/registry_decisions.hpp"

#include "core/loan/balances.hpp"
#include "core/loan/borrower_seal.hpp"
#include "core/loan/reservations.hpp"
#include "core/talent/bank_filings.hpp"
#include "core/talent/verification.hpp"

namespace talent_loan::host {
namespace {

// What the borrower owes over all banks, and what is on its way to being lent. A talent may stand in the books
// under the key of a list, and, from before it was listed, under its number.
class BookBalances final : public BalanceLookup {
 public:
  BookBalances(Transaction& transaction, const Vault* vault) : transaction_(transaction), vault_(vault) {}

  Fen balance(BorrowerRule::Kind kind, const std::string& borrower_id, std::span<const std::string_view> talents, Day day) const override {
    if (kind == BorrowerRule::Kind::employer) return owed({BorrowerKind::employer, borrower_id}, day);
    Fen sum = vault_ == nullptr ? Fen() : owed({BorrowerKind::talent, sealed_borrower_id(*vault_, borrower_id)}, day);
    for (const std::string_view talent : talents) sum += owed({BorrowerKind::talent, std::string(talent)}, day);
    return sum;
  }

 private:
  Fen owed(const Borrower& borrower, Day day) const { return balance_of(transaction_, borrower, day) + reserved_for(transaction_, borrower); }

  Transaction& transaction_;
  const Vault* vault_;
};

}  // namespace

RegistryDecisions::RegistryDecisions(const PolicySet& policies, SchemeId scheme, KeySource key)
    : policies_(policies), scheme_(std::move(scheme)), key_(std::move(key)) {}

Decision RegistryDecisions::decide(Transaction& transaction, const Application& application, Day decided_on) {
  if (!vault_) {
    if (auto vault = vault_for_reading(transaction, key_)) vault_.emplace(std::move(*vault));
  }
  const bool employer = application.borrower_kind == BorrowerKind::employer;
  const std::string borrower = vault_ ? borrower_number(*vault_, application) : application.borrower_id;
  const Registry registry = employer ? load_employer(transaction, borrower, decided_on)
                            : vault_ ? load_person(transaction, vault_->lookup(borrower), decided_on)
                                     : Registry();
  const FiledBanks banks(bank_filings(transaction));
  const BookBalances balances(transaction, vault_ ? &*vault_ : nullptr);
  const Verifier verifier(policies_, scheme_, registry, banks, vault_ ? &*vault_ : nullptr, &balances);
  const VerificationDecision verified = verifier.decide({.bank = application.bank,
                                                         .kind = employer ? BorrowerRule::Kind::employer : BorrowerRule::Kind::talent,
                                                         .borrower_id = borrower,
                                                         .on = application.applied_on,
                                                         .amount = application.amount,
                                                         .purpose = application.purpose,
                                                         .secured = application.secured,
                                                         .guaranteed = application.guaranteed,
                                                         .term_months = application.term_months,
                                                         .rate = application.rate});
  Decision decision;
  decision.eligible = verified.eligible();
  for (const Reason reason : verified.reasons.list()) decision.reasons.emplace_back(word(reason));
  if (verified.version != nullptr) decision.version = verified.version->version;
  decision.programme = verified.programme;
  decision.level = verified.level;
  decision.talent = verified.talent;
  decision.talents_counted = static_cast<int>(verified.talents_counted);
  decision.cites = verified.cites;
  decision.decided_on = decided_on;
  decision.list_version = verified.list_version;
  decision.known_on = decided_on;
  return decision;
}

}  // namespace talent_loan::host

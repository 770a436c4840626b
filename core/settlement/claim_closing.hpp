// The end of following a compensated claim up: everything was recovered, the bank expects nothing more, or it has
// written the loan off. None of them ends the borrower's debt; what is recovered later is shared all the same.
#pragma once

#include <optional>
#include <string>

#include "core/policy/policy.hpp"
#include "core/store/database.hpp"

namespace talent_loan {

enum class ClosingGround { fully_recovered = 1, no_further_recovery, written_off };
std::string_view word(ClosingGround ground);  // "no-further-recovery"
std::optional<ClosingGround> parse_closing_ground(std::string_view word);
Text ground_name(ClosingGround ground);

struct ClaimClosing {
  ClaimId claim;
  std::optional<BankId> bank{};  // needed only where several banks have a claim of this id
  ClosingGround ground = ClosingGround::no_further_recovery;
  Day on;
  std::string why;  // not empty
  UserId user;
};
// Closes the claim, with its audit entry, and gives true; false where the same closing stands already. Throws Failure
// where no such claim is compensated, where it is closed on another ground or day, where the day lies before the
// default, and where it is called fully recovered and is not: net of costs as `policies` say.
bool close_claim(Transaction& transaction, const ClaimClosing& closing, const PolicySet& policies);

struct ClaimReopening {
  ClaimId claim;
  std::optional<BankId> bank{};
  std::string why;  // not empty
  UserId user;
};
// Takes the closing back, with an audit entry; the closing stays on record. Throws Failure where the claim is not closed.
void reopen_claim(Transaction& transaction, const ClaimReopening& reopening);

// A recovery, or the reversal of one, on a claim that was closed as recovered or hopeless shows that it was not: it is
// reopened, with an audit entry. A write-off stands, for it never said that nothing would come.
void reopen_for_recovery(Transaction& transaction, std::int64_t claim, const std::string& recovery, const UserId& user);

}  // namespace talent_loan

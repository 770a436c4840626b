// A decision as a signed receipt, which a bank stores and anyone verifies offline with the public key alone.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/store/clock.hpp"
#include "core/talent/signing.hpp"
#include "core/talent/verification.hpp"

namespace talent_loan {

struct ReceiptContext {
  SchemeId scheme;
  std::optional<Day> known_on;  // absent: everything known when it was decided
  Instant decided_at;
};

// The receipt's bytes: JSON in one canonical form. The borrower stands in it masked, and as SM3 of a random salt
// and the number, so that whoever has the number can see that it is meant. Short as the number is, it could be
// found from the salted hash by trying: a receipt is for the bank and the borrower, not for the public.
std::string sign_receipt(const VerificationRequest& request, const VerificationDecision& decision, const ReceiptContext& context,
                         const SigningKey& key);

struct ReceiptCheck {
  bool genuine = false;
  Text why_not{};                          // when it is not
  std::string decision{};                  // of a genuine one: what was decided, as indented JSON
  std::optional<bool> borrower_matches{};  // of a genuine one, where a number was given to compare
};

// Any byte that was changed, added or removed makes a receipt not genuine. `borrower_id` may be empty.
ReceiptCheck check_receipt(std::string_view receipt, const SigningKey& public_key, const std::string& borrower_id);

}  // namespace talent_loan

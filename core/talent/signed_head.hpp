// The end of the audit trail, signed: kept outside the database it proves, with the public key alone, that
// nothing up to it was rewritten since.
#pragma once

#include <string>
#include <string_view>

#include "core/store/audit.hpp"
#include "core/talent/signing.hpp"

namespace talent_loan {

// JSON in one canonical form.
std::string sign_head(const AuditHead& head, Instant signed_at, const SigningKey& key);

// The head that was signed. Throws Failure that names `source` where any byte was changed, or another key signed.
AuditHead read_signed_head(std::string_view text, const std::string& source, const SigningKey& public_key);

}  // namespace talent_loan

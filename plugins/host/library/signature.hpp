// Detached signatures of adapter libraries: somebody whose public key the bureau keeps in its configuration vouches
// for a library, instead of, or beside, a pinned hash. Ed25519, or SM2 with SM3.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/calendar/calendar.hpp"
#include "core/talent/signing.hpp"

namespace talent_loan::host {

// Who may have signed a bank's library.
struct SignatureRule {
  std::vector<std::string> key_files;  // public keys (PEM); the signature must be by one of them
  std::string signature_file;          // empty: the library's path with ".sig" behind it
};

// What a signature file states. The signature covers all of it and every byte of the library.
struct LibrarySignature {
  std::string sha256;  // of the library
  std::string algorithm;  // word(SignatureAlgorithm)
  std::string key_id;
  Day signed_on;
  std::optional<Day> valid_to{};  // the last day; absent: until the key is taken out of the configuration
  std::string signature;          // base64
};

// The path of a library's signature where none is stated.
std::string signature_path(const std::string& library);

// The bytes of a signature file. `library`: the bytes of the library, not its path.
std::string signed_statement(std::string_view library, const SigningKey& key, Day on, const std::optional<Day>& valid_to);

// Checks `library`, the bytes of the file at `path`. Returns the signature and the key file that it is by. Throws
// AdapterFailure (not_loaded) where the signature is missing, garbled, of another library, by another key, out of
// date, or does not fit, and says which.
struct CheckedSignature {
  LibrarySignature signature;
  std::string key_file;
};
CheckedSignature require_signature(const std::string& path, std::string_view library, const SignatureRule& rule, Day today);

// Every key file of a folder (NAME.pem), in the order of their names; none where there is no such folder.
std::vector<std::string> key_files_of(const std::string& folder);

}  // namespace talent_loan::host

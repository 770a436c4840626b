// A file of verification requests, decided by the million.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <variant>

#include "core/files/files.hpp"
#include "core/talent/listing.hpp"
#include "core/talent/verification.hpp"

namespace talent_loan {

struct VerifyFileOptions {
  std::string requests;
  std::string decisions;
  std::string rejects{};  // empty: bad rows are counted, not written
  Encoding encoding = Encoding::utf8;
  Language language = Language::chinese;  // of the rejects' sentences
  unsigned threads = 1;
  std::function<void(std::uint64_t bytes_done, std::uint64_t bytes_in_all)> progress{};
};

struct VerifySummary {
  std::uint64_t rows = 0;
  std::uint64_t eligible = 0;
  std::uint64_t not_eligible = 0;
  std::uint64_t rejected = 0;
};

// Writes a decision for every good row, in the order of the file, and rejects the bad ones; the same bytes for
// any number of threads. Both files appear at the end, or neither.
VerifySummary verify_file(const Verifier& verifier, const VerifyFileOptions& options);

// A row's cells in the order of the contract: request_id, bank_id, borrower_kind, borrower_id, on, amount, purpose,
// secured, guaranteed.
constexpr std::size_t request_columns = 9;
const std::vector<std::string>& request_column_names();
using RequestCells = std::array<std::string_view, request_columns>;

// Checks everything but DUPLICATE_KEY. A number that a list knows is taken in whatever form.
std::variant<VerificationRequest, RowProblem> read_request(const RequestCells& cells, const Verifier& verifier);

// "request_id,eligible,reasons,policy_version,programme,cites" with its line end.
void append_decision(std::string_view request_id, const VerificationDecision& decision, std::string& out);

}  // namespace talent_loan

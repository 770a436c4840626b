// A loan book to settle: many banks, two versions of a scheme, borrowers with several loans, a few claims that fail.
#pragma once

#include <cstdint>
#include <string>

namespace talent_loan::bench {

struct BookSize {
  std::int64_t claims = 1'000'000;
  std::int64_t loans = 1'250'000;  // at least as many as claims
};

// Fills an empty database with filed banks, loans, about two events a loan, and claims.
void write_book(const std::string& url, const BookSize& size);
// A configuration folder: the scheme of the book with limits, an award that reimburses, and no maker-checker; with
// `checked` a second user must approve.
void write_configuration(const std::string& folder, bool checked);
// Recoveries on the claims, one for each of the first `count`.
void write_recoveries(const std::string& path, std::int64_t count);

}  // namespace talent_loan::bench

// A claims file to lines, rejects and totals: the bureau's calculator.
//
// The file passes in blocks of whole rows. Threads read, check and split the rows of different blocks side by
// side; then each block in turn learns which of its rows repeat the key of an accepted one; then its lines are
// written out side by side again, and leave in turn. So the outputs are the same bytes for any number of
// threads, and memory does not grow with the file but for the keys and the banks.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "core/files/files.hpp"
#include "core/files/row_blocks.hpp"
#include "core/policy/policy.hpp"

namespace talent_loan {

struct SplitPaths {
  std::string claims;  // "-": standard input
  std::string lines;   // "-": standard output, as for the other two
  std::string rejects;
  std::string totals;  // empty: not wanted
};

struct SplitOptions {
  Encoding encoding = Encoding::utf8;
  Language language = Language::chinese;  // of the rejects' messages
  unsigned threads = 1;                   // 1 or more
  std::size_t block_bytes = RowBlocks::usual_block_bytes;
  // Called now and then with the bytes read and those in all (0: not known); by one thread at a time.
  std::function<void(std::uint64_t done, std::uint64_t all)> progress{};
};

struct SplitSummary {
  std::uint64_t rows = 0;  // lines + rejects
  std::uint64_t lines = 0;
  std::uint64_t rejects = 0;
};

// Splits every claim under the versions of one scheme. The outputs appear together and whole, or, where it
// throws Failure, not at all; a missing column is found before anything is written. The outputs can be made
// again from the inputs, so they are not forced to disk: after a power failure, run it again.
SplitSummary split_file(const PolicySet& policies, const SchemeId& scheme, const SplitPaths& paths, const SplitOptions& options);

}  // namespace talent_loan

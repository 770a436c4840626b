// Claims files of any bytes. What must hold: nothing but Failure is thrown; the row reader and the splitter, which
// finds cells by another way, see the same rows and the same faults; where blocks are cut changes no output.
#include <cstdint>
#include <string>
#include <vector>

#include "core/files/files.hpp"
#include "core/loss/split_file.hpp"
#include "tests/fuzz/fuzz.hpp"

using namespace talent_loan;
using fuzz::MemoryFile;
using fuzz::require;

namespace {

PolicySet policies() {
  PolicyVersion version{};
  version.scheme = SchemeId("s");
  version.version = VersionId("v");
  version.effective.from = *parse_day("2020-01-01");
  Share share{};
  share.members = {{PayerId("city"), 1}};
  share.tiers = {{Condition{}, Ratio::percent(80)}};
  version.compensation.shares = {share};
  return PolicySet({version});
}

struct Result {
  bool failed = false;
  SplitSummary summary{};
  std::string outputs{};
  std::uint64_t malformed = 0;
};

Result split(const std::string& claims, Encoding encoding, std::size_t block_bytes) {
  static const PolicySet set = policies();
  const MemoryFile lines, rejects, totals;
  Result result;
  try {
    result.summary = split_file(set, SchemeId("s"), {claims, lines.path(), rejects.path(), totals.path()},
                                {.encoding = encoding, .threads = 1, .block_bytes = block_bytes});
  } catch (const Failure&) {
    result.failed = true;
    return result;
  }
  result.outputs = read_whole_file(lines.path()) + read_whole_file(rejects.path()) + read_whole_file(totals.path());
  CsvReader reader(InputFile::open(rejects.path()));
  CsvRow row;
  while (reader.next(row)) result.malformed += row.cells[2] == word(RowCode::malformed_row) ? 1 : 0;
  return result;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const Encoding encoding = data[0] % 4 == 3 ? Encoding::gb18030 : Encoding::utf8;
  const std::size_t block_bytes = 1 + data[1];
  const MemoryFile claims;
  claims.write("claim_id,bank_id,loan_id,borrower_id,disbursed_on,defaulted_on,outstanding_principal,recovered_principal\n");
  claims.write({reinterpret_cast<const char*>(data) + 2, size - 2});

  std::uint64_t rows = 0;
  std::uint64_t malformed = 0;
  bool failed = false;
  try {
    CsvReader reader(InputFile::open(claims.path()), encoding);
    CsvRow row;
    for (; reader.next(row); ++rows) malformed += row.fault != RowFault::none ? 1 : 0;
  } catch (const Failure&) {
    failed = true;
  }
  const Result whole = split(claims.path(), encoding, RowBlocks::usual_block_bytes);
  const Result cut = split(claims.path(), encoding, block_bytes);
  require(whole.failed == failed && cut.failed == failed, "reader and splitter refuse the same files");
  if (failed) return 0;
  require(whole.outputs == cut.outputs, "where blocks are cut changes no output");
  require(whole.summary.rows == rows, "reader and splitter see the same rows");
  require(whole.malformed == malformed, "reader and splitter see the same faults");
  return 0;
}

// Any bytes as a day's file, in each of several shapes; the first byte picks one. The rows must not depend on the
// portions in which the bytes arrive.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "bank-adapters/flat-file/config.hpp"
#include "bank-adapters/flat-file/rows.hpp"

using namespace talent_loan::adapters;
using namespace talent_loan::adapters::flat_file;

namespace {

const std::string head = "schema: talent-loan/flat-file/1\nfolders: {in: in}\nevents:\n  files: f\n";
const std::string positions = "  fields: {event_id: 1, loan_id: 2, happened_on: 3, amount: 4, kind: {column: 5, values: {'1': repayment}, otherwise: recovery}}\n";
const std::string slices =
    "  format: fixed-width\n  when: {at: 1, width: 1, is_not: H}\n  trailer: {when: {at: 1, width: 1, is: T}, count: {at: 2, width: 3}}\n"
    "  fields: {loan_id: {at: 2, width: 4}, happened_on: {at: 6, width: 8}, amount: {at: 14, width: 6}, kind: {constant: repayment}}\n";

const std::vector<Config>& shapes() {
  static const std::vector<Config> all = [] {
    std::vector<Config> made;
    for (const std::string& yaml : {
             "  fields: {event_id: id, loan_id: loan, happened_on: day, amount: {column: amount, amounts: {thousands: ','}}, kind: {constant: repayment}}\n" + std::string(),
             "  header: false\n  delimiter: '|'\n  quoting: false\n  bad_encoding: reject-record\n  encoding: gb18030\n" + positions,
             "  header: false\n  delimiter: '||'\n  comment: '#'\n  skip_lines: 1\n  dates: [D-Mon-YY, YYYY年M月D日]\n" + positions,
             "  encoding: gb18030\n  dates: YYYYMMDD\n  amounts: {unit: fen, sign: trailing}\n" + slices,
             "  record_bytes: 20\n  short_lines: pad\n  bad_encoding: reject-record\n" + slices}) {
      made.push_back(read_config(head + yaml, "fuzz.yaml", "/exchange"));
    }
    return made;
  }();
  return all;
}

std::string rows_of(const InputStream& stream, std::string_view bytes, std::size_t portion) {
  std::string text;
  try {
    RowReader rows([bytes, portion](char* into, std::size_t size) mutable {
      const std::size_t got = bytes.copy(into, std::min(portion, size));
      bytes.remove_prefix(got);
      return got;
    }, stream, "f");
    std::uint64_t last_line = 0;
    for (Row row; rows.next(row);) {
      if (row.line <= last_line || (row.reject && row.reject->text.english.empty())) std::abort();
      last_line = row.line;
      text += std::to_string(row.line) + (row.reject ? "!" + row.reject->text.english : row.kind == Row::Kind::values ? row.values[2].text : "-") + "\n";
    }
  } catch (const Refused& refused) {
    text += refused.what();
  }
  return text;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const InputStream& stream = *shapes()[data[0] % shapes().size()].events;
  const std::string_view bytes(reinterpret_cast<const char*>(data + 1), size - 1);
  if (rows_of(stream, bytes, 1 << 16) != rows_of(stream, bytes, 3)) std::abort();
  return 0;
}

#include <algorithm>

#include <fmt/format.h>

#include "bank-adapters/flat-file/outbox.hpp"
#include "bank-adapters/flat-file/storage.hpp"

namespace talent_loan::adapters::flat_file {
namespace {

[[noreturn]] void does_not_fit(const OutputColumn& column, Text found, Text allowed) {
  throw Refused(Refusal::data, {.place = {.field = column.field}, .found = std::move(found), .allowed = std::move(allowed)});
}

// One cell in the file's encoding and form.
void append_cell(const OutputStream& stream, const OutputColumn& column, const std::string& text, std::string& out) {
  const Format& format = stream.format;
  const auto bytes = encoded(format.encoding, text);
  if (!bytes || text.find('\0') != std::string::npos) does_not_fit(column, {"值不是有效文字", "the value is no valid text"}, {});
  const bool breaks = bytes->find_first_of("\r\n") != std::string::npos;
  if (format.fixed_width) {
    if (breaks) does_not_fit(column, {"值含有换行", "the value holds a line break"}, {});
    if (bytes->size() > column.width) {
      does_not_fit(column, {fmt::format("{} 有 {} 字节", shown(text), bytes->size()), fmt::format("{} has {} bytes", shown(text), bytes->size())},
                   {fmt::format("至多 {} 字节", column.width), fmt::format("at most {} bytes", column.width)});
    }
    const std::string padding(column.width - bytes->size(), column.pad);
    out += column.right ? padding + *bytes : *bytes + padding;
    return;
  }
  const bool special = breaks || bytes->find(format.delimiter) != std::string::npos || (format.quoting && bytes->find('"') != std::string::npos);
  if (!special) {
    out += *bytes;
  } else if (format.quoting) {
    out += '"';
    for (const char c : *bytes) out += c == '"' ? std::string("\"\"") : std::string(1, c);
    out += '"';
  } else {
    does_not_fit(column, {"值含有分隔符或换行，而文件不加引号：" + shown(text), "the value holds the delimiter or a line break, and the file has no quotes: " + shown(text)}, {});
  }
}

struct Sums {
  std::int64_t count = 0;
  std::int64_t amount = 0;
};

Sums sums_of(const OutputStream& stream, const std::vector<const OutRecord*>& records) {
  Sums sums;
  for (const OutRecord* record : records) {
    ++sums.count;
    const OutgoingValue* value = find_field(record->fields, stream.total_of);
    const auto* fen = value == nullptr ? nullptr : std::get_if<OutgoingFen>(value);
    if (fen != nullptr && __builtin_add_overflow(sums.amount, fen->count, &sums.amount)) {
      throw Refused(Refusal::data, {.place = {.field = stream.total_of}, .found = {"合计超出 64 位", "the total leaves 64 bits"}});
    }
  }
  return sums;
}

std::string cell_text(const OutputColumn& column, const OutRecord* record, const Sums& sums) {
  switch (column.kind) {
    case OutputColumn::Kind::constant: return column.field;
    case OutputColumn::Kind::count: return fmt::format("{}", sums.count);
    case OutputColumn::Kind::amount: return format_amount(sums.amount, column.notation.styles.amounts);
    case OutputColumn::Kind::field: break;
  }
  return record == nullptr ? std::string() : column.notation.text_of(record->fields, column.field);
}

void append_line(const OutputStream& stream, const std::vector<OutputColumn>& columns, const OutRecord* record, const Sums& sums, std::string& out) {
  bool first = true;
  for (const OutputColumn& column : columns) {
    if (!first && !stream.format.fixed_width) out += stream.format.delimiter;
    first = false;
    append_cell(stream, column, cell_text(column, record, sums), out);
  }
  out += stream.crlf ? "\r\n" : "\n";
}

}  // namespace

std::string render(const OutputStream& stream, const std::vector<const OutRecord*>& records) {
  const Sums sums = sums_of(stream, records);
  std::string out;
  if (!stream.format.fixed_width && stream.format.header) {
    std::vector<OutputColumn> names;
    for (const OutputColumn& column : stream.columns) {
      names.push_back(column);
      names.back().kind = OutputColumn::Kind::constant;
      names.back().field = column.name;
    }
    append_line(stream, names, nullptr, sums, out);
  }
  for (const OutRecord* record : records) append_line(stream, stream.columns, record, sums, out);
  if (!stream.trailer.empty()) append_line(stream, stream.trailer, nullptr, sums, out);
  return out;
}

std::string render_flag(const OutputStream& stream, const std::vector<const OutRecord*>& records, std::string_view bytes) {
  const OkFile& ok = *stream.ok;
  const Sums sums = sums_of(stream, records);
  std::vector<std::string> cells;
  const auto put = [&](std::optional<std::size_t> at, std::string text) {
    if (!at) return;
    cells.resize(std::max(cells.size(), *at + 1));
    cells[*at] = std::move(text);
  };
  const AmountStyle amounts = stream.columns.front().notation.styles.amounts;
  put(ok.count, fmt::format("{}", sums.count));
  put(ok.amount, format_amount(sums.amount, amounts));
  put(ok.sha256, sha256_of(bytes));
  return cells.empty() ? std::string() : joined(cells, ok.delimiter) + "\n";
}

}  // namespace talent_loan::adapters::flat_file

#include "bank-adapters/database/poller.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "bank-adapters/common/encoding.hpp"
#include "bank-adapters/common/kit.hpp"

namespace talent_loan::adapters::database {
namespace {

constexpr std::size_t rows_at_a_time = 2000;

[[noreturn]] void bad_cursor(const sdk::Call& call, const InputStream& stream, const Text& text) {
  throw error(call, sdk::Result::bad_data, sdk::Retry::never,
              {fmt::format("{}：游标列 {} {}", stream.view.plain, stream.cursor.plain, text.chinese),
               fmt::format("{}: the cursor column {} {}", stream.view.plain, stream.cursor.plain, text.english)},
              stream.key + ".cursor");
}

Statement about(const InputStream& stream) {
  Statement statement;
  statement.about = stream.view.plain;
  statement.field = stream.key + ".view";
  return statement;
}

// The last column of each row is the cursor.
std::vector<std::vector<std::string>> rows_after(const sdk::Call& call, Link& link, const InputStream& stream, std::int64_t after, std::size_t at_most) {
  Statement statement = about(stream);
  const std::string& cursor = stream.cursor.quoted;
  // A cast column keeps its name, and ORDER BY takes a bare name for what is selected, so for the text: "9" after "10".
  statement.sql = fmt::format("SELECT {}, CAST({} AS TEXT) FROM {} AS bank_rows WHERE bank_rows.{} > CAST(:after AS BIGINT) ORDER BY bank_rows.{} LIMIT :rows",
                              column_list(stream.columns), cursor, stream.view.quoted, cursor, cursor);
  statement.values = {{"after", after}, {"rows", static_cast<std::int64_t>(at_most)}};
  statement.columns = stream.columns.size() + 1;
  statement.rows_at_most = at_most;
  return link.run(call, statement);
}

// A repeated value is found before either of its rows is handed over, even where a page ends between the two:
// the page is read with one row more than it hands over.
std::vector<std::int64_t> cursors_of(const sdk::Call& call, const InputStream& stream, const std::vector<std::vector<std::string>>& rows, std::int64_t after) {
  std::vector<std::int64_t> cursors;
  for (const auto& row : rows) {
    const auto cursor = parse_count(row.back(), INT64_MAX);
    if (!cursor) bad_cursor(call, stream, {"不是整数：" + shown(row.back()), "is no whole number: " + shown(row.back())});
    if (*cursor == after) bad_cursor(call, stream, {fmt::format("的值 {} 出现两次", *cursor), fmt::format("has the value {} twice", *cursor)});
    if (*cursor < after) bad_cursor(call, stream, {fmt::format("的顺序不是数值顺序：{} 在 {} 之后", *cursor, after), fmt::format("does not sort as a number: {} comes after {}", *cursor, after)});
    cursors.push_back(after = *cursor);
  }
  return cursors;
}

// When nothing comes any more: rows that no cursor will ever reach, and a column that was set back.
void check_end(const sdk::Call& call, Link& link, const InputStream& stream, std::int64_t after) {
  Statement highest = about(stream);
  highest.sql = fmt::format("SELECT CAST(MAX({}) AS TEXT) FROM {}", stream.cursor.quoted, stream.view.quoted);
  highest.columns = 1;
  const auto top = link.run(call, highest);
  const auto value = top.empty() ? std::nullopt : parse_count(top.front().front(), INT64_MAX);
  if (value && *value < after) {
    bad_cursor(call, stream, {fmt::format("退回了：最大值为 {}，而已读到 {}", *value, after), fmt::format("went back: its highest value is {}, and {} has been read", *value, after)});
  }
  Statement unreachable = about(stream);
  unreachable.sql = fmt::format("SELECT '1' FROM {} WHERE {} IS NULL OR {} <= 0 LIMIT 1", stream.view.quoted, stream.cursor.quoted, stream.cursor.quoted);
  unreachable.columns = 1;
  if (!link.run(call, unreachable).empty()) bad_cursor(call, stream, {"为空或不大于 0 的行读不到", "is NULL or not above 0 in a row, which cannot be reached"});
}

}  // namespace

std::string column_list(const std::vector<Name>& columns) {
  std::string list;
  for (const Name& column : columns) list += fmt::format("{}CAST({} AS TEXT)", list.empty() ? "" : ", ", column.quoted);
  return list;
}

std::optional<Reject> read_row(const InputStream& stream, const std::vector<std::string>& cells, std::vector<Value>& values) {
  for (std::size_t i = 0; i < stream.columns.size(); ++i) {
    if (invalid_at(Encoding::utf8, cells[i]) == std::string::npos) continue;
    const std::string& column = stream.columns[i].plain;
    return Reject{RejectCode::malformed_row, column, {column + " 列不是 UTF-8 文字", "column " + column + " is no UTF-8 text"}};
  }
  return stream.fields.read(cells, values);
}

template <typename Record>
void poll_view(const sdk::Call& call, Link& link, const InputStream& stream, const sdk::Poll& poll, sdk::Sink<Record>& sink) {
  std::int64_t after = poll.after.position;
  std::vector<Value> values;
  for (std::size_t left = poll.at_most; left > 0;) {
    const std::size_t wanted = std::min(left, rows_at_a_time);
    const auto rows = rows_after(call, link, stream, after, wanted + 1);
    const std::vector<std::int64_t> cursors = cursors_of(call, stream, rows, after);
    if (rows.empty()) return check_end(call, link, stream, after);
    for (std::size_t i = 0; i < std::min(rows.size(), wanted); ++i) {
      Record record;
      auto reject = read_row(stream, rows[i], values);
      if (!reject) reject = make(values, cursors[i], record);
      if (!reject && dated(record) > poll.as_of) return;
      const sdk::Cursor cursor{after = cursors[i], {}};
      if (reject) {
        sink.reject(told(*reject, language_of(call), stream.view.plain, static_cast<std::uint64_t>(after), stream.fields.key(rows[i])));
        sink.skip_to(cursor);
      } else {
        --left;
        if (!sink.deliver(record, cursor)) return;
      }
    }
    if (rows.size() <= wanted) return;
  }
}

template void poll_view(const sdk::Call&, Link&, const InputStream&, const sdk::Poll&, sdk::Sink<sdk::Application>&);
template void poll_view(const sdk::Call&, Link&, const InputStream&, const sdk::Poll&, sdk::Sink<sdk::Event>&);
template void poll_view(const sdk::Call&, Link&, const InputStream&, const sdk::Poll&, sdk::Sink<sdk::Claim>&);

}  // namespace talent_loan::adapters::database

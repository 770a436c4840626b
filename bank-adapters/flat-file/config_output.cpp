#include <algorithm>

#include <fmt/format.h>

#include "bank-adapters/flat-file/config.hpp"

namespace talent_loan::adapters::flat_file {
namespace {

// What each file to the bank can hold.
const std::vector<std::string>& output_fields(const std::string& stream) {
  if (stream == "decisions") return decision_names();
  if (stream == "issue_requests") return issue_names();
  return stream == "settled" ? settled_names() : scored_names();
}

OutputColumn read_column(const YamlMap& map, const std::vector<std::string>& fields, const Defaults& layout) {
  OutputColumn column;
  const bool total = map.has("total"), constant = map.has("constant"), field = map.has("field");
  if (total + constant + field != 1) map.wrong("", {"列的来源不明", "the column's source is not clear"}, {"field、constant、total 之一", "one of field, constant, total"});
  if (total) {
    column.kind = map.word("total", {"count", "amount"}, 0) == 0 ? OutputColumn::Kind::count : OutputColumn::Kind::amount;
  } else if (constant) {
    column.kind = OutputColumn::Kind::constant;
    column.field = map.text("constant", "");
  } else if (field) {
    column.field = map.required_text("field");
    check_field(map, "field", column.field, fields);
  }
  column.name = map.text("name", column.field);
  column.width = static_cast<std::size_t>(map.integer("width", 0, 10'000, 0));
  if (layout.format.fixed_width && column.width == 0) map.wrong("width", {"定长文件的列须有宽度", "a fixed-width column needs a width"});
  column.right = map.word("align", {"left", "right"}, 0) == 1;
  const std::string pad = map.text("pad", " ");
  if (pad.size() != 1) map.wrong("pad", {shown(pad), shown(pad)}, {"一个字节", "one byte"});
  column.pad = pad.empty() ? ' ' : pad.front();
  column.notation = read_notation(map, layout.styles);
  return column;
}

}  // namespace

OutputStream read_output(const YamlMap& map, const std::string& name, const Defaults& defaults) {
  OutputStream stream;
  stream.name = name;
  const Defaults layout = read_layout(map, defaults);
  stream.format = layout.format;
  stream.ok = layout.ok;
  stream.crlf = map.word("line_ends", {"lf", "crlf"}, 0) == 1;
  const std::string file = map.required_text("file");
  if (auto pattern = NamePattern::compile(file); pattern && pattern->has_number()) {
    stream.file = std::move(*pattern);
  } else if (!file.empty()) {
    map.wrong("file", {shown(file), shown(file)}, {"含 {N} 的文件名，每批一个文件", "a file name with {N}: every batch is a file of its own"});
  }
  const std::vector<std::string>& fields = output_fields(name);
  std::vector<std::string> keys{"name", "field", "constant", "width", "align", "pad", "values", "join"};
  for (const std::string& key : style_keys()) keys.push_back(key);
  for (const YamlMap& column : map.maps("columns", keys)) stream.columns.push_back(read_column(column, fields, layout));
  if (stream.columns.empty()) map.wrong("columns", {"没有列", "no columns"}, {"至少一列", "one at least"});
  keys.emplace_back("total");
  for (const YamlMap& column : map.maps("trailer", keys)) stream.trailer.push_back(read_column(column, fields, layout));
  stream.total_of = map.text("total_of", "");
  const bool totals_amount = std::any_of(stream.trailer.begin(), stream.trailer.end(), [](const OutputColumn& c) { return c.kind == OutputColumn::Kind::amount; });
  if ((totals_amount || (stream.ok && stream.ok->amount)) && stream.total_of.empty()) {
    map.wrong("", {"有金额合计，但没有 total_of", "there is a total amount, but no total_of"}, {"一个金额字段", "a field that is an amount"});
  }
  return stream;
}

}  // namespace talent_loan::adapters::flat_file

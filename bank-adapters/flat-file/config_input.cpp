#include <algorithm>

#include <fmt/format.h>

#include "bank-adapters/flat-file/config.hpp"

namespace talent_loan::adapters::flat_file {
namespace {

constexpr std::int64_t columns_at_most = 10'000;
constexpr std::int64_t width_at_most = 100'000;

std::vector<std::string> source_keys(const Format& format) {
  return format.fixed_width ? std::vector<std::string>{"at", "width"} : std::vector<std::string>{"column"};
}

template <typename Item>
std::size_t position_of(std::vector<Item>& items, const Item& item) {
  const auto found = std::find(items.begin(), items.end(), item);
  if (found != items.end()) return static_cast<std::size_t>(found - items.begin());
  items.push_back(item);
  return items.size() - 1;
}

// The columns of the records that count. A trailer may have others, and more of them.
std::int64_t last_column(const Format& format) { return format.columns == 0 ? columns_at_most : static_cast<std::int64_t>(format.columns); }

// Registers the column that `key` of a map names: a header's name, or a position from 1 to `last`.
std::optional<std::size_t> register_column(const YamlMap& map, const std::string& key, InputStream& stream, std::int64_t last) {
  if (stream.format.header) return position_of(stream.columns.names, map.required_text(key));
  const auto position = map.integer(key, 1, last, 1);
  return position_of(stream.columns.positions, static_cast<std::size_t>(position - 1));
}

std::optional<std::size_t> find_source(const YamlMap& map, InputStream& stream, std::int64_t last) {
  if (!stream.format.fixed_width) return map.has("column") ? register_column(map, "column", stream, last) : std::nullopt;
  if (!map.has("at") && !map.has("width")) return std::nullopt;
  const auto at = map.required_integer("at", 1, width_at_most);
  const auto width = map.required_integer("width", 1, width_at_most);
  return position_of(stream.format.slices, Slice{static_cast<std::size_t>(at - 1), static_cast<std::size_t>(width)});
}

std::optional<std::size_t> find_short(const YamlMap& map, const std::string& key, InputStream& stream, std::int64_t last) {
  if (!stream.format.fixed_width) return register_column(map, key, stream, last);
  map.wrong(key, {"定长文件按字节位置取字段", "a fixed-width field is found by its bytes"}, {"{at: 起始字节, width: 字节数}", "{at: FIRST BYTE, width: BYTES}"});
  return std::nullopt;
}

Condition read_condition(const YamlMap& map, InputStream& stream, const ValueStyles& styles, std::int64_t last);

std::vector<Condition> read_parts(const YamlMap& map, const std::string& key, const std::vector<std::string>& keys, InputStream& stream,
                                  const ValueStyles& styles, std::int64_t last) {
  std::vector<Condition> parts;
  for (const YamlMap& part : map.maps(key, keys)) parts.push_back(read_condition(part, stream, styles, last));
  return parts;
}

std::vector<std::string> condition_keys(const Format& format) {
  std::vector<std::string> keys = source_keys(format);
  for (const char* key : {"is", "is_not", "over", "any", "all"}) keys.emplace_back(key);
  return keys;
}

Condition read_condition(const YamlMap& map, InputStream& stream, const ValueStyles& styles, std::int64_t last) {
  Condition condition;
  condition.amounts = styles.amounts;
  condition.padding = styles.padding;
  constexpr std::pair<const char*, Condition::Kind> kinds[] = {{"any", Condition::Kind::any}, {"all", Condition::Kind::all},
                                                              {"is", Condition::Kind::is}, {"is_not", Condition::Kind::is_not}, {"over", Condition::Kind::over}};
  int stated = 0;
  for (const auto& [key, kind] : kinds) {
    if (!map.has(key)) continue;
    condition.kind = kind;
    ++stated;
  }
  if (stated != 1) {
    map.wrong("", {"条件不明", "the condition is not clear"}, {"is、is_not、over、any、all 之一", "one of is, is_not, over, any, all"});
    return condition;
  }
  if (condition.kind == Condition::Kind::any || condition.kind == Condition::Kind::all) {
    condition.parts = read_parts(map, condition.kind == Condition::Kind::any ? "any" : "all", condition_keys(stream.format), stream, styles, last);
    return condition;
  }
  const auto cell = find_source(map, stream, last);
  if (!cell) map.wrong("", {"条件没有说明看哪一列", "the condition names no column"}, {joined(source_keys(stream.format), ", "), joined(source_keys(stream.format), ", ")});
  condition.cell = cell.value_or(0);
  if (condition.kind == Condition::Kind::over) {
    const auto over = parse_amount(map.text("over", ""), AmountStyle{});
    if (!over) map.wrong("over", {shown(map.text("over", "")), shown(map.text("over", ""))}, {"以元为单位的金额", "an amount in yuan"});
    condition.over = over.value_or(0);
  } else {
    condition.words = map.texts(condition.kind == Condition::Kind::is ? "is" : "is_not");
  }
  return condition;
}

std::size_t cells_registered(const InputStream& stream) {
  return stream.format.fixed_width ? stream.format.slices.size()
                                   : stream.format.header ? stream.columns.names.size() : stream.columns.positions.size();
}

Trailer read_trailer_condition(const YamlMap& trailer_map, InputStream& stream, const ValueStyles& styles) {
  Trailer trailer;
  trailer.amounts = styles.amounts;
  trailer.padding = styles.padding;
  if (const auto when = trailer_map.map("when", condition_keys(stream.format))) {
    trailer.when = read_condition(*when, stream, styles, columns_at_most);
  } else {
    trailer_map.wrong("when", {"没有说明哪一条是尾记录", "nothing says which record is the trailer"});
  }
  return trailer;
}

void read_trailer_totals(const YamlMap& trailer_map, InputStream& stream) {
  const auto source = [&](const char* key) -> std::optional<std::size_t> {
    if (!trailer_map.has(key)) return std::nullopt;
    if (!trailer_map.is_map(key)) return find_short(trailer_map, key, stream, columns_at_most);
    const auto entry = trailer_map.map(key, source_keys(stream.format));
    return find_source(*entry, stream, columns_at_most);
  };
  stream.trailer->count = source("count");
  stream.trailer->amount = source("amount");
}

void read_total(const YamlMap& map, const std::vector<FieldSpec>& specs, InputStream& stream) {
  const bool wanted = (stream.trailer && stream.trailer->amount) || (stream.ok && stream.ok->amount);
  std::vector<std::string> amounts;
  for (const FieldSpec& spec : specs) {
    if (spec.kind == FieldKind::amount && stream.fields.maps(spec.name)) amounts.emplace_back(spec.name);
  }
  if (wanted && !map.has("total_of")) {
    map.wrong("", {"有金额合计，但没有 total_of", "there is a total amount, but no total_of"}, {joined(amounts, ", "), joined(amounts, ", ")});
  }
  if (!map.has("total_of") || amounts.empty()) return;
  const std::string name = amounts[map.word("total_of", amounts, 0)];
  for (std::size_t i = 0; i < specs.size(); ++i) {
    if (specs[i].name == name) stream.total_of = i;
  }
}

}  // namespace

bool Condition::holds(const std::vector<std::string>& cells) const {
  if (kind == Kind::any) return std::any_of(parts.begin(), parts.end(), [&](const Condition& part) { return part.holds(cells); });
  if (kind == Kind::all) return std::all_of(parts.begin(), parts.end(), [&](const Condition& part) { return part.holds(cells); });
  if (cell >= cells.size()) return false;
  const std::string_view text = trimmed(cells[cell], padding);
  if (kind == Kind::over) {
    if (text.empty()) return false;
    const auto amount = parse_amount(text, amounts);
    return !amount || *amount > over;
  }
  const bool listed = std::find(words.begin(), words.end(), text) != words.end();
  return listed == (kind == Kind::is);
}

std::vector<std::size_t> Columns::resolve(const std::vector<std::string>& header, const Format& format, const std::string& file) const {
  if (!format.header) return positions;
  std::vector<std::size_t> found;
  std::vector<Problem> problems;
  for (const std::string& name : names) {
    const auto times = std::count(header.begin(), header.end(), name);
    found.push_back(static_cast<std::size_t>(std::find(header.begin(), header.end(), name) - header.begin()));
    if (times == 1) continue;
    const std::string near = times == 0 ? nearest_word(name, header) : "";
    problems.push_back({.place = {.file = file, .line = 1, .field = name},
                        .found = times == 0 ? Text{"缺少此列", "this column is missing"} : Text{"此列出现多次", "this column stands more than once"},
                        .allowed = near.empty() ? Text{} : Text{shown(near) + "？", "is it " + shown(near) + "?"}});
  }
  if (!problems.empty()) throw Refused(Refusal::data, std::move(problems));
  return found;
}

InputStream read_input(const YamlMap& map, const std::string& name, const std::vector<FieldSpec>& specs, const Defaults& defaults) {
  InputStream stream;
  stream.name = name;
  const Defaults layout = read_layout(map, defaults);
  stream.format = layout.format;
  stream.ok = layout.ok;
  stream.amounts = layout.styles.amounts;
  const std::string files = map.required_text("files");
  if (auto pattern = NamePattern::compile(files)) {
    stream.files = std::move(*pattern);
  } else if (!files.empty()) {
    map.wrong("files", {shown(files), shown(files)}, {"不含 / 的文件名，可有 {YYYYMMDD} 与 {N} 各一次", "a file name without /, with {YYYYMMDD} and {N} at most once each"});
  }
  const std::int64_t last = last_column(stream.format);
  if (const auto when = map.map("when", condition_keys(stream.format))) stream.when = read_condition(*when, stream, layout.styles, last);
  const auto trailer = map.map("trailer", {"when", "count", "amount"});
  if (trailer) stream.trailer = read_trailer_condition(*trailer, stream, layout.styles);
  stream.condition_cells = cells_registered(stream);
  stream.fields = FieldMap(map, specs, layout.styles, source_keys(stream.format),
                           [&](const YamlMap& entry) { return find_source(entry, stream, last); },
                           [&](const YamlMap& fields, const std::string& field) { return find_short(fields, field, stream, last); });
  stream.field_cells = cells_registered(stream);
  if (trailer) read_trailer_totals(*trailer, stream);
  read_total(map, specs, stream);
  return stream;
}

}  // namespace talent_loan::adapters::flat_file

#include "core/talent/listing.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "core/identity/masking.hpp"

namespace talent_loan {
namespace {

constexpr std::array<std::pair<std::string_view, IdentityType>, 3> identity_types{{
    {"resident", IdentityType::resident},
    {"passport", IdentityType::passport},
    {"foreign-permanent-resident", IdentityType::foreign_permanent_resident},
}};

bool valid_number(IdentityType type, std::string_view number) {
  switch (type) {
    case IdentityType::resident: return valid_resident_identity_number(number);
    case IdentityType::passport: return valid_passport_number(number);
    case IdentityType::foreign_permanent_resident: return valid_permanent_resident_number(number);
  }
  return false;
}

class CsvListRows final : public ListRows {
 public:
  explicit CsvListRows(CsvReader reader) : reader_(std::move(reader)), positions_(reader_.columns(list_column_names())) {}

  bool next(ListRow& row) override {
    if (!reader_.next(row_)) return false;
    row.line = row_.line;
    row.fault = row_.fault == RowFault::none ? Text{} : fault_sentence(row_, reader_.header().size());
    for (std::size_t i = 0; i < list_columns; ++i) {
      row.cells[i] = positions_[i] < row_.cells.size() ? std::string_view(row_.cells[positions_[i]]) : std::string_view();
    }
    return true;
  }

 private:
  CsvReader reader_;
  std::vector<std::size_t> positions_;
  CsvRow row_;
};

const std::string& column_name(ListColumn column) { return list_column_names()[static_cast<std::size_t>(column)]; }

// What stands in a cell. A row that slipped by a column has its identity number and its name anywhere.
Text shown(std::string_view cell) { return verbatim(quoted(without_personal_data(cell))); }

RowProblem problem(RowCode code, ListColumn column, const Text& found, const Text& allowed) {
  const std::string& name = column_name(column);
  return {code, {fmt::format("{}：{}；允许：{}", name, found.chinese, allowed.chinese),
                 fmt::format("{}: {}; allowed: {}", name, found.english, allowed.english)}};
}

// What must be there: an employer, once one of its cells is filled, needs its code, name and first day.
std::optional<RowProblem> missing_value(const ListRow& row) {
  using enum ListColumn;
  const auto missing = [&](ListColumn column) -> std::optional<RowProblem> {
    if (!row[column].empty()) return std::nullopt;
    return problem(RowCode::missing_value, column, {"空白", "empty"}, {"必须有值", "a value"});
  };
  for (const ListColumn column : {talent_id, name, id_type, id_number, programme, valid_from}) {
    if (auto found = missing(column)) return found;
  }
  const bool no_employer = row[employer_code].empty() && row[employer_name].empty() && row[employed_from].empty() && row[employed_to].empty();
  if (no_employer) return std::nullopt;
  for (const ListColumn column : {employer_code, employer_name, employed_from}) {
    if (auto found = missing(column)) return found;
  }
  return std::nullopt;
}

std::optional<RowProblem> bad_date(const ListRow& row) {
  using enum ListColumn;
  for (const ListColumn column : {valid_from, valid_to, employed_from, employed_to}) {
    if (row[column].empty() || parse_day(row[column])) continue;
    return problem(RowCode::bad_date, column, shown(row[column]), {"YYYY-MM-DD 格式的真实日期", "a real day as YYYY-MM-DD"});
  }
  return std::nullopt;
}

// "3.70302198001011E+17": what a spreadsheet shows, and saves as CSV, for a number that it took to be one.
bool written_as_power_of_ten(std::string_view number) {
  const std::size_t power = number.find_first_of("Ee");
  if (power == std::string_view::npos || power < 3 || number[1] != '.' || number.size() < power + 3) return false;
  const auto digits = [](std::string_view text) { return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos; };
  return digits(number.substr(0, 1)) && digits(number.substr(2, power - 2)) && number[power + 1] == '+' && digits(number.substr(power + 2));
}

// What makes a number wrong that a clerk would call right.
Text likely_cause(IdentityType type, std::string_view number) {
  if (number.find("\xEF\xBC") != std::string_view::npos) return {"；全角数字须改为半角", "; full-width digits must be plain ones"};
  if (number.starts_with(' ') || number.ends_with(' ')) return {"；首尾不能有空格", "; without blanks around it"};
  if (number.starts_with('\'')) return {"；开头不能有撇号", "; without the apostrophe before it"};
  if (type != IdentityType::resident || !has_form_of_identity_number(number)) return {};
  if (number.size() == 15) return {"；15 位旧号码须换成 18 位", "; of the old 15 digits, the one of 18 that replaced it"};
  if (number.ends_with('x')) return {"；末位 X 须大写", "; its last X in upper case"};
  return {};
}

std::optional<RowProblem> bad_identifier(const ListRow& row) {
  using enum ListColumn;
  if (row.id_number_was_number || written_as_power_of_ten(row[id_number])) {
    return problem(RowCode::bad_identifier, id_number, {"电子表格把号码存成了数字，15 位以后的数字已经丢失", "the spreadsheet keeps it as a number, which loses every digit after the 15th"},
                   {"设为文本格式后重新填写的号码", "the number typed again into a cell of text format"});
  }
  const std::optional<IdentityType> type = parse_identity_type(row[id_type]);
  if (type && !valid_number(*type, row[id_number])) {
    const Text cause = likely_cause(*type, row[id_number]);
    return problem(RowCode::bad_identifier, id_number, verbatim(quoted(masked_identifier(row[id_number]))),
                   {fmt::format("位数和校验码正确的号码（{}）{}", row[id_type], cause.chinese),
                    fmt::format("a number of type {} with the right length and check character{}", row[id_type], cause.english)});
  }
  if (!row[employer_code].empty() && !valid_social_credit_code(row[employer_code])) {
    return problem(RowCode::bad_identifier, employer_code, shown(row[employer_code]),
                   {"18 位统一社会信用代码，校验码正确", "a unified social credit code: 18 characters with the right check character"});
  }
  return std::nullopt;
}

// A programme's name in the place of its id is nobody's name, and leads to the id.
RowProblem unknown_programme(std::string_view cell, const Programmes& programmes) {
  const auto named = std::find_if(programmes.begin(), programmes.end(), [&](const auto& entry) {
    return entry.second.name.chinese == cell || entry.second.name.english == cell;
  });
  if (named == programmes.end()) return problem(RowCode::bad_value, ListColumn::programme, shown(cell), {"programmes.yaml 中的编号", "an id of programmes.yaml"});
  return problem(RowCode::bad_value, ListColumn::programme, verbatim(quoted(cell)),
                 {fmt::format("programmes.yaml 中的编号，这里是 {}", named->first.text()), fmt::format("an id of programmes.yaml, here {}", named->first.text())});
}

std::optional<RowProblem> bad_value(const ListRow& row, const Programmes& programmes) {
  using enum ListColumn;
  if (!parse_identity_type(row[id_type])) {
    return problem(RowCode::bad_value, id_type, shown(row[id_type]), verbatim("resident, passport, foreign-permanent-resident"));
  }
  const auto found = programmes.find(ProgrammeId(std::string(row[programme])));
  if (found == programmes.end()) return unknown_programme(row[programme], programmes);
  if (row[level].empty() || parse_level(row[level]) == found->second.level) return std::nullopt;
  return problem(RowCode::bad_value, level, shown(row[level]),
                 {fmt::format("空白，或该人才工程的层次 {}", word(found->second.level)),
                  fmt::format("empty, or the programme's level {}", word(found->second.level))});
}

std::optional<Day> optional_day(std::string_view cell) { return cell.empty() ? std::nullopt : parse_day(cell); }

}  // namespace

std::optional<IdentityType> parse_identity_type(std::string_view word) {
  for (const auto& [name, type] : identity_types) {
    if (name == word) return type;
  }
  return std::nullopt;
}

std::string_view word(IdentityType type) { return identity_types[static_cast<std::size_t>(type) - 1].first; }

const std::vector<std::string>& list_column_names() {
  static const std::vector<std::string> names{"talent_id", "name", "id_type", "id_number", "programme", "level", "valid_from", "valid_to",
                                              "employer_code", "employer_name", "employed_from", "employed_to"};
  return names;
}

std::unique_ptr<ListRows> csv_list_rows(CsvReader reader) { return std::make_unique<CsvListRows>(std::move(reader)); }

std::variant<Listing, RowProblem> read_listing(const ListRow& row, const Programmes& programmes) {
  using enum ListColumn;
  if (!row.fault.empty()) return RowProblem{RowCode::malformed_row, row.fault};
  if (auto found = missing_value(row)) return *std::move(found);
  if (auto found = bad_date(row)) return *std::move(found);
  if (auto found = bad_identifier(row)) return *std::move(found);
  if (auto found = bad_value(row, programmes)) return *std::move(found);
  const Programme& selected = programmes.at(ProgrammeId(std::string(row[programme])));
  Listing listing{.talent = TalentId(std::string(row[talent_id])),
                  .name = std::string(row[name]),
                  .id_type = *parse_identity_type(row[id_type]),
                  .id_number = std::string(row[id_number]),
                  .programme = selected.id,
                  .level = selected.level,
                  .valid = {*parse_day(row[valid_from]), optional_day(row[valid_to])}};
  if (!row[employer_code].empty()) {
    listing.employment = Employment{std::string(row[employer_code]), std::string(row[employer_name]),
                                    {*parse_day(row[employed_from]), optional_day(row[employed_to])}};
  }
  return listing;
}

std::optional<RowProblem> dates_out_of_order(const Listing& listing) {
  const auto check = [](const Period& period, ListColumn end, const char* begin) -> std::optional<RowProblem> {
    if (!period.to || *period.to >= period.from) return std::nullopt;
    return problem(RowCode::dates_out_of_order, end, verbatim(format_day(*period.to)),
                   {fmt::format("不早于 {}（{}）", begin, format_day(period.from)), fmt::format("not before {} ({})", begin, format_day(period.from))});
  };
  if (auto found = check(listing.valid, ListColumn::valid_to, "valid_from")) return found;
  if (!listing.employment) return std::nullopt;
  return check(listing.employment->period, ListColumn::employed_to, "employed_from");
}

std::string shown_key(std::string_view key) { return without_identity_numbers(key); }

std::string shown_key(const ListRow& row) {
  const std::string_view key = row[ListColumn::talent_id];
  if (!key.empty() && key == row[ListColumn::id_number]) return masked_identifier(key);
  return reads_like_a_name(key) ? masked_name(key) : shown_key(key);
}

}  // namespace talent_loan

#include "core/assessment/values.hpp"

#include <fmt/format.h>

namespace talent_loan::assessment {

Values::Values(const Table& table)
    : indicators_(table.read()), needed_(table.needed().size()), columns_(indicators_.size()) {
  for (std::size_t i = 0; i < indicators_.size(); ++i) indicator_index_.emplace(indicators_[i], i);
  for (const PeerGroup& group : table.groups) {
    for (const std::string& bank : group.banks) assigned_.emplace(bank, group_index(group.name));
  }
}

std::size_t Values::add_bank(std::string_view bank) {
  if (const auto known = bank_index_.find(bank); known != bank_index_.end()) return known->second;
  const std::size_t index = banks_.size();
  banks_.emplace_back(std::string(bank));
  bank_index_.emplace(bank, index);
  for (auto& column : columns_) column.emplace_back();
  const auto assigned = assigned_.find(bank);
  groups_.push_back(assigned == assigned_.end() ? 0 : assigned->second);
  return index;
}

bool Values::add(std::size_t bank, std::string_view indicator, Exact value) {
  auto known = indicator_index_.find(indicator);
  if (known == indicator_index_.end()) {
    known = indicator_index_.emplace(indicator, indicator_index_.size()).first;
    other_indicators_.emplace_back(indicator);
  }
  const std::size_t index = known->second;
  if (index >= indicators_.size())
    return other_seen_.insert(static_cast<std::uint64_t>(index) << 32 | bank).second;
  if (columns_[index][bank]) return false;
  columns_[index][bank] = std::move(value);
  return true;
}

std::size_t Values::group_index(std::string_view name) {
  for (std::size_t i = 0; i < group_names_.size(); ++i) {
    if (group_names_[i] == name) return i;
  }
  group_names_.emplace_back(name);
  return group_names_.size() - 1;
}

bool Values::put_in_group(std::size_t bank, std::string_view group) {
  const std::size_t index = group_index(group);
  if (groups_[bank] != 0 && groups_[bank] != index) return false;
  groups_[bank] = index;
  return true;
}

std::optional<std::size_t> Values::bank_index(std::string_view bank) const {
  const auto known = bank_index_.find(bank);
  return known == bank_index_.end() ? std::nullopt : std::optional(known->second);
}

std::size_t Values::indicator_index(std::string_view indicator) const {
  return indicator_index_.find(indicator)->second;
}

namespace {

// Where the columns of an indicators file are.
struct Columns {
  std::size_t bank;
  std::size_t indicator;
  std::size_t value;
  std::optional<std::size_t> group;
};

struct RowProblem {
  RowCode code;
  Text message;
};

std::optional<RowProblem> missing_cell(const CsvRow& row, const Columns& at) {
  for (const auto& [position, name] :
       {std::pair{at.bank, "bank_id"}, std::pair{at.indicator, "indicator"}, std::pair{at.value, "value"}}) {
    if (row.cells[position].empty()) {
      return RowProblem{
          RowCode::missing_value,
          {fmt::format("{} 为空，必须有值", name), fmt::format("{} is empty, it must have a value", name)}};
    }
  }
  return std::nullopt;
}

// Takes one row over into `values`, or says why not.
std::optional<RowProblem> take(const CsvRow& row, const Columns& at, Values& values) {
  const std::string& bank_id = row.cells[at.bank];
  const std::optional<std::size_t> bank =
      bank_id.empty() ? std::nullopt : std::optional(values.add_bank(bank_id));
  if (auto problem = missing_cell(row, at)) return problem;
  const std::string& written = row.cells[at.value];
  const auto value = Exact::parse(written);
  if (!value) {
    return RowProblem{
        RowCode::bad_value,
        {fmt::format("值为 {}；允许十进制数，可有负号和小数，例如 -12.5", talent_loan::quoted(written)),
         fmt::format("the value is {}; allowed: a decimal number, with a minus sign and decimals where "
                     "needed, such as -12.5",
                     talent_loan::quoted(written))}};
  }
  if (at.group && !row.cells[*at.group].empty() && !values.put_in_group(*bank, row.cells[*at.group])) {
    const std::string& earlier = values.group_names()[values.group(*bank)];
    return RowProblem{
        RowCode::bad_value,
        {fmt::format("分组 {}，而该银行已在 {} 组", talent_loan::quoted(row.cells[*at.group]),
                     talent_loan::quoted(earlier)),
         fmt::format("the peer group {}, but the bank is in {} already; allowed: one group for each bank",
                     talent_loan::quoted(row.cells[*at.group]), talent_loan::quoted(earlier))}};
  }
  if (!values.add(*bank, row.cells[at.indicator], *value)) {
    return RowProblem{
        RowCode::duplicate_key,
        {"该银行的这一指标前面已有值", "an earlier row has this bank's value of this indicator"}};
  }
  return std::nullopt;
}

}  // namespace

ReadSummary read_indicators(CsvReader& file, Values& values, RejectsFile& rejects) {
  const auto positions = file.columns({"bank_id", "indicator", "value"});
  Columns at{positions[0], positions[1], positions[2], std::nullopt};
  if (file.has_column("peer_group")) at.group = file.columns({"peer_group"})[0];
  ReadSummary summary;
  CsvRow row;
  while (file.next(row)) {
    ++summary.rows;
    const auto cell = [&](std::size_t position) {
      return position < row.cells.size() ? row.cells[position] : std::string();
    };
    std::optional<RowProblem> problem;
    if (row.fault != RowFault::none) {
      problem = RowProblem{RowCode::malformed_row, fault_sentence(row, file.header().size())};
    } else {
      problem = take(row, at, values);
    }
    if (!problem) continue;
    RejectedValue rejected{row.line, cell(at.bank), cell(at.indicator), problem->code};
    rejects.add(row.line, rejected.bank + "|" + rejected.indicator, word(problem->code), problem->message);
    summary.rejected.push_back(std::move(rejected));
  }
  return summary;
}

}  // namespace talent_loan::assessment

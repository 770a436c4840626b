// What is known of every bank before it is scored: one exact value for each bank and indicator.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "core/assessment/table.hpp"
#include "core/files/files.hpp"
#include "core/identity/identity.hpp"

namespace talent_loan::assessment {

// The values that a table reads, by indicator and bank. Values of other indicators are counted and not kept.
// Banks and indicators go by their index: banks in order of arrival, indicators in the order of
// Table::read().
class Values {
 public:
  explicit Values(const Table& table);

  std::size_t add_bank(std::string_view bank);  // the bank's index, whether new or known
  // False where this bank has a value of this indicator already (which stays).
  bool add(std::size_t bank, std::string_view indicator, Exact value);
  // Puts the bank in a peer group; false where it is in another one already.
  bool put_in_group(std::size_t bank, std::string_view group);

  const std::vector<BankId>& banks() const { return banks_; }
  std::optional<std::size_t> bank_index(std::string_view bank) const;
  const std::vector<std::string>& indicators() const { return indicators_; }
  // True where a bank must have a value; the others are read by vetoes only.
  bool needed(std::size_t indicator) const { return indicator < needed_; }
  std::size_t indicator_index(std::string_view indicator) const;  // REQUIRES: one of indicators()
  const std::optional<Exact>& at(std::size_t indicator, std::size_t bank) const {
    return columns_[indicator][bank];
  }
  void set(std::size_t indicator, std::size_t bank, Exact value) {
    columns_[indicator][bank] = std::move(value);
  }

  // The peer group of a bank: an index into group_names(); banks that nobody assigned share the group "".
  std::size_t group(std::size_t bank) const { return groups_[bank]; }
  const std::vector<std::string>& group_names() const { return group_names_; }
  // Indicators that the file has and the table does not read, in order of arrival.
  const std::vector<std::string>& unread() const { return other_indicators_; }

 private:
  std::size_t group_index(std::string_view name);

  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };
  using Index = std::unordered_map<std::string, std::size_t, Hash, std::equal_to<>>;

  std::vector<BankId> banks_;
  Index bank_index_;
  std::vector<std::string> indicators_;
  std::size_t needed_ = 0;
  Index indicator_index_;  // the table's first, then what else the file names
  std::vector<std::string> other_indicators_;
  std::unordered_set<std::uint64_t> other_seen_;  // (bank, indicator) of values that are not kept
  std::vector<std::vector<std::optional<Exact>>> columns_;
  Index assigned_;  // banks that the table puts in a group
  std::vector<std::size_t> groups_;
  std::vector<std::string> group_names_{""};
};

// Why a row of an indicators file was not used.
struct RejectedValue {
  std::uint64_t line = 0;
  std::string bank;
  std::string indicator;
  RowCode code = RowCode::malformed_row;
};

struct ReadSummary {
  std::uint64_t rows = 0;
  std::vector<RejectedValue> rejected;
};

// Reads `bank_id,indicator,value` and, where the file has it, `peer_group`, into `values`. Bad rows go to
// `rejects` with the key "bank_id|indicator": MISSING_VALUE, BAD_VALUE (not a decimal number, or a second
// peer group), DUPLICATE_KEY. A bank that a readable row names is known even if its value was rejected, so
// that it is missed rather than forgotten. Throws Failure where the file cannot be read at all.
ReadSummary read_indicators(CsvReader& file, Values& values, RejectsFile& rejects);

}  // namespace talent_loan::assessment

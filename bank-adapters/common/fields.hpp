// The field map: which of a bank's columns, in which notation, is which field of the interface. The same for every
// configurable adapter; only how a column is named differs from style to style.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bank-adapters/common/values.hpp"
#include "bank-adapters/common/yaml.hpp"

namespace talent_loan::adapters {

enum class FieldKind {
  text,        // up to 4096 bytes
  identifier,  // up to 64 bytes
  date,        // number: days since 1970-01-01
  amount,      // number: fen
  count,       // number: 0 to the field's largest
  rate,        // number: hundred-millionths a year
  word,        // number: position in `words` from 1, which is the value of the interface's enumeration
  list         // text: words joined by `|`
};

// A field of the interface, as a configuration may name it.
struct FieldSpec {
  std::string_view name;
  FieldKind kind;
  bool required = false;  // the map must have it and no record may lack it
  std::vector<std::string> words{};
  bool personal = false;     // its value never stands in a message
  std::int64_t at_most = 0;  // count: the largest
};

// The fields of the four kinds of records a bank hands over.
const std::vector<FieldSpec>& application_fields();
const std::vector<FieldSpec>& event_fields();
const std::vector<FieldSpec>& claim_fields();
const std::vector<FieldSpec>& issue_result_fields();

// Why a row is no record. The values are those of the interface: the first that applies is the row's.
enum class RejectCode { malformed_row = 1, missing_value = 2, bad_date = 3, bad_amount = 4, bad_identifier = 5, bad_value = 6 };

struct Reject {
  RejectCode code;
  std::string field;
  Text text;  // names the field; personal data left out
};

// What a cell became.
struct Value {
  bool present = false;
  std::int64_t number = 0;
  std::string text;
};

enum class RateStyle { percent, fraction };  // "4.35" or "4.35%" / "0.0435"

// How values are written where a field says nothing else.
struct ValueStyles {
  std::vector<DateStyle> dates;
  int pivot = 70;
  AmountStyle amounts;
  RateStyle rates = RateStyle::percent;
  std::string padding;              // characters taken off both ends of a cell; empty: none
  std::vector<std::string> absent;  // cells that mean "no value" beside the empty one
  std::string separator = "|";      // between the words of a list
};

// Reads `dates`, `pivot`, `amounts`, `rates`, `padding`, `absent`, `separator` of a map over what holds already.
std::vector<std::string> style_keys();
ValueStyles read_styles(const YamlMap& map, ValueStyles styles);

class FieldMap {
 public:
  // Finds (or registers) the column that a field's entry names and returns its position among a record's cells;
  // nullopt where the entry names none. Keys it reads are among `source_keys`.
  using FindColumn = std::function<std::optional<std::size_t>(const YamlMap& entry)>;

  // The same for the short form `FIELD: COLUMN`; reports to `fields` where a bare value names no column.
  using FindShort = std::function<std::optional<std::size_t>(const YamlMap& fields, const std::string& field)>;

  // Reads the map `fields` of `stream`. `specs` is borrowed for the map's life.
  FieldMap(const YamlMap& stream, const std::vector<FieldSpec>& specs, const ValueStyles& styles,
           const std::vector<std::string>& source_keys, const FindColumn& find, const FindShort& find_short);
  FieldMap() = default;

  // One value for each spec, in the order of the specs, or why the row is refused.
  // REQUIRES: cells.size() >= cells_needed().
  std::optional<Reject> read(const std::vector<std::string>& cells, std::vector<Value>& values) const;
  // The cell of the first mapped field as it stands: the key a refused row is reported under; may be empty.
  std::string key(const std::vector<std::string>& cells) const;
  bool maps(std::string_view field) const;
  // One past the last cell that the map reads.
  std::size_t cells_needed() const { return cells_needed_; }

 private:
  struct Rule {
    const FieldSpec* spec = nullptr;
    std::optional<std::size_t> cell;
    std::string constant;  // where there is no cell
    std::vector<std::pair<std::string, std::string>> values;  // their word, ours
    std::optional<std::string> otherwise;                     // ours for words not listed; none: an error
    bool required = false;  // the field's own, or the bank's wish
    bool unreadable_is_absent = false;
    ValueStyles styles;
  };
  Rule read_rule(const YamlMap& entry, const FieldSpec& spec, const std::vector<std::string>& source_keys,
                 const FindColumn& find) const;
  std::optional<Reject> convert(const Rule& rule, std::string_view text, Value& value) const;

  std::vector<std::optional<Rule>> rules_;  // in the order of the specs
  const std::vector<FieldSpec>* specs_ = nullptr;
  ValueStyles styles_;
  std::size_t cells_needed_ = 0;
};

std::string_view trimmed(std::string_view text, std::string_view padding);

}  // namespace talent_loan::adapters

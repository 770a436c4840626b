// What the bank is told (decisions, issue requests, settlements, scores), field by field, and the map that says
// which of its own columns, elements or members each field goes to, in which notation.
#pragma once

#include <talent_loan/sdk.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "bank-adapters/common/fields.hpp"
#include "bank-adapters/common/yaml.hpp"

namespace talent_loan::adapters {

struct OutgoingDay {
  std::int32_t days;
};
struct OutgoingFen {
  std::int64_t count;
};
// Text, a whole number, a day, an amount, or words to be joined.
using OutgoingValue = std::variant<std::string, std::int64_t, OutgoingDay, OutgoingFen, std::vector<std::string>>;
using Outgoing = std::vector<std::pair<std::string, OutgoingValue>>;

Outgoing outgoing(const sdk::Decision& decision);
Outgoing outgoing(const sdk::IssueRequest& request);
Outgoing outgoing(const sdk::Settled& settled);
Outgoing outgoing(const sdk::Scored& scored);

// The names each of them has. One that ends in a point is the beginning of several: `pays.city`, `points.loans`.
const std::vector<std::string>& decision_names();
const std::vector<std::string>& issue_names();
const std::vector<std::string>& settled_names();
const std::vector<std::string>& scored_names();

// How a bank writes what it is told: its words for ours, what joins a list, its notation of days and amounts.
struct OutgoingNotation {
  std::vector<std::pair<std::string, std::string>> values;  // our word, theirs; none: our words
  std::string join = "|";
  ValueStyles styles;

  // Throws Refused(data) naming `field` where a word is not among `values`.
  std::string text_of(const OutgoingValue& value, const std::string& field) const;
  // The field of an item; one that it does not have (a payer, an indicator) is empty or, of amounts, 0.
  std::string text_of(const Outgoing& item, const std::string& field) const;
};
// Reads `values`, `join` and the keys of style_keys().
OutgoingNotation read_notation(const YamlMap& map, ValueStyles styles);

const OutgoingValue* find_field(const Outgoing& item, std::string_view field);

// Reports `key` of `map` where what it names is none of `names`.
void check_field(const YamlMap& map, const std::string& key, const std::string& field, const std::vector<std::string>& names);

class OutgoingMap {
 public:
  enum class Form { text, number, boolean };
  struct Cell {
    std::string target;
    std::string text;  // empty: not stated
    Form form = Form::text;
    std::string_view field;  // the interface's field it came from; empty for a constant
  };
  // Whether a target's name may be used; reports to `map` if not.
  using CheckTarget = std::function<void(const YamlMap& map, const std::string& target)>;

  // Reads the map `key` of `stream`: `TARGET: FIELD`, or `TARGET: {field | constant, values, join, dates, …}`,
  // with `as: text|number|boolean` where `forms` says so.
  OutgoingMap(const YamlMap& stream, const std::string& key, const std::vector<std::string>& names, const ValueStyles& styles,
              bool forms, const CheckTarget& check);
  OutgoingMap() = default;

  // One cell for each target, in the order of the configuration. Throws Refused(data) naming the field where a
  // word is not among its `values`. REQUIRES: the map outlives the cells.
  std::vector<Cell> render(const Outgoing& item) const;
  bool has_field(std::string_view field) const;

 private:
  struct Rule {
    std::string target;
    std::string field;  // empty: a constant
    std::string constant;
    OutgoingNotation notation;
    Form form = Form::text;
  };
  static void read_entry(const YamlMap& entry, bool forms, Rule& rule);

  std::vector<Rule> rules_;
};

}  // namespace talent_loan::adapters

// Strict YAML for everything people configure. yaml-cpp parses; this reader keeps every scalar as the text
// that was written (money and ratios never pass through a float), knows the place of every value, and
// collects all errors of all files instead of stopping at the first.
//
//   YamlProblems problems;
//   YamlMap root = read_yaml("banks.yaml", "banks", {"schema", "banks"}, problems);
//   for (YamlValue bank : root.required("banks").list()) { ... bank.map({"id",
//   "library"}).required("id").word() ... } problems.throw_if_any();
//
// What is refused anywhere: a key named twice, an unknown key, an empty value, anchors, aliases and tags,
// more than one document, bytes that are not UTF-8, control characters, files over 1 MiB, nesting over 32
// levels.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/calendar/calendar.hpp"
#include "core/message/message.hpp"
#include "core/money/money.hpp"

namespace talent_loan {

// The errors found so far, over one file or several. One thread.
class YamlProblems {
 public:
  // More than anyone reads, and what keeps a hostile file from filling the memory: beyond it only the number
  // is told.
  static constexpr std::size_t kept_at_most = 1000;

  void add(Diagnostic diagnostic);
  bool full() const { return found_.size() >= kept_at_most; }
  bool empty() const { return found_.empty(); }
  std::size_t count() const { return found_.size() + beyond_; }
  // Files in the order in which they were first complained about, each by line and column.
  std::vector<Diagnostic> sorted() const;
  void throw_if_any() const;  // one Failure with all of them

 private:
  std::vector<Diagnostic> found_;
  std::size_t beyond_ = 0;  // more than kept_at_most
};

struct YamlNode;
struct YamlDocument;
class YamlMap;

// A value at a place in a file, or an absent one. A getter that finds something else than it wants records a
// problem and returns nullopt (or an empty list or map); on an absent value it returns that silently, because
// whoever looked it up has complained where it had to. Cheap to copy; keeps its document alive; the
// YamlProblems it was read with must outlive it. Quotes around a scalar make no difference.
class YamlValue {
 public:
  YamlValue() = default;

  bool present() const { return node_ != nullptr; }
  bool is_scalar() const;
  bool is_list() const;
  bool is_map() const;
  Place place() const;  // file, line, column and key path ("compensation.shares[1].ratio")

  std::optional<std::string> text() const;  // any scalar
  // A key or name of letters, digits and - _ . without blanks, at most 64 characters; letters of any script.
  std::optional<std::string> word() const;
  std::optional<std::string> one_of(const std::vector<std::string>& words) const;
  // Decimal digits, a leading minus sign where the range allows one.
  std::optional<std::int64_t> integer(std::int64_t at_least, std::int64_t at_most) const;
  // A plain decimal number kept as text: a minus sign, digits, a point and digits; up to 15 digits before the
  // point and 9 after it.
  std::optional<std::string> decimal() const;
  std::optional<bool> yes_or_no() const;  // true, false, yes or no
  std::optional<Day> day() const;         // YYYY-MM-DD
  std::optional<Fen> yuan() const;        // 10000000.00, as the border files write it
  // 80% or 6.25%: the percent sign is required.
  std::optional<Ratio> percent(Ratio at_most = Ratio::percent(100)) const;

  std::vector<YamlValue> list() const;  // may be empty
  std::vector<YamlValue> filled_list(
      std::size_t at_most = 10'000) const;  // an empty list is a problem, and a longer one
  // A map with exactly these keys allowed; every other key is a problem, with the nearest allowed one.
  YamlMap map(std::vector<std::string> allowed_keys) const;
  // The value of one key of a map before its keys are checked, for maps whose allowed keys depend on it (a
  // kind); absent, without a problem, where this is no map or has no such key.
  YamlValue peek(std::string_view key) const;
  // A map whose keys are the writer's own (bank ids, field names), in the order of the file.
  std::vector<std::pair<std::string, YamlValue>> entries() const;

  // Records a problem at this value.
  void complain(Text found, Text allowed, Text remedy = {}) const;

 private:
  friend class YamlMap;
  friend YamlMap parse_yaml(std::string_view, const std::string&, std::string_view, std::vector<std::string>,
                            YamlProblems&);
  YamlValue(std::shared_ptr<const YamlDocument> document, const YamlNode* node, std::string path)
      : document_(std::move(document)), node_(node), path_(std::move(path)) {}
  std::vector<std::pair<std::string, YamlValue>> distinct_entries() const;
  const std::string* scalar(const Text& wanted) const;
  void wrong(const Text& wanted, const Text& remedy = {}) const;

  std::shared_ptr<const YamlDocument> document_;
  const YamlNode* node_ = nullptr;  // owned by document_
  std::string path_;
};

// A map whose keys have been checked against the allowed ones.
class YamlMap {
 public:
  YamlMap() = default;

  bool present() const { return self_.present(); }
  bool has(std::string_view key) const { return optional(key).present(); }
  // The value, or an absent one. REQUIRES: key is one of the allowed keys.
  YamlValue optional(std::string_view key) const;
  YamlValue required(std::string_view key) const;  // its absence is a problem
  const YamlValue& self() const { return self_; }

 private:
  friend class YamlValue;
  YamlValue self_;
  std::vector<std::pair<std::string, YamlValue>> entries_;
};

// Reads a file whose first duty is `schema: talent-loan/<kind>/1`. What cannot be read, is no YAML, or is a
// file of another kind is recorded and gives an absent map. `schema` is allowed without being listed.
YamlMap read_yaml(const std::string& path, std::string_view kind, std::vector<std::string> allowed_keys,
                  YamlProblems& problems);

// The same from memory; `name` stands for the file in messages.
YamlMap parse_yaml(std::string_view text, const std::string& name, std::string_view kind,
                   std::vector<std::string> allowed_keys, YamlProblems& problems);

}  // namespace talent_loan

// The adapter's configuration: which day files there are, how they are cut, and which cell is which field.
// docs: README.md beside this file.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bank-adapters/common/outgoing.hpp"
#include "bank-adapters/flat-file/records.hpp"

namespace talent_loan::adapters::flat_file {

inline constexpr std::string_view schema = "talent-loan/flat-file/1";

// The name of a day's file: literal text, `{YYYYMMDD}` (or another date style of fixed width) for the day, `{N}`
// for a number of one or more digits.
class NamePattern {
 public:
  struct Match {
    std::int32_t day = 0;      // days since 1970-01-01; 0 where the pattern has no day
    std::int64_t number = 0;
  };

  // nullopt for an empty name, one that could leave its folder, or an unknown token.
  static std::optional<NamePattern> compile(std::string_view text);

  std::optional<Match> match(std::string_view name) const;
  std::string make(std::int32_t day, std::int64_t number) const;
  bool has_day() const;
  bool has_number() const;
  const std::string& text() const { return text_; }

 private:
  struct Part {
    std::string literal;
    std::optional<DateStyle> day;
    bool number = false;
  };
  std::string text_;
  std::vector<Part> parts_;
};

// Which records count, by the words in their cells.
struct Condition {
  enum class Kind { any, all, is, is_not, over };
  Kind kind = Kind::all;
  std::size_t cell = 0;
  std::vector<std::string> words;  // is, is_not
  std::int64_t over = 0;           // fen; a cell that is no amount counts as over, so that it is reported
  AmountStyle amounts;
  std::string padding;
  std::vector<Condition> parts;    // any, all

  bool holds(const std::vector<std::string>& cells) const;
};

// The columns that a stream uses. Cells of a projected record stand in the order of registration.
struct Columns {
  std::vector<std::string> names;      // delimited with a header
  std::vector<std::size_t> positions;  // delimited without: from 0

  // Where each column stands in a file with this header. Throws Refused(data) listing all that are missing.
  std::vector<std::size_t> resolve(const std::vector<std::string>& header, const Format& format, const std::string& file) const;
};

// The record at the end that says what a file must hold.
struct Trailer {
  Condition when;
  std::optional<std::size_t> count;   // cell: number of records that count
  std::optional<std::size_t> amount;  // cell: their sum
  AmountStyle amounts;
  std::string padding;
};

// The file that says a day's file is complete. Its first line may hold values, at positions from 0.
struct OkFile {
  std::string suffix = ".ok";
  std::string delimiter = "|";
  std::optional<std::size_t> count;
  std::optional<std::size_t> amount;
  std::optional<std::size_t> sha256;
};

struct InputStream {
  std::string name;
  NamePattern files;
  Format format;
  Columns columns;
  FieldMap fields;
  std::optional<Condition> when;  // records it does not hold for are passed over
  std::optional<Trailer> trailer;
  std::optional<OkFile> ok;
  AmountStyle amounts;            // of the totals in the `.ok` file
  std::optional<std::size_t> total_of;  // position among the stream's fields: what the totals add up
  // Cells are registered in this order: those of conditions, those of fields, those of the trailer's totals.
  std::size_t condition_cells = 0;
  std::size_t field_cells = 0;  // one past the fields' last
};

struct OutputColumn {
  enum class Kind { field, constant, count, amount };  // count, amount: totals, in a trailer
  Kind kind = Kind::field;
  std::string name;      // in the header
  std::string field;     // "application_id", "pays.city", or a constant's text
  std::size_t width = 0; // fixed width: bytes
  bool right = false;
  char pad = ' ';
  OutgoingNotation notation;
};

struct OutputStream {
  std::string name;
  NamePattern file;
  Format format;
  bool crlf = false;
  std::vector<OutputColumn> columns;
  std::vector<OutputColumn> trailer;
  std::string total_of;
  std::optional<OkFile> ok;
};

struct Folders {
  std::string in, out, archive, state;  // absolute
};

struct Config {
  Folders folders;
  std::optional<InputStream> applications, issue_results, events, claims;
  std::optional<OutputStream> decisions, issue_requests, settled, scores;
};

// `text` is the YAML; `name` is for messages; relative folders are below `base`.
// Throws Refused(configuration) with every problem at once.
Config read_config(std::string_view text, const std::string& name, const std::string& base);

// ---- Shared by the two halves of the reading.

struct Defaults {
  Format format;
  ValueStyles styles;
  std::optional<OkFile> ok;
};

std::vector<std::string> layout_keys();
// Reads the layout keys of a map over what holds already.
Defaults read_layout(const YamlMap& map, Defaults defaults);
InputStream read_input(const YamlMap& map, const std::string& name, const std::vector<FieldSpec>& specs, const Defaults& defaults);
OutputStream read_output(const YamlMap& map, const std::string& name, const Defaults& defaults);

}  // namespace talent_loan::adapters::flat_file

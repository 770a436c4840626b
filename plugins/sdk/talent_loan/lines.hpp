// For adapters of banks that exchange text files: lines of cells with a character between them, days, amounts, and
// a file that remembers what the bank was told. Beside sdk.hpp, for whoever wants it; header only, C++17, needs
// nothing but the standard library.
//
// A line is complete when its line feed stands there: a bank may still be writing the last one.
#pragma once

#include <talent_loan/sdk.hpp>

#include <cstdint>
#include <fstream>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace talent_loan::sdk {

// "2020-07-01"; nullopt for anything else, days that no calendar has included.
inline std::optional<Day> parse_day(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  int parts[3] = {0, 0, 0};
  for (std::size_t i = 0, part = 0; i < text.size(); ++i) {
    if (i == 4 || i == 7) {
      ++part;
    } else if (text[i] < '0' || text[i] > '9') {
      return std::nullopt;
    } else {
      parts[part] = parts[part] * 10 + (text[i] - '0');
    }
  }
  const auto [year, month, day] = parts;
  const bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
  const int lengths[] = {31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  if (year < 1 || month < 1 || month > 12 || day < 1 || day > lengths[month - 1]) return std::nullopt;
  // Days before the year, with March as its first month, since a leap day is then its last.
  const int years = month > 2 ? year : year - 1;
  const int months = month > 2 ? month - 3 : month + 9;
  return Day(Day::duration(years * 365 + years / 4 - years / 100 + years / 400 + (153 * months + 2) / 5 + day - 1 - 719468));
}

// Decimal digits that say at most `at_most`; nullopt for anything else.
inline std::optional<std::int64_t> parse_whole(std::string_view text, std::int64_t at_most) {
  if (text.empty() || text.size() > 18) return std::nullopt;
  std::int64_t value = 0;
  for (const char digit : text) {
    if (digit < '0' || digit > '9') return std::nullopt;
    value = value * 10 + (digit - '0');
  }
  return value <= at_most ? std::optional(value) : std::nullopt;
}

// UTF-8 without control characters: what the host takes. A text that is not would fail the whole call.
inline bool is_plain_text(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const auto byte = [&](std::size_t at) { return i + at < text.size() ? static_cast<unsigned char>(text[i + at]) : 0u; };
    const unsigned lead = byte(0);
    const std::size_t length = lead < 0x80 ? 1 : lead >= 0xC2 && lead < 0xE0 ? 2 : lead >= 0xE0 && lead < 0xF0 ? 3 : lead >= 0xF0 && lead < 0xF5 ? 4 : 0;
    if (length == 0 || lead < 0x20 || lead == 0x7F) return false;
    for (std::size_t next = 1; next < length; ++next) {
      if ((byte(next) & 0xC0) != 0x80) return false;
    }
    // Overlong forms, surrogates, and what lies beyond the last character.
    if ((lead == 0xE0 && byte(1) < 0xA0) || (lead == 0xED && byte(1) > 0x9F) || (lead == 0xF0 && byte(1) < 0x90) || (lead == 0xF4 && byte(1) > 0x8F)) return false;
    i += length;
  }
  return true;
}

// Each word with `before` in front of it: " A B" of A and B.
inline std::string each_after(std::string_view before, const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text.append(before).append(word);
  return text;
}

// The day that a record is held back until.
inline Day dated(const Application& application) { return application.applied_on; }
inline Day dated(const Event& event) { return event.happened_on; }
inline Day dated(const Claim& claim) { return claim.claimed_on.value_or(claim.defaulted_on); }

// What is wrong with a line.
struct BadLine {
  RejectCode code;
  std::string text;
};

// The cells of one line, counted from 0. A cell that is missing, empty or not what is asked for throws BadLine.
class Line {
 public:
  Line(std::string_view text, char between, std::uint64_t number, const Call& call) : number_(number), call_(call) {
    while (true) {
      const std::size_t end = text.find(between);
      cells_.emplace_back(text.substr(0, end));
      if (end == std::string_view::npos) return;
      text.remove_prefix(end + 1);
    }
  }
  std::uint64_t number() const { return number_; }
  // The second cell, or nothing where it cannot be shown.
  std::string key() const { return cells_.size() > 1 && cells_[1].size() <= TALENT_LOAN_TEXT_BYTES_AT_MOST && is_plain_text(cells_[1]) ? cells_[1] : std::string(); }
  bool is(std::string_view kind) const { return cells_.front() == kind; }
  // REQUIRED before the cells of a kind are read: a line with more is as wrong as one with fewer.
  void require_cells(std::size_t count) const {
    for (const std::string& cell : cells_) {
      if (!is_plain_text(cell)) bad(RejectCode::malformed_row, "不是 UTF-8，或含控制字符", "it is not UTF-8, or holds control characters");
    }
    if (cells_.size() == count) return;
    bad(RejectCode::malformed_row, "应有 " + std::to_string(count) + " 格，实有 " + std::to_string(cells_.size()),
        std::to_string(count) + " cells are needed, there are " + std::to_string(cells_.size()));
  }
  const std::string& text(std::size_t cell) const {
    if (cell >= cells_.size() || cells_[cell].empty()) bad(RejectCode::missing_value, name(cell, true) + "为空", name(cell, false) + " is empty");
    return cells_[cell];
  }
  const std::string& id(std::size_t cell) const {
    if (text(cell).size() > TALENT_LOAN_ID_BYTES_AT_MOST) bad(RejectCode::bad_identifier, name(cell, true) + "过长", name(cell, false) + " is too long");
    return text(cell);
  }
  Day day(std::size_t cell) const {
    const auto day = parse_day(text(cell));
    if (!day) bad(RejectCode::bad_date, name(cell, true) + "应为真实日期 YYYY-MM-DD", name(cell, false) + " must be a real day YYYY-MM-DD");
    return *day;
  }
  Fen fen(std::size_t cell) const {
    const auto fen = parse_whole(text(cell), TALENT_LOAN_FEN_AT_MOST);
    if (!fen) bad(RejectCode::bad_amount, name(cell, true) + "应为以分计的整数", name(cell, false) + " must be a whole number of fen");
    return {*fen};
  }
  // The value that stands beside the cell's word in `words`.
  template <typename Value>
  Value one_of(std::size_t cell, std::initializer_list<std::pair<std::string_view, Value>> words) const {
    std::string allowed;
    for (const auto& [word, value] : words) {
      if (text(cell) == word) return value;
      allowed.append(allowed.empty() ? "" : ", ").append(word);
    }
    bad(RejectCode::bad_value, name(cell, true) + "应为 " + allowed, name(cell, false) + " must be one of " + allowed);
  }
  std::int64_t whole(std::size_t cell, std::int64_t at_most) const {
    const auto number = parse_whole(text(cell), at_most);
    if (!number) bad(RejectCode::bad_value, name(cell, true) + "应为不超过 " + std::to_string(at_most) + " 的整数", name(cell, false) + " must be a whole number of at most " + std::to_string(at_most));
    return *number;
  }

 private:
  std::string name(std::size_t cell, bool chinese) const { return chinese ? "第 " + std::to_string(cell + 1) + " 格" : "cell " + std::to_string(cell + 1); }
  [[noreturn]] void bad(RejectCode code, const std::string& chinese, const std::string& english) const { throw BadLine{code, call_.say(chinese, english)}; }

  std::vector<std::string> cells_;
  std::uint64_t number_;
  const Call& call_;
};

// A text file of lines in the order in which things happened; more are added at its end.
class LinesFile {
 public:
  LinesFile() = default;
  LinesFile(std::string path, char between) : path_(std::move(path)), between_(between) {}

  // The file that line `number` of the configuration names, from 1, relative to the configuration's folder. Throws Error
  // (bad_config) where there is no such line, calling the file by `chinese` or `english`.
  static LinesFile named(const Opening& opening, const Call& call, std::size_t number, std::string_view chinese, std::string_view english, char between) {
    std::istringstream lines(opening.config);
    std::string path;
    for (std::size_t read = 0; read < number; ++read) {
      if (!std::getline(lines, path)) path.clear();
    }
    if (path.empty()) {
      throw Error(Result::bad_config, Retry::never, call.say("配置第 " + std::to_string(number) + " 行应写明", "the configuration must name in line " + std::to_string(number) + " ") + call.say(chinese, english));
    }
    return LinesFile(opening.base_directory + "/" + path, between);
  }

  void require_readable(const Call& call) const { opened(call); }

  // Every complete line; `use` returns false to stop. Throws Error where the file cannot be read, and for a BadLine.
  template <typename Use>
  void each(const Call& call, Use use) const {
    std::ifstream file = opened(call);
    std::string text;
    for (std::uint64_t number = 1; std::getline(file, text) && !file.eof(); ++number) {
      if (number % 1024 == 0) call.check();
      if (!text.empty() && text.back() == '\r') text.pop_back();
      try {
        if (!use(Line(text, between_, number, call))) return;
      } catch (const BadLine& bad) {
        throw Error(Result::bad_data, Retry::never, path_ + ":" + std::to_string(number) + ": " + bad.text);
      }
    }
  }

  // A poll's records of one kind. `record` makes one of a line, or nullopt where the line is of another kind, and
  // throws BadLine where it is of this kind and wrong: such lines are rejected with their place. A record is held back
  // until the day it is dated(). The cursor's position is the number of the line.
  template <typename Record, typename Make>
  void poll(const Call& call, const Poll& from, Sink<Record>& sink, Make record) const {
    each(call, [&](const Line& line) {
      const auto number = static_cast<std::int64_t>(line.number());
      if (number <= from.after.position) return true;
      try {
        std::optional<Record> made = record(line);
        if (made && dated(*made) > from.as_of) return false;
        if (made) return sink.deliver(*made, {number, {}});
      } catch (const BadLine& bad) {
        sink.reject({bad.code, path_, line.number(), line.key(), bad.text});
      }
      sink.skip_to({number, {}});
      return true;
    });
  }

  // Tells the bank something once, as a line KEY, content: the file is the bank's memory of keys. Returns the key as
  // the bank's receipt. Throws Error (conflict) where the key stands there with other content.
  std::string tell_once(const Call& call, const std::string& key, const std::string& content) const {
    const std::string line = key + between_ + content;
    std::ifstream known(path_);
    bool torn = false;  // the last line was cut off while it was written: it says nothing
    for (std::string text; std::getline(known, text);) {
      torn = known.eof();
      if (text == line && !known.eof()) return key;
      if (text.compare(0, key.size() + 1, key + between_) == 0 && !known.eof()) {
        throw Error(Result::conflict, Retry::never, call.say("同一键已用于另一内容：", "this key was used with other content: ") + key, "content");
      }
    }
    std::ofstream file(path_, std::ios::app);
    if (!(file << (torn ? "\n" : "") << line << '\n' << std::flush)) throw Error(Result::unavailable, Retry::later, call.say("无法写入 ", "cannot write ") + path_);
    return key;
  }

 private:
  std::ifstream opened(const Call& call) const {
    std::ifstream file(path_);
    if (!file) throw Error(Result::unavailable, Retry::later, call.say("无法读取 ", "cannot read ") + path_);
    return file;
  }

  std::string path_;
  char between_ = '|';
};

}  // namespace talent_loan::sdk

// What the program says to people: sentences in Chinese and English, and errors that name what was found,
// where, what is allowed, and what to do.
#pragma once

#include <cstdint>
#include <exception>
#include <string>
#include <string_view>
#include <vector>

namespace talent_loan {

enum class Language { chinese, english };

// A sentence in both languages. Every text a user can see is made as one of these; which half is shown is
// decided once, at the program's edge.
struct Text {
  std::string chinese;
  std::string english;

  const std::string& in(Language language) const { return language == Language::chinese ? chinese : english; }
  bool empty() const { return chinese.empty() && english.empty(); }
  friend bool operator==(const Text&, const Text&) = default;
};

// A text that reads the same in both languages: a number, a code, a quoted value.
Text verbatim(std::string_view text);

// Where something was found. `line` and `column` count from 1 (column in bytes); 0 means "not known".
struct Place {
  std::string file{};
  std::uint64_t line = 0;
  std::uint64_t column = 0;
  std::string field{};  // YAML key path ("compensation.shares[1].ratio"), CSV column, interface field
};

struct Diagnostic {
  Place place{};
  Text found{};    // what was found; never with unmasked personal data
  Text allowed{};  // what is allowed there; may be empty where `found` says it all
  Text remedy{};   // what to do; may be empty where `allowed` says it

  // "file:line:column: field: found; allowed: ...; remedy" in one line.
  std::string sentence(Language language) const;
};

// The one exception type that the library throws: one or more diagnostics, all found at once.
// Nothing the library throws it for has changed any state the caller can see.
class Failure : public std::exception {
 public:
  explicit Failure(Diagnostic diagnostic);
  explicit Failure(std::vector<Diagnostic> diagnostics);
  // A failure with no place in a file.
  Failure(Text found, Text remedy);

  const std::vector<Diagnostic>& diagnostics() const { return diagnostics_; }
  std::string sentences(Language language) const;  // one line each, ending in a line feed
  const char* what() const noexcept override { return english_.c_str(); }

 private:
  std::vector<Diagnostic> diagnostics_;
  std::string english_;
};

// The word of `allowed` that `word` most looks like a slip of, or empty when none is near
// (Damerau-Levenshtein distance of at most 2 and under half the word).
std::string nearest_word(std::string_view word, const std::vector<std::string>& allowed);

// Text quoted for a message: control characters and invalid UTF-8 shown as \xNN, cut after 60 characters.
std::string quoted(std::string_view text);

// Keeps the first and last few characters of personal data and stars the rest: "3703**********1234",
// "张*". Used for names and identity numbers wherever they reach a log, a message or a report.
std::string masked_identifier(std::string_view identifier);
std::string masked_name(std::string_view name);

}  // namespace talent_loan

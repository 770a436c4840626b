// What the configurable adapters say when something is wrong: where, what was found, what is allowed; in Chinese
// and English. The adapters see nothing of the program's core, so they have their own few lines for it.
#pragma once

#include <cstdint>
#include <exception>
#include <string>
#include <string_view>
#include <vector>

namespace talent_loan::adapters {

enum class Language { chinese, english };

struct Text {
  std::string chinese;
  std::string english;

  const std::string& in(Language language) const { return language == Language::chinese ? chinese : english; }
  bool empty() const { return chinese.empty() && english.empty(); }
};

// `line` and `column` count from 1 (column in bytes); 0 means "not known".
struct Place {
  std::string file{};
  std::uint64_t line = 0;
  std::uint64_t column = 0;
  std::string field{};  // key path in a configuration, or the field of the interface
};

struct Problem {
  Place place{};
  Text found{};
  Text allowed{};  // empty where `found` says it all
};

// "file:line:column: field: found; allowed: …"
std::string sentence(const Problem& problem, Language language);

// Why the work was refused; the interface's error code follows from it.
enum class Refusal {
  configuration,  // the YAML file: nothing helps but changing it
  data,           // what the bank delivered: the bank delivers it anew
  conflict,       // the same key with other content
  unavailable     // disk or network: the same call may succeed later
};

class Refused : public std::exception {
 public:
  Refused(Refusal why, Problem problem) : Refused(why, std::vector<Problem>{std::move(problem)}) {}
  Refused(Refusal why, std::vector<Problem> problems);

  Refusal why() const { return why_; }
  const std::vector<Problem>& problems() const { return problems_; }
  // All problems, ` | ` between them, in one line without control characters; what is over `bytes_at_most` is
  // cut away and said to be.
  std::string sentences(Language language, std::size_t bytes_at_most = 1 << 20) const;
  const char* what() const noexcept override { return english_.c_str(); }

 private:
  Refusal why_;
  std::vector<Problem> problems_;
  std::string english_;
};

// The word of `allowed` that `word` most looks like a slip of (at most two edits and under half the word), or "".
std::string nearest_word(std::string_view word, const std::vector<std::string>& allowed);

// Text in quotes for a message; control characters and bytes that are not UTF-8 as \xNN, cut after 60 characters.
std::string shown(std::string_view text);

// The parts of a text between delimiters; at least one. REQUIRES: delimiter is not empty.
std::vector<std::string> split(std::string_view text, std::string_view delimiter);
std::string joined(const std::vector<std::string>& words, std::string_view between);

}  // namespace talent_loan::adapters

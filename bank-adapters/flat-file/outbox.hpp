// Files to the bank: every batch is a file of its own that appears whole, then its `.ok` flag.
//
// What was sent is kept in a journal in the state folder, so that the same key with the same content sends
// nothing again and is answered as before, and the same key with other content is refused. A batch is first
// written down as pending, then published, then entered into the journal: a crash in between repeats the
// publishing of the same bytes under the same name.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "bank-adapters/flat-file/config.hpp"

namespace talent_loan::adapters::flat_file {

struct OutRecord {
  std::string key;
  Outgoing fields;
  std::string not_content;  // the field that may differ under the same key; usually none
};

class Outbox {
 public:
  // Both are borrowed.
  Outbox(const OutputStream& stream, const Folders& folders) : stream_(stream), folders_(folders) {}

  struct Answer {
    std::string file;               // where it was or had been written
    std::vector<Problem> problems;  // refused: why
    Refusal why = Refusal::conflict;
  };
  // Answers in the order of the records. `day` is the day in the file's name.
  std::vector<Answer> send(const std::vector<OutRecord>& records, std::int32_t day);

 private:
  struct Sent {
    std::string file;
    std::string content;
  };
  std::string path(const char* what) const { return folders_.state + "/" + stream_.name + "." + what; }
  void load();
  void finish_pending();
  void publish(const std::string& name, std::string_view bytes, std::string_view flag) const;
  void enter(std::string_view journal_lines);

  const OutputStream& stream_;
  const Folders& folders_;
  std::map<std::string, Sent> sent_;  // by key
  std::int64_t last_number_ = 0;
};

// The file's bytes for these records, in the bank's format. Throws Refused(data) naming the field where a value
// does not fit its column.
std::string render(const OutputStream& stream, const std::vector<const OutRecord*>& records);
std::string render_flag(const OutputStream& stream, const std::vector<const OutRecord*>& records, std::string_view bytes);

}  // namespace talent_loan::adapters::flat_file

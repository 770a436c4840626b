// The day files of one stream, read in the order in which they came to be complete.
//
// File names do not tell that order: yesterday's file may arrive after today's. So the inbox keeps a ledger in
// the state folder, one line for each file taken in: sequence, name, size, SHA-256. A file enters it when its
// `.ok` flag is there and its totals and checksum hold, before any of its records is handed over; its sequence
// never changes after that, so a position means the same however often it is read from, and a file that differs
// from what was taken in is noticed.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "bank-adapters/flat-file/rows.hpp"
#include "bank-adapters/flat-file/storage.hpp"

namespace talent_loan::adapters::flat_file {

// After record `record` of the file with this sequence; 0, 0: before the first.
struct Position {
  std::int64_t sequence = 0;
  std::uint64_t record = 0;
  std::string sha256;  // of that file

  // The interface's cursor. A file has under 2^32 records.
  std::int64_t number() const { return sequence << 32 | static_cast<std::int64_t>(record); }
  std::string token() const;
  static std::optional<Position> from_token(std::string_view token);
};

class Inbox {
 public:
  // Both are borrowed.
  Inbox(const InputStream& stream, const Folders& folders) : stream_(stream), folders_(folders) {}

  // Reads on from `after`; files that it has passed move to the archive. Throws Refused(data) where the ledger
  // knows no such position, or the file there has changed.
  void seek(const Position& after);
  // The next row of the files whose day is at most `as_of`; false when there is none for now. Throws
  // Refused(data) for a file that its flag, totals, checksum or encoding speak against; nothing of it was read.
  bool next(Row& row, std::int32_t as_of);

  // After the last row.
  const Position& position() const { return position_; }
  const std::string& file() const { return file_name_; }
  std::optional<std::int32_t> file_day() const;
  // What was taken in since the last time this was asked, a sentence for each file.
  std::vector<Text> take_notes() { return std::exchange(notes_, {}); }

 private:
  struct Entry {
    std::int64_t sequence;
    std::string name;
    std::uint64_t size;
    std::string sha256;
  };

  std::string ledger_path() const { return folders_.state + "/" + stream_.name + ".ledger"; }
  void load_ledger();
  const Entry* entry(std::int64_t sequence) const;
  const Entry* entry(const std::string& name) const;
  std::vector<std::string> candidates(std::int32_t as_of);
  void check_unchanged(const Entry& known);
  bool take_in(std::int32_t as_of);
  std::string verified(OpenFile& file, const std::string& name);
  void check_totals(const std::string& name, std::uint64_t line, const Text& where, std::string_view count, std::string_view amount,
                    const AmountStyle& style, const struct Totals& totals) const;
  void open(const Entry& entry);
  void archive_before(std::int64_t sequence);
  void close();

  const InputStream& stream_;
  const Folders& folders_;
  std::vector<Entry> ledger_;
  bool loaded_ = false;
  Position position_;
  std::optional<OpenFile> open_file_;
  std::optional<RowReader> rows_;
  std::string file_name_;
  std::string stamp_;
  std::vector<Text> notes_;
  std::map<std::string, std::string> unchanged_;  // path: stamp under which its hash was found right
};

}  // namespace talent_loan::adapters::flat_file

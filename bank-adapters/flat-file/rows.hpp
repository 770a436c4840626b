// Rows of one stream: records of a day file, sorted into what counts, what is refused and what is passed over.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "bank-adapters/flat-file/config.hpp"

namespace talent_loan::adapters::flat_file {

struct Row {
  enum class Kind { values, rejected, passed_over, trailer };
  Kind kind = Kind::values;
  std::uint64_t number = 0;     // of the record in its file, from 1
  std::uint64_t line = 0;       // physical, from 1
  std::vector<Value> values;    // in the order of the stream's fields
  std::optional<Reject> reject;
  std::string key;              // rejected: the first field's cell as found
  // Rejected, where the stream has a total: the amount that it adds up, if that cell can be read.
  std::optional<std::int64_t> amount_of_rejected;
  // Trailer: its cells for the totals, as found.
  std::string count, amount;
};

class RowReader {
 public:
  // `stream` is borrowed. Throws Refused(data) as RecordReader does, and where a column is missing.
  RowReader(ByteSource source, const InputStream& stream, std::string file);

  // The next row; false at the end. Throws Refused(data) for bytes of another encoding, if so configured.
  bool next(Row& row);
  // Passes over records without looking at their fields.
  void skip(std::uint64_t records);

 private:
  bool project(const Record& record);
  Text malformed(const Record& record, bool complete) const;
  void reject_malformed(Row& row, bool complete);

  const InputStream& stream_;
  RecordReader records_;
  std::vector<std::size_t> positions_;
  std::size_t columns_ = 0;  // a delimited record must have; 0: up to the last that is used
  Record record_;
  std::vector<std::string> cells_;  // projected
  std::size_t readable_ = 0;        // of cells_, before the first that the record lacks
};

}  // namespace talent_loan::adapters::flat_file

// A talent list in a workbook, as clerks keep it: title rows above the header, Chinese headers and words, dates as
// text or as day numbers.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/files/workbook.hpp"
#include "core/talent/listing.hpp"

namespace talent_loan {

// The words of sheets, from config/programmes.yaml: what a header or a cell may say instead of the contract's word.
struct ListVocabulary {
  std::map<std::string, ListColumn, std::less<>> columns;     // "姓名" -> name
  std::map<std::string, std::string, std::less<>> words;      // "居民身份证" -> "resident", "泰山学者" -> "taishan-scholar"
};

// Reads `columns` and `words`; every programme's names stand for its id without being listed.
ListVocabulary load_list_vocabulary(const std::string& path, const Programmes& programmes);

// Where the header stands and what is below it.
class ListSheet {
 public:
  // Throws Failure where no row within the first 30 names the columns a list needs (talent, name, kind and number
  // of identity, programme, first day); the other columns may be missing and are then empty.
  ListSheet(const WorkbookSheet& sheet, const ListVocabulary& vocabulary, const std::string& path);

  // The rows below the header but blank ones; `line` is the sheet's row number. The sheet must outlive them.
  std::unique_ptr<ListRows> rows() const;
  std::size_t header_row() const { return header_row_; }  // from 0
  std::vector<std::uint32_t> date_columns() const;

 private:
  class Rows;
  static constexpr std::size_t nowhere = static_cast<std::size_t>(-1);

  const WorkbookSheet& sheet_;
  const ListVocabulary& vocabulary_;
  std::size_t header_row_ = 0;
  std::array<std::size_t, list_columns> positions_{};
};

}  // namespace talent_loan

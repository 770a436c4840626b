// The work on one block of claims: what split_file() does with each, and keeps for it between the steps.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "core/files/key_set.hpp"
#include "core/files/row_blocks.hpp"
#include "core/files/row_index.hpp"
#include "core/files/row_scanner.hpp"
#include "core/loss/claim_rows.hpp"
#include "core/loss/governing_rules.hpp"
#include "core/loss/line_text.hpp"

namespace talent_loan {

// Bytes to write, with room made ahead and filled through a pointer.
class TextBuffer {
 public:
  std::string_view text() const { return {bytes_.get(), size_}; }
  void clear() { size_ = 0; }
  char* room(std::size_t bytes);  // at the end
  void end_at(const char* end) { size_ = static_cast<std::size_t>(end - bytes_.get()); }

 private:
  std::unique_ptr<char[]> bytes_;
  std::size_t capacity_ = 0;
  std::size_t size_ = 0;
};

// What all blocks share; read only.
struct SplitRules {
  const GoverningRules& governing;
  const ClaimColumns& columns;
  const KeyHasher& hasher;
};

class SplitBlock {
 public:
  SplitBlock(const SplitRules& rules, bool totals);

  struct Rejected {
    std::uint32_t line;  // of the block, the first being 0
    RowCode code;
    std::string key;
    Text message;
  };

  // Kept here by the steps that know them.
  RowBlock input;                // filled by the reader
  std::uint64_t bytes_read = 0;  // of the file, up to this block
  std::uint64_t first_line = 0;  // the physical line on which it begins

  // Reads, checks and splits every row. Any thread, blocks side by side.
  void prepare();
  // Tells the rows that are accepted from those that repeat a key. Blocks one at a time, in order.
  void settle(KeySet& accepted);
  // Writes the lines and adds the totals. Any thread, blocks side by side.
  void render();

  std::uint64_t physical_lines() const { return physical_lines_; }  // valid after prepare()
  std::size_t rows() const { return rows_.size(); }
  std::size_t accepted() const { return accepted_; }           // valid after settle()
  const std::vector<Rejected>& rejected() const { return rejected_; }  // in order; valid after settle()
  std::string_view lines() const { return lines_.text(); }     // valid after render()
  const BankTotals& totals() const { return totals_; }         // of every block that lay here

 private:
  struct Row {
    std::string_view claim_id;
    std::string_view bank_id;
    std::string_view loan_id;
    std::uint64_t hash;
    Fen loss;
    Fen bank_bears;
    const VersionRules* rules;
    std::uint32_t line;
    std::uint32_t finding;  // 0: none, else one more than its place in findings_
    bool plain;             // its identifiers hold nothing that CSV quotes
    bool accepted;
  };

  const std::uint32_t* plain_row(std::size_t begin, const std::uint32_t* delimiter);
  std::size_t scanned_row(std::size_t begin);
  void add_row(const ClaimRow& claim, bool plain);
  void add_finding(std::string_view key, RowRejection rejection);
  void split(Row& row);
  char* write_line(char* to, const Row& row, const Fen* amounts) const;

  const SplitRules& rules_;
  bool want_totals_;
  std::size_t payers_;
  RowIndex index_;
  RowScanner scanner_;
  ClaimRow claim_;  // the row being read; kept so that its facts keep their memory
  bool carriage_returns_ = false;
  std::uint32_t line_ = 0;
  std::uint64_t physical_lines_ = 0;
  std::vector<Row> rows_;
  std::vector<Fen> amounts_;  // for each row what each payer pays, then what each bears
  std::vector<Fen> own_;      // one split in the version's own columns
  std::vector<Rejected> findings_;
  std::vector<Rejected> rejected_;
  std::size_t accepted_ = 0;
  TextBuffer lines_;
  BankTotals totals_;
};

}  // namespace talent_loan

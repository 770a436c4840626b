#include "core/talent/verify_file.hpp"

#include <deque>
#include <memory>
#include <vector>

#include <fmt/format.h>

#include "core/files/key_set.hpp"
#include "core/files/ordered_blocks.hpp"
#include "core/files/row_blocks.hpp"
#include "core/files/row_scanner.hpp"
#include "core/files/row_sentences.hpp"

namespace talent_loan {
namespace {

// One block of requests on its way: rows are read, checked and decided side by side with other blocks; only
// what depends on the rows before (repeated ids) and what is written keeps the order of the file.
struct RequestBlock {
  struct Row {
    std::uint32_t line = 0;  // of the block, the first being 0
    std::uint64_t key_hash = 0;
    std::uint32_t text_begin = 0;  // of its decision in `decisions`
    std::uint32_t text_end = 0;
    bool eligible = false;
    std::unique_ptr<RowProblem> problem{};
    std::string_view key{};  // in the input, or in the scanner
  };
  // Requests that wait until there are enough to fetch what they need from memory for all at once.
  struct Waiting {
    std::size_t row;  // in `rows`
    VerificationRequest request;
    Verifier::Sought sought;
  };

  RowBlock input;
  std::uint64_t bytes_read = 0;
  std::uint64_t first_line = 0;
  std::uint64_t physical_lines = 0;
  RowScanner scanner;
  std::vector<Row> rows;
  std::vector<Waiting> waiting;
  std::string decisions;
};

constexpr std::size_t decided_together = 32;
constexpr std::size_t keys_fetched_ahead = 16;

// Line ends in a row: nearly always the one behind it.
std::uint64_t lines_of(std::string_view row) {
  std::uint64_t lines = 0;
  for (std::size_t at = row.find('\n'); at != std::string_view::npos; at = row.find('\n', at + 1)) ++lines;
  return lines;
}

class FileVerifier {
 public:
  FileVerifier(const Verifier& verifier, const VerifyFileOptions& options)
      : verifier_(verifier), options_(options), reader_(InputFile::open(options.requests), options.encoding),
        positions_(reader_.header().columns(request_column_names())), decisions_(options.decisions),
        rejects_(options.rejects, options.language), blocks_(slots_for(options.threads)), next_line_(reader_.first_line()) {}

  VerifySummary run();

 private:
  bool take(RequestBlock& block);
  void prepare(RequestBlock& block) const;
  void read(RequestBlock& block, RowFault fault, std::uint32_t line) const;
  void decide_waiting(RequestBlock& block) const;
  void settle(RequestBlock& block);
  void emit(const RequestBlock& block);

  const Verifier& verifier_;
  const VerifyFileOptions& options_;
  RowBlocks reader_;
  std::vector<std::size_t> positions_;
  OutputFile decisions_;
  RejectsFile rejects_;
  KeyHasher hasher_;
  KeySet accepted_{hasher_};
  std::deque<RequestBlock> blocks_;  // a deque, because they never move
  std::uint64_t next_line_;
  VerifySummary summary_;
};

bool FileVerifier::take(RequestBlock& block) {
  const bool more = reader_.next(block.input);
  block.bytes_read = reader_.bytes_read();
  return more;
}

// Reads one row's cells from the block's scanner; it waits to be decided, or is noted with why it is not.
void FileVerifier::read(RequestBlock& block, RowFault fault, std::uint32_t line) const {
  const std::vector<std::string_view>& cells = block.scanner.cells();
  const std::size_t columns = reader_.header().names().size();
  if (fault == RowFault::none && cells.size() != columns) fault = RowFault::cell_count;
  RequestCells wanted;
  for (std::size_t i = 0; i < request_columns; ++i) wanted[i] = positions_[i] < cells.size() ? cells[positions_[i]] : std::string_view();

  RequestBlock::Row& row = block.rows.emplace_back();
  row.line = line;
  row.key = wanted[0];
  if (fault != RowFault::none) {
    row.problem = std::make_unique<RowProblem>(RowProblem{RowCode::malformed_row, fault_sentence(fault, cells.size(), columns)});
    return;
  }
  auto read = read_request(wanted, verifier_);
  if (auto* problem = std::get_if<RowProblem>(&read)) {
    row.problem = std::make_unique<RowProblem>(std::move(*problem));
    return;
  }
  row.key_hash = hasher_(row.key);
  VerificationRequest& request = std::get<VerificationRequest>(read);
  const Verifier::Sought sought = verifier_.sought(request);
  verifier_.fetch_index(request, sought);
  block.waiting.push_back({block.rows.size() - 1, std::move(request), sought});
  if (block.waiting.size() == decided_together) decide_waiting(block);
}

void FileVerifier::decide_waiting(RequestBlock& block) const {
  for (const RequestBlock::Waiting& waiting : block.waiting) verifier_.fetch_entries(waiting.request, waiting.sought);
  for (const RequestBlock::Waiting& waiting : block.waiting) {
    RequestBlock::Row& row = block.rows[waiting.row];
    const VerificationDecision decision = verifier_.decide_unnamed(waiting.request, waiting.sought);
    row.eligible = decision.eligible();
    row.text_begin = static_cast<std::uint32_t>(block.decisions.size());
    append_decision(row.key, decision, block.decisions);
    row.text_end = static_cast<std::uint32_t>(block.decisions.size());
  }
  block.waiting.clear();
}

void FileVerifier::prepare(RequestBlock& block) const {
  block.input.check_encoding();
  block.rows.clear();
  block.scanner.forget();  // only now: the rows' keys may lie in it
  block.decisions.clear();
  block.waiting.clear();
  block.physical_lines = 0;
  if (block.input.too_long()) {
    block.rows.emplace_back().problem =
        std::make_unique<RowProblem>(RowProblem{RowCode::malformed_row, fault_sentence(RowFault::too_long, 0, reader_.header().names().size())});
    block.physical_lines = 1;
    return;
  }
  std::string_view text = block.input.text().substr(0, block.input.wrong_byte_at());
  while (!text.empty()) {
    const RowScan scan = block.scanner.scan(text, true);
    if (!scan.blank) read(block, scan.fault, static_cast<std::uint32_t>(block.physical_lines));
    block.physical_lines += lines_of(text.substr(0, scan.bytes));
    text.remove_prefix(scan.bytes);
  }
  decide_waiting(block);
}

void FileVerifier::settle(RequestBlock& block) {
  block.first_line = next_line_;
  if (block.input.wrong_byte_at() != std::string_view::npos) reader_.wrong_encoding(block.input, next_line_);
  next_line_ += block.physical_lines;
  for (std::size_t i = 0; i < block.rows.size(); ++i) {
    if (i + keys_fetched_ahead < block.rows.size()) accepted_.prefetch(block.rows[i + keys_fetched_ahead].key_hash);
    RequestBlock::Row& row = block.rows[i];
    if (row.problem || accepted_.insert(row.key_hash, row.key)) continue;
    row.problem = std::make_unique<RowProblem>(RowProblem{RowCode::duplicate_key, duplicate_key(request_column_names()[0])});
  }
}

void FileVerifier::emit(const RequestBlock& block) {
  for (const RequestBlock::Row& row : block.rows) {
    ++summary_.rows;
    if (row.problem) {
      rejects_.add(block.first_line + row.line, shown_key(row.key), word(row.problem->code), row.problem->message);
      ++summary_.rejected;
    } else {
      decisions_.write(std::string_view(block.decisions).substr(row.text_begin, row.text_end - row.text_begin));
      ++(row.eligible ? summary_.eligible : summary_.not_eligible);
    }
  }
  if (options_.progress) options_.progress(block.bytes_read, reader_.file_bytes());
}

VerifySummary FileVerifier::run() {
  decisions_.write("request_id,eligible,reasons,policy_version,programme,cites\n");
  run_in_order(options_.threads, {.take = [this](std::size_t slot) { return take(blocks_[slot]); },
                                  .prepare = [this](std::size_t slot) { prepare(blocks_[slot]); },
                                  .settle = [this](std::size_t slot) { settle(blocks_[slot]); },
                                  .render = [](std::size_t) {},
                                  .emit = [this](std::size_t slot) { emit(blocks_[slot]); }});
  commit_all({&decisions_, rejects_.output()});
  return summary_;
}

}  // namespace

VerifySummary verify_file(const Verifier& verifier, const VerifyFileOptions& options) { return FileVerifier(verifier, options).run(); }

}  // namespace talent_loan

#include "core/loss/split_file.hpp"

#include <algorithm>
#include <deque>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "core/files/key_set.hpp"
#include "core/files/ordered_blocks.hpp"
#include "core/loss/claim_rows.hpp"
#include "core/loss/governing_rules.hpp"
#include "core/loss/line_text.hpp"
#include "core/loss/split_block.hpp"

namespace talent_loan {
namespace {

class Splitting {
 public:
  Splitting(const PolicySet& policies, const SchemeId& scheme, const SplitPaths& paths, const SplitOptions& options)
      : options_(options),
        reader_(InputFile::open(paths.claims), options.encoding, options.block_bytes),
        governing_(policies, scheme),
        columns_(reader_.header(), policies.facts_read(scheme)),
        rules_{governing_, columns_, hasher_},
        lines_(paths.lines, Keeping::renewable),
        rejects_(paths.rejects, options.language, Keeping::renewable),
        next_line_(reader_.first_line()) {
    if (!paths.totals.empty()) totals_.emplace(paths.totals, Keeping::renewable);
    for (std::size_t i = 0; i < slots_for(options.threads); ++i) blocks_.emplace_back(rules_, totals_.has_value());
    lines_.write(lines_header(governing_.payers()));
  }

  SplitSummary run() {
    run_in_order(options_.threads, {.take = [this](std::size_t slot) { return take(blocks_[slot]); },
                                    .prepare = [this](std::size_t slot) { prepare(blocks_[slot]); },
                                    .settle = [this](std::size_t slot) { settle(blocks_[slot]); },
                                    .render = [this](std::size_t slot) { blocks_[slot].render(); },
                                    .emit = [this](std::size_t slot) { emit(blocks_[slot]); }});
    finish();
    return summary_;
  }

 private:
  bool take(SplitBlock& block) {
    const bool more = reader_.next(block.input);
    block.bytes_read = reader_.bytes_read();
    return more;
  }

  void prepare(SplitBlock& block) {
    block.input.check_encoding();
    block.prepare();
  }

  void settle(SplitBlock& block) {
    block.first_line = next_line_;
    if (block.input.wrong_byte_at() != std::string_view::npos) reader_.wrong_encoding(block.input, next_line_);
    next_line_ += block.physical_lines();
    const bool first = accepted_.size() == 0;
    block.settle(accepted_);
    if (first && block.accepted() > 0) expect_keys(block);
  }

  // Room for the keys of the whole file at once, as far as the first rows are like the others: spares doubling.
  void expect_keys(const SplitBlock& first) {
    constexpr std::uint64_t expected_at_most = 40'000'000;
    accepted_.reserve(std::min(first.accepted() * (reader_.file_bytes() / first.input.text().size() + 1), expected_at_most));
  }

  void emit(const SplitBlock& block) {
    lines_.write(block.lines());
    for (const SplitBlock::Rejected& row : block.rejected()) {
      rejects_.add(block.first_line + row.line, row.key, word(row.code), row.message);
    }
    summary_.rows += block.rows();
    summary_.lines += block.accepted();
    if (options_.progress) options_.progress(block.bytes_read, reader_.file_bytes());
  }

  void finish() {
    summary_.rejects = rejects_.count();
    BankTotals sum(governing_.payers().size());
    for (const SplitBlock& block : blocks_) sum.add(block.totals());
    if (summary_.rows != summary_.lines + summary_.rejects || (totals_ && sum.claims() != summary_.lines)) {
      throw Failure({fmt::format("读入 {} 行，输出 {} 行，拒绝 {} 行，数目不符", summary_.rows, summary_.lines, summary_.rejects),
                     fmt::format("{} rows in, {} lines and {} rejects out: they do not add up", summary_.rows, summary_.lines,
                                 summary_.rejects)},
                    {"这是程序错误，请报告", "this is an error of the program; please report it"});
    }
    if (totals_) totals_->write(totals_header(governing_.payers()) + sum.rows());
    commit_all({&lines_, rejects_.output(), totals_ ? &*totals_ : nullptr});
  }

  const SplitOptions& options_;
  RowBlocks reader_;
  GoverningRules governing_;
  ClaimColumns columns_;
  KeyHasher hasher_;
  SplitRules rules_;
  OutputFile lines_;
  RejectsFile rejects_;
  std::optional<OutputFile> totals_;
  std::deque<SplitBlock> blocks_;  // a deque, because they never move
  KeySet accepted_{hasher_};
  std::uint64_t next_line_;  // the physical line of the next block to settle
  SplitSummary summary_;
};

}  // namespace

SplitSummary split_file(const PolicySet& policies, const SchemeId& scheme, const SplitPaths& paths, const SplitOptions& options) {
  return Splitting(policies, scheme, paths, options).run();
}

}  // namespace talent_loan

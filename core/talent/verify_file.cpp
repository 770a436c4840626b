#include "core/talent/verify_file.hpp"

#include <algorithm>
#include <exception>
#include <thread>
#include <unordered_set>
#include <vector>

#include <fmt/format.h>

namespace talent_loan {
namespace {

constexpr std::size_t batch_rows = 1 << 14;

// One row on its way through the batch.
struct Item {
  CsvRow row;
  std::variant<VerificationRequest, RowProblem> read;
  std::string decision;
  bool eligible = false;
};

// Calls `work` for every index below `count`, in equal stretches on `threads` threads; rethrows the first failure.
template <typename Work>
void in_parallel(std::size_t count, unsigned threads, const Work& work) {
  const std::size_t stretch = (count + threads - 1) / threads;
  std::vector<std::exception_ptr> failures(threads);
  std::vector<std::thread> running;
  const auto run = [&](unsigned thread) {
    try {
      for (std::size_t i = thread * stretch; i < std::min(count, (thread + 1) * stretch); ++i) work(i);
    } catch (...) {
      failures[thread] = std::current_exception();  // carried to the caller's thread, below
    }
  };
  for (unsigned thread = 1; thread < threads; ++thread) running.emplace_back(run, thread);
  run(0);
  for (std::thread& thread : running) thread.join();
  for (const std::exception_ptr& failure : failures) {
    if (failure) std::rethrow_exception(failure);
  }
}

class FileVerifier {
 public:
  FileVerifier(const Verifier& verifier, const VerifyFileOptions& options)
      : verifier_(verifier), options_(options), reader_(InputFile::open(options.requests), options.encoding),
        positions_(reader_.columns(request_column_names())), decisions_(options.decisions), rejects_(options.rejects, options.language),
        items_(batch_rows) {}

  VerifySummary run();

 private:
  std::size_t read_batch();
  RequestCells cells_of(const CsvRow& row) const;
  void check(Item& item) const;
  void decide(Item& item) const;
  void refuse_repeated(std::size_t count);
  void write(std::size_t count);

  const Verifier& verifier_;
  const VerifyFileOptions& options_;
  CsvReader reader_;
  std::vector<std::size_t> positions_;
  OutputFile decisions_;
  RejectsFile rejects_;
  std::vector<Item> items_;
  std::unordered_set<std::string> seen_;
  VerifySummary summary_;
};

RequestCells FileVerifier::cells_of(const CsvRow& row) const {
  RequestCells cells;
  for (std::size_t i = 0; i < request_columns; ++i) {
    cells[i] = positions_[i] < row.cells.size() ? std::string_view(row.cells[positions_[i]]) : std::string_view();
  }
  return cells;
}

std::size_t FileVerifier::read_batch() {
  std::size_t count = 0;
  while (count < items_.size() && reader_.next(items_[count].row)) ++count;
  return count;
}

void FileVerifier::check(Item& item) const {
  if (item.row.fault != RowFault::none) {
    item.read = RowProblem{RowCode::malformed_row, fault_sentence(item.row, reader_.header().size())};
  } else {
    item.read = read_request(cells_of(item.row), verifier_);
  }
}

void FileVerifier::refuse_repeated(std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    if (std::holds_alternative<RowProblem>(items_[i].read)) continue;
    if (seen_.insert(std::string(cells_of(items_[i].row)[0])).second) continue;
    items_[i].read = RowProblem{RowCode::duplicate_key, {"request_id：前面已有同一编号的行被接受；允许：每个编号一次",
                                                         "request_id: an earlier row with this id was accepted; allowed: each id once"}};
  }
}

void FileVerifier::decide(Item& item) const {
  const auto* request = std::get_if<VerificationRequest>(&item.read);
  if (request == nullptr) return;
  const VerificationDecision decision = verifier_.decide(*request);
  item.eligible = decision.eligible();
  item.decision.clear();
  append_decision(cells_of(item.row)[0], decision, item.decision);
}

void FileVerifier::write(std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    const Item& item = items_[i];
    ++summary_.rows;
    if (const auto* problem = std::get_if<RowProblem>(&item.read)) {
      rejects_.add(item.row.line, cells_of(item.row)[0], word(problem->code), problem->message);
      ++summary_.rejected;
    } else {
      decisions_.write(item.decision);
      ++(item.eligible ? summary_.eligible : summary_.not_eligible);
    }
  }
}

VerifySummary FileVerifier::run() {
  decisions_.write("request_id,eligible,reasons,policy_version,programme,cites\n");
  while (const std::size_t count = read_batch()) {
    in_parallel(count, options_.threads, [&](std::size_t i) { check(items_[i]); });
    refuse_repeated(count);
    in_parallel(count, options_.threads, [&](std::size_t i) { decide(items_[i]); });
    write(count);
    if (options_.progress) options_.progress(reader_.bytes_read());
  }
  commit_all({&decisions_, rejects_.output()});
  return summary_;
}

}  // namespace

VerifySummary verify_file(const Verifier& verifier, const VerifyFileOptions& options) { return FileVerifier(verifier, options).run(); }

}  // namespace talent_loan

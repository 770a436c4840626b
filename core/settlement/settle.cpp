// Preparing a batch: its record, what was decided, its audit entry.
#include <algorithm>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/settlement/batch.hpp"
#include "core/settlement/batch_rows.hpp"
#include "core/settlement/booking.hpp"
#include "core/settlement/decide.hpp"
#include "core/store/audit.hpp"

namespace talent_loan {
namespace {

constexpr std::size_t batch_id_characters = 24;

std::size_t characters(std::string_view utf8) {
  return static_cast<std::size_t>(std::count_if(utf8.begin(), utf8.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

std::string clauses_of(const BatchResult& result) {
  std::set<std::string> clauses;
  for (const BatchPart& part : result.parts) {
    for (const Share& share : part.version->compensation.shares) {
      if (!share.cite.empty()) clauses.insert(part.version->version.text() + " " + share.cite);
    }
  }
  return fmt::format("{}", fmt::join(clauses, "|"));
}

void check_batch_id(const BatchId& batch) {
  const std::string& text = batch.text();
  const bool plain = std::none_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) <= ' ' || c == 0x7f; });
  if (!text.empty() && plain && characters(text) <= batch_id_characters) return;
  throw Failure({"批次号 " + quoted(text), "batch id " + quoted(text)},
                {"1 至 24 个字符，不含空白", "1 to 24 characters without blanks: payment ids begin with it"});
}

void check_same(const BatchRecord& stored, const SettlementRequest& request) {
  if (stored.as_of == request.rules.as_of && stored.scheme == request.rules.scheme) return;
  throw Failure({fmt::format("批次 {} 已按 {}（方案 {}）办理", stored.batch.text(), format_day(stored.as_of), stored.scheme.text()),
                 fmt::format("batch {} exists as of {} under scheme {}", stored.batch.text(), format_day(stored.as_of), stored.scheme.text())},
                {"沿用原日期和方案，或换一个批次号", "repeat it with that day and scheme, or take another batch id"});
}

BatchRecord new_batch(Transaction& transaction, const SettlementRequest& request, std::string cite) {
  BatchRecord batch{.number = transaction.query_one("SELECT COALESCE(MAX(number), 0) + 1 FROM settlement_batches")->integer(0),
                    .batch = request.batch,
                    .scheme = request.rules.scheme,
                    .as_of = request.rules.as_of,
                    .status = BatchStatus::prepared,
                    .payers = request.rules.policies->payers(request.rules.scheme),
                    .prepared_by = request.user,
                    .booked_by = {},
                    .reversal = {},
                    .cite = std::move(cite)};
  std::string payers;
  for (const PayerId& payer : batch.payers) payers += (payers.empty() ? "" : "|") + payer.text();
  transaction.execute(
      "INSERT INTO settlement_batches (number, batch_id, scheme, as_of, status, payers, cite, prepared_by, prepared_at)"
      " VALUES (:number, :batch, :scheme, :as_of, 'prepared', :payers, :cite, :by, :at)",
      {batch.number, batch.batch, batch.scheme, batch.as_of, payers, batch.cite, batch.prepared_by, format_utc(transaction.now())});
  return batch;
}

}  // namespace

BatchRecord settle(Transaction& transaction, const SettlementRequest& request) {
  check_batch_id(request.batch);
  if (auto stored = find_batch(transaction, request.batch)) {
    check_same(*stored, request);
    return *stored;
  }
  check_open_for(request.rules.as_of, request.closed_to);
  // Decided before the batch has a row, so that its own row cannot count as a decision.
  const PreparedBatch prepared = decide_claims(transaction, request);
  const BatchResult& result = prepared.result;
  if (request.stage) request.stage("store");
  const BatchRecord batch = new_batch(transaction, request, clauses_of(result));
  const std::vector<Seal> seals = store_result(transaction, batch, prepared);
  record(transaction, {.actor = request.user.text(), .action = "settle prepare", .subject = batch.batch.text(),
                       .details = fmt::format("as of {}, scheme {}: {} accepted, {} rejected, {} waiting", format_day(batch.as_of),
                                              batch.scheme.text(), result.accepted.size(), result.rejected.size(), result.waiting.size()),
                       .cite = batch.cite}, seals);
  if (request.stage && request.book) request.stage("book");
  return request.book ? book(transaction, batch, request.user, request.closed_to) : batch;
}

}  // namespace talent_loan

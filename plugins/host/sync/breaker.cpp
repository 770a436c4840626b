#include "plugins/host/sync/breaker.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "core/identity/masking.hpp"
#include "core/store/audit.hpp"

namespace talent_loan::host {
namespace {

Instant instant(std::int64_t milliseconds) { return Instant(std::chrono::milliseconds(milliseconds)); }
std::int64_t stored(Instant at) { return at.time_since_epoch().count(); }

BreakerState state_of(const Row& row) {
  BreakerState read{BankId(row.text(0)), row.integer(1), instant(row.integer(2)), {row.text(3), row.text(4)}, row.integer(5), {}};
  if (const auto at = row.optional_integer(6)) read.retry_at = instant(*at);
  return read;
}

constexpr const char* select_states = "SELECT bank_id, failures, failing_since, reason_zh, reason_en, openings, retry_at FROM adapter_breakers ";

}  // namespace

std::string minute_in_china(Instant at) {
  std::string text = format_utc(at + std::chrono::hours(8)).substr(0, 16);
  text[10] = ' ';
  return text;
}

std::vector<BreakerState> breakers(Transaction& transaction) {
  std::vector<BreakerState> states;
  transaction.each(std::string(select_states) + "ORDER BY bank_id", {}, [&](const Row& row) { states.push_back(state_of(row)); });
  return states;
}

std::optional<BreakerState> Breaker::state(Transaction& transaction) const {
  const auto row = transaction.query_one(std::string(select_states) + "WHERE bank_id = :bank", {bank_});
  if (!row) return std::nullopt;
  return state_of(*row);
}

Instant Breaker::next_trial(const Transaction& transaction, std::int64_t openings) const {
  const auto doublings = std::clamp<std::int64_t>(openings - 1, 0, 20);
  return transaction.now() + std::min(rule_.pause_at_most, rule_.pause * (std::int64_t{1} << doublings));
}

void Breaker::note(Transaction& transaction, const std::string& details) const {
  record(transaction, {actor_, "sync", bank_.text(), details, {}});
}

Admission Breaker::admit(Transaction& transaction, bool even_if_open) {
  const auto now_known = state(transaction);
  if (!now_known || !now_known->retry_at || rule_.failures == 0) return {};
  const Instant now = transaction.now();
  // Beyond the longest pause only a clock that was wrong can have put it.
  const bool due = now >= *now_known->retry_at || *now_known->retry_at > now + rule_.pause_at_most;
  if (!due && !even_if_open) {
    const std::string since = minute_in_china(now_known->failing_since);
    const std::string again = minute_in_china(*now_known->retry_at);
    return {Diagnostic{{},
                       {fmt::format("银行 {} 自 {}（北京时间）起连续失败 {} 次，本次不再访问；最近一次：{}", bank_.text(), since, now_known->failures, now_known->reason.chinese),
                        fmt::format("bank {} is left alone: {} rounds in a row have failed since {} (China time), the last one with: {}", bank_.text(), now_known->failures, since, now_known->reason.english)},
                       {},
                       {fmt::format("{} 以后的 talent-loan sync 会再试；立即再试：talent-loan sync --bank {}", again, bank_.text()),
                        fmt::format("talent-loan sync tries it again from {} on; to try at once: talent-loan sync --bank {}", again, bank_.text())}},
            false};
  }
  transaction.execute("UPDATE adapter_breakers SET retry_at = :at WHERE bank_id = :bank", {stored(next_trial(transaction, now_known->openings)), bank_});
  note(transaction, "breaker: tried");
  return {{}, true};
}

bool Breaker::went_through(Transaction& transaction) {
  const auto before = state(transaction);
  if (!before) return false;
  transaction.execute("DELETE FROM adapter_breakers WHERE bank_id = :bank", {bank_});
  note(transaction, fmt::format("breaker: closed after {} failed rounds", before->failures));
  return true;
}

bool Breaker::failed(Transaction& transaction, const Diagnostic& why) {
  BreakerState next = state(transaction).value_or(BreakerState{bank_, 0, transaction.now(), {}, 0, {}});
  ++next.failures;
  next.reason = {without_identity_numbers(why.sentence(Language::chinese)), without_identity_numbers(why.sentence(Language::english))};
  const bool opens = rule_.failures > 0 && next.failures >= rule_.failures;
  if (opens) next.retry_at = next_trial(transaction, ++next.openings);
  transaction.execute(
      "INSERT INTO adapter_breakers (bank_id, failures, failing_since, reason_zh, reason_en, openings, retry_at)"
      " VALUES (:bank, :failures, :since, :zh, :en, :openings, CAST(:retry AS BIGINT))"
      " ON CONFLICT (bank_id) DO UPDATE SET failures = excluded.failures, reason_zh = excluded.reason_zh, reason_en = excluded.reason_en,"
      " openings = excluded.openings, retry_at = excluded.retry_at",
      {bank_, next.failures, stored(next.failing_since), next.reason.chinese, next.reason.english, next.openings,
       next.retry_at ? Value(stored(*next.retry_at)) : Value()});
  note(transaction, opens ? fmt::format("breaker: {} failed rounds, open until {}", next.failures, format_utc(*next.retry_at)) : fmt::format("breaker: {} failed rounds", next.failures));
  return true;
}

}  // namespace talent_loan::host

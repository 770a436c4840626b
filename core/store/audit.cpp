#include "core/store/audit.hpp"

#include <pwd.h>
#include <unistd.h>

#include <fmt/format.h>

#include "core/store/digest.hpp"

namespace talent_loan {
namespace {

// Every part with its length before it, so that no text can be moved from one field into the next.
std::string entry_hash(std::string_view previous, std::int64_t sequence, std::string_view recorded_at, const AuditEntry& entry) {
  std::string bytes;
  const std::string number = fmt::format("{}", sequence);
  const std::string_view parts[] = {previous, number, recorded_at, entry.actor, entry.action, entry.subject, entry.details, entry.cite};
  for (const std::string_view part : parts) {
    fmt::format_to(std::back_inserter(bytes), "{}:", part.size());
    bytes += part;
  }
  return sm3_hex(bytes);
}

AuditHead stored_head(Transaction& transaction) {
  const auto row = transaction.query_one("SELECT sequence, hash FROM audit_head");
  return row ? AuditHead{row->integer(0), row->text(1)} : AuditHead{};
}

Text broken_at(std::int64_t sequence, const char* chinese, const char* english) {
  return {fmt::format("第 {} 条：{}", sequence, chinese), fmt::format("entry {}: {}", sequence, english)};
}

}  // namespace

void record(Transaction& transaction, const AuditEntry& entry) {
  const AuditHead before = stored_head(transaction);
  const AuditHead head{before.sequence + 1, ""};
  const std::string at = format_utc(transaction.now());
  const std::string hash = entry_hash(before.hash, head.sequence, at, entry);
  transaction.execute(
      "INSERT INTO audit_entries (sequence, recorded_at, actor, action, subject, details, cite, hash) "
      "VALUES (:sequence, :at, :actor, :action, :subject, :details, :cite, :hash)",
      {head.sequence, at, entry.actor, entry.action, entry.subject, entry.details, entry.cite, hash});
  transaction.execute(
      "INSERT INTO audit_head (one_row, sequence, hash) VALUES (1, :sequence, :hash) "
      "ON CONFLICT (one_row) DO UPDATE SET sequence = excluded.sequence, hash = excluded.hash",
      {head.sequence, hash});
}

std::string operating_user() {
  const passwd* user = getpwuid(geteuid());
  return user != nullptr ? std::string(user->pw_name) : fmt::format("uid {}", geteuid());
}

AuditReport verify_audit(Transaction& transaction, const std::optional<AuditHead>& expected) {
  AuditReport report;
  bool met_expected = !expected || expected->sequence == 0;
  const auto visit = [&](const Row& row) {
    if (report.broken) return;
    const std::int64_t sequence = row.integer(0);
    const std::int64_t due = report.head.sequence + 1;
    if (sequence != due) {
      report.broken = sequence > due ? broken_at(due, "已被删除", "was removed") : broken_at(sequence, "不应存在", "does not belong here");
      return;
    }
    const AuditEntry entry{row.text(2), row.text(3), row.text(4), row.text(5), row.text(6)};
    const std::string hash = entry_hash(report.head.hash, sequence, row.text(1), entry);
    if (hash != row.text(7)) {
      report.broken = broken_at(sequence, "内容或位置被改动，或其前有条目被替换",
                                "was changed or moved, or an entry before it was replaced");
      return;
    }
    report.head = {sequence, hash};
    if (expected && expected->sequence == sequence) {
      met_expected = expected->hash == hash;
      if (!met_expected) report.broken = broken_at(sequence, "与记下的链尾不符：其前的记录被整体改写", "differs from the head that was noted: the trail up to it was rewritten");
    }
  };
  transaction.each("SELECT sequence, recorded_at, actor, action, subject, details, cite, hash FROM audit_entries ORDER BY sequence", {}, visit);
  if (report.broken) return report;
  const AuditHead head = stored_head(transaction);
  if (head.sequence > report.head.sequence) {
    report.broken = broken_at(report.head.sequence + 1, "已从末尾删除", "was cut off the end");
  } else if (head.sequence != report.head.sequence || head.hash != report.head.hash) {
    report.broken = broken_at(report.head.sequence, "与链尾记录不符：末尾有条目被加入", "does not match the noted end: entries were appended by another hand");
  } else if (!met_expected) {
    report.broken = broken_at(expected->sequence, "记下的链尾不在记录中：其后的记录被删除", "the head that was noted is missing: the trail was cut");
  }
  return report;
}

}  // namespace talent_loan

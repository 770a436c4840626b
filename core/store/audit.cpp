#include "core/store/audit.hpp"

#include <pwd.h>
#include <unistd.h>

#include <fmt/format.h>

#include "core/identity/masking.hpp"
#include "core/store/digest.hpp"

namespace talent_loan {
namespace {

// The hash of an entry. Every part with its length before it, so that no text can be moved from one field into
// the next.
class EntryHash {
 public:
  EntryHash(std::string_view previous, std::int64_t sequence, std::string_view recorded_at, const AuditEntry& entry) {
    const std::string number = std::to_string(sequence);
    const std::string_view parts[] = {previous, number, recorded_at, entry.actor, entry.action, entry.subject, entry.details, entry.cite};
    for (const std::string_view part : parts) add(part);
  }
  void add(const Seal& seal) {
    add(seal.table);
    for (const std::int64_t number : {seal.first, seal.last, seal.rows}) add(std::to_string(number));
    add(seal.digest);
    add(seal.locator);
  }
  std::string finish() { return sm3_.finish(); }

 private:
  void add(std::string_view part) {
    sm3_.update(std::to_string(part.size()) + ":");
    sm3_.update(part);
  }
  Sm3 sm3_;
};

AuditHead stored_head(Transaction& transaction) {
  const auto row = transaction.query_one("SELECT sequence, hash FROM audit_head");
  return row ? AuditHead{row->integer(0), row->text(1)} : AuditHead{};
}

Text broken_at(std::int64_t sequence, const char* chinese, const char* english) {
  return {fmt::format("第 {} 条：{}", sequence, chinese), fmt::format("entry {}: {}", sequence, english)};
}

void store_seals(Transaction& transaction, std::int64_t sequence, const std::vector<Seal>& seals) {
  if (seals.empty()) return;
  BulkInsert insert(transaction, "audit_seals", {"sequence", "position", "covered", "first_scope", "last_scope", "row_count", "digest", "locator"});
  std::int64_t position = 0;
  for (const Seal& seal : seals) {
    insert.integer(sequence).integer(++position).text(seal.table).integer(seal.first).integer(seal.last).integer(seal.rows);
    insert.text(seal.digest).text(seal.locator).end_row();
  }
  insert.finish();
}

}  // namespace

void record(Transaction& transaction, const AuditEntry& as_told, const std::vector<Seal>& seals) {
  // People write reasons and name files; an identity number in them would stay for good.
  AuditEntry entry = as_told;
  entry.subject = without_identity_numbers(entry.subject);
  entry.details = without_identity_numbers(entry.details);
  const AuditHead before = stored_head(transaction);
  const AuditHead head{before.sequence + 1, ""};
  const std::string at = format_utc(transaction.now());
  EntryHash hashing(before.hash, head.sequence, at, entry);
  for (const Seal& seal : seals) hashing.add(seal);
  const std::string hash = hashing.finish();
  transaction.execute(
      "INSERT INTO audit_entries (sequence, recorded_at, actor, action, subject, details, cite, hash) "
      "VALUES (:sequence, :at, :actor, :action, :subject, :details, :cite, :hash)",
      {head.sequence, at, entry.actor, entry.action, entry.subject, entry.details, entry.cite, hash});
  store_seals(transaction, head.sequence, seals);
  transaction.execute(
      "INSERT INTO audit_head (one_row, sequence, hash) VALUES (1, :sequence, :hash) "
      "ON CONFLICT (one_row) DO UPDATE SET sequence = excluded.sequence, hash = excluded.hash",
      {head.sequence, hash});
}

std::string operating_user() {
  const passwd* user = getpwuid(geteuid());
  return user != nullptr ? std::string(user->pw_name) : fmt::format("uid {}", geteuid());
}

namespace {

// Walks the entries, each with its seals, and keeps the seals for the comparison with the tables.
class TrailCheck {
 public:
  TrailCheck(Transaction& transaction, const std::optional<AuditHead>& expected)
      : transaction_(transaction), expected_(expected), met_expected_(!expected || expected->sequence == 0) {}

  AuditReport run() {
    transaction_.each(
        "SELECT e.sequence, e.recorded_at, e.actor, e.action, e.subject, e.details, e.cite, e.hash, s.covered, s.first_scope, s.last_scope,"
        " s.row_count, s.digest, s.locator, s.position FROM audit_entries e LEFT JOIN audit_seals s ON s.sequence = e.sequence"
        " ORDER BY e.sequence, s.position",
        {}, [&](const Row& row) {
          if (!report_.broken) visit(row);
        });
    if (!report_.broken) finish_entry();
    if (!report_.broken) check_end();
    if (!report_.broken) report_.broken = check_covered_rows(transaction_, seals_);
    return report_;
  }

 private:
  void visit(const Row& row) {
    const std::int64_t sequence = row.integer(0);
    if (!hashing_ || sequence != sequence_) {
      finish_entry();
      const std::int64_t due = report_.head.sequence + 1;
      if (!report_.broken && sequence != due) {
        report_.broken = sequence > due ? broken_at(due, "已被删除", "was removed") : broken_at(sequence, "不应存在", "does not belong here");
      }
      if (report_.broken) return;
      sequence_ = sequence;
      stored_hash_ = row.text(7);
      hashing_.emplace(report_.head.hash, sequence, row.text(1), AuditEntry{row.text(2), row.text(3), row.text(4), row.text(5), row.text(6)});
      seals_of_entry_ = 0;
    }
    if (row.null(8)) return;
    if (row.integer(14) != ++seals_of_entry_) {
      report_.broken = broken_at(sequence, "其封存记录被改动", "its seals were changed");
      return;
    }
    Seal seal{.table = row.text(8), .first = row.integer(9), .last = row.integer(10), .rows = row.integer(11), .digest = row.text(12), .locator = row.text(13)};
    hashing_->add(seal);
    seal.locator.clear();
    seals_.push_back({sequence, std::move(seal)});
  }

  void finish_entry() {
    if (!hashing_) return;
    const std::string hash = hashing_->finish();
    hashing_.reset();
    if (hash != stored_hash_) {
      report_.broken = broken_at(sequence_, "内容或位置被改动，或其前有条目被替换",
                                 "was changed or moved, or an entry before it was replaced");
      return;
    }
    report_.head = {sequence_, hash};
    if (!expected_ || expected_->sequence != sequence_) return;
    met_expected_ = expected_->hash == hash;
    if (!met_expected_) {
      report_.broken = broken_at(sequence_, "与记下的链尾不符：其前的记录被整体改写",
                                 "differs from the head that was noted: the trail up to it was rewritten");
    }
  }

  void check_end() {
    const AuditHead head = stored_head(transaction_);
    const auto stray = transaction_.query_one(
        "SELECT MIN(s.sequence) FROM audit_seals s LEFT JOIN audit_entries e ON e.sequence = s.sequence WHERE e.sequence IS NULL");
    if (head.sequence > report_.head.sequence) {
      report_.broken = broken_at(report_.head.sequence + 1, "已从末尾删除", "was cut off the end");
    } else if (head.sequence != report_.head.sequence || head.hash != report_.head.hash) {
      report_.broken = broken_at(report_.head.sequence, "与链尾记录不符：末尾有条目被加入", "does not match the noted end: entries were appended by another hand");
    } else if (!met_expected_) {
      report_.broken = broken_at(expected_->sequence, "记下的链尾不在记录中：其后的记录被删除", "the head that was noted is missing: the trail was cut");
    } else if (const auto sequence = stray->optional_integer(0)) {
      report_.broken = broken_at(*sequence, "有封存记录而无此条目", "has seals but does not exist");
    }
  }

  Transaction& transaction_;
  const std::optional<AuditHead>& expected_;
  bool met_expected_;
  AuditReport report_;
  std::vector<CarriedSeal> seals_;
  // The entry being read:
  std::optional<EntryHash> hashing_;
  std::int64_t sequence_ = 0;
  std::int64_t seals_of_entry_ = 0;
  std::string stored_hash_;
};

}  // namespace

AuditReport verify_audit(Transaction& transaction, const std::optional<AuditHead>& expected) {
  return TrailCheck(transaction, expected).run();
}

}  // namespace talent_loan

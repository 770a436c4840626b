// Comparing the covered tables with what the audit trail says of them.
#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "core/store/covered_rows.hpp"

namespace talent_loan {
namespace {

std::size_t column_of(const CoveredTable& table, std::string_view name) {
  return static_cast<std::size_t>(std::find(table.columns.begin(), table.columns.end(), name) - table.columns.begin());
}

// Walks one table beside its seals, both by scope.
class TableCheck {
 public:
  TableCheck(Transaction& transaction, const CoveredTable& table, const std::map<std::int64_t, CarriedSeal>& seals)
      : transaction_(transaction), table_(table), seals_(seals), next_(seals.begin()), scope_column_(column_of(table, table.scope)) {}

  std::optional<Text> run() {
    each_covered_row(transaction_, table_, std::nullopt, [&](const BulkRead& row) {
      if (!broken_) visit(row);
    });
    if (!broken_) finish_current();
    if (!broken_) skip_to(seals_.end());
    return broken_;
  }

 private:
  using Position = std::map<std::int64_t, CarriedSeal>::const_iterator;

  void visit(const BulkRead& row) {
    const std::int64_t scope = row.integer(scope_column_);
    if (!sealer_ || scope > current_->second.seal.last) {
      finish_current();
      Position found = seals_.upper_bound(scope);
      if (found != seals_.begin()) --found;
      const bool inside = found != seals_.end() && found->first <= scope && scope <= found->second.seal.last;
      if (!broken_ && inside) skip_to(found);
      if (broken_) return;
      if (!inside) {
        broken_ = place(row, 0, "不应存在", "does not belong here");
        return;
      }
      current_ = found;
      next_ = std::next(found);
      sealer_.emplace(table_.name, current_->first, current_->second.seal.last);
    }
    add_row(*sealer_, row);
  }

  // Seals between the one before and `to`: their rows should have come.
  void skip_to(Position to) {
    for (; !broken_ && next_ != to; ++next_) {
      if (next_->second.seal.rows > 0) broken_ = missing(next_->second);
    }
  }

  void finish_current() {
    if (!sealer_) return;
    const Seal now = sealer_->finish();
    sealer_.reset();
    if (now.digest != current_->second.seal.digest) broken_ = locate(current_->second);
  }

  Text missing(const CarriedSeal& sealed) const {
    const std::string where = fmt::format("{}={}", table_.scope, sealed.seal.first);
    return {fmt::format("表 {}（{}）：已被删除（见第 {} 条）", table_.name, where, sealed.sequence),
            fmt::format("table {} ({}): was removed (sealed by entry {})", table_.name, where, sealed.sequence)};
  }

  Text place(const BulkRead& row, std::int64_t sequence, const char* chinese, const char* english) const {
    std::string where = fmt::format("{}={}", table_.scope, row.integer(scope_column_));
    for (const KeyColumn& column : table_.key) {
      const std::size_t at = column_of(table_, column.name);
      where += fmt::format(" {}={}", column.name, row.null(at) ? "" : row.text(at));
    }
    return {fmt::format("表 {}（{}）：{}{}", table_.name, where, chinese, sequence == 0 ? "" : fmt::format("（见第 {} 条）", sequence)),
            fmt::format("table {} ({}): {}{}", table_.name, where, english, sequence == 0 ? "" : fmt::format(" (sealed by entry {})", sequence))};
  }

  // The row of that seal which is the first to differ, by the checksums of its rows then and now.
  Text locate(const CarriedSeal& sealed) {
    const auto stored = transaction_.query_one(
        "SELECT locator FROM audit_seals WHERE sequence = :sequence AND covered = :table AND first_scope = :first AND last_scope = :last",
        {sealed.sequence, table_.name, sealed.seal.first, sealed.seal.last});
    const std::string before = stored ? stored->text(0) : "";
    std::string now;
    std::vector<Text> named;  // of the first that differs: as changed, removed before it, inserted
    std::size_t first = std::string::npos;
    Sealer again(table_.name, sealed.seal.first, sealed.seal.last);
    each_covered_row(transaction_, table_, ScopeRange{sealed.seal.first, sealed.seal.last}, [&](const BulkRead& row) {
      Sealer one(table_.name, 0, 0);
      add_row(one, row);
      const std::size_t at = now.size();
      now += one.finish().locator;
      if (first != std::string::npos || before.compare(at, 8, now, at, 8) == 0) return;
      first = at;
      named = {place(row, sealed.sequence, "内容被改动", "was changed"),
               place(row, sealed.sequence, "其前的记录已被删除", "a row before it was removed"),
               place(row, sealed.sequence, "不应存在", "does not belong here")};
    });
    if (first == std::string::npos) {  // all that is there is as it was: the end is missing
      return {fmt::format("表 {}（{}={}）：第 {} 行起已被删除（见第 {} 条）", table_.name, table_.scope, sealed.seal.first, now.size() / 8 + 1, sealed.sequence),
              fmt::format("table {} ({}={}): rows from number {} on were removed (sealed by entry {})", table_.name, table_.scope,
                          sealed.seal.first, now.size() / 8 + 1, sealed.sequence)};
    }
    if (now.size() < before.size()) return named[1];
    return now.size() > before.size() ? named[2] : named[0];
  }

  Transaction& transaction_;
  const CoveredTable& table_;
  const std::map<std::int64_t, CarriedSeal>& seals_;
  Position current_{}, next_;
  std::size_t scope_column_;
  std::optional<Sealer> sealer_;
  std::optional<Text> broken_;
};

}  // namespace

std::optional<Text> check_covered_rows(Transaction& transaction, const std::vector<CarriedSeal>& seals) {
  std::map<std::string, std::map<std::int64_t, CarriedSeal>> in_force;
  for (const CarriedSeal& carried : seals) {
    auto& of_table = in_force[covered_table(carried.seal.table).name];
    // A later seal stands in the place of those whose rows it covers.
    for (auto at = of_table.lower_bound(carried.seal.first); at != of_table.end() && at->second.seal.last <= carried.seal.last;) at = of_table.erase(at);
    of_table.insert_or_assign(carried.seal.first, carried);
  }
  for (const CoveredTable& table : covered_tables()) {
    if (auto broken = TableCheck(transaction, table, in_force[table.name]).run()) return broken;
  }
  return std::nullopt;
}

}  // namespace talent_loan

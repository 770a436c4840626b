#include "core/settlement/claim_closing.hpp"

#include <array>

#include <fmt/format.h>

#include "core/settlement/claim_lines.hpp"
#include "core/settlement/recovery_movements.hpp"
#include "core/store/audit.hpp"

namespace talent_loan {
namespace {

constexpr std::array<std::string_view, 4> grounds{"", "fully-recovered", "no-further-recovery", "written-off"};

CompensatedLine only_claim(Transaction& transaction, const ClaimId& claim, const std::optional<BankId>& bank) {
  const std::vector<CompensatedLine> claims = compensated_lines(transaction, claim, bank);
  if (claims.size() == 1) return claims.front();
  if (claims.empty()) {
    throw Failure({"没有已补偿的申请 " + quoted(claim.text()), "no compensated claim " + quoted(claim.text())},
                  {"只有已记账批次中的申请可以结案；见 report claims", "only claims of booked batches are followed up; see report claims"});
  }
  throw Failure({"多家银行有申请 " + quoted(claim.text()), "several banks have a claim " + quoted(claim.text())}, {"用 --bank 指定", "say which with --bank"});
}

struct Standing {
  std::int64_t number = 0;
  ClosingGround ground;
  Day on;
};

std::optional<Standing> standing_closing(Transaction& transaction, std::int64_t claim) {
  const auto row = transaction.query_one("SELECT number, ground, closed_on FROM claim_closings WHERE claim = :claim AND reopened_at IS NULL", {claim});
  if (!row) return std::nullopt;
  return Standing{row->integer(0), parse_closing_ground(row->text(1)).value(), row->day(2)};
}

void require_reason(const std::string& why) {
  if (why.find_first_not_of(" \t\r\n") == std::string::npos) throw Failure({"没有写明原因", "no reason is given"}, {"用 --why 说明", "say it with --why"});
}

// What there is to share of the recoveries that stand.
Fen net_recovered(Transaction& transaction, const StoredLine& line, const PolicySet& policies) {
  const PolicyVersion* version = policies.find(line.version);
  if (version == nullptr) {
    throw Failure({"没有加载政策版本 " + line.version.text(), "policy version " + line.version.text() + " is not loaded"},
                  {"补偿所依据的政策文件须保留在配置目录", "keep the policy file that the compensation rests on in the configuration"});
  }
  return recovery_net(recovered_to_date(transaction, line.claim), version->recovery_costs, line.principal_loss);
}

void check_closing(Transaction& transaction, const ClaimClosing& closing, const CompensatedLine& claim, const PolicySet& policies) {
  if (closing.on < claim.defaulted_on) {
    throw Failure({fmt::format("结案日 {} 早于违约日 {}", format_day(closing.on), format_day(claim.defaulted_on)),
                   fmt::format("closed on {}, before the default on {}", format_day(closing.on), format_day(claim.defaulted_on))},
                  {"检查日期", "check the day"});
  }
  if (closing.ground != ClosingGround::fully_recovered) return;
  const Fen net = net_recovered(transaction, claim.line, policies);
  const Fen loss = claim.line.principal_loss;
  if (net == loss) return;
  throw Failure({fmt::format("已收回净额 {}，本金损失 {}，尚未全部收回", format_yuan(net), format_yuan(loss)),
                 fmt::format("{} is recovered net of a loss of {}: not all of it", format_yuan(net), format_yuan(loss))},
                {"先登记追偿，或以 no-further-recovery 结案", "book the recoveries first, or close it as no-further-recovery"});
}

void mark_reopened(Transaction& transaction, std::int64_t claim, std::int64_t number, const std::string& why, const UserId& user) {
  require_untouched(transaction, "claim_closings", claim);
  transaction.execute(
      "UPDATE claim_closings SET reopened_because = :why, reopened_by = :by, reopened_at = :at WHERE claim = :claim AND number = :number",
      {why, user, format_utc(transaction.now()), claim, number});
}

}  // namespace

std::string_view word(ClosingGround ground) { return grounds.at(static_cast<std::size_t>(ground)); }

std::optional<ClosingGround> parse_closing_ground(std::string_view word) {
  for (std::size_t i = 1; i < grounds.size(); ++i) {
    if (grounds[i] == word) return static_cast<ClosingGround>(i);
  }
  return std::nullopt;
}

Text ground_name(ClosingGround ground) {
  switch (ground) {
    case ClosingGround::fully_recovered: return {"已全部收回", "fully recovered"};
    case ClosingGround::no_further_recovery: return {"预计不再有收回", "no further recovery expected"};
    case ClosingGround::written_off: return {"银行已核销", "written off by the bank"};
  }
  return {};
}

bool close_claim(Transaction& transaction, const ClaimClosing& closing, const PolicySet& policies) {
  require_reason(closing.why);
  const CompensatedLine found = only_claim(transaction, closing.claim, closing.bank);
  const StoredLine& claim = found.line;
  if (const auto standing = standing_closing(transaction, claim.claim)) {
    if (standing->ground == closing.ground && standing->on == closing.on) return false;
    throw Failure({fmt::format("申请 {} 已于 {} 结案（{}）", closing.claim.text(), format_day(standing->on), word(standing->ground)),
                   fmt::format("claim {} is closed on {} as {}", closing.claim.text(), format_day(standing->on), word(standing->ground))},
                  {"先用 recover reopen 撤销结案", "take that back with recover reopen first"});
  }
  check_closing(transaction, closing, found, policies);
  require_untouched(transaction, "claim_closings", claim.claim);
  transaction.execute(
      "INSERT INTO claim_closings (claim, number, ground, closed_on, why, closed_by, closed_at)"
      " SELECT CAST(:claim AS BIGINT), COALESCE(MAX(number), 0) + 1, CAST(:ground AS TEXT), CAST(:on AS TEXT), CAST(:why AS TEXT), CAST(:by AS TEXT),"
      " CAST(:at AS TEXT) FROM claim_closings WHERE claim = :same",
      {claim.claim, word(closing.ground), closing.on, closing.why, closing.user, format_utc(transaction.now()), claim.claim});
  record(transaction, {.actor = closing.user.text(), .action = "recover close", .subject = claim.bank.text() + " " + closing.claim.text(),
                       .details = fmt::format("{} on {}: {}", word(closing.ground), format_day(closing.on), closing.why), .cite = claim.version.text()},
         {seal_rows(transaction, "claim_closings", claim.claim)});
  return true;
}

void reopen_claim(Transaction& transaction, const ClaimReopening& reopening) {
  require_reason(reopening.why);
  const StoredLine claim = only_claim(transaction, reopening.claim, reopening.bank).line;
  const auto standing = standing_closing(transaction, claim.claim);
  if (!standing) throw Failure({"申请 " + reopening.claim.text() + " 没有结案", "claim " + reopening.claim.text() + " is not closed"}, {"见 report claim", "see report claim"});
  mark_reopened(transaction, claim.claim, standing->number, reopening.why, reopening.user);
  record(transaction, {.actor = reopening.user.text(), .action = "recover reopen", .subject = claim.bank.text() + " " + reopening.claim.text(),
                       .details = fmt::format("was {}: {}", word(standing->ground), reopening.why), .cite = claim.version.text()},
         {seal_rows(transaction, "claim_closings", claim.claim)});
}

void reopen_for_recovery(Transaction& transaction, std::int64_t claim, const std::string& recovery, const UserId& user) {
  const auto standing = standing_closing(transaction, claim);
  if (!standing || standing->ground == ClosingGround::written_off) return;
  mark_reopened(transaction, claim, standing->number, recovery, user);
  const auto named = transaction.query_one("SELECT bank_id, claim_id FROM claims WHERE number = :claim", {claim});
  record(transaction, {.actor = user.text(), .action = "recover reopen", .subject = named->text(0) + " " + named->text(1),
                       .details = fmt::format("was {}: {}", word(standing->ground), recovery), .cite = ""},
         {seal_rows(transaction, "claim_closings", claim)});
}

}  // namespace talent_loan

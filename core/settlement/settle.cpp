// Preparing a batch: decide every claim, queue or cut down where a fund is short, store the result.
#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/settlement/batch.hpp"
#include "core/settlement/batch_rows.hpp"
#include "core/settlement/booking.hpp"
#include "core/store/audit.hpp"

namespace talent_loan {
namespace {

constexpr std::size_t batch_id_characters = 24;

std::size_t characters(std::string_view utf8) {
  return static_cast<std::size_t>(std::count_if(utf8.begin(), utf8.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

// A fund while a batch is being prepared.
struct FundQueue {
  bool open = false;
  Fen available;
  bool waiting = false;                 // a claim waits: those after it wait behind it
  std::vector<std::size_t> in_proportion{};  // claims that share what is there, by index of `accepted`
};

// Decides the claims of one batch in order.
class Preparation {
 public:
  Preparation(Transaction& transaction, const SettlementRequest& request)
      : transaction_(transaction), batch_(request.batch), rules_(request.rules), checker_(transaction, request.rules),
        used_(share_use_before()), used_before_(used_) {
    result_.opened_funds = opened_funds(transaction);
  }

  BatchResult decide_all() {
    each_undecided_claim(transaction_, rules_.as_of, [&](const ClaimCase& given) { decide(given); });
    for (auto& [name, fund] : funds_) share_in_proportion(fund);
    for (const auto& [share, amount] : used_) {
      const auto before = used_before_.find(share);
      const Fen now = before == used_before_.end() ? amount : amount - before->second;
      if (now > Fen()) result_.share_use.emplace(share, now);
    }
    return std::move(result_);
  }

 private:
  void decide(const ClaimCase& given) {
    const auto loan = std::pair(given.claim.bank, given.claim.loan);
    ClaimCase known = given;
    if (compensated_here_.contains(loan)) known.compensated_in = batch_.text();
    const auto decision = checker_.check(known);
    if (const auto* rejection = std::get_if<ClaimRejection>(&decision)) {
      result_.rejected.push_back({given.number, *rejection});
      return;
    }
    const auto& acceptance = std::get<ClaimAcceptance>(decision);
    ClaimSplitter& splitter = splitter_of(*acceptance.version);
    ClaimSplit split = splitter.split(given.loan->facts(), acceptance.principal_loss, acceptance.covered_loss, used_);
    if (!take_from_fund(given.number, split)) return;
    splitter.count(split, used_);
    compensated_here_.insert(loan);
    result_.accepted.push_back({given.number, given.claim.bank, std::move(split)});
  }

  // Whether the claim can be paid, now or in proportion; else it waits.
  bool take_from_fund(std::int64_t claim, const ClaimSplit& split) {
    const auto& fund = split.version->compensation.fund;
    if (!fund) return true;
    FundQueue& queue = queue_of(fund->name);
    if (!queue.open) return true;
    const Fen needed = split.paid();
    if (fund->when_short == Fund::WhenShort::pro_rata && queue.available > Fen()) {
      queue.in_proportion.push_back(result_.accepted.size());
      return true;
    }
    if (queue.waiting || needed > queue.available) {
      queue.waiting = true;
      result_.waiting.push_back({claim, fund->name, needed});
      return false;
    }
    queue.available -= needed;
    return true;
  }

  // What is left of a fund after the claims that queue for it, over all claims that share it.
  void share_in_proportion(const FundQueue& fund) {
    std::vector<Fen> needed;
    FenSum sum;
    for (const std::size_t index : fund.in_proportion) {
      needed.push_back(result_.accepted[index].split.paid());
      sum += needed.back();
    }
    if (sum.count() <= fund.available.count()) return;
    const std::vector<Fen> parts = apportion(fund.available, needed);
    for (std::size_t i = 0; i < parts.size(); ++i) {
      ClaimSplit& split = result_.accepted[fund.in_proportion[i]].split;
      const ClaimSplit cut = cut_down(split, parts[i]);
      uncount(split, cut);
      split = cut;
    }
  }

  void uncount(const ClaimSplit& before, const ClaimSplit& after) {
    for (std::size_t i = 0; i < before.share_amounts.size(); ++i) {
      const auto found = used_.find(share_key(*before.version, i));
      if (found != used_.end()) found->second -= before.share_amounts[i] - after.share_amounts[i];
    }
  }

  FundQueue& queue_of(const std::string& name) {
    const auto found = funds_.find(name);
    if (found != funds_.end()) return found->second;
    const FundStatus status = fund_status(transaction_, name);
    return funds_.emplace(name, FundQueue{.open = status.open, .available = status.available()}).first->second;
  }

  ClaimSplitter& splitter_of(const PolicyVersion& version) { return splitters_.try_emplace(&version, version).first->second; }

  ShareUse share_use_before() {
    ShareUse use;
    transaction_.each(
        "SELECT u.share, u.amount_fen FROM settlement_share_use u JOIN settlement_batches b ON b.number = u.batch"
        " WHERE b.status <> 'reversed' AND b.scheme = :scheme AND u.year = :year",
        {rules_.scheme, rules_.as_of.year()}, [&](const Row& row) { use[row.text(0)] += row.fen(1); });
    return use;
  }

  Transaction& transaction_;
  const BatchId& batch_;
  const ClaimRules& rules_;
  ClaimChecker checker_;
  ShareUse used_;
  const ShareUse used_before_;
  std::map<std::string, FundQueue> funds_;
  std::map<const PolicyVersion*, ClaimSplitter> splitters_;
  std::set<std::pair<BankId, LoanId>> compensated_here_;
  BatchResult result_;
};

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

std::string clauses_of(const BatchResult& result) {
  std::set<const PolicyVersion*> versions;
  for (const DecidedClaim& decided : result.accepted) versions.insert(decided.split.version);
  std::set<std::string> clauses;
  for (const PolicyVersion* version : versions) {
    for (const Share& share : version->compensation.shares) {
      if (!share.cite.empty()) clauses.insert(version->version.text() + " " + share.cite);
    }
  }
  return fmt::format("{}", fmt::join(clauses, "|"));
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
  const BatchResult result = Preparation(transaction, request).decide_all();
  const BatchRecord batch = new_batch(transaction, request, clauses_of(result));
  const std::vector<Seal> seals = store_result(transaction, batch, result, request.rules.as_of);
  record(transaction, {.actor = request.user.text(), .action = "settle prepare", .subject = batch.batch.text(),
                       .details = fmt::format("as of {}, scheme {}: {} accepted, {} rejected, {} waiting", format_day(batch.as_of),
                                              batch.scheme.text(), result.accepted.size(), result.rejected.size(), result.waiting.size()),
                       .cite = batch.cite}, seals);
  return request.book ? book(transaction, batch, request.user, request.closed_to) : batch;
}

}  // namespace talent_loan

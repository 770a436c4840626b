#include "core/settlement/decide.hpp"

#include <algorithm>
#include <map>
#include <unordered_map>

#include "core/loan/book.hpp"
#include "core/loan/state.hpp"

namespace talent_loan {
namespace {

constexpr std::size_t claims_ahead = 8;

// A fund while a batch is being prepared.
struct FundQueue {
  bool open = false;
  Fen available;
  bool waiting = false;                      // a claim waits: those after it wait behind it
  std::vector<std::size_t> in_proportion{};  // claims that share what is there, by index of `accepted`
};

// One version at work in a batch.
struct VersionAtWork {
  explicit VersionAtWork(const PolicyVersion& version) : splitter(version) {}
  ClaimSplitter splitter;
  FundQueue* fund = nullptr;          // null: none, or not yet looked up
  std::vector<std::uint32_t> parts{};  // by bank: one more than the part's index; 0: none yet
};

bool has_balance_limit(const SettlementRequest& request) {
  const auto& versions = request.rules.policies->versions();
  return std::any_of(versions.begin(), versions.end(), [&](const PolicyVersion& version) {
    const Limits& limits = version.limits;
    return version.scheme == request.rules.scheme && (limits.per_talent || limits.per_enterprise || limits.per_enterprise_per_talent);
  });
}

Fen at_least_zero(Int128 fen) { return Fen(static_cast<std::int64_t>(std::clamp<Int128>(fen, 0, std::numeric_limits<std::int64_t>::max()))); }

// Decides the claims of one batch in order.
class Decisions {
 public:
  Decisions(Transaction& transaction, const SettlementRequest& request)
      : transaction_(transaction), batch_(request.batch), rules_(request.rules), checker_(transaction, request.rules),
        claims_(std::make_unique<OpenClaims>(transaction, request.rules.as_of, has_balance_limit(request))),
        used_(share_use_before()), used_before_(used_) {
    result_.opened_funds = opened_funds(transaction);
  }

  PreparedBatch decide_all() {
    const std::vector<std::uint32_t>& order = claims_->in_batch_order();
    for (std::size_t i = 0; i < order.size(); ++i) {
      if (i + claims_ahead < order.size()) claims_->prefetch(order[i + claims_ahead]);
      decide(order[i]);
    }
    for (auto& [name, fund] : funds_) share_in_proportion(fund);
    for (const auto& [share, amount] : used_) {
      const auto before = used_before_.find(share);
      const Fen now = before == used_before_.end() ? amount : amount - before->second;
      if (now > Fen()) result_.share_use.emplace(share, now);
    }
    return {std::move(claims_), std::move(result_)};
  }

 private:
  void decide(std::uint32_t index) {
    OpenClaim& claim = (*claims_)[index];
    OpenClaim& first_on_loan = (*claims_)[claim.first_on_loan];
    const LoanTerms* terms = claims_->terms(claim);
    const ClaimCase given{.bank = claims_->bank(claim),
                          .loan_id = claim.loan_id(),
                          .defaulted_on = claim.defaulted_on,
                          .claimed_on = claim.claimed_on,
                          .outstanding_principal = claim.outstanding_principal,
                          .recovered_principal = claim.recovered_principal,
                          .loan = loan_of(claim, terms),
                          .covered = [this, &claim](const Limits& limits) { return covered(claim, limits); },
                          .compensated_in = first_on_loan.compensated ? std::string_view(batch_.text()) : claims_->compensated_in(index)};
    const auto decision = checker_.check(given);
    if (const auto* rejection = std::get_if<ClaimRejection>(&decision)) {
      result_.rejected.push_back({claim.number, *rejection});
      return;
    }
    accept(index, std::get<ClaimAcceptance>(decision), *terms);
  }

  void accept(std::uint32_t index, const ClaimAcceptance& acceptance, const LoanTerms& terms) {
    OpenClaim& claim = (*claims_)[index];
    VersionAtWork& version = at_work(*acceptance.version);
    facts_ = terms.facts;
    facts_.loan_amount = claim.amount;
    const std::size_t at = result_.amounts.size();
    result_.amounts.resize(at + version.splitter.amounts_of_claim());
    Fen* const amounts = result_.amounts.data() + at;
    const Fen bank_bears = version.splitter.split(facts_, acceptance.principal_loss, acceptance.covered_loss, used_, amounts);
    if (!take_from_fund(claim.number, *acceptance.version, version, acceptance.principal_loss - bank_bears)) {
      result_.amounts.resize(at);
      return;
    }
    version.splitter.count(amounts, used_);
    (*claims_)[claim.first_on_loan].compensated = true;
    result_.accepted.push_back({index, part_of(claim.bank, version, *acceptance.version), acceptance.principal_loss, bank_bears, at});
  }

  // Whether the claim can be paid, now or in proportion; else it waits.
  bool take_from_fund(std::int64_t claim, const PolicyVersion& version, const VersionAtWork& work, Fen needed) {
    if (work.fund == nullptr || !work.fund->open) return true;
    FundQueue& queue = *work.fund;
    if (version.compensation.fund->when_short == Fund::WhenShort::pro_rata && queue.available > Fen()) {
      queue.in_proportion.push_back(result_.accepted.size());
      return true;
    }
    if (queue.waiting || needed > queue.available) {
      queue.waiting = true;
      result_.waiting.push_back({claim, version.compensation.fund->name, needed});
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
      const AcceptedClaim& accepted = result_.accepted[index];
      needed.push_back(accepted.principal_loss - accepted.bank_bears);
      sum += needed.back();
    }
    if (sum.count() <= fund.available.count()) return;
    const std::vector<Fen> parts = apportion(fund.available, needed);
    for (std::size_t i = 0; i < parts.size(); ++i) cut(result_.accepted[fund.in_proportion[i]], parts[i]);
  }

  void cut(AcceptedClaim& accepted, Fen paid) {
    const BatchPart& part = result_.parts[accepted.part];
    const VersionAtWork& version = at_work(*part.version);
    const std::size_t payers = part.payers.size();
    Fen* const amounts = result_.amounts.data() + accepted.amounts;
    ClaimSplit split{.version = part.version, .principal_loss = accepted.principal_loss, .payers = {}, .bank_bears = accepted.bank_bears};
    for (std::size_t i = 0; i < payers; ++i) split.payers.push_back({part.payers[i], amounts[i], amounts[payers + i]});
    split.share_amounts.assign(amounts + 2 * payers, amounts + version.splitter.amounts_of_claim());
    const ClaimSplit less = cut_down(split, paid);
    version.splitter.uncount(split, used_);
    version.splitter.count(less, used_);
    for (std::size_t i = 0; i < payers; ++i) amounts[i] = less.payers[i].pays, amounts[payers + i] = less.payers[i].bears;
    accepted.bank_bears = less.bank_bears;
  }

  VersionAtWork& at_work(const PolicyVersion& version) {
    const auto found = versions_.find(&version);
    if (found != versions_.end()) return found->second;
    VersionAtWork& work = versions_.try_emplace(&version, version).first->second;
    work.parts.resize(claims_->banks().size());
    if (const auto& fund = version.compensation.fund) {
      const auto known = funds_.find(fund->name);
      if (known == funds_.end()) {
        const FundStatus status = fund_status(transaction_, fund->name);
        work.fund = &funds_.emplace(fund->name, FundQueue{.open = status.open, .available = status.available()}).first->second;
      } else {
        work.fund = &known->second;
      }
    }
    return work;
  }

  std::uint32_t part_of(std::uint32_t bank, VersionAtWork& work, const PolicyVersion& version) {
    std::uint32_t& part = work.parts[bank];
    if (part == 0) {
      result_.parts.push_back({claims_->banks()[bank], &version, work.splitter.payers()});
      part = static_cast<std::uint32_t>(result_.parts.size());
    }
    return part - 1;
  }

  ClaimedLoan loan_of(const OpenClaim& claim, const LoanTerms* terms) {
    ClaimedLoan loan{.terms = terms, .disbursed_on = claim.disbursed_on, .amount = claim.amount};
    if (terms == nullptr) return loan;
    if (claim.unusual) {
      const Loan known = find_loan(transaction_, claims_->bank(claim), LoanId(std::string(claim.loan_id()))).value();
      const LoanState state = state_on(known, events_of(transaction_, known.bank, known.id), claim.claimed_on);
      loan.outstanding_principal = state.outstanding_principal;
      loan.recovered_principal = state.recovered_principal;
      loan.overdue_days = state.overdue_days;
      loan.loan_class = state.loan_class;
      return loan;
    }
    loan.outstanding_principal = at_least_zero(Int128{claim.amount.count()} - claim.repaid);
    loan.recovered_principal = at_least_zero(claim.collected);
    loan.overdue_days = claim.overdue_days;
    loan.loan_class = claim.loan_class;
    return loan;
  }

  // Where all that the borrower was ever lent lies within the limit, so does this loan: the book is asked for the
  // balances of the day only where it does not.
  Fen covered(const OpenClaim& claim, const Limits& limits) {
    const LoanTerms& terms = *claims_->terms(claim);
    const Fen lent(claim.lent);
    if (within_limits(limits, terms.borrower_kind, terms.talents_counted, Fen(), lent) == lent) return claim.amount;
    const auto loan = find_loan(transaction_, claims_->bank(claim), LoanId(std::string(claim.loan_id())));
    return covered_amount(transaction_, limits, loan.value());
  }

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
  std::unique_ptr<OpenClaims> claims_;
  ShareUse used_;
  const ShareUse used_before_;
  LoanFacts facts_;  // of the claim being split; kept so that it keeps its memory
  std::map<std::string, FundQueue> funds_;
  std::unordered_map<const PolicyVersion*, VersionAtWork> versions_;
  BatchResult result_;
};

}  // namespace

PreparedBatch decide_claims(Transaction& transaction, const SettlementRequest& request) {
  if (request.stage) request.stage("read");
  Decisions decisions(transaction, request);
  if (request.stage) request.stage("decide");
  return decisions.decide_all();
}

}  // namespace talent_loan

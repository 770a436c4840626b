#include "tests/simulator/model.hpp"

#include <algorithm>

namespace talent_loan::simulator {
namespace {

std::string year_of(int day) { return day_text(day).substr(0, 4); }

}  // namespace

std::int64_t ModelLoan::owed(int day) const {
  std::int64_t owed = amount;
  for (const ModelEvent& event : events) {
    if (event.kind == ModelEvent::Kind::repayment && event.day <= day) owed -= event.value;
  }
  return std::max<std::int64_t>(owed, 0);
}

// Events are kept in the order of their days, one of a kind a day.
std::int64_t ModelLoan::latest(ModelEvent::Kind kind, int day, std::int64_t otherwise) const {
  int latest_day = -1;
  for (const ModelEvent& event : events) {
    if (event.kind == kind && event.day <= day && event.day > latest_day) latest_day = event.day, otherwise = event.value;
  }
  return otherwise;
}

std::int64_t ModelLine::paid() const {
  std::int64_t sum = 0;
  for (const auto& [payer, amounts] : payers) sum += amounts.pays;
  return sum;
}

void Model::post(const std::string& account, std::int64_t amount) {
  std::int64_t& balance = accounts[account];
  balance += amount;
  if (balance == 0) accounts.erase(account);
}

std::int64_t Model::fund_balance() const {
  const auto found = accounts.find("assets:fund:fund");
  return found == accounts.end() ? 0 : found->second;
}

std::int64_t Model::fund_reserved() const {
  std::int64_t reserved = 0;
  for (const auto& [id, batch] : batches) {
    if (batch.status != "prepared" || !batch.from_fund) continue;
    for (const ModelLine& line : batch.lines) reserved += line.paid();
  }
  return reserved;
}

bool Model::deposit(const std::string& reference, std::int64_t amount, int day, const std::string& credited) {
  if (day <= closed_to) return false;
  deposits[reference] = {amount, day};
  post("assets:fund:fund", amount);
  post(credited, -amount);
  return true;
}

std::int64_t Model::covered_amount(const VersionRule& version, const LoanKey& key, const ModelLoan& loan) const {
  if (!version.per_talent) return loan.amount;
  std::int64_t owed = 0;
  for (const auto& [other_key, other] : loans) {
    if (other.borrower != loan.borrower) continue;
    if (std::tie(other.disbursed, other_key) < std::tie(loan.disbursed, key)) owed += other.owed(loan.disbursed);
  }
  return std::clamp<std::int64_t>(*version.per_talent - owed, 0, loan.amount);
}

bool Model::suspended(const VersionRule& version, const std::string& bank, int as_of) const {
  if (!version.suspend) return false;
  std::int64_t balance = 0, bad = 0;
  for (const auto& [key, loan] : loans) {
    if (key.first != bank || loan.disbursed > as_of) continue;
    balance += loan.owed(as_of);
    if (loan.latest(ModelEvent::Kind::classification, as_of, 1) >= 3) bad += loan.owed(as_of);
  }
  return balance >= version.suspend->second && static_cast<Wide>(bad) * 100'00 > static_cast<Wide>(balance) * version.suspend->first;
}

// Empty where the claim holds; else the first code that applies.
std::string Model::reason_against(const ClaimKey& key, const ModelClaim& claim, const VersionRule*& version, std::int64_t& covered,
                                  const std::set<LoanKey>& compensated_here, int as_of) const {
  const auto found = loans.find(claim.loan);
  const ModelLoan* loan = found == loans.end() ? nullptr : &found->second;
  if ((loan != nullptr && claim.defaulted < loan->disbursed) || claim.claimed < claim.defaulted) return "DATES_OUT_OF_ORDER";
  if (claim.recovered > claim.outstanding) return "RECOVERED_OVER_OUTSTANDING";
  if (loan == nullptr) return "LOAN_UNKNOWN";
  version = rules.governing(loan->disbursed, claim.defaulted, claim.claimed);
  if (version == nullptr) return "NO_POLICY_IN_FORCE";
  covered = covered_amount(*version, claim.loan, *loan);
  if (version->per_talent && version->refuse_over_limit && covered < loan->amount) return "LOAN_NOT_ELIGIBLE";
  if (version->months_at_most && loan->months > *version->months_at_most) return "LOAN_NOT_ELIGIBLE";
  const std::int64_t overdue = loan->latest(ModelEvent::Kind::overdue, claim.claimed, 0);
  const std::int64_t loan_class = loan->latest(ModelEvent::Kind::classification, claim.claimed, 1);
  if (overdue <= 90 && loan_class < 3) return "TRIGGER_NOT_MET";
  if (claim.outstanding != loan->owed(claim.claimed)) return "BALANCE_MISMATCH";
  if (compensated_here.contains(claim.loan)) return "ALREADY_COMPENSATED";
  for (const auto& [other_key, other] : claims) {
    if (other_key != key && other.loan == claim.loan && !other.batch.empty() && other.code.empty()) return "ALREADY_COMPENSATED";
  }
  if (suspended(*version, claim.loan.first, as_of)) return "BANK_SUSPENDED";
  if (rules.claim_window_days && claim.claimed > claim.defaulted + *rules.claim_window_days) return "CLAIM_WINDOW_CLOSED";
  return "";
}

std::map<std::string, std::int64_t> Model::used_in_year(int as_of) const {
  std::map<std::string, std::int64_t> used;
  for (const auto& [id, batch] : batches) {
    if (batch.status == "reversed" || year_of(batch.as_of) != year_of(as_of)) continue;
    for (const auto& [share, amount] : batch.share_use) used[share] += amount;
  }
  return used;
}

void Model::share_in_proportion(ModelBatch& batch, const std::vector<std::size_t>& sharing, std::int64_t available,
                                std::map<std::string, std::int64_t>& used) const {
  std::int64_t needed = 0;
  std::vector<std::int64_t> weights;
  for (const std::size_t at : sharing) weights.push_back(batch.lines[at].paid()), needed += weights.back();
  if (needed <= available) return;
  batch.cut = true;
  const std::vector<std::int64_t> parts = in_proportion(available, weights);
  for (std::size_t i = 0; i < sharing.size(); ++i) {
    ModelLine& line = batch.lines[sharing[i]];
    const VersionRule& version = version_of(line);
    const ModelLine cut = paid_in_part(version, line, parts[i]);
    for (std::size_t s = 0; s < line.shares.size(); ++s) {
      if (version.shares[s].per_year) used[share_name(version, s)] -= line.shares[s] - cut.shares[s];
    }
    line = cut;
  }
}

const VersionRule& Model::version_of(const ModelLine& line) const {
  return *std::find_if(rules.versions.begin(), rules.versions.end(), [&](const VersionRule& version) { return version.id == line.version; });
}

bool Model::settle(const std::string& id, int as_of, const std::string& user, bool book) {
  if (const auto known = batches.find(id); known != batches.end()) return known->second.as_of == as_of;
  if (as_of <= closed_to) return false;
  ModelBatch batch{.as_of = as_of, .status = "prepared", .prepared_by = user};
  batch.from_fund = rules.fund != Fund::none && !deposits.empty();
  const std::map<std::string, std::int64_t> used_before = used_in_year(as_of);
  std::map<std::string, std::int64_t> used = used_before;
  std::int64_t available = fund_balance() - fund_reserved();
  bool somebody_waits = false;
  std::set<LoanKey> compensated_here;
  std::vector<std::string> codes;    // of the rejected
  std::vector<std::size_t> sharing;  // lines that share the fund in proportion
  for (const auto& [key, claim] : claims) {
    if (!claim.batch.empty() || claim.claimed > as_of) continue;
    const VersionRule* version = nullptr;
    std::int64_t covered = 0;
    const std::string code = reason_against(key, claim, version, covered, compensated_here, as_of);
    if (!code.empty()) {
      batch.rejected.push_back(key);
      codes.push_back(code);
      continue;
    }
    const std::int64_t loss = claim.outstanding - claim.recovered;
    ModelLine line = split_loss(*version, loans.at(claim.loan), loss, std::min(loss, covered), used);
    if (batch.from_fund) {
      if (rules.fund == Fund::pro_rata && available > 0) {
        sharing.push_back(batch.lines.size());
      } else if (somebody_waits || line.paid() > available) {
        somebody_waits = true;
        batch.waiting.push_back(key);
        continue;
      } else {
        available -= line.paid();
      }
    }
    for (std::size_t i = 0; i < version->shares.size(); ++i) {
      if (version->shares[i].per_year) used[share_name(*version, i)] += line.shares[i];
    }
    compensated_here.insert(claim.loan);
    batch.accepted.push_back(key);
    batch.lines.push_back(std::move(line));
  }
  share_in_proportion(batch, sharing, available, used);
  for (const auto& [share, amount] : used) {
    const auto before = used_before.find(share);
    batch.share_use[share] = amount - (before == used_before.end() ? 0 : before->second);
  }
  for (std::size_t i = 0; i < batch.accepted.size(); ++i) {
    ModelClaim& claim = claims.at(batch.accepted[i]);
    claim.batch = id;
    claim.code.clear();
    claim.line = batch.lines[i];
  }
  for (std::size_t i = 0; i < batch.rejected.size(); ++i) {
    claims.at(batch.rejected[i]).batch = id;
    claims.at(batch.rejected[i]).code = codes[i];
  }
  if (book) {
    post_batch(batch, 1);
    batch.status = "booked";
  }
  batches.emplace(id, std::move(batch));
  return true;
}

// One entry per bank from its lines: who finally bears it, what the reimbursing payer owes, what was paid from where.
void Model::post_batch(const ModelBatch& batch, std::int64_t sign) {
  for (std::size_t i = 0; i < batch.lines.size(); ++i) {
    const std::string& bank = std::get<1>(batch.accepted[i]);
    for (const auto& [payer, amounts] : batch.lines[i].payers) {
      const std::int64_t reimburses = std::max<std::int64_t>(0, amounts.bears - amounts.pays);
      post("expenses:compensation:" + payer + ":" + bank, sign * (amounts.bears - reimburses));
      post("assets:receivable:award:" + payer, sign * reimburses);
      post(batch.from_fund ? "assets:fund:fund" : "equity:budget:" + payer, -sign * amounts.pays);
    }
  }
}

bool Model::approve(const std::string& id, const std::string& user) {
  ModelBatch& batch = batches.at(id);
  if (batch.status == "booked") return true;
  if (batch.status == "reversed" || batch.prepared_by == user) return false;
  std::int64_t moved = 0;
  for (const ModelLine& line : batch.lines) moved += line.paid();
  if (moved > 0 && batch.as_of <= closed_to) return false;
  post_batch(batch, 1);
  batch.status = "booked";
  return true;
}

bool Model::reverse(const std::string& id, const std::string& reversal) {
  ModelBatch& batch = batches.at(id);
  if (batch.status == "reversed") return batch.reversal == reversal;
  for (const ClaimKey& key : batch.accepted) {
    for (const auto& [recovery, amounts] : claims.at(key).recoveries) {
      if (!amounts.reversed) return false;
    }
  }
  for (const auto& [other_id, other] : batches) {
    if (other.reversal == reversal) return false;
  }
  if (batch.status == "booked") post_batch(batch, -1);
  batch.status = "reversed";
  batch.reversal = reversal;
  for (const auto* keys : {&batch.accepted, &batch.rejected}) {
    for (const ClaimKey& key : *keys) {
      ModelClaim& claim = claims.at(key);
      if (claim.batch == id) claim.batch.clear(), claim.code.clear(), claim.line = {};
    }
  }
  return true;
}

// A recovery never takes back what was returned; a reversal does.
void Model::return_to_payers(ModelClaim& claim, bool reversal) {
  const VersionRule& version = version_of(claim.line);
  Wide net = 0;
  for (const auto& [id, recovery] : claim.recoveries) {
    if (!recovery.reversed) net += recovery.amount - (version.costs_deducted ? recovery.costs : 0);
  }
  net = std::clamp<Wide>(net, 0, claim.line.loss);
  const std::string& bank = claim.loan.first;
  for (const auto& [payer, amounts] : claim.line.payers) {
    const auto due = claim.line.loss == 0 ? 0 : static_cast<std::int64_t>(net * amounts.bears / claim.line.loss);
    std::int64_t& before = claim.returned[payer];
    const std::int64_t now = reversal ? due : std::max(before, due);
    post(amounts.bears > amounts.pays ? "liabilities:returns:" + payer : "income:recovered:" + payer + ":" + bank, before - now);
    post("assets:receivable:returns:" + bank, now - before);
    before = now;
  }
}

bool Model::recover(const std::string& id, const ClaimKey& key, std::int64_t amount, std::int64_t costs) {
  ModelClaim& claim = claims.at(key);
  if (const auto known = recoveries.find(id); known != recoveries.end()) {
    const ModelRecovery& before = claims.at(known->second).recoveries.at(id);
    return known->second == key && before.amount == amount && before.costs == costs;
  }
  if (!compensated(claim)) return false;
  claim.recoveries[id] = {amount, costs};
  recoveries[id] = key;
  return_to_payers(claim, false);
  return true;
}

bool Model::reverse_recovery(const std::string& id) {
  ModelClaim& claim = claims.at(recoveries.at(id));
  claim.recoveries.at(id).reversed = true;
  return_to_payers(claim, true);
  return true;
}

}  // namespace talent_loan::simulator

#include "core/loss/line_text.hpp"

#include <algorithm>
#include <cstring>

#include <fmt/format.h>

#include "core/files/files.hpp"

namespace talent_loan {
namespace {

std::string header(std::string_view first, const std::vector<PayerId>& payers) {
  std::string out(first);
  for (const PayerId& payer : payers) {
    out += ',';
    RowText(out).text(payer.text() + "_pays").text(payer.text() + "_bears");
  }
  return out + ",bank_bears\n";
}

// A place in `recent_`; any value will do, a good one seldom meets another bank's.
std::size_t shape(std::string_view id) {
  std::uint64_t tail = 0;
  const std::size_t size = std::min<std::size_t>(id.size(), sizeof tail);
  std::memcpy(&tail, id.data() + (id.size() - size), size);
  return ((tail ^ id.size()) * 0x9E3779B97F4A7C15) >> 56;
}

}  // namespace

std::string lines_header(const std::vector<PayerId>& payers) {
  return header("claim_id,bank_id,loan_id,policy_version,principal_loss", payers);
}

std::string totals_header(const std::vector<PayerId>& payers) { return header("bank_id,claims,principal_loss", payers); }

BankTotals::Bank& BankTotals::bank(std::string_view bank_id) {
  Bank*& recent = recent_[shape(bank_id)];
  if (recent != nullptr && recent->id == bank_id) return *recent;
  const auto known = by_id_.find(bank_id);
  if (known != by_id_.end()) return *(recent = known->second);
  banks_.push_back({.id = std::string(bank_id), .claims = 0, .sums = std::vector<FenSum>(2 + 2 * payers_)});
  recent = &banks_.back();
  by_id_.emplace(recent->id, recent);
  return *recent;
}

void BankTotals::add(std::string_view bank_id, Fen loss, const Fen* pays, const Fen* bears, Fen bank_bears) {
  Bank& to = bank(bank_id);
  ++to.claims;
  FenSum* sum = to.sums.data();
  *sum++ += loss;
  for (std::size_t i = 0; i < payers_; ++i) {
    *sum++ += pays[i];
    *sum++ += bears[i];
  }
  *sum += bank_bears;
}

void BankTotals::add(const BankTotals& other) {
  for (const Bank& from : other.banks_) {
    Bank& to = bank(from.id);
    to.claims += from.claims;
    for (std::size_t i = 0; i < to.sums.size(); ++i) to.sums[i] += from.sums[i];
  }
}

std::uint64_t BankTotals::claims() const {
  std::uint64_t claims = 0;
  for (const Bank& bank : banks_) claims += bank.claims;
  return claims;
}

void BankTotals::append(std::string& out, const Bank& bank) const {
  FenSum borne = bank.sums.back();
  for (std::size_t i = 0; i < payers_; ++i) borne += bank.sums[2 + 2 * i];
  if (borne != bank.sums.front()) {
    throw Failure({fmt::format("银行 {} 的合计不等于损失", quoted(bank.id)), fmt::format("the totals of bank {} do not add up to the loss", quoted(bank.id))},
                  {"这是程序错误，请报告", "this is an error of the program; please report it"});
  }
  RowText row(out);
  row.text(bank.id).plain(fmt::format("{}", bank.claims));
  for (const FenSum& sum : bank.sums) row.plain(format_yuan(sum));
  row.end();
}

std::string BankTotals::rows() const {
  std::vector<const Bank*> ordered;
  Bank total{.id = "TOTAL", .claims = 0, .sums = std::vector<FenSum>(2 + 2 * payers_)};
  for (const Bank& bank : banks_) {
    ordered.push_back(&bank);
    total.claims += bank.claims;
    for (std::size_t i = 0; i < total.sums.size(); ++i) total.sums[i] += bank.sums[i];
  }
  std::sort(ordered.begin(), ordered.end(), [](const Bank* a, const Bank* b) { return a->id < b->id; });
  std::string out;
  for (const Bank* bank : ordered) append(out, *bank);
  append(out, total);
  return out;
}

}  // namespace talent_loan

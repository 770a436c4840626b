#include "core/ledger/fund.hpp"

#include <fmt/format.h>

#include "core/store/audit.hpp"

namespace talent_loan {
namespace {

std::string credited_account(const Deposit& deposit) {
  switch (deposit.source.kind) {
    case DepositSource::Kind::award: return account::award_receivable(PayerId(deposit.source.of));
    case DepositSource::Kind::returns: return account::returns_receivable(BankId(deposit.source.of));
    case DepositSource::Kind::budget: break;
  }
  return account::deposits(deposit.fund);
}

void check_amount(const Deposit& deposit) {
  if (deposit.amount > Fen()) return;
  throw Failure({fmt::format("存入金额 {}", format_yuan(deposit.amount)), fmt::format("a deposit of {}", format_yuan(deposit.amount))},
                {"金额应大于零", "the amount must be over zero"});
}

// Compares with the stored deposit of the same reference.
void check_same(const Deposit& deposit, const Row& stored) {
  const char* field = nullptr;
  if (stored.fen(0) != deposit.amount) field = "amount";
  else if (stored.day(1) != deposit.received_on) field = "on";
  else if (stored.text(2) != word(deposit.source)) field = "source";
  if (field == nullptr) return;
  throw Failure({fmt::format("基金 {} 的凭证号 {} 已入账，但 {} 不同", deposit.fund, quoted(deposit.reference), field),
                 fmt::format("reference {} of fund {} is booked with another {}", quoted(deposit.reference), deposit.fund, field)},
                {"核对后使用新的凭证号", "check it and use a reference of its own"});
}

}  // namespace

std::optional<DepositSource> parse_deposit_source(const std::string& text) {
  if (text == "budget") return DepositSource{};
  for (const auto& [prefix, kind] : {std::pair<std::string_view, DepositSource::Kind>{"award:", DepositSource::Kind::award},
                                     {"returns:", DepositSource::Kind::returns}}) {
    if (text.starts_with(prefix) && text.size() > prefix.size()) return DepositSource{kind, text.substr(prefix.size())};
  }
  return std::nullopt;
}

std::string word(const DepositSource& source) {
  switch (source.kind) {
    case DepositSource::Kind::award: return "award:" + source.of;
    case DepositSource::Kind::returns: return "returns:" + source.of;
    case DepositSource::Kind::budget: break;
  }
  return "budget";
}

bool deposit(Transaction& transaction, const Deposit& deposit, const std::optional<Day>& closed_to) {
  check_amount(deposit);
  const auto stored = transaction.query_one(
      "SELECT amount_fen, received_on, source FROM fund_deposits WHERE fund = :fund AND reference = :reference",
      {deposit.fund, deposit.reference});
  if (stored) {
    check_same(deposit, *stored);
    return false;
  }
  JournalEntry entry{.number = 0, .posted_on = deposit.received_on, .kind = "deposit", .reference = deposit.reference,
                     .description = "deposit into fund " + deposit.fund + " from " + word(deposit.source), .cite = ""};
  add(entry.postings, account::fund(deposit.fund), deposit.amount);
  add(entry.postings, credited_account(deposit), Fen() - deposit.amount);
  const std::int64_t before = last_entry(transaction);
  const std::int64_t number = post(transaction, std::move(entry), closed_to);
  transaction.execute(
      "INSERT INTO fund_deposits (fund, reference, amount_fen, received_on, source, entry)"
      " VALUES (:fund, :reference, :amount, :received_on, :source, :entry)",
      {deposit.fund, deposit.reference, deposit.amount, deposit.received_on, word(deposit.source), number});
  std::vector<Seal> seals = seals_after(transaction, before);
  seals.push_back(seal_rows(transaction, "fund_deposits", number));
  record(transaction, {.actor = deposit.by.text(), .action = "fund deposit", .subject = deposit.fund,
                       .details = fmt::format("{} on {}, reference {}, from {}", format_yuan(deposit.amount), format_day(deposit.received_on),
                                              deposit.reference, word(deposit.source)), .cite = ""}, seals);
  return true;
}

FundStatus fund_status(Transaction& transaction, const std::string& fund) {
  FundStatus status;
  status.fund = fund;
  const auto sum = [&](const char* sql) { return transaction.query_one(sql, {fund})->fen(0); };
  status.open = transaction.query_one("SELECT COUNT(*) FROM fund_deposits WHERE fund = :fund", {fund})->integer(0) > 0;
  status.deposited = sum("SELECT CAST(COALESCE(SUM(amount_fen), 0) AS BIGINT) FROM fund_deposits WHERE fund = :fund");
  status.reserved = sum("SELECT CAST(COALESCE(SUM(amount_fen), 0) AS BIGINT) FROM settlement_payments WHERE fund = :fund AND status = 'prepared'");
  status.balance = account_balance(transaction, account::fund(fund));
  status.paid = status.deposited - status.balance;
  return status;
}

std::vector<std::string> opened_funds(Transaction& transaction) {
  std::vector<std::string> funds;
  transaction.each("SELECT fund FROM (SELECT DISTINCT fund FROM fund_deposits) AS opened ORDER BY fund COLLATE \"C\"", {},
                   [&](const Row& row) { funds.push_back(row.text(0)); });
  return funds;
}

}  // namespace talent_loan

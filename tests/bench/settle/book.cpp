#include "tests/bench/settle/book.hpp"

#include <filesystem>
#include <fstream>

#include <fmt/format.h>

#include "core/store/database.hpp"
#include "core/talent/bank_filings.hpp"

namespace talent_loan::bench {
namespace {

constexpr std::int64_t banks = 12;

// Everything about the loan of one number; always the same.
struct Made {
  std::int64_t number;
  std::uint64_t mixed;  // as good as random

  explicit Made(std::int64_t loan) : number(loan), mixed(static_cast<std::uint64_t>(loan) + 1) {
    mixed = (mixed ^ (mixed >> 31)) * 0x9E3779B97F4A7C15;
    mixed = (mixed ^ (mixed >> 29)) * 0xBF58476D1CE4E5B9;
    mixed ^= mixed >> 32;
  }
  std::string bank() const { return fmt::format("bank-{:02}", mixed % banks + 1); }
  std::string id(const char* prefix) const { return fmt::format("{}-2020-{:08}", prefix, number); }
  Fen amount() const { return Fen(10'000'000 + static_cast<std::int64_t>((mixed >> 8) % 290'000'000)); }
  bool older_version() const { return (mixed >> 20) % 4 == 0; }
  Day disbursed() const {
    const Day from = older_version() ? Day(std::chrono::year(2019) / 6 / 1) : Day(std::chrono::year(2020) / 5 / 26);
    return from.plus_days(static_cast<std::int32_t>((mixed >> 24) % 120));
  }
  Day defaulted() const { return disbursed().plus_days(200 + static_cast<std::int32_t>((mixed >> 36) % 60)); }
  Day claimed() const { return defaulted().plus_days(1 + static_cast<std::int32_t>((mixed >> 44) % 30)); }
  Fen repaid() const { return (mixed >> 48) % 3 == 0 ? Fen(amount().count() / 7) : Fen(); }
  bool trigger_holds() const { return (mixed >> 52) % 200 != 0; }
  // One borrower in eight has two loans.
  std::string borrower() const { return fmt::format("9137{:012}", number % 8 == 1 ? number - 1 : number); }
};

void write_loans(Transaction& transaction, const BookSize& size) {
  BulkInsert rows(transaction, "loans",
                  {"bank_id", "loan_id", "application_id", "borrower_kind", "borrower_id", "talent_id", "talents_counted", "amount_fen", "purpose",
                   "rate_hundred_millionths", "term_months", "disbursed_on", "maturity", "secured", "guaranteed", "level", "programme", "tags",
                   "borrower_key"});
  for (std::int64_t i = 0; i < size.loans; ++i) {
    const Made loan(i);
    rows.text(loan.bank()).text(loan.id("L")).text(loan.id("A")).text("employer").text(loan.borrower()).text(fmt::format("talent-{}", i % 5000));
    rows.integer(static_cast<std::int64_t>(loan.mixed % 3) + 1).fen(loan.amount()).text(i % 2 == 0 ? "innovation" : "commercialisation");
    rows.integer(4'000'000 + static_cast<std::int64_t>(loan.mixed % 150) * 10'000).integer(12 + static_cast<std::int64_t>(loan.mixed % 3) * 12);
    rows.day(loan.disbursed()).day(loan.disbursed().plus_days(365)).integer(0).integer(0).text("provincial").text("taishan").text("");
    rows.text(loan.borrower()).end_row();
  }
  rows.finish();
}

void write_events(Transaction& transaction, const BookSize& size) {
  BulkInsert rows(transaction, "loan_events",
                  {"bank_id", "event_id", "loan_id", "kind", "occurred_on", "sequence", "amount_fen", "costs_fen", "overdue_days", "loan_class", "maturity"});
  for (std::int64_t i = 0; i < size.loans; ++i) {
    const Made loan(i);
    const auto begin = [&](char letter, const char* kind, Day day) {
      rows.text(loan.bank()).text(fmt::format("E{}-{:08}", letter, i)).text(loan.id("L")).text(kind).day(day).integer(0);
    };
    if (loan.repaid() > Fen()) {
      begin('r', "repayment", loan.disbursed().plus_days(90));
      rows.fen(loan.repaid()).null().null().null().null().end_row();
    }
    if (i >= size.claims) continue;
    begin('o', "overdue", loan.defaulted());
    rows.null().null().integer(loan.trigger_holds() ? 91 : 60).null().null().end_row();
    if (i % 2 == 0) continue;
    begin('c', "classification", loan.defaulted());
    rows.null().null().null().text(loan.trigger_holds() ? "substandard" : "special-mention").null().end_row();
  }
  rows.finish();
}

void write_claims(Transaction& transaction, const BookSize& size) {
  BulkInsert rows(transaction, "claims",
                  {"number", "bank_id", "claim_id", "loan_id", "defaulted_on", "claimed_on", "outstanding_principal_fen", "recovered_principal_fen"});
  for (std::int64_t i = 0; i < size.claims; ++i) {
    const Made loan(i * 7919 % size.claims);  // claims come in in another order than loans did
    const Fen owed = loan.amount() - loan.repaid();
    rows.integer(i + 1).text(loan.bank()).text(loan.id("C")).text(loan.id("L")).day(loan.defaulted()).day(loan.claimed());
    rows.fen(owed).fen(Fen(i % 50 == 0 ? owed.count() / 3 : 0)).end_row();
  }
  rows.finish();
}

constexpr const char* version = R"yaml(schema: talent-loan/policy/1
scheme: bench
version: {}
title: {}
document: bench
effective: {{from: {}, to: {}}}
governed_by: disbursed_on
eligibility: {{require_registry: true, borrowers: [{{kind: employer, tenure_months_at_least: 12, cite: "§4"}}], bank_filed: true}}
limits: {{per_talent: 10000000.00, per_enterprise: 50000000.00, term_months_at_most: 36, rate_at_most: 6.00%, over: refuse}}
compensation:
  trigger: {{overdue_days_over: 90, class_at_least: substandard}}
  ceiling: 100%
  shares:
    - {{payer: city, ratio: {}, cite: "§4"}}
    - {{payer: province, ratio: 30%, reimburses: city, cite: "§4"}}
recovery: {{costs: deducted-first}}
)yaml";

}  // namespace

void write_book(const std::string& url, const BookSize& size) {
  Database database = Database::open(url);
  Transaction transaction = database.write();
  for (std::int64_t bank = 1; bank <= banks; ++bank) {
    file_bank(transaction, {.bank = BankId(fmt::format("bank-{:02}", bank)), .name = "bench", .filed = {Day(std::chrono::year(2018) / 1 / 1), {}}}, "bench");
  }
  write_loans(transaction, size);
  write_events(transaction, size);
  write_claims(transaction, size);
  transaction.commit();
}

void write_configuration(const std::string& folder, bool checked) {
  std::filesystem::create_directories(folder + "/policies");
  std::ofstream(folder + "/policies/older.yaml") << fmt::format(version, "older", "older", "2018-12-01", "2020-05-25", "50%");
  std::ofstream(folder + "/policies/newer.yaml") << fmt::format(version, "newer", "newer", "2020-05-26", "2021-12-31", "80%");
  std::ofstream site(folder + "/site.yaml");
  site << "schema: talent-loan/site/1\nscheme: bench\n";
  if (checked) site << "maker_checker: required\nusers:\n  - {id: li, name: Li, roles: [maker]}\n  - {id: wang, name: Wang, roles: [checker]}\n";
}

void write_recoveries(const std::string& path, std::int64_t count) {
  std::ofstream file(path);
  file << "recovery_id,claim_id,bank_id,received_on,amount,costs\n";
  for (std::int64_t i = 0; i < count; ++i) {
    const Made loan(i);
    file << fmt::format("R-{:08},{},{},2021-12-01,{}.50,12.34\n", i, loan.id("C"), loan.bank(), 100 + i % 5000);
  }
}

}  // namespace talent_loan::bench

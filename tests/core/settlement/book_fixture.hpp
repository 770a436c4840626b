// A bureau with loans and claims that no adapter brought: registered through the loan book's own functions.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "core/loan/book.hpp"
#include "core/policy/policy.hpp"
#include "core/settlement/batch.hpp"
#include "core/settlement/batch_files.hpp"
#include "tests/support/databases.hpp"

namespace talent_loan::testing {

inline Day day(const std::string& text) { return parse_day(text).value(); }
inline Fen yuan(std::int64_t whole) { return Fen(whole * 100); }

// A policy of the test's own: the given lines of YAML replace or follow the usual ones.
struct PolicyText {
  std::string version = "v2020";
  std::string effective = "{from: 2020-01-01, to: 2030-12-31}";
  std::string governed_by = "disbursed_on";
  std::string eligibility = "{require_registry: false}";
  std::string limits{};
  std::string trigger = "{overdue_days_over: 90, class_at_least: substandard}";
  std::string shares =
      "    - {payer: city, ratio: 80%, cite: \"§4\"}\n    - {payer: province, ratio: 30%, reimburses: city, cite: \"§4\"}\n";
  std::string fund{};
  std::string suspend{};
  std::string costs = "deducted-first";
  std::string supersedes{};

  std::string yaml() const {
    const auto line = [](const char* key, const std::string& value) { return value.empty() ? "" : fmt::format("{}: {}\n", key, value); };
    return "schema: talent-loan/policy/1\nscheme: test-scheme\nversion: " + version + "\ntitle: t\ndocument: d\neffective: " + effective +
           "\n" + line("supersedes", supersedes) + "governed_by: " + governed_by + "\neligibility: " + eligibility + "\n" +
           line("limits", limits) + "compensation:\n  trigger: " + trigger + "\n  ceiling: 100%\n  shares:\n" + shares +
           line("  fund", fund) + line("  suspend", suspend) + "recovery: {costs: " + costs + "}\n";
  }
};

// One database with its policies.
class Bureau {
 public:
  Bureau(const std::string& url, const std::vector<PolicyText>& texts, const DatabaseOptions& options = {})
      : database_(Database::open(url, options)), policies_(load(texts)), url_(url) {}

  Database& database() { return database_; }
  const PolicySet& policies() const { return policies_; }
  const std::string& url() const { return url_; }

  // A loan that is 100 days overdue from `defaulted` on.
  void bad_loan(const std::string& bank, const std::string& id, std::int64_t amount_yuan, const std::string& disbursed = "2020-06-01",
                const std::string& defaulted = "2020-12-01") {
    Transaction transaction = database_.write();
    register_loans(transaction, {Loan{.bank = BankId(bank), .id = LoanId(id), .borrower_id = "borrower-" + bank + id,
                                      .amount = yuan(amount_yuan), .disbursed_on = day(disbursed)}});
    LoanEvent overdue{.bank = BankId(bank), .id = EventId("o" + id), .loan = LoanId(id), .kind = EventKind::overdue, .occurred_on = day(defaulted)};
    overdue.overdue_days = 100;
    register_events(transaction, {overdue});
    transaction.commit();
  }

  void claim(const std::string& bank, const std::string& id, const std::string& loan, Fen outstanding, Fen recovered = {},
             const std::string& defaulted = "2020-12-01", const std::string& claimed = "2020-12-10") {
    Transaction transaction = database_.write();
    submit_claims(transaction, {Claim{.bank = BankId(bank), .id = ClaimId(id), .loan = LoanId(loan), .defaulted_on = day(defaulted),
                                      .claimed_on = day(claimed), .outstanding_principal = outstanding, .recovered_principal = recovered}});
    transaction.commit();
  }

  // A bad loan and a claim of all of it, both named `id`.
  void bad_claim(const std::string& bank, const std::string& id, std::int64_t amount_yuan) {
    bad_loan(bank, id, amount_yuan);
    claim(bank, id, id, yuan(amount_yuan));
  }

  void deposit_into(const std::string& fund, std::int64_t amount_yuan, const std::string& reference = "voucher-1") {
    Transaction transaction = database_.write();
    deposit(transaction, {.fund = fund, .reference = reference, .amount = yuan(amount_yuan), .received_on = day("2020-01-02")}, std::nullopt);
    transaction.commit();
  }

  SettlementRequest request(const std::string& batch, const std::string& as_of = "2020-12-31") const {
    return {.batch = BatchId(batch),
            .rules = {.policies = &policies_, .scheme = SchemeId("test-scheme"), .as_of = day(as_of), .claim_window_days = std::nullopt,
                      .bank_filed = [](const BankId&, Day) { return true; }},
            .user = UserId("maker")};
  }

  BatchRecord settle_as(const SettlementRequest& request) {
    Transaction transaction = database_.write();
    BatchRecord batch = settle(transaction, request);
    transaction.commit();
    return batch;
  }
  BatchRecord settle_batch(const std::string& batch, const std::string& as_of = "2020-12-31") { return settle_as(request(batch, as_of)); }

  using Writer = void (*)(Transaction&, const BatchRecord&, OutputFile&);
  std::string written(Writer write, const std::string& batch) {
    const std::string path = folder_ / "out.csv";
    Transaction transaction = database_.read();
    OutputFile file(path);
    write(transaction, find_batch(transaction, BatchId(batch)).value(), file);
    file.commit();
    return read_file(path);
  }
  std::string lines(const std::string& batch) { return written(write_lines, batch); }
  std::string totals(const std::string& batch) { return written(write_totals, batch); }
  std::string payments(const std::string& batch) { return written(write_payments, batch); }
  std::string rejects(const std::string& batch) {
    const std::string path = folder_ / "rejects.csv";
    Transaction transaction = database_.read();
    RejectsFile file(path, Language::english);
    add_rejects(transaction, find_batch(transaction, BatchId(batch)).value(), file);
    file.output()->commit();
    return read_file(path);
  }

  // "account balance" lines of the trial balance, with the total in the end.
  std::string balances() {
    Transaction transaction = database_.read();
    std::string out;
    for (const AccountBalance& account : trial_balance(transaction)) {
      if (account.balance.count() != 0) out += account.account + " " + format_yuan(account.balance) + "\n";
    }
    return out;
  }

 private:
  PolicySet load(const std::vector<PolicyText>& texts) {
    std::vector<std::string> paths;
    for (const PolicyText& text : texts) paths.push_back(folder_.write("policies/" + text.version + ".yaml", text.yaml()));
    return load_policies(paths);
  }

  TemporaryFolder folder_;
  Database database_;
  PolicySet policies_;
  std::string url_;
};

// Runs the same test on SQLite and on PostgreSQL.
inline void on_both(const std::vector<PolicyText>& texts, const std::function<void(Bureau&)>& test) {
  FreshDatabases databases;
  for (const std::string& url : databases.urls()) {
    Bureau bureau(url, texts);
    test(bureau);
  }
}

}  // namespace talent_loan::testing

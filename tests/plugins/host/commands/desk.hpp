// A desk of the bureau: a folder with configuration, books and files, and the commands that are run in it one
// after the other. Its books can be given as bytes, so that many desks begin from the same ones.
#pragma once

#include <catch2/catch.hpp>

#include "core/ledger/export.hpp"
#include "core/store/audit.hpp"
#include "tests/core/settlement/book_fixture.hpp"
#include "tests/support/traced_program.hpp"

namespace talent_loan::testing {

inline std::string recoveries_of_the_desk() {
  std::string csv = "recovery_id,claim_id,received_on,amount,costs\n";
  for (int i = 0; i < 6; ++i) csv += fmt::format("R{},C{},2021-02-01,1234.56,7.89\n", i, i % 4);
  return csv + "R9,unknown,2021-02-01,1.00,0.00\n";
}

class Desk {
 public:
  // `url`: of the books where they are no SQLite file of the desk's own.
  explicit Desk(const std::string& books = "", std::string url = "") : url_(std::move(url)) {
    PolicyText policy;
    policy.fund = "{name: fund, when_short: queue}";
    folder_.write("config/policies/p.yaml", policy.yaml());
    folder_.write("config/site.yaml",
                  "schema: talent-loan/site/1\nmaker_checker: required\nusers:\n  - {id: li, name: 李, roles: [maker]}\n  - {id: wang, name: 王, roles: [checker]}\n");
    folder_.write("r.csv", recoveries_of_the_desk());
    if (!books.empty()) folder_.write("books.db", books);
  }

  const TemporaryFolder& folder() const { return folder_; }
  std::string url() const { return url_.empty() ? "sqlite://" + (folder_ / "books.db") : url_; }
  RunOptions options() const {
    RunOptions options;
    options.directory = folder_.path();
    return options;
  }
  std::vector<std::string> with_place(std::vector<std::string> arguments) const {
    arguments.insert(arguments.end(), {"--config", folder_ / "config", "--db", url()});
    return arguments;
  }
  Ran run(const std::vector<std::string>& arguments) const { return run_program(with_place(arguments), options()); }
  Traced run_killed_at(const std::vector<std::string>& arguments, int moment) const { return kill_program_at(with_place(arguments), options(), moment); }

  // A deposit and claims to settle, one of them to be rejected.
  void fill(int claims = 12) const {
    Bureau bureau(url(), {PolicyText{}});
    bureau.deposit_into("fund", 1'000'000);
    for (int i = 0; i < claims; ++i) bureau.bad_claim(i % 3 == 0 ? "icbc" : "ccb", fmt::format("C{}", i), 1000 + i);
    bureau.claim("ccb", "X", "no-such-loan", yuan(1));
    // To enterprises, whose codes are public: else each desk would first seal its borrowers with a key of its own.
    Database database = Database::open(url());
    Transaction transaction = database.write();
    transaction.execute("UPDATE loans SET borrower_kind = 'employer'");
    transaction.commit();
  }

  // The bytes of the database once nobody has it open and its log is taken in.
  std::string books() const {
    { Database::open(url()); }
    REQUIRE_FALSE(std::filesystem::exists(folder_ / "books.db-wal"));
    return read_file(folder_ / "books.db");
  }

  // All that a disturbed and an undisturbed run may not differ in.
  std::string told() const {
    std::string all;
    Database database = Database::open(url());
    Transaction look = database.read();
    REQUIRE_FALSE(verify_audit(look).broken);
    export_journal_csv(look, std::nullopt, std::nullopt, [&](std::string_view text) { all += text; });
    for (const char* sql : {"SELECT action || ' ' || subject || ' ' || details FROM audit_entries ORDER BY sequence",
                            "SELECT batch || ' ' || position || ' ' || claim || ' ' || principal_loss_fen || ' ' || bank_bears_fen FROM settlement_lines ORDER BY batch, position",
                            "SELECT payment_id || ' ' || amount_fen || ' ' || status FROM settlement_payments ORDER BY payment_id",
                            "SELECT recovery_id || ' ' || claim || ' ' || COALESCE(reversal_id, '') FROM recoveries ORDER BY number"}) {
      look.each(sql, {}, [&](const Row& row) { all += row.text(0) + "\n"; });
    }
    return all;
  }

 private:
  TemporaryFolder folder_;
  std::string url_;
};

struct DeskCommand {
  std::vector<std::string> arguments;
  std::vector<std::string> files;
};

// prepare, approve, recover, take back a recovery: each builds on the one before.
inline const std::vector<DeskCommand>& desk_commands() {
  static const std::vector<DeskCommand> all{
      {{"settle", "--batch", "b", "--as-of", "2020-12-31", "--lines", "lines.csv", "--rejects", "rejects.csv", "--totals", "totals.csv", "--payments", "prepared.csv", "--as", "li"},
       {"lines.csv", "rejects.csv", "totals.csv", "prepared.csv"}},
      {{"settle", "approve", "--batch", "b", "--as", "wang", "--payments", "payments.csv"}, {"payments.csv"}},
      {{"recover", "--recoveries", "r.csv", "--returns", "returns.csv", "--rejects", "refused.csv", "--as", "li"}, {"returns.csv", "refused.csv"}},
      {{"recover", "reverse", "--recovery", "R0", "--reversal", "R0-x", "--why", "cheque returned", "--as", "wang"}, {}},
  };
  return all;
}

}  // namespace talent_loan::testing

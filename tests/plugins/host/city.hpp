// A city for tests of whole rounds: the policies as shipped, a list of talents, scripted banks
// (tests/plugins/adapters), a database, and the program run in it.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "core/store/database.hpp"
#include "tests/support/run_program.hpp"

namespace talent_loan::testing {

inline const std::string talent_number = "11010519491231002X";
inline const std::string employer_code = "91370303MA3C000004";

class City {
 public:
  // An empty URL: a SQLite file in the city's own folder.
  explicit City(const std::string& url = {}) : url_(url.empty() ? "sqlite://" + (folder_ / "loans.db") : url) {
    std::filesystem::copy(std::string(TALENT_LOAN_SOURCE_DIR) + "/config", folder_ / "config", std::filesystem::copy_options::recursive);
    folder_.write("list.csv", "talent_id,name,id_type,id_number,programme,level,valid_from,valid_to,employer_code,employer_name,employed_from,employed_to\n"
                              "T-1,张三,resident," + talent_number + ",zibo-yingcai,,2019-01-01,," + employer_code + ",某公司,2018-01-01,\n");
    must({"talents", "import", folder_ / "list.csv", "--as-of", "2020-01-01"});
  }

  const TemporaryFolder& folder() const { return folder_; }
  const std::string& url() const { return url_; }
  const std::vector<std::string>& banks() const { return banks_; }

  // Files a bank and binds it to the scripted library; `more` are further lines of its binding.
  void bind(const std::string& bank, const std::string& more = {}) {
    must({"banks", "file", bank, "--from", "2019-01-01"});
    banks_.push_back(bank);
    bindings_ += "  - id: " + bank + "\n    adapter: " + std::string(TALENT_LOAN_TEST_ADAPTERS) + "/scripted_bank.so\n    config: banks/" + bank +
                 "/script.txt\n" + more;
    folder_.write("config/banks.yaml", "schema: talent-loan/banks/1\nbanks:\n" + bindings_);
    script(bank, "");
  }
  void script(const std::string& bank, const std::string& text) const { folder_.write("config/banks/" + bank + "/script.txt", text); }
  // What the bank was told, in its own words.
  std::string log(const std::string& bank) const {
    const std::string path = folder_ / ("config/banks/" + bank + "/bank.log");
    return std::filesystem::exists(path) ? read_file(path) : std::string();
  }

  Ran run(std::vector<std::string> arguments, std::chrono::milliseconds kill_after = {}) const {
    arguments.insert(arguments.begin(), {"--config", folder_ / "config", "--db", url_});
    RunOptions options;
    options.directory = folder_.path();
    options.kill_after = kill_after;
    return run_program(arguments, options);
  }
  // Runs what has to succeed, and gives what it printed.
  std::string must(std::vector<std::string> arguments) const {
    const Ran ran = run(std::move(arguments));
    INFO(ran.err << ran.out);
    REQUIRE(ran.exit == 0);
    return ran.out;
  }
  Ran sync(const std::string& as_of, std::chrono::milliseconds kill_after = {}) const {
    std::vector<std::string> arguments{"sync", "--as-of", as_of, "--scheme", "zibo-talent-loan"};
    for (const std::string& bank : banks_) arguments.insert(arguments.end(), {"--bank", bank});
    return run(std::move(arguments), kill_after);
  }

  // Every row of the loan book, and what the banks were told of results. Claims are numbered as they arrive, which
  // is different between banks every time: their numbers are left out.
  std::string loan_book() const {
    Database database = Database::open(url_);
    Transaction transaction = database.read();
    std::string all;
    for (const char* sql :
         {"SELECT bank_id, application_id, applied_on, amount_fen, stage, receipt, declined_because, loan_id FROM loan_applications ORDER BY 1, 2",
          "SELECT bank_id, application_id, eligible, reasons, policy_version, talent_id, cites, decided_on FROM loan_decisions ORDER BY 1, 2",
          "SELECT bank_id, loan_id, application_id, amount_fen, disbursed_on, maturity FROM loans ORDER BY 1, 2",
          "SELECT bank_id, event_id, loan_id, kind, occurred_on, amount_fen, costs_fen, overdue_days FROM loan_events ORDER BY 1, 2",
          "SELECT bank_id, claim_id, loan_id, defaulted_on, claimed_on, outstanding_principal_fen, recovered_principal_fen FROM claims ORDER BY 1, 2",
          "SELECT bank_id, receipt FROM adapter_deliveries ORDER BY 1, 2"}) {
      transaction.each(sql, {}, [&](const Row& row) {
        for (std::size_t i = 0; i < row.size(); ++i) all += row.optional_text(i).value_or("-") + ' ';
        all += '\n';
      });
    }
    return all;
  }
  // What people read of it all, with the statements of these banks.
  std::string reports(const std::vector<std::string>& batches, const std::vector<std::string>& statements) const {
    std::string all = must({"ledger", "journal"}) + must({"report", "year", "--year", "2020"});
    for (const std::string& batch : batches) all += must({"report", "batch", "--batch", batch});
    for (const std::string& bank : statements) all += must({"report", "bank", "--bank", bank, "--to", "2021-12-31"});
    return all;
  }

 private:
  TemporaryFolder folder_;
  std::string url_;
  std::vector<std::string> banks_;
  std::string bindings_;
};

// The state of a SQLite city, to begin from again and again.
class Snapshot {
 public:
  explicit Snapshot(const City& city) : city_(city) {
    std::filesystem::copy_file(city.folder() / "loans.db", kept_ / "loans.db");
    for (const std::string& bank : city.banks()) kept_.write(bank, city.log(bank));
  }
  void restore() const {
    for (const char* beside : {"loans.db-wal", "loans.db-shm"}) std::filesystem::remove(city_.folder() / beside);
    std::filesystem::copy_file(kept_ / "loans.db", city_.folder() / "loans.db", std::filesystem::copy_options::overwrite_existing);
    for (const std::string& bank : city_.banks()) city_.folder().write("config/banks/" + bank + "/bank.log", read_file(kept_ / bank));
  }

 private:
  const City& city_;
  TemporaryFolder kept_;
};

}  // namespace talent_loan::testing

// A bureau's folder for the tests of whole commands: configuration, a database, and the program run in it.
#pragma once

#include <string>
#include <vector>

#include "tests/core/settlement/book_fixture.hpp"

namespace talent_loan::testing {

class Office {
 public:
  explicit Office(const std::string& site = "", const PolicyText& policy = {}) : bureau_(url(), {policy}) {
    folder_.write("config/policies/p.yaml", policy.yaml());
    folder_.write("config/site.yaml", "schema: talent-loan/site/1\n" + site);
  }

  Bureau& bureau() { return bureau_; }
  std::string path(const std::string& name) const { return folder_ / name; }
  std::string write(const std::string& name, const std::string& bytes) const { return folder_.write(name, bytes); }
  std::string file(const std::string& name) const { return read_file(path(name)); }
  bool has(const std::string& name) const { return std::filesystem::exists(path(name)); }

  Ran run(std::vector<std::string> arguments, std::chrono::milliseconds kill_after = {}) const {
    arguments.insert(arguments.end(), {"--config", path("config"), "--db", url()});
    RunOptions options;
    options.directory = folder_.path();
    options.kill_after = kill_after;
    return run_program(arguments, options);
  }

  // settle with all four files, named after the batch.
  std::vector<std::string> settle_arguments(const std::string& batch, const std::string& as_of = "2020-12-31") const {
    return {"settle", "--batch", batch, "--as-of", as_of, "--lines", path(batch + "-lines.csv"), "--rejects", path(batch + "-rejects.csv"),
            "--totals", path(batch + "-totals.csv"), "--payments", path(batch + "-payments.csv")};
  }

 private:
  std::string url() const { return "sqlite://" + (folder_ / "books.db"); }

  TemporaryFolder folder_;
  Bureau bureau_;
};

}  // namespace talent_loan::testing

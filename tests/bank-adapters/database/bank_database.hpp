// A bank's database for the tests: tables of its own, the views and the one table that it opens to the adapter,
// and on PostgreSQL a role that may SELECT the views and INSERT into the table, and nothing else.
#pragma once

#include <memory>
#include <string>

#include "tests/support/run_program.hpp"

namespace soci {
class session;
}

namespace talent_loan::testing {

class BankDatabase {
 public:
  enum class Kind { sqlite, postgresql };
  explicit BankDatabase(Kind kind);  // with the tables and views of config()
  ~BankDatabase();

  Kind kind() const { return kind_; }
  // As the bank's own administrator.
  void run(const std::string& sql);
  std::string text(const std::string& sql);  // the one value of the one row
  // The adapter's configuration: the sample with this database's connection.
  std::string config() const;
  std::string connection() const;  // that part of a configuration
  std::string folder() const { return folder_.path().string(); }
  const TemporaryFolder& files() const { return folder_; }

 private:
  Kind kind_;
  TemporaryFolder folder_;
  std::string name_;  // PostgreSQL: of the database
  std::unique_ptr<soci::session> administrator_;
};

}  // namespace talent_loan::testing

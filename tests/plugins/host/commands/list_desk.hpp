// The organisation department's desk for the tests of `talents`: a database, its key, lists and requests.
#pragma once

#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "tests/support/databases.hpp"
#include "tests/support/run_program.hpp"

namespace talent_loan::testing {

inline constexpr const char* list_header =
    "talent_id,name,id_type,id_number,programme,level,valid_from,valid_to,employer_code,employer_name,employed_from,employed_to\n";
inline constexpr const char* request_header = "request_id,bank_id,borrower_kind,borrower_id,on,amount,purpose,secured,guaranteed\n";
inline constexpr const char* decisions_header = "request_id,eligible,reasons,policy_version,programme,cites\n";
inline const std::string company = "91350100M000100Y43";

// 17 digits with the check character of GB 11643-1999.
inline std::string identity_number(const std::string& first_17) {
  constexpr int weights[] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
  int sum = 0;
  for (int i = 0; i < 17; ++i) sum += (first_17[static_cast<std::size_t>(i)] - '0') * weights[i];
  return first_17 + "10X98765432"[sum % 11];
}

inline const std::string scholar = identity_number("37030219800101001");   // provincial
inline const std::string zibo_talent = identity_number("37030219820315002");  // Zibo's own plan
inline const std::string expired = identity_number("37030219790707003");
inline const std::string stranger = identity_number("37030219990909004");  // on no list

// A program with its own database, key and working folder.
class Desk {
 public:
  explicit Desk(std::string url) : url_(std::move(url)) {}
  Ran run(std::vector<std::string> arguments, RunOptions options = {}) const {
    arguments.insert(arguments.begin(), {"--config", std::string(TALENT_LOAN_SOURCE_DIR) + "/config", "--db", url_});
    options.directory = folder_.path();
    return run_program(std::move(arguments), options);
  }
  std::string write(const std::string& name, const std::string& bytes) const { return folder_.write(name, bytes); }
  std::string read(const std::string& name) const { return read_file(folder_.path() / name); }
  const TemporaryFolder& folder() const { return folder_; }

  void import(const std::string& rows, const std::string& as_of = "2020-06-01") const {
    write("list.csv", list_header + rows);
    const Ran ran = run({"talents", "import", "list.csv", "--as-of", as_of});
    INFO(ran.err);
    REQUIRE(ran.exit == 0);
  }
  // The decisions on some requests, without their header.
  std::string verify(const std::string& requests, std::vector<std::string> more = {}) const {
    write("requests.csv", request_header + requests);
    std::vector<std::string> arguments{"talents", "verify", "--requests", "requests.csv", "--decisions", "-", "--scheme", "zibo-talent-loan"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const Ran ran = run(arguments);
    INFO(ran.err);
    REQUIRE(ran.exit == 0);
    REQUIRE(ran.out.starts_with(decisions_header));
    return ran.out.substr(std::string(decisions_header).size());
  }

 private:
  TemporaryFolder folder_;
  std::string url_;
};

inline std::string person(const std::string& talent, const std::string& number, const std::string& programme, const std::string& from, const std::string& to,
                   const std::string& employed_from = "") {
  const std::string employer = employed_from.empty() ? ",,," : company + ",某公司," + employed_from + ",";
  return talent + ",张三,resident," + number + "," + programme + ",," + from + "," + to + "," + employer + "\n";
}

inline std::string three_people() {
  return person("T1", scholar, "taishan-scholar", "2018-01-01", "2022-12-31", "2019-05-31") +
         person("T2", zibo_talent, "zibo-yingcai", "2019-01-01", "") + person("T3", expired, "taishan-industry", "2015-01-01", "2019-12-31");
}

inline std::string ask(const std::string& id, const std::string& kind, const std::string& borrower, const std::string& on,
                const std::string& rest = "1000000.00,innovation,no,no") {
  return id + ",bank-a," + kind + "," + borrower + "," + on + "," + rest + "\n";
}

}  // namespace talent_loan::testing

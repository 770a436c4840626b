// The snapshot of the registry as users of `talents verify` meet it.
#include <sys/stat.h>

#include <filesystem>
#include <thread>

#include <catch2/catch.hpp>

#include "tests/support/databases.hpp"
#include "tests/support/run_program.hpp"

using namespace talent_loan;
using namespace talent_loan::testing;

namespace {

constexpr int talents = 20'050;  // enough for a snapshot to be worth it

// 17 digits with the check character of GB 11643-1999.
std::string identity_number(int person) {
  constexpr int weights[] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
  std::string number = std::to_string(370'302 + person / 1000) + "19800101" + std::to_string(1000 + person % 1000).substr(1);
  int sum = 0;
  for (int i = 0; i < 17; ++i) sum += (number[static_cast<std::size_t>(i)] - '0') * weights[i];
  return number + "10X98765432"[sum % 11];
}

std::string row(int person, const std::string& valid_to = "") {
  const std::string employer = person % 3 == 0 ? "91350100M000100Y43,某公司,2015-01-01," : ",,,";
  return "T" + std::to_string(person) + ",张三," + "resident," + identity_number(person) + ",zibo-yingcai,,2018-01-01," + valid_to + "," + employer + "\n";
}

const std::string list_header =
    "talent_id,name,id_type,id_number,programme,level,valid_from,valid_to,employer_code,employer_name,employed_from,employed_to\n";

class Desk {
 public:
  explicit Desk(std::string url) : url_(std::move(url)) {
    std::string rows;
    for (int i = 0; i < talents; ++i) rows += row(i);
    import(rows);
    std::string requests = "request_id,bank_id,borrower_kind,borrower_id,on,amount,purpose,secured,guaranteed\n";
    for (int i = 0; i < 200; ++i) requests += "r" + std::to_string(i) + ",bank-a,talent," + identity_number(i * 103) + ",2020-06-15,100.00,innovation,no,no\n";
    requests += "e,bank-a,employer,91350100M000100Y43,2020-06-15,100.00,innovation,no,no\n";
    folder_.write("requests.csv", requests);
  }
  Ran run(std::vector<std::string> arguments, std::vector<std::string> environment = {}, std::chrono::milliseconds kill_after = std::chrono::milliseconds(0)) const {
    arguments.insert(arguments.begin(), {"--config", std::string(TALENT_LOAN_SOURCE_DIR) + "/config", "--db", url_});
    return run_program(std::move(arguments), {.directory = folder_.path(), .environment = std::move(environment), .kill_after = kill_after});
  }
  Ran verify(std::vector<std::string> environment = {}) const {
    return run({"talents", "verify", "--requests", "requests.csv", "--decisions", "-", "--scheme", "zibo-talent-loan"}, std::move(environment));
  }
  // What the import said.
  std::string import(const std::string& rows, const std::vector<std::string>& more = {}) const {
    folder_.write("list.csv", list_header + rows);
    std::vector<std::string> arguments{"talents", "import", "list.csv", "--as-of", "2020-06-01"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const Ran ran = run(arguments);
    INFO(ran.err);
    REQUIRE(ran.exit == 0);
    return ran.err;
  }
  std::string decisions_from_the_database() const { return verify({"TALENT_LOAN_REGISTRY=off"}).out; }
  const TemporaryFolder& folder() const { return folder_; }

 private:
  TemporaryFolder folder_;
  std::string url_;
};

}  // namespace

TEST_CASE("verification makes the snapshot, uses it, and decides as the database does, on both databases") {
  const std::vector<std::pair<std::string, std::string>> desks{{"sqlite://talent-loan.db", "talent-loan.db.registry"},
                                                               {postgres().fresh_database(), "talent-loan.registry"}};
  for (const auto& [url, snapshot] : desks) {
    INFO(url);
    const Desk desk(url);
    const std::string expected = desk.decisions_from_the_database();
    CHECK(expected.find("r0,no,BANK_NOT_FILED,zibo-2020-56,zibo-yingcai") != std::string::npos);
    const std::string path = desk.folder() / snapshot;
    CHECK_FALSE(std::filesystem::exists(path));
    CHECK(desk.run({"talents", "snapshot", "status"}).out.find("no snapshot of the registry that can be used") != std::string::npos);
    CHECK(desk.run({"talents", "snapshot", "verify"}).exit == 1);
    CHECK(desk.verify().out == expected);
    REQUIRE(std::filesystem::exists(path));
    struct stat status {};
    REQUIRE(::stat(path.c_str(), &status) == 0);
    CHECK((status.st_mode & 0777) == 0600);
    CHECK(desk.verify().out == expected);
    CHECK(desk.run({"talents", "snapshot", "verify"}).exit == 0);
    CHECK(desk.run({"talents", "snapshot", "status"}).out.find("up to list version 1, 20050 rows; 0 rows after it\n") != std::string::npos);

    // What comes later is put over it.
    CHECK(desk.import(row(0, "2019-12-31") + row(103, "2019-12-31")).find("snapshot") == std::string::npos);
    REQUIRE(desk.run({"talents", "revoke", "T206", "--from", "2020-01-01", "--why", "left"}).exit == 0);
    const std::string changed = desk.verify().out;
    CHECK(changed == desk.decisions_from_the_database());
    for (const char* id : {"r0", "r1", "r2"}) CHECK(changed.find(std::string(id) + ",no,TALENT_NOT_VALID_ON_DATE") != std::string::npos);
    CHECK(desk.run({"talents", "snapshot", "status"}).out.find("up to list version 1, 20050 rows; 3 rows after it\n") != std::string::npos);
    CHECK(desk.run({"talents", "snapshot", "verify"}).exit == 0);

    // Too much of it, and the snapshot is made anew.
    std::string many;
    for (int i = 1000; i < 2100; ++i) many += row(i, "2021-12-31");
    CHECK(desk.import(many).find("the next verification of a file first makes the snapshot of the registry anew") != std::string::npos);
    CHECK(desk.run({"talents", "snapshot", "status"}).out.find("made anew at the next verification") != std::string::npos);
    CHECK(desk.verify().out == desk.decisions_from_the_database());
    CHECK(desk.run({"talents", "snapshot", "status"}).out.find("; 0 rows after it\n") != std::string::npos);

    // Or by the import itself, if that is asked.
    for (int i = 3000; i < 4200; ++i) many += row(i, "2021-11-30");
    CHECK(desk.import(many, {"--snapshot"}).find("was made anew") != std::string::npos);
    CHECK(desk.run({"talents", "snapshot", "status"}).out.find("; 0 rows after it\n") != std::string::npos);
    CHECK(desk.verify().out == desk.decisions_from_the_database());

    const std::string bytes = read_file(path);
    for (int i = 0; i < talents; i += 1000) CHECK(bytes.find(identity_number(i)) == std::string::npos);
    CHECK(bytes.find("T206") == std::string::npos);
  }
}

TEST_CASE("a damaged or foreign snapshot is made anew or named, and never decides anything") {
  const Desk desk("sqlite://talent-loan.db");
  const std::string path = desk.folder() / "talent-loan.db.registry";
  const std::string expected = desk.verify().out;
  const std::string good = read_file(path);
  for (const std::string& bytes : {std::string(), std::string("garbage"), good.substr(0, good.size() / 2), good + "x"}) {
    desk.folder().write("talent-loan.db.registry", bytes);
    const Ran ran = desk.verify();
    CHECK(ran.out == expected);
    CHECK(ran.err.find("is not used and made anew") != std::string::npos);
    CHECK(desk.verify().err.find("made anew") == std::string::npos);
  }
  std::string damaged = good;
  for (std::size_t i = 8192; i < damaged.size(); i += 1024) damaged[i] = static_cast<char>(damaged[i] ^ 1);
  desk.folder().write("talent-loan.db.registry", damaged);
  const Ran ran = desk.run({"talents", "verify", "--requests", "requests.csv", "--decisions", "decisions.csv", "--scheme", "zibo-talent-loan"});
  CHECK(ran.exit == 1);
  CHECK(ran.err.find("was changed or cannot be read") != std::string::npos);
  CHECK_FALSE(std::filesystem::exists(desk.folder() / "decisions.csv"));
  CHECK(desk.run({"talents", "snapshot", "build"}).exit == 0);
  CHECK(desk.verify().out == expected);

  const Ran elsewhere = desk.verify({"TALENT_LOAN_REGISTRY=/nowhere/at/all/registry"});
  CHECK(elsewhere.out == expected);
  CHECK(elsewhere.err.find("was not kept") != std::string::npos);
}

TEST_CASE("making the snapshot may be killed at any moment and done by several processes at once") {
  const Desk desk("sqlite://talent-loan.db");
  const std::string expected = desk.decisions_from_the_database();
  for (int round = 0; round < 15; ++round) {
    desk.run({"talents", "snapshot", "build"}, {}, std::chrono::milliseconds(5 + 12 * round));
    CHECK(desk.verify().out == expected);
  }
  std::vector<std::thread> builders;
  std::vector<int> exits(4, -1);
  for (std::size_t i = 0; i < exits.size(); ++i) builders.emplace_back([&, i] { exits[i] = i % 2 == 0 ? desk.run({"talents", "snapshot", "build"}).exit : desk.verify().exit; });
  for (std::thread& builder : builders) builder.join();
  CHECK(exits == std::vector<int>{0, 0, 0, 0});
  CHECK(desk.verify().out == expected);
  for (const std::string& name : desk.folder().names()) CHECK(name.find(".registry.new") == std::string::npos);
}

// Several processes of one bureau at the same moment on one database: what they leave is what some order of them,
// one after the other, leaves. For each group of commands every order is run first; then many rounds start all of
// them within a few milliseconds. TALENT_LOAN_ROUNDS sets how many (default 4 on each database).
#include <algorithm>
#include <cstdlib>
#include <map>
#include <random>
#include <thread>

#include "tests/plugins/host/commands/desk_lists.hpp"
#include "tests/support/databases.hpp"

using namespace talent_loan;
using namespace talent_loan::testing;

namespace {

int rounds() {
  const char* wanted = std::getenv("TALENT_LOAN_ROUNDS");
  return wanted == nullptr ? 4 : std::atoi(wanted);
}

using Command = std::vector<std::string>;

struct Group {
  const char* name;
  std::vector<Command> before;   // run first, one after the other
  std::vector<Command> at_once;
};

Command settling(const std::string& batch, const std::string& output) {
  return {"settle", "--batch", batch, "--as-of", "2020-12-31", "--lines", output + "-lines.csv", "--payments", output + "-payments.csv", "--as", "li"};
}
Command approving(const std::string& output) { return {"settle", "approve", "--batch", "b", "--as", "wang", "--payments", output}; }
Command reversing(const std::string& batch, const std::string& reversal) {
  return {"settle", "reverse", "--batch", batch, "--reversal", reversal, "--why", "by mistake", "--as", "wang"};
}
Command depositing(const std::string& reference, const std::string& amount) {
  return {"fund", "deposit", "--fund", "fund", "--amount", amount, "--on", "2020-06-01", "--reference", reference, "--as", "li"};
}
Command recovering(const std::string& file, const std::string& output) { return {"recover", "--recoveries", file, "--returns", output, "--as", "li"}; }
Command importing(const std::string& file) { return {"talents", "import", file, "--as-of", "2020-06-01"}; }

const std::vector<Group>& groups() {
  static const std::vector<Group> all{
      {"the same batch twice and another one", {}, {settling("b", "1"), settling("b", "2"), settling("c", "3")}},
      {"the same recoveries twice and a file that shares some",
       {settling("b", "0"), approving("p.csv")},
       {recovering("r.csv", "1.csv"), recovering("r.csv", "2.csv"), recovering("other.csv", "3.csv")}},
      {"two approvals and a reversal", {settling("b", "0")}, {approving("1.csv"), approving("2.csv"), reversing("b", "b-r")}},
      {"two reversals and a recovery",
       {settling("b", "0"), approving("p.csv")},
       {reversing("b", "b-r"), reversing("b", "b-s"), recovering("r.csv", "1.csv")}},
      {"one deposit twice and once with another amount", {}, {depositing("v2", "10.00"), depositing("v2", "10.00"), depositing("v2", "11.00")}},
      {"a batch, a deposit and the reversal of an earlier batch",
       {settling("b", "0"), approving("p.csv")},
       {settling("c", "1"), depositing("v3", "500.00"), reversing("b", "b-r")}},
      {"a recovery reversed twice while others come in",
       {settling("b", "0"), approving("p.csv"), recovering("r.csv", "0.csv")},
       {{"recover", "reverse", "--recovery", "R1", "--reversal", "R1-x", "--why", "w", "--as", "wang"},
        {"recover", "reverse", "--recovery", "R1", "--reversal", "R1-y", "--why", "w", "--as", "wang"},
        recovering("other.csv", "1.csv")}},
      {"lists imported side by side and a batch", {}, {importing("list.csv"), importing("list.csv"), importing("longer.csv"), settling("b", "1")}},
  };
  return all;
}

// Where groups begin: a copy of the same filled books, on SQLite or on PostgreSQL.
class Beginnings {
 public:
  explicit Beginnings(bool postgresql) : postgresql_(postgresql) {
    if (postgresql_) filled_ = std::make_unique<Desk>("", postgres().fresh_database());
    else filled_ = std::make_unique<Desk>();
    filled_->fill(8);
    if (!postgresql_) books_ = filled_->books();
  }

  std::unique_ptr<Desk> desk() {
    auto made = postgresql_ ? std::make_unique<Desk>("", copied()) : std::make_unique<Desk>(books_);
    made->folder().write("other.csv", "recovery_id,claim_id,received_on,amount,costs\nR1,C1,2021-02-01,1234.56,7.89\nS1,C1,2021-03-01,10.00,0.00\nR2,C2,2021-02-01,9.00,0.00\n");
    put_lists_on(*made);
    return made;
  }

 private:
  std::string copied() {
    static int copies = 0;
    const std::string name = fmt::format("copy_{}", ++copies), url = filled_->url();
    const std::size_t begin = url.find("@/") + 2;
    const Ran made = run_command("createdb", {"-h", postgres().socket_folder(), "-U", "postgres", "-T", url.substr(begin, url.find('?') - begin), name});
    if (made.exit != 0) throw std::runtime_error(made.err);
    return "postgresql://postgres@/" + name + "?host=" + postgres().socket_folder();
  }

  bool postgresql_;
  std::unique_ptr<Desk> filled_;
  std::string books_{};
};

// All that one order may leave: the books, the lists, the exit of each command and its files.
std::string left_by(const Desk& desk, const std::vector<Ran>& runs) {
  std::string all = desk.told() + lists_told(desk);
  for (const Ran& ran : runs) all += fmt::format("exit {} signal {}\n", ran.exit, ran.signal);
  for (const std::string& name : desk.folder().names()) {
    if (name.ends_with(".csv")) all += name + ":\n" + read_file(desk.folder() / name);
  }
  return all;
}

std::vector<std::string> every_order(Beginnings& beginnings, const Group& group) {
  std::vector<std::string> outcomes;
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < group.at_once.size(); ++i) order.push_back(i);
  do {
    const auto desk = beginnings.desk();
    for (const Command& command : group.before) REQUIRE(desk->run(command).exit == 0);
    std::vector<Ran> runs(group.at_once.size());
    for (const std::size_t i : order) runs[i] = desk->run(group.at_once[i]);
    outcomes.push_back(left_by(*desk, runs));
  } while (std::next_permutation(order.begin(), order.end()));
  return outcomes;
}

void check_group(Beginnings& beginnings, const Group& group, std::mt19937& random) {
  const std::vector<std::string> outcomes = every_order(beginnings, group);
  for (int round = 0; round < rounds(); ++round) {
    const auto desk = beginnings.desk();
    for (const Command& command : group.before) REQUIRE(desk->run(command).exit == 0);
    std::vector<Ran> runs(group.at_once.size());
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < runs.size(); ++i) {
      const std::chrono::microseconds later(random() % 12'000);
      threads.emplace_back([&, i, later] {
        std::this_thread::sleep_for(later);
        runs[i] = desk->run(group.at_once[i]);
      });
    }
    for (std::thread& thread : threads) thread.join();
    const std::string left = left_by(*desk, runs);
    std::string said;
    for (const Ran& ran : runs) said += ran.err;
    INFO(group.name << ", round " << round << "\n" << said << "\nleft:\n" << left << "\none order leaves:\n" << outcomes.front());
    REQUIRE(std::find(outcomes.begin(), outcomes.end(), left) != outcomes.end());
    // Whoever came too late is told why in words, never by the database.
    CHECK(said.find("constraint") == std::string::npos);
    CHECK(said.find("deadlock") == std::string::npos);
    CHECK(said.find("locked") == std::string::npos);
  }
}

void check_all(bool postgresql) {
  std::mt19937 random(std::random_device{}());
  Beginnings beginnings(postgresql);
  for (const Group& group : groups()) check_group(beginnings, group, random);
}

}  // namespace

TEST_CASE("processes at work at once on one PostgreSQL end as if in some order", "[postgresql]") { check_all(true); }

TEST_CASE("processes at work at once on one SQLite file end as if in some order", "[sqlite]") { check_all(false); }

TEST_CASE("a command whose turn does not come says so, changes nothing, and works when it is run again", "[sqlite]") {
  for (const bool postgresql : {false, true}) {
    Beginnings beginnings(postgresql);
    const auto desk = beginnings.desk();
    RunOptions options = desk->options();
    options.environment = {"TALENT_LOAN_TURN_SECONDS=1"};
    const std::vector<std::string> arguments = desk->with_place(depositing("v2", "10.00"));
    {
      Database other = Database::open(desk->url());
      Transaction working = other.write();
      const Ran late = run_program(arguments, options);
      INFO(late.err);
      CHECK(late.exit == 1);
      CHECK(late.err.find("another program is writing to database") != std::string::npos);
      CHECK(late.err.find("waited 1 seconds for a turn, nothing was changed; run the same command again") != std::string::npos);
    }
    CHECK(run_program(arguments, options).exit == 0);
    options.environment = {"TALENT_LOAN_TURN_SECONDS=soon"};
    CHECK(run_program(arguments, options).err.find("allowed are whole seconds") != std::string::npos);
  }
}

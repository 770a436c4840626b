// kill -9 of the real program while it works on PostgreSQL: just before it sends something to the server, just after the
// server has it (a commit is then made for a program that no longer lives), and at any other time. The same command again
// leaves what one that was never disturbed leaves. TALENT_LOAN_KILLS sets how many of each command (default 9).
#include <sys/syscall.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <random>

#include "tests/plugins/host/commands/desk_lists.hpp"
#include "tests/support/databases.hpp"

using namespace talent_loan;
using namespace talent_loan::testing;

namespace {

std::size_t kills() {
  const char* wanted = std::getenv("TALENT_LOAN_KILLS");
  return wanted == nullptr ? 9 : static_cast<std::size_t>(std::max(1, std::atoi(wanted)));
}

// One database whose books are kept under names and can be gone back to: much quicker than a copy of it each time.
class KeptBooks {
 public:
  KeptBooks() : url_(postgres().fresh_database()) { Desk("", url_).fill(); }

  std::unique_ptr<Desk> desk() const {
    auto desk = std::make_unique<Desk>("", url_);
    put_lists_on(*desk);
    return desk;
  }

  void keep(const std::string& name) {
    change([&](Transaction& transaction, const std::vector<std::string>& tables) {
      transaction.execute("CREATE SCHEMA " + name);
      for (const std::string& table : tables) transaction.execute(fmt::format("CREATE TABLE {0}.{1} AS TABLE public.{1}", name, table));
    });
  }
  // Waits for its turn, so that nobody who died is still at work.
  void go_back_to(const std::string& name) {
    change([&](Transaction& transaction, const std::vector<std::string>& tables) {
      transaction.execute("SET LOCAL session_replication_role = replica");  // in whatever order of foreign keys
      for (const std::string& table : tables) {
        transaction.execute("DELETE FROM public." + table);  // quicker than TRUNCATE, which makes new files for so few rows
        transaction.execute(fmt::format("INSERT INTO public.{1} SELECT * FROM {0}.{1}", name, table));
      }
    });
  }

 private:
  void change(const std::function<void(Transaction&, const std::vector<std::string>&)>& work) {
    Database database = Database::open(url_);
    Transaction transaction = database.write();
    std::vector<std::string> tables;
    transaction.each("SELECT CAST(tablename AS TEXT) FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename", {}, [&](const Row& row) { tables.push_back(row.text(0)); });
    work(transaction, tables);
    transaction.commit();
  }

  std::string url_;
};

// One way to die.
struct Death {
  int send = 0;        // at the n-th thing sent to the server: before it, or once the server has it
  bool sent = false;
  int after_ms = 0;    // above 0: by the clock instead

  std::string told() const { return after_ms > 0 ? fmt::format("killed after {} ms", after_ms) : fmt::format("killed {} send {}", sent ? "after" : "before", send); }
};

// A run that nothing disturbs: how often it sends, which of that commits, how long it takes.
struct Course {
  int sends = 0;
  int commit = 0;
  int takes_ms = 0;
};

Course run_undisturbed(const Desk& desk, const std::vector<std::string>& arguments) {
  Course course;
  const auto began = std::chrono::steady_clock::now();
  const Traced traced = trace_program(desk.with_place(arguments), desk.options(), [&](const Moment& moment) {
    if (moment.call == SYS_sendto) ++course.sends;
    // What only reads is rolled back.
    if (moment.sent.find("COMMIT") != std::string::npos) course.commit = course.sends;
    return false;
  });
  course.takes_ms = 1 + static_cast<int>(std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - began).count());
  INFO(traced.err);
  REQUIRE(traced.exit == 0);
  REQUIRE(course.commit > 10);
  return course;
}

void die(const Desk& desk, const std::vector<std::string>& arguments, const Death& death) {
  if (death.after_ms > 0) {
    RunOptions options = desk.options();
    options.kill_after = std::chrono::milliseconds(death.after_ms);
    run_program(desk.with_place(arguments), options);
    return;
  }
  int sends = 0;
  const auto before = [&](const Moment& moment) {
    sends += moment.call == SYS_sendto ? 1 : 0;
    return !death.sent && moment.call == SYS_sendto && sends == death.send;
  };
  const auto after = [&](const Moment& moment) { return death.sent && moment.call == SYS_sendto && sends == death.send; };
  REQUIRE(trace_program(desk.with_place(arguments), desk.options(), before, after).killed);
}

// Around the commit first; then at any send, and at any time.
std::vector<Death> deaths(const Course& course, std::mt19937& random) {
  std::vector<Death> all{{.send = course.commit}, {.send = course.commit, .sent = true}, {.send = course.commit - 1, .sent = true}, {.send = course.sends, .sent = true}};
  const auto any = [&](int most) { return 1 + static_cast<int>(random() % static_cast<unsigned>(most)); };
  while (all.size() < kills()) {
    if (all.size() % 3 != 0) all.push_back({.send = any(course.sends), .sent = random() % 2 == 0});
    else all.push_back({.after_ms = any(course.takes_ms)});
  }
  all.resize(kills());
  return all;
}

std::string kept(const Desk& desk) { return desk.told() + lists_told(desk); }

// What people then see; audit verify must find nothing.
std::string seen(const Desk& desk) {
  std::string all;
  for (const std::vector<std::string>& command : {std::vector<std::string>{"ledger", "journal", "--format", "csv"}, {"report", "claims"}}) {
    const Ran ran = desk.run(command);
    INFO(ran.err);
    REQUIRE(ran.exit == 0);
    all += ran.out;
  }
  const Ran verified = desk.run({"audit", "verify"});
  INFO(verified.out << verified.err);
  REQUIRE(verified.exit == 0);
  return all;
}

void require_files_of(const DeskCommand& command, const Desk& desk, const Desk& undisturbed, bool all) {
  for (const std::string& file : command.files) {
    if (all || std::filesystem::exists(desk.folder() / file)) REQUIRE(read_file(desk.folder() / file) == read_file(undisturbed.folder() / file));
  }
}

// Kills the command over and over, from the books kept under that name; leaves those that it makes of them.
void kill_on_postgresql(KeptBooks& books, const std::string& from, const DeskCommand& command) {
  books.go_back_to(from);
  const auto undisturbed = books.desk();
  const std::string before = kept(*undisturbed);
  const Course course = run_undisturbed(*undisturbed, command.arguments);
  const std::string after = kept(*undisturbed), told = seen(*undisturbed);
  const unsigned seed = std::random_device{}();
  std::mt19937 random(seed);
  for (const Death& death : deaths(course, random)) {
    books.go_back_to(from);
    const auto desk = books.desk();
    INFO(command.arguments[0] << " " << command.arguments[1] << ", send " << course.commit << " of " << course.sends << " commits, seed " << seed << ", " << death.told());
    die(*desk, command.arguments, death);
    require_files_of(command, *desk, *undisturbed, false);
    // Otherwise the server may still be at the commit that it was sent: the command meets it there.
    const bool decided = death.after_ms == 0 && !(death.send == course.commit && death.sent);
    const bool too_early = death.send <= course.commit;
    if (decided) REQUIRE(kept(*desk) == (too_early ? before : after));
    const Ran again = desk->run(command.arguments);
    INFO(again.err);
    REQUIRE(again.exit == 0);
    require_files_of(command, *desk, *undisturbed, true);
    REQUIRE(kept(*desk) == after);
    REQUIRE(seen(*desk) == told);
  }
}

}  // namespace

TEST_CASE("prepare, approve, recover, import and reversals survive kill -9 while they talk to PostgreSQL", "[postgresql]") {
  KeptBooks books;
  books.keep("filled");
  kill_on_postgresql(books, "filled", {{"talents", "import", "longer.csv", "--as-of", "2020-06-01", "--rejects", "refused.csv"}, {"refused.csv"}});
  kill_on_postgresql(books, "filled", desk_commands()[0]);
  books.keep("prepared");
  kill_on_postgresql(books, "prepared", desk_commands()[1]);
  books.keep("booked");
  kill_on_postgresql(books, "booked", {{"settle", "reverse", "--batch", "b", "--reversal", "b-r", "--why", "by mistake", "--as", "wang"}, {}});
  kill_on_postgresql(books, "booked", desk_commands()[2]);
  books.keep("recovered");
  kill_on_postgresql(books, "recovered", desk_commands()[3]);
}

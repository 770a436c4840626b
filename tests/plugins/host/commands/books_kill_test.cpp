// kill -9 of the real program at every moment at which it changes something: before each write, sync, rename and
// removal in turn. Nothing half, nothing lost, nothing twice; every file whole or absent; the same command again
// gives the same bytes as one that was never disturbed. TALENT_LOAN_KILLS sets how many of each (default 200).
#include <cstdlib>

#include <catch2/catch.hpp>

#include "tests/plugins/host/commands/desk.hpp"

using namespace talent_loan;
using namespace talent_loan::testing;

namespace {

int kills() {
  const char* wanted = std::getenv("TALENT_LOAN_KILLS");
  return wanted == nullptr ? 200 : std::atoi(wanted);
}

// Kills the command at each of its moments in turn, from books as they were before it; gives the books after it.
std::string kill_everywhere(const std::string& before, const DeskCommand& command) {
  const Desk undisturbed(before);
  REQUIRE(undisturbed.run(command.arguments).exit == 0);
  const std::string told = undisturbed.told();
  const int moments = Desk(before).run_killed_at(command.arguments, 0).moments;
  INFO(command.arguments[0] << " " << command.arguments[1] << ", " << moments << " moments");
  REQUIRE(moments > 10);
  for (int round = 0; round < kills(); ++round) {
    const Desk desk(before);
    const int moment = 1 + round % moments;
    const Traced traced = desk.run_killed_at(command.arguments, moment);
    INFO("killed before moment " << moment);
    REQUIRE(traced.killed);
    for (const std::string& file : command.files) {
      if (std::filesystem::exists(desk.folder() / file)) REQUIRE(read_file(desk.folder() / file) == read_file(undisturbed.folder() / file));
    }
    REQUIRE(desk.run(command.arguments).exit == 0);
    for (const std::string& file : command.files) REQUIRE(read_file(desk.folder() / file) == read_file(undisturbed.folder() / file));
    REQUIRE(desk.told() == told);
  }
  return undisturbed.books();
}

// Books after the first `commands` of the desk.
std::string books_after(std::size_t commands) {
  Desk desk;
  desk.fill();
  for (std::size_t i = 0; i < commands; ++i) REQUIRE(desk.run(desk_commands()[i].arguments).exit == 0);
  return desk.books();
}

}  // namespace

TEST_CASE("settle and approve survive kill -9 at every moment", "[settle]") {
  std::string books = books_after(0);
  for (std::size_t i = 0; i < 2; ++i) books = kill_everywhere(books, desk_commands()[i]);
}

TEST_CASE("settle reverse survives kill -9 at every moment", "[settle]") {
  kill_everywhere(books_after(2), {{"settle", "reverse", "--batch", "b", "--reversal", "b-r", "--why", "by mistake", "--as", "wang"}, {}});
}

TEST_CASE("recover and its reversal survive kill -9 at every moment", "[recover]") {
  std::string books = books_after(2);
  for (std::size_t i = 2; i < 4; ++i) books = kill_everywhere(books, desk_commands()[i]);
}

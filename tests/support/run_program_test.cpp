#include "tests/support/run_program.hpp"

#include <signal.h>

#include <filesystem>
#include <fstream>

#include <catch2/catch.hpp>

using namespace talent_loan::testing;

TEST_CASE("a program's output, errors and exit code are kept apart") {
  const Ran ran = run_command("sh", {"-c", "cat; echo oops >&2; exit 3"}, {.input = "in\n"});
  CHECK(ran.exit == 3);
  CHECK(ran.signal == 0);
  CHECK(ran.out == "in\n");
  CHECK(ran.err == "oops\n");
}

TEST_CASE("large inputs and outputs do not block each other") {
  const std::string large(3'000'000, 'x');
  CHECK(run_command("cat", {}, {.input = large}).out == large);
}

TEST_CASE("input can be fed piece by piece, and a child that stops reading ends it") {
  int pieces = 0;
  const auto feed = [&](std::string& piece) { return piece.append(1 << 16, 'y'), ++pieces < 100'000; };
  CHECK(run_command("head", {"-c", "10"}, {.feed = feed}).out == "yyyyyyyyyy");
  CHECK(pieces < 100'000);
}

TEST_CASE("a program that does not end is killed") {
  const Ran ran = run_command("sleep", {"60"}, {.kill_after = std::chrono::milliseconds(50)});
  CHECK(ran.exit == -1);
  CHECK(ran.signal == SIGKILL);
}

TEST_CASE("leaves a file in the working directory", "[.stray]") { std::ofstream("stray.txt") << "left behind"; }

TEST_CASE("a test that leaves a file in the working directory fails its program, which names both") {
  const Ran ran = run_command(std::filesystem::read_symlink("/proc/self/exe").string(), {"[.stray]"});
  CHECK(ran.exit == 1);
  CHECK_THAT(ran.err, Catch::Contains("\"leaves a file in the working directory\" left \"stray.txt\""));
}

TEST_CASE("environment and folder are the child's") {
  const TemporaryFolder folder;
  folder.write("a/b.txt", "text");
  const Ran ran = run_command("sh", {"-c", "echo $WORD; ls"}, {.directory = folder.path(), .environment = {"WORD=hello"}});
  CHECK(ran.out == "hello\na\n");
  CHECK(folder.names() == std::vector<std::string>{"a", "a/b.txt"});
  CHECK(read_file(folder / "a/b.txt") == "text");
}

TEST_CASE("the program itself answers --version and refuses what it does not know") {
  CHECK(run_program({"--version"}).exit == 0);
  CHECK(run_program({"no-such-command"}).exit == 2);
}

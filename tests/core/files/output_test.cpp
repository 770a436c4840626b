#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <filesystem>
#include <functional>

#include <catch2/catch.hpp>

#include "core/files/files.hpp"
#include "tests/support/run_program.hpp"

using namespace talent_loan;
using testing::read_file;
using testing::TemporaryFolder;

namespace {

std::string row_of(std::string_view cell) {
  std::string out;
  RowText(out).text(cell).plain("1").end();
  return out;
}

pid_t in_a_child(const std::function<bool()>& work) {
  const pid_t child = ::fork();
  if (child != 0) return child;
  bool done = false;
  try {
    done = work();
  } catch (const Failure&) {
  }
  ::_exit(done ? 0 : 1);
}

bool ended_well(pid_t child) {
  int status = 0;
  return child > 0 && ::waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

// In a process whose kernel answers as a file system does that knows no files without a name.
bool succeeds_where_every_file_has_a_name(const std::function<bool()>& work) {
  return ended_well(in_a_child([&] {
    constexpr std::uint32_t without_name = O_TMPFILE & ~O_DIRECTORY;
    sock_filter program[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_openat, 0, 3),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, args[2])),
        BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, without_name, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EOPNOTSUPP),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    const sock_fprog filter{std::size(program), program};
    const bool set = ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) == 0;
    return set && ::open("/tmp", O_TMPFILE | O_WRONLY, 0600) < 0 && errno == EOPNOTSUPP && work();
  }));
}

}  // namespace

TEST_CASE("an output file appears when it is committed, whole, and else not at all") {
  const TemporaryFolder folder;
  {
    OutputFile file(folder / "out.csv");
    file.write("half");
    CHECK_FALSE(std::filesystem::exists(folder / "out.csv"));
  }
  CHECK(folder.names().empty());
  {
    OutputFile file(folder / "out.csv");
    file.write("first ");
    file.write(std::string(3 << 20, 'x'));
    file.write(" last");
    file.commit();
  }
  CHECK(folder.names() == std::vector<std::string>{"out.csv"});
  CHECK(read_file(folder / "out.csv") == "first " + std::string(3 << 20, 'x') + " last");
}

TEST_CASE("an older output stays until the new one is whole") {
  const TemporaryFolder folder;
  folder.write("out.csv", "old");
  {
    OutputFile file(folder / "out.csv");
    file.write("new");
  }
  CHECK(read_file(folder / "out.csv") == "old");
}

TEST_CASE("an output has no name before it is whole, and is nobody's to read whom the umask shuts out") {
  const TemporaryFolder folder;
  folder.write("old.csv", "old");
  const mode_t before = ::umask(0077);
  {
    OutputFile fresh(folder / "fresh.csv");
    OutputFile replacing(folder / "old.csv");
    for (OutputFile* file : {&fresh, &replacing}) {
      file->write(std::string(3 << 20, 'x'));
      file->prepare();
    }
    CHECK(folder.names() == std::vector<std::string>{"old.csv"});
    commit_all({&fresh, &replacing});
  }
  ::umask(before);
  CHECK(folder.names() == std::vector<std::string>{"fresh.csv", "old.csv"});
  for (const std::string& name : folder.names()) {
    CHECK(std::filesystem::file_size(folder / name) == std::size_t{3} << 20);
    CHECK((std::filesystem::status(folder / name).permissions() & std::filesystem::perms::mask) ==
          (std::filesystem::perms::owner_read | std::filesystem::perms::owner_write));
  }
}

TEST_CASE("what a killed process left beside its output goes with the next one, in whichever way files can be made there") {
  const bool without_a_name = GENERATE(true, false);
  const TemporaryFolder folder;
  folder.write("out.csv", "old");
  folder.write(".out.csv.new", "left");
  const auto write_it = [&] {
    OutputFile file(folder / "out.csv");
    file.write("new");
    file.commit();
    return true;
  };
  CHECK((without_a_name ? write_it() : succeeds_where_every_file_has_a_name(write_it)));
  CHECK(read_file(folder / "out.csv") == "new");
  if (without_a_name) CHECK(folder.names() == std::vector<std::string>{"out.csv"});
}

TEST_CASE("two processes that replace one output again and again leave one whole output") {
  const TemporaryFolder folder;
  folder.write("out.csv", "old");
  const auto write_often = [&](char letter) {
    for (int i = 0; i < 500; ++i) {
      OutputFile file(folder / "out.csv", Keeping::renewable);
      file.write(std::string(10'000, letter));
      file.commit();
    }
    return true;
  };
  const pid_t other = in_a_child([&] { return write_often('b'); });
  CHECK(write_often('a'));
  CHECK(ended_well(other));
  CHECK(folder.names() == std::vector<std::string>{"out.csv"});
  const std::string whole = read_file(folder / "out.csv");
  CHECK((whole == std::string(10'000, 'a') || whole == std::string(10'000, 'b')));
}

TEST_CASE("of several outputs none appears where one cannot be written") {
  const TemporaryFolder folder;
  OutputFile good(folder / "good.csv");
  OutputFile full("/dev/full");
  good.write("text");
  full.write("text");
  CHECK_THROWS_AS(commit_all({&good, &full}), Failure);
  CHECK_FALSE(std::filesystem::exists(folder / "good.csv"));
}

TEST_CASE("a folder, a missing folder and a file under a file are no outputs") {
  const TemporaryFolder folder;
  folder.write("file", "");
  for (const std::string& path : {folder.path().string(), folder / "missing/out.csv", folder / "file/out.csv"}) {
    INFO(path);
    CHECK_THROWS_AS(OutputFile(path), Failure);
  }
}

TEST_CASE("a pipe that was written to is closed: its reader sees the end, and no descriptor is kept") {
  const TemporaryFolder folder;
  REQUIRE(::mkfifo((folder / "pipe").c_str(), 0600) == 0);
  const int reader = ::open((folder / "pipe").c_str(), O_RDONLY | O_NONBLOCK);
  REQUIRE(reader >= 0);
  const auto descriptors = [] { return std::distance(std::filesystem::directory_iterator("/proc/self/fd"), std::filesystem::directory_iterator()); };
  const auto before = descriptors();
  for (int i = 0; i < 3; ++i) {
    OutputFile file(folder / "pipe");
    file.write("a\n");
    if (i > 0) file.commit();
  }
  CHECK(descriptors() == before);
  char bytes[8];
  CHECK(::read(reader, bytes, sizeof bytes) == 4);
  CHECK(::read(reader, bytes, sizeof bytes) == 0);  // the end; EAGAIN where a writer is left
  ::close(reader);
}

TEST_CASE("cells are quoted where RFC 4180 needs it, and never run as formulas") {
  CHECK(row_of("plain") == "plain,1\n");
  CHECK(row_of("") == ",1\n");
  CHECK(row_of("a,b") == "\"a,b\",1\n");
  CHECK(row_of("say \"hi\"") == "\"say \"\"hi\"\"\",1\n");
  CHECK(row_of("two\nlines") == "\"two\nlines\",1\n");
  CHECK(row_of("a\rb") == "\"a\rb\",1\n");
  CHECK(row_of("=1+1") == "'=1+1,1\n");
  CHECK(row_of("+1") == "'+1,1\n");
  CHECK(row_of("-1") == "'-1,1\n");
  CHECK(row_of("@x") == "'@x,1\n");
  CHECK(row_of("\tx") == "'\tx,1\n");
  CHECK(row_of("\rx") == "\"'\rx\",1\n");
  CHECK(row_of("=a,b") == "\"'=a,b\",1\n");
}

TEST_CASE("rejects carry line, key, code and a sentence in the language asked for") {
  const TemporaryFolder folder;
  RejectsFile rejects(folder / "rejects.csv", Language::english);
  rejects.add(7, "C1", word(RowCode::bad_date), {"坏", "bad, very"});
  rejects.add(0, "=C2", word(RowCode::duplicate_key), {"坏", "bad"});
  commit_all({rejects.output()});
  CHECK(rejects.count() == 2);
  CHECK(read_file(folder / "rejects.csv") == "line,key,code,message\n7,C1,BAD_DATE,\"bad, very\"\n,'=C2,DUPLICATE_KEY,bad\n");
}

TEST_CASE("the words of the row codes, in the order of the contract") {
  const std::vector<std::string> words{"MALFORMED_ROW",  "MISSING_VALUE", "BAD_DATE",           "BAD_AMOUNT",
                                       "BAD_IDENTIFIER", "BAD_VALUE",     "DUPLICATE_KEY",      "DATES_OUT_OF_ORDER",
                                       "RECOVERED_OVER_OUTSTANDING", "NO_POLICY_IN_FORCE"};
  for (std::size_t i = 0; i < words.size(); ++i) CHECK(word(static_cast<RowCode>(i + 1)) == words[i]);
}

TEST_CASE("one file under two names is noticed") {
  const TemporaryFolder folder;
  const std::string input = folder.write("in.csv", "x");
  std::filesystem::create_hard_link(input, folder / "link.csv");
  std::filesystem::create_symlink(input, folder / "symlink.csv");
  const auto twice = [&](std::vector<std::string> outputs) { return file_named_twice({input, "-"}, outputs).has_value(); };
  CHECK_FALSE(twice({folder / "a.csv", folder / "b.csv", "-"}));
  CHECK_FALSE(twice({"/dev/null", "/dev/null"}));
  CHECK(twice({folder / "a.csv", folder / "./a.csv"}));
  CHECK(twice({"-", "-"}));
  CHECK(twice({input}));
  CHECK(twice({folder / "link.csv"}));
  CHECK(twice({folder / "symlink.csv"}));
}

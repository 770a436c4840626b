#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

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

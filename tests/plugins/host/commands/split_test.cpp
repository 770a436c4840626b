// `talent-loan split` as its users run it: good files, bad files, full disks, and the power of kill -9.
#include <signal.h>
#include <sys/mount.h>
#include <unistd.h>

#include <filesystem>
#include <random>

#include <catch2/catch.hpp>

#include "tests/support/run_program.hpp"

using namespace talent_loan::testing;
namespace fs = std::filesystem;

namespace {

const std::string policies = TALENT_LOAN_SOURCE_DIR "/config/policies";
const std::string header = "claim_id,bank_id,loan_id,borrower_id,disbursed_on,defaulted_on,outstanding_principal,recovered_principal\n";

std::string claim(std::size_t number) {
  return "C" + std::to_string(number) + ",icbc,L1,B1,2020-06-01,2020-11-01,1000000.00,0.00\n";
}

std::string claims(std::size_t rows) {
  std::string out = header;
  for (std::size_t i = 0; i < rows; ++i) out += claim(i);
  return out;
}

// A run in a folder of its own; the outputs are lines.csv, rejects.csv and totals.csv in `outputs`.
struct Case {
  TemporaryFolder folder{};
  std::string outputs = folder / "out";
  Case() { fs::create_directories(outputs); }

  std::vector<std::string> arguments(const std::string& claims_path) const {
    return {"split", "--policy", policies, "--scheme", "zibo-talent-loan", "--claims", claims_path, "--lines", outputs + "/lines.csv",
            "--rejects", outputs + "/rejects.csv", "--totals", outputs + "/totals.csv"};
  }
  Ran run(const std::string& claims_path, std::vector<std::string> more = {}, const RunOptions& options = {}) const {
    std::vector<std::string> all = arguments(claims_path);
    all.insert(all.end(), more.begin(), more.end());
    return run_program(all, options);
  }
  Ran run_on(const std::string& bytes, std::vector<std::string> more = {}) const { return run(folder.write("claims.csv", bytes), more); }
  // Nothing appeared, no temporary file either.
  bool left_nothing() const { return fs::is_empty(outputs); }
};

}  // namespace

TEST_CASE("a file of claims becomes lines, rejects and totals, and a summary") {
  const Case test;
  const Ran ran = test.run_on(claims(2) + claim(1));
  CHECK(ran.exit == 0);
  CHECK(ran.out.empty());
  CHECK(ran.err == "3 rows in, 2 accepted, 1 rejected\n");
  CHECK(read_file(test.outputs + "/lines.csv") ==
        "claim_id,bank_id,loan_id,policy_version,principal_loss,city_pays,city_bears,province_pays,province_bears,bank_bears\n"
        "C0,icbc,L1,zibo-2020-56,1000000.00,800000.00,500000.00,0.00,300000.00,200000.00\n"
        "C1,icbc,L1,zibo-2020-56,1000000.00,800000.00,500000.00,0.00,300000.00,200000.00\n");
  CHECK(read_file(test.outputs + "/rejects.csv") ==
        "line,key,code,message\n4,C1,DUPLICATE_KEY,an earlier row with this claim_id was accepted; each may stand once\n");
  CHECK(read_file(test.outputs + "/totals.csv").ends_with("TOTAL,2,2000000.00,1600000.00,1000000.00,0.00,600000.00,400000.00\n"));
}

TEST_CASE("Chinese is the default language of messages") {
  const Case test;
  CHECK(test.run_on(claims(1) + claim(0), {"--lang", "zh"}).err == "读入 2 行，接受 1 行，拒绝 1 行\n");
  CHECK(read_file(test.outputs + "/rejects.csv").find("前面已有一行的 claim_id 与此相同并被接受") != std::string::npos);
}

TEST_CASE("--strict tells rejected rows by the exit code, --quiet says nothing") {
  const Case test;
  CHECK(test.run_on(claims(1), {"--strict"}).exit == 0);
  CHECK(test.run_on(claims(1) + claim(0), {"--strict"}).exit == 3);
  CHECK(fs::exists(test.outputs + "/lines.csv"));
  CHECK(test.run_on(claims(1) + claim(0), {"--quiet"}).err.empty());
}

TEST_CASE("standard input and output take the place of files") {
  const Case test;
  const Ran ran = run_program({"split", "--policy", policies, "--scheme", "zibo-talent-loan", "--claims", "-", "--lines", "-", "--rejects",
                               test.outputs + "/rejects.csv"},
                              {.input = claims(1)});
  CHECK(ran.exit == 0);
  CHECK(ran.out.ends_with("C0,icbc,L1,zibo-2020-56,1000000.00,800000.00,500000.00,0.00,300000.00,200000.00\n"));
  CHECK(ran.err == "1 rows in, 1 accepted, 0 rejected\n");
}

TEST_CASE("the same bytes for any number of threads") {
  const std::string input = claims(20'000) + header + claims(30'000).substr(header.size());
  std::string lines;
  std::string rejects;
  for (const char* threads : {"1", "2", "8"}) {
    const Case test;
    CHECK(test.run_on(input, {"--threads", threads}).exit == 0);
    if (lines.empty()) lines = read_file(test.outputs + "/lines.csv");
    if (rejects.empty()) rejects = read_file(test.outputs + "/rejects.csv");
    CHECK(read_file(test.outputs + "/lines.csv") == lines);
    CHECK(read_file(test.outputs + "/rejects.csv") == rejects);
  }
}

TEST_CASE("wrong usage is refused with exit 2 before anything is touched") {
  const Case test;
  const std::string path = test.folder.write("claims.csv", claims(1));
  CHECK(run_program({"split"}).exit == 2);
  CHECK(test.run(path, {"--threads", "0"}).exit == 2);
  CHECK(test.run(path, {"--encoding", "latin1"}).exit == 2);
  const auto with = [&](const std::string& lines, const std::string& rejects) {
    return run_program({"split", "--policy", policies, "--scheme", "zibo-talent-loan", "--claims", path, "--lines", lines, "--rejects", rejects});
  };
  CHECK(with(path, test.outputs + "/r.csv").exit == 2);
  CHECK(with(test.outputs + "/x.csv", test.outputs + "/x.csv").exit == 2);
  CHECK(with("-", "-").exit == 2);
  CHECK(with(path, test.outputs + "/r.csv").err == path + ": this output is also an input; name a file of its own for each output\n");
  CHECK(read_file(path) == claims(1));
  CHECK(test.left_nothing());
}

TEST_CASE("what cannot be read at all fails with exit 1, a reason, and no output") {
  struct Bad {
    const char* what;
    std::string bytes;
    const char* said;
  };
  const Bad bad[] = {
      {"an empty file", "", "the file is empty"},
      {"a wrong header", "claimid,bank\nC1,icbc\n", "claim_id: this column is missing; is it \"claimid\"?"},
      {"a file that is no text", std::string("\x7F" "ELF\x02\x01\x01\0\0\0\n", 11), ""},
      {"invalid UTF-8", claims(3) + "\xC3\x28,b,l,x,2020-06-01,2020-11-01,1.00,0.00\n", "claims.csv:5: bytes here are not UTF-8"},
      {"GB18030 read as UTF-8", header + "C1,\xB9\xA4\xC9\xCC,l,x,2020-06-01,2020-11-01,1.00,0.00\n", "claims.csv:2: bytes here are not UTF-8"},
  };
  for (const Bad& each : bad) {
    INFO(each.what);
    const Case test;
    const Ran ran = test.run_on(each.bytes);
    CHECK(ran.exit == 1);
    CHECK(ran.err.find(each.said) != std::string::npos);
    CHECK_FALSE(ran.err.empty());
    CHECK(test.left_nothing());
  }
  const Case test;
  CHECK(test.run(test.folder / "missing.csv").exit == 1);
  CHECK(test.run(test.folder / "missing.csv").err.find("missing.csv: cannot read the file (No such file or directory)") != std::string::npos);
  CHECK(test.run(test.folder.path().string()).err.find("Is a directory") != std::string::npos);
  CHECK(test.left_nothing());
}

TEST_CASE("truncated rows, NUL bytes and lines too long cost their row only") {
  const Case test;
  const Ran ran = test.run_on(claims(1) + "C7,icbc,L1\n" + std::string("C8\0,icbc,L1,B1,2020-06-01,2020-11-01,1.00,0.00\n", 48) +
                              std::string(3 << 20, 'x') + "\n" + claim(9) + "C10,icbc,L1,B1,2020-06-01");
  CHECK(ran.err == "6 rows in, 2 accepted, 4 rejected\n");
  const std::string rejects = read_file(test.outputs + "/rejects.csv");
  CHECK(rejects.find("\n3,C7,MALFORMED_ROW,\"the row has 3 cells, the header 8\"\n") != std::string::npos);
  CHECK(rejects.find("\n4,C8,MALFORMED_ROW,the row holds a NUL byte\n") != std::string::npos);
  CHECK(rejects.find("\n5,,MALFORMED_ROW,the row is longer than 1048576 bytes\n") != std::string::npos);
  CHECK(rejects.find("\n7,C10,MALFORMED_ROW,\"the row has 5 cells, the header 8\"\n") != std::string::npos);
}

#if defined(__SANITIZE_ADDRESS__)
constexpr const char* gigabyte = "";  // the sanitizer's own maps take terabytes of addresses: only the answer is checked
#else
constexpr const char* gigabyte = "ulimit -v 1000000; ";  // of address space, program and all
#endif

TEST_CASE("a line of a gigabyte is rejected in flat memory") {
  const Case test;
  std::size_t megabytes = 0;
  const auto feed = [&](std::string& piece) {
    if (megabytes == 0) piece = claims(1);
    if (megabytes < 1024) piece += std::string(1 << 20, 'x');
    if (megabytes == 1024) piece += "\n" + claim(1);
    return megabytes++ <= 1024;
  };
  const std::vector<std::string> arguments = test.arguments("-");
  std::vector<std::string> words{"-c", std::string(gigabyte) + "exec \"$0\" --lang en \"$@\"", TALENT_LOAN_PROGRAM};
  words.insert(words.end(), arguments.begin(), arguments.end());
  const Ran ran = run_command("sh", words, {.feed = feed});
  CHECK(ran.exit == 0);
  CHECK(ran.err == "3 rows in, 2 accepted, 1 rejected\n");
}

TEST_CASE("an output that cannot be written fails with exit 1 and leaves none of the others") {
  const Case test;
  const std::string path = test.folder.write("claims.csv", claims(50'000));
  const auto to = [&](const std::string& lines, const std::string& totals) {
    return run_program({"split", "--policy", policies, "--scheme", "zibo-talent-loan", "--claims", path, "--lines", lines, "--rejects",
                        test.outputs + "/rejects.csv", "--totals", totals});
  };
  for (const Ran& ran : {to("/dev/full", test.outputs + "/totals.csv"), to(test.outputs + "/lines.csv", "/dev/full"),
                         to(test.outputs + "/missing/lines.csv", test.outputs + "/totals.csv"), to(test.outputs, test.outputs + "/totals.csv"),
                         to("/proc/version", test.outputs + "/totals.csv")}) {
    CHECK(ran.exit == 1);
    CHECK(ran.err.find("cannot write") != std::string::npos);
    CHECK(test.left_nothing());
  }
}

TEST_CASE("a disk that fills up and a disk that is read-only leave nothing") {
  const Case test;
  if (::geteuid() != 0 || ::mount("tmpfs", test.outputs.c_str(), "tmpfs", 0, "size=1m") != 0) {
    WARN("no small disk can be mounted here; /dev/full above stands for it");
    return;
  }
  const Ran full = test.run_on(claims(50'000));
  CHECK(full.exit == 1);
  CHECK(full.err.find("No space left on device") != std::string::npos);
  CHECK(test.left_nothing());
  REQUIRE(::mount("tmpfs", test.outputs.c_str(), "tmpfs", MS_REMOUNT | MS_RDONLY, "") == 0);
  const Ran read_only = test.run_on(claims(1));
  CHECK(read_only.exit == 1);
  CHECK(read_only.err.find("Read-only file system") != std::string::npos);
  CHECK(test.left_nothing());
  ::umount(test.outputs.c_str());
}

TEST_CASE("killed at any moment, no output is to be seen but a whole one") {
  const Case test;
  const std::string path = test.folder.write("claims.csv", claims(200'000));
  REQUIRE(test.run(path).exit == 0);
  const std::string lines = read_file(test.outputs + "/lines.csv");
  std::mt19937 random(1);
  int killed = 0;
  for (int i = 0; i < 30; ++i) {
    fs::remove_all(test.outputs);
    fs::create_directories(test.outputs);
    killed += test.run(path, {}, {.kill_after = std::chrono::milliseconds(1 + random() % 200)}).signal == SIGKILL ? 1 : 0;
    if (fs::exists(test.outputs + "/lines.csv")) CHECK(read_file(test.outputs + "/lines.csv") == lines);
    if (fs::exists(test.outputs + "/totals.csv")) CHECK(read_file(test.outputs + "/totals.csv").find("\nTOTAL,200000,") != std::string::npos);
  }
  CHECK(killed > 0);
}

// Sealed files: what is read is what was written, or nothing is.
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <random>
#include <thread>

#include <catch2/catch.hpp>

#include "core/talent/sealed_file.hpp"
#include "tests/support/run_program.hpp"

using namespace talent_loan;
using namespace talent_loan::testing;

namespace {

Vault vault_of(unsigned char byte) {
  MasterKey key;
  key.fill(byte);
  return Vault(key);
}

using Buffer = std::vector<unsigned char>;

Buffer noise(std::size_t bytes, unsigned seed) {
  std::mt19937 random(seed);
  Buffer out(bytes);
  for (unsigned char& byte : out) byte = static_cast<unsigned char>(random());
  return out;
}

void write(const std::string& path, const Vault& vault, const std::string& heading, const std::vector<Buffer>& parts) {
  auto file = ReplacedFile::begin(path, ReplacedFile::Turn::wait);
  write_sealed(*file, vault, heading, {parts.begin(), parts.end()});
  file->commit();
}

// Every part as the file gives it back; throws Failure where it does not.
std::vector<Buffer> read(const std::string& path, const Vault& vault, const std::vector<Buffer>& like) {
  const auto file = SealedFile::open(path, vault);
  const std::vector<std::uint64_t> begins = part_offsets({like.begin(), like.end()});
  std::vector<Buffer> out;
  for (std::size_t i = 0; i < like.size(); ++i) {
    if (begins[i] + like[i].size() > file->size()) throw Failure({"短", "short"}, {});
    file->need(begins[i], like[i].size());
    out.emplace_back(file->data() + begins[i], file->data() + begins[i] + like[i].size());
  }
  return out;
}

const std::vector<Buffer> parts{noise(70'000, 1), {}, noise(1, 2), noise(200'000, 3)};

}  // namespace

TEST_CASE("a sealed file gives back its parts and heading, to the key it was made with") {
  const TemporaryFolder folder;
  const Vault vault = vault_of(7);
  const std::string path = folder / "file";
  for (const auto& some : {parts, std::vector<Buffer>{}, std::vector<Buffer>{{}}, std::vector<Buffer>{noise(65'536, 5), noise(65'536, 6)}}) {
    write(path, vault, "what it is", some);
    CHECK(read(path, vault, some) == some);
    CHECK(SealedFile::open(path, vault)->heading() == "what it is");
    CHECK_THROWS_AS(SealedFile::open(path, vault_of(8)), Failure);
  }
  struct stat status {};
  REQUIRE(::stat(path.c_str(), &status) == 0);
  CHECK((status.st_mode & 0777) == 0600);
  CHECK(folder.names() == std::vector<std::string>{"file"});
}

TEST_CASE("nothing in a sealed file can be read without the key") {
  const TemporaryFolder folder;
  const std::string path = folder / "file";
  const std::string secret = "T-370302199001011234";
  write(path, vault_of(7), secret, {Buffer(secret.begin(), secret.end())});
  CHECK(read_file(path).find("3703021990") == std::string::npos);
  const std::string once = read_file(path);
  write(path, vault_of(7), secret, {Buffer(secret.begin(), secret.end())});
  CHECK(read_file(path) != once);  // a key and nonces of its own for every file
}

TEST_CASE("a sealed file with any byte changed, cut or added gives an error and never other bytes") {
  const TemporaryFolder folder;
  const Vault vault = vault_of(7);
  const std::string path = folder / "file";
  write(path, vault, "what it is", parts);
  const std::string good = read_file(path);
  const auto refused = [&](const std::string& bytes) {
    try {
      return read(folder.write("changed", bytes), vault, parts) == parts ? 0 : -1;
    } catch (const Failure&) {
      return 1;
    }
  };
  REQUIRE(refused(good) == 0);
  // Every byte of the preamble and directory, and places all over the payload. Between them lie bytes that mean nothing.
  const std::size_t directory_end = 64 + 8 + std::string("what it is").size() + 17 * 16;
  std::mt19937 random(20200526);
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < directory_end; ++i) places.push_back(i);
  for (int i = 0; i < 300; ++i) places.push_back(4096 + random() % 270'000);
  for (const std::size_t place : places) {
    std::string changed = good;
    changed[place] = static_cast<char>(changed[place] ^ (1 << random() % 8));
    INFO("byte " << place);
    CHECK(refused(changed) == 1);  // what fills up between parts is sealed with its block
  }
  for (const std::size_t size : {0UL, 1UL, 63UL, 64UL, 100UL, directory_end, 4096UL, 4097UL, good.size() - 1}) CHECK(refused(good.substr(0, size)) == 1);
  CHECK(refused(good + '\0') == 1);
  constexpr std::size_t block = 16 << 10;
  std::string swapped = good;  // the first two blocks
  swapped.replace(4096, block, good, 4096 + block, block).replace(4096 + block, block, good, 4096, block);
  CHECK(refused(swapped) == 1);
}

TEST_CASE("no file at all, garbage and other kinds of files are refused with a word on why") {
  const TemporaryFolder folder;
  const Vault vault = vault_of(7);
  std::mt19937 random(7);
  for (int i = 0; i < 300; ++i) {
    std::string bytes(random() % 400, '\0');
    for (char& byte : bytes) byte = static_cast<char>(random());
    if (i % 2 == 0) bytes.replace(0, std::min<std::size_t>(bytes.size(), 16), std::string("TLSEALED\1\0\0\0\4\3\2\1", 16).substr(0, std::min<std::size_t>(bytes.size(), 16)));
    CHECK_THROWS_AS(SealedFile::open(folder.write("garbage", bytes), vault), Failure);
  }
  CHECK_THROWS_AS(SealedFile::open(folder / "nowhere", vault), Failure);
  CHECK_THROWS_AS(SealedFile::open(folder.path().string(), vault), Failure);
  REQUIRE(::mkfifo((folder / "pipe").c_str(), 0600) == 0);
  CHECK_THROWS_AS(SealedFile::open(folder / "pipe", vault), Failure);
}

TEST_CASE("an open sealed file stays what it was, whatever happens to the file") {
  const TemporaryFolder folder;
  const Vault vault = vault_of(7);
  const std::string path = folder / "file";
  write(path, vault, "first", parts);
  const auto file = SealedFile::open(path, vault);
  file->need(0, 100);
  write(path, vault, "second", {noise(10, 9)});
  file->need_all();  // still the first one's blocks: the file was replaced, not changed
  CHECK(std::equal(parts[0].begin(), parts[0].end(), file->data()));

  write(path, vault, "first", parts);
  const auto cut = SealedFile::open(path, vault);
  cut->need(0, 100);
  std::filesystem::resize_file(path, 5000);
  CHECK(std::equal(parts[0].begin(), parts[0].begin() + 100, cut->data()));
  CHECK_THROWS_AS(cut->need_all(), Failure);  // an error, not a signal
}

TEST_CASE("threads read blocks side by side") {
  const TemporaryFolder folder;
  const Vault vault = vault_of(7);
  const std::vector<Buffer> large{noise(3'000'000, 11)};
  write(folder / "file", vault, "", large);
  const auto file = SealedFile::open(folder / "file", vault);
  std::vector<std::thread> readers;
  std::atomic<int> wrong = 0;
  for (unsigned seed = 0; seed < 4; ++seed) {
    readers.emplace_back([&, seed] {
      std::mt19937 random(seed);
      for (int i = 0; i < 3000; ++i) {
        const std::size_t at = random() % (large[0].size() - 100);
        file->need(at, 100);
        if (!std::equal(file->data() + at, file->data() + at + 100, large[0].begin() + static_cast<std::ptrdiff_t>(at))) ++wrong;
      }
    });
  }
  for (std::thread& reader : readers) reader.join();
  CHECK(wrong == 0);
}

TEST_CASE("killed while writing, the file before stays, and the next one can be written") {
  const TemporaryFolder folder;
  const Vault vault = vault_of(7);
  const std::string path = folder / "file";
  const std::vector<Buffer> large{noise(2'000'000, 12)};
  write(path, vault, "", large);
  for (int round = 0; round < 40; ++round) {
    const pid_t child = ::fork();
    if (child == 0) {
      for (;;) write(path, vault, "", large);
    }
    ::usleep(static_cast<useconds_t>(500 * round));
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    CHECK(read(path, vault, large) == large);
  }
  write(path, vault, "after", large);
  CHECK(read(path, vault, large) == large);
  CHECK(folder.names() == std::vector<std::string>{"file"});
}

TEST_CASE("processes write one after the other, and readers between them see whole files") {
  const TemporaryFolder folder;
  const Vault vault = vault_of(7);
  const std::string path = folder / "file";
  const std::vector<Buffer> large{noise(500'000, 13)};
  write(path, vault, "", large);
  std::vector<pid_t> writers;
  for (int i = 0; i < 3; ++i) {
    const pid_t child = ::fork();
    if (child == 0) {
      for (int round = 0; round < 20; ++round) write(path, vault, std::to_string(i), large);
      ::_exit(0);
    }
    writers.push_back(child);
  }
  for (int i = 0; i < 50; ++i) CHECK(read(path, vault, large) == large);
  for (const pid_t writer : writers) {
    int status = 0;
    ::waitpid(writer, &status, 0);
    CHECK(status == 0);
  }
  CHECK(folder.names() == std::vector<std::string>{"file"});
}

TEST_CASE("a process that only wants to keep a cache does not wait for another") {
  const TemporaryFolder folder;
  const std::string path = folder / "file";
  {
    const auto held = ReplacedFile::begin(path, ReplacedFile::Turn::wait);
    CHECK_FALSE(ReplacedFile::begin(path, ReplacedFile::Turn::or_leave));
    CHECK(folder.names() == std::vector<std::string>{"file.new"});
  }
  CHECK(folder.names().empty());
  CHECK(ReplacedFile::begin(path, ReplacedFile::Turn::or_leave));
  CHECK_THROWS_AS(ReplacedFile::begin(folder / "no/such/folder", ReplacedFile::Turn::wait), Failure);
  std::filesystem::create_symlink(folder / "elsewhere", path + ".new");
  CHECK_THROWS_AS(ReplacedFile::begin(path, ReplacedFile::Turn::wait), Failure);  // never through somebody's link
}

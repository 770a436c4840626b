// A disk that is full, or fails between the commit of the books and the appearance of the files.
#include <fstream>
#include <sys/mount.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "tests/plugins/host/commands/desk.hpp"

using namespace talent_loan;
using namespace talent_loan::testing;

namespace fs = std::filesystem;

namespace {

// A disk of a few pages. Only root may mount one; elsewhere /dev/full, which fails the first write, stands for it.
class SmallDisk {
 public:
  SmallDisk(const fs::path& place, const char* size) : place_(place) {
    fs::create_directories(place);
    mounted_ = ::geteuid() == 0 && ::mount("tmpfs", place.c_str(), "tmpfs", 0, size) == 0;
    if (!mounted_) WARN("no small disk can be mounted here; /dev/full stands for it");
  }
  SmallDisk(const SmallDisk&) = delete;
  ~SmallDisk() {
    if (mounted_) ::umount2(place_.c_str(), MNT_DETACH);
  }
  bool mounted() const { return mounted_; }
  void fill() const {
    struct statvfs space {};
    REQUIRE(::statvfs(place_.c_str(), &space) == 0);
    std::ofstream file(place_ / "filler", std::ios::binary);
    file << std::string(space.f_bavail * space.f_bsize, 'x') << std::flush;
    REQUIRE(::statvfs(place_.c_str(), &space) == 0);
    REQUIRE(space.f_bavail == 0);
  }
  void make_room() const { fs::remove(place_ / "filler"); }

 private:
  fs::path place_;
  bool mounted_ = false;
};

std::string audit_entries(const Desk& desk) {
  Database database = Database::open(desk.url());
  return std::to_string(database.read().query_one("SELECT COUNT(*) FROM audit_entries")->integer(0));
}

}  // namespace

TEST_CASE("where the files do not fit on their disk, nothing is booked", "[disk]") {
  Desk desk;
  desk.fill();
  std::string books = desk.books();
  for (const DeskCommand& command : desk_commands()) {
    if (!command.files.empty()) {
      const Desk there(books);
      const SmallDisk disk(there.folder() / "disk", "size=16k");
      if (disk.mounted()) disk.fill();
      std::vector<std::string> arguments = command.arguments;
      for (std::string& argument : arguments) {
        if (argument == command.files.front()) argument = disk.mounted() ? there.folder() / ("disk/" + argument) : "/dev/full";
      }
      const std::string before = audit_entries(there);
      const Ran full = there.run(arguments);
      INFO(command.arguments[0] << " " << command.arguments[1] << ": " << full.err);
      CHECK(full.exit == 1);
      CHECK(full.err.find("No space left on device") != std::string::npos);
      if (disk.mounted()) {
        CHECK(audit_entries(there) == before);
        for (const std::string& file : command.files) CHECK_FALSE(fs::exists(there.folder() / file));
        disk.make_room();
        CHECK(there.run(arguments).exit == 0);
      }
    }
    const Desk next(books);
    REQUIRE(next.run(command.arguments).exit == 0);
    books = next.books();
  }
}

TEST_CASE("a database whose disk is full is left as it was, and goes on when there is room", "[disk]") {
  Desk desk;
  desk.fill();
  const std::string books = desk.books();
  const Desk undisturbed(books);
  REQUIRE(undisturbed.run(desk_commands()[0].arguments).exit == 0);
  const Desk there;
  const SmallDisk disk(there.folder() / "disk", "size=1m");
  if (!disk.mounted()) return;
  const std::string path = there.folder().write("disk/books.db", books);
  disk.fill();
  std::vector<std::string> arguments = desk_commands()[0].arguments;
  arguments.insert(arguments.end(), {"--config", there.folder() / "config", "--db", "sqlite://" + path});
  const Ran full = run_program(arguments, there.options());
  INFO(full.err);
  CHECK(full.exit == 1);
  CHECK(full.err.find("disk") != std::string::npos);
  for (const std::string& file : desk_commands()[0].files) CHECK_FALSE(fs::exists(there.folder() / file));
  disk.make_room();
  CHECK(run_program(arguments, there.options()).exit == 0);
  for (const std::string& file : desk_commands()[0].files) CHECK(read_file(there.folder() / file) == read_file(undisturbed.folder() / file));
}

TEST_CASE("a file that cannot be put in its place after the books were kept is told, and written by the same command", "[disk]") {
  Desk desk;
  desk.fill();
  std::string books = desk.books();
  for (const DeskCommand& command : desk_commands()) {
    const Desk undisturbed(books);
    REQUIRE(undisturbed.run(command.arguments).exit == 0);
    if (!command.files.empty()) {
      const Desk there(books);
      const std::string target = there.folder() / command.files.front();
      // When the first file is about to get its name, a folder stands where it should go.
      const Traced traced = trace_program(there.with_place(command.arguments), there.options(), [&](const Moment& moment) {
        const bool names = moment.call == SYS_linkat || moment.call == SYS_renameat || moment.call == SYS_renameat2
#ifdef SYS_rename
                           || moment.call == SYS_rename
#endif
            ;
        if (names) fs::create_directory(target);
        return false;
      });
      INFO(command.arguments[0] << " " << command.arguments[1] << ": " << traced.err);
      CHECK(traced.exit == 1);
      CHECK(traced.err.find(command.files.front()) != std::string::npos);
      CHECK(traced.err.find("the books are kept and nothing is booked twice: mend the cause and run the same command again") != std::string::npos);
      CHECK(there.told() == undisturbed.told());
      fs::remove(target);
      CHECK(there.run(command.arguments).exit == 0);
      for (const std::string& file : command.files) CHECK(read_file(there.folder() / file) == read_file(undisturbed.folder() / file));
      CHECK(there.told() == undisturbed.told());
    }
    books = undisturbed.books();
  }
}

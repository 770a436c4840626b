#include "tests/simulator/runner.hpp"

#include <filesystem>
#include <stdexcept>

#include <fmt/format.h>

#include "tests/simulator/faulty_disk.hpp"
#include "tests/simulator/year.hpp"

namespace talent_loan::simulator {
namespace {

namespace fs = std::filesystem;

// A folder in memory where there is one: the faulty disk decides what a crash loses, not the real one.
class MemoryFolder {
 public:
  MemoryFolder() {
    const fs::path memory = "/dev/shm";
    std::string pattern = ((fs::is_directory(memory) ? memory : fs::temp_directory_path()) / "talent-loan-years-XXXXXX").string();
    if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder");
    path_ = pattern;
  }
  MemoryFolder(const MemoryFolder&) = delete;
  ~MemoryFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

// Empty databases with the schema: made once and copied.
class Databases {
 public:
  explicit Databases(testing::PostgresServer* server) : server_(server) {
    if (server_ == nullptr) Database::open("sqlite://" + (folder_.path() / "empty.db").string());
  }
  std::string fresh() {
    if (server_ != nullptr) return server_->fresh_database();
    for (const char* suffix : {"", "-wal", "-shm"}) fs::remove(folder_.path() / ("year.db" + std::string(suffix)));
    fs::copy_file(folder_.path() / "empty.db", folder_.path() / "year.db");
    return "sqlite://" + (folder_.path() / "year.db").string();
  }

 private:
  MemoryFolder folder_;
  testing::PostgresServer* server_;
};

std::string replay(const Simulation& simulation, std::uint64_t seed) {
  return fmt::format("simulate --seeds 1 --first-seed {} --steps {} --database {}{} --tell", seed, simulation.steps, simulation.postgresql ? "postgresql" : "sqlite",
                     simulation.server_crashes ? " --server-crashes" : "");
}

}  // namespace

Simulated simulate(const Simulation& simulation, testing::PostgresServer* server) {
  static const bool installed = (FaultyDisk::install(), true);
  if (!installed || ((simulation.postgresql || simulation.server_crashes) && server == nullptr)) throw std::logic_error("PostgreSQL needs a server");
  Databases databases(simulation.postgresql ? server : nullptr);
  Simulated done;
  for (std::int64_t i = 0; i < simulation.seeds; ++i) {
    const std::uint64_t seed = simulation.first_seed + static_cast<std::uint64_t>(i);
    try {
      const auto crash = [server] { server->kill_and_restart(); };
      Year year(databases.fresh(), seed, simulation.server_crashes ? std::function<void()>(crash) : nullptr);
      year.run(simulation.steps, simulation.told);
      done.disturbances += year.disturbances();
      for (const auto& [what, times] : year.met()) done.met[what] += times;
    } catch (const std::exception& error) {
      done.violation = fmt::format("seed {}: {}\nrun it again: {}", seed, error.what(), replay(simulation, seed));
      return done;
    }
    ++done.years;
    if (simulation.progress_every > 0 && done.years % simulation.progress_every == 0) fmt::print("{} years, {} disturbances\n", done.years, done.disturbances);
  }
  return done;
}

}  // namespace talent_loan::simulator

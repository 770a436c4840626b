#include "tests/simulator/faulty_disk.hpp"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <map>
#include <memory>
#include <random>
#include <stdexcept>
#include <vector>

#include <sqlite3.h>

namespace talent_loan::simulator {
namespace {

// What a write or truncation changed and no sync has made durable.
struct Unsynced {
  std::int64_t at = 0;
  std::int64_t length = 0;
  std::string before;            // bytes that were there
  std::int64_t size_before = 0;  // of the file
};

struct Disk {
  sqlite3_vfs* below = nullptr;
  DiskFault fault = DiskFault::none;
  std::int64_t due = 0;
  std::int64_t count = 0;
  bool met = false;
  bool gone = false;  // dead, full or without power until it is repaired
  std::mt19937_64 random;
  std::map<std::string, std::vector<Unsynced>> unsynced;
};
Disk disk;

struct File {
  sqlite3_file base;
  sqlite3_file* below;  // lies behind this struct
  const char* path;     // null: a temporary file of SQLite's own
};

File& of(sqlite3_file* file) { return *reinterpret_cast<File*>(file); }
sqlite3_file* below(sqlite3_file* file) { return of(file).below; }
const sqlite3_io_methods& methods(sqlite3_file* file) { return *below(file)->pMethods; }

std::int64_t size_of(sqlite3_file* file) {
  sqlite3_int64 size = 0;
  methods(file).xFileSize(below(file), &size);
  return size;
}

void remember(sqlite3_file* file, std::int64_t at, std::int64_t length) {
  if (disk.fault != DiskFault::power_cut || of(file).path == nullptr) return;
  Unsynced change{.at = at, .length = length, .before = {}, .size_before = size_of(file)};
  const std::int64_t there = std::clamp<std::int64_t>(change.size_before - at, 0, length);
  change.before.resize(static_cast<std::size_t>(there));
  if (there > 0) methods(file).xRead(below(file), change.before.data(), static_cast<int>(there), at);
  disk.unsynced[of(file).path].push_back(std::move(change));
}

enum class Operation { write, sync, truncate };

// Whether this operation fails, and with what.
int failure(Operation operation) {
  const bool writes = operation == Operation::write;
  const int code = writes ? SQLITE_IOERR_WRITE : operation == Operation::sync ? SQLITE_IOERR_FSYNC : SQLITE_IOERR_TRUNCATE;
  ++disk.count;
  if (disk.gone) return disk.fault != DiskFault::full ? code : writes ? SQLITE_FULL : SQLITE_OK;
  if (disk.fault == DiskFault::none || disk.met || disk.count < disk.due) return SQLITE_OK;
  switch (disk.fault) {
    case DiskFault::kill:
      ::kill(getpid(), SIGKILL);
      break;
    case DiskFault::write_error:
    case DiskFault::short_write:
      if (!writes) return SQLITE_OK;
      break;
    case DiskFault::full:
      if (!writes) return SQLITE_OK;
      disk.met = disk.gone = true;
      return SQLITE_FULL;
    case DiskFault::sync_error:
      if (operation != Operation::sync) return SQLITE_OK;
      break;
    case DiskFault::truncate_error:
      if (operation != Operation::truncate) return SQLITE_OK;
      break;
    case DiskFault::dead:
    case DiskFault::power_cut:
      disk.gone = true;
      break;
    case DiskFault::none: break;
  }
  disk.met = true;
  return code;
}

int close_file(sqlite3_file* file) { return methods(file).xClose(below(file)); }
int read(sqlite3_file* file, void* into, int length, sqlite3_int64 at) { return methods(file).xRead(below(file), into, length, at); }

int write(sqlite3_file* file, const void* bytes, int length, sqlite3_int64 at) {
  const bool was_gone = disk.gone;
  remember(file, at, length);
  if (const int failed = failure(Operation::write); failed != SQLITE_OK) {
    const bool partly = disk.fault == DiskFault::short_write || disk.fault == DiskFault::full || disk.fault == DiskFault::power_cut;
    if (partly && !was_gone) methods(file).xWrite(below(file), bytes, length / 2, at);
    return failed;
  }
  return methods(file).xWrite(below(file), bytes, length, at);
}

int truncate(sqlite3_file* file, sqlite3_int64 size) {
  if (const int failed = failure(Operation::truncate); failed != SQLITE_OK) return failed;
  remember(file, size, std::max<std::int64_t>(0, size_of(file) - size));
  return methods(file).xTruncate(below(file), size);
}

int sync(sqlite3_file* file, int flags) {
  if (const int failed = failure(Operation::sync); failed != SQLITE_OK) return failed;
  if (of(file).path != nullptr) disk.unsynced.erase(of(file).path);
  return methods(file).xSync(below(file), flags);
}

int file_size(sqlite3_file* file, sqlite3_int64* size) { return methods(file).xFileSize(below(file), size); }
int lock(sqlite3_file* file, int level) { return methods(file).xLock(below(file), level); }
int unlock(sqlite3_file* file, int level) { return methods(file).xUnlock(below(file), level); }
int check_lock(sqlite3_file* file, int* out) { return methods(file).xCheckReservedLock(below(file), out); }
int control(sqlite3_file* file, int operation, void* argument) { return methods(file).xFileControl(below(file), operation, argument); }
int sector_size(sqlite3_file* file) { return methods(file).xSectorSize(below(file)); }
int characteristics(sqlite3_file*) { return 0; }  // promises nothing: no atomic writes, no order
int shm_map(sqlite3_file* file, int page, int size, int extend, void volatile** out) { return methods(file).xShmMap(below(file), page, size, extend, out); }
int shm_lock(sqlite3_file* file, int offset, int count, int flags) { return methods(file).xShmLock(below(file), offset, count, flags); }
void shm_barrier(sqlite3_file* file) { methods(file).xShmBarrier(below(file)); }
int shm_unmap(sqlite3_file* file, int remove) { return methods(file).xShmUnmap(below(file), remove); }

const sqlite3_io_methods our_methods{2,       close_file, read,       write,        truncate, sync,        file_size, lock,      unlock, check_lock,
                                     control, sector_size, characteristics, shm_map, shm_lock, shm_barrier, shm_unmap, nullptr, nullptr};

int open_file(sqlite3_vfs*, const char* path, sqlite3_file* file, int flags, int* out_flags) {
  File& ours = of(file);
  ours.below = reinterpret_cast<sqlite3_file*>(reinterpret_cast<char*>(file) + sizeof(File));
  ours.path = path;  // SQLite keeps it until the file is closed
  const int code = disk.below->xOpen(disk.below, path, ours.below, flags, out_flags);
  ours.base.pMethods = ours.below->pMethods != nullptr ? &our_methods : nullptr;
  return code;
}

int delete_file(sqlite3_vfs*, const char* path, int sync_folder) {
  if (disk.gone && disk.fault != DiskFault::full) return SQLITE_IOERR_DELETE;
  disk.unsynced.erase(path);
  return disk.below->xDelete(disk.below, path, sync_folder);
}

// Undoes what was not synced: all of it, or each write by the toss of a coin.
void lose_unsynced() {
  const bool everything = disk.random() % 3 == 0;
  for (auto& [path, changes] : disk.unsynced) {
    const int descriptor = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
    if (descriptor < 0) continue;  // it was deleted since
    for (auto change = changes.rbegin(); change != changes.rend(); ++change) {
      if (!everything && disk.random() % 2 == 0) continue;
      std::string bytes = change->before;
      bytes.resize(static_cast<std::size_t>(change->length));  // what lay behind the end of the file comes back as zeros
      if (::pwrite(descriptor, bytes.data(), bytes.size(), change->at) < 0) throw std::runtime_error("the simulated disk cannot be written");
      if (everything && ::ftruncate(descriptor, change->size_before) != 0) throw std::runtime_error("the simulated disk cannot be truncated");
    }
    ::close(descriptor);
    std::error_code ignored;
    // The shared index of the log lives in memory: it does not outlast the power.
    if (path.ends_with("-wal")) std::filesystem::remove(path.substr(0, path.size() - 4) + "-shm", ignored);
  }
}

}  // namespace

std::string_view word(DiskFault fault) {
  constexpr std::array<std::string_view, 9> words{"none",       "write error", "short write", "full disk", "sync error",
                                                  "truncate error", "dead disk",   "power cut",   "kill"};
  return words.at(static_cast<std::size_t>(fault));
}

void FaultyDisk::install() {
  disk.below = sqlite3_vfs_find(nullptr);
  static sqlite3_vfs ours = *disk.below;
  ours.zName = "faulty";
  ours.szOsFile = static_cast<int>(sizeof(File)) + disk.below->szOsFile;
  ours.pNext = nullptr;
  ours.xOpen = open_file;
  ours.xDelete = delete_file;
  if (sqlite3_vfs_register(&ours, 1) != SQLITE_OK) throw std::runtime_error("the faulty disk cannot be registered");
}

void FaultyDisk::arm(DiskFault fault, std::int64_t operation, std::uint64_t seed) {
  disk.fault = fault;
  disk.due = operation;
  disk.count = 0;
  disk.met = disk.gone = false;
  disk.random.seed(seed);
  disk.unsynced.clear();
}

void FaultyDisk::repair() {
  if (disk.fault == DiskFault::power_cut && disk.gone) lose_unsynced();
  disk.fault = DiskFault::none;
  disk.gone = false;
  disk.unsynced.clear();
}

std::int64_t FaultyDisk::operations() { return disk.count; }
bool FaultyDisk::met() { return disk.met; }

}  // namespace talent_loan::simulator

// A disk that fails on purpose: it stands between SQLite and the file system, counts what SQLite writes, and at
// the operation it was told fails, fills up, loses its power, or has the process killed.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace talent_loan::simulator {

enum class DiskFault {
  none,
  write_error,     // nothing of the write arrives
  short_write,     // half of it arrives, then an error
  full,            // half of it arrives, then there is no space, and none until the disk is made good
  sync_error,      // the next sync at or after the operation fails
  truncate_error,  // the next truncation at or after the operation fails
  dead,            // this and every operation after it fails
  power_cut,       // as dead, and writes that were not synced are lost: all, or some in no order
  kill             // SIGKILL to the process itself
};
std::string_view word(DiskFault fault);

class FaultyDisk {
 public:
  // Becomes SQLite's disk for the rest of the process. Call it once, before any database is opened.
  static void install();

  // Counts from here: the `operation`-th write, sync or truncation (1 is the first) meets the fault.
  static void arm(DiskFault fault, std::int64_t operation, std::uint64_t seed);
  // The disk is good again. After a power cut what was not synced is gone. REQUIRES: no database is open.
  static void repair();
  static std::int64_t operations();  // since it was armed
  static bool met();                 // whether the fault happened
};

}  // namespace talent_loan::simulator

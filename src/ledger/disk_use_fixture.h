#pragma once

#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace proviso::ledger {

// For benchmarks: what this program, and the SQLite library in it, have asked of the disk so far.
// One file of a program includes this: the functions below take the place of the C library's.
struct DiskUse {
  std::uint64_t syncs = 0;
  std::uint64_t bytes_written = 0;

  static DiskUse Now();
  DiskUse Since(const DiskUse& before) const {
    return {.syncs = syncs - before.syncs, .bytes_written = bytes_written - before.bytes_written};
  }
};

namespace disk_use {
// NOLINTBEGIN: functions that the C library declares have no other place for them
inline std::atomic<std::uint64_t> syncs;
inline std::atomic<std::uint64_t> bytes_written;
// NOLINTEND
}  // namespace disk_use

inline DiskUse DiskUse::Now() {
  return {.syncs = disk_use::syncs.load(), .bytes_written = disk_use::bytes_written.load()};
}

}  // namespace proviso::ledger

// NOLINTBEGIN(misc-definitions-in-headers): an inline function would not be found by SQLite
extern "C" int fsync(int descriptor) {
  proviso::ledger::disk_use::syncs.fetch_add(1, std::memory_order_relaxed);
  return static_cast<int>(::syscall(SYS_fsync, descriptor));
}
extern "C" int fdatasync(int descriptor) {
  proviso::ledger::disk_use::syncs.fetch_add(1, std::memory_order_relaxed);
  return static_cast<int>(::syscall(SYS_fdatasync, descriptor));
}
extern "C" ssize_t write(int descriptor, const void* bytes, size_t count) {
  proviso::ledger::disk_use::bytes_written.fetch_add(count, std::memory_order_relaxed);
  return ::syscall(SYS_write, descriptor, bytes, count);
}
extern "C" ssize_t pwrite64(int descriptor, const void* bytes, size_t count, off64_t offset) {
  proviso::ledger::disk_use::bytes_written.fetch_add(count, std::memory_order_relaxed);
  return ::syscall(SYS_pwrite64, descriptor, bytes, count, offset);
}
// NOLINTEND(misc-definitions-in-headers)

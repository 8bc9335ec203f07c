#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/mutex.h"

namespace proviso::io {

// For tests: the locks and the shared memory of SQLite's connections in one process, by the path of
// the database. An owner is whatever tells one connection's file from another's. The memory goes
// when the last connection lets go of it, as nothing of it may be trusted by the next. Thread-safe.
class SqliteLocks {
 public:
  static constexpr int kSlots = 8;

  // SQLite's levels, from shared to exclusive; false when another owner stands in the way.
  bool Lock(const std::string& path, const void* owner, int level);
  void Unlock(const std::string& path, const void* owner, int level);
  bool IsReserved(const std::string& path);

  // Empty when there is no such region yet.
  void* Region(const std::string& path, const void* owner, int region);
  void* MakeRegion(const std::string& path, const void* owner, int region, std::size_t bytes);
  void Unmap(const std::string& path, const void* owner);

  struct Slots {
    int first = 0;
    int count = 0;
  };
  bool TakeSlots(const std::string& path, const void* owner, Slots slots, bool alone);
  void ReleaseSlots(const std::string& path, const void* owner, Slots slots);

  // The owner closes its file.
  void Forget(const void* owner);

 private:
  enum class Hold : std::uint8_t { kNone, kShared, kAlone };
  struct Database {
    std::map<const void*, int> levels;
    std::map<const void*, std::array<Hold, kSlots>> holds;  // of those that have the memory mapped
    std::vector<std::vector<std::uint64_t>> regions;
  };

  Mutex mutex_;
  std::map<std::string, Database> databases_ GUARDED_BY(mutex_);
};

}  // namespace proviso::io

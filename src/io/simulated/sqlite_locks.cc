#include "io/simulated/sqlite_locks.h"

#include <sqlite3.h>

#include <algorithm>

namespace proviso::io {

static_assert(SqliteLocks::kSlots == SQLITE_SHM_NLOCK);

bool SqliteLocks::Lock(const std::string& path, const void* owner, int level) {
  const MutexLock lock(mutex_);
  Database& database = databases_[path];
  int& mine = database.levels[owner];
  if (mine >= level) return true;
  int highest = SQLITE_LOCK_NONE;  // of the others
  for (const auto& [other, held] : database.levels) {
    if (other != owner) highest = std::max(highest, held);
  }
  if (level == SQLITE_LOCK_SHARED) {
    if (highest >= SQLITE_LOCK_PENDING) return false;
  } else if (highest >= SQLITE_LOCK_RESERVED) {
    return false;
  } else if (level == SQLITE_LOCK_EXCLUSIVE && highest >= SQLITE_LOCK_SHARED) {
    mine = SQLITE_LOCK_PENDING;  // Keeps new readers out while the old ones finish.
    return false;
  }
  mine = level;
  return true;
}

void SqliteLocks::Unlock(const std::string& path, const void* owner, int level) {
  const MutexLock lock(mutex_);
  int& mine = databases_[path].levels[owner];
  mine = std::min(mine, level);
}

bool SqliteLocks::IsReserved(const std::string& path) {
  const MutexLock lock(mutex_);
  return std::ranges::any_of(databases_[path].levels,
                             [](const auto& item) { return item.second >= SQLITE_LOCK_RESERVED; });
}

void* SqliteLocks::Region(const std::string& path, const void* owner, int region) {
  const MutexLock lock(mutex_);
  Database& database = databases_[path];
  database.holds.try_emplace(owner);
  const auto index = static_cast<std::size_t>(region);
  return index < database.regions.size() ? database.regions[index].data() : nullptr;
}

void* SqliteLocks::MakeRegion(const std::string& path, const void* owner, int region,
                              std::size_t bytes) {
  const MutexLock lock(mutex_);
  Database& database = databases_[path];
  database.holds.try_emplace(owner);
  const auto index = static_cast<std::size_t>(region);
  while (database.regions.size() <= index) {
    database.regions.emplace_back(bytes / sizeof(std::uint64_t));
  }
  return database.regions[index].data();
}

void SqliteLocks::Unmap(const std::string& path, const void* owner) {
  const MutexLock lock(mutex_);
  Database& database = databases_[path];
  database.holds.erase(owner);
  if (database.holds.empty()) database.regions.clear();
}

bool SqliteLocks::TakeSlots(const std::string& path, const void* owner, Slots slots, bool alone) {
  const MutexLock lock(mutex_);
  Database& database = databases_[path];
  const auto first = static_cast<std::size_t>(slots.first);
  const auto end = first + static_cast<std::size_t>(slots.count);
  for (const auto& [other, holds] : database.holds) {
    if (other == owner) continue;
    for (std::size_t i = first; i < end; ++i) {
      if (holds[i] == Hold::kAlone || (alone && holds[i] != Hold::kNone)) return false;
    }
  }
  auto& mine = database.holds[owner];
  for (std::size_t i = first; i < end; ++i) mine[i] = alone ? Hold::kAlone : Hold::kShared;
  return true;
}

void SqliteLocks::ReleaseSlots(const std::string& path, const void* owner, Slots slots) {
  const MutexLock lock(mutex_);
  auto& mine = databases_[path].holds[owner];
  for (int i = slots.first; i < slots.first + slots.count; ++i) {
    mine[static_cast<std::size_t>(i)] = Hold::kNone;
  }
}

void SqliteLocks::Forget(const void* owner) {
  const MutexLock lock(mutex_);
  for (auto& [path, database] : databases_) {
    database.levels.erase(owner);
    if (database.holds.erase(owner) > 0 && database.holds.empty()) database.regions.clear();
  }
}

}  // namespace proviso::io

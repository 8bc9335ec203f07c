#pragma once

#include <memory>
#include <string>

#include "io/simulated/disk.h"

namespace proviso::io {

class SimulatedSystem;

// For tests: what SQLite needs of a system, over a SimulatedDisk. While this lives, databases that
// are opened with name() lie on that disk. Locks, and the memory that connections in write-ahead
// mode share, are of this object alone: another one over the same disk is the machine after a
// restart. Thread-safe. All its databases must be closed before it dies; the disk must outlive it.
class SimulatedVfs {
 public:
  explicit SimulatedVfs(SimulatedDisk& disk);
  SimulatedVfs(const SimulatedVfs&) = delete;
  SimulatedVfs& operator=(const SimulatedVfs&) = delete;
  ~SimulatedVfs();

  const std::string& name() const;

 private:
  const std::unique_ptr<SimulatedSystem> system_;
};

// While this lives SQLite's own chance, which is one for the whole process, comes from a seed; it
// goes on as before afterwards. Not to be nested.
class SeededSqlite {
 public:
  explicit SeededSqlite(int seed);
  SeededSqlite(const SeededSqlite&) = delete;
  SeededSqlite& operator=(const SeededSqlite&) = delete;
  ~SeededSqlite();
};

}  // namespace proviso::io

#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

#include "base/random.h"
#include "base/result.h"
#include "io/files/file_system.h"

namespace proviso::ledger {

class AppenderSeat;

// How to open a Ledger. What the pointers name must outlive it.
struct LedgerOptions {
  std::filesystem::path directory;  // the data directory: proviso.db and log/ lie there
  std::string origin;               // the log's name, as checkpoints carry it
  std::string postgres = {};        // a connection URI: the database is there, not in proviso.db
  AppenderSeat* seat = nullptr;     // with `postgres`; without one, Open takes the seat itself
  io::FileSystem* files = nullptr;  // for everything under log/
  Random* random = nullptr;         // thread-safe when several threads append
  std::size_t queue_entries_max = 16'384;
  std::int64_t database_pages_max = 0;  // pages of 4 KiB in proviso.db; 0: no limit
  // Open writes the files under log/ again from the database: the way out when they are damaged,
  // which Open refuses otherwise. Another log's files, and a database older than what this log
  // published, are refused all the same.
  bool rewrite_files = false;
  // Refuses a database that holds no log, which is made otherwise: where a log was made once, an
  // empty database is a lost one, and a second history must not begin under the first one's name.
  bool must_exist = false;
  std::size_t flush_commits = 256;  // so many groups later the write-ahead log is moved
  // A checkpoint is stored with the group after it; when none comes for so long, alone.
  std::chrono::milliseconds quiet{100};
  // For tests: SQLite's name of the system under proviso.db; empty: the real one.
  std::string database_vfs = {};
  // For tests: called where the process would end because nobody can know any more what is durable.
  // Nothing that happens after it may count: the test has taken the disk away by then.
  std::function<void(const Error&)> end_process = {};
  // Called at named points of a commit, on the thread that commits. For tests, which end the
  // process there.
  std::function<void(std::string_view point)> crash_hook = {};
};

}  // namespace proviso::ledger

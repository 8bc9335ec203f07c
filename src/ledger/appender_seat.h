#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include "base/mutex.h"
#include "io/sql/postgres.h"

namespace proviso::ledger {

// The right to append to a log that lies in PostgreSQL. One process has it at a time: it is an
// advisory lock on the session that writes, so that who lost the lock has no session to write with.
// Each holder has a number of its own, higher than all before, which every transaction checks. A
// thread of its own gives a sign of life each second.
class AppenderSeat {
 public:
  // How long the holder may give no sign of life before others end its session.
  static constexpr std::chrono::seconds kSilenceMax{5};

  // Waits up to `patience`. kUnavailable ("in use") when another process has it.
  static Result<std::unique_ptr<AppenderSeat>> Take(const std::string& place,
                                                    std::chrono::milliseconds patience);
  // Waits in line as long as `go_on`, asked a few times a second, says so; empty when it says no. A
  // holder that gives no sign of life is put out: its session is ended at the server, and with it
  // its lock.
  static Result<std::unique_ptr<AppenderSeat>> Wait(const std::string& place,
                                                    const std::function<bool()>& go_on);
  AppenderSeat(const AppenderSeat&) = delete;
  AppenderSeat& operator=(const AppenderSeat&) = delete;
  ~AppenderSeat();

  // False once it is known to be lost; it never comes back. Thread-safe.
  bool is_held() const { return !lost_; }
  std::int64_t epoch() const { return epoch_; }
  const std::string& place() const { return place_; }
  // The session that holds the lock, for the thread that writes.
  io::PostgresConnection& session() { return session_; }
  // Which log lies in the database.
  struct LogThere {
    std::string origin;
    std::string key;  // its public key as text
  };
  Result<std::optional<LogThere>> FindLog();
  // To be called when the session was seen to be gone. Thread-safe.
  void Lose() { lost_ = true; }

 private:
  AppenderSeat(std::string place, io::PostgresConnection session, std::int64_t epoch);
  static Result<std::unique_ptr<AppenderSeat>> SitDown(std::string place,
                                                       io::PostgresConnection session);
  void Beat();
  Status BeatOnce(std::unique_ptr<io::PostgresConnection>& own);

  const std::string place_;
  io::PostgresConnection session_;
  const std::int64_t epoch_;
  const std::int64_t backend_;
  std::atomic<bool> lost_ = false;
  Mutex mutex_;
  Condition changed_;
  bool leaving_ GUARDED_BY(mutex_) = false;
  std::jthread beating_;
};

}  // namespace proviso::ledger

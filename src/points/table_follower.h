#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/mutex.h"
#include "io/files/file_system.h"
#include "points/point_server.h"
#include "points/table_snapshot.h"

namespace proviso::points {

// Why the table in a file is not served.
enum class TableFault : std::uint8_t {
  kMissing,
  kUnreadable,
  kTruncated,
  kDamaged,
  kOtherVersion,
  kRolledBack,  // an older table than one that was served
  kOtherTable,  // the number of one that was served, and other bytes: of another log
  kNotNamed,    // not the one that its maker's heartbeat names
};
inline constexpr std::size_t kTableFaultCount = 8;
std::string_view TableFaultName(TableFault fault);  // "rolled-back"

// What happened to a table, for logs.
struct TableNews {
  std::optional<TableFault> fault = std::nullopt;  // absent: the table is served now
  std::uint64_t number = 0;  // of the table that is served; 0 without one, too
  std::size_t bytes = 0;
  std::chrono::microseconds took{};  // from reading the file to serving it
  std::string message = {};          // for people
};

struct TableFollowerOptions {
  std::filesystem::path file;
  // A folder of this process's own, which keeps the last good table from run to run; empty: none.
  std::filesystem::path state = {};
};

// Serves a decision table file that another process replaces as a whole, and the last good one
// while that cannot be had (docs/decisions/0019). A table older than the one that is served, or
// than the one kept in the state folder, is refused, and so is another one under the same number.
// Each fault is told once and counted once, however often the file is looked at.
//
// Beside the file lies `alive` (TableHeartbeat). While it moves, it confirms the table that it
// names to the point server, and no other table is taken from the file.
//
// Thread-safe, but for Begin and Look: those belong to one thread. `files` and `points` must
// outlive it.
class TableFollower {
 public:
  using Report = std::function<void(const TableNews&)>;

  TableFollower(TableFollowerOptions options, io::FileSystem& files, PointServer& points,
                Report report);
  TableFollower(const TableFollower&) = delete;
  TableFollower& operator=(const TableFollower&) = delete;

  // Serves the file, or else the table of the state folder; once, before the first Look.
  void Begin();
  // Looks at file and heartbeat once.
  void Look();
  // Serves a table of this process's own making, the newest whatever its number.
  void Offer(ByteView table);

  // Whether a table in the file waits to be named by the heartbeat: look again soon.
  bool waits() const { return candidate_ && !candidate_->told; }

  std::optional<std::uint64_t> number() const;  // of the table that is served
  // Whether the file is missing, or holds a table that is not served, or the heartbeat names
  // another one than that which is served.
  bool alarm() const { return alarm_.load(std::memory_order_relaxed); }
  // Whether the table that is served could not be kept in the state folder.
  bool unkept() const { return unkept_.load(std::memory_order_relaxed); }
  std::uint64_t Rejected(TableFault fault) const;
  // The number of the newest table as the heartbeat has it, 0 before it told.
  std::uint64_t newest() const { return newest_.load(std::memory_order_relaxed); }

 private:
  // A file as its folder shows it: another one has another number, even in the same second.
  struct Seen {
    std::uint64_t inode = 0;
    std::uint64_t size = 0;
    std::int64_t written = 0;  // nanoseconds
    bool operator==(const Seen&) const = default;
  };
  struct Fault {
    TableFault kind;
    std::string message;
  };

  // A table of the file that is not served yet, or never.
  struct Candidate {
    std::unique_ptr<const TableSnapshot> table;
    std::chrono::steady_clock::time_point begun;    // reading it
    std::chrono::milliseconds since;                // of Now()
    std::optional<TableFault> told = std::nullopt;  // why it is not served
  };

  std::chrono::milliseconds Now() const { return points_.Uptime(); }
  // Absent, too, where there is none and nothing is wrong.
  std::unique_ptr<const TableSnapshot> OpenKept(std::optional<Fault>& fault);
  // Makes a candidate of a file that changed.
  std::optional<Fault> LookAtFile();
  // Serves the candidate, as soon as it may be.
  std::optional<Fault> Settle();
  // Why the candidate, `name`, is not served; without a message while that may change.
  std::optional<Fault> Objection(const TableName& name) const REQUIRES(mutex_);
  bool LookAtHeartbeat();  // whether it was seen to move just now
  bool HeartMoves() const;
  // Holds what is served against what the heartbeat names.
  void Compare(bool moved);
  bool MayKeep(const TableName& served) const;
  void KeepServed();
  void PublishLocked(std::unique_ptr<const TableSnapshot> table) REQUIRES(mutex_);
  void TellFile(const Fault& fault);
  void Tell(const Fault& fault);
  void RaiseOrLowerAlarm();
  void Count(TableFault fault);
  void ReportServed(std::chrono::steady_clock::time_point begun, std::size_t bytes,
                    std::string_view what);
  std::filesystem::path kept_path() const { return options_.state / "table"; }

  const TableFollowerOptions options_;
  io::FileSystem& files_;
  PointServer& points_;
  const Report report_;

  // Of the thread that looks.
  Published<TableSnapshot>::Reader served_;
  std::optional<Seen> seen_;
  std::optional<Candidate> candidate_;
  bool file_is_bad_ = false;
  std::string told_;                      // the fault that was told last; empty after a good table
  std::optional<std::string> heartbeat_;  // as it was seen last; empty: it was not there
  std::optional<TableName> named_;        // by the heartbeat that was read last
  std::chrono::milliseconds heartbeat_since_{};            // when it was seen for the first time
  std::optional<std::chrono::milliseconds> moved_;         // when it was seen to move
  std::optional<std::chrono::milliseconds> differ_since_;  // it and what is served
  bool is_other_ = false;                                  // they differ for too long
  std::optional<TableName> kept_;                          // the table in the state folder
  std::chrono::steady_clock::time_point keep_again_;
  std::string keep_told_;

  Mutex mutex_;  // held while a table is published
  // No table below is served: neither an older one, nor another one with its number. Absent before
  // the first.
  std::optional<TableName> floor_ GUARDED_BY(mutex_);
  // The same for a table that the moving heartbeat names: a table that was taken from the file
  // without such word is none to insist on.
  std::optional<TableName> sure_floor_ GUARDED_BY(mutex_);
  std::atomic<std::int64_t> number_{-1};
  std::atomic<std::uint64_t> newest_{0};
  std::atomic<bool> alarm_{false};
  std::atomic<bool> unkept_{false};
  std::array<std::atomic<std::uint64_t>, kTableFaultCount> rejected_{};
};

}  // namespace proviso::points

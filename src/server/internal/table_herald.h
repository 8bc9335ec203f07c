#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "io/files/file_system.h"
#include "points/point_server.h"
#include "points/table_heartbeat.h"
#include "points/table_name.h"
#include "server/internal/file_trace.h"
#include "service/instance.h"

namespace proviso::server {

struct TableHeraldOptions {
  std::filesystem::path file;  // DATA/table/current
  // A folder that gets a copy of the file, readable by the group of this process; empty: none.
  std::filesystem::path share = {};
  // Counts the times that something else stood where a table of this server belongs; outlives the
  // herald; may be null.
  std::atomic<std::uint64_t>* restored = nullptr;
};

// Says that the table of a data directory is the newest: to the listeners of this process, and to
// others by the heartbeats beside the table file and beside its copy. Before it says so, it looks
// whether the files are this server's own, and puts them back when somebody wrote there. Only the
// process that appends to the log may do this. Belongs to one thread; `files` and `points` must
// outlive it.
class TableHerald {
 public:
  using Report = std::function<void(const std::string& line)>;
  TableHerald(TableHeraldOptions options, io::FileSystem& files, points::PointServer& points,
              Report report);

  // To be called after each new table, and again when `pause` is over: it is short while the
  // newest table could not be told yet, since decision points wait to hear of it.
  void Tell(service::Instance& instance);
  std::chrono::milliseconds pause() const;

 private:
  // Whether the table file is `table`; when it is something else, it is put right.
  Result<bool> Holds(const points::TableSnapshot& table, service::Instance& instance);
  bool FileIs(const points::TableSnapshot& table);
  Status Share(const points::TableSnapshot& table);
  Status WriteCopy(const std::filesystem::path& copy, const points::TableSnapshot& table);
  void SayRestored(const std::filesystem::path& file, const points::TableName& name);
  void Say(const Status& status);

  // Whether it was said of the newest table.
  bool TellOnce(service::Instance& instance);

  const TableHeraldOptions options_;
  int in_vain_ = 0;  // so many times on end nothing could be said
  io::FileSystem& files_;
  points::PointServer& points_;
  const Report report_;
  Published<points::TableSnapshot>::Reader newest_;
  points::TableHeartbeat heart_;
  points::TableHeartbeat shared_heart_;
  std::optional<FileTrace> seen_;  // the table file when it was `seen_name_`
  std::optional<points::TableName> seen_name_;
  std::optional<FileTrace> shared_;  // the copy when it was `shared_name_`
  std::optional<points::TableName> shared_name_;
  std::string told_;
  std::optional<std::chrono::steady_clock::time_point> told_restored_;
};

}  // namespace proviso::server

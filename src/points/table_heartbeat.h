#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"
#include "points/table_name.h"

namespace proviso::points {

inline constexpr std::string_view kHeartbeatName = "alive";

// The file `alive` beside a decision table: who makes the tables says in it, several times a
// second, which one is the newest. A reader believes it while it moves, by the reader's own clock.
class TableHeartbeat {
 public:
  // `mode` of the file, whatever the process's umask says.
  TableHeartbeat(std::filesystem::path path, int mode) : path_(std::move(path)), mode_(mode) {}

  // Says that `name` is the newest table. Opens the file each time: on a network file system,
  // others see what was written when it is closed.
  Status Beat(const TableName& name);

  // The table that the text of such a file names, without its sum where an older program wrote it;
  // absent when it is no heartbeat.
  static std::optional<TableName> Read(std::string_view text);

 private:
  std::filesystem::path path_;
  int mode_;
  std::uint64_t count_ = 0;
};

}  // namespace proviso::points

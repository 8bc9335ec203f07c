#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace proviso::server {

// What became of the log of a server, for its journal and figures.
struct LogNews {
  bool stopped = false;                             // else it takes acts
  std::optional<std::uint64_t> damaged_parts = {};  // absent: as they were
  std::string message = {};                         // for people; empty: nothing to tell
  std::string reason = {};                          // why it stopped, or cannot go on yet
  std::string remedy = {};
};
// Called from a thread of the server's own.
using LogReport = std::function<void(const LogNews&)>;

}  // namespace proviso::server

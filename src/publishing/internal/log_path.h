#pragma once

#include <string_view>

namespace proviso::publishing {

// What a path below a log's prefix names (C2SP tlog-tiles and tlog-addenda). Anything that is not
// spelled exactly so names nothing, so that no path leaves the log's folder.
enum class LogPath {
  kNone,
  kCheckpoint,  // "checkpoint": another one every few seconds
  kTile,        // "tile/0/x001/234", "tile/entries/000.p/17": never changes
  kMarker,      // "addenda.v1": never changes
};
LogPath KindOfPath(std::string_view path);

}  // namespace proviso::publishing

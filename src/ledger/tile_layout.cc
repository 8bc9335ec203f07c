#include "ledger/tile_layout.h"

namespace proviso::ledger {
namespace {

// Groups of three digits, all but the last marked with an x: 1234067 is "x001/x234/067".
std::string IndexPath(std::uint64_t index) {
  std::string path;
  bool last = true;
  do {
    std::string group = std::to_string(index % 1000);
    group.insert(0, 3 - group.size(), '0');
    path.insert(0, last ? group : "x" + group + "/");
    index /= 1000;
    last = false;
  } while (index > 0);
  return path;
}

std::string PathOf(const std::string& kind, std::uint64_t index, std::uint64_t width) {
  std::string path = "tile/" + kind + "/" + IndexPath(index);
  if (width < kTileWidth) path = PartialFolder(path) + "/" + std::to_string(width);
  return path;
}

}  // namespace

std::string TilePath(const TileId& tile) {
  return PathOf(std::to_string(tile.level), tile.index, tile.width);
}

std::string BundlePath(std::uint64_t index, std::uint64_t width) {
  return PathOf("entries", index, width);
}

std::string PartialFolder(const std::string& full_path) { return full_path + ".p"; }

std::vector<TileId> NewTiles(std::uint64_t old_size, std::uint64_t new_size) {
  std::vector<TileId> tiles;
  for (int level = 0; new_size > 0; ++level) {
    if (old_size != new_size) {
      const std::uint64_t end = new_size / kTileWidth;
      for (std::uint64_t index = old_size / kTileWidth; index < end; ++index) {
        tiles.push_back({.level = level, .index = index, .width = kTileWidth});
      }
      const std::uint64_t rest = new_size % kTileWidth;
      if (rest > 0) tiles.push_back({.level = level, .index = end, .width = rest});
    }
    old_size /= kTileWidth;
    new_size /= kTileWidth;
  }
  return tiles;
}

}  // namespace proviso::ledger

#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace proviso::ledger {

// Hashes in a full tile, and entries in a full bundle (C2SP tlog-tiles).
inline constexpr std::uint64_t kTileWidth = 256;
inline constexpr int kTileWidthBits = 8;

// A tile of the tree: `width` hashes of `level` from index * 256 on. Partial when width < 256.
struct TileId {
  int level = 0;
  std::uint64_t index = 0;
  std::uint64_t width = kTileWidth;
  bool IsFull() const { return width == kTileWidth; }
  bool operator==(const TileId&) const = default;
};

// "tile/1/x001/234.p/17", relative to the log's folder.
std::string TilePath(const TileId& tile);
// "tile/entries/x001/234": the entries whose hashes are in the tile of level 0.
std::string BundlePath(std::uint64_t index, std::uint64_t width);
// Where the partial forms of a tile or bundle lie: its full path and ".p".
std::string PartialFolder(const std::string& full_path);

// The tiles that a tree of `new_size` has and one of `old_size` had not, level by level, partial
// ones last in each level.
std::vector<TileId> NewTiles(std::uint64_t old_size, std::uint64_t new_size);

}  // namespace proviso::ledger

#include "ledger/tile_layout.h"

#include "crypto/hash.h"

namespace proviso::ledger {
namespace {

TEST(TileLayout, WritesThePathsOfTheStandard) {
  struct Row {
    TileId tile;
    const char* path;
  };
  const std::vector<Row> rows = {
      {{.level = 0, .index = 0, .width = 255}, "tile/0/000.p/255"},
      {{.level = 0, .index = 0}, "tile/0/000"},
      {{.level = 15, .index = 455667}, "tile/15/x455/667"},
      {{.level = 15, .index = 123456789, .width = 41}, "tile/15/x123/x456/789.p/41"},
      {{.level = 3, .index = 1234067}, "tile/3/x001/x234/067"},
      {{.level = 63, .index = 999999999999999999, .width = 255},
       "tile/63/x999/x999/x999/x999/x999/999.p/255"},
  };
  for (const Row& row : rows) EXPECT_EQ(TilePath(row.tile), row.path);
  EXPECT_EQ(BundlePath(123456789, kTileWidth), "tile/entries/x123/x456/789");
  EXPECT_EQ(BundlePath(0, 7), "tile/entries/000.p/7");
}

TEST(TileLayout, ListsTheTilesThatAnotherImplementationLists) {
  // The digest was made with golang.org/x/mod/sumdb/tlog 0.7.0, whose paths name the height 8 too,
  // and which lists every width that a partial tile may have had before.
  std::string lines;
  for (const std::uint64_t size : {1U, 255U, 256U, 257U, 65535U, 65536U, 70000U}) {
    for (TileId tile : NewTiles(0, size)) {
      const std::uint64_t last = tile.width;
      for (tile.width = tile.IsFull() ? last : 1; tile.width <= last; ++tile.width) {
        lines += std::to_string(size) + " tile/8/" + TilePath(tile).substr(5) + "\n";
      }
    }
  }
  EXPECT_EQ(crypto::Sha256(lines).Hex(),
            "46f949d762350e7bff24b84c4f88887922154438db9c600f6dd457567a3f4f97");
}

TEST(TileLayout, ListsOnlyWhatIsNew) {
  EXPECT_TRUE(NewTiles(300, 300).empty());
  EXPECT_TRUE(NewTiles(0, 0).empty());
  const std::vector<TileId> grown = {{.level = 0, .index = 1, .width = 45}};
  EXPECT_EQ(NewTiles(300, 301), grown) << "the tile of level 1 holds one hash as before";
  const std::vector<TileId> filled = {{.level = 0, .index = 1}, {.level = 1, .width = 2}};
  EXPECT_EQ(NewTiles(300, 512), filled);
}

}  // namespace
}  // namespace proviso::ledger

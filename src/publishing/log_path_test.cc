#include "publishing/internal/log_path.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace proviso::publishing {
namespace {

TEST(KindOfPath, KnowsTheFilesOfALog) {
  EXPECT_EQ(KindOfPath("checkpoint"), LogPath::kCheckpoint);
  EXPECT_EQ(KindOfPath("addenda.v1"), LogPath::kMarker);
  for (const char* path :
       {"tile/0/000", "tile/63/999", "tile/entries/000", "tile/0/000.p/1", "tile/0/000.p/255",
        "tile/entries/x001/x234/067", "tile/15/x123/x456/789.p/41", "tile/0/x001/000",
        "tile/63/x999/x999/x999/x999/x999/999.p/255"}) {
    EXPECT_EQ(KindOfPath(path), LogPath::kTile) << path;
  }
}

TEST(KindOfPath, KnowsNothingElse) {
  const std::vector<std::string> paths = {"",
                                          "/",
                                          "checkpoint/",
                                          "checkpoint.1",
                                          "/checkpoint",
                                          "../proviso.db",
                                          "..",
                                          ".",
                                          "tile",
                                          "tile/",
                                          "tile/0",
                                          "tile/0/",
                                          "tile/0/0",
                                          "tile/0/00",
                                          "tile/0/0000",
                                          "tile/0/000/",
                                          "tile/00/000",
                                          "tile/64/000",
                                          "tile/-1/000",
                                          "tile/a/000",
                                          "tile/entries",
                                          "tile/data/000",
                                          "tile/0/000.p",
                                          "tile/0/000.p/",
                                          "tile/0/000.p/0",
                                          "tile/0/000.p/256",
                                          "tile/0/000.p/01",
                                          "tile/0/000.p/1/",
                                          "tile/0/000.p/1/2",
                                          "tile/0/000.q/1",
                                          "tile/0/x000/001",
                                          "tile/0/x001",
                                          "tile/0/x001/",
                                          "tile/0/x01/001",
                                          "tile/0/001/x001",
                                          "tile/0/../../proviso.db",
                                          "tile/entries/../../../proviso.db",
                                          "tile/0/x../../x",
                                          "tile/0/x001/../000",
                                          ".tmp-1",
                                          "tile/0/.tmp-1",
                                          "tile//0/000",
                                          "tile/0//000",
                                          "tile/0/0a0",
                                          "TILE/0/000",
                                          std::string("tile/0/00\0", 10),
                                          "tile/0/000 ",
                                          "proviso.db",
                                          "tile/0/x001/x001/x001/x001/x001/x001/001"};
  for (const std::string& path : paths) EXPECT_EQ(KindOfPath(path), LogPath::kNone) << path;
}

}  // namespace
}  // namespace proviso::publishing

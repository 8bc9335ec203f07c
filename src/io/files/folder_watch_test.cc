#include "io/files/folder_watch.h"

#include <gtest/gtest.h>

#include "io/files/file_system.h"
#include "io/files/temporary_folder.h"

namespace proviso::io {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

constexpr seconds kLong{60};  // a test that waits so long has failed

bool WakesAtOnce(FolderWatch& watch) {
  const auto begin = steady_clock::now();
  watch.Wait(kLong);
  return steady_clock::now() - begin < kLong;
}

TEST(FolderWatch, WakesWhenAFileIsReplaced) {
  const auto folder = TemporaryFolder::Make(testing::TempDir()).value();
  PosixFileSystem files;
  FolderWatch watch(folder.path());
  watch.Wait(milliseconds(0));
  ASSERT_TRUE(files.WriteFile(folder.path() / "current", AsBytes("one"), 0644));
  EXPECT_TRUE(WakesAtOnce(watch));
}

TEST(FolderWatch, WatchesAFolderThatCameBack) {
  const auto parent = TemporaryFolder::Make(testing::TempDir()).value();
  const auto folder = parent.path() / "table";
  PosixFileSystem files;
  FolderWatch watch(folder);
  watch.Wait(milliseconds(0));  // there is none yet
  for (int round = 0; round < 2; ++round) {
    ASSERT_TRUE(files.CreateDirectories(folder));
    watch.Wait(milliseconds(0));
    ASSERT_TRUE(files.WriteFile(folder / "current", AsBytes("one"), 0644));
    EXPECT_TRUE(WakesAtOnce(watch));
    ASSERT_TRUE(files.RemoveTree(folder));
    EXPECT_TRUE(WakesAtOnce(watch));
  }
}

}  // namespace
}  // namespace proviso::io

#include "service/restore.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "io/files/fault_file_system.h"
#include "io/files/temporary_folder.h"
#include "ledger/backup.h"
#include "service/internal/backup_manifest.h"

namespace proviso::service {
namespace {

namespace fs = std::filesystem;
using io::FaultFileSystem;

// A backup whose database is gone: restoring it begins, and fails.
class Restore : public testing::Test {
 protected:
  Restore() {
    const std::string hash(64, 'a');
    const BackupManifest manifest{.origin = "example.org/log",
                                  .vkey = "example.org/log",
                                  .size = 3,
                                  .checkpoint = "example.org/log\n3\n",
                                  .made_at = "2026-11-22T09:30:00.125Z",
                                  .database = "log-3.db",
                                  .files = {{.path = "log-3.db", .bytes = 10, .sha256 = hash},
                                            {.path = "proviso.json", .bytes = 7, .sha256 = hash}}};
    const Bytes keys = ledger::FormatPartKeys({.origin = "example.org/log", .size = 3, .keys = {}});
    for (const char* folder : {"backup", "keys"}) {
      EXPECT_TRUE(files_.CreateDirectories(folder_.path() / folder));
    }
    EXPECT_TRUE(files_.WriteFile(folder_.path() / "backup/manifest.json",
                                 AsBytes(manifest.ToText()), 0600));
    EXPECT_TRUE(files_.WriteFile(folder_.path() / "keys/part.keys", keys, 0600));
  }

  // What is said when the removals with these numbers fail.
  std::string Refusal(std::vector<int> failing) {
    int removals = 0;
    FaultFileSystem faulty(files_, [&](FaultFileSystem::Operation operation, const fs::path&) {
      if (operation != FaultFileSystem::Operation::kRemove) return Status();
      const bool fails = std::ranges::find(failing, removals++) != failing.end();
      return fails ? Status(Fail(ErrorCode::kUnavailable, "the disk is tired")) : Status();
    });
    FakeClock clock{Time()};
    SeededRandom random(1);
    RestoreOptions options;
    options.folder = folder_.path() / "backup";
    options.keys = folder_.path() / "keys";
    options.to = folder_.path() / "data";
    options.accept_fork_risk = true;
    const auto restored =
        service::Restore(options, {.files = &faulty, .clock = &clock, .random = &random}, {});
    return restored ? "" : restored.error().message();
  }
  bool Remains() { return files_.Exists(folder_.path() / ".data.restoring").value(); }

  io::PosixFileSystem files_;
  io::TemporaryFolder folder_ = io::TemporaryFolder::Make().value();
};

TEST_F(Restore, LeavesNothingWhenItFails) {
  const std::string said = Refusal({});
  EXPECT_NE(said.find("`log-3.db` is missing or damaged"), std::string::npos) << said;
  EXPECT_EQ(said.find("could not be removed"), std::string::npos) << said;
  EXPECT_FALSE(Remains());
}

TEST_F(Restore, SaysWhatItCouldNotRemove) {
  const std::string said = Refusal({1});
  for (const char* part : {"`log-3.db` is missing or damaged", "could not be removed",
                           "the disk is tired", ".data.restoring`"}) {
    EXPECT_NE(said.find(part), std::string::npos) << said;
  }
  EXPECT_TRUE(Remains());
}

TEST_F(Restore, SaysWhichRemainsOfAnEarlierOneAreInTheWay) {
  const std::string said = Refusal({0});
  for (const char* part :
       {"an interrupted restore left", "the disk is tired", ".data.restoring`"}) {
    EXPECT_NE(said.find(part), std::string::npos) << said;
  }
}

}  // namespace
}  // namespace proviso::service

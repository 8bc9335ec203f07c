#include "io/simulated/disk.h"

#include <cerrno>
#include <set>

#include "io/files/replace_file.h"
#include "io/simulated/file_system.h"

namespace proviso::io {
namespace {

using Survival = SimulatedDisk::Survival;
using Operation = SimulatedDisk::Operation;

class SimulatedDiskTest : public testing::Test {
 protected:
  // What may be found at `path` after a power cut, over many seeds; "absent" when nothing is.
  std::set<std::string> Futures(Survival survival, const std::string& path) {
    std::set<std::string> found;
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
      const auto disk = disk_.Clone(seed);
      disk->Restart(survival);
      const auto files = disk->Files();
      const auto file = files.find(path);
      found.insert(file == files.end() ? "absent" : std::string(AsText(file->second)));
    }
    return found;
  }
  std::set<std::string> AllFutures(const std::string& path) {
    std::set<std::string> found;
    for (int i = 0; i < SimulatedDisk::kSurvivals; ++i) {
      found.merge(Futures(static_cast<Survival>(i), path));
    }
    return found;
  }
  // A file whose bytes and name are durable.
  SimulatedDisk::File Durable(const std::string& path, const std::string& bytes) {
    const SimulatedDisk::File file = disk_.OpenOrCreate(path).value();
    EXPECT_TRUE(disk_.Write(file, 0, AsBytes(bytes)));
    EXPECT_TRUE(disk_.Sync(file));
    EXPECT_TRUE(disk_.SyncFolder("/"));
    return file;
  }
  SimulatedDisk disk_{{.seed = 1}};
  SimulatedFileSystem files_{disk_};
};

using Strings = std::set<std::string>;

TEST_F(SimulatedDiskTest, KeepsWhatBothSyncsCover) {
  Durable("/a", "durable");
  EXPECT_EQ(AllFutures("/a"), Strings{"durable"});
}

TEST_F(SimulatedDiskTest, LosesTheNameOfAFileThatAloneIsSynced) {
  const auto file = disk_.OpenOrCreate("/a").value();
  ASSERT_TRUE(disk_.Write(file, 0, AsBytes("bytes")));
  ASSERT_TRUE(disk_.Sync(file));
  EXPECT_EQ(AllFutures("/a"), (Strings{"absent", "bytes"}));
}

TEST_F(SimulatedDiskTest, KeepsANameWithoutTheBytesBehindIt) {
  const auto file = disk_.OpenOrCreate("/a").value();
  ASSERT_TRUE(disk_.Write(file, 0, AsBytes("xy")));
  ASSERT_TRUE(disk_.SyncFolder("/"));
  EXPECT_EQ(Futures(Survival::kNamesAlone, "/a"), Strings{""});
  EXPECT_EQ(Futures(Survival::kZeros, "/a"), (Strings{std::string(2, '\0')}));
  EXPECT_TRUE(AllFutures("/a").contains("x")) << "a torn write";
}

TEST_F(SimulatedDiskTest, ReordersWritesThatNoSyncSeparates) {
  const auto file = Durable("/a", "--");
  ASSERT_TRUE(disk_.Write(file, 0, AsBytes("1")));
  ASSERT_TRUE(disk_.Write(file, 1, AsBytes("2")));
  EXPECT_EQ(Futures(Survival::kAnything, "/a"), (Strings{"--", "1-", "-2", "12"}));
  EXPECT_EQ(Futures(Survival::kPrefix, "/a"), (Strings{"--", "1-", "12"}));
  EXPECT_EQ(Futures(Survival::kNothing, "/a"), Strings{"--"});
  EXPECT_EQ(Futures(Survival::kEverything, "/a"), Strings{"12"});
}

TEST_F(SimulatedDiskTest, RenamesAtomicallyButNotDurably) {
  Durable("/a", "old");
  ASSERT_TRUE(files_.WriteFile("/a", AsBytes("new"), 0644));
  ASSERT_TRUE(files_.SyncFile("/a"));
  EXPECT_EQ(AllFutures("/a"), (Strings{"old", "new"}));
  ASSERT_TRUE(disk_.SyncFolder("/"));
  EXPECT_EQ(AllFutures("/a"), Strings{"new"});
}

TEST_F(SimulatedDiskTest, LosesAFolderWithAllInItUntilItsParentIsSynced) {
  ASSERT_TRUE(files_.CreateDirectories("/b/c"));
  ASSERT_TRUE(files_.WriteFile("/b/c/a", AsBytes("x"), 0644));
  ASSERT_TRUE(files_.SyncFile("/b/c/a"));
  ASSERT_TRUE(files_.SyncDirectory("/b/c"));
  EXPECT_TRUE(Futures(Survival::kNothing, "/b/c/a").contains("absent"));
  ASSERT_TRUE(files_.SyncDirectory("/b"));
  ASSERT_TRUE(files_.SyncDirectory("/"));
  EXPECT_EQ(AllFutures("/b/c/a"), Strings{"x"});
}

TEST_F(SimulatedDiskTest, ForgetsWhatAFailedSyncDidNotKeep) {
  const auto file = Durable("/a", "--");
  ASSERT_TRUE(disk_.Write(file, 0, AsBytes("1")));
  ASSERT_TRUE(disk_.Write(file, 1, AsBytes("2")));
  Strings found;
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    const auto disk = disk_.Clone(seed);
    disk->SetWatch([](const SimulatedDisk::Step& step) {
      return step.operation == Operation::kSync ? EIO : 0;
    });
    EXPECT_FALSE(disk->Sync(file));
    disk->SetWatch({});
    EXPECT_TRUE(disk->Sync(file)) << "the second answer is a lie, as the kernel's is";
    disk->Restart(Survival::kEverything);
    found.emplace(AsText(disk->Files().at("/a")));
  }
  EXPECT_EQ(found, (Strings{"--", "1-", "-2", "12"}));
}

TEST_F(SimulatedDiskTest, AFullDiskTakesAPartOfAWrite) {
  const auto file = Durable("/a", "");
  disk_.SetWatch([](const SimulatedDisk::Step& step) {
    return step.operation == Operation::kWrite ? ENOSPC : 0;
  });
  const Status written = disk_.Write(file, 0, AsBytes("123456789"));
  EXPECT_EQ(written.error().code(), ErrorCode::kResourceExhausted);
  EXPECT_TRUE(std::string_view("123456789").starts_with(AsText(disk_.Files().at("/a"))));
}

TEST_F(SimulatedDiskTest, NothingChangesOnceThePowerIsCut) {
  const auto file = Durable("/a", "old");
  disk_.CutPower();
  EXPECT_FALSE(disk_.Write(file, 0, AsBytes("new")));
  EXPECT_FALSE(disk_.Sync(file));
  EXPECT_FALSE(disk_.Remove("/a"));
  EXPECT_FALSE(files_.WriteFile("/a", {}, 0644));
  EXPECT_EQ(AllFutures("/a"), Strings{"old"});
}

TEST_F(SimulatedDiskTest, DamagesTheSectorAroundATornWriteUnlessItIsPowersafe) {
  for (const bool powersafe : {true, false}) {
    SimulatedDisk disk({.seed = 3, .powersafe_overwrite = powersafe});
    const auto file = disk.OpenOrCreate("/a").value();
    ASSERT_TRUE(disk.Write(file, 0, Bytes(1024, 'x')));
    ASSERT_TRUE(disk.Sync(file));
    ASSERT_TRUE(disk.SyncFolder("/"));
    ASSERT_TRUE(disk.Write(file, 600, Bytes(10, 'y')));
    bool damaged = false;
    for (std::uint64_t seed = 0; seed < 50; ++seed) {
      const auto copy = disk.Clone(seed);
      copy->Restart(Survival::kAnything);
      const Bytes bytes = copy->Files().at("/a");
      EXPECT_TRUE(std::all_of(bytes.begin(), bytes.begin() + 512, [](int c) { return c == 'x'; }));
      damaged = damaged || bytes[550] != 'x';
    }
    EXPECT_EQ(damaged, !powersafe);
  }
}

TEST_F(SimulatedDiskTest, TheSameSeedGivesTheSameFuture) {
  const auto file = disk_.OpenOrCreate("/a").value();
  for (std::uint64_t i = 0; i < 20; ++i) {
    ASSERT_TRUE(disk_.Write(file, i * 700, Bytes(700, static_cast<std::uint8_t>(i + 1))));
  }
  ASSERT_TRUE(disk_.SyncFolder("/"));
  const auto future = [&](std::uint64_t seed) {
    const auto disk = disk_.Clone(seed);
    disk->Restart(Survival::kAnything);
    return disk->Files();
  };
  EXPECT_EQ(future(5), future(5));
  EXPECT_NE(future(5), future(6));
}

TEST(ReplaceFileDurably, LeavesTheOldFileOrTheNewOneWholeWhereverThePowerGoes) {
  constexpr std::uint64_t kSteps = 12;  // more than it takes
  const auto run = [](std::uint64_t cut, Survival survival, bool& done) {
    SimulatedDisk disk({.seed = 1 + cut});
    SimulatedFileSystem files(disk);
    EXPECT_TRUE(WriteFileDurably(files, "/state", AsBytes("the old one"), 0600));
    const std::uint64_t first = disk.steps();
    disk.SetWatch([&](const SimulatedDisk::Step& step) {
      if (step.number == first + cut) disk.CutPower();
      return 0;
    });
    done = ReplaceFileDurably(files, "/state", AsBytes("a new one, and longer"), 0600).has_value();
    disk.Restart(survival);
    return std::string(AsText(disk.Files().at("/state")));
  };
  for (std::uint64_t cut = 0; cut < kSteps; ++cut) {
    for (int survival = 0; survival < SimulatedDisk::kSurvivals; ++survival) {
      bool done = false;
      const std::string found = run(cut, static_cast<Survival>(survival), done);
      const bool is_new = found == "a new one, and longer";
      EXPECT_TRUE(is_new || (!done && found == "the old one"))
          << cut << " " << survival << ": " << found;
      EXPECT_TRUE(done || cut + 1 < kSteps) << "expected all its steps to be tried";
    }
  }
}

}  // namespace
}  // namespace proviso::io

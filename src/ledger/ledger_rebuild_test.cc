// What becomes of a rebuild that ends too early, and of one that should not begin.
#include <algorithm>
#include <fstream>

#include "io/files/fault_file_system.h"
#include "ledger/ledger_fixture.h"
#include "ledger/log_folder_check.h"
#include "ledger/simulated_machine.h"

namespace proviso::ledger {
namespace {

namespace fs = std::filesystem;

class RebuildTest : public LedgerTest {
 protected:
  Result<std::unique_ptr<Ledger>> TryRewrite() {
    Ledger::Options options = Options();
    options.rewrite_files = true;
    return Ledger::Open(options, LogKey());
  }
  void PutBack(const fs::path& copy) {
    ledger_.reset();
    fs::remove_all(Data());
    fs::copy(copy, Data(), fs::copy_options::recursive);
  }
  // The database of `copy` under the published files that are there.
  void PutDatabaseBack(const fs::path& copy) {
    for (const char* name : {"proviso.db", "proviso.db-wal", "proviso.db-shm"}) {
      fs::remove(Data() / name);
      if (fs::exists(copy / name)) fs::copy(copy / name, Data() / name);
    }
  }
  void Damage(const std::string& what) {
    if (what == "removed") fs::remove(Log("checkpoint"));
    if (what == "emptied") fs::resize_file(Log("checkpoint"), 0);
    if (what != "flipped") return;
    Bytes note = files_.ReadFile(Log("checkpoint"), 10'000).value();
    note[note.size() / 2] ^= 1U;
    ASSERT_TRUE(files_.WriteFile(Log("checkpoint"), note, 0644));
  }
  // Rebuilds; the process dies before operation `last` of its files. Whether it came to that.
  bool RebuildUntil(std::uint64_t last, bool while_open) {
    std::uint64_t done = 0;
    bool counts = !while_open;
    io::FaultFileSystem files(files_, [&](io::FaultFileSystem::Operation, const fs::path&) {
      if (!counts || done++ < last) return Status();
      return Status(Fail(ErrorCode::kUnavailable, "planned: the process is dead"));
    });
    Ledger::Options options = Options();
    options.files = &files;
    options.rewrite_files = !while_open;
    options.end_process = [](const Error&) {};
    auto opened = Ledger::Open(options, LogKey());
    counts = true;
    if (opened && while_open) static_cast<void>((*opened)->Rebuild());
    const bool died = done > last;
    EXPECT_TRUE(opened || died) << opened.error().message();
    return died;
  }
  void ExpectRefusesOlder(const fs::path& older) {
    PutDatabaseBack(older);
    const auto before = ReadTree(Data());
    for (const bool rewrite : {false, true}) {
      const auto opened = rewrite ? TryRewrite() : TryOpen();
      ASSERT_FALSE(opened) << "an older database goes on: the log is forked";
      EXPECT_EQ(opened.error().code(), ErrorCode::kDataLoss) << opened.error().message();
    }
    EXPECT_EQ(ReadTree(Data()), before);
  }
  fs::path Copy(const std::string& name) {
    fs::path copy = folder_.path() / name;
    fs::remove_all(copy);
    fs::copy(Data(), copy, fs::copy_options::recursive);
    return copy;
  }
};

TEST_F(RebuildTest, WhereverItDiesAnOlderDatabaseIsRefusedAndTheNextOneFinishes) {
  Make(3);
  const fs::path older = Copy("older");
  Make(5);
  const fs::path whole = Copy("whole");
  const auto files = ReadTree(Data());
  // By then the tiles are gone; what follows is one file like the other.
  constexpr std::uint64_t kEach = 16;
  for (const char* damage : {"whole", "flipped", "emptied", "removed"}) {
    for (const bool while_open : {false, true}) {
      if (while_open && std::string(damage) != "whole") continue;  // Open mends or refuses those.
      std::uint64_t last = 0;
      for (bool died = true; died; last += last < kEach ? 1 : 3) {
        SCOPED_TRACE(std::string(damage) + (while_open ? ", open" : "") + ", operation " +
                     std::to_string(last));
        PutBack(whole);
        Damage(damage);
        died = RebuildUntil(last, while_open);
        const fs::path dead = Copy("dead");
        ExpectRefusesOlder(older);
        PutBack(dead);
        const auto again = TryRewrite();
        ASSERT_TRUE(again) << again.error().message();
        EXPECT_EQ(ReadTree(Data()), files);
        if (HasFailure()) return;
      }
      EXPECT_GT(last, 20U) << "operations";
    }
  }
}

TEST_F(RebuildTest, APowerCutNeverTakesTheCheckpoint) {
  constexpr const char* kMachinesOrigin = "log.example.org/simulated";
  constexpr std::uint64_t kSize = 260;
  const crypto::NoteVerifier verifier{.name = kMachinesOrigin, .key = LogKey().Public()};
  SimulatedMachine machine(std::make_unique<io::SimulatedDisk>(io::SimulatedDisk::Options{}), {},
                           1);
  ASSERT_TRUE(machine.Open());
  ASSERT_TRUE(machine.Append(kSize, 0));
  ASSERT_TRUE(machine.Close());
  ASSERT_TRUE(machine.Open());
  std::uint64_t cuts = 0;
  machine.SetWatch([&](const io::SimulatedDisk::Step& step) {
    for (int survival = 0; step.Changes() && survival < io::SimulatedDisk::kSurvivals; ++survival) {
      const auto disk = machine.disk().Clone(step.number);
      disk->CutPower();
      disk->Restart(static_cast<io::SimulatedDisk::Survival>(survival));
      const auto note = disk->Look("/data/log/checkpoint");
      const auto found = note ? OpenCheckpoint(AsText(*note), verifier)
                              : Result<Checkpoint>(Fail(ErrorCode::kNotFound, "none"));
      EXPECT_TRUE(found && found->size == kSize)
          << "step " << step.number << " on " << step.path << ", survival " << survival;
      ++cuts;
    }
    return 0;
  });
  ASSERT_TRUE(machine.Rebuild());
  machine.SetWatch({});
  EXPECT_GT(cuts, 100U);
}

TEST_F(RebuildTest, AnotherLogsFilesAreLeftAloneAndItSaysWhoseTheyAre) {
  const struct {
    std::string origin;
    std::uint8_t key;
  } others[] = {{kOrigin, 9}, {"log.example.com/other", 7}, {"log.example.com/other", 9}};
  for (const auto& [origin, key] : others) {
    SCOPED_TRACE(origin + ", key " + std::to_string(key));
    Forget();
    Make(10);
    const Checkpoint foreign = SignCheckpoint(origin, 90, crypto::Sha256("x"), LogKey(key));
    ASSERT_TRUE(files_.WriteFile(Log("checkpoint"), AsBytes(foreign.note), 0644));
    const auto before = ReadTree(Data());
    const std::string theirs =
        crypto::NoteVerifier{.name = origin, .key = LogKey(key).Public()}.ToText();
    for (const bool rewrite : {false, true}) {
      const auto refused = rewrite ? TryRewrite() : TryOpen();
      ASSERT_FALSE(refused);
      const std::string& why = refused.error().message();
      for (const std::string& told :
           {theirs.substr(0, theirs.find('+', theirs.find('+') + 1)), Verifier().ToText(),
            std::string("another log's"), std::string("out of the data directory"),
            Log("").parent_path().string() + "`"}) {
        EXPECT_NE(why.find(told), std::string::npos) << told << ": " << why;
      }
    }
    EXPECT_EQ(ReadTree(Data()), before) << "nothing was removed";
    fs::rename(Data() / "log", Data() / "theirs");
    ASSERT_TRUE(TryRewrite());
    EXPECT_EQ(ReadLogFolder(Data(), Verifier()).value().leaves.size(), 10U);
  }
}

TEST_F(RebuildTest, ALogThatIsOpenLeavesAnotherLogsFilesAloneToo) {
  Open();
  GrowTo(3);
  const std::string ours = ledger_->latest().note;
  const Checkpoint foreign = SignCheckpoint(kOrigin, 90, crypto::Sha256("x"), LogKey(9));
  ASSERT_TRUE(files_.WriteFile(Log("checkpoint"), AsBytes(foreign.note), 0644));
  const auto before = ReadTree(Data());
  EXPECT_FALSE(ledger_->Rebuild());
  EXPECT_EQ(ReadTree(Data()), before);
  EXPECT_FALSE(ledger_->Stopped());
  ASSERT_TRUE(files_.WriteFile(Log("checkpoint"), AsBytes(ours), 0644));
  EXPECT_TRUE(ledger_->Rebuild());
}

// Of many signatures, since what a flipped byte makes of a letter of base64 depends on the letter.
TEST_F(RebuildTest, ACheckpointWithAFlippedByteIsNotTakenForAnotherLogs) {
  for (int i = 0; i < 100; ++i) {
    const crypto::Hash root = crypto::Sha256(std::to_string(i));
    const std::string note = SignCheckpoint(kOrigin, 10, root, LogKey()).note;
    // The first letters hold the key id, the sixth of them the begin of the signature, too.
    const std::size_t id = note.rfind(' ') + 1;
    for (std::size_t at = id; at < id + 8; ++at) {
      std::string damaged = note;
      damaged[at] = static_cast<char>(damaged[at] ^ 1);
      EXPECT_EQ(OtherLogThatSigned(damaged, Verifier()), "") << i << ", " << at << "\n" << damaged;
    }
  }
}

// No flipped bit makes our checkpoint look like another log's, so that its mending would be
// refused; and none makes the rebuild stumble.
TEST_F(RebuildTest, MendsACheckpointWithAnyByteFlipped) {
  Make(10);
  const auto before = ReadTree(Data());
  const Bytes note = files_.ReadFile(Log("checkpoint"), 10'000).value();
  for (std::size_t i = 0; i < note.size(); ++i) {
    SCOPED_TRACE(i);
    Bytes damaged = note;
    damaged[i] ^= 1U;
    EXPECT_EQ(OtherLogThatSigned(AsText(damaged), Verifier()), "") << AsText(damaged);
    if (i % 16 != 0) continue;
    ASSERT_TRUE(files_.WriteFile(Log("checkpoint"), damaged, 0644));
    const auto opened = TryRewrite();
    ASSERT_TRUE(opened) << opened.error().message();
    EXPECT_EQ(ReadTree(Data()), before);
  }
}

TEST_F(RebuildTest, MendsWhateverStandsInThePlaceOfTheMarkerFile) {
  for (const char* what : {"bytes", "folder", "device"}) {
    SCOPED_TRACE(what);
    Forget();
    Make(10);
    const auto before = ReadTree(Data());
    fs::remove(Log("addenda.v1"));
    if (what == std::string("bytes")) std::ofstream(Log("addenda.v1")) << "x\n";
    if (what == std::string("folder")) fs::create_directories(Log("addenda.v1/deeper"));
    if (what == std::string("device")) fs::create_symlink("/dev/zero", Log("addenda.v1"));
    const auto refused = TryOpen();
    ASSERT_FALSE(refused);
    EXPECT_NE(refused.error().message().find("`proviso log rebuild`"), std::string::npos)
        << refused.error().message();
    const auto opened = TryRewrite();
    ASSERT_TRUE(opened) << opened.error().message();
    EXPECT_EQ(ReadTree(Data()), before);
  }
}

}  // namespace
}  // namespace proviso::ledger

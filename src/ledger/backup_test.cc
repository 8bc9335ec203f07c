#include "ledger/backup.h"

#include <algorithm>
#include <fstream>
#include <sstream>

#include "ledger/ledger_fixture.h"
#include "ledger/log_folder_check.h"
#include "ledger/opening.h"

namespace proviso::ledger {
namespace {

namespace fs = std::filesystem;

PartKeys Example() {
  return {.origin = "example.org/log",
          .size = 3,
          .keys = {{.position = 1, .name = "act", .secret = Bytes(32, 0xab)},
                   {.position = 2, .name = "details", .secret = Bytes(32, 0xcd)}}};
}

class BackupTest : public LedgerTest {
 protected:
  fs::path Copy() const { return folder_.path() / "log.db"; }
  Ledger::Options Restored() {
    Ledger::Options options = Options();
    options.directory = folder_.path() / "restored";
    return options;
  }
  // The database of the log as it is now, and its keys.
  void BackUp() {
    const std::uint64_t size = ledger_->latest().size;
    const Status copied = CopyDatabase(Options(), size, Copy(), {});
    ASSERT_TRUE(copied) << copied.error().message();
    keys_ = ReadPartKeys(Options(), size).value();
  }
  void PutBack() {
    fs::create_directories(Restored().directory);
    fs::copy_file(Copy(), Restored().directory / "proviso.db");
    const auto inserted = InsertPartKeys(Restored(), keys_);
    ASSERT_TRUE(inserted) << inserted.error().message();
  }
  std::unique_ptr<Ledger> OpenRestored() {
    auto opened = Ledger::Open(Restored(), LogKey());
    EXPECT_TRUE(opened) << opened.error().message();
    return opened ? std::move(*opened) : nullptr;
  }
  static std::vector<RecordedEvent> EventsOf(const Ledger& ledger) {
    std::vector<RecordedEvent> events;
    const Status replayed = ledger.Replay(0, [&](const RecordedEvent& event) -> Status {
      events.push_back(event);
      return {};
    });
    EXPECT_TRUE(replayed);
    return events;
  }
  static bool Holds(const fs::path& path, ByteView bytes) {
    std::ostringstream text;
    text << std::ifstream(path, std::ios::binary).rdbuf();
    return text.str().find(AsText(bytes)) != std::string::npos;
  }

  PartKeys keys_;
};

TEST_F(BackupTest, CopiesEverythingButKeys) {
  Open();
  GrowTo(300);
  ASSERT_TRUE(ledger_->Erase(7, "details"));
  BackUp();
  ASSERT_EQ(keys_.keys.size(), 299U);
  for (const PartKey& key : keys_.keys) {
    EXPECT_TRUE(Holds(Data() / "proviso.db", key.secret) ||
                Holds(Data() / "proviso.db-wal", key.secret));
    EXPECT_FALSE(Holds(Copy(), key.secret)) << key.position;
  }
  PutBack();
  const std::unique_ptr<Ledger> restored = OpenRestored();
  EXPECT_EQ(restored->latest().note, ledger_->latest().note) << "byte by byte the same checkpoint";
  const std::vector<RecordedEvent> before = EventsOf(*ledger_);
  const std::vector<RecordedEvent> after = EventsOf(*restored);
  ASSERT_EQ(after.size(), before.size());
  for (std::size_t i = 0; i < before.size(); ++i) {
    EXPECT_EQ(after[i].event.sealed, before[i].event.sealed) << i;
    EXPECT_EQ(after[i].event.open, before[i].event.open) << i;
  }
  EXPECT_EQ(OpenEntry(Restored(), 7)->parts[0].state, PartState::kErased);
}

TEST_F(BackupTest, PutBackHasTheSameFilesToPublish) {
  Open();
  GrowTo(300);
  BackUp();
  PutBack();
  ASSERT_TRUE(OpenRestored()->Close());
  EXPECT_EQ(ReadTree(Restored().directory), ReadTree(Data()));
}

TEST_F(BackupTest, IsOfOneSizeWhateverComesMeanwhile) {
  Open();
  GrowTo(257);
  ASSERT_TRUE(CopyDatabase(Options(), 40, Copy(), {}));
  keys_ = ReadPartKeys(Options(), 40).value();
  EXPECT_EQ(keys_.keys.size(), 40U);
  PutBack();
  EXPECT_EQ(OpenRestored()->latest().size, 40U);
}

TEST_F(BackupTest, AnErasedPartIsGoneFromEveryEarlierCopy) {
  Open();
  GrowTo(5);
  BackUp();
  ASSERT_TRUE(ledger_->Erase(2, "details"));
  keys_ = ReadPartKeys(Options(), 5).value();  // the living file is written again
  PutBack();
  EXPECT_EQ(OpenEntry(Restored(), 2)->parts[0].state, PartState::kErased);
  EXPECT_EQ(OpenEntry(Restored(), 3)->parts[0].state, PartState::kHeld);
}

TEST_F(BackupTest, GoesOnWhereThePublishedLogEnded) {
  Open();
  GrowTo(250);
  BackUp();
  GrowTo(520);
  PutBack();
  const auto size = BringForward(Restored(), LogKey(), Data() / "log", {});
  ASSERT_TRUE(size) << size.error().message();
  EXPECT_EQ(*size, 520U);
  const std::unique_ptr<Ledger> restored = OpenRestored();
  EXPECT_EQ(restored->latest().note, ledger_->latest().note);
  EXPECT_EQ(ReadTree(Restored().directory), ReadTree(Data())) << "earlier partial tiles too";
  EXPECT_EQ(OpenEntry(Restored(), 249)->parts[0].state, PartState::kHeld);
  EXPECT_EQ(OpenEntry(Restored(), 250)->parts[0].state, PartState::kAbsent);
  ASSERT_TRUE(restored->Append({NumberedDraft(520)}));
  ASSERT_TRUE(ledger_->Append({NumberedDraft(520)}));
}

TEST_F(BackupTest, KeepsPartialTilesOfEarlierCheckpoints) {
  Open();
  GrowTo(20);
  BackUp();  // its newest checkpoint may not be stored yet
  GrowTo(30);
  PutBack();
  ASSERT_TRUE(BringForward(Restored(), LogKey(), Data() / "log", {}));
  ASSERT_TRUE(OpenRestored()->Close());
  EXPECT_EQ(ReadTree(Restored().directory), ReadTree(Data()));
  ASSERT_TRUE(OpenRestored()->Rebuild());
  EXPECT_EQ(ReadTree(Restored().directory), ReadTree(Data()));
}

TEST_F(BackupTest, RefusesAPublishedLogOfAnotherHistory) {
  Open();
  GrowTo(20);
  BackUp();
  Close();
  fs::remove_all(Data());
  Open();
  GrowTo(30);
  PutBack();
  const auto size = BringForward(Restored(), LogKey(), Data() / "log", {});
  ASSERT_FALSE(size);
  EXPECT_EQ(size.error().code(), ErrorCode::kDataLoss);
  EXPECT_NE(size.error().message().find("not one history"), std::string::npos);
}

TEST_F(BackupTest, AnOlderPublishedLogMustBeABeginning) {
  Open();
  GrowTo(20);
  fs::copy(Data() / "log", folder_.path() / "published", fs::copy_options::recursive);
  GrowTo(300);
  BackUp();
  PutBack();
  EXPECT_EQ(BringForward(Restored(), LogKey(), folder_.path() / "published", {}).value(), 20U);
  const DatabaseTree tree = ReadDatabaseTree(Restored(), {}).value();
  EXPECT_EQ(tree.size, 300U);
  EXPECT_EQ(tree.root, ledger_->latest().root);
}

TEST(PartKeys, AreReadAsTheyWereWritten) {
  const PartKeys read = ParsePartKeys(FormatPartKeys(Example())).value();
  EXPECT_EQ(read.origin, "example.org/log");
  EXPECT_EQ(read.size, 3U);
  EXPECT_EQ(read.keys, Example().keys);
}

TEST(PartKeys, RefuseEveryCutAndEveryChangedByte) {
  const Bytes file = FormatPartKeys(Example());
  for (std::size_t i = 0; i < file.size(); ++i) {
    Bytes changed = file;
    changed[i] ^= 1U;
    EXPECT_FALSE(ParsePartKeys(changed)) << i;
    EXPECT_FALSE(ParsePartKeys(ByteView(file).first(i))) << i;
  }
}

// docs/formats/backup.md shows the example in hexadecimal.
TEST(PartKeys, AreThoseOfTheDocument) {
  std::ifstream file(PROVISO_SOURCE_DIR "/docs/formats/backup.md");
  std::string hex;
  bool inside = false;
  for (std::string line; std::getline(file, line);) {
    if (inside && line == "```") break;
    if (inside) hex += line;
    if (line == "```hex part keys") inside = true;
  }
  EXPECT_EQ(hex, HexEncode(FormatPartKeys(Example())));
}

}  // namespace
}  // namespace proviso::ledger

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>

#include "io/files/fault_file_system.h"
#include "io/simulated/disk.h"
#include "io/simulated/file_system.h"
#include "io/simulated/sqlite_vfs.h"
#include "ledger/internal/entry_reader.h"
#include "ledger/ledger_fixture.h"
#include "ledger/log_folder_check.h"

namespace proviso::ledger {
namespace {

namespace fs = std::filesystem;

Status ReplayAll(const Ledger& ledger) {
  return ledger.Replay(0, [](const RecordedEvent&) -> Status { return {}; });
}

class LedgerDamageTest : public EachStoreTest {
 protected:
  // Puts other bytes into the entry, of the same length; with `also_leaf` the hash beside them
  // fits.
  void ReplaceEntry(std::uint64_t position, bool also_leaf) {
    Bytes content;
    const auto reader = EntryReader::Open(Options()).value();
    ASSERT_TRUE(reader->ReadEntries(
        position, position + 1, [&](std::uint64_t, const crypto::Hash&, ByteView bytes) -> Status {
          content.assign(bytes.begin(), bytes.end());
          return {};
        }));
    content[30] ^= 1U;
    const std::string where = " WHERE position = " + std::to_string(position);
    Execute("UPDATE log_entry SET content = " + Literal(content) + where);
    if (!also_leaf) return;
    Execute("UPDATE log_entry SET leaf = " + Literal(crypto::LeafHash(content).bytes) + where);
  }
};
PROVISO_EACH_STORE(LedgerDamageTest);

// With SQLite on a disk in memory, since hundreds of bytes are tried.
class FlippedByteTest : public EachStoreTest {
 public:
  ~FlippedByteTest() override { ledger_.reset(); }

 protected:
  Ledger::Options Options() {
    Ledger::Options options = EachStoreTest::Options();
    if (schema_) return options;
    options.directory = "/data";
    options.files = &simulated_files_;
    options.database_vfs = vfs_.name();
    return options;
  }
  void Execute(const std::string& sql) {
    if (schema_) return EachStoreTest::Execute(sql);
    io::Database database =
        io::Database::Open("/data/proviso.db", {.create = false, .vfs = vfs_.name()}).value();
    const Status done = database.Execute(sql);
    ASSERT_TRUE(done) << done.error().message();
  }
  std::string PublishedCheckpoint() {
    const Ledger::Options options = Options();
    const Bytes note = options.files->ReadFile(options.directory / "log/checkpoint", 4096).value();
    return std::string(AsText(note));
  }
  // What one column of the rows of an entry holds.
  struct Cell {
    std::string table;
    std::string column;
    Bytes value;
    bool is_text = false;
  };
  std::vector<Cell> CellsOf(std::uint64_t position) {
    const auto reader = EntryReader::Open(Options()).value();
    std::vector<Cell> cells;
    EXPECT_TRUE(reader->ReadEntries(
        position, position + 1,
        [&](std::uint64_t, const crypto::Hash& leaf, ByteView bytes) -> Status {
          cells.push_back({"log_entry", "content", Bytes(bytes.begin(), bytes.end())});
          cells.push_back({"log_entry", "leaf", BytesOf(leaf.bytes)});
          return {};
        }));
    const std::vector<SealedAddendum> parts = reader->ReadAddenda(position).value();
    for (const SealedAddendum& part : parts) {
      cells.push_back({"log_addendum", "name", BytesOf(AsBytes(part.name)), true});
      cells.push_back({"log_addendum", "digest", BytesOf(part.digest.bytes)});
      cells.push_back({"log_addendum", "sealed", part.sealed});
      cells.push_back({"log_addendum_key", "name", BytesOf(AsBytes(part.name)), true});
      cells.push_back({"log_addendum_key", "secret", part.key});
    }
    return cells;
  }
  void Put(const Cell& cell, std::uint64_t position) {
    Execute("UPDATE " + cell.table + " SET " + cell.column + " = " +
            (cell.is_text ? "'" + std::string(AsText(cell.value)) + "'" : Literal(cell.value)) +
            " WHERE position = " + std::to_string(position));
  }
  static Bytes BytesOf(ByteView bytes) { return {bytes.begin(), bytes.end()}; }

  // Appends an entry of which one byte of one cell changes on its way; the next attempt is another
  // entry. False where the cell has no such byte.
  bool ExpectSeen(std::size_t number, std::size_t byte) {
    std::optional<Cell> cell;
    Ledger::Options options = Options();
    const std::uint64_t position = entries_;
    options.crash_hook = [&](std::string_view point) {
      if (point != "entries.committed") return;
      Cell flipped = CellsOf(position).at(number);
      if (byte >= flipped.value.size()) return;
      cell = flipped;
      flipped.value[byte] ^= 1U;
      Put(flipped, position);
    };
    ledger_ = Ledger::Open(options, LogKey()).value();
    const Checkpoint before = ledger_->latest();
    const auto appended = ledger_->Append({NumberedDraft(static_cast<int>(entries_))});
    ++entries_;
    if (!cell) {
      EXPECT_TRUE(appended);
      ledger_.reset();
      return false;
    }
    EXPECT_FALSE(appended) << cell->table << "." << cell->column << " byte " << byte;
    if (!appended) {
      EXPECT_EQ(appended.error().code(), ErrorCode::kDataLoss) << appended.error().message();
    }
    EXPECT_EQ(ledger_->latest().note, before.note);
    EXPECT_EQ(PublishedCheckpoint(), before.note);
    ledger_.reset();
    // Nor does the next process sign it, except that it cannot tell a key that is gone from one
    // that was erased.
    if (cell->table != "log_addendum_key" || !cell->is_text) {
      const auto opened = Ledger::Open(Options(), LogKey());
      EXPECT_FALSE(opened) << cell->table << "." << cell->column << " byte " << byte;
      if (!opened) {
        EXPECT_EQ(opened.error().code(), ErrorCode::kDataLoss) << opened.error().message();
      }
    }
    Put(*cell, position);
    return true;
  }
  io::SimulatedDisk disk_{io::SimulatedDisk::Options{}};
  io::SimulatedFileSystem simulated_files_{disk_};
  io::SimulatedVfs vfs_{disk_};
  std::uint64_t entries_ = 0;
};
PROVISO_EACH_STORE(FlippedByteTest);

TEST_P(FlippedByteTest, NoneIsSignedWhereverItLiesInAnEntryAndItsParts) {
  ledger_ = Ledger::Open(Options(), LogKey()).value();
  ASSERT_TRUE(ledger_->Append({NumberedDraft(0)}));
  entries_ = 1;
  const std::size_t cells = CellsOf(0).size();
  ASSERT_EQ(cells, 7U);
  ledger_.reset();
  // A server syncs to a real disk: each attempt takes its time there.
  const std::size_t step = schema_ ? 9 : 1;
  std::size_t seen = 0;
  for (std::size_t number = 0; number < cells && !HasFailure(); ++number) {
    for (std::size_t byte = 0; ExpectSeen(number, byte) && !HasFailure(); byte += step) ++seen;
  }
  EXPECT_GT(seen, 300U / step);
}

// What only a file can suffer.
class SqliteDamageTest : public LedgerTest {};

TEST_P(LedgerDamageTest, ABitThatFlipsOnTheWayIntoTheDatabaseIsNeverSigned) {
  for (const bool also_leaf : {false, true}) {
    Forget();
    bool flip = false;
    Ledger::Options options = Options();
    options.crash_hook = [&](std::string_view point) {
      if (flip && point == "entries.committed") ReplaceEntry(3, also_leaf);
    };
    ledger_ = Ledger::Open(options, LogKey()).value();
    ASSERT_TRUE(ledger_->Append(NumberedDrafts(0, 2)));
    flip = true;
    const Checkpoint before = ledger_->latest();
    for (int attempt = 0; attempt < 2; ++attempt) {
      const auto refused = ledger_->Append(NumberedDrafts(2, 2));
      ASSERT_FALSE(refused);
      EXPECT_EQ(refused.error().code(), ErrorCode::kDataLoss) << refused.error().message();
    }
    EXPECT_EQ(ledger_->latest().note, before.note);
    EXPECT_EQ(ReadLogFolder(Data(), Verifier()).value().checkpoint, before.note);
    EXPECT_FALSE(ledger_->Rebuild());
    ledger_.reset();
  }
}

TEST_P(LedgerDamageTest, NothingIsAcknowledgedBehindAHoleThatSomebodyElseMade) {
  Make(3);
  Open();
  const Checkpoint before = ledger_->latest();
  Execute("DELETE FROM log_entry WHERE position = 2");
  for (int attempt = 0; attempt < 2; ++attempt) {
    const auto refused = ledger_->Append(NumberedDrafts(3, 1));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code(), ErrorCode::kDataLoss) << refused.error().message();
    EXPECT_NE(refused.error().message().find("expected 3 entries, found 2"), std::string::npos);
  }
  EXPECT_EQ(ReadLogFolder(Data(), Verifier()).value().checkpoint, before.note);
}

TEST_P(LedgerDamageTest, ReplayFindsADamagedEntry) {
  for (const bool also_leaf : {false, true}) {
    Forget();
    Make(300);
    ReplaceEntry(5, also_leaf);  // Not at the right edge: Open does not read it.
    Open();
    EXPECT_EQ(ReplayAll(*ledger_).error().code(), ErrorCode::kDataLoss) << also_leaf;
    EXPECT_EQ(ledger_->Rebuild().error().code(), ErrorCode::kDataLoss) << also_leaf;
    ledger_.reset();
  }
}

TEST_P(LedgerDamageTest, ReplayFindsAMissingEntry) {
  Make(300);
  Execute("DELETE FROM log_entry WHERE position = 100");
  Open();
  const Status status = ReplayAll(*ledger_);
  EXPECT_EQ(status.error().code(), ErrorCode::kDataLoss);
  EXPECT_NE(status.error().message().find("entry 100 is missing"), std::string::npos);
}

TEST_P(LedgerDamageTest, ReplayGoesOnWithoutADamagedPartAndNamesIt) {
  for (const char* sql : {"UPDATE log_addendum SET sealed = zeroblob(60) WHERE position = 1",
                          "UPDATE log_addendum SET digest = zeroblob(32) WHERE position = 1",
                          "UPDATE log_addendum SET digest = zeroblob(3) WHERE position = 1",
                          "UPDATE log_addendum SET name = 'other' WHERE position = 1",
                          "DELETE FROM log_addendum WHERE position = 1",
                          "UPDATE log_addendum_key SET secret = zeroblob(32) WHERE position = 1",
                          "UPDATE log_addendum_key SET secret = zeroblob(1) WHERE position = 1"}) {
    SCOPED_TRACE(sql);
    Forget();
    Make(3);
    Execute(sql);
    Open();
    std::vector<UnreadPart> unread;
    std::vector<std::size_t> parts;
    const Status replayed = ledger_->Replay(
        0,
        [&](const RecordedEvent& event) -> Status {
          parts.push_back(event.event.sealed.size());
          return {};
        },
        [&](const UnreadPart& part) { unread.push_back(part); });
    EXPECT_TRUE(replayed);
    EXPECT_EQ(parts, (std::vector<std::size_t>{1, 0, 1}));
    ASSERT_EQ(unread.size(), 1U);
    EXPECT_EQ(unread[0].entry, 1U);
    EXPECT_EQ(unread[0].name, "details");
    EXPECT_EQ(unread[0].state, PartState::kDamaged);
    EXPECT_NE(unread[0].fault, "");
    ledger_.reset();
  }
}

TEST_P(LedgerDamageTest, ReplayTellsAPartThatIsGoneFromOneThatIsDamaged) {
  Make(3);
  Execute("DELETE FROM log_addendum_key WHERE position = 0");
  Execute("DELETE FROM log_addendum_key WHERE position = 2");
  Execute("DELETE FROM log_addendum WHERE position = 2");
  Open();
  std::vector<PartState> states;
  ASSERT_TRUE(ledger_->Replay(
      0, [](const RecordedEvent&) -> Status { return {}; },
      [&](const UnreadPart& part) { states.push_back(part.state); }));
  EXPECT_EQ(states, (std::vector<PartState>{PartState::kErased, PartState::kAbsent}));
}

TEST_P(LedgerDamageTest, OpenFindsDamageAtTheRightEdge) {
  for (const char* sql :
       {"UPDATE log_tile_root SET hash = zeroblob(32)",
        "UPDATE log_tile_root SET hash = zeroblob(1)", "DELETE FROM log_tile_root",
        "DELETE FROM log_entry WHERE position = 299", "DELETE FROM log_entry WHERE position = 260",
        "UPDATE log_entry SET content = zeroblob(10) WHERE position = 299",
        "UPDATE log_checkpoint SET note = replace(note, '300', '299')",
        "DELETE FROM log_checkpoint", "DELETE FROM log_meta WHERE name = 'key'",
        "UPDATE log_meta SET value = '301' WHERE name = 'materialised'",
        "UPDATE log_meta SET value = '-1' WHERE name = 'materialised'"}) {
    SCOPED_TRACE(sql);
    Forget();
    Make(300);
    Execute(sql);
    ExpectOpenFindsDamage();
  }
}

TEST_F(SqliteDamageTest, OpenRefusesAnOlderDatabaseThanWhatWasPublished) {
  Make(10);
  fs::copy_file(Data() / "proviso.db", folder_.path() / "backup.db");
  Open();
  GrowTo(12);
  Close();
  fs::remove(Data() / "proviso.db-wal");
  fs::remove(Data() / "proviso.db-shm");
  fs::copy_file(folder_.path() / "backup.db", Data() / "proviso.db",
                fs::copy_options::overwrite_existing);
  ExpectOpenFindsDamage();
  // Nor does a forgotten database begin a second log under the same name.
  fs::remove(Data() / "proviso.db");
  ExpectOpenFindsDamage();
}

TEST_P(LedgerDamageTest, OpenRefusesThePublishedCheckpointOfAnotherLog) {
  Make(10);
  const Checkpoint foreign = SignCheckpoint(kOrigin, 10, crypto::Sha256("x"), LogKey(9));
  ASSERT_TRUE(files_.WriteFile(Log("checkpoint"), AsBytes(foreign.note), 0644));
  ExpectOpenFindsDamage();
  const Checkpoint fork = SignCheckpoint(kOrigin, 10, crypto::Sha256("x"), LogKey());
  ASSERT_TRUE(files_.WriteFile(Log("checkpoint"), AsBytes(fork.note), 0644));
  ExpectOpenFindsDamage();
}

TEST_P(LedgerDamageTest, OpenSignsTheVeryCheckpointAgainThatWasNotStoredYet) {
  Make(300);
  const auto before = ReadTree(Data());
  for (const bool published : {true, false}) {
    Execute("DELETE FROM log_checkpoint WHERE size = 300");
    if (!published) fs::remove(Log("checkpoint"));
    Open();
    EXPECT_EQ(ReadTree(Data()), before);
    Close();
  }
  // Of other entries it would be another one, and outsiders may have the first.
  Execute("DELETE FROM log_checkpoint WHERE size = 300");
  ReplaceEntry(299, true);
  ExpectOpenFindsDamage();
}

TEST_F(SqliteDamageTest, OpenRefusesAFileThatIsNoDatabase) {
  Make(1);
  fs::remove(Data() / "proviso.db-wal");
  std::ofstream(Data() / "proviso.db") << std::string(10'000, 'x');
  ExpectOpenFindsDamage();
}

TEST_F(SqliteDamageTest, OpenRefusesADatabaseOfALaterVersion) {
  Make(1);
  Execute("PRAGMA user_version = 2");
  EXPECT_EQ(TryOpen().error().code(), ErrorCode::kUnimplemented);
}

TEST_P(LedgerDamageTest, RebuildRestoresEveryFileByteForByte) {
  Make(600);
  const auto before = ReadTree(Data());
  Open();
  ASSERT_TRUE(ledger_->Rebuild());
  EXPECT_EQ(ReadTree(Data()), before);
  fs::remove_all(Log("tile"));
  std::ofstream(Log("stray.txt")) << "not ours";
  ASSERT_TRUE(ledger_->Rebuild());
  fs::remove(Log("stray.txt"));
  EXPECT_EQ(ReadTree(Data()), before);
}

TEST_P(LedgerDamageTest, OpenRestoresWhatAPowerCutTook) {
  // Not closed: everything since the start counts as not durable.
  Open();
  GrowTo(600);
  ledger_.reset();
  const auto before = ReadTree(Data());
  ASSERT_TRUE(before.contains("tile/0/000"));
  for (const auto& [path, bytes] : before) {
    for (const std::size_t kept : {bytes.size(), bytes.size() / 2, std::size_t{0}}) {
      Execute("DELETE FROM log_meta WHERE name = 'materialised'");
      std::string torn = bytes.substr(0, kept);
      if (kept == bytes.size()) torn.replace(kept / 2, kept, kept - kept / 2, '\0');
      ASSERT_TRUE(files_.WriteFile(Log(path), AsBytes(torn), 0644));
      Open();
      ledger_.reset();
      ASSERT_EQ(ReadTree(Data()), before) << path;
    }
    ASSERT_TRUE(files_.Remove(Log(path)));
    Execute("DELETE FROM log_meta WHERE name = 'materialised'");
    Open();
    ledger_.reset();
    ASSERT_EQ(ReadTree(Data()), before) << path;
  }
}

TEST_P(LedgerDamageTest, OpenRestoresTheRightEdgeAlsoAfterAnOrderlyEnd) {
  Make(300);
  const auto before = ReadTree(Data());
  fs::remove_all(Log("tile/0/001.p"));
  fs::remove_all(Log("tile/entries/001.p"));
  fs::remove(Log("checkpoint"));
  std::ofstream(Log("tile/0/.tmp-left00")) << "half";
  Open();
  EXPECT_EQ(ReadTree(Data()), before);
}

TEST_P(LedgerDamageTest, OpenRestoresACheckpointThatAPowerCutTore) {
  Make(5);
  const std::string note = ReadTree(Data()).at("checkpoint");
  for (std::size_t kept = 0; kept < note.size(); ++kept) {
    ASSERT_TRUE(files_.WriteFile(Log("checkpoint"), AsBytes(note.substr(0, kept)), 0644));
    Open();
    EXPECT_EQ(ReadTree(Data()).at("checkpoint"), note) << kept;
    Close();
  }
}

TEST_P(LedgerDamageTest, OpenNeverOverwritesAnotherLogsTile) {
  Open();
  GrowTo(300);
  ledger_.reset();
  Execute("DELETE FROM log_meta WHERE name = 'materialised'");
  ASSERT_TRUE(files_.WriteFile(Log("tile/0/000"), Bytes(8192, 'x'), 0644));
  ExpectOpenFindsDamage();
}

TEST_P(LedgerDamageTest, SaysOnlyOfAWholeDatabaseThatAPublishedFileAloneDiffers) {
  Open();
  GrowTo(299);
  const std::string earlier = ReadTree(Data()).at("checkpoint");
  GrowTo(300);
  Close();
  const std::string newest = ReadTree(Data()).at("checkpoint");
  const auto fails_beside = [&] {
    bool beside = false;
    const auto opened = Ledger::Open(Options(), LogKey(), &beside);
    EXPECT_FALSE(opened);
    if (opened) return false;
    EXPECT_EQ(opened.error().code(), ErrorCode::kDataLoss) << "damage, no want of room";
    return beside;
  };
  for (const char* path : {"tile/0/001.p/44", "tile/entries/001.p/44", "addenda.v1"}) {
    SCOPED_TRACE(path);
    const std::string whole = ReadTree(Data()).at(path);
    ASSERT_TRUE(files_.WriteFile(Log(path), AsBytes("x" + whole), 0644));
    EXPECT_TRUE(fails_beside());
    ASSERT_TRUE(files_.WriteFile(Log("checkpoint"), AsBytes(earlier), 0644));
    EXPECT_FALSE(fails_beside()) << "an older checkpoint";
    ASSERT_TRUE(files_.Remove(Log("checkpoint")));
    EXPECT_FALSE(fails_beside()) << "no checkpoint";
    const Checkpoint fork = SignCheckpoint(kOrigin, 300, crypto::Sha256("x"), LogKey());
    ASSERT_TRUE(files_.WriteFile(Log("checkpoint"), AsBytes(fork.note), 0644));
    EXPECT_FALSE(fails_beside()) << "another root";
    ASSERT_TRUE(files_.WriteFile(Log("checkpoint"), AsBytes(newest), 0644));
    EXPECT_TRUE(fails_beside());
    ASSERT_TRUE(files_.WriteFile(Log(path), AsBytes(whole), 0644));
  }
  Open();
  Close();
  Execute("DELETE FROM log_entry WHERE position = 299");
  EXPECT_FALSE(fails_beside()) << "a damaged database";
}

TEST_P(LedgerDamageTest, RewritesDamagedFilesWhenAskedTo) {
  for (const char* path : {"tile/0/000", "tile/entries/000", "checkpoint"}) {
    SCOPED_TRACE(path);
    Forget();
    Make(300);
    const auto before = ReadTree(Data());
    std::string damaged = before.at(path);
    damaged[damaged.size() / 2] ^= 1;
    ASSERT_TRUE(files_.WriteFile(Log(path), AsBytes(damaged), 0644));
    Execute("DELETE FROM log_meta WHERE name = 'materialised'");
    const auto refused = TryOpen();
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code(), ErrorCode::kDataLoss);
    EXPECT_NE(refused.error().message().find("`proviso log rebuild`"), std::string::npos)
        << refused.error().message();
    Ledger::Options options = Options();
    options.rewrite_files = true;
    auto opened = Ledger::Open(options, LogKey());
    ASSERT_TRUE(opened) << opened.error().message();
    EXPECT_EQ(ReadTree(Data()), before);
    EXPECT_EQ((*opened)->Append({NumberedDraft(300)}).value(), 300U);
    EXPECT_EQ(ReadLogFolder(Data(), Verifier()).value().leaves.size(), 301U);
  }
}

TEST_P(LedgerDamageTest, RewritesNothingFromADatabaseOlderThanWhatWasPublished) {
  Make(10);
  const Checkpoint later = SignCheckpoint(kOrigin, 12, crypto::Sha256("x"), LogKey());
  ASSERT_TRUE(files_.WriteFile(Log("checkpoint"), AsBytes(later.note), 0644));
  const auto before = ReadTree(Data());
  Ledger::Options options = Options();
  options.rewrite_files = true;
  const auto refused = Ledger::Open(options, LogKey());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), ErrorCode::kDataLoss);
  EXPECT_NE(refused.error().message().find("fork the log"), std::string::npos);
  EXPECT_EQ(ReadTree(Data()), before) << "nothing was removed";
}

// The database of `size` entries is put back under the files of `later`, and the checkpoint is
// lost.
TEST_F(SqliteDamageTest, NeverWritesOverTilesThatGoOnAfterTheDatabasesEnd) {
  const struct {
    std::uint64_t size;
    std::uint64_t later;
  } cases[] = {{0, 1}, {10, 12}, {255, 256}, {256, 257}, {10, 300}, {256, 300}};
  const fs::path database = Data() / "proviso.db";
  for (const auto& [size, later] : cases) {
    SCOPED_TRACE(std::to_string(size) + " of " + std::to_string(later));
    Forget();
    Make(size);
    const Bytes older = files_.ReadFile(database, std::uint64_t{1} << 30U).value();
    Open();
    GrowTo(later);
    ASSERT_TRUE(ledger_->Close());
    ledger_.reset();
    ASSERT_TRUE(files_.WriteFile(database, older, 0644));
    ASSERT_TRUE(files_.Remove(Log("checkpoint")));
    const auto before = ReadTree(Data());
    for (const bool rewrite : {false, true}) {
      Ledger::Options options = Options();
      options.rewrite_files = rewrite;
      const auto refused = Ledger::Open(options, LogKey());
      ASSERT_FALSE(refused);
      EXPECT_EQ(refused.error().code(), ErrorCode::kDataLoss);
      EXPECT_NE(refused.error().message().find("fork the log"), std::string::npos)
          << refused.error().message();
      EXPECT_EQ(ReadTree(Data()), before) << "nothing was removed";
    }
  }
}

TEST_P(LedgerDamageTest, BeginsNoSecondHistoryInADatabaseThatWasLost) {
  Ledger::Options options = Options();
  options.must_exist = true;
  const auto refused = Ledger::Open(options, LogKey());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), ErrorCode::kDataLoss);
  EXPECT_NE(refused.error().message().find("its database is empty"), std::string::npos);
  Make(1);
  EXPECT_TRUE(Ledger::Open(options, LogKey()));
}

TEST_F(SqliteDamageTest, AFullDatabaseRefusesTheGroupAndGoesOn) {
  Ledger::Options options = Options();
  options.database_pages_max = 100;
  ledger_ = Ledger::Open(options, LogKey()).value();
  ASSERT_TRUE(ledger_->Append({NumberedDraft(0)}));
  Draft large = NumberedDraft(1);
  large.event.sealed["details"] = Json(std::string(1'000'000, 'x'));
  const auto refused = ledger_->Append({NumberedDraft(1), large});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), ErrorCode::kResourceExhausted);
  EXPECT_NE(refused.error().message().find("not stored, and nothing was changed"),
            std::string::npos);
  EXPECT_TRUE(ledger_->Hindered());
  EXPECT_FALSE(ledger_->Stopped());
  EXPECT_EQ(ledger_->Append({NumberedDraft(1)}).value(), 1U) << "nothing of the group stayed";
  EXPECT_FALSE(ledger_->Hindered());
  EXPECT_TRUE(ReplayAll(*ledger_));
  EXPECT_EQ(ReadLogFolder(Data(), Verifier()).value().leaves.size(), 2U);
}

TEST_P(LedgerDamageTest, AFailedTileWriteStopsTheLogUntilItIsOpenedAgain) {
  using Operation = io::FaultFileSystem::Operation;
  for (const int failing : {0, 1, 2, 3}) {
    Forget();
    int countdown = -1;
    io::FaultFileSystem faulty(files_, [&](Operation operation, const fs::path&) -> Status {
      if (operation == Operation::kWrite && countdown >= 0 && countdown-- == 0) {
        return Fail(ErrorCode::kResourceExhausted, "planned: disk full");
      }
      return {};
    });
    Ledger::Options options = Options();
    options.files = &faulty;
    ledger_ = Ledger::Open(options, LogKey()).value();
    ASSERT_TRUE(ledger_->Append({NumberedDraft(0)}));
    countdown = failing;
    const auto refused = ledger_->Append({NumberedDraft(1)});
    if (refused) {
      EXPECT_EQ(failing, 3) << "bundle, tile and checkpoint are written";
      continue;
    }
    EXPECT_EQ(refused.error().code(), ErrorCode::kUnavailable) << refused.error().message();
    EXPECT_NE(refused.error().message().find("may have been stored"), std::string::npos)
        << refused.error().message();
    const auto later = ledger_->Append({NumberedDraft(2)});
    ASSERT_FALSE(later);
    EXPECT_EQ(later.error().code(), ErrorCode::kUnavailable);
    EXPECT_NE(later.error().message().find("not stored, and nothing was changed"),
              std::string::npos)
        << later.error().message();
    EXPECT_NE(later.error().message().find("free some space"), std::string::npos);
    EXPECT_FALSE(ledger_->Close());
    EXPECT_EQ(ledger_->latest().size, 1U);
    Open();
    EXPECT_EQ(ledger_->latest().size, 2U);
    EXPECT_EQ(ReadLogFolder(Data(), Verifier()).value().leaves.size(), 2U);
  }
}

// A log in SQLite whose files cannot be written while `fault_` says so.
class StoppedLedgerTest : public SqliteDamageTest {
 protected:
  // With one acknowledged entry, and one that was stored when the log stopped.
  void StopWith(ErrorCode code) {
    ledger_ = Ledger::Open(FaultyOptions(), LogKey()).value();
    ASSERT_TRUE(ledger_->Append({NumberedDraft(0)}));
    fault_ = code;
    ASSERT_FALSE(ledger_->Append({NumberedDraft(1)}));
    ASSERT_TRUE(ledger_->Stopped());
  }
  Ledger::Options FaultyOptions() {
    Ledger::Options options = Options();
    options.files = &faulty_;
    return options;
  }

  std::optional<ErrorCode> fault_;
  io::FaultFileSystem faulty_{
      files_, [this](io::FaultFileSystem::Operation operation, const fs::path&) -> Status {
        const bool fails = operation == io::FaultFileSystem::Operation::kWrite && fault_;
        return fails ? Status(Fail(*fault_, "planned")) : Status();
      }};
};

TEST_F(StoppedLedgerTest, GoesOnWithoutARestartOnceTheCauseIsGone) {
  for (const ErrorCode code :
       {ErrorCode::kResourceExhausted, ErrorCode::kUnavailable, ErrorCode::kPermissionDenied}) {
    SCOPED_TRACE(ErrorCodeName(code));
    Forget();
    StopWith(code);
    for (int attempt = 0; attempt < 2; ++attempt) {
      EXPECT_FALSE(ledger_->Reopen(LogKey())) << "it fails still";
      EXPECT_EQ(ledger_->latest().size, 1U);
      EXPECT_EQ(ledger_->Append({NumberedDraft(2)}).error().code(), ErrorCode::kUnavailable);
      EXPECT_TRUE(ledger_->Replay(0, [](const RecordedEvent&) -> Status { return {}; }));
    }
    fault_.reset();
    const Status reopened = ledger_->Reopen(LogKey());
    ASSERT_TRUE(reopened) << reopened.error().message();
    EXPECT_FALSE(ledger_->Stopped());
    EXPECT_EQ(ledger_->latest().size, 2U) << "what was stored counts";
    EXPECT_EQ(ledger_->Append({NumberedDraft(2)}).value(), 2U);
    EXPECT_EQ(ReadLogFolder(Data(), Verifier()).value().leaves.size(), 3U);
    EXPECT_TRUE(ledger_->Close());
  }
}

TEST_F(StoppedLedgerTest, ClosesWhereItCouldNotGoOn) {
  StopWith(ErrorCode::kResourceExhausted);
  EXPECT_FALSE(ledger_->Reopen(LogKey()));
  EXPECT_FALSE(ledger_->Close());
  Open();
  EXPECT_EQ(ledger_->latest().size, 2U);
}

TEST_F(StoppedLedgerTest, DoesNotGoOnWithoutAStopNorAfterARefusal) {
  Open();
  EXPECT_EQ(ledger_->Reopen(LogKey()).error().code(), ErrorCode::kFailedPrecondition);
  EXPECT_TRUE(ledger_->Append({NumberedDraft(0)}));
  Forget();
  StopWith(ErrorCode::kResourceExhausted);
  ledger_->Refuse(Error(ErrorCode::kDataLoss, "planned: somebody knows more of this log"));
  fault_.reset();
  EXPECT_EQ(ledger_->Reopen(LogKey()).error().code(), ErrorCode::kFailedPrecondition);
  const auto refused = ledger_->Append({NumberedDraft(2)});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), ErrorCode::kDataLoss);
  EXPECT_NE(refused.error().message().find("somebody knows more"), std::string::npos);
}

TEST_F(StoppedLedgerTest, DoesNotGoOnWithWhatLacksAnAcknowledgedEntry) {
  const fs::path older = folder_.path() / "older";
  for (const std::uint64_t size : {0U, 1U}) {
    SCOPED_TRACE(size);
    Forget();
    fs::remove_all(older);
    Make(size);
    fs::copy(Data(), older, fs::copy_options::recursive);
    StopWith(ErrorCode::kResourceExhausted);
    fault_.reset();
    fs::remove_all(Data());
    fs::copy(older, Data(), fs::copy_options::recursive);
    const Status reopened = ledger_->Reopen(LogKey());
    ASSERT_FALSE(reopened);
    EXPECT_EQ(reopened.error().code(), ErrorCode::kDataLoss) << reopened.error().message();
    const auto refused = ledger_->Append({NumberedDraft(1)});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code(), ErrorCode::kDataLoss) << refused.error().message();
    EXPECT_NE(refused.error().message().find("restore the data directory"), std::string::npos);
    EXPECT_EQ(ledger_->Reopen(LogKey()).error().code(), ErrorCode::kFailedPrecondition);
  }
}

}  // namespace
}  // namespace proviso::ledger

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>

#include "io/files/fault_file_system.h"
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

TEST_P(LedgerDamageTest, ReplayFindsADamagedAddendum) {
  for (const char* sql : {"UPDATE log_addendum SET sealed = zeroblob(60) WHERE position = 1",
                          "UPDATE log_addendum SET digest = zeroblob(32) WHERE position = 1",
                          "UPDATE log_addendum SET name = 'other' WHERE position = 1",
                          "UPDATE log_addendum_key SET secret = zeroblob(32) WHERE position = 1",
                          "UPDATE log_addendum_key SET secret = zeroblob(1) WHERE position = 1"}) {
    Forget();
    Make(3);
    Execute(sql);
    Open();
    EXPECT_EQ(ReplayAll(*ledger_).error().code(), ErrorCode::kDataLoss) << sql;
    ledger_.reset();
  }
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

TEST_P(LedgerDamageTest, RewritesAnotherLogsFilesWhenAskedTo) {
  Make(10);
  const Checkpoint foreign = SignCheckpoint(kOrigin, 90, crypto::Sha256("x"), LogKey(9));
  ASSERT_TRUE(files_.WriteFile(Log("checkpoint"), AsBytes(foreign.note), 0644));
  ExpectOpenFindsDamage();
  Ledger::Options options = Options();
  options.rewrite_files = true;
  ASSERT_TRUE(Ledger::Open(options, LogKey()));
  EXPECT_EQ(ReadLogFolder(Data(), Verifier()).value().leaves.size(), 10U);
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
  EXPECT_EQ(ledger_->Append({NumberedDraft(1)}).value(), 1U) << "nothing of the group stayed";
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
    EXPECT_EQ(ledger_->Append({NumberedDraft(2)}).error().code(), ErrorCode::kUnavailable);
    EXPECT_FALSE(ledger_->Close());
    EXPECT_EQ(ledger_->latest().size, 1U);
    Open();
    EXPECT_EQ(ledger_->latest().size, 2U);
    EXPECT_EQ(ReadLogFolder(Data(), Verifier()).value().leaves.size(), 2U);
  }
}

TEST_F(SqliteDamageTest, AWriteOfUnknownOutcomeEndsTheProcess) {
  const pid_t child = ::fork();
  if (child == 0) {
    auto opened = TryOpen();
    if (!opened || !(*opened)->Append({NumberedDraft(0)})) ::_exit(1);
    // The write-ahead log may not grow: its write fails in a way that is not a full disk.
    ::signal(SIGXFSZ, SIG_IGN);
    const auto size = static_cast<rlim_t>(fs::file_size(Data() / "proviso.db-wal"));
    const rlimit limit{size + 4096, size + 4096};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    const rlimit no_core{0, 0};
    ::setrlimit(RLIMIT_CORE, &no_core);
    static_cast<void>((*opened)->Append(NumberedDrafts(1, 50)));
    ::_exit(2);
  }
  int state = 0;
  ASSERT_EQ(::waitpid(child, &state, 0), child);
  ASSERT_TRUE(WIFSIGNALED(state)) << WEXITSTATUS(state);
  EXPECT_EQ(WTERMSIG(state), SIGABRT);
  Open();
  EXPECT_EQ(ledger_->latest().size, 1U);
  EXPECT_TRUE(ReplayAll(*ledger_));
}

}  // namespace
}  // namespace proviso::ledger

#include "io/simulated/sqlite_vfs.h"

#include <cerrno>
#include <optional>

#include "io/sql/sqlite.h"

namespace proviso::io {
namespace {

using Survival = SimulatedDisk::Survival;
using Operation = SimulatedDisk::Operation;

class SimulatedVfsTest : public testing::Test {
 protected:
  SimulatedVfsTest() { Attach(std::make_unique<SimulatedDisk>(SimulatedDisk::Options{})); }
  ~SimulatedVfsTest() override { vfs_.reset(); }

  void Attach(std::unique_ptr<SimulatedDisk> disk) {
    vfs_.reset();
    disk_ = std::move(disk);
    vfs_.emplace(*disk_);
  }
  Result<Database> TryOpen() {
    return Database::Open("/t.db", {.wal_autocheckpoint_pages = 0, .vfs = vfs_->name()});
  }
  Database Open() { return TryOpen().value(); }
  static std::int64_t Count(Database& database) {
    Statement count = database.Prepare("SELECT count(*) FROM t").value();
    EXPECT_TRUE(count.Step().value());
    return count.Integer(0);
  }
  std::unique_ptr<SimulatedDisk> disk_;
  std::optional<SimulatedVfs> vfs_;
};

TEST_F(SimulatedVfsTest, HoldsADatabaseForSeveralConnections) {
  {
    Database writer = Open();
    Database reader = Open();
    ASSERT_TRUE(writer.Execute("CREATE TABLE t(b BLOB)"));
    for (int i = 0; i < 50; ++i) {
      ASSERT_TRUE(writer.Execute("INSERT INTO t VALUES(randomblob(3000))"));
      EXPECT_EQ(Count(reader), i + 1);
      if (i % 20 == 0) {
        ASSERT_TRUE(writer.FlushWal());
      }
    }
    EXPECT_TRUE(disk_->Files().contains("/t.db-wal"));
    const Transaction held = Transaction::Begin(writer).value();
    EXPECT_EQ(Transaction::Begin(reader).error().code(), ErrorCode::kUnavailable);
  }
  EXPECT_FALSE(disk_->Files().contains("/t.db-wal")) << "the last connection takes it away";
  Database again = Open();
  EXPECT_EQ(Count(again), 50);
}

TEST_F(SimulatedVfsTest, AReaderSeesOneStateWhileTheWriterGoesOn) {
  Database writer = Open();
  Database reader = Open();
  ASSERT_TRUE(writer.Execute("CREATE TABLE t(i INTEGER); INSERT INTO t VALUES(1),(2),(3)"));
  Statement select = reader.Prepare("SELECT i FROM t").value();
  ASSERT_TRUE(select.Step().value());
  ASSERT_TRUE(writer.Execute("INSERT INTO t VALUES(4)"));
  EXPECT_EQ(writer.TruncateWal().error().code(), ErrorCode::kUnavailable) << "it is in use";
  EXPECT_TRUE(select.Step().value());
  EXPECT_TRUE(select.Step().value());
  EXPECT_FALSE(select.Step().value());
  select.Reset();
  EXPECT_TRUE(writer.TruncateWal());
  EXPECT_EQ(disk_->Files().at("/t.db-wal").size(), 0U);
}

// SQLite itself under every power cut: what a commit acknowledged is there, and nothing else but
// the commit under way.
TEST_F(SimulatedVfsTest, NoPowerCutTakesACommit) {
  for (const bool powersafe : {true, false}) {
    Attach(
        std::make_unique<SimulatedDisk>(SimulatedDisk::Options{.powersafe_overwrite = powersafe}));
    int committed = 0;
    int cuts = 0;
    disk_->SetWatch([&](const SimulatedDisk::Step& step) {
      if (!step.Changes()) return 0;
      const int survival = ++cuts % SimulatedDisk::kSurvivals;
      const auto copy = disk_->Clone(step.number);
      copy->Restart(static_cast<Survival>(survival));
      SimulatedVfs vfs(*copy);
      Database database =
          Database::Open("/t.db", {.wal_autocheckpoint_pages = 0, .vfs = vfs.name()}).value();
      EXPECT_TRUE(database.Execute("CREATE TABLE IF NOT EXISTS t(b BLOB)"));
      const std::int64_t found = Count(database);
      EXPECT_TRUE(found == committed || found == committed + 1)
          << found << " of " << committed << ", step " << step.number << ", survival " << survival;
      return 0;
    });
    {
      Database database = Open();
      ASSERT_TRUE(database.Execute("CREATE TABLE t(b BLOB)"));
      for (int i = 0; i < 12; ++i) {
        ASSERT_TRUE(database.Execute("INSERT INTO t VALUES(randomblob(3000))"));
        ++committed;
        if (i % 4 == 3) {
          ASSERT_TRUE(database.FlushWal());
        }
      }
    }
    disk_->SetWatch({});
    EXPECT_GT(cuts, 100);
  }
}

TEST_F(SimulatedVfsTest, ATruncatedWriteAheadLogDoesNotComeBack) {
  Database database = Open();
  ASSERT_TRUE(database.Execute("CREATE TABLE t(s TEXT); INSERT INTO t VALUES('secret words')"));
  ASSERT_TRUE(database.TruncateWal());
  for (int i = 0; i < SimulatedDisk::kSurvivals; ++i) {
    const auto copy = disk_->Clone(1);
    copy->Restart(static_cast<Survival>(i));
    const Bytes wal = copy->Files().at("/t.db-wal");
    EXPECT_EQ(AsText(wal).find("secret words"), std::string_view::npos) << i;
  }
}

TEST_F(SimulatedVfsTest, TellsFaultsOfTheDiskApart) {
  const std::vector<std::tuple<Operation, int, ErrorCode>> cases = {
      {Operation::kWrite, ENOSPC, ErrorCode::kResourceExhausted},
      {Operation::kWrite, EIO, ErrorCode::kUnavailable},
      {Operation::kSync, EIO, ErrorCode::kUnavailable},
      {Operation::kShare, ENOSPC, ErrorCode::kResourceExhausted},
      {Operation::kCreate, ENOSPC, ErrorCode::kResourceExhausted},
      {Operation::kCreate, EROFS, ErrorCode::kUnavailable}};
  for (const auto& [operation, error, code] : cases) {
    Attach(std::make_unique<SimulatedDisk>(SimulatedDisk::Options{}));
    disk_->SetWatch([operation = operation, error = error](const SimulatedDisk::Step& step) {
      return step.operation == operation ? error : 0;
    });
    auto database = TryOpen();
    const Status made = database ? database->Execute("CREATE TABLE t(i INTEGER)")
                                 : Status(tl::unexpected<Error>(database.error()));
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().code(), code) << made.error().message();
  }
}

}  // namespace
}  // namespace proviso::io

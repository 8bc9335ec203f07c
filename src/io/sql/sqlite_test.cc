#include "io/sql/sqlite.h"

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>

#include "io/files/file_system.h"
#include "io/files/temporary_folder.h"

namespace proviso::io {
namespace {

class SqliteTest : public testing::Test {
 protected:
  Database Open(Database::Options options = {}) {
    return Database::Open(folder_.path() / "t.db", options).value();
  }
  std::int64_t Count(Database& database) {
    Statement count = database.Prepare("SELECT count(*) FROM t").value();
    EXPECT_TRUE(count.Step().value());
    return count.Integer(0);
  }
  TemporaryFolder folder_ = TemporaryFolder::Make(testing::TempDir()).value();
};

TEST_F(SqliteTest, StoresAndReadsEveryKindOfValue) {
  Database database = Open();
  ASSERT_TRUE(database.Execute("CREATE TABLE t(i INTEGER, s TEXT, b BLOB, n TEXT)"));
  Statement insert = database.Prepare("INSERT INTO t VALUES(?,?,?,?)").value();
  ASSERT_TRUE(insert.BindNull(4));
  const Bytes blob = {0, 1, 255};
  ASSERT_TRUE(insert.RunWith(std::int64_t{-5}, "a\xC3\xA9", blob));
  ASSERT_TRUE(insert.RunWith(std::int64_t{1} << 62, std::string_view(), Bytes{}));
  EXPECT_EQ(database.changes(), 1);
  Statement select = database.Prepare("SELECT i, s, b, n FROM t ORDER BY i").value();
  ASSERT_TRUE(select.Step().value());
  EXPECT_EQ(select.Integer(0), -5);
  EXPECT_EQ(select.Text(1), "a\xC3\xA9");
  EXPECT_EQ(Bytes(select.Blob(2).begin(), select.Blob(2).end()), blob);
  EXPECT_TRUE(select.IsNull(3));
  ASSERT_TRUE(select.Step().value());
  EXPECT_EQ(select.Integer(0), std::int64_t{1} << 62);
  EXPECT_FALSE(select.IsNull(1)) << "empty text is not NULL";
  EXPECT_FALSE(select.IsNull(2)) << "an empty blob is not NULL";
  EXPECT_FALSE(select.Step().value());
}

TEST_F(SqliteTest, SeesThatItsFileIsGoneOrAnother) {
  const std::filesystem::path path = folder_.path() / "t.db";
  Database database = Open();
  ASSERT_TRUE(database.Execute("CREATE TABLE t(i INTEGER)"));
  EXPECT_FALSE(database.HasMoved());
  std::filesystem::rename(path, folder_.path() / "kept.db");
  EXPECT_TRUE(database.HasMoved()) << "there is none";
  std::filesystem::copy_file(folder_.path() / "kept.db", path);
  EXPECT_TRUE(database.HasMoved()) << "there is a copy";
  std::filesystem::rename(folder_.path() / "kept.db", path);
  EXPECT_FALSE(database.HasMoved()) << "it was put back";
}

TEST_F(SqliteTest, ATransactionWithoutCommitLeavesNothing) {
  Database database = Open();
  ASSERT_TRUE(database.Execute("CREATE TABLE t(i INTEGER)"));
  {
    const Transaction transaction = Transaction::Begin(database).value();
    ASSERT_TRUE(database.Execute("INSERT INTO t VALUES(1)"));
  }
  EXPECT_EQ(Count(database), 0);
  Transaction transaction = Transaction::Begin(database).value();
  ASSERT_TRUE(database.Execute("INSERT INTO t VALUES(1)"));
  ASSERT_TRUE(transaction.Commit());
  Database second = Open();
  EXPECT_EQ(Count(second), 1);
}

TEST_F(SqliteTest, MapsErrorsToCodes) {
  Database database = Open({.pages_max = 20});
  ASSERT_TRUE(database.Execute("CREATE TABLE t(i INTEGER PRIMARY KEY, b BLOB NOT NULL)"));
  ASSERT_TRUE(database.Execute("INSERT INTO t VALUES(1, x'00')"));
  EXPECT_EQ(database.Execute("INSERT INTO t VALUES(1, x'00')").error().code(),
            ErrorCode::kAlreadyExists);
  EXPECT_EQ(database.Execute("INSERT INTO t VALUES(2, NULL)").error().code(),
            ErrorCode::kFailedPrecondition);
  EXPECT_EQ(database.Execute("INSERT INTO t VALUES(3, zeroblob(1000000))").error().code(),
            ErrorCode::kResourceExhausted);
  EXPECT_EQ(database.Execute("SELECT wrong FROM t").error().code(), ErrorCode::kInternal);
  Database second = Open({.busy_timeout_ms = 0});
  const Transaction held = Transaction::Begin(database).value();
  EXPECT_EQ(Transaction::Begin(second).error().code(), ErrorCode::kUnavailable);
}

TEST_F(SqliteTest, SaysThatTheDiskIsFullWhereSqliteDoesNot) {
  const pid_t child = ::fork();
  if (child == 0) {
    // The index beside the write-ahead log is 32 KiB; SQLite calls it an I/O error when that fails.
    const rlimit limit{16384, 16384};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    ::signal(SIGXFSZ, SIG_IGN);
    auto database = Database::Open(folder_.path() / "t.db", {});
    const Status made = database ? database->Execute("CREATE TABLE t(i INTEGER)")
                                 : Status(tl::unexpected(database.error()));
    const bool told = !made && made.error().code() == ErrorCode::kResourceExhausted &&
                      made.error().message().find(
                          "the disk is full, or a limit of space is "
                          "reached; free some space") != std::string::npos;
    if (!told && !made) std::fputs(made.error().message().c_str(), stderr);
    ::_exit(told ? 0 : 1);
  }
  int status = -1;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
}

TEST_F(SqliteTest, AFullDatabaseKeepsWhatItHad) {
  Database database = Open({.pages_max = 20});
  ASSERT_TRUE(database.Execute("CREATE TABLE t(b BLOB)"));
  ASSERT_TRUE(database.Execute("INSERT INTO t VALUES(x'00')"));
  {
    const Transaction transaction = Transaction::Begin(database).value();
    ASSERT_TRUE(database.Execute("INSERT INTO t VALUES(x'01')"));
    ASSERT_FALSE(database.Execute("INSERT INTO t VALUES(zeroblob(1000000))"));
  }
  EXPECT_EQ(Count(database), 1);
}

TEST_F(SqliteTest, RefusesDamagedFilesAndAbsentOnes) {
  PosixFileSystem files;
  ASSERT_TRUE(files.WriteFile(folder_.path() / "t.db", Bytes(5000, 'x'), 0644));
  EXPECT_EQ(Database::Open(folder_.path() / "t.db", {}).error().code(), ErrorCode::kDataLoss);
  EXPECT_EQ(Database::Open(folder_.path() / "absent", {.create = false}).error().code(),
            ErrorCode::kNotFound);
  EXPECT_EQ(Database::Open(folder_.path() / "absent", {.read_only = true}).error().code(),
            ErrorCode::kNotFound);
}

TEST_F(SqliteTest, AReadOnlyDatabaseTakesNoWrites) {
  Database writer = Open();
  ASSERT_TRUE(writer.Execute("CREATE TABLE t(i INTEGER)"));
  Database reader = Open({.read_only = true});
  EXPECT_EQ(Count(reader), 0);
  EXPECT_EQ(reader.Execute("INSERT INTO t VALUES(1)").error().code(), ErrorCode::kPermissionDenied);
}

TEST_F(SqliteTest, IsReadWithoutATrace) {
  const auto names = [this] {
    PosixFileSystem files;
    return files.List(folder_.path()).value();
  };
  const std::filesystem::path odd = folder_.path() / "a ?#%41&b.db";
  {
    Database writer = Database::Open(odd, {}).value();
    ASSERT_TRUE(writer.Execute("CREATE TABLE t(i INTEGER)"));
    ASSERT_TRUE(writer.Execute("INSERT INTO t VALUES(1)"));
    // While somebody has it open, what was committed last stands in the write-ahead log.
    Database reader = Database::Open(odd, {.read_only = true, .leave_alone = true}).value();
    EXPECT_EQ(Count(reader), 1);
    EXPECT_FALSE(reader.Execute("INSERT INTO t VALUES(2)"));
    ASSERT_TRUE(writer.Execute("INSERT INTO t VALUES(2)"));
    EXPECT_EQ(Count(reader), 2);
  }
  // Closed: the file is alone, and stays so.
  ASSERT_EQ(names(), std::vector<std::string>{"a ?#%41&b.db"});
  Database reader = Database::Open(odd, {.read_only = true, .leave_alone = true}).value();
  EXPECT_EQ(Count(reader), 2);
  EXPECT_EQ(names(), std::vector<std::string>{"a ?#%41&b.db"});
}

TEST_F(SqliteTest, IsReadWithoutATraceAsAWriterLeftItThatWasKilledBeforeItsFirstFrame) {
  const std::filesystem::path left = folder_.path() / "left";
  std::filesystem::create_directory(left);
  const auto leave = [&](const char* name) {
    std::filesystem::copy_file(folder_.path() / name, left / name);
  };
  {
    Database writer = Open();
    ASSERT_TRUE(writer.Execute("CREATE TABLE t(i INTEGER)"));
    ASSERT_TRUE(writer.Execute("INSERT INTO t VALUES(1)"));
    ASSERT_TRUE(writer.TruncateWal());
    leave("t.db");
    leave("t.db-shm");
    ASSERT_TRUE(writer.Execute("INSERT INTO t VALUES(2)"));
    leave("t.db-wal");
    std::filesystem::resize_file(left / "t.db-wal", 32);
  }
  Database reader = Database::Open(left / "t.db", {.read_only = true, .leave_alone = true}).value();
  EXPECT_EQ(Count(reader), 1);
}

TEST_F(SqliteTest, ErasedBytesLeaveTheFilesOnTruncation) {
  Database database = Open({.secure_delete = true});
  const std::string secret = "a secret that must go";
  ASSERT_TRUE(database.Execute("CREATE TABLE t(s TEXT)"));
  ASSERT_TRUE(database.Execute("INSERT INTO t VALUES('" + secret + "')"));
  ASSERT_TRUE(database.TruncateWal());
  PosixFileSystem files;
  const auto holds = [&](const char* name) {
    const Bytes bytes = files.ReadFile(folder_.path() / name, 1 << 24).value();
    return AsText(bytes).find(secret) != std::string_view::npos;
  };
  EXPECT_TRUE(holds("t.db"));
  ASSERT_TRUE(database.Execute("DELETE FROM t"));
  ASSERT_TRUE(database.TruncateWal());
  EXPECT_FALSE(holds("t.db"));
  EXPECT_FALSE(holds("t.db-wal"));
}

}  // namespace
}  // namespace proviso::io

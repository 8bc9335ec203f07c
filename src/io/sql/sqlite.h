#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "base/bytes.h"

struct sqlite3;
struct sqlite3_stmt;

namespace proviso::io {

class Database;

// A prepared statement. Positions of parameters count from 1, columns from 0. Belongs to one thread
// at a time; the Database it came from must outlive it. Movable only.
class Statement {
 public:
  Status Bind(int position, std::int64_t value);
  Status Bind(int position, std::string_view text);
  Status Bind(int position, ByteView blob);
  Status Bind(int position, const Bytes& blob) { return Bind(position, ByteView(blob)); }
  Status Bind(int position, const std::string& text) {
    return Bind(position, std::string_view(text));
  }
  Status Bind(int position, const char* text) { return Bind(position, std::string_view(text)); }
  Status BindNull(int position);

  // True while there is a row. Call Reset before the next run.
  Result<bool> Step();
  // Steps to the end and resets: for statements that yield no rows.
  Status Run();
  // Binds all parameters in order, then Run.
  template <typename... Values>
  Status RunWith(const Values&... values) {
    int position = 0;
    Status status;
    // Stops at the first that fails.
    static_cast<void>(((status = Bind(++position, values)).has_value() && ...));
    return status ? Run() : status;
  }
  void Reset();

  // Of the current row. Text and blobs live until the next Step or Reset.
  std::int64_t Integer(int column) const;
  std::string_view Text(int column) const;
  ByteView Blob(int column) const;
  bool IsNull(int column) const;

 private:
  friend class Database;
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const noexcept;
  };
  explicit Statement(sqlite3_stmt* statement) : statement_(statement) {}
  Status Check(int code) const;
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
};

// An SQLite database file, opened in WAL mode (unless read only). Belongs to one thread at a time:
// open the file once for each thread. Errors: kResourceExhausted when the disk is full, kDataLoss
// when the file is damaged or no database, kUnavailable when it is busy or the disk fails,
// kAlreadyExists when a unique key stands already. Movable only.
class Database {
 public:
  enum class Synchronous { kNormal, kFull };
  struct Options {
    bool read_only = false;
    // With `read_only`: no file beside the database is made or changed either, where that can be
    // done. For disks that take no more; a database of which a process that died left parts of its
    // own is read as that process left it.
    bool leave_alone = false;
    bool create = true;                            // kNotFound when absent and false
    Synchronous synchronous = Synchronous::kFull;  // kFull: a commit is durable
    bool secure_delete = false;                    // overwrite what is deleted with zeros
    int busy_timeout_ms = 5'000;
    std::int64_t pages_max = 0;            // 0: as many as SQLite allows
    int wal_autocheckpoint_pages = 1'000;  // 0: only FlushWal and TruncateWal move it
    std::string vfs = {};                  // SQLite's name of a system to use; empty: the real one
  };
  static Result<Database> Open(const std::filesystem::path& path, const Options& options);

  // Runs one or several statements that take no parameters; rows are dropped.
  Status Execute(std::string_view sql);
  Result<Statement> Prepare(std::string_view sql);
  // Rows that the last INSERT, UPDATE or DELETE touched.
  std::int64_t changes() const;
  // Also when writing was asked for, and the file does not allow it.
  bool IsReadOnly() const;
  // Whether the file was removed, or another one stands in its place, since it was opened. What is
  // written then is gone with this process.
  bool HasMoved() const;
  // Copies what it can of the write-ahead log into the database file without waiting for anybody.
  // An error here means that a sync may have failed.
  Status FlushWal();
  // Copies the write-ahead log into the database file and empties it for good. kUnavailable when
  // readers stand in the way for longer than the busy timeout.
  Status TruncateWal();

 private:
  friend class Transaction;
  struct Close {
    void operator()(sqlite3* database) const noexcept;
  };
  explicit Database(std::unique_ptr<sqlite3, Close> database) : database_(std::move(database)) {}
  // `name` is how SQLite is to call it: the path, or a URI.
  static Result<Database> OpenNamed(const std::filesystem::path& path, const std::string& name,
                                    int flags, const Options& options);
  static Status Configure(Database& database, const Options& options);
  Status SyncWal();
  bool InTransaction() const;
  std::unique_ptr<sqlite3, Close> database_;
};

// A write transaction; rolled back when it dies without Commit. The Database must outlive it.
class Transaction {
 public:
  // Takes the write lock at once, so that a later statement cannot find it taken.
  static Result<Transaction> Begin(Database& database);
  Transaction(Transaction&& other) noexcept;
  Transaction& operator=(Transaction&&) = delete;
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  ~Transaction();

  Status Commit();

 private:
  explicit Transaction(Database& database) : database_(&database) {}
  Database* database_;  // empty once moved from, committed or rolled back
};

}  // namespace proviso::io

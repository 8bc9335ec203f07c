#include "ledger/internal/sqlite_store.h"

namespace proviso::ledger {
namespace {

constexpr std::int64_t kSchemaVersion = 1;
constexpr const char* kTables = R"sql(
CREATE TABLE log_meta(name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE log_entry(position INTEGER PRIMARY KEY, leaf BLOB NOT NULL, content BLOB NOT NULL)
  STRICT;
CREATE TABLE log_addendum(position INTEGER NOT NULL, name TEXT NOT NULL, digest BLOB NOT NULL,
  sealed BLOB NOT NULL, PRIMARY KEY(position, name)) STRICT;
CREATE TABLE log_addendum_key(position INTEGER NOT NULL, name TEXT NOT NULL, secret BLOB NOT NULL,
  PRIMARY KEY(position, name)) STRICT, WITHOUT ROWID;
CREATE TABLE log_checkpoint(size INTEGER PRIMARY KEY, note TEXT NOT NULL) STRICT;
CREATE TABLE log_tile_root(level INTEGER NOT NULL, position INTEGER NOT NULL, hash BLOB NOT NULL,
  PRIMARY KEY(level, position)) STRICT, WITHOUT ROWID;
)sql";

std::int64_t Signed(std::uint64_t value) { return static_cast<std::int64_t>(value); }

// Files that SQLite makes beside a read-only database stay read-only when the database no longer
// is.
tl::unexpected<Error> NotWritable(const std::filesystem::path& path) {
  const std::string name = path.filename().string();
  return Fail(ErrorCode::kPermissionDenied,
              "the log's database cannot be written: expected `" + path.string() + "`, and `" +
                  name + "-wal` and `" + name +
                  "-shm` beside it where they exist, to be writable by the user who runs this "
                  "program; nothing was changed; make them writable (`chmod u+w`)");
}

Result<std::int64_t> OneInteger(io::Database& database, std::string_view sql) {
  io::Statement select = PROVISO_TRY(database.Prepare(sql));
  if (!PROVISO_TRY(select.Step())) {
    return Fail(ErrorCode::kDataLoss,
                "the log's database: expected a row for `" + std::string(sql) + "`, found none");
  }
  return select.Integer(0);
}

}  // namespace

Result<std::unique_ptr<Store>> SqliteStore::Open(const std::filesystem::path& path,
                                                 const Place& place) {
  PROVISO_TRY(SecureWal(path, *place.files));
  // The appender moves the write-ahead log itself, where it can see a failure.
  auto opened = io::Database::Open(path, {.secure_delete = true,
                                          .pages_max = place.pages_max,
                                          .wal_autocheckpoint_pages = 0,
                                          .vfs = place.vfs});
  if (!opened && opened.error().code() == ErrorCode::kPermissionDenied) return NotWritable(path);
  io::Database writer = PROVISO_TRY(std::move(opened));
  PROVISO_TRY(CheckWritable(path, writer));
  const std::int64_t version = PROVISO_TRY(OneInteger(writer, "PRAGMA user_version"));
  if (version > kSchemaVersion) {
    return Fail(ErrorCode::kUnimplemented,
                "database `" + path.string() + "` has version " + std::to_string(version) +
                    ", this build reads up to " + std::to_string(kSchemaVersion));
  }
  if (version == 0) PROVISO_TRY(MakeTables(writer));
  SqliteEntryReader reader = PROVISO_TRY(SqliteEntryReader::Open(path, place.vfs));
  Statements statements = PROVISO_TRY(Prepare(writer));
  return std::unique_ptr<Store>(
      new SqliteStore(std::move(writer), std::move(reader), std::move(statements)));
}

// The process that left this write-ahead log may have ended because a sync of it failed. What
// SQLite reads from it counts as committed, so it must be on the disk, and not in the kernel's
// memory only.
Status SqliteStore::SecureWal(const std::filesystem::path& path, io::FileSystem& files) {
  const std::filesystem::path wal = path.string() + "-wal";
  if (!PROVISO_TRY(files.Exists(wal))) return {};
  Status secured = files.WriteBack(wal);
  if (!secured && secured.error().code() == ErrorCode::kPermissionDenied) return NotWritable(path);
  return secured;
}

Status SqliteStore::CheckWritable(const std::filesystem::path& path, io::Database& writer) {
  // A transaction to write begins also in a file that is read-only, but not beside one.
  if (writer.IsReadOnly()) return NotWritable(path);
  const auto begun = io::Transaction::Begin(writer);
  if (begun) return {};
  if (begun.error().code() == ErrorCode::kPermissionDenied) return NotWritable(path);
  return tl::unexpected<Error>(begun.error());
}

Status SqliteStore::MakeTables(io::Database& writer) {
  io::Transaction transaction = PROVISO_TRY(io::Transaction::Begin(writer));
  PROVISO_TRY(writer.Execute(kTables));
  PROVISO_TRY(writer.Execute("PRAGMA user_version=" + std::to_string(kSchemaVersion)));
  return transaction.Commit();
}

Result<SqliteStore::Statements> SqliteStore::Prepare(io::Database& writer) {
  io::Statement entry = PROVISO_TRY(writer.Prepare("INSERT INTO log_entry VALUES(?,?,?)"));
  io::Statement addendum = PROVISO_TRY(writer.Prepare("INSERT INTO log_addendum VALUES(?,?,?,?)"));
  io::Statement key = PROVISO_TRY(writer.Prepare("INSERT INTO log_addendum_key VALUES(?,?,?)"));
  io::Statement checkpoint = PROVISO_TRY(writer.Prepare("INSERT INTO log_checkpoint VALUES(?,?)"));
  io::Statement root = PROVISO_TRY(writer.Prepare("INSERT INTO log_tile_root VALUES(?,?,?)"));
  return Statements{.entry = std::move(entry),
                    .addendum = std::move(addendum),
                    .key = std::move(key),
                    .checkpoint = std::move(checkpoint),
                    .root = std::move(root)};
}

Result<std::optional<std::string>> SqliteStore::Meta(const std::string& name) {
  io::Statement select = PROVISO_TRY(writer_.Prepare("SELECT value FROM log_meta WHERE name = ?"));
  PROVISO_TRY(select.Bind(1, name));
  if (!PROVISO_TRY(select.Step())) return std::optional<std::string>();
  return std::optional(std::string(select.Text(0)));
}

Status SqliteStore::SetMeta(const std::string& name, const std::string& value) {
  io::Statement put = PROVISO_TRY(writer_.Prepare(
      "INSERT INTO log_meta VALUES(?,?) ON CONFLICT(name) DO UPDATE SET value = excluded.value"));
  return put.RunWith(name, value);
}

Status SqliteStore::InsertEntries(std::uint64_t first, std::span<const PreparedEntry> entries) {
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const PreparedEntry& entry = entries[i];
    const std::int64_t position = Signed(first + i);
    PROVISO_TRY(
        statements_.entry.RunWith(position, ByteView(entry.leaf.bytes), ByteView(entry.bytes)));
    for (const SealedAddendum& addendum : entry.addenda) {
      PROVISO_TRY(statements_.addendum.RunWith(
          position, addendum.name, ByteView(addendum.digest.bytes), ByteView(addendum.sealed)));
      PROVISO_TRY(statements_.key.RunWith(position, addendum.name, ByteView(addendum.key)));
    }
  }
  return {};
}

Status SqliteStore::InsertReceipts(std::span<const Receipt> receipts) {
  if (receipts.empty()) return {};
  return Fail(ErrorCode::kUnimplemented, "the database of one server has no mailbox");
}

Result<std::int64_t> SqliteStore::SelectEntriesEnd() {
  return OneInteger(writer_, "SELECT coalesce(max(position) + 1, 0) FROM log_entry");
}

Status SqliteStore::InsertCheckpoint(const SignedSize& checkpoint,
                                     std::span<const TileTree::FullTile> completed) {
  for (const TileTree::FullTile& tile : completed) {
    PROVISO_TRY(statements_.root.RunWith(std::int64_t{tile.id.level}, Signed(tile.id.index),
                                         ByteView(tile.root.bytes)));
  }
  return statements_.checkpoint.RunWith(Signed(checkpoint.size), checkpoint.note);
}

Result<std::optional<SqliteStore::SignedSize>> SqliteStore::OneCheckpoint(io::Statement& select) {
  if (!PROVISO_TRY(select.Step())) return std::optional<SignedSize>();
  return std::optional(SignedSize{.size = static_cast<std::uint64_t>(select.Integer(0)),
                                  .note = std::string(select.Text(1))});
}

Result<std::optional<SqliteStore::SignedSize>> SqliteStore::LatestCheckpoint() {
  io::Statement select = PROVISO_TRY(
      writer_.Prepare("SELECT size, note FROM log_checkpoint ORDER BY size DESC LIMIT 1"));
  return OneCheckpoint(select);
}

Result<std::optional<SqliteStore::SignedSize>> SqliteStore::CheckpointAt(std::uint64_t size) {
  io::Statement select =
      PROVISO_TRY(writer_.Prepare("SELECT size, note FROM log_checkpoint WHERE size = ?"));
  PROVISO_TRY(select.Bind(1, Signed(size)));
  return OneCheckpoint(select);
}

Status SqliteStore::VisitTileRoots(int level, std::uint64_t from, std::uint64_t to,
                                   const VisitBlob& visit) {
  io::Statement select =
      PROVISO_TRY(writer_.Prepare("SELECT hash FROM log_tile_root WHERE level = ? AND position >= ?"
                                  " AND position < ? ORDER BY position"));
  PROVISO_TRY(select.Bind(1, std::int64_t{level}));
  PROVISO_TRY(select.Bind(2, Signed(from)));
  PROVISO_TRY(select.Bind(3, Signed(to)));
  while (PROVISO_TRY(select.Step())) PROVISO_TRY(visit(select.Blob(0)));
  return {};
}

Result<std::vector<std::int64_t>> SqliteStore::SelectEdgeWidths(const Edge& edge) {
  io::Statement select =
      PROVISO_TRY(writer_.Prepare("SELECT DISTINCT (size >> ?1) - ?2 FROM log_checkpoint"
                                  " WHERE size >= (?2 << ?1) AND size <= ?3 ORDER BY 1"));
  PROVISO_TRY(select.Bind(1, std::int64_t{edge.shift}));
  PROVISO_TRY(select.Bind(2, Signed(edge.start)));
  PROVISO_TRY(select.Bind(3, Signed(edge.size)));
  std::vector<std::int64_t> widths;
  while (PROVISO_TRY(select.Step())) widths.push_back(select.Integer(0));
  return widths;
}

Status SqliteStore::BeginTransaction() {
  if (writer_.HasMoved()) {
    return Fail(ErrorCode::kDataLoss,
                "the log's database is no longer where it was opened: it was removed, or another "
                "one stands in its place, and what is written now would be lost");
  }
  transaction_.emplace(PROVISO_TRY(io::Transaction::Begin(writer_)));
  return {};
}

Status SqliteStore::CommitTransaction() {
  PROVISO_TRY(transaction_->Commit());
  transaction_.reset();
  return {};
}

Result<bool> SqliteStore::DeleteKey(std::uint64_t position, const std::string& name) {
  io::Statement erase =
      PROVISO_TRY(writer_.Prepare("DELETE FROM log_addendum_key WHERE position = ? AND name = ?"));
  PROVISO_TRY(erase.RunWith(Signed(position), name));
  const bool erased = writer_.changes() > 0;
  // Older images of the page, with the key, lie in the write-ahead log until it is emptied. So they
  // do when the key is gone because somebody died between these two steps.
  PROVISO_TRY(writer_.TruncateWal());
  return erased;
}

}  // namespace proviso::ledger

#include "io/sql/sqlite.h"

#include <sqlite3.h>
#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <utility>

namespace proviso::io {
namespace {

ErrorCode CodeOf(int extended) {
  switch (extended) {
    case SQLITE_CONSTRAINT_UNIQUE:
    case SQLITE_CONSTRAINT_PRIMARYKEY:
    case SQLITE_CONSTRAINT_ROWID:
      return ErrorCode::kAlreadyExists;
    default:
      break;
  }
  switch (extended & 0xFF) {
    case SQLITE_FULL:
    case SQLITE_NOMEM:
    case SQLITE_TOOBIG:
      return ErrorCode::kResourceExhausted;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return ErrorCode::kDataLoss;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
    case SQLITE_PROTOCOL:  // an index beside it is of another write-ahead log
      return ErrorCode::kUnavailable;
    case SQLITE_PERM:
    case SQLITE_READONLY:
    case SQLITE_AUTH:
      return ErrorCode::kPermissionDenied;
    case SQLITE_CONSTRAINT:
      return ErrorCode::kFailedPrecondition;
    default:
      return ErrorCode::kInternal;
  }
}

// `ulimit -f`: what SQLite did after the failed write hides its reason.
bool IsFileSizeLimited() {
  rlimit limit{};
  return ::getrlimit(RLIMIT_FSIZE, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY;
}

// SQLite has a code of its own for a full disk, but does not use it for every file that it grows.
// A failed sync is none of these, whatever its reason: nobody knows what it kept.
bool IsOutOfSpace(int extended, int system_errno) {
  const int code = extended & 0xFF;
  if (extended == SQLITE_IOERR_FSYNC || extended == SQLITE_IOERR_DIR_FSYNC) return false;
  if (extended == SQLITE_IOERR_WRITE && IsFileSizeLimited()) return true;
  return (code == SQLITE_IOERR || code == SQLITE_CANTOPEN) &&
         (system_errno == ENOSPC || system_errno == EDQUOT || system_errno == EFBIG);
}

std::string_view RemedyOf(int extended) {
  switch (extended & 0xFF) {
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return "; the file is damaged: restore it from a backup";
    case SQLITE_CANTOPEN:
    case SQLITE_READONLY:
    case SQLITE_PERM:
      return "; this user must be able to read and write the file and its folder";
    default:
      return "";
  }
}

tl::unexpected<Error> Failed(sqlite3* database) {
  const char* file = database == nullptr ? nullptr : sqlite3_db_filename(database, "main");
  std::string message = "database";
  if (file != nullptr && *file != '\0') message += " `" + std::string(file) + "`";
  const int code = database == nullptr ? SQLITE_NOMEM : sqlite3_extended_errcode(database);
  message += ": ";
  message += database == nullptr ? sqlite3_errstr(code) : sqlite3_errmsg(database);
  message += " (code " + std::to_string(code) + ")";
  if (database != nullptr && IsOutOfSpace(code, sqlite3_system_errno(database))) {
    return Fail(ErrorCode::kResourceExhausted,
                message + ": the disk is full, or a limit of space is reached; free some space");
  }
  if (code == SQLITE_IOERR_SHMSIZE) message += ": the disk may be full; free some space";
  return Fail(CodeOf(code), message + std::string(RemedyOf(code)));
}

// `path` as a URI that SQLite does not take apart elsewhere.
std::string UriPath(const std::filesystem::path& path) {
  std::string uri = "file:";
  for (const char c : std::filesystem::absolute(path).string()) {
    if (c == '%') uri += "%25";
    if (c == '?') uri += "%3f";
    if (c == '#') uri += "%23";
    if (c != '%' && c != '?' && c != '#') uri += c;
  }
  return uri;
}

// Whether a write-ahead log holds nothing but its header, if that: then the file is all there is.
bool HasNoFrames(const std::filesystem::path& wal) {
  constexpr std::uintmax_t kHeaderBytes = 32;
  std::error_code error;
  const std::uintmax_t size = std::filesystem::file_size(wal, error);
  return !error && size <= kHeaderBytes;
}

std::string ImmutableUri(const std::filesystem::path& path) {
  return UriPath(path) + "?mode=ro&immutable=1";
}

// How to open a database without a trace. While anybody has it open there is a write-ahead log, and
// an index to it: then both are read. Without them nobody has, and the file is all there is.
std::string TracelessUri(const std::filesystem::path& path) {
  std::error_code error;
  const std::string wal = path.string() + "-wal";
  if (!std::filesystem::exists(wal, error)) return ImmutableUri(path);
  // Nobody writes there, and to find that out from SQLite takes ten seconds.
  if (HasNoFrames(wal) && ::access(wal.c_str(), W_OK) != 0) return ImmutableUri(path);
  const bool has_index = std::filesystem::exists(path.string() + "-shm", error);
  return UriPath(path) + (has_index ? "?mode=ro&readonly_shm=1" : "?mode=ro");
}

}  // namespace

void Statement::Finalize::operator()(sqlite3_stmt* statement) const noexcept {
  sqlite3_finalize(statement);
}

Status Statement::Check(int code) const {
  if (code == SQLITE_OK) return {};
  return Failed(sqlite3_db_handle(statement_.get()));
}

Status Statement::Bind(int position, std::int64_t value) {
  return Check(sqlite3_bind_int64(statement_.get(), position, value));
}

Status Statement::Bind(int position, std::string_view text) {
  // A pointer that is null would bind NULL.
  const char* data = text.empty() ? "" : text.data();
  return Check(sqlite3_bind_text64(statement_.get(), position, data, text.size(), SQLITE_TRANSIENT,
                                   SQLITE_UTF8));
}

Status Statement::Bind(int position, ByteView blob) {
  if (blob.empty()) return Check(sqlite3_bind_zeroblob(statement_.get(), position, 0));
  return Check(
      sqlite3_bind_blob64(statement_.get(), position, blob.data(), blob.size(), SQLITE_TRANSIENT));
}

Status Statement::BindNull(int position) {
  return Check(sqlite3_bind_null(statement_.get(), position));
}

Result<bool> Statement::Step() {
  const int code = sqlite3_step(statement_.get());
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  auto failure = Failed(sqlite3_db_handle(statement_.get()));
  Reset();
  return failure;
}

Status Statement::Run() {
  while (PROVISO_TRY(Step())) {
  }
  Reset();
  return {};
}

void Statement::Reset() {
  // Repeats the code of the last Step, which has been reported already.
  sqlite3_reset(statement_.get());
}

std::int64_t Statement::Integer(int column) const {
  return sqlite3_column_int64(statement_.get(), column);
}

std::string_view Statement::Text(int column) const {
  const unsigned char* data = sqlite3_column_text(statement_.get(), column);
  const int size = sqlite3_column_bytes(statement_.get(), column);
  if (data == nullptr) return {};
  return {reinterpret_cast<const char*>(data), static_cast<std::size_t>(size)};
}

ByteView Statement::Blob(int column) const {
  const void* data = sqlite3_column_blob(statement_.get(), column);
  const int size = sqlite3_column_bytes(statement_.get(), column);
  if (data == nullptr) return {};
  return {static_cast<const std::uint8_t*>(data), static_cast<std::size_t>(size)};
}

bool Statement::IsNull(int column) const {
  return sqlite3_column_type(statement_.get(), column) == SQLITE_NULL;
}

void Database::Close::operator()(sqlite3* database) const noexcept { sqlite3_close_v2(database); }

Result<Database> Database::Open(const std::filesystem::path& path, const Options& options) {
  int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX;
  if (options.read_only) {
    flags = SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX;
  } else if (options.create) {
    flags |= SQLITE_OPEN_CREATE;
  }
  std::error_code error;
  const bool must_exist = options.vfs.empty() && (options.read_only || !options.create);
  if (must_exist && !std::filesystem::exists(path, error)) {
    return Fail(ErrorCode::kNotFound, "database `" + path.string() + "` does not exist");
  }
  const bool traceless = options.read_only && options.leave_alone && options.vfs.empty();
  if (!traceless) return OpenNamed(path, path.string(), flags, options);
  flags |= SQLITE_OPEN_URI;
  Result<Database> database = OpenNamed(path, TracelessUri(path), flags, options);
  const bool reads = database && database->Execute("PRAGMA schema_version");
  // Who began a write-ahead log and died left an index that is not of it. Only who may write could
  // make that again.
  if (!reads && HasNoFrames(path.string() + "-wal")) {
    return OpenNamed(path, ImmutableUri(path), flags, options);
  }
  return database;
}

Result<Database> Database::OpenNamed(const std::filesystem::path& path, const std::string& name,
                                     int flags, const Options& options) {
  const char* vfs = options.vfs.empty() ? nullptr : options.vfs.c_str();
  sqlite3* opened = nullptr;
  const int code = sqlite3_open_v2(name.c_str(), &opened, flags, vfs);
  std::unique_ptr<sqlite3, Close> owned(opened);
  if (code != SQLITE_OK) {
    auto failure = Failed(opened);
    return tl::unexpected<Error>(
        std::move(failure.value()).Context("open `" + path.string() + "`"));
  }
  sqlite3_extended_result_codes(opened, 1);
  sqlite3_busy_timeout(opened, options.busy_timeout_ms);
  Database database(std::move(owned));
  PROVISO_TRY_DOING(Configure(database, options), "open `" + path.string() + "`");
  return database;
}

Status Database::Configure(Database& database, const Options& options) {
  // Text in double quotes is a mistake, not a string; and a damaged schema is not to be trusted.
  sqlite3_db_config(database.database_.get(), SQLITE_DBCONFIG_DQS_DML, 0, nullptr);
  sqlite3_db_config(database.database_.get(), SQLITE_DBCONFIG_DQS_DDL, 0, nullptr);
  sqlite3_db_config(database.database_.get(), SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  PROVISO_TRY(database.Execute("PRAGMA foreign_keys=ON; PRAGMA cell_size_check=ON"));
  if (options.read_only) return {};
  PROVISO_TRY(database.Execute("PRAGMA journal_mode=WAL"));
  const bool full = options.synchronous == Synchronous::kFull;
  PROVISO_TRY(database.Execute(full ? "PRAGMA synchronous=FULL" : "PRAGMA synchronous=NORMAL"));
  PROVISO_TRY(database.Execute(options.secure_delete ? "PRAGMA secure_delete=ON"
                                                     : "PRAGMA secure_delete=OFF"));
  PROVISO_TRY(database.Execute("PRAGMA wal_autocheckpoint=" +
                               std::to_string(options.wal_autocheckpoint_pages)));
  if (options.pages_max > 0) {
    return database.Execute("PRAGMA max_page_count=" + std::to_string(options.pages_max));
  }
  return {};
}

Status Database::Execute(std::string_view sql) {
  const std::string text(sql);
  if (sqlite3_exec(database_.get(), text.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) {
    return Failed(database_.get());
  }
  return {};
}

Result<Statement> Database::Prepare(std::string_view sql) {
  sqlite3_stmt* statement = nullptr;
  const int code = sqlite3_prepare_v3(database_.get(), sql.data(), static_cast<int>(sql.size()),
                                      SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  if (code != SQLITE_OK) return Failed(database_.get());
  if (statement == nullptr) {
    return Fail(ErrorCode::kInvalidArgument,
                "expected a statement, found `" + std::string(sql) + "`");
  }
  return Statement(statement);
}

std::int64_t Database::changes() const { return sqlite3_changes64(database_.get()); }

bool Database::IsReadOnly() const { return sqlite3_db_readonly(database_.get(), "main") == 1; }

bool Database::HasMoved() const {
  int moved = 0;
  sqlite3_file_control(database_.get(), "main", SQLITE_FCNTL_HAS_MOVED, &moved);
  return moved != 0;
}

Status Database::FlushWal() {
  const int code = sqlite3_wal_checkpoint_v2(database_.get(), nullptr, SQLITE_CHECKPOINT_PASSIVE,
                                             nullptr, nullptr);
  if (code != SQLITE_OK && (code & 0xFF) != SQLITE_BUSY) return Failed(database_.get());
  return {};
}

Status Database::TruncateWal() {
  const int code = sqlite3_wal_checkpoint_v2(database_.get(), nullptr, SQLITE_CHECKPOINT_TRUNCATE,
                                             nullptr, nullptr);
  if (code != SQLITE_OK) return Failed(database_.get());
  return SyncWal();
}

// SQLite does not sync the empty write-ahead log: what was in it may come back with a power cut.
Status Database::SyncWal() {
  sqlite3_file* wal = nullptr;
  sqlite3_file_control(database_.get(), "main", SQLITE_FCNTL_JOURNAL_POINTER, &wal);
  if (wal == nullptr || wal->pMethods == nullptr) return {};
  const int code = wal->pMethods->xSync(wal, SQLITE_SYNC_FULL);
  if (code == SQLITE_OK) return {};
  return Fail(ErrorCode::kUnavailable,
              "database: the write-ahead log cannot be synced (code " + std::to_string(code) + ")");
}

bool Database::InTransaction() const { return sqlite3_get_autocommit(database_.get()) == 0; }

Result<Transaction> Transaction::Begin(Database& database) {
  PROVISO_TRY(database.Execute("BEGIN IMMEDIATE"));
  return Transaction(database);
}

Transaction::Transaction(Transaction&& other) noexcept
    : database_(std::exchange(other.database_, nullptr)) {}

Transaction::~Transaction() {
  // SQLite ends a transaction by itself after some failures.
  if (database_ == nullptr || !database_->InTransaction()) return;
  sqlite3_exec(database_->database_.get(), "ROLLBACK", nullptr, nullptr, nullptr);
}

Status Transaction::Commit() {
  PROVISO_TRY(database_->Execute("COMMIT"));
  database_ = nullptr;
  return {};
}

}  // namespace proviso::io

#include "usage/engines/duckdb_engine.h"

#include <duckdb.h>

#include <exception>
#include <utility>

#include "base/check.h"
#include "usage/engines/duckdb_table_function.h"

namespace proviso::usage {

namespace {

constexpr std::string_view kVersionLine = "v1.4.";

ErrorCode CodeOf(duckdb_error_type type, std::string_view message) {
  if (message.find("No space left") != std::string_view::npos) {
    return ErrorCode::kResourceExhausted;
  }
  // A failed task leaves only its message, no type.
  if (message.find("Out of Memory Error") != std::string_view::npos) {
    return ErrorCode::kResourceExhausted;
  }
  if (message.starts_with("IO Error")) return ErrorCode::kUnavailable;
  if (message.find("INTERRUPT Error") != std::string_view::npos) return ErrorCode::kUnavailable;
  if (type == DUCKDB_ERROR_OUT_OF_MEMORY || type == DUCKDB_ERROR_OUT_OF_RANGE) {
    return ErrorCode::kResourceExhausted;
  }
  if (type == DUCKDB_ERROR_IO || type == DUCKDB_ERROR_INTERRUPT) return ErrorCode::kUnavailable;
  if (type == DUCKDB_ERROR_INVALID_INPUT || type == DUCKDB_ERROR_CONVERSION) {
    return ErrorCode::kInvalidArgument;
  }
  return ErrorCode::kInternal;
}

tl::unexpected<Error> EngineFailure(duckdb_error_type type, const char* message) {
  const std::string text = message == nullptr ? "unknown error" : message;
  return Fail(CodeOf(type, text), "duckdb: " + text);
}

// Owns a prepared statement.
class Statement {
 public:
  static Result<Statement> Prepare(duckdb_connection connection, const std::string& sql) {
    Statement made;
    if (duckdb_prepare(connection, sql.c_str(), &made.statement_) != DuckDBSuccess) {
      return EngineFailure(DUCKDB_ERROR_INVALID, duckdb_prepare_error(made.statement_));
    }
    return made;
  }
  Statement(Statement&& other) noexcept : statement_(std::exchange(other.statement_, nullptr)) {}
  Statement& operator=(Statement&&) = delete;
  ~Statement() { duckdb_destroy_prepare(&statement_); }

  Status Bind(const std::vector<Parameter>& parameters) {
    for (std::size_t i = 0; i < parameters.size(); ++i) {
      const auto bound =
          std::visit([&](const auto& value) { return BindOne(i + 1, value); }, parameters[i]);
      if (bound != DuckDBSuccess) {
        return EngineFailure(DUCKDB_ERROR_INVALID, duckdb_prepare_error(statement_));
      }
    }
    return {};
  }
  duckdb_prepared_statement get() const { return statement_; }

 private:
  Statement() = default;
  duckdb_state BindOne(idx_t index, const std::string& value) {
    return duckdb_bind_varchar_length(statement_, index, value.data(), value.size());
  }
  duckdb_state BindOne(idx_t index, std::int64_t value) {
    return duckdb_bind_int64(statement_, index, value);
  }
  duckdb_state BindOne(idx_t index, Date value) {
    return duckdb_bind_date(statement_, index,
                            {static_cast<std::int32_t>(value.time_since_epoch().count())});
  }
  duckdb_state BindOne(idx_t index, Instant value) {
    return duckdb_bind_timestamp(statement_, index, {value.time_since_epoch().count()});
  }
  duckdb_state BindOne(idx_t index, Decimal value) {
    const Int128 units = value.units();
    return duckdb_bind_decimal(
        statement_, index,
        {38,
         Decimal::kScale,
         {static_cast<std::uint64_t>(units), static_cast<std::int64_t>(units >> 64)}});
  }

  duckdb_prepared_statement statement_ = nullptr;
};

// Owns a result.
struct ResultOwner {
  ResultOwner() = default;
  ResultOwner(const ResultOwner&) = delete;
  ResultOwner& operator=(const ResultOwner&) = delete;
  ~ResultOwner() { duckdb_destroy_result(&result); }
  duckdb_result result{};
};

// Owns a pending result.
struct PendingOwner {
  PendingOwner() = default;
  PendingOwner(const PendingOwner&) = delete;
  PendingOwner& operator=(const PendingOwner&) = delete;
  ~PendingOwner() { duckdb_destroy_pending(&pending); }
  duckdb_pending_result pending = nullptr;
};

// Runs `pending` up to its first rows, task by task, so that `tick` is called in between.
Status RunPending(PendingOwner& pending, const std::function<void()>& tick, ResultOwner& out) {
  while (tick) {
    const duckdb_pending_state state = duckdb_pending_execute_task(pending.pending);
    if (duckdb_pending_execution_is_finished(state) || state == DUCKDB_PENDING_RESULT_READY) break;
    // To go on would only tell that it failed, around the reason.
    if (state == DUCKDB_PENDING_ERROR) {
      return EngineFailure(DUCKDB_ERROR_INVALID, duckdb_pending_error(pending.pending));
    }
    tick();
  }
  if (duckdb_execute_pending(pending.pending, &out.result) != DuckDBSuccess) {
    const char* message = duckdb_result_error(&out.result);
    if (message == nullptr) message = duckdb_pending_error(pending.pending);
    return EngineFailure(duckdb_result_error_type(&out.result), message);
  }
  return {};
}

ColumnType TypeOf(duckdb_result& result, idx_t column) {
  const duckdb_type type = duckdb_column_type(&result, column);
  if (type == DUCKDB_TYPE_VARCHAR) return ColumnType::kText;
  if (type == DUCKDB_TYPE_BIGINT) return ColumnType::kInteger;
  if (type == DUCKDB_TYPE_BOOLEAN) return ColumnType::kBoolean;
  if (type == DUCKDB_TYPE_DATE) return ColumnType::kDate;
  if (type == DUCKDB_TYPE_TIMESTAMP) return ColumnType::kInstant;
  if (type != DUCKDB_TYPE_DECIMAL) return ColumnType::kOther;
  duckdb_logical_type decimal = duckdb_column_logical_type(&result, column);
  const bool ours = duckdb_decimal_scale(decimal) == Decimal::kScale &&
                    duckdb_decimal_internal_type(decimal) == DUCKDB_TYPE_HUGEINT;
  duckdb_destroy_logical_type(&decimal);
  return ours ? ColumnType::kDecimal : ColumnType::kOther;
}

Status ApplySettings(const EngineSettings& settings, duckdb_config config) {
  const auto set = [&](const char* name, const std::string& value) -> Status {
    if (duckdb_set_config(config, name, value.c_str()) != DuckDBSuccess) {
      return Fail(ErrorCode::kInternal, std::string("duckdb does not take the setting ") + name);
    }
    return {};
  };
  PROVISO_TRY(set("memory_limit", std::to_string(settings.memory_bytes) + "B"));
  if (settings.threads > 0) PROVISO_TRY(set("threads", std::to_string(settings.threads)));
  PROVISO_TRY(set("autoinstall_known_extensions", "false"));
  PROVISO_TRY(set("autoload_known_extensions", "false"));
  PROVISO_TRY(set("preserve_insertion_order", settings.keep_order ? "true" : "false"));
  PROVISO_TRY(set("temp_directory", settings.spill_directory.string()));
  return {};
}

std::string SqlList(const std::vector<std::filesystem::path>& paths) {
  std::string list = "[";
  for (const std::filesystem::path& path : paths) {
    if (list.size() > 1) list += ", ";
    list += QuoteSql(std::filesystem::absolute(path).lexically_normal().string());
  }
  return list + "]";
}

}  // namespace

std::string QuoteSql(std::string_view text) {
  std::string quoted = "'";
  for (const char c : text) {
    if (c == '\'') quoted += '\'';
    quoted += c;
  }
  return quoted + "'";
}

Status CheckDuckDbVersion(std::string_view version) {
  if (version.starts_with(kVersionLine)) return {};
  return Fail(ErrorCode::kFailedPrecondition,
              "libduckdb is `" + std::string(version) + "`, expected " + std::string(kVersionLine) +
                  "x; install the library that came with this program");
}

bool ChunkView::IsNull(std::size_t column, std::size_t row) const {
  const std::uint64_t* validity = columns_[column].validity;
  return validity != nullptr && (validity[row / 64] >> (row % 64) & 1U) == 0;
}

std::string_view ChunkView::Text(std::size_t column, std::size_t row) const {
  PROVISO_CHECK(columns_[column].type == ColumnType::kText, "no text column");
  duckdb_string_t text = static_cast<const duckdb_string_t*>(columns_[column].data)[row];
  const std::uint32_t size = duckdb_string_t_length(text);
  // A short text lies inside of the cell itself, so the view must point there, not to the copy.
  const auto* cell = static_cast<const duckdb_string_t*>(columns_[column].data) + row;
  return {duckdb_string_is_inlined(text) ? cell->value.inlined.inlined : cell->value.pointer.ptr,
          size};
}

std::int64_t ChunkView::Integer(std::size_t column, std::size_t row) const {
  PROVISO_CHECK(columns_[column].type == ColumnType::kInteger, "no integer column");
  return static_cast<const std::int64_t*>(columns_[column].data)[row];
}

Decimal ChunkView::DecimalAt(std::size_t column, std::size_t row) const {
  PROVISO_CHECK(columns_[column].type == ColumnType::kDecimal, "no decimal column");
  Int128 units = 0;
  std::memcpy(&units, static_cast<const std::byte*>(columns_[column].data) + row * sizeof(units),
              sizeof(units));
  return Decimal::FromUnits(units);
}

Date ChunkView::DateAt(std::size_t column, std::size_t row) const {
  PROVISO_CHECK(columns_[column].type == ColumnType::kDate, "no date column");
  return Date{std::chrono::days{static_cast<const std::int32_t*>(columns_[column].data)[row]}};
}

Instant ChunkView::InstantAt(std::size_t column, std::size_t row) const {
  PROVISO_CHECK(columns_[column].type == ColumnType::kInstant, "no timestamp column");
  return Instant{
      std::chrono::microseconds{static_cast<const std::int64_t*>(columns_[column].data)[row]}};
}

struct DuckDbEngine::State {
  State() = default;
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() {
    if (connection != nullptr) duckdb_disconnect(&connection);
    if (database != nullptr) duckdb_close(&database);
  }
  duckdb_database database = nullptr;
  duckdb_connection connection = nullptr;
  bool serves_rows = false;  // whether the table function is registered
  TableFunction table_function;
};

DuckDbEngine::DuckDbEngine(std::unique_ptr<State> state) : state_(std::move(state)) {}
DuckDbEngine::DuckDbEngine(DuckDbEngine&&) noexcept = default;
DuckDbEngine& DuckDbEngine::operator=(DuckDbEngine&&) noexcept = default;
DuckDbEngine::~DuckDbEngine() = default;

Result<DuckDbEngine> DuckDbEngine::Open(const EngineSettings& settings) {
  PROVISO_TRY(CheckDuckDbVersion(duckdb_library_version()));
  auto state = std::make_unique<State>();
  duckdb_config config = nullptr;
  if (duckdb_create_config(&config) != DuckDBSuccess) {
    return Fail(ErrorCode::kResourceExhausted, "duckdb: no memory for a configuration");
  }
  const Status applied = ApplySettings(settings, config);
  char* message = nullptr;
  duckdb_state opened = DuckDBError;
  if (applied) opened = duckdb_open_ext(nullptr, &state->database, config, &message);
  duckdb_destroy_config(&config);
  if (!applied) return tl::unexpected(applied.error());
  if (opened != DuckDBSuccess) {
    const std::string text = message == nullptr ? "unknown error" : message;
    duckdb_free(message);
    return Fail(ErrorCode::kInternal, "cannot open duckdb: " + text);
  }
  if (duckdb_connect(state->database, &state->connection) != DuckDBSuccess) {
    return Fail(ErrorCode::kInternal, "cannot connect to duckdb");
  }
  DuckDbEngine engine(std::move(state));
  PROVISO_TRY(engine.Execute("SET TimeZone = 'UTC'"));
  std::vector<std::filesystem::path> directories = settings.directories;
  if (!settings.spill_directory.empty()) directories.push_back(settings.spill_directory);
  PROVISO_TRY(engine.Execute("SET allowed_paths = " + SqlList(settings.readable_files)));
  PROVISO_TRY(engine.Execute("SET allowed_directories = " + SqlList(directories)));
  PROVISO_TRY(engine.Execute("SET enable_external_access = false"));
  PROVISO_TRY(engine.Execute("SET lock_configuration = true"));
  return engine;
}

Status DuckDbEngine::Execute(const std::string& sql, const std::vector<Parameter>& parameters,
                             const std::function<void()>& tick) {
  auto statement = PROVISO_TRY(Statement::Prepare(state_->connection, sql));
  PROVISO_TRY(statement.Bind(parameters));
  PendingOwner pending;
  if (duckdb_pending_prepared(statement.get(), &pending.pending) != DuckDBSuccess) {
    return EngineFailure(DUCKDB_ERROR_INVALID, duckdb_pending_error(pending.pending));
  }
  ResultOwner result;
  return RunPending(pending, tick, result);
}

// The result is destroyed before the statement that it came from.
struct QueryCursor::State {
  explicit State(Statement prepared) : statement(std::move(prepared)) {}
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() { duckdb_destroy_data_chunk(&chunk); }

  Statement statement;
  PendingOwner pending;
  ResultOwner owner;
  duckdb_data_chunk chunk = nullptr;
  ChunkView view;
};

QueryCursor::QueryCursor(std::unique_ptr<State> state) : state_(std::move(state)) {}
QueryCursor::QueryCursor(QueryCursor&&) noexcept = default;
QueryCursor& QueryCursor::operator=(QueryCursor&&) noexcept = default;
QueryCursor::~QueryCursor() = default;

Result<const ChunkView*> QueryCursor::Next() {
  duckdb_destroy_data_chunk(&state_->chunk);
  state_->chunk = duckdb_fetch_chunk(state_->owner.result);
  ChunkView& view = state_->view;
  view.rows_ = state_->chunk == nullptr ? 0 : duckdb_data_chunk_get_size(state_->chunk);
  if (view.rows_ == 0) {
    const char* message = duckdb_result_error(&state_->owner.result);
    if (message == nullptr || *message == '\0') return nullptr;
    return EngineFailure(duckdb_result_error_type(&state_->owner.result), message);
  }
  for (std::size_t i = 0; i < view.columns_.size(); ++i) {
    const duckdb_vector vector = duckdb_data_chunk_get_vector(state_->chunk, i);
    view.columns_[i].data = duckdb_vector_get_data(vector);
    view.columns_[i].validity = duckdb_vector_get_validity(vector);
  }
  return &view;
}

Result<QueryCursor> DuckDbEngine::Start(const std::string& sql,
                                        const std::vector<Parameter>& parameters) {
  auto prepared = PROVISO_TRY(Statement::Prepare(state_->connection, sql));
  PROVISO_TRY(prepared.Bind(parameters));
  auto state = std::make_unique<QueryCursor::State>(std::move(prepared));
  // duckdb_query() would hold the whole result in memory, outside of the memory limit.
  if (duckdb_pending_prepared_streaming(state->statement.get(), &state->pending.pending) !=
      DuckDBSuccess) {
    return EngineFailure(DUCKDB_ERROR_INVALID, duckdb_pending_error(state->pending.pending));
  }
  PROVISO_TRY(RunPending(state->pending, {}, state->owner));
  state->view.columns_.resize(duckdb_column_count(&state->owner.result));
  for (std::size_t i = 0; i < state->view.columns_.size(); ++i) {
    state->view.columns_[i].type = TypeOf(state->owner.result, i);
  }
  return QueryCursor(std::move(state));
}

Status DuckDbEngine::Query(const std::string& sql, const std::vector<Parameter>& parameters,
                           const std::function<Status(const ChunkView&)>& take) {
  auto cursor = PROVISO_TRY(Start(sql, parameters));
  while (const ChunkView* const rows = PROVISO_TRY(cursor.Next())) {
    PROVISO_TRY(take(*rows));
  }
  return {};
}

Status DuckDbEngine::CopyToParquet(RowSource& source, const std::filesystem::path& path,
                                   const std::function<void()>& tick) {
  if (!state_->serves_rows) {
    PROVISO_TRY(state_->table_function.Register(state_->connection));
    state_->serves_rows = true;
  }
  state_->table_function.Serve(&source);
  const Status copied = Execute("COPY (SELECT * FROM proviso_rows()) TO " +
                                    QuoteSql(path.string()) + " (FORMAT parquet, COMPRESSION zstd)",
                                {}, tick);
  std::optional<Error> own = state_->table_function.TakeError();
  state_->table_function.Serve(nullptr);
  if (own) return tl::unexpected(*std::move(own));
  return copied;
}

void DuckDbEngine::Interrupt() { duckdb_interrupt(state_->connection); }

std::optional<double> DuckDbEngine::Progress() const {
  const double percentage = duckdb_query_progress(state_->connection).percentage;
  if (percentage < 0) return std::nullopt;
  return percentage / 100;
}

}  // namespace proviso::usage

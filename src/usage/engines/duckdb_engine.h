#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/decimal.h"
#include "base/result.h"
#include "base/time.h"

namespace proviso::usage {

// A moment as the lake holds it: microseconds, UTC.
using Instant = std::chrono::sys_time<std::chrono::microseconds>;

enum class ColumnType { kText, kInteger, kDecimal, kDate, kInstant, kBoolean, kOther };

struct ColumnSpec {
  std::string name;
  ColumnType type = ColumnType::kText;
};

// A value bound to a `?` of a statement. The only way for outside text to reach a query.
using Parameter = std::variant<std::string, std::int64_t, Date, Instant, Decimal>;

// `text` as an SQL string literal. For paths, which some clauses do not take as parameters.
std::string QuoteSql(std::string_view text);

// A piece of a result: some rows, column by column. Valid during the callback only. Asking for a
// type that the column does not have is a bug.
class ChunkView {
 public:
  std::size_t rows() const { return rows_; }
  bool IsNull(std::size_t column, std::size_t row) const;
  std::string_view Text(std::size_t column, std::size_t row) const;
  std::int64_t Integer(std::size_t column, std::size_t row) const;
  Decimal DecimalAt(std::size_t column, std::size_t row) const;
  Date DateAt(std::size_t column, std::size_t row) const;
  Instant InstantAt(std::size_t column, std::size_t row) const;

 private:
  friend class DuckDbEngine;
  friend class QueryCursor;
  struct Column {
    const void* data = nullptr;
    const std::uint64_t* validity = nullptr;  // absent: all valid
    ColumnType type = ColumnType::kOther;
  };
  std::vector<Column> columns_;
  std::size_t rows_ = 0;
};

// The rows of a running query, fetched as they are asked for. Must not outlive its engine, which
// runs nothing else in the meantime. Movable only.
class QueryCursor {
 public:
  QueryCursor(QueryCursor&&) noexcept;
  QueryCursor& operator=(QueryCursor&&) noexcept;
  ~QueryCursor();
  // The next rows, valid until the next call; nullptr after the last.
  Result<const ChunkView*> Next();

 private:
  friend class DuckDbEngine;
  struct State;
  explicit QueryCursor(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

// Where a RowSource puts its rows. All columns of a row must be set, by one thread.
class ChunkWriter {
 public:
  std::size_t capacity() const { return capacity_; }
  // `text` must be UTF-8; it is copied. Cheap when it equals the text of the row before.
  void SetText(std::size_t column, std::size_t row, std::string_view text);
  void SetInstant(std::size_t column, std::size_t row, Instant value) {
    static_cast<std::int64_t*>(columns_[column].data)[row] = value.time_since_epoch().count();
  }
  void SetDate(std::size_t column, std::size_t row, Date value) {
    static_cast<std::int32_t*>(columns_[column].data)[row] =
        static_cast<std::int32_t>(value.time_since_epoch().count());
  }
  void SetInteger(std::size_t column, std::size_t row, std::int64_t value) {
    static_cast<std::int64_t*>(columns_[column].data)[row] = value;
  }
  void SetDecimal(std::size_t column, std::size_t row, Decimal value) {
    const Int128 units = value.units();
    std::memcpy(static_cast<std::byte*>(columns_[column].data) + row * sizeof(units), &units,
                sizeof(units));
  }
  void SetNull(std::size_t column, std::size_t row) {
    columns_[column].validity[row / 64] &= ~(std::uint64_t{1} << (row % 64));
  }

 private:
  friend class TableFunction;
  struct Column {
    void* vector = nullptr;
    void* data = nullptr;
    std::uint64_t* validity = nullptr;
    std::size_t last_text_row = SIZE_MAX;  // the row whose long text was copied last
  };
  std::vector<Column> columns_;
  std::size_t capacity_ = 0;
};

// Rows that the engine pulls. Thread-safe: every thread of the engine makes a Worker and fills
// chunks with it. Must outlive the query.
class RowSource {
 public:
  class Worker {
   public:
    Worker() = default;
    Worker(const Worker&) = delete;
    Worker& operator=(const Worker&) = delete;
    virtual ~Worker() = default;
    // Writes rows 0..n-1 and returns n; 0 means that there are no more.
    virtual Result<std::size_t> Fill(ChunkWriter& out) = 0;
  };
  RowSource() = default;
  RowSource(const RowSource&) = delete;
  RowSource& operator=(const RowSource&) = delete;
  virtual ~RowSource() = default;
  virtual const std::vector<ColumnSpec>& columns() const = 0;
  virtual std::unique_ptr<Worker> MakeWorker() = 0;
};

struct EngineSettings {
  std::uint64_t memory_bytes = std::uint64_t{1} << 30U;
  int threads = 0;                        // 0: as many as the machine has
  std::filesystem::path spill_directory;  // empty: queries do not spill to disk
  // What queries may touch; anything else on disk or network is refused.
  std::vector<std::filesystem::path> readable_files;
  std::vector<std::filesystem::path> directories;
  bool keep_order = false;  // keep the order of rows; slower, and single-threaded for a RowSource
};

// An in-memory DuckDB: one connection, no extensions from outside, no network, no files but those
// named in the settings. Thread-compatible; Interrupt and Progress may come from other threads.
class DuckDbEngine {
 public:
  // kFailedPrecondition when the library found at run time is not of the version built for.
  static Result<DuckDbEngine> Open(const EngineSettings& settings);
  DuckDbEngine(DuckDbEngine&&) noexcept;
  DuckDbEngine& operator=(DuckDbEngine&&) noexcept;
  ~DuckDbEngine();

  // Runs one statement and drops its rows; `tick` is called now and then by the calling thread.
  Status Execute(const std::string& sql, const std::vector<Parameter>& parameters = {},
                 const std::function<void()>& tick = {});
  Result<QueryCursor> Start(const std::string& sql, const std::vector<Parameter>& parameters = {});
  // Streams the rows of one statement; stops when `take` fails, with its error.
  Status Query(const std::string& sql, const std::vector<Parameter>& parameters,
               const std::function<Status(const ChunkView&)>& take);
  // The rows of `source` as a Parquet file (zstd). An error of the source comes back as it is.
  Status CopyToParquet(RowSource& source, const std::filesystem::path& path,
                       const std::function<void()>& tick = {});

  // Makes a running statement fail with kUnavailable.
  void Interrupt();
  // The share done of the running statement, 0..1; absent when unknown.
  std::optional<double> Progress() const;

 private:
  struct State;
  explicit DuckDbEngine(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

// kFailedPrecondition unless `version` is the release line that this program is made for.
Status CheckDuckDbVersion(std::string_view version);

}  // namespace proviso::usage

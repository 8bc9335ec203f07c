#pragma once

#include <optional>

#include "base/mutex.h"
#include "usage/engines/duckdb_engine.h"

// As duckdb.h declares it; our headers do not include it.
struct _duckdb_connection;  // NOLINT(bugprone-reserved-identifier)

namespace proviso::usage {

// The SQL table `proviso_rows()`, whose rows come from a RowSource of ours. Belongs to the engine;
// must not move once registered. Report is thread-safe.
class TableFunction {
 public:
  TableFunction() = default;
  TableFunction(const TableFunction&) = delete;
  TableFunction& operator=(const TableFunction&) = delete;
  ~TableFunction() = default;

  Status Register(_duckdb_connection* connection);
  void Serve(RowSource* source);
  RowSource* source() const { return source_; }
  // Fills `chunk`, a duckdb_data_chunk, with the worker's next rows.
  Result<std::size_t> FillChunk(RowSource::Worker& worker, void* chunk) const;
  void Report(Error error);
  // The first error reported, once.
  std::optional<Error> TakeError();

 private:
  RowSource* source_ = nullptr;
  Mutex mutex_;
  std::optional<Error> error_ GUARDED_BY(mutex_);
};

}  // namespace proviso::usage

#include "usage/engines/duckdb_table_function.h"

#include <duckdb.h>

#include <exception>
#include <memory>
#include <utility>

#include "base/check.h"

namespace proviso::usage {

namespace {

constexpr idx_t kThreadsMax = 64;

duckdb_logical_type MakeType(ColumnType type) {
  switch (type) {
    case ColumnType::kText:
      return duckdb_create_logical_type(DUCKDB_TYPE_VARCHAR);
    case ColumnType::kInteger:
      return duckdb_create_logical_type(DUCKDB_TYPE_BIGINT);
    case ColumnType::kDecimal:
      return duckdb_create_decimal_type(38, Decimal::kScale);
    case ColumnType::kDate:
      return duckdb_create_logical_type(DUCKDB_TYPE_DATE);
    case ColumnType::kInstant:
      return duckdb_create_logical_type(DUCKDB_TYPE_TIMESTAMP);
    case ColumnType::kBoolean:
      return duckdb_create_logical_type(DUCKDB_TYPE_BOOLEAN);
    case ColumnType::kOther:
      break;
  }
  PROVISO_CHECK(false, "a row source has a column of no known type");
}

void Bind(duckdb_bind_info info) {
  const auto* function = static_cast<TableFunction*>(duckdb_bind_get_extra_info(info));
  if (function->source() == nullptr) {
    duckdb_bind_set_error(info, "there are no rows to serve");
    return;
  }
  for (const ColumnSpec& column : function->source()->columns()) {
    duckdb_logical_type type = MakeType(column.type);
    duckdb_bind_add_result_column(info, column.name.c_str(), type);
    duckdb_destroy_logical_type(&type);
  }
}

void Init(duckdb_init_info info) { duckdb_init_set_max_threads(info, kThreadsMax); }

void LocalInit(duckdb_init_info info) {
  const auto* function = static_cast<TableFunction*>(duckdb_init_get_extra_info(info));
  std::unique_ptr<RowSource::Worker> worker = function->source()->MakeWorker();
  duckdb_init_set_init_data(info, worker.release(), [](void* data) {
    const std::unique_ptr<RowSource::Worker> owner(static_cast<RowSource::Worker*>(data));
  });
}

void Fill(duckdb_function_info info, duckdb_data_chunk output) {
  auto* function = static_cast<TableFunction*>(duckdb_function_get_extra_info(info));
  auto* worker = static_cast<RowSource::Worker*>(duckdb_function_get_local_init_data(info));
  Result<std::size_t> rows = std::size_t{0};
  // Nothing may be thrown through DuckDB's C frames.
  try {
    rows = function->FillChunk(*worker, output);
  } catch (const std::exception& thrown) {
    rows = Fail(ErrorCode::kInternal, thrown.what());
  }
  duckdb_data_chunk_set_size(output, rows ? *rows : 0);
  if (rows) return;
  duckdb_function_set_error(info, rows.error().message().c_str());
  function->Report(std::move(rows).error());
}

}  // namespace

void ChunkWriter::SetText(std::size_t column, std::size_t row, std::string_view text) {
  Column& target = columns_[column];
  auto* cells = static_cast<duckdb_string_t*>(target.data);
  constexpr std::size_t kInlineMax = sizeof(cells->value.inlined.inlined);
  if (text.size() <= kInlineMax) {
    duckdb_string_t cell{};
    cell.value.inlined.length = static_cast<std::uint32_t>(text.size());
    std::memcpy(cell.value.inlined.inlined, text.data(), text.size());
    cells[row] = cell;
    return;
  }
  if (target.last_text_row < row) {
    const duckdb_string_t& last = cells[target.last_text_row];
    if (last.value.pointer.length == text.size() &&
        std::memcmp(last.value.pointer.ptr, text.data(), text.size()) == 0) {
      cells[row] = last;  // both cells of this vector may share its heap
      return;
    }
  }
  duckdb_vector_assign_string_element_len(static_cast<duckdb_vector>(target.vector), row,
                                          text.data(), text.size());
  target.last_text_row = row;
}

Status TableFunction::Register(_duckdb_connection* connection) {
  duckdb_table_function function = duckdb_create_table_function();
  duckdb_table_function_set_name(function, "proviso_rows");
  duckdb_table_function_set_extra_info(function, this, nullptr);
  duckdb_table_function_set_bind(function, &Bind);
  duckdb_table_function_set_init(function, &Init);
  duckdb_table_function_set_local_init(function, &LocalInit);
  duckdb_table_function_set_function(function, &Fill);
  const duckdb_state registered = duckdb_register_table_function(connection, function);
  duckdb_destroy_table_function(&function);
  if (registered != DuckDBSuccess) {
    return Fail(ErrorCode::kInternal, "duckdb does not take a table function");
  }
  return {};
}

void TableFunction::Serve(RowSource* source) {
  source_ = source;
  const MutexLock lock(mutex_);
  error_.reset();
}

std::optional<Error> TableFunction::TakeError() {
  const MutexLock lock(mutex_);
  return std::exchange(error_, std::nullopt);
}

Result<std::size_t> TableFunction::FillChunk(RowSource::Worker& worker, void* chunk) const {
  ChunkWriter writer;
  writer.capacity_ = duckdb_vector_size();
  writer.columns_.resize(source_->columns().size());
  for (std::size_t i = 0; i < writer.columns_.size(); ++i) {
    const duckdb_vector vector =
        duckdb_data_chunk_get_vector(static_cast<duckdb_data_chunk>(chunk), i);
    duckdb_vector_ensure_validity_writable(vector);
    writer.columns_[i].vector = vector;
    writer.columns_[i].data = duckdb_vector_get_data(vector);
    writer.columns_[i].validity = duckdb_vector_get_validity(vector);
  }
  return worker.Fill(writer);
}

void TableFunction::Report(Error error) {
  const MutexLock lock(mutex_);
  if (!error_) error_ = std::move(error);
}

}  // namespace proviso::usage

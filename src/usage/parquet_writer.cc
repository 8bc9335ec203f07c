#include "usage/parquet_writer.h"

#include <utility>

#include "base/mutex.h"
#include "usage/csv_splitter.h"
#include "usage/engines/duckdb_engine.h"
#include "usage/focus_columns.h"
#include "usage/row_check.h"

namespace proviso::usage {

using delivery::FaultReason;
using delivery::FaultReasonCode;

namespace {

// All columns of a CSV file, typed. One thread at a time.
class TypedRows final : public RowSource {
 public:
  explicit TypedRows(CsvSplitter splitter) : splitter_(std::move(splitter)) {}

  Status ReadHeader() {
    const MutexLock lock(mutex_);
    PROVISO_TRY(splitter_.Next(batch_));
    if (batch_.records.empty()) return Fail(ErrorCode::kInvalidArgument, "the file has no header");
    std::vector<std::string> names;
    std::string scratch;
    Cell cell;
    for (std::size_t i = 0; i < batch_.records[0].fields; ++i) {
      static_cast<void>(ReadField(batch_.Field(batch_.records[0], i), scratch, cell));
      names.emplace_back(cell.value_or(""));
    }
    const FocusLayout layout = PROVISO_TRY(RecogniseLayout(names));
    for (std::size_t i = 0; i < names.size(); ++i) {
      const FocusColumn* const column = layout.columns[i];
      columns_.push_back({names[i], column == nullptr ? ColumnType::kText : column->type});
    }
    next_ = 1;
    return {};
  }

  const std::vector<ColumnSpec>& columns() const override { return columns_; }
  std::unique_ptr<Worker> MakeWorker() override { return std::make_unique<TypedWorker>(*this); }

 private:
  class TypedWorker final : public Worker {
   public:
    explicit TypedWorker(TypedRows& owner) : owner_(owner) {}
    Result<std::size_t> Fill(ChunkWriter& out) override { return owner_.FillNext(out); }

   private:
    TypedRows& owner_;
  };

  Result<std::size_t> FillNext(ChunkWriter& out) {
    const MutexLock lock(mutex_);
    std::size_t rows = 0;
    while (rows < out.capacity()) {
      if (next_ == batch_.records.size()) {
        PROVISO_TRY(splitter_.Next(batch_));
        next_ = 0;
        if (batch_.records.empty()) break;
      }
      PROVISO_TRY(WriteRow(batch_.records[next_++], out, rows++));
    }
    return rows;
  }

  Status WriteRow(const CsvBatch::Record& record, ChunkWriter& out, std::size_t row)
      REQUIRES(mutex_) {
    if (record.fields != columns_.size()) {
      return Fail(ErrorCode::kInvalidArgument,
                  "line " + std::to_string(record.line) + " has " + std::to_string(record.fields) +
                      " fields, expected " + std::to_string(columns_.size()));
    }
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      const FaultReason reason = WriteCell(batch_.Field(record, i), i, out, row);
      if (reason == FaultReason::kNone) continue;
      return Fail(ErrorCode::kInvalidArgument, "line " + std::to_string(record.line) + " column `" +
                                                   columns_[i].name +
                                                   "`: " + std::string(FaultReasonCode(reason)));
    }
    return {};
  }

  FaultReason WriteCell(std::string_view field, std::size_t column, ChunkWriter& out,
                        std::size_t row) REQUIRES(mutex_) {
    Cell cell;
    FaultReason reason = ReadField(field, scratch_, cell);
    if (reason != FaultReason::kNone) return reason;
    if (!cell) {
      out.SetNull(column, row);
      return reason;
    }
    if (columns_[column].type == ColumnType::kDecimal) {
      Decimal value;
      reason = ParseQuantity(*cell, value);
      out.SetDecimal(column, row, value);
    } else if (columns_[column].type == ColumnType::kInstant) {
      Instant value;
      reason = ParseInstant(*cell, value);
      out.SetInstant(column, row, value);
    } else {
      if (!IsUtf8(*cell)) return FaultReason::kControlCharacter;
      out.SetText(column, row, *cell);
    }
    return reason;
  }

  Mutex mutex_;
  CsvSplitter splitter_ GUARDED_BY(mutex_);
  CsvBatch batch_ GUARDED_BY(mutex_);
  std::size_t next_ GUARDED_BY(mutex_) = 0;
  std::string scratch_ GUARDED_BY(mutex_);
  std::vector<ColumnSpec> columns_;
};

}  // namespace

Status ConvertCsvToParquet(const std::filesystem::path& csv, const std::filesystem::path& parquet) {
  const std::string doing = "convert `" + csv.string() + "`";
  const auto target = std::filesystem::absolute(parquet).lexically_normal();
  TypedRows rows{CsvSplitter(PROVISO_TRY_DOING(DeliveryFile::Open(csv), doing))};
  PROVISO_TRY_DOING(rows.ReadHeader(), doing);
  EngineSettings settings;
  settings.directories = {target.parent_path()};
  auto engine = PROVISO_TRY(DuckDbEngine::Open(settings));
  PROVISO_TRY_DOING(engine.CopyToParquet(rows, target), doing);
  return {};
}

}  // namespace proviso::usage

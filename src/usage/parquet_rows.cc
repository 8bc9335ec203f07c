#include <algorithm>
#include <array>
#include <atomic>
#include <utility>

#include "base/bytes.h"
#include "usage/import_rows.h"

namespace proviso::usage {

using delivery::FaultReason;

namespace {

// Files of other writers may hold text without saying so.
std::string ScanOf(const std::filesystem::path& path) {
  return "read_parquet(" + QuoteSql(path.string()) + ", binary_as_string = true)";
}

std::string QuoteName(std::string_view name) {
  std::string quoted = "\"";
  for (const char c : name) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + "\"";
}

constexpr std::array<std::string_view, 10> kIntegerTypes = {
    "TINYINT",  "SMALLINT",  "INTEGER",  "BIGINT",  "HUGEINT",
    "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "UHUGEINT"};

bool IsExactNumber(std::string_view type) {
  return type.starts_with("DECIMAL(") ||
         std::ranges::find(kIntegerTypes, type) != kIntegerTypes.end();
}
bool IsBinaryFraction(std::string_view type) { return type == "DOUBLE" || type == "FLOAT"; }

// No figure of ours is computed from these, so a binary fraction does no harm.
bool MayBeBinaryFraction(const FocusColumn& column) { return column.name == "PricingQuantity"; }

Status CheckType(const FocusColumn& column, std::string_view type) {
  bool fits = type == "VARCHAR" || type == "\"NULL\"";
  std::string_view expected = "text";
  if (column.type == ColumnType::kDecimal) {
    expected = "DECIMAL, an integer or text, which are exact";
    fits |= IsExactNumber(type) || (IsBinaryFraction(type) && MayBeBinaryFraction(column));
  } else if (column.type == ColumnType::kInstant) {
    expected = "TIMESTAMP, DATE or text";
    fits |= type.starts_with("TIMESTAMP") || type == "DATE";
  } else {
    expected = "text";
    fits |= IsExactNumber(type) || type.starts_with("ENUM");
  }
  if (fits) return {};
  // The members of a struct have names of the writer's choice.
  const std::string_view shown = type.starts_with("STRUCT") ? "STRUCT" : type;
  return Fail(ErrorCode::kInvalidArgument, "the column `" + std::string(column.name) + "` is " +
                                               std::string(shown) + ", expected " +
                                               std::string(expected) + "; export it so");
}

// Times become timestamps first, so that every writer's kind of time is told in one way.
std::string SelectCell(std::string_view name, const FocusColumn& column, std::string_view type) {
  const std::string quoted = QuoteName(name);
  if (column.type == ColumnType::kInstant && type != "VARCHAR") {
    return "CAST(CAST(" + quoted + " AS TIMESTAMP) AS VARCHAR)";
  }
  return "CAST(" + quoted + " AS VARCHAR)";
}

// What is read of a delivered file.
struct Selection {
  struct Column {
    std::string_view name;  // in FOCUS
    std::string expression;
  };
  std::filesystem::path path;
  std::uint64_t memory_bytes = 0;
  std::vector<Column> columns;

  std::string Sql() const {
    std::string list;
    for (const Column& column : columns) list += (list.empty() ? "" : ", ") + column.expression;
    return "SELECT " + list + " FROM " + ScanOf(path);
  }
};

// Rows must come in the order of the file, for their numbers.
Result<DuckDbEngine> OpenEngine(const Selection& selection) {
  return DuckDbEngine::Open({.memory_bytes = selection.memory_bytes,
                             .threads = 1,
                             .spill_directory = {},
                             .readable_files = {selection.path},
                             .directories = {},
                             .keep_order = true});
}

// Why a query over the file, or over its column `name`, failed. The engine's own words are not
// told: they quote what stands in the file.
tl::unexpected<Error> Refused(const Error& error, std::string_view name = "") {
  const std::string column =
      name.empty() ? "the Parquet file" : "the column `" + std::string(name) + "`";
  const std::string& words = error.message();
  if (words.find("UTF8") != std::string::npos || words.find("UTF-8") != std::string::npos) {
    return Fail(ErrorCode::kInvalidArgument,
                column + " holds text that is not UTF-8; export it as UTF-8");
  }
  if (error.code() == ErrorCode::kResourceExhausted) {
    return Fail(ErrorCode::kInvalidArgument,
                column + " takes more memory to read than an import may use; export it with " +
                    "shorter texts, or with fewer rows in a group");
  }
  return Fail(ErrorCode::kInvalidArgument,
              "the Parquet file cannot be read: " + (name.empty() ? "it" : column) +
                  " is damaged; deliver it again");
}

// Names the first column that cannot be read by itself. The engine that failed may be of no more
// use, so another one looks.
tl::unexpected<Error> Unreadable(const Selection& selection, const Error& error) {
  auto engine = OpenEngine(selection);
  if (!engine) return Refused(error);
  for (const Selection::Column& column : selection.columns) {
    const Status read = engine->Execute("SELECT max(strlen(" + column.expression + ")) FROM " +
                                        ScanOf(selection.path));
    if (!read) return Refused(read.error(), column.name);
  }
  return Refused(error);
}

// Parquet: one query over the file, whose chunks the workers check one after the other.
class ParquetRows final : public ImportRows {
 public:
  ParquetRows(FocusLayout layout, std::vector<std::string> oddities, Selection selection,
              DuckDbEngine engine, DeliveryFile file)
      : ImportRows(std::move(layout)),
        places_(LakePlaces(layout_)),
        oddities_(std::move(oddities)),
        selection_(std::move(selection)),
        file_(std::move(file)),
        engine_(std::move(engine)) {}

  Status Start(std::uint64_t rows) {
    const MutexLock lock(mutex_);
    rows_total_ = rows;
    auto cursor = engine_.Start(selection_.Sql());
    if (!cursor) return Unreadable(selection_, cursor.error());
    cursor_ = std::move(*cursor);
    return {};
  }

  DeliveryFormat format() const override { return DeliveryFormat::kParquet; }
  std::unique_ptr<Worker> MakeWorker() override { return std::make_unique<ParquetWorker>(*this); }
  double ShareDone() const override {
    return static_cast<double>(rows_done_.load(std::memory_order_relaxed)) /
           static_cast<double>(std::max<std::uint64_t>(rows_total_, 1));
  }
  std::vector<std::string> FileOddities() const override { return oddities_; }
  Result<crypto::Hash> Finish() override {
    std::vector<char> buffer(std::size_t{1} << 20U);
    while (PROVISO_TRY(file_.Read(buffer)) > 0) {
    }
    return file_.Finish();
  }

 private:
  class ParquetWorker final : public Worker {
   public:
    explicit ParquetWorker(ParquetRows& owner) : owner_(owner) {}
    Result<std::size_t> Fill(ChunkWriter& out) override { return owner_.FillNext(row_, out); }

   private:
    ParquetRows& owner_;
    LakeRow row_;
  };

  Result<std::size_t> FillNext(LakeRow& row, ChunkWriter& out);
  RowCheck::Fault ReadCells(const ChunkView& chunk, std::size_t at, LakeRow& row) const;
  std::size_t TakeChunk(const ChunkView& chunk, LakeRow& row, ChunkWriter& out, Tally& tally);

  const std::vector<int> places_;
  const std::vector<std::string> oddities_;
  const Selection selection_;
  std::uint64_t rows_total_ = 0;
  std::atomic<std::uint64_t> rows_done_{0};
  DeliveryFile file_;
  // A chunk is valid until the next is fetched, so it is checked under the lock.
  Mutex mutex_;
  DuckDbEngine engine_ GUARDED_BY(mutex_);
  std::optional<QueryCursor> cursor_ GUARDED_BY(mutex_);
};

RowCheck::Fault ParquetRows::ReadCells(const ChunkView& chunk, std::size_t at, LakeRow& row) const {
  std::size_t column = 0;
  for (std::size_t i = 0; i < places_.size(); ++i) {
    row.cells[i].reset();
    if (places_[i] < 0) continue;
    if (!chunk.IsNull(column, at)) {
      const std::string_view text = chunk.Text(column, at);
      if (!IsUtf8(text)) return {FaultReason::kControlCharacter, columns_[i].name};
      if (!text.empty() && text != "NULL") row.cells[i] = text;
    }
    ++column;
  }
  return check_.Check(row);
}

std::size_t ParquetRows::TakeChunk(const ChunkView& chunk, LakeRow& row, ChunkWriter& out,
                                   Tally& tally) {
  std::size_t rows = 0;
  const std::uint64_t first_row = rows_done_.load(std::memory_order_relaxed) + 1;
  for (std::size_t at = 0; at < chunk.rows(); ++at) {
    ++tally.read;
    const RowCheck::Fault fault = ReadCells(chunk, at, row);
    if (fault.reason != FaultReason::kNone) {
      tally.quarantined.push_back({first_row + at, fault.column, fault.reason});
      continue;
    }
    check_.Write(row, out, rows);
    check_.Count(row, tally);
    ++rows;
  }
  rows_done_.fetch_add(chunk.rows(), std::memory_order_relaxed);
  return rows;
}

Result<std::size_t> ParquetRows::FillNext(LakeRow& row, ChunkWriter& out) {
  const MutexLock lock(mutex_);
  std::size_t rows = 0;
  // A chunk without one good row must not look like the end.
  while (rows == 0) {
    const Result<const ChunkView*> chunk = cursor_->Next();
    if (!chunk) return Unreadable(selection_, chunk.error());
    if (*chunk == nullptr) break;
    Tally tally;
    rows = TakeChunk(**chunk, row, out, tally);
    PROVISO_TRY(tally_.Add(std::move(tally)));
  }
  return rows;
}

struct ParquetSchema {
  std::vector<std::string> names;      // as the file has them
  std::vector<std::string> sql_names;  // as the engine has them: none twice, whatever the case
  std::vector<std::string> types;
  std::int64_t rows = 0;
};

// The columns that the footer names. A struct's members follow it, with theirs.
Status ReadNames(DuckDbEngine& engine, const std::filesystem::path& path, ParquetSchema& schema) {
  std::int64_t within = -1;  // members still to come; the root comes first
  return engine.Query(
      "SELECT name, CAST(coalesce(num_children, 0) AS BIGINT) FROM parquet_schema(" +
          QuoteSql(path.string()) + ")",
      {}, [&](const ChunkView& chunk) -> Status {
        for (std::size_t i = 0; i < chunk.rows(); ++i) {
          if (within == 0) schema.names.emplace_back(chunk.Text(0, i));
          if (within > 0) --within;
          within = within < 0 ? 0 : within + chunk.Integer(1, i);
        }
        return {};
      });
}

Result<ParquetSchema> ReadSchema(DuckDbEngine& engine, const std::filesystem::path& path) {
  ParquetSchema schema;
  Status described = engine.Query(
      "SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM " + ScanOf(path) + ")", {},
      [&](const ChunkView& chunk) -> Status {
        for (std::size_t i = 0; i < chunk.rows(); ++i) {
          schema.sql_names.emplace_back(chunk.Text(0, i));
          schema.types.emplace_back(chunk.Text(1, i));
        }
        return {};
      });
  if (described) described = ReadNames(engine, path, schema);
  if (described) {
    described = engine.Query("SELECT count(*) FROM " + ScanOf(path), {},
                             [&](const ChunkView& chunk) -> Status {
                               schema.rows = chunk.Integer(0, 0);
                               return {};
                             });
  }
  if (!described) return Refused(described.error());
  if (schema.names.size() != schema.sql_names.size()) {
    return Refused(Error(ErrorCode::kInvalidArgument, "columns of the footer"));
  }
  return schema;
}

}  // namespace

Result<std::unique_ptr<ImportRows>> OpenParquetRows(const std::filesystem::path& delivered,
                                                    std::uint64_t memory_bytes) {
  // The engine compares the paths that it may read as text.
  const auto path = std::filesystem::absolute(delivered).lexically_normal();
  auto file = PROVISO_TRY(DeliveryFile::Open(path));
  Selection selection{.path = path, .memory_bytes = memory_bytes, .columns = {}};
  auto engine = PROVISO_TRY(OpenEngine(selection));
  const ParquetSchema schema = PROVISO_TRY(ReadSchema(engine, path));
  FocusLayout layout = PROVISO_TRY(RecogniseLayout(schema.names));
  std::vector<std::string> oddities;
  const std::vector<const FocusColumn*> lake = LakeColumns();
  const std::vector<int> places = LakePlaces(layout);
  for (std::size_t i = 0; i < lake.size(); ++i) {
    if (places[i] < 0) continue;
    const auto place = static_cast<std::size_t>(places[i]);
    PROVISO_TRY(CheckType(*lake[i], schema.types[place]));
    if (IsBinaryFraction(schema.types[place])) {
      oddities.push_back("the column `" + schema.names[place] + "` is " + schema.types[place] +
                         ", which is not exact; no figure is computed from it");
    }
    selection.columns.push_back(
        {lake[i]->name, SelectCell(schema.sql_names[place], *lake[i], schema.types[place])});
  }
  auto rows =
      std::make_unique<ParquetRows>(std::move(layout), std::move(oddities), std::move(selection),
                                    std::move(engine), std::move(file));
  PROVISO_TRY(rows->Start(static_cast<std::uint64_t>(schema.rows)));
  return rows;
}

}  // namespace proviso::usage

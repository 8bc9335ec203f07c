#include <algorithm>
#include <atomic>
#include <cstring>
#include <utility>

#include "base/bytes.h"
#include "usage/csv_splitter.h"
#include "usage/import_rows.h"

namespace proviso::usage {

using delivery::FaultReason;

namespace {

bool IsAscii(std::string_view text) {
  std::uint64_t seen = 0;
  std::size_t at = 0;
  for (; at + sizeof(seen) <= text.size(); at += sizeof(seen)) {
    std::uint64_t word = 0;
    std::memcpy(&word, text.data() + at, sizeof(word));
    seen |= word;
  }
  for (; at < text.size(); ++at) seen |= static_cast<unsigned char>(text[at]) & 0x80U;
  return (seen & 0x8080808080808080U) == 0;
}

bool IsCleanText(std::string_view text) {
  if (!text.empty() && std::memchr(text.data(), 0, text.size()) != nullptr) return false;
  return IsAscii(text) || IsUtf8(text);
}

// Says where in the batch text is not clean.
tl::unexpected<Error> UncleanText(const CsvBatch& batch, const std::vector<std::string>& names) {
  std::string place = "the file";
  bool has_nul = false;
  for (std::size_t i = 0; i < batch.records.size(); ++i) {
    const CsvBatch::Record& record = batch.records[i];
    const std::size_t end = i + 1 < batch.records.size() ? batch.records[i + 1].begin : batch.used;
    const std::string_view text(batch.text.data() + record.begin, end - record.begin);
    if (IsCleanText(text)) continue;
    place = "line " + std::to_string(record.line);
    has_nul = text.find('\0') != std::string_view::npos;
    for (std::size_t field = 0; field < record.fields && field < names.size(); ++field) {
      if (IsCleanText(batch.Field(record, field))) continue;
      place += " column `" + names[field] + "`";
      break;
    }
    break;
  }
  return Fail(ErrorCode::kInvalidArgument,
              place + (has_nul ? " has a NUL byte, expected text" : " is not UTF-8") +
                  "; export the file as UTF-8");
}

// CSV: one reader cuts the file into batches, any number of workers check them.
class CsvRows final : public ImportRows {
 public:
  CsvRows(FocusLayout layout, CsvSplitter splitter, CsvBatch first)
      : ImportRows(std::move(layout)),
        places_(LakePlaces(layout_)),
        total_(splitter.bytes_total()),
        splitter_(std::move(splitter)),
        first_(std::move(first)) {}

  DeliveryFormat format() const override { return DeliveryFormat::kCsv; }
  std::unique_ptr<Worker> MakeWorker() override { return std::make_unique<CsvWorker>(*this); }
  double ShareDone() const override {
    return static_cast<double>(done_.load(std::memory_order_relaxed)) / static_cast<double>(total_);
  }
  std::vector<std::string> FileOddities() const override {
    const MutexLock lock(mutex_);
    if (splitter_.ended_with_newline()) return {};
    return {"the last line does not end: the file may have been cut off"};
  }
  Result<crypto::Hash> Finish() override {
    const MutexLock lock(mutex_);
    return splitter_.Finish();
  }

 private:
  class CsvWorker final : public Worker {
   public:
    explicit CsvWorker(CsvRows& owner) : owner_(owner) {}
    Result<std::size_t> Fill(ChunkWriter& out) override;

   private:
    Status NextBatch();
    void Take(const CsvBatch::Record& record, ChunkWriter& out, std::size_t& rows);

    CsvRows& owner_;
    CsvBatch batch_;
    std::size_t next_ = 0;  // of batch_.records
    LakeRow row_;
    Tally tally_;
  };

  Status Next(CsvBatch& batch);
  RowCheck::Fault ReadCells(const CsvBatch& batch, const CsvBatch::Record& record,
                            LakeRow& row) const;

  const std::vector<int> places_;
  const std::uint64_t total_;
  std::atomic<std::uint64_t> done_{0};
  mutable Mutex mutex_;
  CsvSplitter splitter_ GUARDED_BY(mutex_);
  CsvBatch first_ GUARDED_BY(mutex_);  // what came with the header
};

Status CsvRows::Next(CsvBatch& batch) {
  const MutexLock lock(mutex_);
  if (!first_.records.empty()) {
    batch = std::exchange(first_, CsvBatch{});
    return {};
  }
  PROVISO_TRY(splitter_.Next(batch));
  done_.store(splitter_.bytes_read(), std::memory_order_relaxed);
  return {};
}

RowCheck::Fault CsvRows::ReadCells(const CsvBatch& batch, const CsvBatch::Record& record,
                                   LakeRow& row) const {
  if (record.fault != FaultReason::kNone) return {record.fault, ""};
  if (record.fields < layout_.names.size()) return {FaultReason::kTooFewFields, ""};
  if (record.fields > layout_.names.size()) return {FaultReason::kTooManyFields, ""};
  for (std::size_t i = 0; i < places_.size(); ++i) {
    if (places_[i] < 0) continue;
    const std::string_view field = batch.Field(record, static_cast<std::size_t>(places_[i]));
    const FaultReason reason = ReadField(field, row.scratch[i], row.cells[i]);
    if (reason != FaultReason::kNone) return {reason, columns_[i].name};
  }
  return check_.Check(row);
}

Status CsvRows::CsvWorker::NextBatch() {
  PROVISO_TRY(owner_.tally_.Add(std::exchange(tally_, Tally{})));
  next_ = 0;
  PROVISO_TRY(owner_.Next(batch_));
  if (batch_.records.empty()) return {};
  if (!IsCleanText(std::string_view(batch_.text.data(), batch_.used))) {
    return UncleanText(batch_, owner_.layout_.names);
  }
  return {};
}

void CsvRows::CsvWorker::Take(const CsvBatch::Record& record, ChunkWriter& out, std::size_t& rows) {
  ++tally_.read;
  if (record.fault == FaultReason::kNone && record.fields == 1 && batch_.Field(record, 0).empty()) {
    ++tally_.skipped;
    return;
  }
  const RowCheck::Fault fault = owner_.ReadCells(batch_, record, row_);
  if (fault.reason != FaultReason::kNone) {
    tally_.quarantined.push_back({record.line, fault.column, fault.reason});
    return;
  }
  owner_.check_.Write(row_, out, rows);
  owner_.check_.Count(row_, tally_);
  ++rows;
}

Result<std::size_t> CsvRows::CsvWorker::Fill(ChunkWriter& out) {
  std::size_t rows = 0;
  while (rows < out.capacity()) {
    if (next_ == batch_.records.size()) {
      PROVISO_TRY(NextBatch());
      if (batch_.records.empty()) break;
    }
    Take(batch_.records[next_++], out, rows);
  }
  return rows;
}

}  // namespace

Result<std::unique_ptr<ImportRows>> OpenCsvRows(const std::filesystem::path& path) {
  CsvSplitter splitter(PROVISO_TRY(DeliveryFile::Open(path)));
  CsvBatch batch;
  PROVISO_TRY(splitter.Next(batch));
  if (batch.records.empty()) {
    return Fail(ErrorCode::kInvalidArgument, "the file holds no line; expected a header and rows");
  }
  const CsvBatch::Record header = batch.records.front();
  const std::size_t header_end = batch.records.size() > 1 ? batch.records[1].begin : batch.used;
  if (!IsCleanText(std::string_view(batch.text.data(), header_end))) return UncleanText(batch, {});
  if (header.fault != FaultReason::kNone) {
    return Fail(ErrorCode::kInvalidArgument,
                "line 1: the quotes of the header do not pair; expected the column names of FOCUS "
                "1.0 or 1.2, separated by commas");
  }
  std::vector<std::string> names;
  std::string scratch;
  Cell cell;
  for (std::size_t i = 0; i < header.fields; ++i) {
    if (ReadField(batch.Field(header, i), scratch, cell) != FaultReason::kNone) {
      return Fail(ErrorCode::kInvalidArgument,
                  "line 1: the quotes of column " + std::to_string(i + 1) + " do not pair");
    }
    names.emplace_back(cell.value_or(""));
  }
  FocusLayout layout = PROVISO_TRY_DOING(RecogniseLayout(names), "line 1");
  if (!IsCleanText(std::string_view(batch.text.data(), batch.used))) {
    return UncleanText(batch, names);
  }
  batch.records.erase(batch.records.begin());
  return std::make_unique<CsvRows>(std::move(layout), std::move(splitter), std::move(batch));
}

}  // namespace proviso::usage

#include <algorithm>
#include <atomic>
#include <cmath>
#include <utility>

#include "base/bytes.h"
#include "base/random.h"
#include "usage/import_rows.h"
#include "usage/lake.h"

namespace proviso::usage {

using delivery::FirstFaults;
using delivery::FormatQuarantine;

namespace {

constexpr std::string_view kStagingPrefix = "staging-";
constexpr std::string_view kSpillFolder = "spill";
constexpr std::uint64_t kMemoryBytesMin = std::uint64_t{256} << 20U;
constexpr std::size_t kUnknownShownMax = 8;
constexpr std::size_t kUnknownNameMax = 64;

// A name that no other import uses.
std::string StagingName() {
  SystemRandom random;
  Bytes bytes(8);
  random.Fill(bytes);
  return std::string(kStagingPrefix) + HexEncode(bytes) + ".parquet";
}

std::string Named(const std::vector<std::string>& names) {
  std::string text;
  for (std::size_t i = 0; i < names.size() && i < kUnknownShownMax; ++i) {
    text += (i == 0 ? "`" : ", `") + names[i].substr(0, kUnknownNameMax) + "`";
  }
  if (names.size() > kUnknownShownMax) text += ", ...";
  return text;
}

std::vector<std::string> Oddities(const ImportRows& rows, const Tally& tally) {
  std::vector<std::string> oddities = rows.FileOddities();
  const FocusLayout& layout = rows.layout();
  if (!layout.unknown.empty()) {
    oddities.push_back(std::to_string(layout.unknown.size()) + " columns that FOCUS " +
                       layout.version + " does not have were dropped: " + Named(layout.unknown));
  }
  if (!layout.absent.empty()) {
    oddities.push_back(std::to_string(layout.absent.size()) + " columns of FOCUS " +
                       layout.version + " are absent: " + Named(layout.absent));
  }
  for (std::size_t i = 0; i < tally.oddities.size(); ++i) {
    if (tally.oddities[i] == 0) continue;
    oddities.push_back(std::to_string(tally.oddities[i]) + " " +
                       std::string(OddityText(static_cast<Oddity>(i))));
  }
  return oddities;
}

std::string_view PlaceWord(DeliveryFormat format) {
  return format == DeliveryFormat::kCsv ? "line" : "row";
}

Status CheckCounts(const Tally& tally, const ImportOptions& options, DeliveryFormat format) {
  const delivery::RowCounts rows{tally.read, tally.imported, tally.quarantined.size(),
                                 tally.skipped};
  const auto share_allows = static_cast<std::uint64_t>(
      std::floor(options.quarantine_share_max * static_cast<double>(tally.read)));
  return delivery::CheckCounts(rows, share_allows,
                               FirstFaults(tally.quarantined, PlaceWord(format)));
}

std::vector<PeriodRows> PeriodsOf(const Tally& tally) {
  std::map<Date, std::uint64_t> days;
  for (const auto& [start, rows] : tally.periods) {
    days[std::chrono::floor<std::chrono::days>(Instant{std::chrono::microseconds{start}})] += rows;
  }
  std::vector<PeriodRows> periods;
  for (const auto& [start, rows] : days) periods.push_back({start, rows});
  return periods;
}

// Removes a file when it dies, unless told that the file has moved on.
class StagedFile {
 public:
  StagedFile(io::FileSystem& files, std::filesystem::path path)
      : files_(files), path_(std::move(path)) {}
  StagedFile(const StagedFile&) = delete;
  StagedFile& operator=(const StagedFile&) = delete;
  ~StagedFile() {
    if (!kept_) static_cast<void>(files_.Remove(path_));
  }
  const std::filesystem::path& path() const { return path_; }
  void Keep() { kept_ = true; }

 private:
  io::FileSystem& files_;
  std::filesystem::path path_;
  bool kept_ = false;
};

Result<std::unique_ptr<ImportRows>> OpenRows(const std::filesystem::path& file,
                                             std::uint64_t memory_bytes) {
  const DeliveryFormat format = PROVISO_TRY(RecogniseFormat(file));
  if (format == DeliveryFormat::kCsv) return OpenCsvRows(file);
  return OpenParquetRows(file, memory_bytes / 4);
}

}  // namespace

Result<Lake> Lake::Open(const std::filesystem::path& data, io::FileSystem& files) {
  Lake lake(std::filesystem::absolute(data).lexically_normal(), files);
  PROVISO_TRY(files.CreateDirectories(lake.lake_ / kSpillFolder));
  PROVISO_TRY(files.CreateDirectories(lake.quarantine_));
  for (const std::string& name : PROVISO_TRY(files.List(lake.lake_))) {
    if (name.starts_with(kStagingPrefix)) PROVISO_TRY(files.Remove(lake.lake_ / name));
  }
  return lake;
}

Result<crypto::Hash> Lake::Fingerprint(const std::filesystem::path& file) { return HashFile(file); }

Result<Delivery> Lake::Stage(const std::filesystem::path& file,
                             const ImportOptions& options) const {
  if (options.memory_bytes_max < kMemoryBytesMin) {
    return Fail(ErrorCode::kInvalidArgument, "an import needs a memory limit of at least " +
                                                 std::to_string(kMemoryBytesMin) + " bytes");
  }
  const std::string doing = "import `" + file.string() + "`";
  // A quarter of the memory is for what the engine does not count: blocks, rows, lists.
  const std::uint64_t engine_bytes = options.memory_bytes_max / 4 * 3;
  auto rows = PROVISO_TRY_DOING(OpenRows(file, engine_bytes), doing);
  auto engine = PROVISO_TRY(DuckDbEngine::Open({.memory_bytes = engine_bytes,
                                                .threads = options.threads,
                                                .spill_directory = lake_ / kSpillFolder,
                                                .readable_files = {},
                                                .directories = {lake_}}));
  StagedFile staged(*files_, lake_ / StagingName());
  const auto tick = [&] {
    if (options.progress) options.progress(rows->ShareDone(), "import");
  };
  PROVISO_TRY_DOING(engine.CopyToParquet(*rows, staged.path(), tick), doing);
  const Tally tally = rows->TakeTally();
  PROVISO_TRY_DOING(CheckCounts(tally, options, rows->format()), doing);

  Delivery delivery;
  delivery.sha256 = PROVISO_TRY_DOING(rows->Finish(), doing).Hex();
  delivery.format = rows->format();
  delivery.focus_version = rows->layout().version;
  delivery.rows = {tally.read, tally.imported, tally.quarantined.size(), tally.skipped};
  delivery.periods = PeriodsOf(tally);
  delivery.oddities = Oddities(*rows, tally);
  if (options.progress) options.progress(1.0, "store");
  const std::filesystem::path quarantine = quarantine_ / (delivery.sha256 + ".jsonl");
  if (tally.quarantined.empty()) {
    PROVISO_TRY(files_->Remove(quarantine));
  } else {
    const std::string text = FormatQuarantine(tally.quarantined, PlaceWord(delivery.format));
    PROVISO_TRY(io::WriteFileDurably(*files_, quarantine, AsBytes(text), 0600));
    delivery.quarantine = quarantine;
  }
  delivery.lake_sha256 = PROVISO_TRY(HashFile(staged.path())).Hex();
  PROVISO_TRY(files_->SyncFile(staged.path()));
  // Last, so that a lake file is there only when all that belongs to it is.
  PROVISO_TRY(files_->Rename(staged.path(), lake_ / (delivery.sha256 + ".parquet")));
  staged.Keep();
  PROVISO_TRY(files_->SyncDirectory(lake_));
  return delivery;
}

Status Lake::VerifyLakeFile(const std::string& sha256, const std::string& lake_sha256) const {
  const std::filesystem::path path = lake_ / (sha256 + ".parquet");
  const crypto::Hash found = PROVISO_TRY(HashFile(path));
  if (found.Hex() == lake_sha256) return {};
  return Fail(ErrorCode::kDataLoss, "the lake file `" + path.string() + "` has the hash " +
                                        found.Hex() + ", the log says " + lake_sha256 +
                                        "; restore it from a backup");
}

}  // namespace proviso::usage

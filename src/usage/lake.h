#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/daily_series.h"
#include "base/time.h"
#include "catalogue/catalogue.h"
#include "crypto/hash.h"
#include "delivery/row_counts.h"
#include "io/files/file_system.h"
#include "usage/delivery_file.h"

namespace proviso::usage {

struct ImportOptions {
  std::uint64_t memory_bytes_max = std::uint64_t{1} << 30U;
  // Above this share of quarantined rows, and delivery::kSetAsideTolerated, the whole delivery is
  // refused.
  double quarantine_share_max = 0.05;
  int threads = 0;  // 0: as many as the machine has
  // Called now and then by the calling thread, with 0..1 and "import" or "store".
  std::function<void(double share, std::string_view phase)> progress;
};

struct PeriodRows {
  Date start;  // of the billing period
  std::uint64_t rows = 0;
  bool operator==(const PeriodRows&) const = default;
};

// A file that is in the lake.
struct Delivery {
  std::string sha256;       // of the file as it was delivered
  std::string lake_sha256;  // of the file in the lake
  DeliveryFormat format = DeliveryFormat::kCsv;
  std::string focus_version;  // "1.0" or "1.2"
  delivery::RowCounts rows;
  std::vector<PeriodRows> periods;
  std::vector<std::string> oddities;  // for people: what is unusual, how often
  std::filesystem::path quarantine;   // empty when no row was quarantined
};

// A delivery, and the billing periods for which it is the one in force.
struct ActiveDelivery {
  std::string sha256;
  std::vector<Date> periods;
};

// What a figure is computed from. Empty sets and texts mean all.
struct Selection {
  std::vector<ActiveDelivery> deliveries;
  std::set<std::string> subscriptions;
  std::string capability_class;
  std::string region;
  std::optional<Date> from;  // the first day
  std::optional<Date> to;    // the day after the last
  bool by_service = false;   // a series for each service and operation, instead of each class
};

// A row of at most 24 hours that crosses midnight is split by whole hours where that is exact; any
// other row that does not lie in one UTC day is a long one. What one subscription used of one
// capability class in one region.
struct Series {
  std::string subscription;
  std::string capability_class;
  std::string region;
  std::string service;    // empty unless Selection::by_service; so is `operation`
  std::string operation;  // "invoke", "write", ...; empty for what is held
  std::string unit;
  // Flows: the sum of the day. Levels: the time-weighted mean of the UTC day, which is its
  // unit-hours / 24, rounded half to even at 18 digits.
  DailySeries daily;
  // Sum of the month in units (flows) or unit-hours (levels), with the rows that are longer than
  // a day and lie within the month.
  std::map<Month, Decimal> months;
  // Months that a long row touches. It is in no day; one that crosses the month's end, or the
  // bounds of the selection, is in no month either.
  std::set<Month> has_long_rows;
};

struct Rollup {
  std::vector<Series> series;  // by subscription, capability class, region, service, operation
  // The SQL that was run, with `{lake}` for the folder and `?` for parameters, and those.
  std::string query;
  std::vector<std::string> parameters;
};

// Usage that no service of the catalogue claims.
struct UnmappedMeter {
  catalogue::MeterKey meter;
  std::uint64_t rows = 0;
  Decimal quantity;
};

struct PeriodSummary {
  std::string sha256;
  Date period;
  std::uint64_t rows = 0;
  std::uint64_t usage_rows = 0;
  std::uint64_t subscriptions = 0;
  std::optional<Date> first_day;  // of usage
  std::optional<Date> last_day;
};

// The metering that was delivered, as Parquet files named by the hash of what was delivered
// (docs/formats/focus.md): DATA/lake/HASH.parquet, DATA/quarantine/HASH.jsonl. Which delivery is in
// force is not the lake's to know: every question names its deliveries. Thread-safe. `files` must
// outlive it. The caller holds the data directory's lock when it opens the lake.
class Lake {
 public:
  // Makes the folders, and removes what an import that died has left.
  static Result<Lake> Open(const std::filesystem::path& data, io::FileSystem& files);

  // The hash that Stage would file this delivery under.
  static Result<crypto::Hash> Fingerprint(const std::filesystem::path& file);

  // Checks a FOCUS file and stores its good rows; durable when it returns. On an error nothing is
  // kept. A lake file of the same hash is replaced: ask Fingerprint first, since two imports of
  // one file hold the same rows but not always in the same order.
  Result<Delivery> Stage(const std::filesystem::path& file, const ImportOptions& options) const;

  // kDataLoss unless the stored file is the one whose hash Stage returned.
  Status VerifyLakeFile(const std::string& sha256, const std::string& lake_sha256) const;

  // Daily series of usage: rows of ChargeCategory Usage with a sub account and a quantity,
  // Corrections included, unused commitments not. A row without a region has the region "".
  Result<usage::Rollup> Rollup(const Selection& selection,
                               const catalogue::Catalogue& catalogue) const;
  // Of the same rows, those that the catalogue does not map; largest quantity first.
  Result<std::vector<UnmappedMeter>> Unmapped(const Selection& selection,
                                              const catalogue::Catalogue& catalogue) const;
  // One line for each delivery and period, for `usage list`.
  Result<std::vector<PeriodSummary>> Summary(const std::vector<ActiveDelivery>& deliveries) const;

 private:
  Lake(std::filesystem::path data, io::FileSystem& files)
      : lake_(data / "lake"), quarantine_(data / "quarantine"), files_(&files) {}

  std::filesystem::path lake_;
  std::filesystem::path quarantine_;
  io::FileSystem* files_;
};

}  // namespace proviso::usage

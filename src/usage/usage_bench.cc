// Races the import against DuckDB's bare COPY of the same columns with the same types to Parquet,
// and the roll-up against DuckDB's bare query with the same groups: same data, same run, by turns.
// usage_bench [ROWS] [OUTPUT.json]; the output is build/bench/usage.json unless it is given.
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <vector>

#include "base/check.h"
#include "usage/focus_columns.h"
#include "usage/lake.h"
#include "usage/parquet_writer.h"

namespace {

using namespace proviso;         // NOLINT(google-build-using-namespace)
using namespace proviso::usage;  // NOLINT(google-build-using-namespace)
namespace fs = std::filesystem;

constexpr int kTurns = 3;
constexpr std::uint64_t kMemory = std::uint64_t{1} << 30U;

template <typename T>
T Must(Result<T> result) {
  if (!result) std::fprintf(stderr, "%s\n", result.error().message().c_str());
  PROVISO_CHECK(result.has_value(), "a step of the benchmark failed");
  return *std::move(result);
}
void Must(const Status& status) {
  if (!status) std::fprintf(stderr, "%s\n", status.error().message().c_str());
  PROVISO_CHECK(status.has_value(), "a step of the benchmark failed");
}

struct Spent {
  double wall = 1e18;
  double cpu = 1e18;
};
// The best of all calls, by each clock for itself: other programs only ever add.
void Measure(Spent& best, const std::function<void()>& work) {
  const auto cpu = [] {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    const auto seconds = [](const timeval& t) {
      return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) * 1e-6;
    };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
  };
  const double cpu_before = cpu();
  const auto before = std::chrono::steady_clock::now();
  work();
  const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - before;
  best.wall = std::min(best.wall, wall.count());
  best.cpu = std::min(best.cpu, cpu() - cpu_before);
}

DuckDbEngine OpenEngine(const fs::path& folder, int threads = 0) {
  EngineSettings settings;
  settings.memory_bytes = kMemory;
  settings.threads = threads;
  settings.directories = {folder};
  settings.spill_directory = folder / "spill";
  return Must(DuckDbEngine::Open(settings));
}

// What stands in a column of the generated file, as an expression over the row number `i`.
std::string Generated(std::string_view name, std::uint64_t rows) {
  const std::string hour =
      "(TIMESTAMP '2026-05-01' + to_hours((i * 744 // " + std::to_string(rows) + ")::INTEGER";
  const std::string format = "), '%Y-%m-%dT%H:%M:%SZ')";
  const std::string cost = "((i * 7919) % 1000003)::DECIMAL(18,3) * 0.001::DECIMAL(4,3)";
  if (name == "BillingPeriodStart") return "'2026-05-01T00:00:00Z'";
  if (name == "BillingPeriodEnd") return "'2026-06-01T00:00:00Z'";
  if (name == "ChargePeriodStart") return "strftime(" + hour + ")" + format;
  if (name == "ChargePeriodEnd") return "strftime(" + hour + " + 1)" + format;
  if (name == "ChargeCategory") return "CASE WHEN i % 50 = 0 THEN 'Purchase' ELSE 'Usage' END";
  if (name == "ChargeClass") return "CASE WHEN i % 200 = 7 THEN 'Correction' END";
  if (name == "ChargeFrequency") return "'Usage-Based'";
  if (name == "PricingCategory") return "'Standard'";
  if (name == "CommitmentDiscountStatus") return "CASE WHEN i % 60 = 1 THEN 'Used' END";
  if (name == "BillingAccountId") return "'acct-' || lpad((i % 97)::VARCHAR, 8, '0')";
  if (name == "SubAccountId") {
    return "'8a1b2c3d-0000-4a00-9000-' || lpad((i % 500)::VARCHAR, 12, '0')";
  }
  if (name == "RegionId") return "'nl-' || (i % 2)";
  if (name == "ServiceName") return "'Example Service ' || (i % 5)";
  if (name == "SkuId") return "'SKU-' || lpad((i % 10)::VARCHAR, 10, '0')";
  if (name == "SkuMeter") return "'Meter ' || (i % 10)";
  if (name == "ConsumedUnit" || name == "PricingUnit") return "'GB-Hours'";
  if (name == "ConsumedQuantity" || name == "PricingQuantity") return cost + " * 3";
  if (name.find("Cost") != std::string_view::npos && name.find("Pricing") != 0) return cost;
  if (name.find("Price") != std::string_view::npos && name.starts_with("List")) return "'0.0184'";
  if (name == "Tags") return "'{\"env\":\"prod\",\"centre\":\"cc-' || (i % 977) || '\"}'";
  if (name == "ResourceId") {
    return "'/subscriptions/8a1b2c3d/groups/rg-' || (i % 1009) || '/accounts/st' || (i % 3001)";
  }
  if (name == "ChargeDescription") return "'Charge for metered use, tier ' || (i % 7)";
  const bool null = name.find("Reservation") != std::string_view::npos ||
                    name.find("Commitment") != std::string_view::npos ||
                    name.find("UnitPrice") != std::string_view::npos ||
                    name.find("PricingCurrency") == 0;
  if (null) return "NULL";
  return "'" + std::string(name) + " value'";
}

void Generate(const fs::path& folder, const fs::path& csv, std::uint64_t rows) {
  std::string select;
  for (const FocusColumn& column : FocusColumns()) {
    if (column.since > 2) continue;
    const std::string name(column.name);
    select += (select.empty() ? "" : ", ") + Generated(name, rows) + " AS " + name;
  }
  Must(OpenEngine(folder).Execute("COPY (SELECT " + select + " FROM range(" + std::to_string(rows) +
                                  ") t(i)) TO " + QuoteSql(csv.string()) +
                                  " (FORMAT csv, HEADER)"));
}

std::string_view SqlType(ColumnType type) {
  if (type == ColumnType::kDecimal) return "DECIMAL(38,18)";
  return type == ColumnType::kInstant ? "TIMESTAMP" : "VARCHAR";
}

// The bare COPY: the lake's columns and types, no checks.
std::string BareCopy(const fs::path& csv, const fs::path& parquet) {
  std::string columns;
  std::string select;
  for (const FocusColumn& column : FocusColumns()) {
    if (column.since > 2) continue;
    const std::string name(column.name);
    const std::string_view type = SqlType(column.kept ? column.type : ColumnType::kText);
    columns += (columns.empty() ? "'" : ", '") + name + "': '" + std::string(type) + "'";
    if (column.kept) select += (select.empty() ? "" : ", ") + name;
  }
  return "COPY (SELECT " + select + " FROM read_csv(" + QuoteSql(csv.string()) +
         ", auto_detect = false, delim = ',', quote = '\"', escape = '\"', header = true, nullstr "
         "= 'NULL', columns = {" +
         columns + "})) TO " + QuoteSql(parquet.string()) + " (FORMAT parquet, COMPRESSION zstd)";
}

catalogue::Catalogue EmptyCatalogue() {
  Json classes = Json::MakeArray();
  classes.Append(Json::Of({{"id", "storage"}, {"name", "S"}, {"kind", "level"}, {"unit", "GB"}}));
  Json regions = Json::MakeArray();
  regions.Append(Json::Of({{"id", "nl-0"}, {"name", "N"}}));
  Json meters = Json::MakeArray();
  meters.Append(Json::Of({{"unit", "GB-Hours"}}));
  Json region_ids = Json::MakeArray();
  region_ids.Append("nl-0");
  Json services = Json::MakeArray();
  services.Append(Json::Of({{"id", "store"},
                            {"name", "Store"},
                            {"class", "storage"},
                            {"regions", region_ids},
                            {"meters", meters}}));
  return Must(catalogue::Catalogue::FromJson(
      Json::Of({{"classes", classes}, {"regions", regions}, {"services", services}})));
}

struct Figure {
  std::string name;
  double value = 0;
  std::string unit;
  std::string against;
  double ratio = 0;
};

void Write(const fs::path& path, const std::vector<Figure>& figures) {
  fs::create_directories(fs::absolute(path).parent_path());
  std::ofstream out(path);
  out << "{\"figures\":[";
  for (std::size_t i = 0; i < figures.size(); ++i) {
    const Figure& f = figures[i];
    out << (i == 0 ? "" : ",") << "\n  {\"name\":\"" << f.name << "\",\"value\":" << f.value
        << ",\"unit\":\"" << f.unit << "\",\"against\":\"" << f.against
        << "\",\"ratio\":" << f.ratio << "}";
    std::printf("%-24s %14.2f %-12s %6.2fx  against %s\n", f.name.c_str(), f.value, f.unit.c_str(),
                f.ratio, f.against.c_str());
  }
  out << "\n]}\n";
}

}  // namespace

int main(int argc, char** argv) {
  const std::uint64_t rows = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 2'000'000;
  const fs::path output = argc > 2 ? argv[2] : "build/bench/usage.json";
  const fs::path folder = fs::absolute(fs::temp_directory_path() / "proviso-usage-bench");
  fs::remove_all(folder);
  fs::create_directories(folder / "spill");
  const fs::path csv = folder / "focus.csv";
  Generate(folder, csv, rows);
  std::printf("%llu rows, %.0f MB of CSV\n", static_cast<unsigned long long>(rows),
              static_cast<double>(fs::file_size(csv)) / 1e6);

  io::PosixFileSystem files;
  const Lake lake = Must(Lake::Open(folder / "data", files));
  Spent ours;
  Spent bare;
  Delivery delivery;
  const fs::path copied = folder / "bare.parquet";
  for (int turn = 0; turn < kTurns; ++turn) {
    Measure(ours, [&] { delivery = Must(lake.Stage(csv, {})); });
    Measure(bare, [&] { Must(OpenEngine(folder).Execute(BareCopy(csv, copied))); });
  }
  PROVISO_CHECK(delivery.rows.imported == rows, "not all rows were imported");
  std::printf("import  %.2f s (cpu %.2f)   bare COPY %.2f s (cpu %.2f)\n", ours.wall, ours.cpu,
              bare.wall, bare.cpu);

  const catalogue::Catalogue catalogue = EmptyCatalogue();
  Selection selection;
  selection.deliveries = {{delivery.sha256, {delivery.periods.front().start}}};
  const std::string keys =
      "SubAccountId, RegionId, ServiceName, SkuId, SkuMeter, ConsumedUnit, ChargePeriodStart::DATE";
  const std::string query = "SELECT " + keys + ", sum(ConsumedQuantity) FROM read_parquet(" +
                            QuoteSql(copied.string()) +
                            ") WHERE ChargeCategory = 'Usage' AND CommitmentDiscountStatus IS "
                            "DISTINCT FROM 'Unused' GROUP BY ALL";
  Spent rolled;
  Spent queried;
  std::uint64_t groups = 0;
  for (int turn = 0; turn < 3 * kTurns; ++turn) {
    Measure(rolled,
            [&] { PROVISO_CHECK(!Must(lake.Rollup(selection, catalogue)).series.empty(), ""); });
    Measure(queried, [&] {
      groups = 0;
      Must(OpenEngine(folder).Query(query, {}, [&](const ChunkView& chunk) -> Status {
        groups += chunk.rows();
        return {};
      }));
    });
  }
  std::printf("roll-up %.3f s (cpu %.3f)  bare query %.3f s (cpu %.3f), %llu groups\n", rolled.wall,
              rolled.cpu, queried.wall, queried.cpu, static_cast<unsigned long long>(groups));
  const auto count = static_cast<double>(rows);
  Write(output, {{"focus_csv_vs_duckdb", count / ours.wall, "rows/s",
                  "DuckDB bare COPY, same columns and types", bare.wall / ours.wall},
                 {"rollup_vs_duckdb", count / rolled.wall, "rows/s",
                  "DuckDB bare query, same groups", queried.wall / rolled.wall},
                 {"rollup_rows_per_core", count / rolled.cpu, "rows/cpu s",
                  "DuckDB bare query, CPU", queried.cpu / rolled.cpu}});
  fs::remove_all(folder);
  return 0;
}

#include <algorithm>
#include <utility>

#include "usage/lake.h"
#include "usage/rollup_query.h"
#include "usage/series_builder.h"

namespace proviso::usage {

namespace {

// Opens an engine that may read the deliveries' files, which must be there.
Result<DuckDbEngine> OpenEngine(const std::filesystem::path& lake, io::FileSystem& files,
                                const std::vector<ActiveDelivery>& deliveries) {
  PROVISO_TRY(CheckDeliveries(deliveries));
  for (const ActiveDelivery& delivery : deliveries) {
    const std::filesystem::path path = lake / (delivery.sha256 + ".parquet");
    if (!PROVISO_TRY(files.Exists(path))) {
      return Fail(ErrorCode::kDataLoss,
                  "the lake file `" + path.string() + "` is missing; restore it from a backup");
    }
  }
  EngineSettings settings;
  settings.spill_directory = lake / "spill";
  settings.directories = {lake};
  return DuckDbEngine::Open(settings);
}

std::string TextOrEmpty(const ChunkView& chunk, std::size_t column, std::size_t row) {
  return chunk.IsNull(column, row) ? std::string() : std::string(chunk.Text(column, row));
}

}  // namespace

Result<usage::Rollup> Lake::Rollup(const Selection& selection,
                                   const catalogue::Catalogue& catalogue) const {
  usage::Rollup rollup;
  if (selection.deliveries.empty()) return rollup;
  auto engine = PROVISO_TRY(OpenEngine(lake_, *files_, selection.deliveries));
  const LakeQuery days = DailySumsQuery(selection);
  const LakeQuery long_rows = LongRowsQuery(selection);
  rollup.query = days.sql + ";\n" + long_rows.sql;
  rollup.parameters = days.ParameterTexts();
  std::ranges::copy(long_rows.ParameterTexts(), std::back_inserter(rollup.parameters));

  SeriesBuilder builder(selection, catalogue);
  PROVISO_TRY_DOING(engine.Query(days.ForFolder(lake_), days.parameters,
                                 [&](const ChunkView& chunk) { return builder.TakeDays(chunk); }),
                    "roll up usage");
  PROVISO_TRY_DOING(
      engine.Query(long_rows.ForFolder(lake_), long_rows.parameters,
                   [&](const ChunkView& chunk) { return builder.TakeLongRows(chunk); }),
      "roll up usage");
  rollup.series = PROVISO_TRY_DOING(builder.Build(), "roll up usage");
  return rollup;
}

Result<std::vector<UnmappedMeter>> Lake::Unmapped(const Selection& selection,
                                                  const catalogue::Catalogue& catalogue) const {
  std::vector<UnmappedMeter> unmapped;
  if (selection.deliveries.empty()) return unmapped;
  auto engine = PROVISO_TRY(OpenEngine(lake_, *files_, selection.deliveries));
  const LakeQuery query = MetersQuery(selection);
  PROVISO_TRY(
      engine.Query(query.ForFolder(lake_), query.parameters, [&](const ChunkView& chunk) -> Status {
        for (std::size_t row = 0; row < chunk.rows(); ++row) {
          if (chunk.IsNull(5, row)) continue;  // no quantity at all
          UnmappedMeter found;
          found.meter.service_name = TextOrEmpty(chunk, 0, row);
          found.meter.sku_id = TextOrEmpty(chunk, 1, row);
          found.meter.sku_meter = TextOrEmpty(chunk, 2, row);
          found.meter.unit = TextOrEmpty(chunk, 3, row);
          found.rows = static_cast<std::uint64_t>(chunk.Integer(4, row));
          found.quantity = chunk.DecimalAt(5, row);
          if (!catalogue.Map(found.meter)) unmapped.push_back(std::move(found));
        }
        return {};
      }));
  std::ranges::sort(unmapped, [](const UnmappedMeter& a, const UnmappedMeter& b) {
    return a.quantity != b.quantity ? a.quantity > b.quantity : a.meter < b.meter;
  });
  return unmapped;
}

Result<std::vector<PeriodSummary>> Lake::Summary(
    const std::vector<ActiveDelivery>& deliveries) const {
  std::vector<PeriodSummary> lines;
  if (deliveries.empty()) return lines;
  auto engine = PROVISO_TRY(OpenEngine(lake_, *files_, deliveries));
  for (const ActiveDelivery& delivery : deliveries) {
    PROVISO_TRY(engine.Query(
        PeriodsQuery(delivery).ForFolder(lake_), {}, [&](const ChunkView& chunk) -> Status {
          for (std::size_t row = 0; row < chunk.rows(); ++row) {
            PeriodSummary line;
            line.sha256 = delivery.sha256;
            line.period = chunk.DateAt(0, row);
            line.rows = static_cast<std::uint64_t>(chunk.Integer(1, row));
            line.usage_rows = static_cast<std::uint64_t>(chunk.Integer(2, row));
            line.subscriptions = static_cast<std::uint64_t>(chunk.Integer(3, row));
            if (!chunk.IsNull(4, row)) line.first_day = chunk.DateAt(4, row);
            if (!chunk.IsNull(5, row)) line.last_day = chunk.DateAt(5, row);
            lines.push_back(std::move(line));
          }
          return {};
        }));
  }
  return lines;
}

}  // namespace proviso::usage

#pragma once

#include <atomic>
#include <cstdint>

#include "points/point_server.h"
#include "points/table_follower.h"
#include "points/verdict_log.h"
#include "telemetry/metrics_text.h"

namespace proviso::points {

// What a decision point is measured by (docs/formats/metrics.md). Parts that it does not have are
// null, and their figures are left out.
struct PointParts {
  const PointServer* points = nullptr;
  const TableFollower* follower = nullptr;
  const VerdictLog* verdicts = nullptr;
  // How often a table file was put back, of who writes one.
  const std::atomic<std::uint64_t>* tables_restored = nullptr;
};
void WritePointMetrics(telemetry::MetricsText& text, const PointParts& parts);

}  // namespace proviso::points

#pragma once

#include "base/time.h"
#include "telemetry/metrics_text.h"

namespace proviso::telemetry {

// Writes what every Prometheus client says of its process, under the names that they all use, and
// `proviso_build_info`. What the system does not tell is left out.
void WriteProcessFigures(MetricsText& text, std::string_view version, Time started);

}  // namespace proviso::telemetry

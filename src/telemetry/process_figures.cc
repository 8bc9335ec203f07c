#include "telemetry/process_figures.h"

#include <sys/resource.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>

namespace proviso::telemetry {
namespace {

double Seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

}  // namespace

void WriteProcessFigures(MetricsText& text, std::string_view version, Time started) {
  text.Begin("proviso_build_info", MetricKind::kGauge, "Always 1; the version is the label.");
  text.Add({{"version", version}}, 1);
  text.Begin("process_start_time_seconds", MetricKind::kGauge,
             "When the process began, in seconds since 1970.");
  text.AddReal({}, static_cast<double>(started.time_since_epoch().count()) / 1e3);
  rusage used{};
  if (::getrusage(RUSAGE_SELF, &used) == 0) {
    text.Begin("process_cpu_seconds_total", MetricKind::kCounter, "Time of processors used.");
    text.AddReal({}, Seconds(used.ru_utime) + Seconds(used.ru_stime));
  }
  std::ifstream statm("/proc/self/statm");
  std::uint64_t pages = 0;
  std::uint64_t resident = 0;
  if (statm >> pages >> resident) {
    text.Begin("process_resident_memory_bytes", MetricKind::kGauge, "Memory in use.");
    text.Add({}, resident * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE)));
  }
  std::error_code failure;
  const std::filesystem::directory_iterator descriptors("/proc/self/fd", failure);
  if (!failure) {
    text.Begin("process_open_fds", MetricKind::kGauge, "Open descriptors.");
    // One of them is that of this look.
    text.Add({},
             static_cast<std::uint64_t>(std::distance(begin(descriptors), end(descriptors)) - 1));
  }
}

}  // namespace proviso::telemetry

#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace proviso::telemetry {

enum class MetricKind : std::uint8_t { kCounter, kGauge, kHistogram };

// Writes figures in the Prometheus text format 0.0.4: families one after another, each with its
// samples.
class MetricsText {
 public:
  static constexpr std::string_view kContentType = "text/plain; version=0.0.4; charset=utf-8";
  using Labels = std::vector<std::pair<std::string_view, std::string_view>>;

  // Begins a family. Its samples follow.
  void Begin(std::string_view name, MetricKind kind, std::string_view help);
  void Add(const Labels& labels, std::uint64_t value);
  void AddReal(const Labels& labels, double value);

  // One histogram of the family. `bounds` are upper ones, ascending; `counts` has one more member
  // than `bounds`, for what is above them all.
  struct Histogram {
    const std::vector<double>& bounds;
    const std::vector<std::uint64_t>& counts;
    double sum = 0;
  };
  void AddHistogram(const Labels& labels, const Histogram& histogram);

  std::string Take() { return std::exchange(text_, {}); }

 private:
  void AddLine(std::string_view suffix, const Labels& labels, std::string_view value);
  std::string name_;
  std::string text_;
};

}  // namespace proviso::telemetry

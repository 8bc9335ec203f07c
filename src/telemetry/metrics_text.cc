#include "telemetry/metrics_text.h"

#include <array>
#include <charconv>
#include <cmath>

#include "base/check.h"

namespace proviso::telemetry {
namespace {

constexpr std::array<std::string_view, 3> kKinds = {"counter", "gauge", "histogram"};

std::string InText(double value) {
  if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
  if (std::isnan(value)) return "NaN";
  std::array<char, 64> text{};
  const auto [end, problem] = std::to_chars(text.data(), text.data() + text.size(), value);
  PROVISO_CHECK(problem == std::errc(), "64 characters hold any double");
  return {text.data(), end};
}

std::string Escaped(std::string_view text, bool quotes) {
  std::string escaped;
  for (const char letter : text) {
    if (letter == '\\' || (quotes && letter == '"')) {
      escaped += '\\';
      escaped += letter;
    } else if (letter == '\n') {
      escaped += "\\n";
    } else {
      escaped += letter;
    }
  }
  return escaped;
}

}  // namespace

void MetricsText::Begin(std::string_view name, MetricKind kind, std::string_view help) {
  name_ = name;
  text_ += "# HELP " + name_ + " " + Escaped(help, false) + "\n# TYPE " + name_ + " ";
  text_ += kKinds.at(static_cast<std::size_t>(kind));
  text_ += '\n';
}

void MetricsText::Add(const Labels& labels, std::uint64_t value) {
  AddLine("", labels, std::to_string(value));
}

void MetricsText::AddReal(const Labels& labels, double value) {
  AddLine("", labels, InText(value));
}

void MetricsText::AddHistogram(const Labels& labels, const Histogram& histogram) {
  PROVISO_CHECK(histogram.counts.size() == histogram.bounds.size() + 1,
                "a histogram has one count more than bounds");
  std::uint64_t count = 0;
  for (std::size_t i = 0; i < histogram.counts.size(); ++i) {
    count += histogram.counts[i];
    const std::string bound =
        i < histogram.bounds.size() ? InText(histogram.bounds[i]) : std::string("+Inf");
    Labels with = labels;
    with.emplace_back("le", bound);
    AddLine("_bucket", with, std::to_string(count));
  }
  AddLine("_sum", labels, InText(histogram.sum));
  AddLine("_count", labels, std::to_string(count));
}

void MetricsText::AddLine(std::string_view suffix, const Labels& labels, std::string_view value) {
  text_ += name_;
  text_ += suffix;
  char before = '{';
  for (const auto& [label, text] : labels) {
    text_ += before;
    text_ += label;
    text_ += "=\"" + Escaped(text, true) + "\"";
    before = ',';
  }
  if (!labels.empty()) text_ += '}';
  text_ += ' ';
  text_ += value;
  text_ += '\n';
}

}  // namespace proviso::telemetry

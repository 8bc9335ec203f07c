#include "telemetry/metrics_text.h"

#include <gtest/gtest.h>

#include <limits>

namespace proviso::telemetry {
namespace {

TEST(MetricsText, WritesFamiliesAsPrometheusReadsThem) {
  MetricsText text;
  text.Begin("proviso_a_total", MetricKind::kCounter, "How often.");
  text.Add({}, 3);
  text.Add({{"listener", "127.0.0.1:8181"}, {"code", "no-table"}}, 18'446'744'073'709'551'615U);
  text.Begin("proviso_b_seconds", MetricKind::kGauge, "How long.");
  text.AddReal({}, 0.25);
  text.AddReal({{"x", "y"}}, std::numeric_limits<double>::infinity());
  EXPECT_EQ(text.Take(),
            "# HELP proviso_a_total How often.\n"
            "# TYPE proviso_a_total counter\n"
            "proviso_a_total 3\n"
            "proviso_a_total{listener=\"127.0.0.1:8181\",code=\"no-table\"} "
            "18446744073709551615\n"
            "# HELP proviso_b_seconds How long.\n"
            "# TYPE proviso_b_seconds gauge\n"
            "proviso_b_seconds 0.25\n"
            "proviso_b_seconds{x=\"y\"} +Inf\n");
}

TEST(MetricsText, EscapesWhatWouldEndALine) {
  MetricsText text;
  text.Begin("a", MetricKind::kGauge, "one\ntwo \\ \"three\"");
  text.Add({{"l", "a\"b\\c\nd"}}, 0);
  EXPECT_EQ(text.Take(),
            "# HELP a one\\ntwo \\\\ \"three\"\n# TYPE a gauge\na{l=\"a\\\"b\\\\c\\nd\"} 0\n");
}

TEST(MetricsText, AddsUpTheBucketsOfAHistogram) {
  MetricsText text;
  text.Begin("h_seconds", MetricKind::kHistogram, "x");
  text.AddHistogram({{"l", "1"}}, {.bounds = {0.001, 0.5}, .counts = {2, 0, 5}, .sum = 7.5});
  EXPECT_EQ(text.Take(),
            "# HELP h_seconds x\n# TYPE h_seconds histogram\n"
            "h_seconds_bucket{l=\"1\",le=\"0.001\"} 2\n"
            "h_seconds_bucket{l=\"1\",le=\"0.5\"} 2\n"
            "h_seconds_bucket{l=\"1\",le=\"+Inf\"} 7\n"
            "h_seconds_sum{l=\"1\"} 7.5\n"
            "h_seconds_count{l=\"1\"} 7\n");
}

}  // namespace
}  // namespace proviso::telemetry

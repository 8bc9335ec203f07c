#include "points/point_metrics.h"

#include <limits>
#include <string>
#include <vector>

namespace proviso::points {
namespace {

using telemetry::MetricKind;
using telemetry::MetricsText;

double Seconds(std::chrono::microseconds time) { return static_cast<double>(time.count()) / 1e6; }

void WriteVerdicts(MetricsText& text, const std::vector<ListenerFigures>& figures) {
  text.Begin("proviso_verdicts_total", MetricKind::kCounter, "Verdicts given.");
  for (const ListenerFigures& listener : figures) {
    for (std::size_t i = 0; i < kReasonCodeCount; ++i) {
      const auto code = static_cast<ReasonCode>(i);
      for (const bool allowed : {true, false}) {
        const std::uint64_t count = listener.verdicts.Counted(allowed, code);
        // A code that never was is left out, but for the plain two.
        const bool plain = code == (allowed ? ReasonCode::kNone : ReasonCode::kRestricted);
        if (count == 0 && !plain) continue;
        text.Add({{"listener", listener.name},
                  {"protocol", ProtocolName(listener.protocol)},
                  {"verdict", allowed ? "allow" : "deny"},
                  {"code", code == ReasonCode::kNone ? "none" : ReasonCodeName(code)}},
                 count);
      }
    }
  }
}

void WriteRequests(MetricsText& text, const std::vector<ListenerFigures>& figures) {
  text.Begin("proviso_requests_total", MetricKind::kCounter, "Requests answered, by status.");
  for (const ListenerFigures& listener : figures) {
    for (const auto& [status, count] : listener.requests.by_status) {
      text.Add({{"listener", listener.name}, {"status", std::to_string(status)}}, count);
    }
  }
  text.Begin("proviso_requests_refused_total", MetricKind::kCounter,
             "Requests refused, unread or for their body, by reason.");
  for (const ListenerFigures& listener : figures) {
    for (const auto& [code, count] : listener.requests.refused) {
      text.Add({{"listener", listener.name}, {"code", code}}, count);
    }
  }
  std::vector<double> bounds;
  bounds.reserve(telemetry::kAnswerTimes.size());
  for (const std::chrono::microseconds bound : telemetry::kAnswerTimes) {
    bounds.push_back(Seconds(bound));
  }
  text.Begin("proviso_answer_seconds", MetricKind::kHistogram,
             "From the whole request to the end of the answer.");
  for (const ListenerFigures& listener : figures) {
    text.AddHistogram({{"listener", listener.name}}, {.bounds = bounds,
                                                      .counts = listener.requests.by_time,
                                                      .sum = Seconds(listener.requests.took)});
  }
  text.Begin("proviso_connections", MetricKind::kGauge, "Open connections of gateways.");
  for (const ListenerFigures& listener : figures) {
    if (listener.serves) text.Add({{"listener", listener.name}}, listener.connections);
  }
  text.Begin("proviso_connections_max", MetricKind::kGauge,
             "As many may be open; who connects then waits.");
  for (const ListenerFigures& listener : figures) {
    if (listener.serves) text.Add({{"listener", listener.name}}, listener.connections_max);
  }
}

void WriteTable(MetricsText& text, const PointServer& points) {
  Published<TableSnapshot>::Reader reader = points.NewestTable();
  const TableSnapshot* const table = reader.Get();
  text.Begin("proviso_table_loaded", MetricKind::kGauge, "1 while there is a decision table.");
  text.Add({}, table == nullptr ? 0 : 1);
  if (table != nullptr) {
    text.Begin("proviso_table_number", MetricKind::kGauge,
               "Index of the log entry that made the table that is served.");
    text.Add({}, table->table().number());
    text.Begin("proviso_table_bytes", MetricKind::kGauge, "Size of that table.");
    text.Add({}, table->bytes().size());
  }
  text.Begin("proviso_table_tables_total", MetricKind::kCounter, "Tables served so far.");
  text.Add({}, points.published());
  text.Begin("proviso_table_confirmed_seconds", MetricKind::kGauge,
             "How long ago somebody last knew that the table is the newest; +Inf: never.");
  constexpr std::chrono::hours kCentury{24 * 365 * 100};
  const std::chrono::milliseconds age = points.SinceConfirmed();
  text.AddReal({}, age > kCentury ? std::numeric_limits<double>::infinity() : Seconds(age));
}

void WriteFollower(MetricsText& text, const TableFollower& follower) {
  text.Begin("proviso_table_newest", MetricKind::kGauge,
             "Number of the newest table as the heartbeat has it; 0 before it was read.");
  text.Add({}, follower.newest());
  text.Begin("proviso_table_rejected_total", MetricKind::kCounter,
             "Table files that were not served, by reason.");
  for (std::size_t i = 0; i < kTableFaultCount; ++i) {
    const auto fault = static_cast<TableFault>(i);
    text.Add({{"reason", TableFaultName(fault)}}, follower.Rejected(fault));
  }
  text.Begin("proviso_table_alarm", MetricKind::kGauge,
             "1 while the table file is missing, holds a table that is not served, or the "
             "heartbeat names another.");
  text.Add({}, follower.alarm() ? 1 : 0);
  text.Begin("proviso_table_unkept", MetricKind::kGauge,
             "1 while the table that is served cannot be kept in the folder of --state.");
  text.Add({}, follower.unkept() ? 1 : 0);
}

}  // namespace

void WritePointMetrics(MetricsText& text, const PointParts& parts) {
  if (parts.points != nullptr) {
    const std::vector<ListenerFigures> figures = parts.points->Figures();
    WriteVerdicts(text, figures);
    WriteRequests(text, figures);
    WriteTable(text, *parts.points);
  }
  if (parts.follower != nullptr) WriteFollower(text, *parts.follower);
  if (parts.tables_restored != nullptr) {
    text.Begin("proviso_table_restored_total", MetricKind::kCounter,
               "Table files put back, because something else stood in their place.");
    text.Add({}, parts.tables_restored->load(std::memory_order_relaxed));
  }
  if (parts.verdicts != nullptr) {
    text.Begin("proviso_verdict_log_lines_total", MetricKind::kCounter,
               "Lines written to the log of verdicts.");
    text.Add({}, parts.verdicts->written());
    text.Begin("proviso_verdict_log_dropped_total", MetricKind::kCounter,
               "Verdicts that are not in the log of verdicts.");
    text.Add({}, parts.verdicts->dropped());
  }
}

}  // namespace proviso::points

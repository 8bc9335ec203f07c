#include "points/outcome_headers.h"

#include <algorithm>
#include <string>

namespace proviso::points {
namespace {

constexpr std::size_t kValueBytesMax = 512;
constexpr std::size_t kHeadersMax = 12;

// What goes into a header: printable ASCII on one line, of bounded length.
std::string Sanitised(std::string_view text) {
  std::string value(text.substr(0, kValueBytesMax));
  std::ranges::replace_if(
      value, [](char byte) { return byte < 0x20 || byte > 0x7E; }, '?');
  return value;
}

// Whether an answer is an allowance about which there is nothing to tell but the table's number.
bool SaysNothingMore(const Outcome& outcome) {
  return outcome.allowed && outcome.code == ReasonCode::kNone && outcome.reason.empty();
}

}  // namespace

std::vector<http_server::ResponseHeader> OutcomeHeaders(const Outcome& outcome,
                                                        std::string_view appeal) {
  std::vector<http_server::ResponseHeader> headers;
  headers.reserve(outcome.code == ReasonCode::kNone ? 2 : kHeadersMax);
  const auto add = [&headers](const char* name, std::string_view value) {
    if (!value.empty()) headers.push_back({name, Sanitised(value)});
  };
  headers.push_back({"X-Proviso-Verdict", outcome.allowed ? "allow" : "deny"});
  add("X-Proviso-Reason", outcome.reason);
  add("X-Proviso-Code", ReasonCodeName(outcome.code));
  if (outcome.table) headers.push_back({"X-Proviso-Table", std::to_string(*outcome.table)});
  if (outcome.code != ReasonCode::kRestricted) return headers;
  const enforcement::Answer& answer = outcome.answer;
  add("X-Proviso-Restriction", answer.restriction);
  add("X-Proviso-Clause", answer.clause);
  add("X-Proviso-Case", answer.of_case);
  if (answer.stage) add("X-Proviso-Stage", terms::StageName(*answer.stage));
  if (answer.until) add("X-Proviso-Until", FormatTime(*answer.until));
  add("X-Proviso-Appeal", appeal);
  return headers;
}

void OutcomeHeading::AddTo(http_server::Response& response, const Outcome& outcome,
                           std::string_view appeal) const {
  const auto written = [&] {
    std::vector<http_server::ResponseHeader> headers = always_;
    for (auto& header : OutcomeHeaders(outcome, appeal)) headers.push_back(std::move(header));
    return headers;
  };
  if (!outcome.table || !SaysNothingMore(outcome)) {
    response.headers = written();
    return;
  }
  if (table_ != outcome.table) {
    allowed_ = std::make_shared<const http_server::PreparedHeaders>(written());
    table_ = outcome.table;
  }
  response.prepared = allowed_;
}

}  // namespace proviso::points

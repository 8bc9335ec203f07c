#include "base/json.h"
#include "points/authzen.h"

namespace proviso::points {

std::string AuthzenDecision(const Outcome& outcome, std::string_view appeal) {
  if (outcome.allowed && outcome.code == ReasonCode::kNone) return R"({"decision":true})";
  const enforcement::Answer& answer = outcome.answer;
  Json context = Json::Of({{"code", ReasonCodeName(outcome.code)}, {"reason", outcome.reason}});
  const auto add = [&context](const char* name, std::string_view value) {
    if (!value.empty()) context[name] = value;
  };
  add("restriction", answer.restriction);
  add("clause", answer.clause);
  add("case", answer.of_case);
  if (answer.stage) add("stage", terms::StageName(*answer.stage));
  if (answer.until) add("until", FormatTime(*answer.until));
  if (outcome.code == ReasonCode::kRestricted) add("appeal", appeal);
  if (outcome.table) context["table"] = *outcome.table;
  return Json::Of({{"decision", outcome.allowed}, {"context", std::move(context)}}).Canonical();
}

std::string AuthzenItemError(std::string_view message) {
  Json error = Json::Of({{"status", 400}, {"message", message}});
  return Json::Of({{"decision", false}, {"context", Json::Of({{"error", std::move(error)}})}})
      .Canonical();
}

}  // namespace proviso::points

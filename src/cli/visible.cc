#include "cli/internal/visible.h"

namespace proviso::cli {

Json VisibleTexts(const Json& report) {
  if (report.AsString() != nullptr) return Visible(*report.AsString());
  if (report.AsArray() != nullptr) {
    Json shown = Json::MakeArray();
    for (const Json& each : *report.AsArray()) shown.Append(VisibleTexts(each));
    return shown;
  }
  if (report.AsObject() == nullptr) return report;
  Json shown = Json::MakeObject();
  for (const auto& [key, value] : *report.AsObject()) shown[key] = VisibleTexts(value);
  return shown;
}

std::string VisiblePretty(const Json& json) { return Visible(json.Pretty(), LineFeeds::kKept); }

}  // namespace proviso::cli

#include "checks/evaluate.h"
#include "crypto/hash.h"

namespace proviso::checks {
namespace {

Json TextOrNull(const std::optional<Decimal>& value) {
  return value ? Json(value->ToString()) : Json();
}

Json Strings(const std::vector<std::string>& strings) {
  Json array = Json::MakeArray();
  for (const std::string& text : strings) array.Append(text);
  return array;
}

Json SeriesJson(const CheckResult::Series& series) {
  Json values = Json::MakeArray();
  for (const std::optional<Decimal>& value : series.values) values.Append(TextOrNull(value));
  return Json::Of({{"first", FormatDate(series.first)},
                   {"step_days", series.step_days},
                   {"values", std::move(values)}});
}

std::string_view ResultName(std::optional<bool> holds) {
  if (!holds) return "records_missing";
  return *holds ? "holds" : "fails";
}

}  // namespace

Json CheckResult::ToJson() const {
  Json json = Json::Of({{"check", check},
                        {"counterfactual", counterfactual},
                        {"form", form},
                        {"holds", holds ? Json(*holds) : Json()},
                        {"inputs", Strings(inputs)},
                        {"query", query},
                        {"region", region},
                        {"result", ResultName(holds)},
                        {"rule", kRule},
                        {"series", SeriesJson(series)},
                        {"subscriptions", Strings(subscriptions)},
                        {"threshold", threshold.ToString()},
                        {"unit", unit},
                        {"value", TextOrNull(value)},
                        {"why", why}});
  if (!months.empty()) {
    Json& by_month = json["months"];
    for (const auto& [month, total] : months) by_month[month] = total.ToString();
  }
  json["hash"] = crypto::Sha256(json.Canonical()).Hex();
  return json;
}

}  // namespace proviso::checks

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

Json AgreementsJson(const std::vector<Agreement>& agreements) {
  Json array = Json::MakeArray();
  for (const Agreement& agreement : agreements) {
    Json item = Json::Of({{"from", FormatDate(agreement.from)}, {"id", agreement.id}});
    if (agreement.until) item["until"] = FormatDate(*agreement.until);
    if (agreement.quantity) {
      item["quantity"] = agreement.quantity->ToString();
      item["unit"] = agreement.unit;
    }
    array.Append(std::move(item));
  }
  return array;
}

Json ByName(const std::map<std::string, Decimal>& amounts) {
  Json json = Json::MakeObject();
  for (const auto& [name, amount] : amounts) json[name] = amount.ToString();
  return json;
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

std::string_view RuleOf(std::string_view form) {
  const bool first = form == FormName(Form::kUsage) || form == FormName(Form::kGrowth);
  return first ? "checks/1" : "checks/2";
}

Json CheckResult::ToJson() const {
  Json json = Json::Of({{"check", check},
                        {"counterfactual", counterfactual},
                        {"form", form},
                        {"holds", holds ? Json(*holds) : Json()},
                        {"inputs", Strings(inputs)},
                        {"query", query},
                        {"region", region},
                        {"result", ResultName(holds)},
                        {"rule", RuleOf(form)},
                        {"series", SeriesJson(series)},
                        {"subscriptions", Strings(subscriptions)},
                        {"threshold", TextOrNull(threshold)},
                        {"unit", unit},
                        {"value", TextOrNull(value)},
                        {"why", why}});
  if (!months.empty()) json["months"] = ByName(months);
  if (!customer.empty()) json["customer"] = customer;
  if (!amounts.empty()) json["amounts"] = ByName(amounts);
  if (!agreements.empty()) json["agreements"] = AgreementsJson(agreements);
  if (series2) json["series2"] = SeriesJson(*series2);
  json["hash"] = crypto::Sha256(json.Canonical()).Hex();
  return json;
}

}  // namespace proviso::checks

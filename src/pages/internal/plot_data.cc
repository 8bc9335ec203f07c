#include "pages/internal/plot_data.h"

#include <algorithm>

#include "base/decimal.h"
#include "pages/internal/figures.h"

namespace proviso::pages {
namespace {

constexpr std::int64_t kStepDaysMax = 366;

std::optional<double> Number(const Json* json) {
  const std::string* text = json == nullptr ? nullptr : json->AsString();
  if (text == nullptr) return std::nullopt;
  const Result<Decimal> value = Decimal::Parse(*text);
  if (!value) return std::nullopt;
  return value->ToDouble();
}

PlotSeries ReadSeries(const Json& json, std::string_view unit) {
  PlotSeries series;
  const Json* values = json.Find("values");
  const Result<Date> first = ParseDate(json.StringOr("first", ""));
  if (!first || values == nullptr || values->AsArray() == nullptr) return series;
  const Json::Array& all = *values->AsArray();
  const std::size_t every = all.size() / kPlotPointsMax + 1;
  const std::int64_t step =
      std::clamp<std::int64_t>(json.IntegerOr("step_days", 1), 1, kStepDaysMax);
  series.first = *first;
  series.step_days = static_cast<int>(step * static_cast<std::int64_t>(every));
  series.unit = json.StringOr("unit", unit);
  series.name = json.StringOr("name", "");
  for (std::size_t i = 0; i < all.size(); i += every) series.values.push_back(Number(&all[i]));
  return series;
}

// The unit of the value is that of the series only in forms that compare the series itself.
void AddSeries(const Json& result, const PlotOptions& options, PlotData& data) {
  const bool same = data.form == "usage" || data.form == "absent";
  for (const auto& [key, of_class] : {std::pair("series", &data.words.capability_class),
                                      std::pair("series2", &data.words.second_class)}) {
    const Json* json = result.Find(key);
    if (json == nullptr) continue;
    const std::string otherwise = same ? data.unit : "";
    const std::string unit = options.class_units == nullptr
                                 ? otherwise
                                 : options.class_units->StringOr(*of_class, otherwise);
    PlotSeries series = ReadSeries(*json, unit);
    if (series.name.empty()) series.name = ClassInWords(*of_class);
    if (!series.empty()) data.series.push_back(std::move(series));
  }
  if (data.series.size() == 1) data.series[0].name.clear();
}

void AddBars(const Json& result, PlotData& data) {
  const Json* months = result.Find("months");
  if (months == nullptr || months->AsObject() == nullptr) return;
  for (const auto& [name, total] : *months->AsObject()) {
    const Result<Month> month = ParseMonth(name);
    const std::optional<double> value = Number(&total);
    if (!month || !value || data.bars.size() == kPlotMonthsMax) continue;
    data.bars.push_back({ShortMonth(*month) + " " + std::to_string(int{month->year()}), *value});
  }
}

std::string Verdict(const PlotData& data) {
  std::string words = "Records are missing";
  if (data.holds) words = *data.holds ? "Holds" : "Fails";
  if (!data.value_text.empty()) words += ": " + data.value_text;
  if (!data.words.asked.empty()) words += ", asked for " + data.words.asked;
  return words;
}

std::string Described(const PlotSeries& series) {
  double low = 0;
  double high = 0;
  std::size_t missing = 0;
  bool any = false;
  for (const std::optional<double>& value : series.values) {
    if (!value) {
      ++missing;
      continue;
    }
    low = any ? std::min(low, *value) : *value;
    high = any ? std::max(high, *value) : *value;
    any = true;
  }
  std::string text = "A line from " + DateInWords(series.first) + " to " +
                     DateInWords(series.DayAt(series.values.size() - 1)) + ", lowest " +
                     ShownQuantity(low, series.unit) + ", highest " +
                     ShownQuantity(high, series.unit) + ".";
  if (!series.name.empty()) text = series.name + ": " + text;
  if (missing > 0) text += " No records on " + std::to_string(missing) + " of its days.";
  return text;
}

std::string Description(const PlotData& data) {
  std::string text = data.verdict + ".";
  for (const PlotSeries& series : data.series) text += " " + Described(series);
  for (const PlotBar& bar : data.bars) {
    text += " " + bar.label + ": " + ShownQuantity(bar.value, data.bar_unit) + ".";
  }
  if (data.series.empty() && data.bars.empty()) text += " There are no values to draw.";
  return text;
}

}  // namespace

bool PlotSeries::empty() const {
  return std::none_of(values.begin(), values.end(), [](const auto& v) { return v.has_value(); });
}

Date PlotSeries::DayAt(std::size_t i) const {
  return first + std::chrono::days(static_cast<std::int64_t>(i) * step_days);
}

PlotData ReadPlotData(const Json& check_result, const PlotOptions& options) {
  PlotData data;
  data.words = ReadCheck(check_result, options.names);
  data.form = check_result.StringOr("form", "");
  data.unit = check_result.StringOr("unit", "");
  data.value = Number(check_result.Find("value"));
  data.threshold = Number(check_result.Find("threshold"));
  if (data.value) data.value_text = ShownQuantity(*data.value, data.unit);
  const Json* holds = check_result.Find("holds");
  if (holds != nullptr && holds->AsBool() != nullptr) data.holds = *holds->AsBool();
  AddSeries(check_result, options, data);
  AddBars(check_result, data);
  if (!data.unit.empty() && data.unit != "x") {
    data.bar_unit = data.unit;
  } else if (!data.series.empty()) {
    data.bar_unit = data.series[0].unit;
  }
  data.verdict = Verdict(data);
  data.description = Description(data);
  return data;
}

}  // namespace proviso::pages

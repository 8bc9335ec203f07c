#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/time.h"
#include "pages/internal/check_words.h"
#include "pages/plot.h"

namespace proviso::pages {

inline constexpr std::size_t kPlotPointsMax = 1000;  // of one series; more are thinned out
inline constexpr std::size_t kPlotMonthsMax = 36;    // bars

struct PlotSeries {
  std::string name;  // shown above its panel; may be empty
  std::string unit;
  Date first;
  int step_days = 1;
  std::vector<std::optional<double>> values;
  bool empty() const;
  Date DayAt(std::size_t i) const;
};

struct PlotBar {
  std::string label;  // "Mar 2026"
  double value = 0;
};

struct PlotData {
  CheckWords words;
  std::string verdict;  // "Holds: 8.61 PB, asked for at least 5 PB"
  std::optional<bool> holds;
  std::string form;
  std::string value_text;  // "8.61 PB"; empty where there is none
  std::optional<double> value;
  std::optional<double> threshold;
  std::string unit;                // of value and threshold
  std::vector<PlotSeries> series;  // one or two that have values
  std::vector<PlotBar> bars;
  std::string bar_unit;
  std::string description;
};

PlotData ReadPlotData(const Json& check_result, const PlotOptions& options);

}  // namespace proviso::pages

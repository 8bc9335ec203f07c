#include "pages/internal/plot_panel.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "pages/internal/figures.h"

namespace proviso::pages {
namespace {

constexpr double kTextSize = 13;
constexpr double kLabelGap = 7;         // between a line and its label
constexpr double kLabelClearance = 20;  // two labels nearer than this would touch
constexpr double kTickGap = 46;         // least distance of two dates on the axis
constexpr double kWholePlot = 0.95;
constexpr int kMarksOfHeight = 5;
constexpr double kGapLabelFrom = 84;  // a gap narrower than this has no room for words

std::string Percent(double x, double y) { return Coordinate(x) + " " + Coordinate(y); }

struct Segment {
  double x1 = 0;
  double y1 = 0;
  double x2 = 0;
  double y2 = 0;
};

void DrawSegment(const Segment& at, std::string_view css, Markup& svg) {
  svg.Void("line", {{"class", css},
                    {"x1", Coordinate(at.x1)},
                    {"y1", Coordinate(at.y1)},
                    {"x2", Coordinate(at.x2)},
                    {"y2", Coordinate(at.y2)}});
}

void DrawBox(const PlotBox& box, std::string_view css, Markup& svg) {
  svg.Void("rect", {{"class", css},
                    {"x", Coordinate(box.left)},
                    {"y", Coordinate(box.top)},
                    {"width", Coordinate(std::max(box.width, 0.0))},
                    {"height", Coordinate(std::max(box.height, 0.0))}});
}

// Values to heights in a box.
struct HeightScale {
  std::vector<double> marks;  // in the shown unit
  ShownUnit unit;
  PlotBox box;

  double Y(double value) const {
    const double part = (value / unit.divisor - marks.front()) / (marks.back() - marks.front());
    return box.bottom() - std::clamp(part, 0.0, 1.0) * box.height;
  }
};

HeightScale ScaleOf(const PlotBox& box, const std::vector<double>& values, std::string_view unit) {
  double low = 0;
  double high = 0;
  for (const double value : values) {
    low = std::min(low, value);
    high = std::max(high, value);
  }
  HeightScale scale;
  scale.box = box;
  scale.unit = ReadableUnit(std::max(high, -low), unit);
  // A little air, so that neither the line nor its label ends at the upper edge.
  const auto mark = [&] {
    scale.marks =
        AxisMarks(low / scale.unit.divisor, high * 1.06 / scale.unit.divisor, kMarksOfHeight);
  };
  mark();
  // The highest mark may need a larger unit than the values: "1,000,000 h" has no room.
  const double top = scale.marks.back() * scale.unit.divisor;
  if (ReadableUnit(std::max(top, -low), unit).divisor > scale.unit.divisor) {
    scale.unit = ReadableUnit(std::max(top, -low), unit);
    mark();
  }
  return scale;
}

void DrawHeights(const HeightScale& scale, Markup& svg) {
  for (const double mark : scale.marks) {
    const double y = scale.Y(mark * scale.unit.divisor);
    DrawSegment({scale.box.left, y, scale.box.right(), y}, mark == 0 ? "pv-axis" : "pv-grid", svg);
    DrawText({scale.box.left - 8, y + 4.5, "pv-tick", "end"}, ShownNumber(mark), svg);
  }
}

// Days to places along a box.
struct DayScale {
  Date first;
  Date last;
  PlotBox box;

  double X(Date day) const {
    const auto days = static_cast<double>((day - first).count());
    const auto all = std::max(1.0, static_cast<double>((last - first).count()));
    return box.left + std::clamp(days / all, 0.0, 1.0) * box.width;
  }
  double SpanDays() const { return static_cast<double>((last - first).count()); }
};

struct Tick {
  Date day;
  std::string label;
};

std::vector<Tick> MonthTicks(const DayScale& scale) {
  std::vector<Tick> ticks;
  const int months_that_fit = std::max(1, static_cast<int>(scale.box.width / kTickGap));
  const int months = static_cast<int>(scale.SpanDays() / 30.4) + 1;
  int every = 1;
  for (const int step : {1, 2, 3, 6, 12, 60, 600}) {
    every = step;
    if (months / step <= months_that_fit) break;
  }
  Month month = MonthOf(scale.first);
  if (FirstDay(month) < scale.first) month += std::chrono::months(1);
  bool begun = false;
  for (; FirstDay(month) <= scale.last; month += std::chrono::months(1)) {
    const int number = int{month.year()} * 12 + static_cast<int>(unsigned{month.month()}) - 1;
    if (number % every != 0) continue;
    const bool with_year = !begun || unsigned{month.month()} == 1;
    const std::string year = with_year ? " " + std::to_string(int{month.year()}) : "";
    ticks.push_back({FirstDay(month), ShortMonth(month) + year});
    begun = true;
  }
  return ticks;
}

std::vector<Tick> DayTicks(const DayScale& scale) {
  std::vector<Tick> ticks;
  const double fit = std::max(1.0, scale.box.width / kTickGap);
  int every = 1;
  for (const int step : {1, 2, 7, 14, 28}) {
    every = step;
    if (scale.SpanDays() / step <= fit) break;
  }
  for (Date day = scale.first; day <= scale.last; day += std::chrono::days(every)) {
    ticks.push_back({day, DayAndMonth(day)});
  }
  return ticks;
}

// Dates below the axis; none where it would touch the one before, or leave the box.
void DrawDays(const DayScale& scale, Markup& svg) {
  const bool by_month = scale.SpanDays() > 75;
  double taken_to = scale.box.left - 60;
  for (const Tick& tick : by_month ? MonthTicks(scale) : DayTicks(scale)) {
    const double x = scale.X(tick.day);
    const double half = TextWidth(tick.label, kTextSize) / 2;
    DrawSegment({x, scale.box.bottom(), x, scale.box.bottom() + 5}, "pv-axis", svg);
    if (x - half < taken_to + 8 || x + half > scale.box.right() + 18) continue;
    taken_to = x + half;
    DrawText({x, scale.box.bottom() + 20, "pv-tick", "middle"}, tick.label, svg);
  }
}

bool IsRange(const PlotData& data) {
  return data.form != "growth" && data.words.periods.size() == 2;
}

// The marked days of the check, as boxes over the whole height.
void DrawPeriods(const LinePanel& panel, const DayScale& days, Markup& svg) {
  std::vector<Period> periods = panel.data->words.periods;
  if (IsRange(*panel.data)) {
    periods = {
        {periods[0].begin, periods[1].end, {}, periods[0].label + " to " + periods[1].label}};
  }
  double taken_to = panel.box.left - 60;
  const double all = kWholePlot * days.SpanDays();
  for (const Period& period : periods) {
    if (period.end <= days.first || period.begin > days.last) continue;
    // A mark on the whole of the plot would mark nothing.
    if (static_cast<double>((period.end - period.begin).count()) >= all) continue;
    const double left = days.X(period.begin);
    const double right = std::max(days.X(period.end), left + 3);
    const bool one_day = period.end - period.begin == std::chrono::days(1);
    const double middle = one_day ? left : (left + right) / 2;
    if (one_day) {
      DrawSegment({left, panel.box.top, left, panel.box.bottom()}, "pv-day", svg);
    } else {
      DrawBox({left, panel.box.top, right - left, panel.box.height}, "pv-period", svg);
    }
    const double half = TextWidth(period.label, kTextSize) / 2;
    const double x = std::clamp(middle, panel.box.left + half, panel.box.right() - half);
    if (x - half < taken_to + 6) continue;
    taken_to = x + half;
    DrawText({x, panel.box.top - 6, "pv-mark-label", "middle"}, period.label, svg);
  }
}

struct Place {
  double x = 0;
  double y = 0;
};

// Days without records, so that a break in the line is not taken for zero.
void DrawGaps(const LinePanel& panel, const DayScale& days, Markup& svg) {
  const auto& values = panel.series->values;
  std::size_t begin = 0;
  while (begin < values.size()) {
    std::size_t end = begin;
    while (end < values.size() && !values[end]) ++end;
    if (end > begin) {
      const double left = days.X(panel.series->DayAt(begin == 0 ? 0 : begin - 1));
      const double right = days.X(panel.series->DayAt(std::min(end, values.size() - 1)));
      DrawBox({left, panel.box.top, right - left, panel.box.height}, "pv-gap", svg);
      if (right - left >= kGapLabelFrom) {
        DrawText({(left + right) / 2, panel.box.top + 16, "pv-tick", "middle"}, "no records", svg);
      }
    }
    begin = end + 1;
  }
}

// The line, broken where there are no records, and the area under it.
void DrawSeries(const LinePanel& panel, const DayScale& days, const HeightScale& heights,
                Markup& svg) {
  const std::string css = panel.second ? "pv-line pv-second" : "pv-line";
  const std::string area = panel.second ? "pv-area pv-second" : "pv-area";
  std::vector<Place> run;
  const auto end_run = [&] {
    if (run.size() == 1) {
      svg.Void("circle", {{"class", panel.second ? "pv-dot pv-second" : "pv-dot"},
                          {"cx", Coordinate(run[0].x)},
                          {"cy", Coordinate(run[0].y)},
                          {"r", "2.5"}});
    } else if (run.size() > 1) {
      std::string path;
      for (const Place& place : run) {
        path += (path.empty() ? "M" : "L") + Percent(place.x, place.y);
      }
      const double base = heights.Y(0);
      svg.Void("path", {{"class", area},
                        {"d", path + "L" + Percent(run.back().x, base) + "L" +
                                  Percent(run.front().x, base) + "Z"}});
      svg.Void("path", {{"class", css}, {"d", path}});
    }
    run.clear();
  };
  for (std::size_t i = 0; i < panel.series->values.size(); ++i) {
    const std::optional<double>& value = panel.series->values[i];
    if (value) {
      run.push_back({days.X(panel.series->DayAt(i)), heights.Y(*value)});
    } else {
      end_run();
    }
  }
  end_run();
}

// The least distance of the line from the height `y`, between two shares of its length.
double NearestTo(const LinePanel& panel, const HeightScale& heights, double y,
                 std::pair<double, double> part) {
  const auto& values = panel.series->values;
  const auto size = static_cast<double>(values.size());
  double least = 1e9;
  for (auto i = static_cast<std::size_t>(part.first * size);
       i < values.size() && static_cast<double>(i) <= part.second * size; ++i) {
    if (values[i]) least = std::min(least, std::abs(heights.Y(*values[i]) - y));
  }
  return least;
}

// The label of the threshold stands at the end where it leaves room for that of the value at
// `value_x`, if there is one, and where the series is further away; it is cut short where neither
// end has that room.
void DrawThreshold(const LinePanel& panel, const HeightScale& heights,
                   std::optional<double> value_x, Markup& svg) {
  const double y = heights.Y(*panel.data->threshold);
  DrawSegment({panel.box.left, y, panel.box.right(), y}, "pv-limit", svg);
  std::string label = "asked for: " + panel.data->words.asked;
  const double half = TextWidth(panel.data->value_text, kTextSize + 1) / 2 + kLabelGap;
  const auto is_free = [&](bool left) {
    const double width = TextWidth(label, kTextSize);
    return !value_x || (left ? panel.box.left + width < *value_x - half
                             : panel.box.right() - width > *value_x + half);
  };
  if (!is_free(true) && !is_free(false)) label = panel.data->words.asked;
  const double share = std::min(TextWidth(label, kTextSize) / panel.box.width, 1.0);
  const bool at_left = is_free(true) != is_free(false)
                           ? is_free(true)
                           : NearestTo(panel, heights, y, {0, share}) >=
                                 NearestTo(panel, heights, y, {1 - share, 1});
  const bool below = y - panel.box.top < kTextSize + 3;  // no room for letters above it
  DrawText({at_left ? panel.box.left + 6 : panel.box.right() - 6,
            below ? y + kTextSize + 4 : y - kLabelGap, "pv-limit-label", at_left ? "start" : "end"},
           label, svg);
}

// A ring at the value of the day, with the value beside it, clear of the threshold.
void DrawValue(const LinePanel& panel, const DayScale& days, const HeightScale& heights,
               Markup& svg) {
  const Period& period = panel.data->words.periods[0];
  if (period.begin < days.first || period.begin > days.last) return;
  const double x = days.X(period.begin);
  const double y = heights.Y(*panel.data->value);
  svg.Void("circle",
           {{"class", "pv-value"}, {"cx", Coordinate(x)}, {"cy", Coordinate(y)}, {"r", "5"}});
  const double limit = panel.data->threshold ? heights.Y(*panel.data->threshold) : -1e9;
  const double above = y - 13;
  const bool crowded =
      above - kTextSize < panel.box.top || (limit < y && y - limit < kLabelClearance + 13);
  const double text_y = crowded ? y + kTextSize + 11 : above;
  const double half = TextWidth(panel.data->value_text, kTextSize + 1) / 2;
  const bool at_right = x + half > panel.box.right();
  const bool at_left = x - half < panel.box.left;
  DrawText({x + (at_right  ? -9
                 : at_left ? 9
                           : 0),
            text_y, "pv-value-label",
            at_right  ? "end"
            : at_left ? "start"
                      : "middle"},
           panel.data->value_text, svg);
}

}  // namespace

void DrawText(const PlotText& place, std::string_view text, Markup& svg) {
  svg.Leaf("text",
           {{"class", place.css},
            {"x", Coordinate(place.x)},
            {"y", Coordinate(place.y)},
            {"text-anchor", place.anchor == "start" ? "" : place.anchor}},
           text);
}

void DrawLinePanel(const LinePanel& panel, Markup& svg) {
  const bool same_unit = !panel.second && panel.series->unit == panel.data->unit;
  std::vector<double> values;
  for (const std::optional<double>& value : panel.series->values) {
    if (value) values.push_back(*value);
  }
  const bool with_threshold = same_unit && panel.data->threshold.has_value();
  const bool with_value =
      same_unit && panel.data->value.has_value() && panel.data->words.periods.size() == 1;
  if (with_threshold) values.push_back(*panel.data->threshold);
  if (with_value) values.push_back(*panel.data->value);
  const HeightScale heights = ScaleOf(panel.box, values, panel.series->unit);
  const DayScale days{panel.series->first, panel.series->DayAt(panel.series->values.size() - 1),
                      panel.box};
  DrawHeights(heights, svg);
  DrawGaps(panel, days, svg);
  if (!panel.second) DrawPeriods(panel, days, svg);
  DrawDays(days, svg);
  const std::string& name = panel.series->name;
  const std::string per_step = heights.unit.unit + (name.empty() ? "" : " (" + name + ")");
  DrawText({panel.box.left - 44, panel.box.top - 24, "pv-unit"}, per_step, svg);
  DrawSeries(panel, days, heights, svg);
  std::optional<double> value_x;
  if (with_value) value_x = days.X(panel.data->words.periods[0].begin);
  if (with_threshold) DrawThreshold(panel, heights, value_x, svg);
  if (with_value) DrawValue(panel, days, heights, svg);
}

void DrawBarPanel(const PlotBox& box, const PlotData& data, Markup& svg) {
  const bool ratio = data.form == "growth" && data.unit == "x" && data.bars.size() == 2 &&
                     data.threshold.has_value();
  const double limit = ratio ? data.bars[0].value * *data.threshold : 0;
  std::vector<double> values;
  for (const PlotBar& bar : data.bars) values.push_back(bar.value);
  if (ratio) values.push_back(limit);
  const HeightScale heights = ScaleOf(box, values, data.bar_unit);
  DrawHeights(heights, svg);
  DrawText({box.left - 44, box.top - 24, "pv-unit"},
           heights.unit.unit + (heights.unit.unit.empty() ? "by month" : " by month"), svg);
  const double slot = box.width / static_cast<double>(data.bars.size());
  const double wide = std::min(slot * 0.56, 72.0);
  double taken_to = -1e9;
  for (std::size_t i = 0; i < data.bars.size(); ++i) {
    const double middle = box.left + slot * (static_cast<double>(i) + 0.5);
    const double y = heights.Y(data.bars[i].value);
    const double zero = heights.Y(0);
    DrawBox({middle - wide / 2, std::min(y, zero), wide, std::abs(zero - y)}, "pv-bar", svg);
    const double half = TextWidth(data.bars[i].label, kTextSize) / 2;
    if (middle - half >= taken_to + kLabelGap) {
      taken_to = middle + half;
      DrawText({middle, box.bottom() + 20, "pv-tick", "middle"}, data.bars[i].label, svg);
    }
    if (slot < 40) continue;
    DrawText({middle, y - kLabelGap, "pv-bar-label", "middle"},
             ShownNumber(data.bars[i].value / heights.unit.divisor), svg);
  }
  if (!ratio) return;
  const double y = heights.Y(limit);
  DrawSegment({box.left, y, box.right(), y}, "pv-limit", svg);
  DrawText({box.left + 6, y - kLabelGap, "pv-limit-label"},
           ShownNumber(*data.threshold) + " x " + data.bars[0].label.substr(0, 3), svg);
}

}  // namespace proviso::pages

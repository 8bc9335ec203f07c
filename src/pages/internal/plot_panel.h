#pragma once

#include <optional>
#include <string>
#include <vector>

#include "pages/internal/markup.h"
#include "pages/internal/plot_data.h"

namespace proviso::pages {

// The rectangle inside the axes of one part of a plot, in units of the view box.
struct PlotBox {
  double left = 0;
  double top = 0;
  double width = 0;
  double height = 0;
  double right() const { return left + width; }
  double bottom() const { return top + height; }
};

// A line panel: one series over time.
struct LinePanel {
  PlotBox box;
  const PlotSeries* series = nullptr;
  const PlotData* data = nullptr;
  bool second = false;  // in the second colour, without marks of the check
};
void DrawLinePanel(const LinePanel& panel, Markup& svg);

// The compared months as bars, the threshold as the height that the last one was asked to have.
void DrawBarPanel(const PlotBox& box, const PlotData& data, Markup& svg);

// A line of text; `anchor` is start, middle or end.
struct PlotText {
  double x = 0;
  double y = 0;
  std::string_view css;
  std::string_view anchor = "start";
};
void DrawText(const PlotText& place, std::string_view text, Markup& svg);

}  // namespace proviso::pages

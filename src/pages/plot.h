#pragma once

#include <string>
#include <string_view>

#include "base/json.h"

namespace proviso::pages {

struct PlotOptions {
  int width = 720;  // of the view box; texts have a fixed size in it. 320 to 2,000
  // Put before each id in the SVG: several plots may stand in one page.
  std::string_view id_prefix = "plot";
  // With a white or dark ground and its own style, for a file; else the page has PlotStyle().
  bool standalone = true;
  bool show_title = true;       // false: the page says it above
  const Json* names = nullptr;  // of a case page: {"units": {id: name}, "regions": {...}, ...}
  // {"object-storage": "GB", ...}: the unit of a series that does not name its own.
  const Json* class_units = nullptr;
};

// The plot of one evaluated check (docs/formats/checks.md, "Result") as SVG: its series with the
// period of the check marked, the threshold as a labelled line, the value, and the compared months
// as bars. Whatever the result lacks is left out; it is never an error. The same values give the
// same bytes.
std::string RenderPlot(const Json& check_result, const PlotOptions& options);

// The rules of the classes in the plots. Colours are the variables --pv-ink, --pv-muted, --pv-rule,
// --pv-paper, --pv-line, --pv-line2, --pv-limit and --pv-mark, with fallbacks for a light ground.
std::string_view PlotStyle();

}  // namespace proviso::pages

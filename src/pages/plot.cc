#include "pages/plot.h"

#include <algorithm>

#include "pages/internal/figures.h"
#include "pages/internal/markup.h"
#include "pages/internal/plot_data.h"
#include "pages/internal/plot_panel.h"

namespace proviso::pages {
namespace {

constexpr int kWidthMin = 320;
constexpr int kWidthMax = 2000;
constexpr int kWideFrom = 560;  // from here on, two panels stand side by side
constexpr double kTitleSize = 17;
constexpr double kTitleLine = 23;
constexpr double kVerdictSize = 14;
constexpr double kVerdictLine = 24;
constexpr double kLeft = 64;  // room for the marks of the height
constexpr double kRight = 20;
constexpr double kAbove = 42;  // above each panel: its unit, and the label of the period
constexpr double kBelow = 32;  // dates
constexpr double kPanelHeight = 210;
constexpr double kSmallPanelHeight = 150;
constexpr std::size_t kTitleLinesMax = 4;

constexpr std::string_view kStyle =
    R"(.pv-plot{font-family:ui-sans-serif,system-ui,"Segoe UI",Roboto,"Liberation Sans",
sans-serif;font-size:13px}
.pv-plot text{fill:#1d2026;fill:var(--pv-ink,#1d2026)}
.pv-plot .pv-title{font-size:17px;font-weight:600}
.pv-plot .pv-verdict{font-size:14px}
.pv-plot .pv-tick,.pv-plot .pv-unit{fill:#565b66;fill:var(--pv-muted,#565b66)}
.pv-grid{stroke:#e3e0d8;stroke:var(--pv-rule,#e3e0d8)}
.pv-axis{stroke:#8b8f98;stroke:var(--pv-axis,#8b8f98)}
.pv-line{fill:none;stroke:#1b5a8c;stroke:var(--pv-line,#1b5a8c);stroke-width:2.25;
stroke-linejoin:round;stroke-linecap:round}
.pv-line.pv-second{stroke:#7a4a00;stroke:var(--pv-line2,#7a4a00);stroke-dasharray:7 3}
.pv-area{fill:#1b5a8c;fill:var(--pv-line,#1b5a8c);fill-opacity:.09}
.pv-area.pv-second{fill:#7a4a00;fill:var(--pv-line2,#7a4a00)}
.pv-dot,.pv-bar{fill:#1b5a8c;fill:var(--pv-line,#1b5a8c)}
.pv-dot.pv-second{fill:#7a4a00;fill:var(--pv-line2,#7a4a00)}
.pv-bar{fill-opacity:.85}
.pv-period{fill:#c9a227;fill:var(--pv-mark,#c9a227);fill-opacity:.2}
.pv-day{stroke:#a07d0c;stroke:var(--pv-mark,#a07d0c);stroke-width:1.5}
.pv-gap{fill:#565b66;fill:var(--pv-muted,#565b66);fill-opacity:.09}
.pv-limit{stroke:#a5370a;stroke:var(--pv-limit,#a5370a);stroke-width:1.75;stroke-dasharray:6 4}
.pv-value{fill:#fff;fill:var(--pv-paper,#fff);stroke:#1b5a8c;stroke:var(--pv-line,#1b5a8c);
stroke-width:2.5}
.pv-plot .pv-limit-label,.pv-plot .pv-value-label,.pv-plot .pv-mark-label,
.pv-plot .pv-bar-label{stroke:#fff;stroke:var(--pv-paper,#fff);stroke-width:4;
stroke-linejoin:round;paint-order:stroke}
.pv-plot .pv-limit-label{fill:#a5370a;fill:var(--pv-limit,#a5370a);font-weight:600}
.pv-plot .pv-value-label,.pv-plot .pv-bar-label{font-weight:700;font-size:14px}
.pv-plot .pv-mark-label{font-weight:600}
)";

// Only in a file of its own; the colours of the page are the page's.
constexpr std::string_view kStandaloneStyle =
    R"(.pv-ground{fill:#fff;fill:var(--pv-paper,#fff)}
@media (prefers-color-scheme:dark){:root{--pv-ink:#eceae5;--pv-muted:#a9adb7;--pv-rule:#31353d;
--pv-axis:#6f7580;--pv-paper:#17191d;--pv-line:#7fb8e6;--pv-line2:#e0b060;--pv-limit:#ff9a6b;
--pv-mark:#c9a227}}
@media print{:root{--pv-ink:#000;--pv-muted:#444;--pv-rule:#ddd;--pv-axis:#777;--pv-paper:#fff;
--pv-line:#1b5a8c;--pv-line2:#7a4a00;--pv-limit:#a5370a;--pv-mark:#a07d0c}}
)";

// `text` in lines of at most `width`, by words.
std::vector<std::string> Lines(std::string_view text, double width) {
  std::vector<std::string> lines{""};
  while (!text.empty() && lines.size() <= kTitleLinesMax) {
    const std::size_t end = std::min(text.find(' '), text.size());
    const std::string word(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    const std::string longer = lines.back() + (lines.back().empty() ? "" : " ") + word;
    if (TextWidth(longer, kTitleSize) <= width || lines.back().empty()) {
      lines.back() = longer;
    } else {
      lines.push_back(word);
    }
  }
  if (lines.size() > kTitleLinesMax) {
    lines.resize(kTitleLinesMax);
    lines.back() += " \xE2\x80\xA6";
  }
  for (std::string& line : lines) line = Fitted(line, width, kTitleSize);
  return lines;
}

struct Layout {
  double width = 0;
  double height = 0;
  std::vector<std::string> title;
  std::vector<PlotBox> series;
  PlotBox bars;
};

// Where everything stands: two series one above the other; bars beside the series, or below.
Layout LayOut(const PlotData& data, const PlotOptions& options) {
  Layout layout;
  layout.width = std::clamp(options.width, kWidthMin, kWidthMax);
  double y = 8;
  if (options.show_title) {
    layout.title = Lines(data.words.title, layout.width - 16);
    y += kTitleLine * static_cast<double>(layout.title.size()) + kVerdictLine;
  }
  const bool beside = !data.bars.empty() && !data.series.empty() && layout.width >= kWideFrom;
  const double full = layout.width - kLeft - kRight;
  const double height = data.series.size() > 1 ? kSmallPanelHeight : kPanelHeight;
  double width = full;
  if (beside) {
    width = full * 0.6;
    const double left = kLeft + width + 24 + kLeft;
    layout.bars = {left, y + kAbove, layout.width - left - kRight, height};
  }
  for (std::size_t i = 0; i < data.series.size(); ++i) {
    layout.series.push_back({kLeft, y + kAbove, width, height});
    y += kAbove + height + kBelow;
  }
  if (!beside && !data.bars.empty()) {
    layout.bars = {kLeft, y + kAbove, full, kSmallPanelHeight};
    y += kAbove + kSmallPanelHeight + kBelow;
  }
  if (data.series.empty() && data.bars.empty()) y += 40;
  layout.height = y + 4;
  return layout;
}

void DrawHeading(const Layout& layout, const PlotData& data, Markup& svg) {
  double y = 8;
  for (const std::string& line : layout.title) {
    y += kTitleLine;
    DrawText({8, y - 6, "pv-title"}, line, svg);
  }
  if (layout.title.empty()) return;
  DrawText({8, y + kVerdictLine - 8, "pv-verdict"},
           Fitted(data.verdict, layout.width - 16, kVerdictSize), svg);
}

}  // namespace

std::string_view PlotStyle() { return kStyle; }

std::string RenderPlot(const Json& check_result, const PlotOptions& options) {
  const PlotData data = ReadPlotData(check_result, options);
  const Layout layout = LayOut(data, options);
  const std::string prefix(options.id_prefix);
  const std::string width = Coordinate(layout.width);
  const std::string height = Coordinate(layout.height);
  Markup svg;
  svg.Open("svg", {{"xmlns", "http://www.w3.org/2000/svg"},
                   {"class", "pv-plot"},
                   {"role", "img"},
                   {"aria-labelledby", prefix + "-title " + prefix + "-desc"},
                   {"viewBox", "0 0 " + width + " " + height},
                   {"width", width},
                   {"height", height}});
  svg.Leaf("title", {{"id", prefix + "-title"}}, data.words.title);
  svg.Leaf("desc", {{"id", prefix + "-desc"}}, data.description);
  if (options.standalone) {
    svg.Open("style").Trusted(kStyle).Trusted(kStandaloneStyle).Close();
    svg.Void("rect", {{"class", "pv-ground"}, {"width", width}, {"height", height}});
  }
  DrawHeading(layout, data, svg);
  for (std::size_t i = 0; i < layout.series.size(); ++i) {
    DrawLinePanel({layout.series[i], &data.series[i], &data, i > 0}, svg);
  }
  if (!data.bars.empty()) DrawBarPanel(layout.bars, data, svg);
  if (data.series.empty() && data.bars.empty()) {
    DrawText({8, layout.height - 18, "pv-tick"}, "No values to draw.", svg);
  }
  svg.Close();
  return svg.Take();
}

}  // namespace proviso::pages

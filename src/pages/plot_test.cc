#include "pages/plot.h"

#include <cmath>
#include <fstream>
#include <sstream>

#include "base/decimal.h"
#include "pages/internal/figures.h"
#include "pages/internal/markup.h"

namespace proviso::pages {
namespace {
// NOLINTBEGIN(misc-misleading-bidirectional): what deceives is escaped here.

Json SampleCase() {
  std::ifstream file(std::string(PROVISO_SOURCE_DIR) + "/src/pages/testdata/case.json");
  std::stringstream text;
  text << file.rdbuf();
  return ParseJson(text.str()).value();
}

// The results of all checks of the sample.
std::vector<Json> SampleResults() {
  std::vector<Json> results;
  const Json sample = SampleCase();
  for (const Json& claim : *sample.Find("claims")->AsArray()) {
    for (const Json& check : *claim.Find("checks")->AsArray()) {
      results.push_back(*check.Find("result"));
    }
  }
  return results;
}

Json Usage() {
  return Json::Of(
      {{"check", "usage(unit: u, class: object-storage, region: nl-1) at 2026-07-02 >= 5 PB"},
       {"form", "usage"},
       {"holds", true},
       {"result", "holds"},
       {"series",
        Json::Of({{"first", "2026-07-01"},
                  {"step_days", 1},
                  {"values", Json(Json::Array{"4000000", "8000000", Json(), "10000000"})}})},
       {"threshold", "5000000"},
       {"unit", "GB"},
       {"value", "8000000"}});
}

TEST(Plot, TakesALargerUnitWhereTheHighestMarkNeedsIt) {
  Json usage = Usage();
  usage["unit"] = "h";
  usage["series"]["values"] = Json(Json::Array{"400000", "800000", "900001"});
  usage["value"] = "800000";
  usage["threshold"] = "500000";
  const std::string svg = RenderPlot(usage, {});
  EXPECT_EQ(svg.find(">1,000,000<"), std::string::npos);
  EXPECT_NE(svg.find(">million h<"), std::string::npos);
}

TEST(Plot, LeavesOutLabelsOfBarsThatWouldTouch) {
  Json usage = Usage();
  Json months = Json::MakeObject();
  for (int month = 1; month <= 12; ++month) {
    months["2026-" + std::string(month < 10 ? "0" : "") + std::to_string(month)] = "5000000";
  }
  usage["months"] = months;
  const std::string svg = RenderPlot(usage, {});
  EXPECT_NE(svg.find(">Jan 2026<"), std::string::npos);
  EXPECT_EQ(svg.find(">Feb 2026<"), std::string::npos);
}

struct Element {
  std::string tag;   // with its attributes
  std::string text;  // up to the next tag
  double Number(const std::string& name) const {
    const std::size_t at = tag.find(" " + name + "=\"");
    if (at == std::string::npos) return 0;
    const std::string value = tag.substr(at + name.size() + 3);
    return Decimal::Parse(value.substr(0, value.find('"'))).value().ToDouble();
  }
};

// The elements whose class begins with `css`.
std::vector<Element> Elements(const std::string& svg, const std::string& css) {
  std::vector<Element> found;
  const std::string begin = " class=\"" + css;
  for (std::size_t at = svg.find(begin); at != std::string::npos; at = svg.find(begin, at + 1)) {
    const char after = svg[at + begin.size()];
    if (after != '"' && after != ' ') continue;
    const std::size_t from = svg.rfind('<', at);
    const std::size_t end = svg.find('>', at);
    found.push_back(
        {svg.substr(from, end - from), svg.substr(end + 1, svg.find('<', end) - end - 1)});
  }
  return found;
}

bool Contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

// The height of `value`, by the first and the last mark of the axis.
double HeightOf(const std::string& svg, double value) {
  const auto axis = Elements(svg, "pv-axis");
  const auto grid = Elements(svg, "pv-grid");
  const auto marks = Elements(svg, "pv-tick");
  const std::size_t count = grid.size() + 1;
  const double zero = axis[0].Number("y1");
  const double top = grid.back().Number("y1");
  const double top_value = Decimal::Parse(marks[count - 1].text).value().ToDouble();
  return zero + (top - zero) * value / top_value;
}

TEST(Plot, DrawsTheThresholdAtItsHeight) {
  const std::string svg = RenderPlot(Usage(), {});
  const auto limits = Elements(svg, "pv-limit");
  ASSERT_EQ(limits.size(), 1U);
  EXPECT_NEAR(limits[0].Number("y1"), HeightOf(svg, 5), 0.15);
  EXPECT_EQ(limits[0].Number("y1"), limits[0].Number("y2"));
  EXPECT_TRUE(Contains(svg, "asked for: at least 5 PB"));
}

TEST(Plot, MarksTheDayAndTheValueThere) {
  const std::string svg = RenderPlot(Usage(), {});
  const auto values = Elements(svg, "pv-value");
  const auto days = Elements(svg, "pv-day");
  ASSERT_EQ(values.size(), 1U);
  ASSERT_EQ(days.size(), 1U);
  EXPECT_NEAR(values[0].Number("cy"), HeightOf(svg, 8), 0.15);
  EXPECT_EQ(values[0].Number("cx"), days[0].Number("x1"));
  // The second of four days stands a third along the axis.
  const auto axis = Elements(svg, "pv-axis")[0];
  EXPECT_NEAR(days[0].Number("x1"), axis.Number("x1") + (axis.Number("x2") - axis.Number("x1")) / 3,
              0.15);
  EXPECT_EQ(Elements(svg, "pv-value-label")[0].text, "8 PB");
}

TEST(Plot, BreaksTheLineWhereThereAreNoRecords) {
  const std::string svg = RenderPlot(Usage(), {});
  EXPECT_EQ(Elements(svg, "pv-line").size(), 1U);  // the first two days
  EXPECT_EQ(Elements(svg, "pv-dot").size(), 1U);   // the last day, alone
  EXPECT_EQ(Elements(svg, "pv-gap").size(), 1U);
  EXPECT_TRUE(Contains(svg, "No records on 1 of its days."));
}

TEST(Plot, DrawsTheMonthsOfGrowthAndWhatWasAskedOfTheLast) {
  Json growth = Usage();
  growth["check"] = "growth(unit: u, class: speech-to-text) from 2026-03 to 2026-07 >= 8x";
  growth["form"] = "growth";
  growth["unit"] = "x";
  growth["threshold"] = "8";
  growth["value"] = "10";
  growth["months"] = Json::Of({{"2026-03", "100"}, {"2026-07", "1000"}});
  const std::string svg = RenderPlot(growth, {});
  const auto bars = Elements(svg, "pv-bar");
  const auto limits = Elements(svg, "pv-limit");
  ASSERT_EQ(bars.size(), 2U);
  ASSERT_EQ(limits.size(), 1U);
  EXPECT_NEAR(bars[1].Number("height"), bars[0].Number("height") * 10, 1.1);
  const double ground = bars[1].Number("y") + bars[1].Number("height");
  EXPECT_NEAR(ground - limits[0].Number("y1"), bars[0].Number("height") * 8, 1.1);
  EXPECT_TRUE(
      Contains(svg, "Growth of speech to text of u, March 2026 to July 2026: at least 8 times"));
}

TEST(Plot, StaysInsideItsViewBoxAtEveryWidth) {
  for (const Json& result : SampleResults()) {
    for (const int width : {0, 320, 360, 559, 560, 720, 2000, 9000}) {
      const std::string svg = RenderPlot(result, {.width = width});
      const Element root = Elements(svg, "pv-plot")[0];
      const double right = root.Number("width");
      const double bottom = root.Number("height");
      for (const char* css : {"pv-grid", "pv-axis", "pv-limit", "pv-day", "pv-period", "pv-bar",
                              "pv-gap", "pv-value", "pv-tick", "pv-title", "pv-verdict"}) {
        for (const Element& element : Elements(svg, css)) {
          for (const char* x : {"x", "x1", "x2", "cx"}) {
            EXPECT_GE(element.Number(x), 0) << element.tag;
            EXPECT_LE(element.Number(x) + element.Number("width"), right) << element.tag;
          }
          for (const char* y : {"y", "y1", "y2", "cy"}) {
            EXPECT_GE(element.Number(y), 0) << element.tag;
            EXPECT_LE(element.Number(y) + element.Number("height"), bottom) << element.tag;
          }
        }
      }
    }
  }
}

TEST(Plot, IsSmallAndTheSameEachTime) {
  for (const Json& result : SampleResults()) {
    const std::string svg = RenderPlot(result, {});
    EXPECT_EQ(RenderPlot(result, {}), svg);
    EXPECT_LT(svg.size(), 12'000U);
  }
}

TEST(Plot, ThinsOutWhatIsTooLong) {
  Json usage = Usage();
  usage["series"]["values"] = Json(Json::Array(50'000, Json("1000")));
  EXPECT_LT(RenderPlot(usage, {}).size(), 60'000U);
}

TEST(Plot, TellsItsTitleAndContentsToThoseWhoDoNotSeeIt) {
  const std::string svg = RenderPlot(Usage(), {.id_prefix = "p7"});
  EXPECT_TRUE(Contains(svg, "role=\"img\" aria-labelledby=\"p7-title p7-desc\""));
  EXPECT_TRUE(Contains(
      svg,
      "<title id=\"p7-title\">Object storage of u in nl-1, 2 July 2026: at least 5 PB</title>"));
  EXPECT_TRUE(Contains(svg,
                       "Holds: 8 PB, asked for at least 5 PB. A line from 1 July 2026 to "
                       "4 July 2026, lowest 4 PB, highest 10 PB."));
}

TEST(Plot, HasItsStyleOnlyInAFileOfItsOwn) {
  EXPECT_TRUE(Contains(RenderPlot(Usage(), {}), "prefers-color-scheme:dark"));
  EXPECT_FALSE(Contains(RenderPlot(Usage(), {.standalone = false}), "<style>"));
}

TEST(Plot, SaysEveryFormInWords) {
  const std::vector<std::pair<std::string, std::string>> forms{
      {"billed(customer: c) from 2026-03 to 2026-07 >= 100 EUR",
       "Billed of c, March 2026 to July 2026: at least 100 EUR"},
      {"contracted(unit: u, class: translation) at 2026-07-15",
       "Contract for translation of u, 15 July 2026"},
      {"co-moves(unit: u, class: a-b, with: c) from 2026-03 to 2026-07 >= 0.8",
       "A b moving with c of u, March 2026 to July 2026: at least 0.8"},
      {"ratio(unit: u, class: a, per: b) from 2026-03 to 2026-07 <= 60 MB/h",
       "A per b of u, March 2026 to July 2026: at most 60 MB/h"},
      {"absent(unit: \"U, and (V)\", class: a) from 2026-03 to 2026-07",
       "No a of U, and (V), March 2026 to July 2026"},
      {"unheard-of(of: all)", "unheard-of(of: all)"}};
  for (const auto& [check, words] : forms) {
    const std::string form = check.substr(0, check.find('('));
    const std::string svg = RenderPlot(Json::Of({{"check", check}, {"form", form}}), {});
    EXPECT_TRUE(Contains(svg, "-title\">" + words + "</title>")) << svg.substr(0, 400);
  }
}

TEST(Plot, DrawsWhateverItIsGiven) {
  for (const Json& odd : {Json(), Json("x"), Json(3), Json::MakeArray(), Json::MakeObject()}) {
    EXPECT_TRUE(Contains(RenderPlot(odd, {}), "No values to draw."));
    for (const char* key :
         {"check", "form", "series", "series2", "months", "unit", "value", "threshold", "holds"}) {
      Json usage = Usage();
      usage[key] = odd;
      EXPECT_TRUE(RenderPlot(usage, {}).ends_with("</svg>")) << key;
    }
  }
  for (const char* number : {"0", "-5", "99999999999999999999", "-99999999999999999999",
                             "0.000000000000000001", "1e400", "nan"}) {
    Json usage = Usage();
    usage["series"]["values"] = Json(Json::Array{number, number});
    usage["threshold"] = number;
    const std::string svg = RenderPlot(usage, {});
    EXPECT_FALSE(Contains(svg, "inf")) << number;
    EXPECT_FALSE(Contains(svg, "\"nan")) << number;
  }
}

TEST(Figures, ReadWell) {
  EXPECT_EQ(ShownQuantity("8611906.175", "GB"), "8.61 PB");
  EXPECT_EQ(ShownQuantity("237533.199", "h"), "237,533 h");
  EXPECT_EQ(ShownQuantity("48200000", "characters"), "48.2 million characters");
  EXPECT_EQ(ShownQuantity("10.6483", "x"), "10.6 times");
  EXPECT_EQ(ShownQuantity("0.5", "GB"), "500 MB");
  EXPECT_EQ(ShownQuantity("1536", "MiB"), "1.5 GiB");
  EXPECT_EQ(ShownQuantity("0", "GB"), "0 GB");
  EXPECT_EQ(ShownQuantity("a lot", "GB"), "a lot");
  EXPECT_EQ(Coordinate(12.34), "12.3");
  EXPECT_EQ(Coordinate(-0.01), "0");
  EXPECT_EQ(TimeInWords("2026-08-20T09:05:00Z"), "20 August 2026, 09:05 UTC");
  EXPECT_EQ(TimeInWords("soon"), "soon");
}

TEST(Markup, CutsByWidthAndNeverInsideACharacter) {
  EXPECT_EQ(Fitted("short", 400, 13), "short");
  const std::string greek = "\xCE\xB1\xCE\xB2\xCE\xB3\xCE\xB4\xCE\xB5\xCE\xB6";
  EXPECT_EQ(Fitted(greek, 40, 13), "\xCE\xB1\xCE\xB2\xCE\xB3\xE2\x80\xA6");
  EXPECT_GT(TextWidth("\xE2\x80\xAE", 10), TextWidth("abcde", 10));
}

// NOLINTEND(misc-misleading-bidirectional)
}  // namespace
}  // namespace proviso::pages

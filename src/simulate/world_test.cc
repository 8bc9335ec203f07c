#include "simulate/world.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "catalogue/catalogue.h"

namespace proviso::simulate {
namespace {

std::string ReadText(const std::string& path) {
  std::ifstream file(std::string(PROVISO_SOURCE_DIR "/") + path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// The first ```yaml block of a document.
std::string ExampleOf(const std::string& document) {
  const std::size_t begin = document.find("```yaml\n") + 8;
  return document.substr(begin, document.find("```", begin) - begin);
}

std::string Replaced(std::string text, std::string_view from, std::string_view to) {
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

TEST(World, ReadsTheExampleOfItsDocument) {
  const Result<World> world = ReadWorld(ExampleOf(ReadText("docs/formats/world.md")), "world.yaml");
  ASSERT_TRUE(world) << world.error().message();
  EXPECT_EQ(world->provider, "Example Cloud");
  EXPECT_EQ(FormatMonth(world->last()), "2026-02");
  ASSERT_EQ(world->actors.size(), 1U);
  const Use& use = world->actors.front().uses.front();
  EXPECT_EQ(use.points.size(), 2U);
  EXPECT_EQ(use.points.back().size, Decimal::FromInteger(9000));
  EXPECT_TRUE(use.geometric);
  ASSERT_TRUE(use.hourly);
  EXPECT_EQ(FormatDate(use.hourly->end), "2026-01-12");
  EXPECT_TRUE(world->FindMeter("blob")->level);
  EXPECT_EQ(world->FindMeter("blob")->price.ToString(), "0.000025");
  EXPECT_EQ(world->background.mixes.front().uses.front().chance_percent, 60);
}

TEST(World, RefusesWhatIsWrongWithThePlaceAndTheRemedy) {
  const std::string good = ExampleOf(ReadText("docs/formats/world.md"));
  const struct {
    std::string_view from;
    std::string_view to;
    std::string_view message;
  } kCases[] = {
      {"first_month: 2026-01", "first_month: January", "write a month like `2025-08`"},
      {"months: 2", "months: 0", "months"},
      {"[104, 105, 105, 104, 102, 92, 88]", "[104, 105]", "seven"},
      {"[104, 105, 105, 104, 102, 92, 88]", "[104, 105, 1.5, 104, 102, 92, 88]", "`1.5`"},
      {"kind: level", "kind: levels", "did you mean `level`"},
      {"price: 0.000025", "prize: 0.000025", "price"},
      {"meter: blob, region: nl-1", "meter: blobs, region: nl-1", "did you mean `blob`"},
      {"meter: blob, region: nl-1", "meter: blob, region: nl-9", "there is no region `nl-9`"},
      {"between: geometric", "between: cubic", "`geometric`"},
      {"hourly_end: 2026-01-12", "hourly_end: 2026-01-10", "not after"},
      {"2026-02-28: 9000", "2025-12-31: 9000", "does not come after"},
      {"2026-02-28: 9000", "2026-02-30: 9000", "no date"},
      {"2026-02-28: 9000", "2026-02-28: -1", "from 0 to 10^12"},
      {"weight: 1", "weight: 0", "weight"},
  };
  for (const auto& each : kCases) {
    const Result<World> world = ReadWorld(Replaced(good, each.from, each.to), "world.yaml");
    ASSERT_FALSE(world) << each.to;
    EXPECT_EQ(world.error().code(), ErrorCode::kInvalidArgument);
    EXPECT_TRUE(world.error().message().starts_with("world.yaml:")) << world.error().message();
    EXPECT_NE(world.error().message().find(each.message), std::string::npos)
        << world.error().message();
  }
}

TEST(World, ExampleMetersAreThoseOfTheExampleCatalogue) {
  const Result<World> world = ReadWorld(ReadText("examples/world.yaml"), "world.yaml");
  ASSERT_TRUE(world) << world.error().message();
  const Result<catalogue::Catalogue> catalogue =
      catalogue::Catalogue::FromYaml(ReadText("examples/catalogue.yaml"), "catalogue.yaml");
  ASSERT_TRUE(catalogue) << catalogue.error().message();
  const std::set<std::string> unmapped = {"messages", "names"};
  for (const Meter& meter : world->meters) {
    const auto mapping = catalogue->Map({.service_name = meter.service_name,
                                         .sku_id = meter.sku_id,
                                         .sku_meter = meter.sku_meter,
                                         .unit = meter.unit});
    EXPECT_EQ(mapping.has_value(), !unmapped.contains(meter.id)) << meter.id;
    if (!mapping) continue;
    EXPECT_EQ(mapping->capability_class->kind == catalogue::ClassKind::kLevel, meter.level)
        << meter.id;
  }
  for (const WorldRegion& region : world->regions) {
    EXPECT_NE(catalogue->FindRegion(region.id), nullptr) << region.id;
  }
}

// The lines of a world file that are no comments, without those of the unit's subscriptions.
std::vector<std::string> LinesBesideTheUnit(const std::string& path) {
  const std::set<std::string> unit = {"sub-em-archive-01", "sub-em-language-02",
                                      "sub-em-compute-03"};
  constexpr std::string_view kActor = "  - subscription: ";
  std::istringstream text(ReadText(path));
  std::vector<std::string> lines;
  bool in_unit = false;
  for (std::string line; std::getline(text, line);) {
    if (line.starts_with(kActor)) in_unit = unit.contains(line.substr(kActor.size()));
    const bool comment = line.find_first_not_of(' ') == line.find('#');
    if (!in_unit && !comment) lines.push_back(line);
  }
  return lines;
}

TEST(World, TheVariantWithExpiryDiffersInTheUnitAlone) {
  const Result<World> world =
      ReadWorld(ReadText("examples/world-expiry.yaml"), "world-expiry.yaml");
  ASSERT_TRUE(world) << world.error().message();
  const std::vector<std::string> lines = LinesBesideTheUnit("examples/world.yaml");
  EXPECT_GT(lines.size(), 100U);
  EXPECT_EQ(lines, LinesBesideTheUnit("examples/world-expiry.yaml"));
}

}  // namespace
}  // namespace proviso::simulate

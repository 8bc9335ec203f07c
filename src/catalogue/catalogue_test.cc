#include "catalogue/catalogue.h"

#include <gtest/gtest.h>

#include "base/random.h"
#include "catalogue/internal/files_for_test.h"

namespace proviso::catalogue {
namespace {

constexpr std::string_view kSmall = R"(regions:
  - {id: nl-1, name: Netherlands}
classes:
  - {id: object-storage, name: Object storage, kind: level, unit: GB}
  - {id: egress, name: Egress, kind: flow, unit: GB}
services:
  - id: blob
    name: Blob
    class: object-storage
    regions: [nl-1]
    meters:
      - {sku_meter: Stored, unit: GB-Hours}
)";

std::string Replaced(std::string_view from, std::string_view to) {
  std::string text(kSmall);
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

std::string Fault(std::string_view text) {
  const Result<Catalogue> catalogue = Catalogue::FromYaml(text, "c.yaml");
  return catalogue ? "" : catalogue.error().message();
}

TEST(Catalogue, LoadsTheExampleOfTheDocument) {
  const std::string document = ContentOf(PROVISO_SOURCE_DIR "/docs/formats/catalogue.md");
  const std::vector<std::string> blocks = FencedBlocks(document, "yaml");
  ASSERT_EQ(blocks.size(), 1U);
  EXPECT_EQ(Fault(blocks[0]), "");
}

TEST(Catalogue, ReportsTheFaultsOfTheDocument) {
  const std::string document = ContentOf(PROVISO_SOURCE_DIR "/docs/formats/catalogue.md");
  std::string text = FencedBlocks(document, "yaml").at(0);
  const std::size_t service = text.find("id: blob-store");
  const std::size_t name = text.find("object-storage", service);
  text.replace(name, 14, "object-storag");
  text.replace(text.find("nl-1", name), 4, "nl1");
  const Result<Catalogue> catalogue = Catalogue::FromYaml(text, "catalogue.yaml");
  ASSERT_FALSE(catalogue);
  std::string expected = FencedBlocks(document, "text").at(0);
  expected.pop_back();
  EXPECT_EQ(catalogue.error().message(), expected);
}

TEST(Catalogue, LoadsTheExampleProvider) {
  const Result<Catalogue> catalogue = Catalogue::FromYaml(
      ContentOf(PROVISO_SOURCE_DIR "/examples/catalogue.yaml"), "examples/catalogue.yaml");
  ASSERT_TRUE(catalogue) << catalogue.error().message();
  const auto mapping = catalogue->Map({"Blob Store", "EX-BLOB-HOT", "Data Stored", "GiB-Hours"});
  ASSERT_TRUE(mapping);
  EXPECT_EQ(mapping->service->id, "blob-store");
  EXPECT_EQ(mapping->capability_class->id, "object-storage");
  EXPECT_EQ(mapping->factor.ToString(), "1.073741824");
}

TEST(Catalogue, FindsByIdAndSaysWhenThereIsNone) {
  const Catalogue catalogue = Catalogue::FromYaml(kSmall, "c.yaml").value();
  EXPECT_EQ(catalogue.FindService("blob")->name, "Blob");
  EXPECT_EQ(catalogue.FindClass("object-storage")->kind, ClassKind::kLevel);
  EXPECT_EQ(catalogue.FindClass("egress")->kind, ClassKind::kFlow);
  EXPECT_EQ(catalogue.FindRegion("nl-1")->name, "Netherlands");
  EXPECT_EQ(catalogue.FindService("Blob"), nullptr);
  EXPECT_EQ(catalogue.FindClass(""), nullptr);
  EXPECT_EQ(catalogue.FindRegion("nl-2"), nullptr);
}

TEST(Catalogue, ComesBackTheSameFromJson) {
  for (const std::string& text :
       {std::string(kSmall), ContentOf(PROVISO_SOURCE_DIR "/examples/catalogue.yaml")}) {
    const Catalogue catalogue = Catalogue::FromYaml(text, "c.yaml").value();
    const std::string json = catalogue.ToJson().Canonical();
    const Result<Catalogue> again = Catalogue::FromJson(ParseJson(json).value());
    ASSERT_TRUE(again) << again.error().message();
    EXPECT_EQ(again->ToJson().Canonical(), json);
  }
}

TEST(Catalogue, RefusesJsonThatIsNoCatalogue) {
  for (const char* text : {"null", "[]", "{}", "{\"services\":7}", "\"x\""}) {
    const Result<Catalogue> catalogue = Catalogue::FromJson(ParseJson(text).value());
    ASSERT_FALSE(catalogue) << text;
    EXPECT_TRUE(catalogue.error().message().starts_with("catalogue: ")) << text;
  }
}

TEST(Catalogue, RefusesWithPlaceAndRemedy) {
  const struct {
    std::string text;
    const char* fault;
  } cases[] = {
      {"", "c.yaml:1: the file is empty; docs/formats shows what it must hold"},
      {std::string(kSmall.substr(0, kSmall.size() - 3)),
       "c.yaml:12: not YAML: the file ends within"},
      {"[a, b]", "c.yaml:1: file: expected keys and values (`key: value`), found a list"},
      {Replaced("level", "levle"),
       "c.yaml:4: class `object-storage`: kind `levle` does not exist; "
       "did you mean `level`?"},
      {Replaced("id: egress", "id: object-storage"),
       "c.yaml:5: class `object-storage`: `object-storage` is taken on line 4; choose another id"},
      {Replaced("id: blob", "id: my blob"),
       "c.yaml:7: service: `id`: `my blob` may hold letters, digits, `.`, `_` and `-` "
       "only"},
      {Replaced("class: object-storage", "class: object-storag"),
       "c.yaml:9: service `blob`: class `object-storag` does not exist; did you mean"},
      {Replaced("regions: [nl-1]", "regions: [nl-1, xx-9]"),
       "c.yaml:10: service `blob`: region `xx-9` does not exist; expected `nl-1`"},
      {Replaced("regions: [nl-1]", "regions: [nl-1, nl-1]"), "lists `nl-1` twice; keep one"},
      {Replaced("regions: [nl-1]", "regions: []"), "`regions` is an empty list; name at least one"},
      {Replaced("regions: [nl-1]", "regions: nl-1"),
       "expected a list such as [a, b], found `nl-1`"},
      {Replaced("    name: Blob\n", ""), "c.yaml:7: service `blob`: `name` is missing; add it"},
      {Replaced("    name: Blob\n", "    name: Blob\n    name: B\n"),
       "c.yaml:9: duplicate key `name`, first on line 8"},
      {Replaced("name: Blob", "nmae: Blob"),
       "c.yaml:8: service `blob`: unknown key `nmae`; did you "
       "mean `name`?"},
      {Replaced("unit: GB-Hours", "unit: GB-Hours, factor: 0"),
       "c.yaml:12: meter of service `blob`: `factor` is 0; it must be greater than 0"},
      {Replaced("unit: GB-Hours", "unit: GB-Hours, factor: -1"), "`factor` is -1; it must be"},
      {Replaced("unit: GB-Hours", "unit: GB-Hours, factor: 0.0000000000000000001"),
       "`factor`: expected an exact decimal such as 1.073741824 (at most 18 digits"},
      {Replaced("unit: GB-Hours", "unit: GB-Hours, factor: a lot"), "found `a lot`"},
      {Replaced("{sku_meter: Stored, unit: GB-Hours}", "{factor: 1}"),
       "c.yaml:12: meter of service `blob`: it would match every row; give at least one of"},
      {Replaced("{sku_meter: Stored, unit: GB-Hours}", "GB"), "expected keys and values"},
      {Replaced("Netherlands", "caf\xE9"), "c.yaml:2: not UTF-8; save the file as UTF-8"},
      {Replaced("services:", "sevices:"),
       "c.yaml:6: file: unknown key `sevices`; did you mean "
       "`services`?"},
      {Replaced("services:", "sevices:"), "c.yaml:1: file: `services` is missing; add it"},
  };
  for (const auto& [text, fault] : cases) {
    EXPECT_NE(Fault(text).find(fault), std::string::npos)
        << "expected " << fault << "\nfound " << Fault(text);
  }
}

TEST(Catalogue, ReportsAllFaultsOfAFileAtOnce) {
  std::string text = Replaced("kind: level", "kind: levels");
  text.replace(text.find("regions: [nl-1]"), 15, "regions: [nl-2]");
  text.replace(text.find("name: Blob"), 10, "label: B  ");
  const std::string fault = Fault(text);
  for (const char* part : {"c.yaml:4: ", "c.yaml:7: ", "c.yaml:8: ", "c.yaml:10: "}) {
    EXPECT_NE(fault.find(part), std::string::npos) << fault;
  }
}

std::string WithMeters(const std::string& first, const std::string& second) {
  std::string text(kSmall);
  text.resize(text.find("      - {sku_meter"));
  for (const std::string& meter : {first, second}) text += "      - {" + meter + "}\n";
  return text;
}

TEST(Catalogue, RefusesAMeterThatNoRowCanReach) {
  const struct {
    const char* first;
    const char* second;
    bool unreachable;
  } cases[] = {{"sku_meter: A, unit: B", "sku_meter: A, unit: B", true},
               {"sku_meter: A", "sku_meter: A, unit: B", true},
               {"unit: B", "sku_meter: A, unit: B, sku_id: C, service_name: D", true},
               {"sku_meter: A, unit: B", "sku_meter: A", false},
               {"sku_meter: A, unit: B", "sku_meter: A, unit: C", false},
               {"sku_meter: A", "unit: B", false},
               {"sku_id: A", "sku_meter: A", false}};
  for (const auto& [first, second, unreachable] : cases) {
    const std::string fault = Fault(WithMeters(first, second));
    EXPECT_EQ(!fault.empty(), unreachable) << first << " / " << second << "\n" << fault;
    if (!unreachable) continue;
    EXPECT_NE(fault.find("c.yaml:13: meter of service `blob`: no row can reach it, the one of "
                         "service `blob` on line 12 takes them all; remove one"),
              std::string::npos)
        << fault;
  }
}

TEST(CatalogueMap, NeedsEveryMemberThatTheMeterGives) {
  const Catalogue catalogue =
      Catalogue::FromYaml(WithMeters("service_name: S, sku_id: I, sku_meter: M, unit: U, factor: 2",
                                     "sku_id: J, factor: 3"),
                          "c.yaml")
          .value();
  const struct {
    MeterKey row;
    const char* factor;  // empty: unmapped
  } cases[] = {{{"S", "I", "M", "U"}, "2"}, {{"", "I", "M", "U"}, ""}, {{"S", "", "M", "U"}, ""},
               {{"S", "I", "", "U"}, ""},   {{"S", "I", "M", ""}, ""}, {{"s", "I", "M", "U"}, ""},
               {{"S", "J", "M", "U"}, "3"}, {{"", "J", "", ""}, "3"},  {{"", "", "", ""}, ""}};
  for (const auto& [row, factor] : cases) {
    const auto mapping = catalogue.Map(row);
    EXPECT_EQ(mapping ? mapping->factor.ToString() : "", factor)
        << row.service_name << "/" << row.sku_id << "/" << row.sku_meter << "/" << row.unit;
  }
}

// What docs/formats/catalogue.md says, word for word: the first that matches, over all services.
std::string MapNaively(const Catalogue& catalogue, const MeterKey& row) {
  const auto equal = [](const std::string& wanted, const std::string& found) {
    return wanted.empty() || wanted == found;
  };
  for (const Service& service : catalogue.services()) {
    for (const Meter& meter : service.meters) {
      if (equal(meter.match.service_name, row.service_name) &&
          equal(meter.match.sku_id, row.sku_id) && equal(meter.match.sku_meter, row.sku_meter) &&
          equal(meter.match.unit, row.unit)) {
        return service.id + " " + meter.factor.ToString();
      }
    }
  }
  return "";
}

TEST(CatalogueMap, TakesTheFirstThatMatchesInTheOrderOfTheFile) {
  SeededRandom random(20261122);
  const std::vector<std::string> values = {"", "a", "b"};
  const auto any = [&] { return values[random.Next() % values.size()]; };
  int loaded = 0;
  for (int round = 0; round < 300; ++round) {
    std::string text =
        "regions: [{id: r, name: R}]\nclasses: [{id: c, name: C, kind: flow, unit: u}]\n"
        "services:\n";
    for (int service = 0; service < 3; ++service) {
      text += "  - id: s" + std::to_string(service) +
              "\n    name: S\n    class: c\n    regions: [r]\n    meters:\n";
      for (int meter = 0; meter < 2; ++meter) {
        text += "      - {service_name: '" + any() + "', sku_id: '" + any() + "', sku_meter: '" +
                any() + "', unit: '" + any() + "', factor: " + std::to_string(meter + 1) + "}\n";
      }
    }
    const Result<Catalogue> catalogue = Catalogue::FromYaml(text, "c.yaml");
    if (!catalogue) continue;  // some meter matches everything, or cannot be reached
    ++loaded;
    // NOLINTNEXTLINE(performance-unnecessary-copy-initialization): a copy maps like what it is of.
    const Catalogue copy = *catalogue;
    for (int row = 0; row < 30; ++row) {
      const MeterKey key{any(), any(), any(), any()};
      const auto mapping = copy.Map(key);
      const std::string found =
          mapping ? mapping->service->id + " " + mapping->factor.ToString() : "";
      EXPECT_EQ(found, MapNaively(copy, key)) << text;
    }
  }
  EXPECT_GT(loaded, 50);
}

}  // namespace
}  // namespace proviso::catalogue

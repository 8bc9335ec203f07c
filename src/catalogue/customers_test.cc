#include "catalogue/customers.h"

#include <gtest/gtest.h>

#include "catalogue/internal/files_for_test.h"

namespace proviso::catalogue {
namespace {

constexpr std::string_view kSmall = R"(customers:
  - id: ba-1
    name: Example Ministry
    contract: {terms: acceptable-use, version: 2026-01, since: 2021-03-01}
    units:
      - {id: u-1, name: Example Unit, aliases: [Unit E-1, the unit]}
      - {id: u-2, name: Example College, aliases: [the college, the unit]}
    subscriptions:
      - {id: sub-1, name: one, depended_on_by: [sub-3]}
      - {id: sub-2, name: two}
  - id: ba-2
    name: Example Shop
    contract: {terms: acceptable-use, version: 2026-01, since: 2022-01-01}
    subscriptions:
      - {id: sub-3, name: three}
)";

std::string Replaced(std::string_view from, std::string_view to) {
  std::string text(kSmall);
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

std::string Fault(std::string_view text) {
  const Result<Customers> customers = Customers::FromYaml(text, "c.yaml");
  return customers ? "" : customers.error().message();
}

TEST(Customers, LoadTheExampleOfTheDocument) {
  const std::string document = ContentOf(PROVISO_SOURCE_DIR "/docs/formats/customers.md");
  const std::vector<std::string> blocks = FencedBlocks(document, "yaml");
  ASSERT_EQ(blocks.size(), 1U);
  EXPECT_EQ(Fault(blocks[0]), "");
}

TEST(Customers, LoadTheExampleProvider) {
  const Result<Customers> customers = Customers::FromYaml(
      ContentOf(PROVISO_SOURCE_DIR "/examples/customers.yaml"), "examples/customers.yaml");
  ASSERT_TRUE(customers) << customers.error().message();
  const Unit* unit = customers->FindUnit("Unit E-17");
  ASSERT_NE(unit, nullptr);
  EXPECT_EQ(unit->id, "example-signals-unit");
  EXPECT_EQ(customers->CustomerOfUnit(unit->id)->name, "Example Ministry");
  EXPECT_EQ(customers->CustomerOfUnit(unit->id)->subscriptions.size(), 8U);
}

TEST(Customers, AreFoundByEveryId) {
  const Customers customers = Customers::FromYaml(kSmall, "c.yaml").value();
  EXPECT_EQ(customers.FindCustomer("ba-2")->name, "Example Shop");
  EXPECT_EQ(customers.FindCustomer("BA-2"), nullptr);
  EXPECT_EQ(customers.CustomerOfSubscription("sub-2")->id, "ba-1");
  EXPECT_EQ(customers.CustomerOfSubscription("sub-9"), nullptr);
  EXPECT_EQ(customers.FindSubscription("sub-1")->depended_on_by, std::vector<std::string>{"sub-3"});
  EXPECT_EQ(customers.FindSubscription("ba-1"), nullptr);
  EXPECT_EQ(customers.CustomerOfUnit("u-2")->id, "ba-1");
  EXPECT_EQ(customers.CustomerOfUnit("Example Unit"), nullptr);
  EXPECT_EQ(FormatDate(customers.all()[0].contract.since), "2021-03-01");
}

TEST(Customers, FindAUnitByIdOrByANameThatIsUnique) {
  const Customers customers = Customers::FromYaml(kSmall, "c.yaml").value();
  const struct {
    const char* name;
    const char* id;  // empty: none
  } cases[] = {{"u-1", "u-1"},
               {"Example Unit", "u-1"},
               {"EXAMPLE UNIT", "u-1"},
               {"unit e-1", "u-1"},
               {"The College", "u-2"},
               {"the unit", ""},
               {"Example", ""},
               {"U-1", ""},
               {"", ""}};
  for (const auto& [name, id] : cases) {
    const Unit* unit = customers.FindUnit(name);
    EXPECT_EQ(unit == nullptr ? "" : unit->id, id) << name;
  }
}

TEST(Customers, PreferTheIdOfAUnitToTheNameOfAnother) {
  const Customers customers =
      Customers::FromYaml(Replaced("name: Example College", "name: u-1"), "c.yaml").value();
  EXPECT_EQ(customers.FindUnit("u-1")->name, "Example Unit");
}

TEST(Customers, ANameThatRepeatsAnAliasOfItsOwnUnitIsUnique) {
  const Customers customers =
      Customers::FromYaml(Replaced("[Unit E-1, the unit]", "[example unit]"), "c.yaml").value();
  ASSERT_NE(customers.FindUnit("Example Unit"), nullptr);
  EXPECT_EQ(customers.FindUnit("the unit")->id, "u-2");
}

TEST(Customers, AreFoundInACopyToo) {
  Result<Customers> original = Customers::FromYaml(kSmall, "c.yaml");
  const Customers copy = *original;
  original = Fail(ErrorCode::kNotFound, "gone");
  EXPECT_EQ(copy.FindSubscription("sub-3")->name, "three");
}

TEST(Customers, ComeBackTheSameFromJson) {
  for (const std::string& text :
       {std::string(kSmall), ContentOf(PROVISO_SOURCE_DIR "/examples/customers.yaml")}) {
    const std::string json = Customers::FromYaml(text, "c.yaml").value().ToJson().Canonical();
    const Result<Customers> again = Customers::FromJson(ParseJson(json).value());
    ASSERT_TRUE(again) << again.error().message();
    EXPECT_EQ(again->ToJson().Canonical(), json);
  }
}

TEST(Customers, TakeIdsAsBillingSystemsWriteThem) {
  const std::string text =
      Replaced("{id: sub-2, name: two}", "{id: '/subscriptions/{0a-1} b:c', name: 'caf\xC3\xA9'}");
  const Result<Customers> customers = Customers::FromYaml(text, "c.yaml");
  ASSERT_TRUE(customers) << customers.error().message();
  EXPECT_NE(customers->FindSubscription("/subscriptions/{0a-1} b:c"), nullptr);
}

TEST(Customers, AreRefusedWithPlaceAndRemedy) {
  const struct {
    std::string text;
    const char* fault;
  } cases[] = {
      {"", "c.yaml:1: the file is empty"},
      {std::string(kSmall.substr(0, kSmall.size() - 4)),
       "c.yaml:15: not YAML: the file ends within"},
      {"customers: 7", "c.yaml:1: file: `customers`: expected a list (each item after `- `)"},
      {"customers: []", "c.yaml:1: file: `customers` is an empty list; add at least one item"},
      {"customers: [x]", "c.yaml:1: customer: expected keys and values"},
      {std::string("\xFF\xFE"
                   "c\0",
                   4),
       "c.yaml:1: the file is UTF-16; save it as UTF-8"},
      {Replaced("Example Shop", "Caf\xE9"), "c.yaml:12: not UTF-8"},
      {Replaced("Example Shop", std::string("x\0y", 3)), "c.yaml:12: a NUL byte"},
      {Replaced("    name: Example Shop\n", ""), "c.yaml:11: customer `ba-2`: `name` is missing"},
      {Replaced("id: ba-2", "id: ba-1"), "c.yaml:11: customer `ba-1`: `ba-1` is taken on line 2"},
      {Replaced("id: u-2", "id: u-1"), "c.yaml:7: unit `u-1`: `u-1` is taken on line 6; choose"},
      {Replaced("id: sub-3", "id: sub-1"),
       "c.yaml:15: subscription `sub-1`: `sub-1` is taken on line 9; choose another id"},
      {Replaced("[sub-3]", "[sub-4]"),
       "c.yaml:9: subscription `sub-1`: `depended_on_by` names "
       "`sub-4`, which does not exist; did you mean `sub-1`?"},
      {Replaced("[sub-3]", "[sub-1]"), "names the subscription itself; remove it"},
      {Replaced("2021-03-01", "2021-13-01"),
       "c.yaml:4: contract of customer `ba-1`: `since`: expected a date such as 2026-11-22, found"},
      {Replaced("terms: acceptable-use, ", ""),
       "c.yaml:4: contract of customer `ba-1`: `terms` is missing; add it"},
      {Replaced("contract: {terms: acceptable-use, version: 2026-01, since: 2021-03-01}",
                "contract: acceptable-use"),
       "c.yaml:4: customer `ba-1`: `contract`: expected keys and values below it"},
      {Replaced("id: sub-2", "id: \"a\\nb\""), "c.yaml:10: subscription"},
      {Replaced("id: sub-2", "id: " + std::string(256, 'x')), "`id` is longer than 255 bytes"},
      {Replaced("aliases: [Unit E-1, the unit]", "alias: x"),
       "c.yaml:6: unit `u-1`: unknown key `alias`; did you mean `aliases`?"},
      {Replaced("    name: Example Shop", "    name: Example Shop\n    name: B"),
       "c.yaml:13: duplicate key `name`, first on line 12"},
      {Replaced("[Unit E-1, the unit]", "[[x]]"), "expected a list of texts, found a list in it"},
  };
  for (const auto& [text, fault] : cases) {
    EXPECT_NE(Fault(text).find(fault), std::string::npos)
        << "expected " << fault << "\nfound " << Fault(text);
  }
}

}  // namespace
}  // namespace proviso::catalogue

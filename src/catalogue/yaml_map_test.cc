#include "catalogue/yaml_map.h"

#include <gtest/gtest.h>

namespace proviso::catalogue {
namespace {

YamlNode Read(std::string_view text) { return ReadYaml(text, "a.yaml").value(); }

std::string Message(const Faults& faults) {
  const Status status = faults.ToStatus();
  return status ? "" : status.error().message();
}

TEST(YamlMap, ReadsWhatIsThere) {
  const YamlNode node = Read(
      "text: x\ninteger: 5\nyes: true\ndecimal: 1.50\ndate: 2026-11-22\n"
      "time: 2026-11-22T09:30:00Z\nlist: [a, b]\nmap: {k: v}\n");
  Faults faults("a.yaml");
  YamlMap map(node, "file", faults);
  EXPECT_EQ(map.Text("text"), "x");
  EXPECT_EQ(map.Integer("integer", 1, 9), 5);
  EXPECT_TRUE(map.BoolOr("yes", false));
  EXPECT_EQ(map.DecimalOr("decimal", Decimal()).ToString(), "1.5");
  EXPECT_EQ(FormatDate(map.DateAt("date")), "2026-11-22");
  ASSERT_TRUE(map.TimeAt("time").has_value());
  EXPECT_EQ(FormatTime(*map.TimeAt("time")), "2026-11-22T09:30:00.000Z");
  EXPECT_EQ(map.Texts("list"), (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(map.Items("list").size(), 2U);
  ASSERT_NE(map.Map("map"), nullptr);
  EXPECT_EQ(map.Map("map")->Find("k")->text(), "v");
  EXPECT_FALSE(map.Has("nothing"));
  EXPECT_TRUE(map.Has("text"));
  map.Finish();
  EXPECT_EQ(Message(faults), "");
}

TEST(YamlMap, GivesDefaultsForWhatIsAbsent) {
  const YamlNode node = Read("{}");
  Faults faults("a.yaml");
  YamlMap map(node, "file", faults);
  EXPECT_EQ(map.TextOr("nothing", "x"), "x");
  EXPECT_EQ(map.IntegerOr("b", 7, 1, 9), 7);
  EXPECT_TRUE(map.BoolOr("c", true));
  EXPECT_EQ(map.DecimalOr("d", Decimal::FromInteger(2)).ToString(), "2");
  EXPECT_EQ(map.TimeAt("e"), std::nullopt);
  EXPECT_TRUE(map.TextsOrNone("f").empty());
  EXPECT_TRUE(map.ItemsOrNone("g").empty());
  EXPECT_EQ(map.MapOrNone("h"), nullptr);
  EXPECT_EQ(map.Any("i"), nullptr);
  map.Finish();
  EXPECT_EQ(Message(faults), "");
}

TEST(YamlMap, ReportsEachMissingKey) {
  const YamlNode node = Read("{x: 1}");
  Faults faults("a.yaml");
  YamlMap map(node, "thing", faults);
  map.Name("t-1");
  (void)map.Text("a");
  (void)map.Integer("b", 1, 9);
  (void)map.DateAt("c");
  (void)map.Texts("d");
  (void)map.Items("e");
  (void)map.Map("f");
  const std::string message = Message(faults);
  EXPECT_EQ(faults.size(), 6U) << message;
  EXPECT_NE(message.find("a.yaml:1: thing `t-1`: `a` is missing; add it"), std::string::npos)
      << message;
}

TEST(YamlMap, ReportsWhatWasExpectedAndWhatWasFound) {
  const struct {
    const char* text;
    void (*read)(YamlMap&);
    const char* part;
  } cases[] = {
      {"a: [1]", [](YamlMap& map) { (void)map.Text("a"); }, "expected text, found a list"},
      {"a: ''", [](YamlMap& map) { (void)map.Text("a"); }, "`a` is empty; give a text"},
      {"a: \"\\x07\"", [](YamlMap& map) { (void)map.Text("a"); }, "control characters"},
      {"a: {b: c}", [](YamlMap& map) { (void)map.TextOr("a", ""); }, "found a map"},
      {"a: 10", [](YamlMap& map) { (void)map.Integer("a", 1, 9); }, "from 1 to 9, found `10`"},
      {"a: 1.0", [](YamlMap& map) { (void)map.Integer("a", 1, 9); }, "found `1.0`"},
      {"a: []", [](YamlMap& map) { (void)map.IntegerOr("a", 1, 1, 9); }, "found a list"},
      {"a: yes", [](YamlMap& map) { (void)map.BoolOr("a", true); }, "true or false, found `yes`"},
      {"a: 1/3", [](YamlMap& map) { (void)map.DecimalOr("a", {}); }, "decimal"},
      {"a: 2026-02-30", [](YamlMap& map) { (void)map.DateAt("a"); }, "expected a date such as"},
      {"a: noon", [](YamlMap& map) { (void)map.TimeAt("a"); }, "expected a UTC time such as"},
      {"a: b", [](YamlMap& map) { (void)map.Texts("a"); }, "expected a list such as [a, b]"},
      {"a: []", [](YamlMap& map) { (void)map.Texts("a"); }, "empty list; name at least one"},
      {"a: [[b]]", [](YamlMap& map) { (void)map.Texts("a"); }, "list of texts, found a list"},
      {"a: [b, b]", [](YamlMap& map) { (void)map.TextsOrNone("a"); }, "lists `b` twice"},
      {"a: {b: c}", [](YamlMap& map) { (void)map.Items("a"); }, "expected a list (each item"},
      {"a: []", [](YamlMap& map) { (void)map.Items("a"); }, "empty list; add at least one"},
      {"a: b", [](YamlMap& map) { (void)map.Map("a"); }, "expected keys and values below"},
      {"[1]", [](YamlMap& map) { (void)map.Text("a"); }, "file: expected keys and values"},
  };
  for (const auto& [text, read, part] : cases) {
    const YamlNode node = Read(text);
    Faults faults("a.yaml");
    YamlMap map(node, "file", faults);
    read(map);
    const std::string message = Message(faults);
    EXPECT_EQ(faults.size(), 1U) << text << "\n" << message;
    EXPECT_NE(message.find(part), std::string::npos) << text << "\n" << message;
    EXPECT_TRUE(message.starts_with("a.yaml:1: file: ")) << message;
  }
}

TEST(YamlMap, ReportsUnknownKeysWithTheNearestKnownOne) {
  const YamlNode node = Read("name: x\nregoins: [a]\nzzzzzzzz: 1\n");
  Faults faults("a.yaml");
  YamlMap map(node, "service", faults);
  (void)map.Text("name");
  (void)map.TextsOrNone("regions");
  map.Finish();
  EXPECT_EQ(Message(faults),
            "a.yaml:2: service: unknown key `regoins`; did you mean `regions`?\n"
            "a.yaml:3: service: unknown key `zzzzzzzz`; expected one of `name`, `regions`");
}

TEST(YamlMap, ReportsKeysWithoutAValue) {
  // The library reads the last line, a key that was cut off, as one without value.
  const YamlNode node = Read("a:\nb: ~\nc: {}\nd\n");
  Faults faults("a.yaml");
  YamlMap map(node, "file", faults);
  EXPECT_EQ(map.Text("a"), "");
  EXPECT_TRUE(map.TextsOrNone("b").empty());
  EXPECT_NE(map.Map("c"), nullptr);
  EXPECT_EQ(map.IntegerOr("d", 5, 1, 9), 5);
  EXPECT_TRUE(faults.empty());
  map.Finish();
  EXPECT_EQ(Message(faults),
            "a.yaml:1: file: `a` has no value; give one, or remove the key\n"
            "a.yaml:2: file: `b` has no value; give one, or remove the key\n"
            "a.yaml:4: file: `d` has no value; give one, or remove the key");
}

TEST(YamlMap, NamesTheLineOfTheKey) {
  const YamlNode node = Read("a: 1\nb:\n  - x\n");
  Faults faults("a.yaml");
  const YamlMap map(node, "file", faults);
  EXPECT_EQ(map.Line("b"), 2);
  EXPECT_EQ(map.Line("missing"), map.line());
}

TEST(IdProblem, AllowsPlainNames) {
  const std::vector<std::string> good = {"blob-store", "4.2", "A_b", std::string(64, 'x')};
  for (const std::string& id : good) EXPECT_EQ(IdProblem(id), std::nullopt) << id;
  const std::vector<std::string> bad = {"", "a b", "a/b", "\xC3\xA9", std::string(65, 'x')};
  for (const std::string& id : bad) EXPECT_TRUE(IdProblem(id)) << id;
}

TEST(ForeignIdProblem, AllowsPrintableText) {
  const std::vector<std::string> good = {"/subscriptions/0a b", "caf\xC3\xA9", "a:b{c}",
                                         std::string(255, 'x')};
  for (const std::string& id : good) EXPECT_EQ(ForeignIdProblem(id), std::nullopt) << id;
  const std::vector<std::string> bad = {
      "", std::string(256, 'x'), "a\nb", std::string("a\0b", 3), "\xFF", " a", "a "};
  for (const std::string& id : bad) EXPECT_TRUE(ForeignIdProblem(id)) << id;
}

}  // namespace
}  // namespace proviso::catalogue

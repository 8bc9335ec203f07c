#include "catalogue/yaml.h"

#include <gtest/gtest.h>

#include "base/bytes.h"

namespace proviso::catalogue {
namespace {

YamlNode Read(std::string_view text) {
  const Result<YamlNode> node = ReadYaml(text, "a.yaml");
  EXPECT_TRUE(node) << node.error().message();
  return node ? *node : YamlNode();
}

TEST(ReadYaml, KeepsOrderLinesAndText) {
  const YamlNode root = Read("b: 1\na:\n  - x\n  - 'y'\n# comment\nc: {d: [1, 2]}\n");
  ASSERT_EQ(root.members().size(), 3U);
  EXPECT_EQ(root.members()[0].key, "b");
  EXPECT_EQ(root.members()[2].line, 6);
  const YamlNode* list = root.Find("a");
  ASSERT_NE(list, nullptr);
  ASSERT_EQ(list->items().size(), 2U);
  EXPECT_EQ(list->items()[1].line(), 4);
  EXPECT_TRUE(list->items()[1].quoted());
  EXPECT_FALSE(list->items()[0].quoted());
  EXPECT_EQ(root.Find("missing"), nullptr);
}

TEST(ReadYaml, LeavesScalarsAsTheyStand) {
  const YamlNode root = Read("[no, 1.10, 2026-01, 007, 1e3, \"\", 'true', ~, 12:30]");
  const char* const texts[] = {"no", "1.10", "2026-01", "007", "1e3", "", "true", "", "12:30"};
  ASSERT_EQ(root.items().size(), std::size(texts));
  for (std::size_t i = 0; i < std::size(texts); ++i) EXPECT_EQ(root.items()[i].text(), texts[i]);
  EXPECT_EQ(root.items()[5].kind(), YamlNode::Kind::kText);
  EXPECT_EQ(root.items()[7].kind(), YamlNode::Kind::kNull);
}

TEST(ReadYaml, TakesWindowsLineEndsAndAByteOrderMark) {
  const YamlNode root = Read(
      "\xEF\xBB\xBF"
      "a: 1\r\nb:\r\n  c: 2\r\n");
  ASSERT_NE(root.Find("a"), nullptr);
  EXPECT_EQ(root.Find("a")->text(), "1");
  EXPECT_EQ(root.Find("b")->Find("c")->text(), "2");
  EXPECT_EQ(root.Find("b")->Find("c")->line(), 3);
}

TEST(ReadYaml, TakesMarksOfStartAndEnd) {
  for (const char* text :
       {"---\na: 1\n", "a: 1\n...\n", "%YAML 1.2\n---\na: 1", "a: 1\n...\n# x\n"}) {
    EXPECT_EQ(YamlToJson(Read(text)).Canonical(), R"({"a":1})") << text;
  }
  EXPECT_EQ(Read("a: |\n  x\n  y").Find("a")->text(), "x\ny\n");
}

TEST(ReadYaml, WritesAliasesOut) {
  const YamlNode root = Read("a: &x [1, 2]\nb: *x\nc: *x\n");
  EXPECT_EQ(YamlToJson(root).Canonical(), R"({"a":[1,2],"b":[1,2],"c":[1,2]})");
}

struct Refusal {
  std::string text;
  const char* part;
};

TEST(ReadYaml, RefusesWithPlaceAndRemedy) {
  const Refusal cases[] = {
      {"", "a.yaml:1: the file is empty; "},
      {"# only a comment\n", "the file is empty"},
      {"---\n", "the file is empty"},
      {"a: 1\na: 2\n", "a.yaml:2: duplicate key `a`, first on line 1; keep one"},
      {"a: [1, 2\n", "not YAML: the file ends within"},
      {"a: \"x\n", "a.yaml:1: not YAML: the file ends within quotes"},
      {"a: 'x", "a.yaml:1: not YAML: the file ends within quotes"},
      {"a: 1\nb: {c: d,", "a.yaml:2: not YAML: the file ends within quotes"},
      {"a: b: c\n", "a.yaml:1: not YAML: a second `: ` on the line; put text"},
      {"a:\n\tb: 1\n", "a.yaml:2: a tab in the indentation; use spaces"},
      {"a:\n  \tb: 1\n", "a.yaml:2: a tab in the indentation"},
      {"a: 1\n---\nb: 2\n", "a.yaml:2: a second document"},
      {std::string("a: 1\nb: \0x\n", 11), "a.yaml:2: a NUL byte; save"},
      {"a: 1\nb: caf\xE9\n", "a.yaml:2: not UTF-8; save the file as UTF-8"},
      {std::string("\xFF\xFE"
                   "a\0:\0",
                   6),
       "a.yaml:1: the file is UTF-16; save it as UTF-8"},
      {std::string("\xFE\xFF\0a\0:", 6), "a.yaml:1: the file is UTF-16"},
      {std::string("a\0:\0 \0", 6), "a NUL byte"},
      {"a: \x07\n", "a.yaml:1: a control character (byte 07); remove it"},
      {"a: &x\n  b: *x\n", "a.yaml:2: an alias stands inside of what it repeats"},
      {"a: *x\n", "not YAML"},
      {"base: &b {x: 1}\nc:\n  <<: *b\n", "a.yaml:3: merge keys"},
      {"? [1, 2]\n: x\n", "keys are plain text"},
      {"? {a: b}\n: x\n", "keys are plain text"},
      {": x\n", "this key is empty"},
      {"a: !!python/object x\n", "a.yaml:1: tag `tag:yaml.org,2002:python/object` has no meaning"},
      {"a: !secret [1]\n", "tag `!secret` has no meaning here; remove it"},
      {"a: @x\n", "not YAML"},
      {"a: \"\\ud800\"\n", "not YAML"},
  };
  for (const auto& [text, part] : cases) {
    const Result<YamlNode> node = ReadYaml(text, "a.yaml");
    ASSERT_FALSE(node) << text;
    EXPECT_EQ(node.error().code(), ErrorCode::kInvalidArgument) << text;
    EXPECT_NE(node.error().message().find(part), std::string::npos) << text << "\n"
                                                                    << node.error().message();
  }
}

TEST(ReadYaml, ReportsSeveralFaultsAtOnce) {
  const Result<YamlNode> node = ReadYaml("a: 1\na: 2\nb: !x 1\nb: 3\n", "a.yaml");
  ASSERT_FALSE(node);
  for (const char* part : {"a.yaml:2: duplicate", "a.yaml:3: tag", "a.yaml:4: duplicate"}) {
    EXPECT_NE(node.error().message().find(part), std::string::npos) << node.error().message();
  }
}

std::string QuestionMarks(int count) {
  std::string text;
  for (int i = 0; i < count; ++i) text += "? ";
  return text;
}

TEST(ReadYaml, NamesTheLimitThatIsExceeded) {
  std::string bomb = "l0: &l0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int level = 1; level < 10; ++level) {
    const std::string below = "*l" + std::to_string(level - 1);
    const std::string name = "l" + std::to_string(level);
    bomb += name + ": &" + name + " [" + below;
    for (int i = 1; i < 10; ++i) bomb += ", " + below;
    bomb += "]\n";
  }
  std::string repeated = "a: &a " + std::string(500'000, 'x') + "\nb: [";
  for (int i = 0; i < 100; ++i) repeated += "*a, ";
  repeated += "]\n";
  const Refusal cases[] = {
      {std::string((64U << 20U), 'x'), "has 67108864 bytes, the limit is 16777216; split it"},
      {"a: 1\nb: " + std::string(2U << 20U, 'x'),
       "a.yaml:2: the line has 2097155 bytes, the limit "},
      {std::string(33, '[') + std::string(33, ']'), "nested more than 32 levels deep"},
      {std::string(1'000, '[') + std::string(1'000, ']'), "nested more than 32 levels deep"},
      // The library's own guard meets these before any value is complete.
      {std::string(100'000, '['), "a.yaml:1: nested more than 32 levels deep"},
      {QuestionMarks(5'000), "a.yaml:1: nested more than 32 levels deep"},
      {bomb, "more than 1000000 values, aliases counted"},
      {repeated, "bytes of text once aliases are written out"},
  };
  for (const auto& [text, part] : cases) {
    const Result<YamlNode> node = ReadYaml(text, "a.yaml");
    ASSERT_FALSE(node) << part;
    EXPECT_EQ(node.error().code(), ErrorCode::kResourceExhausted) << part;
    EXPECT_NE(node.error().message().find(part), std::string::npos) << node.error().message();
  }
}

TEST(ReadYaml, LimitsAreInclusive) {
  const YamlLimits limits{.bytes_max = 6, .line_bytes_max = 5, .nodes_max = 3, .depth_max = 1};
  EXPECT_TRUE(ReadYaml("[1, 2]", "a", {.bytes_max = 6}));
  EXPECT_FALSE(ReadYaml("[1, 2]\n", "a", {.bytes_max = 6}));
  EXPECT_TRUE(ReadYaml("[1,2]\n", "a", limits));
  EXPECT_FALSE(ReadYaml("[[1]]", "a", limits));
  EXPECT_FALSE(ReadYaml("[,1,1]", "a", limits));
  EXPECT_FALSE(ReadYaml("[1,2]", "a", {.nodes_max = 2}));
}

TEST(ReadYaml, EveryCutAndEveryChangedByteIsAnswered) {
  const std::string text =
      "a: &x {b: [1, \"\\u00e9\", 'q'], c: |\n  text\n  more\n}\nd: *x\ne:\n  - f: >-\n      g\n";
  for (std::size_t cut = 0; cut <= text.size(); ++cut) {
    (void)ReadYaml(text.substr(0, cut), "a.yaml");
    if (cut == text.size()) break;
    for (const char byte : std::string_view(":-#[]{},'\"|>&*!%@`? \n\t~=<\\x0\0\x7F\xC3\xFF", 32)) {
      std::string changed = text;
      changed[cut] = byte;
      const Result<YamlNode> node = ReadYaml(changed, "a.yaml");
      if (node) {
        EXPECT_TRUE(IsUtf8(YamlToJson(*node).Canonical()));
      } else {
        EXPECT_TRUE(node.error().message().starts_with("a.yaml")) << node.error().message();
      }
    }
  }
}

TEST(YamlToJson, TakesOnlyPlainScalarsForWhatTheySay) {
  const YamlNode root =
      Read("[true, 'true', 5, '5', -7, 007, -0, 1.5, null, ~, yes, 99999999999999999999]");
  EXPECT_EQ(YamlToJson(root).Canonical(),
            R"([true,"true",5,"5",-7,"007","-0","1.5",null,null,"yes","99999999999999999999"])");
}

TEST(YamlFromJson, GivesTheSameTreeAsTheFile) {
  const YamlNode root = Read("{a: [1, true, x, null, '5'], b: {c: ''}}");
  const Json json = YamlToJson(root);
  EXPECT_EQ(YamlToJson(YamlFromJson(json)), json);
  EXPECT_EQ(YamlFromJson(json).line(), 0);
  EXPECT_EQ(YamlFromJson(Json(Json::Fraction{"0.10"})).text(), "0.10");
}

TEST(YamlNode, DescribesItselfWithoutCuttingACharacter) {
  std::string text(59, 'x');
  text += "\xC3\xA9\xC3\xA9";
  const std::string shown = YamlNode::MakeText(text, false, 1).Describe();
  EXPECT_TRUE(IsUtf8(shown));
  EXPECT_TRUE(shown.ends_with("...`")) << shown;
}

}  // namespace
}  // namespace proviso::catalogue

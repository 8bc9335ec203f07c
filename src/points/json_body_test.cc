#include "points/json_body.h"

namespace proviso::points {
namespace {

TEST(JsonBodyTest, ReadsAMemberThatStandsThereOnce) {
  JsonBody body;
  const auto root = body.Parse(R"({"a":"x","b":{"c":1},"a2":"y"})").value();
  EXPECT_EQ(TextOf(root, "a"), "x");
  EXPECT_EQ(TextOf(root, "b"), "");
  EXPECT_TRUE(FindMember(root, "b").once());
  EXPECT_EQ(FindMember(root, "z").count, 0U);
}

TEST(JsonBodyTest, DoesNotReadAMemberThatStandsThereTwice) {
  JsonBody body;
  const auto root = body.Parse(R"({"a":"x","a":"x","\u0061":"y"})").value();
  EXPECT_EQ(FindMember(root, "a").count, 3U);
  EXPECT_EQ(TextOf(root, "a"), "");
}

TEST(JsonBodyTest, RefusesWhatIsNoJsonAndQuotesNothingOfIt) {
  JsonBody body;
  const std::string deep(JsonBody::kDepthMax + 1, '[');
  for (const std::string& text :
       {std::string(), std::string("secret"), std::string("{\"a\":\"secret\""),
        std::string("{\"a\":\"\xFF\"}"), std::string("{} secret"), deep + std::string(33, ']'),
        std::string("{\"secret\":01}"), std::string(JsonBody::kBytesMax + 1, ' ')}) {
    const auto root = body.Parse(text);
    ASSERT_FALSE(root) << text.substr(0, 40);
    EXPECT_EQ(root.error().code(), ErrorCode::kInvalidArgument);
    EXPECT_EQ(root.error().message().find("secret"), std::string::npos);
  }
  EXPECT_TRUE(body.Parse("{}"));
}

TEST(JsonBodyTest, FindsSeveralMembersAsItFindsEach) {
  JsonBody body;
  constexpr std::array<std::string_view, 4> kNames = {"b", "none", "a", "twice"};
  const auto root = body.Parse(R"({"a":"x","twice":1,"c":"z","b":"y","twice":2})").value();
  const auto found = FindMembers(root, kNames);
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    EXPECT_EQ(found[i].count, FindMember(root, kNames[i]).count) << kNames[i];
    EXPECT_EQ(TextOf(found[i]), TextOf(root, kNames[i])) << kNames[i];
  }
  EXPECT_EQ(found[3].count, 2U);
  EXPECT_EQ(TextOf(found[2]), "x");
  EXPECT_EQ(FindMembers(body.Parse("[1]").value(), kNames)[0].count, 0U);
}

TEST(JsonBodyTest, TellsNumbersOutOfRangeFromWhatIsNoJson) {
  JsonBody body;
  for (const char* text : {"123456789012345678901234567890", "-9223372036854775809", "1e999"}) {
    const auto root = body.Parse("{\"a\":" + std::string(text) + "}");
    ASSERT_FALSE(root) << text;
    EXPECT_NE(root.error().message().find("out of range"), std::string::npos) << text;
    EXPECT_EQ(root.error().message().find("the body is no JSON"), std::string::npos) << text;
  }
  EXPECT_TRUE(body.Parse("[18446744073709551615,-9223372036854775808,1.7e308]"));
  EXPECT_NE(body.Parse("[x]").error().message().find("the body is no JSON"), std::string::npos);
}

TEST(JsonBodyTest, LeavesNothingOfABodyInItsMemory) {
  JsonBody body;
  const std::string secret(100, 's');
  const auto root = body.Parse("{\"key\":\"" + secret + "\"}").value();
  const std::string_view text = TextOf(root, "key");
  ASSERT_EQ(text, secret);
  body.Wipe();
  EXPECT_EQ(text, std::string(100, '\0'));
}

TEST(JsonBodyTest, GrowsToALongBodyAndReadsShortOnesAfterIt) {
  JsonBody body;
  const std::string long_text(500'000, 'x');
  EXPECT_EQ(TextOf(body.Parse("{\"a\":\"" + long_text + "\"}").value(), "a").size(), 500'000U);
  EXPECT_EQ(TextOf(body.Parse(R"({"a":"y"})").value(), "a"), "y");
}

}  // namespace
}  // namespace proviso::points

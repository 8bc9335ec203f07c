#include "points/json_outline.h"

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "points/internal/opa_bodies.h"
#include "points/internal/shown_json.h"
#include "points/json_pointer.h"

namespace proviso::points {
namespace {

using internal::Shown;

std::string Nested(int depth, const std::string& inner) {
  std::string text = inner;
  for (int i = 0; i < depth; ++i) text = i % 2 == 0 ? "{\"a\":" + text + "}" : "[" + text + "]";
  return "{\"n\":" + text + "}";
}

// Bodies that gateways send, and such as lie at the edges of what is read without a copy.
std::vector<std::string> GoodBodies() {
  std::vector<std::string> bodies = {
      internal::RgwBody({}),
      internal::RgwBody({.owner = "-", .object = "-"}),
      internal::MinioBody("proj-a", "s3:PutObject", R"({"parent":"proj-b"})"),
      internal::TrinoBody("ana", "FilterTables", R"(,"filterResources":[{"table":{}},{}])"),
      internal::KafkaBody("proj-a", "WRITE"),
      "{}",
      " \t\r\n{ \"a\" : 1 , \"b\"\n:\t[ ] , \"c\" : { } , \"d\" : \"x\" , \"e\" : \"\" } \n",
      R"({"a":"","":"b","c":[[],{},[{}],"",true,false,null,0,-0,-1]})",
      R"({"twice":1,"twice":{"twice":2}})",
      R"({"text":" , : { } [ ] 1 true ","k:":"}"})",
      R"({"escaped":"a\"b","\u0061":"\\"})",
      "{\"umlaut\":\"\u00e4\u20ac\U0001F600\"}",
      R"({"n":[123456789012345678,1234567890123456789,-9223372036854775808]})",
      R"({"n":[18446744073709551615]})",
      R"({"n":[1.5,1e3,-2.5E-2]})",
      "[1,{\"a\":\"b\"}]",
      "\"text\"",
      "true",
      "7",
  };
  for (int depth = 27; depth < 34; ++depth) {
    for (const char* inner : {"{}", "[]", "1", "{\"a\":1}"}) bodies.push_back(Nested(depth, inner));
  }
  return bodies;
}

// What is no JSON, or holds a number that is out of range.
std::vector<std::string> BadBodies() {
  return {
      R"({"broken":"\x"})",
      "{\"broken\":\"\xC3\x28\"}",
      "{\"control\":\"a\nb\"}",
      R"({"n":18446744073709551616})",
      R"({"n":01})",
      R"({"n":-})",
      R"({"n":+1})",
      R"({"n":1x})",
      R"({"n":1"x"})",
      R"({"n":truex})",
      R"({"n":true"x"})",
      R"({"n":tru})",
      R"({"n":nul,"m":1})",
      R"({"n":fals})",
      R"({"n":"a""b"})",
      R"({"n":"a"b})",
      R"({"n":"a" "b"})",
      R"({"n":1 2})",
      R"({"n":1,})",
      R"({,"n":1})",
      R"({"n":[1,]})",
      R"({"n":[,1]})",
      R"({"n":[1}])",
      R"({"n":{"m":1]})",
      R"({"n"})",
      R"({"n":})",
      R"({"n"1})",
      R"({1:2})",
      R"({"n":1}})",
      R"({"n":1}{})",
      R"({{}})",
      R"({"n":1)",
      R"({"n":"1)",
      R"({"n":[1,2)",
      "}",
      "{",
      "",
      " ",
      "{} x",
      "{}}",
      "\xEF\xBB\xBF{}",
  };
}

std::vector<std::string> Bodies() {
  std::vector<std::string> bodies = GoodBodies();
  for (const std::string& body : BadBodies()) bodies.push_back(body);
  return bodies;
}

std::string ShownByCopy(std::string_view body) {
  JsonOutline outline;
  return Shown(outline.ParseByCopy(body));
}

TEST(JsonOutline, FindsWhatIsFoundInACopy) {
  JsonOutline outline;
  for (const std::string& body : Bodies()) {
    EXPECT_EQ(Shown(outline.Parse(body)), ShownByCopy(body)) << body;
  }
}

TEST(JsonOutline, FindsInAnySpoiledBodyWhatIsFoundInACopy) {
  constexpr std::string_view kBytes = "{}[]:,\"\\ 01-tfn\nx\xC3";
  std::mt19937 random(7);  // NOLINT: the same run each time
  const std::vector<std::string> bodies = Bodies();
  JsonOutline outline;
  std::size_t read = 0;
  for (int i = 0; i < 20'000; ++i) {
    std::string body = bodies[random() % bodies.size()];
    for (std::size_t spoiled = random() % 3 + 1; spoiled > 0 && !body.empty(); --spoiled) {
      const std::size_t at = random() % body.size();
      const char byte = kBytes[random() % kBytes.size()];
      switch (random() % 3) {
        case 0:
          body[at] = byte;
          break;
        case 1:
          body.insert(at, 1, byte);
          break;
        default:
          body.erase(at, 1);
      }
    }
    const Result<JsonValue> found = outline.Parse(body);
    if (found) ++read;
    ASSERT_EQ(Shown(found), ShownByCopy(body)) << body;
  }
  EXPECT_GT(read, 1'000U);
}

TEST(JsonOutline, FindsWhatAnIndependentReaderFinds) {
  JsonOutline outline;
  std::size_t read = 0;
  for (const std::string& body : Bodies()) {
    const Result<Json> theirs = ParseJson(body);
    const Result<JsonValue> ours = outline.Parse(body);
    if (!theirs || !ours) continue;
    EXPECT_TRUE(internal::IsSame(*ours, *theirs)) << body;
    ++read;
  }
  EXPECT_GT(read, 15U);
}

TEST(JsonOutline, LeavesTheTextsOfUsualBodiesWhereTheyAre) {
  const std::string bodies[] = {
      internal::RgwBody({}), internal::MinioBody("proj-a", "s3:PutObject"),
      internal::TrinoBody("ana", "ExecuteQuery"), internal::KafkaBody("proj-a", "WRITE")};
  for (const std::string& body : bodies) {
    JsonOutline outline;
    const auto root = outline.Parse(body).value();
    const FoundValue input = FindMember(root, "input");
    ASSERT_TRUE(input.once());
    std::size_t texts = 0;
    input.value.ForEachMember([&](std::string_view key, JsonValue value) {
      for (const std::string_view text : {key, value.text().value_or(key)}) {
        EXPECT_GE(text.data(), body.data());
        EXPECT_LE(text.data() + text.size(), body.data() + body.size());
        ++texts;
      }
    });
    EXPECT_GT(texts, 2U);
  }
}

TEST(JsonOutline, ReadsNoByteBehindABody) {
  const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  void* const pages =
      mmap(nullptr, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  ASSERT_NE(pages, MAP_FAILED);
  char* const end = static_cast<char*>(pages) + page;
  ASSERT_EQ(mprotect(end, page, PROT_NONE), 0);
  JsonOutline outline;
  for (std::size_t length = 0; length < 200; ++length) {
    const std::string text(length, 'x');
    for (const std::string& body :
         {"{\"a\":\"" + text + "\"}", "{\"a\":\"" + text + "\",\"b\":1", "{\"" + text}) {
      char* const begin = end - body.size();
      std::copy(body.begin(), body.end(), begin);
      const Result<JsonValue> root = outline.Parse({begin, body.size()});
      EXPECT_EQ(root.has_value(), body.ends_with('}'));
    }
  }
  munmap(pages, 2 * page);
}

TEST(JsonOutline, FindsMembersItemsAndTexts) {
  JsonOutline outline;
  const auto root =
      outline.Parse(R"({"a":"x","twice":1,"b":{"c":["y",{"d":"z"}]},"twice":"x"})").value();
  EXPECT_EQ(TextOf(root, "a"), "x");
  EXPECT_EQ(TextOf(root, "b"), "");
  EXPECT_EQ(TextOf(root, "twice"), "");
  EXPECT_EQ(FindMember(root, "twice").count, 2U);
  EXPECT_EQ(FindMember(root, "none").count, 0U);
  EXPECT_EQ(FindTextAt(root, "/b/c/1/d").value, "z");
  EXPECT_EQ(FindTextAt(root, "/b/c/0").value, "y");
  EXPECT_EQ(FindTextAt(root, "/b/c/2").count, 0U);
  EXPECT_EQ(FindTextAt(root, "/b").count, 0U);
  EXPECT_EQ(FindMember(FindAt(root, "/b/c").value, "d").count, 0U);
  EXPECT_EQ(FindAt(root, "/b/c").value.size(), 2U);
  EXPECT_FALSE(FindAt(root, "/b/c").value.item(2));
  static constexpr std::array<std::string_view, 3> kNames = {"b", "none", "twice"};
  const auto found = FindMembers<kNames>(root);
  EXPECT_EQ(found[0].count, 1U);
  EXPECT_EQ(found[1].count, 0U);
  EXPECT_EQ(found[2].count, 2U);
}

TEST(JsonOutline, ReadsLongBodiesAndShortOnesAfterThem) {
  JsonOutline outline;
  const auto many = [](std::size_t items) {
    std::string text = "{\"a\":[0";
    for (std::size_t i = 1; i < items; ++i) text += ",0";
    return text + "]}";
  };
  for (const std::string& body :
       {many(10'000), std::string(R"({"a":"y"})"), "[\"\\n\"," + many(10'000) + "]",
        std::string("{}"), "{\"a\":\"" + std::string(JsonBody::kBytesMax - 8, 'x') + "\"}",
        "{\"a\":\"" + std::string(JsonBody::kBytesMax, 'x') + "\"}"}) {
    EXPECT_EQ(Shown(outline.Parse(body)), ShownByCopy(body)) << body.substr(0, 40);
  }
  constexpr std::size_t kMost = (JsonBody::kBytesMax - 7) / 2;
  const std::string most = many(kMost);
  EXPECT_EQ(FindMember(outline.Parse(most).value(), "a").value.size(), kMost);
  EXPECT_EQ(FindMember(outline.ParseByCopy(most).value(), "a").value.size(), kMost);
}

}  // namespace
}  // namespace proviso::points

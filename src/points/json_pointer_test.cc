#include "points/json_pointer.h"

namespace proviso::points {
namespace {

TEST(JsonPointer, FindsWhatStandsThere) {
  JsonBody body;
  const auto root =
      body.Parse(R"({"user":{"id":"sub-1","groups":["a","b"],"x/y":"slash","~":"tilde","n":7},
                     "twice":1,"twice":2,"o":{"k":"1","k":"2"}})")
          .value();
  const struct {
    const char* pointer;
    std::size_t count;
    const char* text;
  } cases[] = {{"/user/id", 1, "sub-1"},   {"/user/groups/1", 1, "b"},
               {"/user/x~1y", 1, "slash"}, {"/user/~0", 1, "tilde"},
               {"/user/n", 0, ""},         {"/user", 0, ""},
               {"/user/groups/2", 0, ""},  {"/user/groups/01", 0, ""},
               {"/user/groups/-", 0, ""},  {"/user/groups", 0, ""},
               {"/user/id/x", 0, ""},      {"/nobody/id", 0, ""},
               {"/twice", 2, ""},          {"/o/k", 2, ""},
               {"/user//id", 0, ""},       {"/user/groups/9999999", 0, ""}};
  for (const auto& [pointer, count, text] : cases) {
    EXPECT_TRUE(IsJsonPointer(pointer)) << pointer;
    const http_server::Found found = FindTextAt(root, pointer);
    EXPECT_EQ(found.count, count) << pointer;
    EXPECT_EQ(found.value, text) << pointer;
  }
}

TEST(JsonPointer, IsNotEveryText) {
  for (const char* text : {"", "user", "user/id", "/a~", "/a~2", "#/a"}) {
    EXPECT_FALSE(IsJsonPointer(text)) << text;
  }
}

}  // namespace
}  // namespace proviso::points

#include "base/unseen.h"

#include <gtest/gtest.h>

namespace proviso {
namespace {

// NOLINTBEGIN(misc-misleading-bidirectional): they are escaped, and what this is about.
TEST(Unseen, AreControlsAndWhatTurnsTheDirectionOfReading) {
  const struct {
    std::string_view text;
    unsigned code;
    std::size_t bytes;
  } cases[] = {{"\x1b[31m", 0x1B, 1},
               {"\n", 0x0A, 1},
               {"\x7f", 0x7F, 1},
               {"\xC2\x9B"
                "1m",
                0x9B, 2},
               {"\xE2\x80\xAE"
                "a",
                0x202E, 3},
               {"\xE2\x81\xA6", 0x2066, 3}};
  for (const auto& each : cases) {
    const std::optional<Unseen> found = UnseenAtFront(each.text);
    ASSERT_TRUE(found) << each.code;
    EXPECT_EQ(found->code, each.code);
    EXPECT_EQ(found->bytes, each.bytes);
  }
  for (const std::string_view text :
       {"", "a", " ", "\xC2\xA0", "\xE2\x80\x93", "\xE2\x80", "\xC2"}) {
    EXPECT_FALSE(UnseenAtFront(text)) << text;
  }
}

TEST(Visible, SpellsWhatDoesNotShowItself) {
  const struct {
    std::string_view text;
    std::string_view shown;
  } cases[] = {{"", ""},
               {"plain, \xC3\xBC and \xE2\x82\xAC", "plain, \xC3\xBC and \xE2\x82\xAC"},
               {"\x1b]0;x\x07", "\\u001b]0;x\\u0007"},
               {"a\rb\tc\x7f", "a\\u000db\\u0009c\\u007f"},
               {"\xC2\x9B"
                "1m",
                "\\u009b1m"},
               {"\x9B"
                "1m",
                "\\u009b1m"},
               {"\xE2\x80\xAE"
                "a",
                "\\u202ea"},
               {"\xE2\x80", "\\u00e2\\u0080"},
               {"\xF0\x9F\x98\x80", "\xF0\x9F\x98\x80"}};
  for (const auto& each : cases) EXPECT_EQ(Visible(each.text), each.shown);
}

TEST(Visible, KeepsLineFeedsOnRequestOnly) {
  EXPECT_EQ(Visible("a\nb\r"), "a\\u000ab\\u000d");
  EXPECT_EQ(Visible("a\nb\r", LineFeeds::kKept), "a\nb\\u000d");
}
// NOLINTEND(misc-misleading-bidirectional)

}  // namespace
}  // namespace proviso

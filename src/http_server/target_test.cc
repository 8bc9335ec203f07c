#include "http_server/internal/target.h"

#include "base/random.h"

namespace proviso::http_server {
namespace {

std::string Shown(std::string_view text) {
  Target target;
  if (!ParseTarget(text, target)) return "refused";
  std::string shown(target.path);
  for (const Field& field : target.query) {
    shown += " [" + std::string(field.name) + "|" + std::string(field.value) + "]";
  }
  return shown;
}

TEST(Target, TakesPathAndQueryApart) {
  const struct {
    const char* text;
    const char* shown;
  } cases[] = {{"/", "/"},
               {"/a/b?c=d", "/a/b [c|d]"},
               {"/a?b=c&b=d", "/a [b|c] [b|d]"},
               {"/a?b", "/a [b|]"},
               {"/a?", "/a"},
               {"/a?&&b=1&", "/a [b|1]"},
               {"/a?b=c=d?e", "/a [b|c=d?e]"},
               {"/a%20b+c?d%3d=e+f%26", "/a b+c [d=|e f&]"},
               {"/%c3%A9", "/\xC3\xA9"},
               {"/\xC3\xA9", "/\xC3\xA9"},
               {"/a%0Ab", "/a\nb"}};
  for (const auto& [text, shown] : cases) EXPECT_EQ(Shown(text), shown) << text;
}

TEST(Target, ReadsTheQueryOfAnyClient) {
  const struct {
    const char* text;
    const char* shown;
  } cases[] = {{"/a?q=50%", "/a [q|50%]"},
               {"/a?q=%zz&r=%4", "/a [q|%zz] [r|%4]"},
               {"/a?text=a%0D%0Ab", "/a [text|a\r\nb]"},
               {"/a?%09=%7f%", "/a [\t|\x7F%]"}};
  for (const auto& [text, shown] : cases) EXPECT_EQ(Shown(text), shown) << text;
}

TEST(Target, RefusesWhatIsNoOriginForm) {
  for (const char* text : {"", "*", "a", "http://example.org/", "/a b", "/a\tb", "/a\x7F", "/a#b",
                           "/a%", "/a%2", "/a%zz", "/a%00b", "/a?b c", "/a?b\n"}) {
    EXPECT_EQ(Shown(text), "refused") << text;
  }
}

TEST(Target, ReadsWhatItWroteEscaped) {
  SeededRandom random(42);
  for (int round = 0; round < 2000; ++round) {
    std::string value;
    std::string escaped;
    for (std::uint64_t left = random.Next() % 12; left > 0; --left) {
      const auto byte = static_cast<unsigned char>(0x20 + random.Next() % 0x5F);
      static constexpr std::string_view kDigits = "0123456789ABCDEF";
      value += static_cast<char>(byte);
      escaped += '%';
      escaped += kDigits[byte >> 4U];
      escaped += kDigits[byte & 15U];
    }
    Target target;
    ASSERT_TRUE(ParseTarget("/p?k=" + escaped, target)) << "round " << round;
    // The text passed above is gone, so only decoded values may be looked at.
    if (!value.empty()) {
      ASSERT_EQ(target.query.at(0).value, value) << "round " << round;
    }
  }
}

}  // namespace
}  // namespace proviso::http_server

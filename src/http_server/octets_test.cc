#include "http_server/internal/octets.h"

#include <algorithm>
#include <string>

#include "base/random.h"

namespace proviso::http_server {
namespace {

// The same, a byte at a time, as the standards have it.
char PlainLower(char letter) {
  return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
}
bool PlainEquals(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, {}, PlainLower, PlainLower);
}
bool PlainIsFieldValue(std::string_view text) {
  return std::ranges::none_of(text, [](char byte) {
    const auto value = static_cast<unsigned char>(byte);
    return (value < 0x20 && byte != '\t') || value == 0x7F;
  });
}

TEST(Octets, AreComparedAtEachPlaceOfAWord) {
  for (std::size_t size = 1; size <= 20; ++size) {
    for (std::size_t place = 0; place < size; ++place) {
      for (int value = 0; value < 256; ++value) {
        // Between bytes that an overflow would change.
        std::string text(size, '\xFF');
        text[place] = static_cast<char>(value);
        for (const int bit : {0x00, 0x20, 0x80}) {
          std::string other = text;
          other[place] = static_cast<char>(value ^ bit);
          ASSERT_EQ(EqualsInAnyCase(text, other), PlainEquals(text, other))
              << size << " " << place << " " << value << " " << bit;
        }
      }
    }
  }
}

TEST(Octets, OfAnotherLengthAreOthers) {
  EXPECT_FALSE(EqualsInAnyCase("X-Service", "X-Servic"));
  EXPECT_FALSE(EqualsInAnyCase("", "X"));
  EXPECT_TRUE(EqualsInAnyCase("", ""));
}

TEST(Octets, OfValuesAreCheckedAtEachPlaceOfAWord) {
  for (const char filler : {'a', ' ', '\xFF', '\t'}) {
    for (std::size_t size = 1; size <= 20; ++size) {
      for (std::size_t place = 0; place < size; ++place) {
        for (int value = 0; value < 256; ++value) {
          std::string text(size, filler);
          text[place] = static_cast<char>(value);
          ASSERT_EQ(IsFieldValue(text), PlainIsFieldValue(text))
              << size << " " << place << " " << value;
        }
      }
    }
  }
  EXPECT_TRUE(IsFieldValue(""));
}

TEST(Octets, AreTheSameToBothForAnyBytes) {
  constexpr std::uint64_t kSeed = 20261122;
  SeededRandom random(kSeed);
  for (int round = 0; round < 20'000; ++round) {
    std::string a(random.Next() % 40, '\0');
    for (char& byte : a) byte = static_cast<char>(random.Next());
    std::string b = a;
    if (!b.empty()) b[random.Next() % b.size()] ^= static_cast<char>(0x20);
    ASSERT_EQ(EqualsInAnyCase(a, b), PlainEquals(a, b)) << "seed " << kSeed << " round " << round;
    ASSERT_EQ(IsFieldValue(a), PlainIsFieldValue(a)) << "seed " << kSeed << " round " << round;
  }
}

TEST(Octets, OfATokenAreThoseOfTheStandard) {
  const std::string allowed =
      "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  EXPECT_TRUE(IsToken(allowed));
  EXPECT_FALSE(IsToken(""));
  for (int value = 0; value < 256; ++value) {
    const std::string text = {'a', static_cast<char>(value)};
    EXPECT_EQ(IsToken(text), allowed.find(static_cast<char>(value)) != std::string::npos) << value;
  }
  for (std::size_t size = 1; size <= 20; ++size) {
    for (std::size_t place = 0; place < size; ++place) {
      for (int value = 0; value < 256; ++value) {
        std::string text(size, 'x');
        text[place] = static_cast<char>(value);
        const std::size_t plain = std::min(text.find_first_not_of(allowed), size);
        ASSERT_EQ(TokenBytes(text), plain) << size << " " << place << " " << value;
      }
    }
  }
  EXPECT_EQ(TokenBytes("Host: h"), 4U);
}

}  // namespace
}  // namespace proviso::http_server

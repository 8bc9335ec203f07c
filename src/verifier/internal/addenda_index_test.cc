#include "verifier/internal/addenda_index.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace proviso::verifier {
namespace {

std::string Repeated(std::string_view text, int times) {
  std::string repeated;
  for (int i = 0; i < times; ++i) repeated += text;
  return repeated;
}

// The bytes 00 to 27.
constexpr std::string_view kForty =
    "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f2021222324252627";

struct Vector {
  std::string entry;                 // hexadecimal
  std::vector<std::string> digests;  // expected; hexadecimal
  bool malformed = false;
};

// The vectors of the addenda package of torchwood, in their order.
std::vector<Vector> PublishedVectors() {
  const std::string a = Repeated("aa", 32);
  const std::string b = Repeated("bb", 32);
  const std::string forty(kForty);
  return {
      {"00", {}},
      {"deadbeef00", {}},
      {"cafe" + a + "0000000201", {a}},
      {"cafe" + a + "beef" + b + "000000020000002402", {a, b}},
      {forty + "000000000000000802", {forty.substr(0, 64), forty.substr(16, 64)}},
      {"", {}, true},
      {"aa02", {}, true},
      {"cafe0000000001", {}, true},
      {forty + "0000001e01", {}, true},
      {a + "0000000501", {}, true},
  };
}

TEST(AddendaIndex, ReadsThePublishedVectors) {
  for (const Vector& vector : PublishedVectors()) {
    const Bytes entry = HexDecode(vector.entry).value();
    AddendaIndex index;
    const auto fault = ReadAddendaIndex(entry, index);
    ASSERT_EQ(fault.has_value(), vector.malformed) << vector.entry << fault.value_or("");
    if (fault) continue;
    ASSERT_EQ(index.count, vector.digests.size()) << vector.entry;
    for (std::size_t i = 0; i < index.count; ++i) {
      EXPECT_EQ(HexEncode(index.Digest(i)), vector.digests[i]) << vector.entry;
    }
  }
}

TEST(AddendaIndex, SaysWhatIsMalformed) {
  AddendaIndex index;
  EXPECT_EQ(ReadAddendaIndex({}, index), "expected an index of addenda, found no byte");
  EXPECT_EQ(ReadAddendaIndex(Bytes{0xAA, 2}, index),
            "expected 9 bytes for the index of 2 addenda, found 2");
  const Bytes beyond = HexDecode(std::string(kForty) + "ffffffff01").value();
  EXPECT_EQ(ReadAddendaIndex(beyond, index),
            "addendum 0: expected its 32 bytes of digest within the 40 bytes of content, found "
            "them at 4294967295");
}

}  // namespace
}  // namespace proviso::verifier

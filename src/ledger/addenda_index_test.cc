#include "ledger/addenda_index.h"

#include <gtest/gtest.h>

#include <string>

namespace proviso::ledger {
namespace {

Bytes Of(const std::string& hex) { return HexDecode(hex).value(); }

std::string Repeat(const std::string& hex, int times) {
  std::string all;
  for (int i = 0; i < times; ++i) all += hex;
  return all;
}

// The vectors that torchwood publishes for tlog-addenda (addenda/testdata/index.txt).
TEST(AddendaIndex, ReadsThePublishedVectors) {
  const std::string aa = Repeat("aa", 32);
  const std::string bb = Repeat("bb", 32);
  struct Vector {
    std::string entry;
    std::size_t content;
    std::vector<std::size_t> offsets;
  };
  const std::vector<Vector> vectors = {
      {"00", 0, {}},
      {"deadbeef00", 4, {}},
      {"cafe" + aa + "0000000201", 34, {2}},
      {"cafe" + aa + "beef" + bb + "000000020000002402", 68, {2, 36}},
      {"cafe" + aa + "beef" + bb + "000000240000000202", 68, {36, 2}},  // any order
      {Repeat("ab", 40) + "000000000000000802", 40, {0, 8}},
  };
  for (const Vector& vector : vectors) {
    const auto index = ReadAddendaIndex(Of(vector.entry));
    ASSERT_TRUE(index) << vector.entry << ": " << index.error().message();
    EXPECT_EQ(index->content_size, vector.content);
    ASSERT_EQ(index->places.size(), vector.offsets.size());
    for (std::size_t i = 0; i < vector.offsets.size(); ++i) {
      EXPECT_EQ(index->places[i].offset, vector.offsets[i]);
      EXPECT_EQ(index->places[i].digest.Hex(), vector.entry.substr(vector.offsets[i] * 2, 64));
    }
  }
}

TEST(AddendaIndex, RefusesThePublishedMalformedOnes) {
  const std::string body40 = Repeat("ab", 40);
  const std::string body32 = Repeat("ab", 32);
  for (const std::string& entry :
       {std::string(), std::string("aa02"), std::string("cafe0000000001"), body40 + "0000001e01",
        body32 + "0000000501", body32 + "ffffffff01", body32 + "0000000001ff"}) {
    const auto index = ReadAddendaIndex(Of(entry));
    ASSERT_FALSE(index) << entry;
    EXPECT_EQ(index.error().code(), ErrorCode::kDataLoss);
  }
}

}  // namespace
}  // namespace proviso::ledger

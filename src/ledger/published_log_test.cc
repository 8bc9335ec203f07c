// The test log of transparency-dev/tessera: 15 entries, with a key that everybody knows. Ed25519
// signatures are deterministic, so our writer must make the very same bytes of it.
#include <gtest/gtest.h>

#include <array>
#include <map>
#include <string>
#include <vector>

#include "ledger/checkpoint.h"
#include "ledger/entry.h"
#include "ledger/merkle.h"

namespace proviso::ledger {
namespace {

constexpr std::array<std::string_view, 15> kEntries = {
    "one",  "two", "three",  "four",  "five",     "six",     "seven", "eit",
    "nain", "ten", "ileven", "twelf", "threeten", "fourten", "fivten"};

crypto::PrivateKey PublishedKey() {
  const Bytes typed = Base64Decode("AeymY/SZAX0jZcJ8enZ5FY1Dz+wTML2yWSkK+9DSF3eg").value();
  std::array<std::uint8_t, 32> seed{};
  std::copy(typed.begin() + 1, typed.end(), seed.begin());
  return crypto::PrivateKey::FromSeed(seed);
}

TEST(PublishedLog, HasThePublishedRootsAndCheckpoint) {
  const std::map<std::uint64_t, std::string> roots = {
      {1, "0Nc2CrefWKseHj/mStd+LqC8B+NrX0btIiPt2SmN+ek="},
      {2, "T1X2GdkhUjV3iyufF9b0kVsWFxIU0VI4EpNml2Teci4="},
      {3, "Wqx3HImawpLnS/Gv4ubjAvi1WIOy0b8Ze0amvqbavKk="},
      {15, "rKbDipCvhuX1GZ7g5BBe8sA6BbJ7ja/1nk427v383cs="}};
  CompactRange range;
  TileTree tiles;
  std::vector<TileTree::FullTile> completed;
  std::vector<crypto::Hash> leaves;
  for (const std::string_view entry : kEntries) {
    leaves.push_back(crypto::LeafHash(AsBytes(entry)));
    range.Append(leaves.back());
    tiles.Append(leaves.back(), completed);
    ASSERT_EQ(range.Root(), tiles.Root());
    ASSERT_EQ(range.Root(), TreeRoot(leaves));
    if (const auto root = roots.find(range.size()); root != roots.end()) {
      EXPECT_EQ(Base64Encode(range.Root().bytes), root->second) << range.size();
    }
  }
  EXPECT_EQ(
      SignCheckpoint("example.com/log/testdata", range.size(), range.Root(), PublishedKey()).note,
      "example.com/log/testdata\n15\nrKbDipCvhuX1GZ7g5BBe8sA6BbJ7ja/1nk427v383cs=\n\n"
      "\xE2\x80\x94 example.com/log/testdata "
      "M9e0luh4jTG+UMBqOUo9/q+yAEvx1ilBEniMvjf1zfcBOhg+CKubMt53MvIt/"
      "uEWP6zdkdIQzd/fmwlM/dlPWF74ewI=\n");
}

TEST(PublishedLog, HasThePublishedBundleAndTile) {
  Bytes bundle;
  std::vector<crypto::Hash> leaves;
  for (const std::string_view entry : kEntries) {
    AppendToBundle(bundle, AsBytes(entry));
    leaves.push_back(crypto::LeafHash(AsBytes(entry)));
  }
  // The files tile/entries/000.p/15 and tile/0/000.p/15 of that log.
  EXPECT_EQ(crypto::Sha256(bundle).Hex(),
            "9ac6a9fc9012f2b4d67ac26041933c119e1505defc5c808ed614c5778c9f1716");
  EXPECT_EQ(crypto::Sha256(TileBytes(leaves)).Hex(),
            "93593af14d2cce39867d2e73fe4ca400a38581605c5c4501a03e752d9b51a130");
}

}  // namespace
}  // namespace proviso::ledger

#include "ledger/merkle.h"

namespace proviso::ledger {
namespace {

using crypto::Hash;

std::vector<Hash> NumberedLeaves(int count) {
  std::vector<Hash> leaves;
  leaves.reserve(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) {
    leaves.push_back(crypto::LeafHash(AsBytes("entry " + std::to_string(i))));
  }
  return leaves;
}

TEST(Merkle, HasTheRootsOfRfc6962) {
  const std::vector<const char*> entries = {"",
                                            "00",
                                            "10",
                                            "2021",
                                            "3031",
                                            "40414243",
                                            "5051525354555657",
                                            "606162636465666768696a6b6c6d6e6f"};
  const std::vector<const char*> roots = {
      "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
      "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
      "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
      "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
      "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
      "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
      "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
      "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
      "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"};
  CompactRange range;
  TileTree tree;
  std::vector<TileTree::FullTile> completed;
  std::vector<Hash> leaves;
  for (std::size_t size = 0; size < roots.size(); ++size) {
    EXPECT_EQ(range.Root().Hex(), roots[size]);
    EXPECT_EQ(tree.Root().Hex(), roots[size]);
    EXPECT_EQ(TreeRoot(leaves).Hex(), roots[size]);
    if (size == entries.size()) break;
    leaves.push_back(crypto::LeafHash(HexDecode(entries[size]).value()));
    range.Append(leaves.back());
    tree.Append(leaves.back(), completed);
  }
}

TEST(Merkle, HasTheRootsThatTwoOtherImplementationsHave) {
  // Entries "entry 0" to "entry 299"; the digest covers all roots of 1 to 300 of them.
  std::string lines;
  CompactRange range;
  for (const Hash& leaf : NumberedLeaves(300)) {
    range.Append(leaf);
    lines += std::to_string(range.size()) + " " + range.Root().Hex() + "\n";
  }
  EXPECT_EQ(crypto::Sha256(lines).Hex(),
            "ca5452d08d838eb9da7183796207b38b6bcc3ef7e0a0bc66a3a7e4b72c5b134e");
}

TEST(Merkle, HasTheFirstRootsOfAPublishedLog) {
  // The log of the key `example.com/log/testdata`, whose checkpoint of size 15 crypto signs anew.
  const char* const roots[] = {"0Nc2CrefWKseHj/mStd+LqC8B+NrX0btIiPt2SmN+ek=",
                               "T1X2GdkhUjV3iyufF9b0kVsWFxIU0VI4EpNml2Teci4=",
                               "Wqx3HImawpLnS/Gv4ubjAvi1WIOy0b8Ze0amvqbavKk="};
  const char* const entries[] = {"one", "two", "three"};
  CompactRange range;
  for (std::size_t i = 0; i < std::size(roots); ++i) {
    range.Append(crypto::LeafHash(AsBytes(entries[i])));
    EXPECT_EQ(Base64Encode(range.Root().bytes), roots[i]) << i;
  }
}

TEST(Merkle, TheThreeWaysToARootAgreeAcrossTilesOfThreeLevels) {
  const std::vector<Hash> leaves = NumberedLeaves(66'200);
  CompactRange range;
  TileTree tree;
  std::vector<TileTree::FullTile> completed;
  for (std::size_t i = 0; i < leaves.size(); ++i) {
    range.Append(leaves[i]);
    tree.Append(leaves[i], completed);
    const std::size_t size = i + 1;
    const bool compare = size < 600 || size % 1000 == 0 || (size > 65'500 && size < 65'600);
    if (!compare) continue;
    ASSERT_EQ(range.Root(), tree.Root()) << size;
    if (size < 600) {
      ASSERT_EQ(range.Root(), TreeRoot(std::span(leaves).first(size))) << size;
    }
    // What is needed to go on can be derived from the right edge.
    ASSERT_EQ(CompactRange(size, tree.Peaks()).Root(), range.Root()) << size;
  }
  EXPECT_EQ(range.Root(), TreeRoot(leaves));
  EXPECT_EQ(completed.size(), 258U + 1U);
  EXPECT_EQ(completed.back().hashes.size(), kTileWidth);
  EXPECT_EQ(completed.back().id.level, 0);
}

TEST(Merkle, ATileTreeGoesOnFromItsEdge) {
  const std::vector<Hash> leaves = NumberedLeaves(1'000);
  std::vector<TileTree::FullTile> completed;
  TileTree whole;
  for (const Hash& leaf : leaves) whole.Append(leaf, completed);
  for (const std::size_t cut : {0U, 1U, 255U, 256U, 257U, 512U, 700U}) {
    TileTree first;
    for (std::size_t i = 0; i < cut; ++i) first.Append(leaves[i], completed);
    std::vector<std::vector<Hash>> edge;
    int level = 0;
    for (std::uint64_t count = cut; count > 0; count /= kTileWidth, ++level) {
      edge.emplace_back(first.Edge(level).begin(), first.Edge(level).end());
    }
    TileTree second(cut, edge);
    for (std::size_t i = cut; i < leaves.size(); ++i) second.Append(leaves[i], completed);
    EXPECT_EQ(second.Root(), whole.Root()) << cut;
  }
}

}  // namespace
}  // namespace proviso::ledger

#include "ledger/tree_proof.h"

#include <gtest/gtest.h>

#include <span>
#include <string>

#include "ledger/merkle.h"

namespace proviso::ledger {
namespace {

using crypto::Hash;

// The roots of all whole subtrees, by height.
class Subtrees {
 public:
  explicit Subtrees(std::vector<Hash> leaves) : heights_{std::move(leaves)} {
    while (heights_.back().size() >= 2) {
      const std::vector<Hash>& below = heights_.back();
      std::vector<Hash> above;
      for (std::size_t i = 0; i + 2 <= below.size(); i += 2) {
        above.push_back(crypto::NodeHash(below[i], below[i + 1]));
      }
      heights_.push_back(std::move(above));
    }
  }
  Hash Root(std::size_t size) const { return TreeRoot(std::span(heights_[0]).first(size)); }
  const Hash& leaf(std::size_t index) const { return heights_[0][index]; }
  ReadSubtree Reader() const {
    return [this](std::uint64_t begin, int height) -> Result<Hash> {
      const auto shift = static_cast<unsigned>(height);
      EXPECT_EQ(begin >> shift << shift, begin) << height;
      return heights_.at(shift).at(begin >> shift);
    };
  }

 private:
  std::vector<std::vector<Hash>> heights_;
};

std::vector<Hash> NumberedLeaves(std::size_t count) {
  std::vector<Hash> leaves;
  for (std::size_t i = 0; i < count; ++i) {
    leaves.push_back(crypto::LeafHash(AsBytes("entry " + std::to_string(i))));
  }
  return leaves;
}

void AddLine(std::string& lines, std::size_t size, std::size_t other,
             const std::vector<Hash>& proof) {
  lines += std::to_string(size) + " " + std::to_string(other);
  for (const Hash& hash : proof) lines += " " + hash.Hex();
  lines += "\n";
}

TEST(InclusionPath, IsThatOfTwoOtherImplementationsForEveryLeafUpToSize300) {
  const Subtrees tree(NumberedLeaves(300));
  std::string lines;
  for (std::size_t size = 1; size <= 300; ++size) {
    for (std::size_t index = 0; index < size; ++index) {
      AddLine(lines, size, index, InclusionPath(index, size, tree.Reader()).value());
    }
  }
  EXPECT_EQ(crypto::Sha256(lines).Hex(),
            "64f5543f863d4ff40229f2519d2899748ac154f95af10ac36c0e72e685a44252");
}

TEST(ConsistencyPath, IsThatOfTwoOtherImplementationsForEveryTwoSizesUpTo300) {
  const Subtrees tree(NumberedLeaves(300));
  std::string lines;
  for (std::size_t size = 1; size <= 300; ++size) {
    for (std::size_t old_size = 1; old_size <= size; ++old_size) {
      AddLine(lines, size, old_size, ConsistencyPath(old_size, size, tree.Reader()).value());
    }
  }
  EXPECT_EQ(crypto::Sha256(lines).Hex(),
            "c049bd8d4871cb301669a0579d94a057b5fd7c1997a6ee3efafaaa56a4f1882d");
}

TEST(InclusionPath, FailsWhenAHashCannotBeRead) {
  const auto nothing = [](std::uint64_t, int) -> Result<Hash> {
    return Fail(ErrorCode::kUnavailable, "no tile");
  };
  EXPECT_EQ(InclusionPath(3, 7, nothing).error().code(), ErrorCode::kUnavailable);
}

TEST(RootOfPath, IsAnotherForAnotherLeafIndexOrHash) {
  const Subtrees tree(NumberedLeaves(70));
  const Hash root = tree.Root(70);
  auto path = InclusionPath(33, 70, tree.Reader()).value();
  EXPECT_EQ(RootOfPath(tree.leaf(33), 33, 70, path).value(), root);
  EXPECT_NE(RootOfPath(tree.leaf(34), 33, 70, path).value(), root);
  EXPECT_NE(RootOfPath(tree.leaf(33), 32, 70, path).value(), root);
  path[2].bytes[0] ^= 1;
  EXPECT_NE(RootOfPath(tree.leaf(33), 33, 70, path).value(), root);
}

TEST(RootOfPath, RefusesAnotherNumberOfHashes) {
  const Subtrees tree(NumberedLeaves(70));
  for (const std::size_t index : {0U, 33U, 64U, 69U}) {
    auto path = InclusionPath(index, 70, tree.Reader()).value();
    path.push_back(path.back());
    EXPECT_FALSE(RootOfPath(tree.leaf(index), index, 70, path)) << index;
    path.pop_back();
    path.pop_back();
    EXPECT_FALSE(RootOfPath(tree.leaf(index), index, 70, path)) << index;
  }
}

}  // namespace
}  // namespace proviso::ledger

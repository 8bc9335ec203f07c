#include "verifier/consistency.h"

#include <gtest/gtest.h>

#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "ledger/merkle.h"
#include "ledger/tree_proof.h"

namespace proviso::verifier {
namespace {

using crypto::Hash;

std::vector<Hash> Leaves(std::size_t count) {
  std::vector<Hash> leaves;
  for (std::size_t i = 0; i < count; ++i) {
    leaves.push_back(crypto::LeafHash(AsBytes("entry " + std::to_string(i))));
  }
  return leaves;
}

TreeHead HeadOf(const std::vector<Hash>& leaves, std::size_t size) {
  return {.size = size, .root = ledger::TreeRoot(std::span(leaves).first(size))};
}

// The log's own prover writes the proofs; the check shares no code with it.
std::vector<Hash> PathOf(const std::vector<Hash>& leaves, std::size_t from, std::size_t to) {
  if (from == 0) return {};
  const auto read = [&](std::uint64_t begin, int height) -> Result<Hash> {
    const std::size_t count = std::size_t{1} << static_cast<unsigned>(height);
    return ledger::TreeRoot(std::span(leaves).subspan(begin, count));
  };
  return ledger::ConsistencyPath(from, to, read).value();
}

TEST(CheckConsistency, AcceptsEveryTwoSizesUpTo70) {
  const std::vector<Hash> leaves = Leaves(70);
  for (std::size_t to = 0; to <= 70; ++to) {
    for (std::size_t from = 0; from <= to; ++from) {
      const Status checked =
          CheckConsistency(HeadOf(leaves, from), HeadOf(leaves, to), PathOf(leaves, from, to));
      ASSERT_TRUE(checked) << from << " to " << to << ": " << checked.error().message();
    }
  }
}

TEST(CheckConsistency, AcceptsThePublishedPathsOfEveryTwoSizesUpTo300) {
  const std::vector<Hash> leaves = Leaves(300);
  std::map<std::pair<std::uint64_t, int>, Hash> subtrees;
  const auto read = [&](std::uint64_t begin, int height) -> Result<Hash> {
    const auto [found, is_new] = subtrees.try_emplace({begin, height});
    if (is_new) {
      const std::size_t count = std::size_t{1} << static_cast<unsigned>(height);
      found->second = ledger::TreeRoot(std::span(leaves).subspan(begin, count));
    }
    return found->second;
  };
  std::vector<TreeHead> heads;
  for (std::size_t size = 0; size <= leaves.size(); ++size) heads.push_back(HeadOf(leaves, size));
  std::string lines;
  for (std::size_t to = 1; to <= leaves.size(); ++to) {
    for (std::size_t from = 1; from <= to; ++from) {
      const std::vector<Hash> path = ledger::ConsistencyPath(from, to, read).value();
      const Status checked = CheckConsistency(heads[from], heads[to], path);
      ASSERT_TRUE(checked) << from << " to " << to << ": " << checked.error().message();
      lines += std::to_string(to) + " " + std::to_string(from);
      for (const Hash& hash : path) lines += " " + hash.Hex();
      lines += "\n";
    }
  }
  // What two other implementations write: the paths above are not only our own prover's.
  EXPECT_EQ(crypto::Sha256(lines).Hex(),
            "c049bd8d4871cb301669a0579d94a057b5fd7c1997a6ee3efafaaa56a4f1882d");
}

TEST(CheckConsistency, RefusesEveryOtherSizeRootAndPath) {
  const std::vector<Hash> leaves = Leaves(34);
  for (std::size_t to = 1; to <= 33; ++to) {
    for (std::size_t from = 1; from <= to; ++from) {
      const TreeHead before = HeadOf(leaves, from);
      const TreeHead now = HeadOf(leaves, to);
      const std::vector<Hash> path = PathOf(leaves, from, to);
      const std::string place = std::to_string(from) + " to " + std::to_string(to);
      const Hash other = crypto::Sha256("other");
      EXPECT_FALSE(CheckConsistency({from, other}, now, path)) << place;
      EXPECT_FALSE(CheckConsistency(before, {to, other}, path)) << place;
      EXPECT_FALSE(CheckConsistency({from, other}, {to, other}, path) && from != to) << place;
      std::vector<Hash> longer = path;
      longer.push_back(other);
      EXPECT_FALSE(CheckConsistency(before, now, longer)) << place;
      for (std::size_t i = 0; i < path.size(); ++i) {
        std::vector<Hash> changed = path;
        changed[i].bytes[0] ^= 1U;
        EXPECT_FALSE(CheckConsistency(before, now, changed)) << place << " hash " << i;
        std::vector<Hash> shorter = path;
        shorter.erase(shorter.begin() + static_cast<std::ptrdiff_t>(i));
        EXPECT_FALSE(CheckConsistency(before, now, shorter)) << place << " without " << i;
      }
    }
  }
}

TEST(CheckConsistency, KnowsTheEmptyTreeAndNoTreeThatShrinks) {
  const std::vector<Hash> leaves = Leaves(3);
  const TreeHead three = HeadOf(leaves, 3);
  const TreeHead nothing{.size = 0, .root = EmptyRoot()};
  EXPECT_TRUE(CheckConsistency(nothing, nothing, {}));
  EXPECT_TRUE(CheckConsistency(nothing, three, {}));
  EXPECT_FALSE(CheckConsistency(nothing, three, {three.root}));
  EXPECT_FALSE(CheckConsistency(nothing, {0, three.root}, {}));
  EXPECT_FALSE(CheckConsistency({0, three.root}, {0, three.root}, {}));
  EXPECT_FALSE(CheckConsistency(three, HeadOf(leaves, 2), {}));
  EXPECT_FALSE(CheckConsistency(three, three, {three.root}));
}

TEST(CheckConsistency, TakesHostileSizes) {
  const Hash hash = crypto::Sha256("x");
  const std::uint64_t huge = UINT64_MAX;
  for (const std::uint64_t from : {std::uint64_t{1}, std::uint64_t{3}, huge / 2, huge - 1, huge}) {
    for (std::size_t length = 0; length <= 70; ++length) {
      const std::vector<Hash> path(length, hash);
      EXPECT_FALSE(CheckConsistency({from, crypto::Sha256("a")}, {huge, crypto::Sha256("b")}, path))
          << from << " " << length;
    }
  }
}

}  // namespace
}  // namespace proviso::verifier

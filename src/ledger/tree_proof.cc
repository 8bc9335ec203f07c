#include "ledger/tree_proof.h"

#include <algorithm>
#include <bit>
#include <span>

#include "base/check.h"

namespace proviso::ledger {
namespace {

using crypto::Hash;

// The largest power of two below `size`: where a tree of two leaves or more is split.
std::uint64_t SplitOf(std::uint64_t size) { return std::bit_floor(size - 1); }

// The root over the leaves [begin, end): a whole subtree, or a ragged right edge.
Result<Hash> RootOver(std::uint64_t begin, std::uint64_t end, const ReadSubtree& read) {
  const std::uint64_t width = end - begin;
  if (std::has_single_bit(width)) return read(begin, std::countr_zero(width));
  const std::uint64_t middle = begin + SplitOf(width);
  const Hash left = PROVISO_TRY(RootOver(begin, middle, read));
  const Hash right = PROVISO_TRY(RootOver(middle, end, read));
  return crypto::NodeHash(left, right);
}

tl::unexpected<Error> WrongLength(std::size_t found) {
  return Fail(ErrorCode::kDataLoss,
              "expected another number of hashes in a proof, found " + std::to_string(found));
}

Result<Hash> Climb(const Hash& leaf, std::uint64_t index, std::uint64_t size,
                   std::span<const Hash> path) {
  if (size == 1 && path.empty()) return leaf;
  if (size == 1 || path.empty()) return WrongLength(path.size());
  const std::uint64_t split = SplitOf(size);
  const std::span<const Hash> below = path.first(path.size() - 1);
  if (index < split) {
    return crypto::NodeHash(PROVISO_TRY(Climb(leaf, index, split, below)), path.back());
  }
  const Hash right = PROVISO_TRY(Climb(leaf, index - split, size - split, below));
  return crypto::NodeHash(path.back(), right);
}

}  // namespace

Result<std::vector<Hash>> InclusionPath(std::uint64_t index, std::uint64_t size,
                                        const ReadSubtree& read) {
  PROVISO_CHECK(index < size, "only what is in the tree can be proven");
  std::vector<Hash> path;
  std::uint64_t begin = 0;
  std::uint64_t end = size;
  while (end - begin > 1) {
    const std::uint64_t middle = begin + SplitOf(end - begin);
    const bool is_left = index < middle;
    path.push_back(is_left ? PROVISO_TRY(RootOver(middle, end, read))
                           : PROVISO_TRY(RootOver(begin, middle, read)));
    (is_left ? end : begin) = middle;
  }
  std::ranges::reverse(path);
  return path;
}

Result<std::vector<Hash>> ConsistencyPath(std::uint64_t old_size, std::uint64_t size,
                                          const ReadSubtree& read) {
  PROVISO_CHECK(old_size >= 1 && old_size <= size, "only a tree that grew can be proven");
  std::vector<Hash> path;
  std::uint64_t begin = 0;
  std::uint64_t end = size;
  // Down to the subtree that ends where the old tree did.
  while (old_size < end) {
    const std::uint64_t middle = begin + SplitOf(end - begin);
    const bool is_left = old_size <= middle;
    path.push_back(is_left ? PROVISO_TRY(RootOver(middle, end, read))
                           : PROVISO_TRY(RootOver(begin, middle, read)));
    (is_left ? end : begin) = middle;
  }
  // Whoever checks it knows the old root, which is this subtree's when that begins at 0.
  if (begin > 0) path.push_back(PROVISO_TRY(RootOver(begin, end, read)));
  std::ranges::reverse(path);
  return path;
}

Result<Hash> RootOfPath(const Hash& leaf, std::uint64_t index, std::uint64_t size,
                        const std::vector<Hash>& path) {
  PROVISO_CHECK(index < size, "only what is in the tree has a way to its root");
  return Climb(leaf, index, size, path);
}

}  // namespace proviso::ledger

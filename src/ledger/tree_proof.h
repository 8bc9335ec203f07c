#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "crypto/hash.h"

namespace proviso::ledger {

// Where the hashes of a tree come from: the root over the 2^height leaves from `begin` on, which is
// a multiple of their number. All of them are in the tree.
using ReadSubtree = std::function<Result<crypto::Hash>(std::uint64_t begin, int height)>;

// What proves that leaf `index` is in a tree of `size` (RFC 6962, section 2.1.1): the hashes beside
// the way from the leaf to the root, the leaf's neighbour first. `index` is below `size`.
Result<std::vector<crypto::Hash>> InclusionPath(std::uint64_t index, std::uint64_t size,
                                                const ReadSubtree& read);

// What proves that the tree of `size` only grew from that of `old_size` (RFC 6962, section 2.1.2).
// Empty when both are the same; 1 <= old_size <= size.
Result<std::vector<crypto::Hash>> ConsistencyPath(std::uint64_t old_size, std::uint64_t size,
                                                  const ReadSubtree& read);

// The root that `path` leads to from `leaf`; kDataLoss when it has another length than such a tree
// asks for.
Result<crypto::Hash> RootOfPath(const crypto::Hash& leaf, std::uint64_t index, std::uint64_t size,
                                const std::vector<crypto::Hash>& path);

}  // namespace proviso::ledger

#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "crypto/hash.h"

namespace proviso::verifier {

// A tree of 2^63 leaves has no longer proof.
inline constexpr std::size_t kConsistencyHashesMax = 63;

struct TreeHead {
  std::uint64_t size = 0;
  crypto::Hash root;
};

// The root of the tree without leaves.
crypto::Hash EmptyRoot();

// Whether `path` proves that the tree `now` only grew from `before` (RFC 9162, section 2.1.4.2).
// kDataLoss with what does not fit when it does not. Trees of one size need an empty path and one
// root; any tree grew from the empty one, which needs an empty path and the empty root.
Status CheckConsistency(const TreeHead& before, const TreeHead& now,
                        const std::vector<crypto::Hash>& path);

}  // namespace proviso::verifier

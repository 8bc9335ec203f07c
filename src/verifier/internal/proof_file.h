#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "crypto/hash.h"

namespace proviso::verifier {

// A tree of 2^63 leaves has no longer path.
inline constexpr std::size_t kProofHashesMax = 63;

// A C2SP tlog-proof, taken apart. Nothing in it is believed yet.
struct ProofFile {
  std::optional<Bytes> extra;
  std::uint64_t index = 0;
  std::vector<crypto::Hash> path;
  std::string_view checkpoint;  // a view into the file
};

// kDataLoss, with the line, what was expected and what was found.
Result<ProofFile> ReadProofFile(std::string_view text);

// The root that `path` leads to from the leaf at `index` of a tree of `size` (RFC 9162, section
// 2.1.3.2). kDataLoss when the path is too short or too long for them.
Result<crypto::Hash> RootFromPath(const crypto::Hash& leaf, std::uint64_t index, std::uint64_t size,
                                  const std::vector<crypto::Hash>& path);

}  // namespace proviso::verifier

#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/hash.h"
#include "verifier/consistency.h"

namespace proviso::witness {

// A checkpoint has some hundred bytes, and some hundred more for each signature. Other witnesses
// take 10 KiB.
inline constexpr std::size_t kAddCheckpointBytesMax = std::size_t{64} << 10U;
// Other readers keep sizes in 63 bits.
inline constexpr std::uint64_t kTreeSizeMax = 0x7FFF'FFFF'FFFF'FFFF;

// What a log asks of a witness (C2SP tlog-witness, add-checkpoint): to cosign `note`, given that
// the witness knows the tree of `old_size`.
struct AddCheckpoint {
  std::uint64_t old_size = 0;
  std::vector<crypto::Hash> proof;
  std::string note;

  std::string ToText() const;
};
// kInvalidArgument with the line, what was expected and what was found. The note is taken as it is.
Result<AddCheckpoint> ReadAddCheckpoint(std::string_view body);

// The first three lines of a checkpoint's text (C2SP tlog-checkpoint).
struct CheckpointHead {
  std::string origin;
  verifier::TreeHead tree;
};
// kInvalidArgument unless `text` is the text of a checkpoint in its one spelling. Lines after the
// third are a log's own affair.
Result<CheckpointHead> ReadCheckpointHead(std::string_view text);

// One spelling of a size: decimal, without leading zeros, at most kTreeSizeMax.
Result<std::uint64_t> ReadTreeSize(std::string_view text);

}  // namespace proviso::witness

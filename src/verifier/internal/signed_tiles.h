#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <vector>

#include "crypto/hash.h"
#include "verifier/internal/checkpoint.h"
#include "verifier/log_source.h"

namespace proviso::verifier {

// What the tiles of a log say, as far as the root of its signed checkpoint vouches for it. Where
// entries and tiles differ, this tells which of the two are damaged. It reads the tiles that it
// needs once more, and so it is to be asked only then.
class SignedTiles {
 public:
  SignedTiles(LogSource& source, const Checkpoint& checkpoint)
      : source_(source), checkpoint_(checkpoint) {}

  // The hashes of leaf tile `number`; absent when the tiles do not lead from it to the root.
  std::optional<std::vector<crypto::Hash>> LeavesOf(std::uint64_t number);

 private:
  using Hashes = std::vector<crypto::Hash>;

  std::optional<Hashes> Read(std::size_t level, std::uint64_t number) const;
  // The hashes of a tile that the root vouches for.
  std::optional<Hashes> Vouched(std::size_t level, std::uint64_t number);
  // The partial tiles at the right edge, by level, when they give the root.
  const std::optional<std::vector<Hashes>>& Edge();

  LogSource& source_;
  const Checkpoint checkpoint_;
  bool edge_is_read_ = false;
  std::optional<std::vector<Hashes>> edge_;
  std::map<std::size_t, std::pair<std::uint64_t, std::optional<Hashes>>> last_;  // full, by level
};

}  // namespace proviso::verifier

#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "crypto/hash.h"
#include "ledger/tile_layout.h"

namespace proviso::ledger {

// The root of the tree over `leaves` (hashes of leaves, RFC 6962, section 2.1), by definition:
// recursively. SHA-256 of nothing when there are none.
crypto::Hash TreeRoot(std::span<const crypto::Hash> leaves);

// A tree that only grows, kept as the roots of its perfect subtrees (at most 64), largest first.
class CompactRange {
 public:
  CompactRange() = default;
  // `peaks` must be the roots for `size`: one for each bit that is set.
  CompactRange(std::uint64_t size, std::vector<crypto::Hash> peaks);

  void Append(const crypto::Hash& leaf);
  crypto::Hash Root() const;
  std::uint64_t size() const { return size_; }

 private:
  std::uint64_t size_ = 0;
  std::vector<crypto::Hash> peaks_;
};

// The same tree kept as the tiles at its right edge: for each level the hashes (0 to 255) of the
// tile that is not full yet. Its Root does not share a step with that of CompactRange.
class TileTree {
 public:
  struct FullTile {
    TileId id;
    std::vector<crypto::Hash> hashes;  // 256
    crypto::Hash root;                 // the hash that stands for it one level up
  };

  TileTree() = default;
  // `edge` holds, for each level of a tree of `size`, the hashes of the tile that is not full.
  TileTree(std::uint64_t size, std::vector<std::vector<crypto::Hash>> edge);

  // Tiles that become full are appended to `completed`, lower levels first.
  void Append(const crypto::Hash& leaf, std::vector<FullTile>& completed);
  crypto::Hash Root() const;
  std::uint64_t size() const { return size_; }
  // The hashes of the tile of `level` that is not full; empty when all are.
  std::span<const crypto::Hash> Edge(int level) const;
  // The roots of the perfect subtrees, as CompactRange wants them.
  std::vector<crypto::Hash> Peaks() const;

 private:
  std::uint64_t size_ = 0;
  std::vector<std::vector<crypto::Hash>> edge_;
};

// The bytes of a tile file: the hashes one after the other.
Bytes TileBytes(std::span<const crypto::Hash> hashes);

}  // namespace proviso::ledger

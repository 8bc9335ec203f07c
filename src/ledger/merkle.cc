#include "ledger/merkle.h"

#include <bit>
#include <optional>

#include "base/check.h"

namespace proviso::ledger {

using crypto::Hash;
using crypto::NodeHash;

Hash TreeRoot(std::span<const Hash> leaves) {
  if (leaves.empty()) return crypto::Sha256(ByteView{});
  if (leaves.size() == 1) return leaves.front();
  const std::size_t left = std::bit_floor(leaves.size() - 1);
  return NodeHash(TreeRoot(leaves.first(left)), TreeRoot(leaves.subspan(left)));
}

CompactRange::CompactRange(std::uint64_t size, std::vector<Hash> peaks)
    : size_(size), peaks_(std::move(peaks)) {
  PROVISO_CHECK(peaks_.size() == static_cast<std::size_t>(std::popcount(size_)),
                "expected one peak for each perfect subtree");
}

void CompactRange::Append(const Hash& leaf) {
  Hash carried = leaf;
  // As in adding one to a binary number: each bit that is set merges two subtrees.
  for (std::uint64_t bits = size_; (bits & 1U) != 0; bits >>= 1U) {
    carried = NodeHash(peaks_.back(), carried);
    peaks_.pop_back();
  }
  peaks_.push_back(carried);
  ++size_;
}

Hash CompactRange::Root() const {
  if (peaks_.empty()) return crypto::Sha256(ByteView{});
  Hash root = peaks_.back();
  for (std::size_t i = peaks_.size() - 1; i-- > 0;) root = NodeHash(peaks_[i], root);
  return root;
}

TileTree::TileTree(std::uint64_t size, std::vector<std::vector<Hash>> edge)
    : size_(size), edge_(std::move(edge)) {
  std::uint64_t rest = size_;
  for (const std::vector<Hash>& hashes : edge_) {
    PROVISO_CHECK(hashes.size() == rest % kTileWidth, "expected the edge of a tree of this size");
    rest /= kTileWidth;
  }
  PROVISO_CHECK(rest == 0, "expected an edge for every level");
}

void TileTree::Append(const Hash& leaf, std::vector<FullTile>& completed) {
  Hash carried = leaf;
  std::uint64_t position = size_;
  ++size_;
  for (std::size_t level = 0;; ++level) {
    if (level == edge_.size()) edge_.emplace_back();
    edge_[level].push_back(carried);
    if (edge_[level].size() < kTileWidth) return;
    FullTile tile{.id = {.level = static_cast<int>(level), .index = position / kTileWidth},
                  .hashes = std::move(edge_[level]),
                  .root = {}};
    edge_[level].clear();
    tile.root = TreeRoot(tile.hashes);
    carried = tile.root;
    position /= kTileWidth;
    completed.push_back(std::move(tile));
  }
}

Hash TileTree::Root() const {
  std::optional<Hash> root;
  for (const std::vector<Hash>& hashes : edge_) {
    // The hashes of one level form perfect subtrees, smallest at the right end.
    std::size_t end = hashes.size();
    while (end > 0) {
      const std::size_t width = std::size_t{1} << static_cast<unsigned>(std::countr_zero(end));
      const Hash peak = TreeRoot(std::span(hashes).subspan(end - width, width));
      root = root ? NodeHash(peak, *root) : peak;
      end -= width;
    }
  }
  return root ? *root : crypto::Sha256(ByteView{});
}

std::span<const Hash> TileTree::Edge(int level) const {
  const auto at = static_cast<std::size_t>(level);
  if (at >= edge_.size()) return {};
  return edge_[at];
}

std::vector<Hash> TileTree::Peaks() const {
  std::vector<Hash> peaks;
  for (std::size_t level = edge_.size(); level-- > 0;) {
    const std::vector<Hash>& hashes = edge_[level];
    std::size_t start = 0;
    while (start < hashes.size()) {
      const std::size_t width = std::bit_floor(hashes.size() - start);
      peaks.push_back(TreeRoot(std::span(hashes).subspan(start, width)));
      start += width;
    }
  }
  return peaks;
}

Bytes TileBytes(std::span<const Hash> hashes) {
  Bytes bytes;
  bytes.reserve(hashes.size() * Hash::kSize);
  for (const Hash& hash : hashes) bytes.insert(bytes.end(), hash.bytes.begin(), hash.bytes.end());
  return bytes;
}

}  // namespace proviso::ledger

#include "verifier/internal/signed_tiles.h"

#include <algorithm>
#include <cstring>
#include <string>

#include "verifier/internal/level_folder.h"
#include "verifier/internal/tree.h"

namespace proviso::verifier {
namespace {

// How many hashes a level of the tree has above `size` entries.
std::uint64_t HashesOf(std::uint64_t size, std::size_t level) {
  for (; level > 0; --level) size /= kTileWidth;
  return size;
}

}  // namespace

std::optional<SignedTiles::Hashes> SignedTiles::Read(std::size_t level,
                                                     std::uint64_t number) const {
  const std::uint64_t hashes = HashesOf(checkpoint_.size, level);
  if (number * kTileWidth >= hashes) return std::nullopt;
  const std::uint64_t width = std::min(kTileWidth, hashes - number * kTileWidth);
  std::string path = "tile/" + std::to_string(level) + "/" + NumberPath(number);
  if (width < kTileWidth) path += ".p/" + std::to_string(width);
  const auto bytes = source_.Read(path, width * crypto::Hash::kSize);
  if (!bytes || bytes->size() != width * crypto::Hash::kSize) return std::nullopt;
  Hashes read(width);
  std::memcpy(read.data(), bytes->data(), bytes->size());
  return read;
}

const std::optional<std::vector<SignedTiles::Hashes>>& SignedTiles::Edge() {
  if (edge_is_read_) return edge_;
  edge_is_read_ = true;
  std::vector<Hashes> edge;
  for (std::size_t level = 0; HashesOf(checkpoint_.size, level) > 0; ++level) {
    const std::uint64_t hashes = HashesOf(checkpoint_.size, level);
    edge.emplace_back();
    if (hashes % kTileWidth == 0) continue;
    auto partial = Read(level, hashes / kTileWidth);
    if (!partial) return edge_;
    edge.back() = std::move(*partial);
  }
  if (RootOfEdge(edge) == checkpoint_.root) edge_ = std::move(edge);
  return edge_;
}

std::optional<SignedTiles::Hashes> SignedTiles::Vouched(std::size_t level, std::uint64_t number) {
  const std::uint64_t hashes = HashesOf(checkpoint_.size, level);
  if (number == hashes / kTileWidth) {
    const auto& edge = Edge();
    return edge && level < edge->size() ? std::optional((*edge)[level]) : std::nullopt;
  }
  const auto known = last_.find(level);
  if (known != last_.end() && known->second.first == number) return known->second.second;
  std::optional<Hashes> full = Read(level, number);
  if (full) {
    const auto above = Vouched(level + 1, number / kTileWidth);
    const std::size_t place = number % kTileWidth;
    Hashes folded = *full;
    if (!above || place >= above->size() || PerfectRoot(folded) != (*above)[place]) full.reset();
  }
  last_[level] = {number, full};
  return full;
}

std::optional<std::vector<crypto::Hash>> SignedTiles::LeavesOf(std::uint64_t number) {
  return Vouched(0, number);
}

}  // namespace proviso::verifier

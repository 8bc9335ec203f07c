#include "verifier/internal/tree.h"

#include <algorithm>
#include <cstring>
#include <string>

#include "base/check.h"
#include "verifier/internal/signed_tiles.h"

namespace proviso::verifier {
namespace {

constexpr std::uint64_t kTileBytesMax = kTileWidth * crypto::Hash::kSize;

static_assert(sizeof(crypto::Hash) == crypto::Hash::kSize, "hashes lie side by side, as in a tile");

ByteView BytesOf(std::span<const crypto::Hash> hashes) {
  return {hashes.empty() ? nullptr : hashes.front().bytes.data(), hashes.size_bytes()};
}

// A tile's own beginning: the first `width` hashes.
std::size_t CutTile(ByteView, std::size_t width) { return width * crypto::Hash::kSize; }

void Compare(const LevelFolder& folder, const TileFile& file, ByteView found,
             std::span<const crypto::Hash> hashes, Problems& problems) {
  const ByteView expected = BytesOf(hashes.first(file.width));
  const std::string place = "`" + file.name + "`";
  if (found.size() != expected.size()) {
    problems.Add(Differs(place, std::to_string(expected.size()) + " bytes",
                         std::to_string(found.size()), folder.EntryOf(file.number, 0)));
    return;
  }
  if (std::memcmp(found.data(), expected.data(), expected.size()) == 0) return;
  for (std::size_t i = 0; i < file.width; ++i) {
    const ByteView hash = found.subspan(i * crypto::Hash::kSize, crypto::Hash::kSize);
    if (std::equal(hash.begin(), hash.end(), hashes[i].bytes.begin())) continue;
    const std::uint64_t entry = folder.EntryOf(file.number, i);
    const bool one = folder.entries_each() == 1;
    Problem problem = Differs(place + ": hash " + std::to_string(i) + " (entry " +
                                  std::to_string(entry) + (one ? ")" : " and on)"),
                              "`" + hashes[i].Hex() + "`", "`" + HexEncode(hash) + "`", entry);
    problem.entries = folder.entries_each();
    problems.Add(std::move(problem));
    return;
  }
}

}  // namespace

crypto::Hash PerfectRoot(std::span<crypto::Hash> hashes) {
  for (std::size_t count = hashes.size(); count > 1; count /= 2) {
    for (std::size_t i = 0; i < count / 2; ++i) {
      hashes[i] = crypto::NodeHash(hashes[2 * i], hashes[2 * i + 1]);
    }
  }
  return hashes[0];
}

crypto::Hash RootOfEdge(std::span<const std::vector<crypto::Hash>> levels) {
  // Perfect subtrees from the left, the largest first; folded from the right they give the root.
  std::vector<crypto::Hash> subtrees;
  for (std::size_t level = levels.size(); level-- > 0;) {
    std::vector<crypto::Hash> hashes = levels[level];
    std::span<crypto::Hash> rest = hashes;
    for (std::size_t count = kTileWidth; count > 0; count /= 2) {
      if (rest.size() < count) continue;
      subtrees.push_back(PerfectRoot(rest.first(count)));
      rest = rest.subspan(count);
    }
  }
  if (subtrees.empty()) return crypto::Sha256("");
  crypto::Hash root = subtrees.back();
  for (std::size_t i = subtrees.size() - 1; i-- > 0;) root = crypto::NodeHash(subtrees[i], root);
  return root;
}

Tree::Tree(LogSource& source, std::uint64_t size, Problems& problems,
           std::uint64_t unfinished_until)
    : source_(source), problems_(problems) {
  LevelFolder::Extent extent{.hashes = size, .entries_each = 1, .unfinished = unfinished_until};
  while (extent.hashes > 0) {
    const std::string name = "tile/" + std::to_string(levels_.size());
    levels_.push_back(
        std::make_unique<Level>(Level{LevelFolder(source, name, extent, problems), 0, {}}));
    levels_.back()->pending.reserve(kTileWidth);
    extent = {.hashes = extent.hashes / kTileWidth,
              .entries_each = extent.entries_each * kTileWidth,
              .unfinished = extent.unfinished / kTileWidth};
  }
  for (std::uint64_t rest = std::max(size, unfinished_until); rest > 0; rest /= kTileWidth) {
    ++folder_count_;
  }
}

Result<std::optional<std::vector<crypto::Hash>>> Tree::CheckLeaves(
    std::uint64_t number, std::span<const crypto::Hash> leaves, SignedTiles& signed_tiles) {
  const LevelFolder::Files files = PROVISO_TRY(levels_.at(0)->folder.FilesOf(number));
  LevelFolder& folder = levels_.at(0)->folder;
  std::optional<std::vector<crypto::Hash>> vouched;
  for (const TileFile& file : files.files) {
    const auto bytes = PROVISO_TRY(folder.Read(file, kTileBytesMax, CutTile));
    if (!bytes) continue;
    const bool decides = files.required && &file == &files.files.front();
    if (decides && !std::ranges::equal(*bytes, BytesOf(leaves))) {
      vouched = signed_tiles.LeavesOf(number);
      if (vouched) leaves = *vouched;
    }
    Compare(folder, file, *bytes, leaves, problems_);
  }
  return vouched;
}

Status Tree::AddBundle(std::uint64_t number, std::span<const crypto::Hash> leaves) {
  Level& lowest = *levels_.at(0);
  PROVISO_CHECK(number == lowest.next_tile && lowest.pending.empty() &&
                    leaves.size() == lowest.folder.WidthOf(number),
                "bundles come in order and whole");
  lowest.pending.assign(leaves.begin(), leaves.end());
  for (std::size_t level = 0; levels_[level]->pending.size() == kTileWidth; ++level) {
    Level& full = *levels_[level];
    const crypto::Hash root = PerfectRoot(full.pending);
    full.pending.clear();
    ++full.next_tile;
    Level& above = *levels_[level + 1];
    above.pending.push_back(root);
    if (above.pending.size() == kTileWidth) PROVISO_TRY(CheckTile(level + 1));
  }
  return {};
}

Status Tree::CheckTile(std::size_t level) {
  Level& place = *levels_[level];
  const auto files = PROVISO_TRY(place.folder.FilesOf(place.next_tile));
  for (const TileFile& file : files.files) {
    const auto bytes = PROVISO_TRY(place.folder.Read(file, kTileBytesMax, CutTile));
    if (bytes) Compare(place.folder, file, *bytes, place.pending, problems_);
  }
  return {};
}

Status Tree::Finish() {
  for (std::size_t level = 1; level < levels_.size(); ++level) {
    if (!levels_[level]->pending.empty()) PROVISO_TRY(CheckTile(level));
  }
  return {};
}

crypto::Hash Tree::RootWith(std::span<const crypto::Hash> leaves) const {
  std::vector<std::vector<crypto::Hash>> edge;
  for (const auto& level : levels_) edge.push_back(level->pending);
  if (!edge.empty()) edge.front().insert(edge.front().end(), leaves.begin(), leaves.end());
  return RootOfEdge(edge);
}

Result<std::optional<std::vector<crypto::Hash>>> Tree::LeavesFromTile(std::uint64_t number) {
  using Leaves = std::optional<std::vector<crypto::Hash>>;
  Level& lowest = *levels_.at(0);
  const auto files = PROVISO_TRY(lowest.folder.FilesOf(number));
  if (!files.required) return Leaves();
  const auto bytes = PROVISO_TRY(lowest.folder.Read(files.files.front(), kTileBytesMax, CutTile));
  const std::size_t width = lowest.folder.WidthOf(number);
  if (!bytes || bytes->size() != width * crypto::Hash::kSize) return Leaves();
  std::vector<crypto::Hash> leaves(width);
  std::memcpy(leaves.data(), bytes->data(), bytes->size());
  return Leaves(std::move(leaves));
}

void Tree::Expect(std::uint64_t number) const {
  source_.Expect(levels_.at(0)->folder.RequiredFile(number).name, kTileBytesMax);
}

std::uint64_t Tree::files_read() const {
  std::uint64_t sum = 0;
  for (const auto& level : levels_) sum += level->folder.files_read();
  return sum;
}

std::uint64_t Tree::temporaries() const {
  std::uint64_t sum = 0;
  for (const auto& level : levels_) sum += level->folder.temporaries();
  return sum;
}

}  // namespace proviso::verifier

#include "verifier/internal/walk.h"

#include <algorithm>
#include <charconv>
#include <string>

namespace proviso::verifier {
namespace {

constexpr std::size_t kLengthSize = 2;
constexpr std::uint64_t kBundleBytesMax = kTileWidth * (kLengthSize + 65535);
// How many bundles a source may fetch ahead: it bounds what it has to keep.
constexpr std::uint64_t kBundlesAhead = 8;
constexpr std::uint64_t kBundlesBetweenProgress = 16;

// The end of the entry that begins at `at`; absent when the bytes end before.
std::optional<std::size_t> EndOfEntry(ByteView bytes, std::size_t at) {
  if (bytes.size() - at < kLengthSize) return std::nullopt;
  const std::size_t length = static_cast<std::size_t>(bytes[at]) << 8U | bytes[at + 1];
  if (bytes.size() - at - kLengthSize < length) return std::nullopt;
  return at + kLengthSize + length;
}

// A bundle's own beginning: its first `width` entries.
std::size_t CutBundle(ByteView bytes, std::size_t width) {
  std::size_t at = 0;
  for (std::size_t i = 0; i < width; ++i) {
    const auto end = EndOfEntry(bytes, at);
    if (!end) return bytes.size();
    at = *end;
  }
  return at;
}

}  // namespace

Walk::Walk(LogSource& source, const Checkpoints& checkpoints, History& history, Problems& problems,
           const Progress& progress)
    : source_(source),
      checkpoint_(checkpoints.now),
      before_(checkpoints.before),
      progress_(progress),
      history_(history),
      problems_(problems),
      tree_(source, checkpoint_.size, problems, checkpoints.unfinished_until),
      signed_tiles_(source, checkpoint_),
      bundles_(source, "tile/entries",
               {.hashes = checkpoint_.size,
                .entries_each = 1,
                .unfinished = checkpoints.unfinished_until},
               problems) {}

Status Walk::Run() {
  if (source_.CanList()) PROVISO_TRY(CheckFolders());
  if (!source_.CanList()) PROVISO_TRY(CheckMarker());
  for (std::uint64_t number = 0; number < bundles_.tile_count(); ++number) {
    ExpectBundles(number);
    if (number % kBundlesBetweenProgress == 0 && progress_) progress_(number * kTileWidth);
    if (!PROVISO_TRY(CheckBundle(number))) return {};
  }
  if (progress_) progress_(checkpoint_.size);
  PROVISO_TRY(tree_.Finish());
  root_known_ = true;
  if (const crypto::Hash found = tree_.Root(); found != checkpoint_.root) {
    problems_.Add({.text = "`checkpoint`: its root is `" + Base64Encode(checkpoint_.root.bytes) +
                           "`, the entries give `" + Base64Encode(found.bytes) + "`",
                   .entry = {},
                   .expected = Base64Encode(checkpoint_.root.bytes),
                   .found = Base64Encode(found.bytes)});
  }
  history_.Finish();
  return {};
}

// Each bundle and its tile once, some bundles before they are needed.
void Walk::ExpectBundles(std::uint64_t number) {
  const std::uint64_t end = std::min(number + kBundlesAhead, bundles_.tile_count());
  for (; expected_ < end; ++expected_) {
    source_.Expect(bundles_.RequiredFile(expected_).name, kBundleBytesMax);
    tree_.Expect(expected_);
  }
}

// The folders above the tiles; the tiles' own are listed on the way.
Status Walk::CheckFolders() {
  bool marker = false;
  for (const std::string& name : PROVISO_TRY(source_.List(""))) {
    marker = marker || name == "addenda.v1";
    if (name == "checkpoint" || name == "tile" || name == "addenda.v1") continue;
    if (io::IsTemporaryName(name)) {
      ++other_temporaries_;
    } else {
      problems_.Add({"`" + name + "`: unknown file"});
    }
  }
  if (marker) {
    PROVISO_TRY(CheckMarker());
  } else {
    problems_.Add({"`addenda.v1`: missing"});
  }
  auto tiles = source_.List("tile");
  if (!tiles && tiles.error().code() == ErrorCode::kNotFound) return {};
  if (!tiles) return tl::unexpected(std::move(tiles).error());
  for (const std::string& name : *tiles) {
    std::size_t level = 0;
    const char* const end = name.data() + name.size();
    const bool is_level = std::from_chars(name.data(), end, level).ptr == end &&
                          level < tree_.folder_count() && name == std::to_string(level);
    const bool is_entries = name == "entries" && tree_.folder_count() > 0;
    if (!is_level && !is_entries) {
      problems_.Add({"`tile/" + name + "`: no such folder in a log of this size"});
    }
  }
  return {};
}

Status Walk::CheckMarker() {
  auto bytes = source_.Read("addenda.v1", 0);
  if (bytes) {
    ++other_files_;
    return {};
  }
  if (bytes.error().code() == ErrorCode::kNotFound) {
    problems_.Add({"`addenda.v1`: missing"});
    return {};
  }
  if (bytes.error().code() != ErrorCode::kResourceExhausted) {
    return tl::unexpected(std::move(bytes).error());
  }
  problems_.Add({"`addenda.v1`: expected an empty file"});
  return {};
}

Result<bool> Walk::CheckBundle(std::uint64_t number) {
  const auto files = PROVISO_TRY(bundles_.FilesOf(number));
  std::optional<Bytes> bytes;
  if (files.required) {
    bytes = PROVISO_TRY(bundles_.Read(files.files.front(), kBundleBytesMax, CutBundle));
  }
  if (bytes && SplitBundle(files.files.front(), *bytes)) {
    leaves_ = HashesOf(*bytes);
    const TileFile& file = files.files.front();
    const auto right = PROVISO_TRY(AddLeaves(number, leaves_));
    if (right) NameChangedEntries(file, *right);
    CheckEntries(file, *bytes, right ? *right : leaves_);
    const auto left_over = std::span(files.files).subspan(1);
    PROVISO_TRY(right ? HashLeftOvers(left_over, *right) : CompareLeftOvers(left_over, *bytes));
    return true;
  }
  // The entries are lost. Their hashes may still tell whether the rest is whole.
  const auto leaves = PROVISO_TRY(tree_.LeavesFromTile(number));
  if (bytes) NameBrokenBundle(files.files.front(), *bytes, leaves);
  if (leaves) {
    PROVISO_TRY(AddLeaves(number, *leaves));
    return true;
  }
  const std::uint64_t entry = number * kTileWidth;
  problems_.Add({.text = "entries from " + std::to_string(entry) +
                         " on: not checked, for neither these entries nor their hashes can be read",
                 .entry = entry});
  return false;
}

Result<std::optional<std::vector<crypto::Hash>>> Walk::AddLeaves(
    std::uint64_t number, std::span<const crypto::Hash> leaves) {
  auto right = PROVISO_TRY(tree_.CheckLeaves(number, leaves, signed_tiles_));
  if (right) leaves = *right;
  CompareWithBefore(number, leaves);
  PROVISO_TRY(tree_.AddBundle(number, leaves));
  return right;
}

// A log only grows: the tree over as many entries as it had before is the one it had before.
void Walk::CompareWithBefore(std::uint64_t number, std::span<const crypto::Hash> leaves) {
  const std::uint64_t begin = number * kTileWidth;
  if (!before_ || before_->size <= begin || before_->size > begin + leaves.size()) return;
  const crypto::Hash found = tree_.RootWith(leaves.first(before_->size - begin));
  if (found == before_->root) return;
  Problem fork = Differs("`checkpoint`: the first " + std::to_string(before_->size) + " entries",
                         "the root `" + Base64Encode(before_->root.bytes) + "`, seen before",
                         "`" + Base64Encode(found.bytes) + "`");
  fork.text += ": the log's key was used on two histories";
  problems_.Add(std::move(fork));
}

// Finds where each entry ends. False when the lengths do not add up.
bool Walk::SplitBundle(const TileFile& file, ByteView bytes) {
  ends_.clear();
  std::size_t at = 0;
  while (at < bytes.size() && ends_.size() < file.width) {
    const auto end = EndOfEntry(bytes, at);
    if (!end) break;
    at = *end;
    ends_.push_back(at);
  }
  return ends_.size() == file.width && at == bytes.size();
}

// Entry `i` of the bundle that was split.
ByteView Walk::EntryAt(ByteView bytes, std::size_t i) const {
  const std::size_t begin = (i == 0 ? 0 : ends_[i - 1]) + kLengthSize;
  return bytes.subspan(begin, ends_[i] - begin);
}

// A wrong length shifts all that follows: only the leaf tile can tell where it began.
void Walk::NameBrokenBundle(const TileFile& file, ByteView bytes,
                            const std::optional<std::vector<crypto::Hash>>& leaves) {
  std::size_t first = leaves ? 0 : ends_.size();
  while (first < ends_.size() && crypto::LeafHash(EntryAt(bytes, first)) == (*leaves)[first]) {
    ++first;
  }
  const std::size_t end = ends_.empty() ? 0 : ends_.back();
  problems_.Add(Differs("`" + file.name + "`",
                        std::to_string(file.width) + " entries and no byte more",
                        std::to_string(ends_.size()) + " entries in " + std::to_string(end) +
                            " of " + std::to_string(bytes.size()) + " bytes",
                        std::min(file.number * kTileWidth + first, checkpoint_.size - 1)));
}

// Of the entries in the bundle that was split.
std::vector<crypto::Hash> Walk::HashesOf(ByteView bytes) const {
  std::vector<crypto::Hash> hashes;
  hashes.reserve(ends_.size());
  for (std::size_t i = 0; i < ends_.size(); ++i) {
    hashes.push_back(crypto::LeafHash(EntryAt(bytes, i)));
  }
  return hashes;
}

void Walk::CheckEntries(const TileFile& file, ByteView bytes,
                        std::span<const crypto::Hash> leaves) {
  for (std::size_t i = 0; i < ends_.size(); ++i) {
    const std::uint64_t index = file.number * kTileWidth + i;
    const bool changed = leaves_[i] != leaves[i];
    Entry entry;
    if (const auto fault = reader_.Read(EntryAt(bytes, i), entry)) {
      if (changed) continue;
      problems_.Add(
          FromMessage("entry " + std::to_string(index) + " (`" + file.name + "`)", *fault, index));
      continue;
    }
    if (!changed) ++entries_;
    times_.See(index, entry.time);
    history_.Apply(index, entry);
  }
}

// One line for a file, whatever the number of its entries that are not what they were.
void Walk::NameChangedEntries(const TileFile& file, std::span<const crypto::Hash> leaves) {
  std::size_t first = leaves.size();
  std::size_t count = 0;
  for (std::size_t i = leaves.size(); i-- > 0;) {
    if (leaves_[i] == leaves[i]) continue;
    first = i;
    ++count;
  }
  if (count == 0) return;
  const std::uint64_t index = file.number * kTileWidth + first;
  Problem problem = Differs("`" + file.name + "`: entry " + std::to_string(index),
                            "the hash `" + leaves[first].Hex() + "` of the signed tree",
                            "`" + leaves_[first].Hex() + "`", index);
  if (count > 1) problem.text += "; and " + std::to_string(count - 1) + " more of its entries";
  problems_.Add(std::move(problem));
}

Status Walk::CompareLeftOvers(std::span<const TileFile> files, ByteView bytes) {
  for (const TileFile& file : files) {
    const auto found = PROVISO_TRY(bundles_.Read(file, kBundleBytesMax, CutBundle));
    if (!found) continue;
    const ByteView expected = bytes.first(ends_[file.width - 1]);
    if (std::ranges::equal(*found, expected)) continue;
    const auto differs = std::ranges::mismatch(*found, expected).in1 - found->begin();
    const auto at = std::ranges::upper_bound(ends_, static_cast<std::size_t>(differs));
    problems_.Add(
        Differs("`" + file.name + "`",
                "the first " + std::to_string(file.width) + " entries of their bundle",
                "other bytes from byte " + std::to_string(differs) + " on",
                file.number * kTileWidth + static_cast<std::uint64_t>(at - ends_.begin())));
  }
  return {};
}

Status Walk::HashLeftOvers(std::span<const TileFile> files, std::span<const crypto::Hash> leaves) {
  for (const TileFile& file : files) {
    const auto found = PROVISO_TRY(bundles_.Read(file, kBundleBytesMax, CutBundle));
    if (!found) continue;
    if (!SplitBundle(file, *found)) {
      NameBrokenBundle(file, *found, std::vector<crypto::Hash>(leaves.begin(), leaves.end()));
      continue;
    }
    leaves_ = HashesOf(*found);
    NameChangedEntries(file, leaves.first(file.width));
  }
  return {};
}

std::uint64_t Walk::files_read() const {
  return tree_.files_read() + bundles_.files_read() + other_files_;
}

std::uint64_t Walk::temporaries() const {
  return tree_.temporaries() + bundles_.temporaries() + other_temporaries_;
}

}  // namespace proviso::verifier

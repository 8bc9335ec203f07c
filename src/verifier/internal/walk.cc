#include "verifier/internal/walk.h"

#include <algorithm>
#include <charconv>
#include <string>

namespace proviso::verifier {
namespace {

constexpr std::size_t kLengthSize = 2;
constexpr std::uint64_t kBundleBytesMax = kTileWidth * (kLengthSize + 65535);

}  // namespace

Walk::Walk(io::FileSystem& files, const std::filesystem::path& log, const Checkpoint& checkpoint,
           History& history, Problems& problems)
    : files_(files),
      log_(log),
      checkpoint_(checkpoint),
      history_(history),
      problems_(problems),
      tree_(files, log, checkpoint.size, problems),
      bundles_(files, log, "tile/entries", checkpoint.size, problems) {}

Status Walk::Run() {
  PROVISO_TRY(CheckFolders());
  for (std::uint64_t number = 0; number < bundles_.tile_count(); ++number) {
    if (!PROVISO_TRY(CheckBundle(number))) return {};
  }
  PROVISO_TRY(tree_.Finish());
  root_known_ = true;
  if (const crypto::Hash found = tree_.Root(); found != checkpoint_.root) {
    problems_.Add("`checkpoint`: its root is `" + Base64Encode(checkpoint_.root.bytes) +
                  "`, the entries give `" + Base64Encode(found.bytes) + "`");
  }
  history_.Finish();
  return {};
}

// The folders above the tiles; the tiles' own are listed on the way.
Status Walk::CheckFolders() {
  bool marker = false;
  for (const std::string& name : PROVISO_TRY(files_.List(log_))) {
    marker = marker || name == "addenda.v1";
    if (name == "checkpoint" || name == "tile" || name == "addenda.v1") continue;
    if (io::IsTemporaryName(name)) {
      ++other_temporaries_;
    } else {
      problems_.Add("`" + name + "`: unknown file");
    }
  }
  if (marker) {
    PROVISO_TRY(CheckMarker());
  } else {
    problems_.Add("`addenda.v1`: missing");
  }
  auto tiles = files_.List(log_ / "tile");
  if (!tiles && tiles.error().code() == ErrorCode::kNotFound) return {};
  if (!tiles) return tl::unexpected(std::move(tiles).error());
  for (const std::string& name : *tiles) {
    std::size_t level = 0;
    const char* const end = name.data() + name.size();
    const bool is_level = std::from_chars(name.data(), end, level).ptr == end &&
                          level < tree_.level_count() && name == std::to_string(level);
    const bool is_entries = name == "entries" && checkpoint_.size > 0;
    if (!is_level && !is_entries) {
      problems_.Add("`tile/" + name + "`: no such folder in a log of this size");
    }
  }
  return {};
}

Status Walk::CheckMarker() {
  auto bytes = files_.ReadFile(log_ / "addenda.v1", 0);
  if (bytes) {
    ++other_files_;
    return {};
  }
  if (bytes.error().code() != ErrorCode::kResourceExhausted) {
    return tl::unexpected(std::move(bytes).error());
  }
  problems_.Add("`addenda.v1`: expected an empty file");
  return {};
}

Result<bool> Walk::CheckBundle(std::uint64_t number) {
  const auto files = PROVISO_TRY(bundles_.FilesOf(number));
  if (files.required) {
    const auto bytes = PROVISO_TRY(bundles_.Read(files.files.front(), kBundleBytesMax));
    if (bytes && SplitBundle(files.files.front(), *bytes)) {
      CheckEntries(number, files.files.front(), *bytes);
      PROVISO_TRY(CompareLeftOvers(std::span(files.files).subspan(1), *bytes));
      PROVISO_TRY(tree_.AddBundle(number, leaves_));
      return true;
    }
  }
  // The entries are lost. Their hashes may still tell whether the rest is whole.
  const auto leaves = PROVISO_TRY(tree_.LeavesFromTile(number));
  if (leaves) {
    PROVISO_TRY(tree_.AddBundle(number, *leaves));
    return true;
  }
  problems_.Add("entries from " + std::to_string(number * kTileWidth) +
                " on: not checked, for neither these entries nor their hashes can be read");
  return false;
}

// Finds where each entry ends. False, with a problem, when the lengths do not add up.
bool Walk::SplitBundle(const TileFile& file, ByteView bytes) {
  ends_.clear();
  std::size_t at = 0;
  while (at < bytes.size() && ends_.size() < file.width) {
    if (bytes.size() - at < kLengthSize) break;
    const std::size_t length = static_cast<std::size_t>(bytes[at]) << 8U | bytes[at + 1];
    if (bytes.size() - at - kLengthSize < length) break;
    at += kLengthSize + length;
    ends_.push_back(at);
  }
  if (ends_.size() == file.width && at == bytes.size()) return true;
  problems_.Add("`" + file.name + "`: expected " + std::to_string(file.width) +
                " entries and no byte more, found " + std::to_string(ends_.size()) +
                " entries in " + std::to_string(at) + " of " + std::to_string(bytes.size()) +
                " bytes");
  return false;
}

void Walk::CheckEntries(std::uint64_t number, const TileFile& file, ByteView bytes) {
  leaves_.clear();
  std::size_t begin = 0;
  for (std::size_t i = 0; i < ends_.size(); ++i) {
    const ByteView content = bytes.subspan(begin + kLengthSize, ends_[i] - begin - kLengthSize);
    begin = ends_[i];
    leaves_.push_back(crypto::LeafHash(content));
    const std::uint64_t index = number * kTileWidth + i;
    Entry entry;
    if (const auto fault = reader_.Read(content, entry)) {
      problems_.Add("entry " + std::to_string(index) + " (`" + file.name + "`): " + *fault);
      continue;
    }
    ++entries_;
    history_.Apply(index, entry);
  }
}

Status Walk::CompareLeftOvers(std::span<const TileFile> files, ByteView bytes) {
  for (const TileFile& file : files) {
    const auto found = PROVISO_TRY(bundles_.Read(file, kBundleBytesMax));
    if (!found) continue;
    const ByteView expected = bytes.first(ends_[file.width - 1]);
    if (std::ranges::equal(*found, expected)) continue;
    const auto differs = std::ranges::mismatch(*found, expected).in1 - found->begin();
    problems_.Add("`" + file.name + "`: expected the first " + std::to_string(file.width) +
                  " entries of their bundle, found other bytes from byte " +
                  std::to_string(differs) + " on");
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

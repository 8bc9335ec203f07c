#include "ledger/prove.h"

#include <algorithm>

#include "ledger/entry.h"
#include "ledger/merkle.h"
#include "ledger/tile_layout.h"
#include "ledger/tree_proof.h"

namespace proviso::ledger {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kRemedy =
    "; `proviso log verify` says what else is damaged, and `proviso log rebuild` writes the files "
    "of a data directory again";

tl::unexpected<Error> Damaged(const std::string& what) {
  return Fail(ErrorCode::kDataLoss, what + std::string(kRemedy));
}

// The folder of a log as of one size.
class Folder {
 public:
  Folder(io::FileSystem& files, const fs::path& log, std::uint64_t size)
      : files_(files), log_(log), size_(size) {}

  // The root over 2^height leaves from `begin` on, out of the one tile that has it.
  Result<crypto::Hash> Subtree(std::uint64_t begin, int height) const {
    const int level = height / kTileWidthBits;
    const std::uint64_t first = begin >> static_cast<unsigned>(level * kTileWidthBits);
    const std::size_t count = std::size_t{1} << static_cast<unsigned>(height % kTileWidthBits);
    TileId tile{.level = level, .index = first / kTileWidth, .width = kTileWidth};
    const std::string full = TilePath(tile);
    tile.width = Width(level, tile.index);
    const Bytes bytes =
        PROVISO_TRY(ReadEither(TilePath(tile), full, kTileWidth * crypto::Hash::kSize));
    const std::size_t at = first % kTileWidth * crypto::Hash::kSize;
    if (bytes.size() < at + count * crypto::Hash::kSize) {
      return Damaged("`" + TilePath(tile) + "`: expected " + std::to_string(tile.width) +
                     " hashes, found " + std::to_string(bytes.size()) + " bytes");
    }
    std::vector<crypto::Hash> hashes(count);
    for (std::size_t i = 0; i < count; ++i) {
      std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(at + i * crypto::Hash::kSize),
                  crypto::Hash::kSize, hashes[i].bytes.begin());
    }
    return TreeRoot(hashes);
  }

  Result<Bytes> Entry(std::uint64_t index) const {
    const std::uint64_t number = index / kTileWidth;
    const std::string partial = BundlePath(number, Width(0, number));
    const Bytes bundle =
        PROVISO_TRY(ReadEither(partial, BundlePath(number, kTileWidth), kBundleBytesMax));
    ByteView rest = bundle;
    for (std::uint64_t left = index % kTileWidth;; --left) {
      const auto entry = TakeFromBundle(rest);
      if (!entry) {
        return Damaged("`" + partial + "` ends before entry " + std::to_string(index));
      }
      if (left == 0) return Bytes(entry->begin(), entry->end());
    }
  }

 private:
  std::uint64_t Width(int level, std::uint64_t number) const {
    const std::uint64_t hashes = size_ >> static_cast<unsigned>(level * kTileWidthBits);
    return std::min(kTileWidth, hashes - number * kTileWidth);
  }

  // A log that grew since may have only the full form left.
  Result<Bytes> ReadEither(const std::string& partial, const std::string& full,
                           std::uint64_t bytes_max) const {
    auto bytes = files_.ReadFile(log_ / partial, bytes_max);
    const auto is_missing = [&] { return !bytes && bytes.error().code() == ErrorCode::kNotFound; };
    if (is_missing() && partial != full) bytes = files_.ReadFile(log_ / full, bytes_max);
    if (is_missing()) return Damaged("`" + partial + "` is missing in `" + log_.string() + "`");
    return bytes;
  }

  io::FileSystem& files_;
  const fs::path log_;
  const std::uint64_t size_;
};

}  // namespace

std::string Proof::ToText() const {
  std::string text = std::string(kProofHeader) + "\n";
  if (CarriesEntry()) text += "extra " + Base64Encode(entry) + "\n";
  text += "index " + std::to_string(index) + "\n";
  for (const crypto::Hash& hash : path) text += Base64Encode(hash.bytes) + "\n";
  return text + "\n" + checkpoint.note;
}

Json Proof::ToJson() const {
  return Json::Of({{"entry", Base64Encode(entry)},
                   {"entry_inside", CarriesEntry()},
                   {"index", index},
                   {"origin", checkpoint.origin},
                   {"proof", ToText()},
                   {"root", Base64Encode(checkpoint.root.bytes)},
                   {"size", checkpoint.size}});
}

Result<Proof> ProveEntry(io::FileSystem& files, const fs::path& log,
                         const crypto::NoteVerifier& verifier, std::uint64_t index) {
  const Bytes note =
      PROVISO_TRY_DOING(files.ReadFile(log / "checkpoint", kCheckpointBytesMax), "open the log");
  return ProveEntryTo(files, log, verifier, index, AsText(note));
}

Result<Proof> ProveEntryTo(io::FileSystem& files, const fs::path& log,
                           const crypto::NoteVerifier& verifier, std::uint64_t index,
                           std::string_view note) {
  Proof proof;
  proof.index = index;
  proof.checkpoint = PROVISO_TRY(OpenCheckpoint(note, verifier));
  const std::uint64_t size = proof.checkpoint.size;
  if (index >= size) {
    return Fail(ErrorCode::kNotFound, "there is no entry " + std::to_string(index) +
                                          ": the log has " + std::to_string(size) +
                                          ", counted from 0; `proviso log show` lists them");
  }
  const Folder folder(files, log, size);
  proof.entry = PROVISO_TRY(folder.Entry(index));
  proof.path = PROVISO_TRY(InclusionPath(
      index, size, [&](std::uint64_t begin, int height) { return folder.Subtree(begin, height); }));
  const crypto::Hash root =
      PROVISO_TRY(RootOfPath(crypto::LeafHash(proof.entry), index, size, proof.path));
  if (root != proof.checkpoint.root) {
    return Damaged("the files of the log are damaged: expected the root " +
                   proof.checkpoint.root.Hex() + " from entry " + std::to_string(index) +
                   " and the tiles, found " + root.Hex());
  }
  return proof;
}

Result<std::vector<crypto::Hash>> ProveGrowth(io::FileSystem& files, const fs::path& log,
                                              const Checkpoint& checkpoint,
                                              std::uint64_t old_size) {
  if (old_size == 0 || old_size > checkpoint.size) {
    return Fail(ErrorCode::kInvalidArgument, "expected a size from 1 to " +
                                                 std::to_string(checkpoint.size) + ", found " +
                                                 std::to_string(old_size));
  }
  const Folder folder(files, log, checkpoint.size);
  return ConsistencyPath(old_size, checkpoint.size, [&](std::uint64_t begin, int height) {
    return folder.Subtree(begin, height);
  });
}

}  // namespace proviso::ledger

#include "ledger/log_folder_check.h"

#include <algorithm>
#include <fstream>
#include <sstream>

#include "ledger/checkpoint.h"
#include "ledger/merkle.h"

namespace proviso::ledger {
namespace {

using Files = std::map<std::string, std::string>;

tl::unexpected<Error> Wrong(std::string what) {
  return Fail(ErrorCode::kDataLoss, std::move(what));
}

// The first `width` of the units that the file of a tile or bundle holds, whole or partial.
std::string FileOrEmpty(const Files& files, const std::string& path) {
  const auto found = files.find(path);
  return found == files.end() ? std::string() : found->second;
}

Status ReadBundle(const std::string& bundle, std::uint64_t width, LogFolder& log) {
  std::size_t at = 0;
  for (std::uint64_t i = 0; i < width; ++i) {
    if (at + 2 > bundle.size()) return Wrong("a bundle ends early");
    const std::size_t size =
        (static_cast<std::size_t>(static_cast<unsigned char>(bundle[at])) << 8U) |
        static_cast<unsigned char>(bundle[at + 1]);
    if (at + 2 + size > bundle.size()) return Wrong("an entry ends early");
    log.entries.push_back(bundle.substr(at + 2, size));
    log.leaves.push_back(crypto::LeafHash(AsBytes(log.entries.back())));
    at += 2 + size;
  }
  if (at != bundle.size()) return Wrong("a bundle has more bytes than entries");
  return {};
}

// The hashes of one level of the whole tree, from the level below.
std::vector<crypto::Hash> LevelAbove(const std::vector<crypto::Hash>& below) {
  std::vector<crypto::Hash> above;
  for (std::size_t start = 0; start + kTileWidth <= below.size(); start += kTileWidth) {
    above.push_back(TreeRoot(std::span(below).subspan(start, kTileWidth)));
  }
  return above;
}

// Compares a tile, and takes it and its partial forms out of `rest`.
Status CheckTile(const TileId& tile, const std::vector<crypto::Hash>& level, Files& rest) {
  const std::size_t start = tile.index * kTileWidth;
  const auto bytes = [&](std::uint64_t width) {
    return std::string(AsText(TileBytes(std::span(level).subspan(start, width))));
  };
  if (FileOrEmpty(rest, TilePath(tile)) != bytes(tile.width)) {
    return Wrong(TilePath(tile) + " is missing or has other hashes");
  }
  rest.erase(TilePath(tile));
  for (TileId partial = tile; !tile.IsFull() && partial.width > 0; --partial.width) {
    const auto found = rest.find(TilePath(partial));
    if (found == rest.end()) continue;
    if (found->second != bytes(partial.width)) return Wrong(found->first + " has other hashes");
    rest.erase(found);
  }
  return {};
}

Status CheckBundles(std::uint64_t size, Files& rest, LogFolder& log) {
  for (const TileId& tile : NewTiles(0, size)) {
    if (tile.level != 0) continue;
    const std::string path = BundlePath(tile.index, tile.width);
    if (!rest.contains(path)) return Wrong(path + " is missing");
    const std::string bundle = rest[path];
    PROVISO_TRY(ReadBundle(bundle, tile.width, log));
    rest.erase(path);
    for (std::uint64_t width = 1; !tile.IsFull() && width < tile.width; ++width) {
      const auto found = rest.find(BundlePath(tile.index, width));
      if (found == rest.end()) continue;
      LogFolder part;
      PROVISO_TRY(ReadBundle(found->second, width, part));
      if (!bundle.starts_with(found->second)) return Wrong(found->first + " has other entries");
      rest.erase(found);
    }
  }
  return {};
}

}  // namespace

std::map<std::string, std::string> ReadTree(const std::filesystem::path& directory) {
  Files files;
  const std::filesystem::path root = directory / "log";
  for (const auto& item : std::filesystem::recursive_directory_iterator(root)) {
    if (!item.is_regular_file()) continue;
    std::ostringstream text;
    text << std::ifstream(item.path(), std::ios::binary).rdbuf();
    files[item.path().lexically_relative(root).string()] = text.str();
  }
  return files;
}

Result<LogFolder> ReadLogFolder(const std::filesystem::path& directory,
                                const crypto::NoteVerifier& verifier) {
  return CheckLogFiles(ReadTree(directory), verifier);
}

Result<LogFolder> CheckLogFiles(Files rest, const crypto::NoteVerifier& verifier) {
  LogFolder log;
  log.checkpoint = FileOrEmpty(rest, "checkpoint");
  const Checkpoint checkpoint = PROVISO_TRY(OpenCheckpoint(log.checkpoint, verifier));
  if (!rest.contains("addenda.v1") || !rest["addenda.v1"].empty())
    return Wrong("no empty addenda.v1");
  rest.erase("checkpoint");
  rest.erase("addenda.v1");
  PROVISO_TRY(CheckBundles(checkpoint.size, rest, log));
  if (TreeRoot(log.leaves) != checkpoint.root) return Wrong("the entries do not have the root");
  std::vector<crypto::Hash> level = log.leaves;
  int number = 0;
  for (const TileId& tile : NewTiles(0, checkpoint.size)) {
    for (; number < tile.level; ++number) level = LevelAbove(level);
    PROVISO_TRY(CheckTile(tile, level, rest));
  }
  if (!rest.empty()) return Wrong(rest.begin()->first + " does not belong to the log");
  return log;
}

}  // namespace proviso::ledger

#pragma once

#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/hash.h"
#include "io/files/file_system.h"
#include "ledger/tile_layout.h"

namespace proviso::ledger {

// What to do about public files that are not ours.
inline constexpr std::string_view kRebuildRemedy =
    "`proviso log rebuild` removes the published files and writes them again from the database";

// The public files of a log: tiles, entry bundles, the checkpoint. They hold nothing that the
// database could not write again. Paths are relative to the folder of the log. `files` must outlive
// this.
class TileFiles {
 public:
  TileFiles(io::FileSystem& files, std::filesystem::path folder)
      : files_(files), folder_(std::move(folder)) {}

  // Makes the folder and the marker file addenda.v1.
  Status Prepare();
  // The same, and whatever else stands in the place of the marker file goes.
  Status MendMarker();
  // Whether a file stood there that is not what it must be, so that Prepare or Put failed.
  bool met_other() const { return met_other_; }
  // Writes a file that never changes. One that stands already must be equal; a torn one (cut short,
  // or with zeros, as a power cut leaves it) is replaced; any other is kDataLoss.
  Status Put(const std::string& path, ByteView bytes);
  // The same for a full tile or bundle, whose partial forms then go.
  Status PutFull(const std::string& path, ByteView bytes);

  // From here on checkpoints are published by way of a folder of this appender alone, and those of
  // all before it are gone: nothing that one of them does late can replace a newer checkpoint.
  // To be called when `appender`, a number higher than all before, may publish.
  Status FenceOffOthers(std::int64_t appender);
  // kNotFound after another appender has fenced this one off.
  Status PublishCheckpoint(const std::string& note);
  // The same, and at every moment, also of a power cut, the old one or the new one is whole.
  Status PublishCheckpointDurably(const std::string& note);
  // Empty when there is none, or a torn one.
  Result<std::optional<std::string>> PublishedCheckpoint();

  // Makes these files, and the names of all of them, durable.
  Status Sync(std::span<const std::string> paths);
  // The same for files of a process before this one, whose sync may have failed.
  Status WriteBack(std::span<const std::string> paths);
  // Removes what a process that died left half written beside these files.
  Status RemoveLeftovers(std::span<const std::string> paths);
  // How many hashes the widest tile of level 0 with number `index` has, of those that begin with
  // `hashes`; 0 when there is none.
  Result<std::uint64_t> WidestTileThatBegins(std::uint64_t index,
                                             std::span<const crypto::Hash> hashes);
  // Removes all tiles and bundles. The checkpoint stays: see Writer::Clear.
  Status RemoveTiles();

 private:
  std::vector<std::filesystem::path> FoldersOf(std::span<const std::string> paths) const;
  Status SyncNames(std::span<const std::string> paths);
  Result<bool> Begins(const TileId& tile, std::span<const crypto::Hash> hashes);
  Status Write(const std::filesystem::path& path, ByteView bytes);

  io::FileSystem& files_;
  std::filesystem::path folder_;
  bool met_other_ = false;
  std::filesystem::path fenced_;  // the folder of this appender; empty without other appenders
};

// The first `width` entries of a bundle, as bytes.
ByteView BundlePrefix(ByteView bundle, std::uint64_t width);

}  // namespace proviso::ledger

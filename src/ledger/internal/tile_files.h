#pragma once

#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

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
  // Writes a file that never changes. One that stands already must be equal; a torn one (cut short,
  // or with zeros, as a power cut leaves it) is replaced; any other is kDataLoss.
  Status Put(const std::string& path, ByteView bytes);
  // The same for a full tile or bundle, whose partial forms then go.
  Status PutFull(const std::string& path, ByteView bytes);

  Status PublishCheckpoint(const std::string& note);
  // Empty when there is none, or a torn one.
  Result<std::optional<std::string>> PublishedCheckpoint();

  // Makes these files, and the names of all of them, durable.
  Status Sync(std::span<const std::string> paths);
  // The same for files of a process before this one, whose sync may have failed.
  Status WriteBack(std::span<const std::string> paths);
  // Removes what a process that died left half written beside these files.
  Status RemoveLeftovers(std::span<const std::string> paths);
  // Removes the checkpoint, then all tiles and bundles.
  Status RemoveAll();

 private:
  std::vector<std::filesystem::path> FoldersOf(std::span<const std::string> paths) const;
  Status SyncNames(std::span<const std::string> paths);
  Status Write(const std::filesystem::path& path, ByteView bytes);

  io::FileSystem& files_;
  std::filesystem::path folder_;
};

// The first `width` entries of a bundle, as bytes.
ByteView BundlePrefix(ByteView bundle, std::uint64_t width);

}  // namespace proviso::ledger

#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "io/files/file_system.h"
#include "verifier/internal/problems.h"

namespace proviso::verifier {

// Tiles and entry bundles hold up to this many.
inline constexpr std::uint64_t kTileWidth = 256;

// The path of a number in tlog-tiles: 1234067 is "x001/x234/067".
std::string NumberPath(std::uint64_t number);

struct TileFile {
  std::string name;  // below the log's folder: "tile/0/x001/067.p/12"
  std::size_t width = 0;
};

// The folder of one level of tiles, or of the entry bundles, with the files that a log of a given
// size has there. Ask for the numbers from 0 upwards: each group of a thousand is listed once, and
// what does not belong there becomes a problem.
class LevelFolder {
 public:
  // `hashes`: how many hashes (or entries) the level has.
  LevelFolder(io::FileSystem& files, std::filesystem::path log, std::string name,
              std::uint64_t hashes, Problems& problems)
      : files_(files),
        log_(std::move(log)),
        name_(std::move(name)),
        hashes_(hashes),
        problems_(problems) {}

  std::uint64_t tile_count() const { return (hashes_ + kTileWidth - 1) / kTileWidth; }
  std::size_t WidthOf(std::uint64_t number) const;

  // The files of tile `number`: the one that the size implies comes first, then partial ones that
  // were left over. When the first is missing, that is a problem, and `required` is false.
  struct Files {
    bool required = false;
    std::vector<TileFile> files;
  };
  Result<Files> FilesOf(std::uint64_t number);

  // The bytes of a file; absent, with a problem, when it is gone or too large.
  Result<std::optional<Bytes>> Read(const TileFile& file, std::uint64_t bytes_max);

  std::uint64_t files_read() const { return files_read_; }
  std::uint64_t temporaries() const { return temporaries_; }

 private:
  Status OpenGroup(std::uint64_t group);
  void CheckName(std::uint64_t group, const std::string& folder, const std::string& name);
  Result<std::vector<TileFile>> Partials(const std::string& folder, std::size_t width);

  io::FileSystem& files_;
  std::filesystem::path log_;
  std::string name_;
  std::uint64_t hashes_;
  Problems& problems_;
  std::optional<std::uint64_t> group_;
  std::set<std::string, std::less<>> names_;  // of the group that is open
  std::uint64_t files_read_ = 0;
  std::uint64_t temporaries_ = 0;
};

}  // namespace proviso::verifier

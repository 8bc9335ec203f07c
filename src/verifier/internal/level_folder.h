#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "verifier/internal/problems.h"
#include "verifier/log_source.h"

namespace proviso::verifier {

// Tiles and entry bundles hold up to this many.
inline constexpr std::uint64_t kTileWidth = 256;

// The path of a number in tlog-tiles: 1234067 is "x001/x234/067".
std::string NumberPath(std::uint64_t number);

struct TileFile {
  std::string name;  // below the log's folder: "tile/0/x001/067.p/12"
  std::size_t width = 0;
  std::uint64_t number = 0;
};

// The folder of one level of tiles, or of the entry bundles, with the files that a log of a given
// size has there. Ask for the numbers from 0 upwards: each group of a thousand is listed once, and
// what does not belong there becomes a problem.
class LevelFolder {
 public:
  // `hashes`: how many hashes (or entries) the level has; each stands for `entries_each` entries.
  struct Extent {
    std::uint64_t hashes = 0;
    std::uint64_t entries_each = 1;
    // Files of up to so many, which a writer that died did not publish, are no problem.
    std::uint64_t unfinished = 0;
  };
  LevelFolder(LogSource& source, std::string name, Extent extent, Problems& problems)
      : source_(source), name_(std::move(name)), extent_(extent), problems_(problems) {}

  std::uint64_t tile_count() const { return (extent_.hashes + kTileWidth - 1) / kTileWidth; }
  std::size_t WidthOf(std::uint64_t number) const { return WidthWithin(number, extent_.hashes); }
  // The first entry below hash `hash` of tile `number`.
  std::uint64_t EntryOf(std::uint64_t number, std::size_t hash) const {
    return (number * kTileWidth + hash) * extent_.entries_each;
  }
  std::uint64_t entries_each() const { return extent_.entries_each; }
  // The file of tile `number` that the size implies: "tile/0/x001/067.p/12".
  TileFile RequiredFile(std::uint64_t number) const;

  // The files of tile `number`: the one that the size implies comes first, then partial ones that
  // were left over. When the first is missing, that is a problem, and `required` is false.
  struct Files {
    bool required = false;
    std::vector<TileFile> files;
  };
  Result<Files> FilesOf(std::uint64_t number);

  // The bytes of a file; absent, with a problem, when it is gone or too large. Where files cannot
  // be listed, a partial one that is gone may have become the full one, of which it is the
  // beginning: `cut` then says how many of these bytes are the file's.
  using Cut = std::size_t (*)(ByteView bytes, std::size_t width);
  Result<std::optional<Bytes>> Read(const TileFile& file, std::uint64_t bytes_max, Cut cut);

  std::uint64_t files_read() const { return files_read_; }
  std::uint64_t temporaries() const { return temporaries_; }

 private:
  static std::size_t WidthWithin(std::uint64_t number, std::uint64_t hashes);
  Status OpenGroup(std::uint64_t group);
  void CheckName(std::uint64_t group, const std::string& folder, const std::string& name);
  Result<std::vector<TileFile>> Partials(std::uint64_t number);

  Result<Bytes> ReadOrFull(const TileFile& file, std::uint64_t bytes_max, Cut cut);

  LogSource& source_;
  std::string name_;
  Extent extent_;
  Problems& problems_;
  std::optional<std::uint64_t> group_;
  std::set<std::string, std::less<>> names_;  // of the group that is open
  std::uint64_t files_read_ = 0;
  std::uint64_t temporaries_ = 0;
};

}  // namespace proviso::verifier

#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <vector>

#include "crypto/hash.h"
#include "io/files/file_system.h"
#include "verifier/internal/checkpoint.h"
#include "verifier/internal/entry.h"
#include "verifier/internal/history.h"
#include "verifier/internal/level_folder.h"
#include "verifier/internal/problems.h"
#include "verifier/internal/tree.h"

namespace proviso::verifier {

// One walk through the files of a log as of one checkpoint, bundle by bundle.
class Walk {
 public:
  Walk(io::FileSystem& files, const std::filesystem::path& log, const Checkpoint& checkpoint,
       History& history, Problems& problems);

  // Everything but the checkpoint itself.
  Status Run();

  bool root_known() const { return root_known_; }
  crypto::Hash root() const { return tree_.Root(); }
  std::uint64_t entries() const { return entries_; }
  std::uint64_t files_read() const;
  std::uint64_t temporaries() const;

 private:
  Status CheckFolders();
  Status CheckMarker();
  // False when the walk cannot go on.
  Result<bool> CheckBundle(std::uint64_t number);
  bool SplitBundle(const TileFile& file, ByteView bytes);
  void CheckEntries(std::uint64_t number, const TileFile& file, ByteView bytes);
  Status CompareLeftOvers(std::span<const TileFile> files, ByteView bytes);

  io::FileSystem& files_;
  std::filesystem::path log_;
  Checkpoint checkpoint_;
  History& history_;
  Problems& problems_;
  Tree tree_;
  LevelFolder bundles_;
  EntryReader reader_;
  std::vector<std::size_t> ends_;     // of the entries in the bundle at hand
  std::vector<crypto::Hash> leaves_;  // of the same
  std::uint64_t entries_ = 0;
  std::uint64_t other_files_ = 0;
  std::uint64_t other_temporaries_ = 0;
  bool root_known_ = false;
};

}  // namespace proviso::verifier

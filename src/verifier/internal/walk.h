#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "crypto/hash.h"
#include "verifier/internal/checkpoint.h"
#include "verifier/internal/entry.h"
#include "verifier/internal/entry_times.h"
#include "verifier/internal/history.h"
#include "verifier/internal/level_folder.h"
#include "verifier/internal/problems.h"
#include "verifier/internal/signed_tiles.h"
#include "verifier/internal/tree.h"
#include "verifier/log_source.h"

namespace proviso::verifier {

// What a walk compares the files of a log with.
struct Checkpoints {
  Checkpoint now;
  std::optional<Checkpoint> before = {};  // of the same log, seen earlier: not longer than `now`
  std::uint64_t unfinished_until = 0;     // files up to this size are no damage
};

// One walk through the files of a log as of one checkpoint, bundle by bundle.
class Walk {
 public:
  // Called from time to time with the number of entries that were read.
  using Progress = std::function<void(std::uint64_t entries)>;

  Walk(LogSource& source, const Checkpoints& checkpoints, History& history, Problems& problems,
       const Progress& progress);

  // Everything but the checkpoint itself.
  Status Run();

  bool root_known() const { return root_known_; }
  crypto::Hash root() const { return tree_.Root(); }
  std::uint64_t entries() const { return entries_; }
  const EntryTimes& times() const { return times_; }
  std::uint64_t files_read() const;
  std::uint64_t temporaries() const;

 private:
  Status CheckFolders();
  Status CheckMarker();
  // False when the walk cannot go on.
  Result<bool> CheckBundle(std::uint64_t number);
  bool SplitBundle(const TileFile& file, ByteView bytes);
  void NameBrokenBundle(const TileFile& file, ByteView bytes,
                        const std::optional<std::vector<crypto::Hash>>& leaves);
  ByteView EntryAt(ByteView bytes, std::size_t i) const;
  std::vector<crypto::Hash> HashesOf(ByteView bytes) const;
  // `leaves` are the right hashes: an entry that has another is named already.
  void CheckEntries(const TileFile& file, ByteView bytes, std::span<const crypto::Hash> leaves);
  void NameChangedEntries(const TileFile& file, std::span<const crypto::Hash> leaves);
  Status CompareLeftOvers(std::span<const TileFile> files, ByteView bytes);
  // The same where the bundle that the size implies is damaged itself.
  Status HashLeftOvers(std::span<const TileFile> files, std::span<const crypto::Hash> leaves);
  // Answers the right hashes where they are not these, but those of the signed tree.
  Result<std::optional<std::vector<crypto::Hash>>> AddLeaves(std::uint64_t number,
                                                             std::span<const crypto::Hash> leaves);
  void CompareWithBefore(std::uint64_t number, std::span<const crypto::Hash> leaves);
  void ExpectBundles(std::uint64_t number);

  LogSource& source_;
  Checkpoint checkpoint_;
  std::optional<Checkpoint> before_;
  const Progress& progress_;
  History& history_;
  Problems& problems_;
  Tree tree_;
  SignedTiles signed_tiles_;
  LevelFolder bundles_;
  EntryReader reader_;
  EntryTimes times_;
  std::vector<std::size_t> ends_;     // of the entries in the bundle at hand
  std::vector<crypto::Hash> leaves_;  // of the same
  std::uint64_t entries_ = 0;
  std::uint64_t expected_ = 0;  // bundles of which the source knows that they will be read
  std::uint64_t other_files_ = 0;
  std::uint64_t other_temporaries_ = 0;
  bool root_known_ = false;
};

}  // namespace proviso::verifier

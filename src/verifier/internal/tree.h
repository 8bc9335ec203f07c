#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "crypto/hash.h"
#include "verifier/internal/level_folder.h"
#include "verifier/internal/problems.h"
#include "verifier/log_source.h"

namespace proviso::verifier {

// The root of a power of two of hashes, each of the same height. Overwrites them.
crypto::Hash PerfectRoot(std::span<crypto::Hash> hashes);

// The root of a tree whose partial tiles, one for each level from the leaves up, are these.
crypto::Hash RootOfEdge(std::span<const std::vector<crypto::Hash>> levels);

class SignedTiles;

// Recomputes the Merkle tree (RFC 6962) from leaf hashes and compares every tile file on the way.
// Holds one unfinished tile for each level, so memory grows with the logarithm of the log.
class Tree {
 public:
  // Files of up to `unfinished_until` entries may lie there.
  Tree(LogSource& source, std::uint64_t size, Problems& problems,
       std::uint64_t unfinished_until = 0);

  // Compares the leaf tile of bundle `number` with `leaves`, the hashes of its entries. Where they
  // differ and `signed_tiles` vouches for the tile, the entries are the damaged ones: then the
  // tile's hashes are answered, which count from here on.
  Result<std::optional<std::vector<crypto::Hash>>> CheckLeaves(std::uint64_t number,
                                                               std::span<const crypto::Hash> leaves,
                                                               SignedTiles& signed_tiles);
  // The leaf hashes of bundle `number`, in the order of numbers. All but the last bring 256.
  Status AddBundle(std::uint64_t number, std::span<const crypto::Hash> leaves);
  // After the last bundle: the partial tiles above the leaves.
  Status Finish();
  // The root over all leaves that were added, and these after them: less than a whole bundle,
  // unless nothing or only whole bundles were added.
  crypto::Hash RootWith(std::span<const crypto::Hash> leaves) const;
  crypto::Hash Root() const { return RootWith({}); }

  // What the level-0 tile says about the leaves of bundle `number`, for when its entries are lost.
  Result<std::optional<std::vector<crypto::Hash>>> LeavesFromTile(std::uint64_t number);

  // That bundle `number` is to be added soon.
  void Expect(std::uint64_t number) const;

  // How many of the folders tile/0, tile/1, ... may be there.
  std::size_t folder_count() const { return folder_count_; }
  std::uint64_t files_read() const;
  std::uint64_t temporaries() const;

 private:
  struct Level {
    LevelFolder folder;
    std::uint64_t next_tile = 0;
    std::vector<crypto::Hash> pending;
  };

  Status CheckTile(std::size_t level);

  LogSource& source_;
  Problems& problems_;
  std::vector<std::unique_ptr<Level>> levels_;
  std::size_t folder_count_ = 0;
};

}  // namespace proviso::verifier

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

// Recomputes the Merkle tree (RFC 6962) from leaf hashes and compares every tile file on the way.
// Holds one unfinished tile for each level, so memory grows with the logarithm of the log.
class Tree {
 public:
  Tree(LogSource& source, std::uint64_t size, Problems& problems);

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

  // The number of levels: the folders tile/0, tile/1, ... that the size implies.
  std::size_t level_count() const { return levels_.size(); }
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
};

}  // namespace proviso::verifier

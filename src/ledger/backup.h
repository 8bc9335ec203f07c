#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "crypto/ed25519.h"
#include "crypto/hash.h"
#include "ledger/opening.h"
#include "ledger/options.h"

namespace proviso::ledger {

// Hears how far long work has come, 0 to 1.
using Share = std::function<void(double)>;

// Writes the database of `from` up to entry `size` into the new file `to`: entries, sealed parts,
// checkpoints, and no key of a part, not even where one was. Others may append and erase meanwhile.
// Durable when it returns. kFailedPrecondition when the database is not in proviso.db.
Status CopyDatabase(const LedgerOptions& from, std::uint64_t size, const std::filesystem::path& to,
                    const Share& progress);

inline constexpr std::uint64_t kPartKeysBytesMax = std::uint64_t{1} << 34U;

// The keys of all confidential parts that are still here, as docs/formats/backup.md has them.
struct PartKey {
  std::uint64_t position = 0;
  std::string name;
  Bytes secret;  // 32 bytes
  bool operator==(const PartKey&) const = default;
};
struct PartKeys {
  std::string origin;      // of the log
  std::uint64_t size = 0;  // of the log, when they were written: keys of later entries are missing
  std::vector<PartKey> keys;
};
// Those of a log's database; without what is none by its length, for such a part is damaged.
Result<PartKeys> ReadPartKeys(const LedgerOptions& options, std::uint64_t size);
Bytes FormatPartKeys(const PartKeys& keys);
// kDataLoss for a file that is cut short or changed.
Result<PartKeys> ParsePartKeys(ByteView file);

// For a database that CopyDatabase wrote, and nobody has opened yet. Keys of parts that it does not
// have are passed over. How many were put in.
Result<std::uint64_t> InsertPartKeys(const LedgerOptions& options, const PartKeys& keys);

// Damaged parts of a log, and where each may still be whole.
struct PartsToMend {
  std::vector<UnreadPart> damaged;
  PartKeys keys;  // that lie apart; those of the log itself are tried first
  std::vector<std::filesystem::path> earlier;  // databases that CopyDatabase wrote before
};
// For the database `copy`, which CopyDatabase wrote of the log `from`: puts the sealed half of each
// part there that opens with a key to what its entry commits to. The parts that are left.
Result<std::vector<UnreadPart>> MendParts(const LedgerOptions& from, const PartsToMend& parts,
                                          const std::filesystem::path& copy);

// What a database holds, read and hashed.
struct DatabaseTree {
  std::uint64_t size = 0;
  crypto::Hash root;
};
// kDataLoss when an entry is missing or damaged.
Result<DatabaseTree> ReadDatabaseTree(const LedgerOptions& options, const Share& progress);

// The root over the first `size` entries, while others may append. kDataLoss as above.
Result<crypto::Hash> ReadRoot(const LedgerOptions& options, std::uint64_t size,
                              const Share& progress);

// Takes the entries beyond the database's from the folder of a published log: its checkpoint must
// be signed by the log's key, and its entries must follow from those of the database. Their
// confidential parts are not in a published log. The tiles that it has for earlier checkpoints are
// remembered: each is signed again, to the same bytes. kDataLoss when the two logs differ, or when
// the folder does not have what its checkpoint promises. The size that the published log has; the
// database is then at least as long.
Result<std::uint64_t> BringForward(const LedgerOptions& options, const crypto::PrivateKey& signer,
                                   const std::filesystem::path& published, const Share& progress);

}  // namespace proviso::ledger

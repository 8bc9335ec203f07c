#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "crypto/ed25519.h"
#include "crypto/hash.h"
#include "ledger/options.h"

namespace proviso::ledger {

// Hears how far long work has come, 0 to 1.
using Share = std::function<void(double)>;

// Writes the database of `from` up to entry `size` into the new file `to`: entries, sealed parts,
// checkpoints, and no key of a part, not even where one was. Others may append and erase meanwhile.
// Durable when it returns. kFailedPrecondition when the database is not in proviso.db.
Status CopyDatabase(const LedgerOptions& from, std::uint64_t size, const std::filesystem::path& to,
                    const Share& progress);

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
Result<PartKeys> ReadPartKeys(const LedgerOptions& options, std::uint64_t size);
Bytes FormatPartKeys(const PartKeys& keys);
// kDataLoss for a file that is cut short or changed.
Result<PartKeys> ParsePartKeys(ByteView file);

// For a database that CopyDatabase wrote, and nobody has opened yet. Keys of parts that it does not
// have are passed over. How many were put in.
Result<std::uint64_t> InsertPartKeys(const LedgerOptions& options, const PartKeys& keys);

// What a database holds, read and hashed.
struct DatabaseTree {
  std::uint64_t size = 0;
  crypto::Hash root;
};
// kDataLoss when an entry is missing or damaged. With `at`: the tree of the first so many.
Result<DatabaseTree> ReadDatabaseTree(const LedgerOptions& options, const Share& progress);

// Takes the entries beyond the database's from the folder of a published log: its checkpoint must
// be signed by the log's key, and its entries must follow from those of the database. Their
// confidential parts are not in a published log. The tiles that it has for earlier checkpoints are
// remembered: each is signed again, to the same bytes. kDataLoss when the two logs differ, or when
// the folder does not have what its checkpoint promises. The size that the published log has; the
// database is then at least as long.
Result<std::uint64_t> BringForward(const LedgerOptions& options, const crypto::PrivateKey& signer,
                                   const std::filesystem::path& published, const Share& progress);

}  // namespace proviso::ledger

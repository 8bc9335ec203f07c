#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "crypto/hash.h"
#include "crypto/note.h"
#include "io/files/file_system.h"
#include "ledger/checkpoint.h"

namespace proviso::ledger {

inline constexpr std::string_view kProofHeader = "c2sp.org/tlog-proof@v1";
// A larger entry travels beside its proof: other readers give up on lines of 64 KiB, and base64
// takes four characters for three bytes.
inline constexpr std::size_t kProofEntryBytesMax = 48'000;

// That one entry is in the log, for somebody who has no more of it (C2SP tlog-proof).
struct Proof {
  std::uint64_t index = 0;
  Bytes entry;
  std::vector<crypto::Hash> path;  // beside the way from the entry to the root, lowest first
  Checkpoint checkpoint;

  bool CarriesEntry() const { return entry.size() <= kProofEntryBytesMax; }
  // The file, with the entry in it when it is not too large.
  std::string ToText() const;
  // {"entry" (base64), "entry_inside", "index", "origin", "proof" (the file), "root", "size"}
  Json ToJson() const;
};

// Proves entry `index` by the files of a log's folder, against its newest checkpoint, which must be
// signed by `verifier`. The proof is checked before it is given. kNotFound when the log has no such
// entry; kDataLoss when a file that it takes is missing or damaged.
Result<Proof> ProveEntry(io::FileSystem& files, const std::filesystem::path& log,
                         const crypto::NoteVerifier& verifier, std::uint64_t index);

// The same against `note`, which may be an older checkpoint of the log, with more signatures.
Result<Proof> ProveEntryTo(io::FileSystem& files, const std::filesystem::path& log,
                           const crypto::NoteVerifier& verifier, std::uint64_t index,
                           std::string_view note);

// That the log of `checkpoint` only grew from its first `old_size` entries (RFC 6962, section
// 2.1.2), by the files of its folder. 1 <= old_size <= its size.
Result<std::vector<crypto::Hash>> ProveGrowth(io::FileSystem& files,
                                              const std::filesystem::path& log,
                                              const Checkpoint& checkpoint, std::uint64_t old_size);

}  // namespace proviso::ledger

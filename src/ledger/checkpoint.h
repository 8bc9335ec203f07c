#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "crypto/hash.h"
#include "crypto/note.h"

namespace proviso::ledger {

// Larger files are none: a checkpoint has some hundred bytes, and so many for each signature.
inline constexpr std::uint64_t kCheckpointBytesMax = std::uint64_t{1} << 20U;

// What the log's key has signed: the tree at one size (C2SP tlog-checkpoint).
struct Checkpoint {
  std::string origin;
  std::uint64_t size = 0;
  crypto::Hash root;
  std::string note;  // the signed text as it is published
};

// Three lines: origin, size, root. No extension lines: some witnesses refuse them.
std::string CheckpointText(std::string_view origin, std::uint64_t size, const crypto::Hash& root);

Checkpoint SignCheckpoint(const std::string& origin, std::uint64_t size, const crypto::Hash& root,
                          const crypto::PrivateKey& key);

// Refuses (kDataLoss) what `verifier` did not sign, what belongs to another origin, and any form
// but the one that CheckpointText writes.
Result<Checkpoint> OpenCheckpoint(std::string_view note, const crypto::NoteVerifier& verifier);

// Who signed `note`, each as `name+id` in backticks, where it is another log's: another origin's,
// or of the same origin under another key. Empty when it is this log's, also a damaged one, or no
// note.
std::string OtherLogThatSigned(std::string_view note, const crypto::NoteVerifier& verifier);

}  // namespace proviso::ledger

#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "crypto/hash.h"
#include "crypto/note.h"

namespace proviso::verifier {

// What the log's signed checkpoint commits to (C2SP tlog-checkpoint).
struct Checkpoint {
  std::uint64_t size = 0;
  crypto::Hash root;
};

// kDataLoss, with what was expected and found, unless `note` is a checkpoint that `log` signed.
Result<Checkpoint> ReadCheckpoint(std::string_view note, const crypto::NoteVerifier& log);

// Whether a note is signed, and not by the key of `log`: then it says nothing about that log.
bool IsOfAnotherLog(std::string_view note, const crypto::NoteVerifier& log);

}  // namespace proviso::verifier

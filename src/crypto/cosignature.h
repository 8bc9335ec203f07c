#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/ed25519.h"
#include "crypto/note.h"

namespace proviso::crypto {

// Other readers keep the time of a cosignature in 63 bits.
inline constexpr std::uint64_t kCosignatureTimeMax = 0x7FFF'FFFF'FFFF'FFFF;

// The public key of a cosigner of checkpoints: cosignature/v1 with Ed25519 (C2SP tlog-cosignature),
// "<name>+<8 hex>+<base64(0x04 || key)>". What such a key has signed says when, and cannot be taken
// for the signature of a log.
struct Cosigner {
  std::string name;
  PublicKey key;

  std::uint32_t KeyId() const;
  std::string ToText() const;
  // kInvalidArgument, also for keys of other types.
  static Result<Cosigner> FromText(std::string_view vkey);
  bool operator==(const Cosigner&) const = default;
};

// The line that stands below the note `text` (which must end in a newline): its signer saw, at
// `time` (seconds since 1970, at most kCosignatureTimeMax), no larger tree that contradicts it.
NoteSignature Cosign(std::string_view text, std::string_view name, const PrivateKey& key,
                     std::uint64_t time);

struct Cosigned {
  std::size_t cosigner = 0;  // which of those that were asked for
  std::uint64_t time = 0;    // the latest, when it signed several times
  NoteSignature line;        // of that time
};
// Which of `cosigners` signed the note, in their order. Unknown signers are ignored; a line of a
// known one that does not hold refuses the whole note (kDataLoss), as a malformed note does.
Result<std::vector<Cosigned>> FindCosignatures(std::string_view note,
                                               const std::vector<Cosigner>& cosigners);

}  // namespace proviso::crypto

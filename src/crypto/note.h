#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "crypto/ed25519.h"

namespace proviso::crypto {

// One signature line of a note, taken apart. Nothing in it is believed yet.
struct NoteSignature {
  std::string name;
  std::uint32_t key_id = 0;
  Bytes signature;

  std::string ToLine() const;  // "— <name> <base64(id || signature)>" and a line end
};

struct SplitNote {
  std::string_view text;  // a view into the note; ends in a newline
  std::vector<NoteSignature> signatures;
};
// Refuses (kDataLoss) malformed notes. Up to 100 signature lines, 1 MiB in all.
Result<SplitNote> TakeNoteApart(std::string_view note);

// Whether a key may be called so: not empty, UTF-8, no white space, no control character, no `+`.
bool IsNoteName(std::string_view name);

// "<name>+<8 hex>+<base64(type || key)>", taken apart.
struct TypedKey {
  std::string name;
  std::uint8_t type = 0;
  Bytes key;

  std::uint32_t KeyId() const;  // SHA-256(name || 0x0A || type || key)[:4], big-endian
  std::string ToText() const;
  // kInvalidArgument, also for a key id that does not belong to the key.
  static Result<TypedKey> FromText(std::string_view vkey);
};

// The public key of a note signer (C2SP signed-note v1.0.0): "<name>+<8 hex>+<base64(0x01 ||
// key)>".
struct NoteVerifier {
  std::string name;
  PublicKey key;

  std::uint32_t KeyId() const;  // SHA-256(name || 0x0A || 0x01 || key)[:4], big-endian
  std::string ToText() const;
  static Result<NoteVerifier> FromText(std::string_view vkey);
  bool operator==(const NoteVerifier&) const = default;
};

// `text` (which must end in a newline) with one signature line: "— <name> <base64(id || sig)>".
std::string SignNote(std::string_view text, std::string_view name, const PrivateKey& key);

struct OpenedNote {
  std::string text;                   // ends in a newline
  std::vector<std::string> verified;  // names whose signatures hold
};
// Refuses (kDataLoss) malformed notes, bad signatures of known keys, and notes that none of
// `verifiers` signed. Unknown signers are ignored. Up to 100 signature lines, 1 MiB in all.
Result<OpenedNote> OpenNote(std::string_view note, const std::vector<NoteVerifier>& verifiers);

}  // namespace proviso::crypto

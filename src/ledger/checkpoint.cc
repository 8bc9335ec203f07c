#include "ledger/checkpoint.h"

#include <algorithm>
#include <charconv>

namespace proviso::ledger {
namespace {

std::string KeyIdText(std::uint32_t id) {
  constexpr std::uint32_t kByte = 0xFF;
  Bytes bytes;
  for (const unsigned shift : {24U, 16U, 8U, 0U}) {
    bytes.push_back(static_cast<std::uint8_t>(id >> shift & kByte));
  }
  return HexEncode(bytes);
}

// Whether `line`, which does not name our key, is what one flipped byte made of our signature line.
// One letter of the base64 holds the end of the key id and four bits of the signature: all are
// tried.
bool HoldsOurSignature(std::string_view text, const crypto::NoteSignature& line,
                       const crypto::PublicKey& key) {
  constexpr unsigned kFirstBits = 4;
  Bytes bytes = line.signature;
  for (unsigned bits = 0; bits < 1U << kFirstBits; ++bits) {
    bytes.front() = static_cast<std::uint8_t>(bits << kFirstBits | (bytes.front() & 0x0FU));
    const auto signature = crypto::Signature::FromBytes(bytes);
    if (signature && crypto::Verify(key, AsBytes(text), *signature)) return true;
  }
  return false;
}

}  // namespace

std::string CheckpointText(std::string_view origin, std::uint64_t size, const crypto::Hash& root) {
  std::string text(origin);
  text += "\n" + std::to_string(size) + "\n" + Base64Encode(root.bytes) + "\n";
  return text;
}

Checkpoint SignCheckpoint(const std::string& origin, std::uint64_t size, const crypto::Hash& root,
                          const crypto::PrivateKey& key) {
  const std::string text = CheckpointText(origin, size, root);
  return {
      .origin = origin, .size = size, .root = root, .note = crypto::SignNote(text, origin, key)};
}

Result<Checkpoint> OpenCheckpoint(std::string_view note, const crypto::NoteVerifier& verifier) {
  const crypto::OpenedNote opened =
      PROVISO_TRY_DOING(crypto::OpenNote(note, {verifier}), "open checkpoint");
  const auto refuse = [](std::string_view what) {
    return Fail(ErrorCode::kDataLoss, "open checkpoint: expected " + std::string(what));
  };
  const std::size_t first = opened.text.find('\n');
  const std::size_t second = opened.text.find('\n', first + 1);
  if (second == std::string::npos) return refuse("lines of origin, size and root");
  Checkpoint checkpoint;
  checkpoint.origin = opened.text.substr(0, first);
  if (checkpoint.origin != verifier.name) {
    return refuse("origin `" + verifier.name + "`, found `" + checkpoint.origin + "`");
  }
  const char* start = opened.text.data() + first + 1;
  const char* end = opened.text.data() + second;
  if (std::from_chars(start, end, checkpoint.size).ec != std::errc()) return refuse("a size");
  const std::string_view root =
      std::string_view(opened.text).substr(second + 1, opened.text.size() - second - 2);
  const auto root_bytes = Base64Decode(root);
  if (!root_bytes || root_bytes->size() != crypto::Hash::kSize) return refuse("a root of 32 bytes");
  checkpoint.root = PROVISO_TRY(crypto::Hash::FromBytes(*root_bytes));
  // One form only: no leading zeros, no extension lines, nothing after the number.
  if (CheckpointText(checkpoint.origin, checkpoint.size, checkpoint.root) != opened.text) {
    return refuse("the canonical form of origin, size and root");
  }
  checkpoint.note = note;
  return checkpoint;
}

std::string OtherLogThatSigned(std::string_view note, const crypto::NoteVerifier& verifier) {
  const auto apart = crypto::TakeNoteApart(note);
  if (!apart) return {};
  const std::string origin(apart->text.substr(0, apart->text.find('\n')));
  const auto is_ours = [&](const crypto::NoteSignature& line) {
    if (line.name == verifier.name && line.key_id == verifier.KeyId()) return true;
    return origin == verifier.name && HoldsOurSignature(apart->text, line, verifier.key);
  };
  if (std::ranges::any_of(apart->signatures, is_ours)) return {};
  std::string signers;
  for (const crypto::NoteSignature& line : apart->signatures) {
    if (line.name != origin && apart->signatures.size() > 1) continue;  // a witness
    signers += (signers.empty() ? "`" : ", `") + line.name + "+" + KeyIdText(line.key_id) + "`";
  }
  return signers.empty() ? "others, in the name of `" + origin + "`" : signers;
}

}  // namespace proviso::ledger

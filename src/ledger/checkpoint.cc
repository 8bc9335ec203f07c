#include "ledger/checkpoint.h"

#include <charconv>

namespace proviso::ledger {

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

}  // namespace proviso::ledger

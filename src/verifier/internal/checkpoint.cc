#include "verifier/internal/checkpoint.h"

#include <algorithm>
#include <charconv>
#include <vector>

namespace proviso::verifier {
namespace {

tl::unexpected<Error> Bad(std::string what) { return Fail(ErrorCode::kDataLoss, std::move(what)); }

Result<std::uint64_t> ReadSize(std::string_view text) {
  std::uint64_t size = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), size);
  const bool canonical = error == std::errc() && end == text.data() + text.size() &&
                         (text == "0" || text.front() != '0');
  // Beyond 2^63 other readers give up.
  if (!canonical || size > static_cast<std::uint64_t>(INT64_MAX)) {
    return Bad("expected a size, found `" + std::string(text.substr(0, 80)) + "`");
  }
  return size;
}

std::vector<std::string_view> Lines(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    lines.push_back(text.substr(0, end));
    text.remove_prefix(end + 1);
  }
  return lines;
}

std::string NameAndId(const std::string& name, std::uint32_t id) {
  constexpr std::uint32_t kByte = 0xFF;
  Bytes bytes;
  for (const unsigned shift : {24U, 16U, 8U, 0U}) {
    bytes.push_back(static_cast<std::uint8_t>(id >> shift & kByte));
  }
  return "`" + name + "+" + HexEncode(bytes) + "`";
}

// Who signed `note`, which the key of `log` did not; empty when that key did, or it is no note.
std::string SignedByOthers(std::string_view note, const crypto::NoteVerifier& log) {
  const auto apart = crypto::TakeNoteApart(note);
  if (!apart || apart->signatures.empty()) return {};
  const auto is_ours = [&](const crypto::NoteSignature& line) {
    return line.name == log.name && line.key_id == log.KeyId();
  };
  if (std::ranges::any_of(apart->signatures, is_ours)) return {};
  const std::string origin(apart->text.substr(0, apart->text.find('\n')));
  std::string signers;
  for (const crypto::NoteSignature& line : apart->signatures) {
    if (line.name != origin && apart->signatures.size() > 1) continue;  // a witness
    signers += (signers.empty() ? "" : ", ") + NameAndId(line.name, line.key_id);
  }
  const std::string wanted = "expected the key " + NameAndId(log.name, log.KeyId()) + ", found ";
  return wanted + (signers.empty() ? "none of its origin `" + origin + "`" : signers);
}

}  // namespace

bool IsOfAnotherLog(std::string_view note, const crypto::NoteVerifier& log) {
  return !SignedByOthers(note, log).empty();
}

Result<Checkpoint> ReadCheckpoint(std::string_view note, const crypto::NoteVerifier& log) {
  const std::string others = SignedByOthers(note, log);
  if (!others.empty()) {
    const bool same_name = note.starts_with(log.name + "\n");
    return Bad((same_name ? "no signature of a known key, but of another log's of the same name: "
                          : "it is another log's: ") +
               others);
  }
  const crypto::OpenedNote opened = PROVISO_TRY(crypto::OpenNote(note, {log}));
  const std::vector<std::string_view> lines = Lines(opened.text);
  if (lines.size() != 3) {
    return Bad("expected the three lines origin, size and root, found " +
               std::to_string(lines.size()));
  }
  if (lines[0] != log.name) {
    return Bad("expected the origin `" + log.name + "`, found `" + std::string(lines[0]) + "`");
  }
  Checkpoint checkpoint;
  checkpoint.size = PROVISO_TRY(ReadSize(lines[1]));
  const auto root = Base64Decode(lines[2]);
  if (!root || root->size() != crypto::Hash::kSize) {
    return Bad("expected a root of 32 bytes in base64, found `" + std::string(lines[2]) + "`");
  }
  std::ranges::copy(*root, checkpoint.root.bytes.begin());
  return checkpoint;
}

}  // namespace proviso::verifier

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

}  // namespace

Result<Checkpoint> ReadCheckpoint(std::string_view note, const crypto::NoteVerifier& log) {
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

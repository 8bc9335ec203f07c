#include "witness/add_checkpoint.h"

#include <charconv>
#include <optional>

namespace proviso::witness {
namespace {

constexpr std::string_view kOld = "old ";
constexpr std::size_t kShownMax = 80;

tl::unexpected<Error> Bad(std::string_view place, std::string_view expected,
                          std::string_view found) {
  std::string shown;
  for (const char c : found.substr(0, kShownMax)) shown += c >= 0x20 && c < 0x7F ? c : '?';
  return Fail(ErrorCode::kInvalidArgument, std::string(place) + ": expected " +
                                               std::string(expected) + ", found `" + shown + "`");
}

// The next line without its end, taken off `rest`; empty when no line end is left.
std::optional<std::string_view> NextLine(std::string_view& rest) {
  const std::size_t end = rest.find('\n');
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view line = rest.substr(0, end);
  rest.remove_prefix(end + 1);
  return line;
}

Result<crypto::Hash> ReadHash(std::string_view line, std::string_view place) {
  const auto bytes = Base64Decode(line);
  if (!bytes || bytes->size() != crypto::Hash::kSize) {
    return Bad(place, "a hash of 32 bytes in canonical base64", line);
  }
  return crypto::Hash::FromBytes(*bytes);
}

}  // namespace

std::string AddCheckpoint::ToText() const {
  std::string text = std::string(kOld) + std::to_string(old_size) + "\n";
  for (const crypto::Hash& hash : proof) text += Base64Encode(hash.bytes) + "\n";
  return text + "\n" + note;
}

Result<std::uint64_t> ReadTreeSize(std::string_view text) {
  std::uint64_t size = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, size);
  const bool canonical =
      error == std::errc() && stop == end && (text == "0" || text.front() != '0');
  if (!canonical || size > kTreeSizeMax) {
    return Bad("size", "a number without leading zeros, at most 2^63 - 1", text);
  }
  return size;
}

Result<AddCheckpoint> ReadAddCheckpoint(std::string_view body) {
  if (body.size() > kAddCheckpointBytesMax) {
    return Fail(ErrorCode::kInvalidArgument, "expected at most " +
                                                 std::to_string(kAddCheckpointBytesMax) +
                                                 " bytes, found " + std::to_string(body.size()));
  }
  auto line = NextLine(body);
  if (!line || !line->starts_with(kOld)) {
    return Bad("line 1", "`old ` and a size", line.value_or(body));
  }
  AddCheckpoint request;
  request.old_size = PROVISO_TRY_DOING(ReadTreeSize(line->substr(kOld.size())), "line 1");
  for (std::size_t number = 2;; ++number) {
    const std::string place = "line " + std::to_string(number);
    line = NextLine(body);
    if (!line) return Bad(place, "a hash, or an empty line before the checkpoint", body);
    if (line->empty()) break;
    if (request.proof.size() == verifier::kConsistencyHashesMax) {
      return Bad(place, "at most 63 hashes", *line);
    }
    request.proof.push_back(PROVISO_TRY(ReadHash(*line, place)));
  }
  request.note = body;
  return request;
}

Result<CheckpointHead> ReadCheckpointHead(std::string_view text) {
  CheckpointHead head;
  const auto origin = NextLine(text);
  const auto size = NextLine(text);
  const auto root = NextLine(text);
  if (!root || origin->empty()) {
    return Bad("checkpoint", "the lines origin, size and root", origin.value_or(text));
  }
  head.origin = *origin;
  head.tree.size = PROVISO_TRY_DOING(ReadTreeSize(*size), "checkpoint");
  head.tree.root = PROVISO_TRY(ReadHash(*root, "checkpoint: root"));
  while (!text.empty()) {
    const auto extension = NextLine(text);
    if (!extension || extension->empty()) {
      return Bad("checkpoint", "no empty line after the root", extension.value_or(text));
    }
  }
  return head;
}

}  // namespace proviso::witness

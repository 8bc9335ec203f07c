#include "verifier/internal/addenda_index.h"

namespace proviso::verifier {
namespace {

constexpr std::size_t kOffsetSize = 4;
constexpr std::size_t kDigestSize = 32;

}  // namespace

std::size_t AddendaIndex::Offset(std::size_t addendum) const {
  std::size_t value = 0;
  for (const std::uint8_t byte : offsets.subspan(addendum * kOffsetSize, kOffsetSize)) {
    value = value << 8U | byte;
  }
  return value;
}

ByteView AddendaIndex::Digest(std::size_t addendum) const {
  return content.subspan(Offset(addendum), kDigestSize);
}

std::optional<std::string> ReadAddendaIndex(ByteView entry, AddendaIndex& index) {
  if (entry.empty()) return "expected an index of addenda, found no byte";
  index.count = entry.back();
  const std::size_t tail = index.count * kOffsetSize + 1;
  if (entry.size() < tail) {
    return "expected " + std::to_string(tail) + " bytes for the index of " +
           std::to_string(index.count) + " addenda, found " + std::to_string(entry.size());
  }
  index.content = entry.first(entry.size() - tail);
  index.offsets = entry.subspan(index.content.size(), tail - 1);
  for (std::size_t i = 0; i < index.count; ++i) {
    const std::size_t offset = index.Offset(i);
    if (offset > index.content.size() || index.content.size() - offset < kDigestSize) {
      return "addendum " + std::to_string(i) + ": expected its 32 bytes of digest within the " +
             std::to_string(index.content.size()) + " bytes of content, found them at " +
             std::to_string(offset);
    }
  }
  return std::nullopt;
}

}  // namespace proviso::verifier

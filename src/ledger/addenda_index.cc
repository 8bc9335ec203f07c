#include "ledger/addenda_index.h"

#include <string>

namespace proviso::ledger {
namespace {

constexpr std::size_t kOffsetBytes = 4;

std::size_t ReadU32(ByteView bytes) {
  std::size_t value = 0;
  for (const std::uint8_t byte : bytes.first(kOffsetBytes)) value = value << 8U | byte;
  return value;
}

tl::unexpected<Error> Damaged(const std::string& expected) {
  return Fail(ErrorCode::kDataLoss, "index of addenda: expected " + expected);
}

}  // namespace

Result<AddendaIndex> ReadAddendaIndex(ByteView entry) {
  if (entry.empty()) return Damaged("a last byte that counts them, found no byte");
  const std::size_t count = entry.back();
  const std::size_t size = count * kOffsetBytes + 1;
  if (entry.size() < size) {
    return Damaged(std::to_string(size) + " bytes for " + std::to_string(count) +
                   " addenda, found " + std::to_string(entry.size()));
  }
  AddendaIndex index;
  index.content_size = entry.size() - size;
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t at = ReadU32(entry.subspan(index.content_size + i * kOffsetBytes));
    if (at > index.content_size || index.content_size - at < crypto::Hash::kSize) {
      return Damaged("digest " + std::to_string(i) + " within the " +
                     std::to_string(index.content_size) + " bytes of the content, found it at " +
                     std::to_string(at));
    }
    const auto digest =
        PROVISO_TRY(crypto::Hash::FromBytes(entry.subspan(at, crypto::Hash::kSize)));
    index.places.push_back({.offset = at, .digest = digest});
  }
  return index;
}

}  // namespace proviso::ledger

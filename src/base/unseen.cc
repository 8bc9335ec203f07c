#include "base/unseen.h"

namespace proviso {

// Of such, UTF-8 has few forms, so that nothing else need be decoded.
std::optional<Unseen> UnseenAtFront(std::string_view text) {
  const auto byte = [&](std::size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
  };
  if (text.empty()) return std::nullopt;
  if (byte(0) < 0x20 || byte(0) == 0x7F) return Unseen{byte(0), 1};
  if (byte(0) == 0xC2 && byte(1) >= 0x80 && byte(1) <= 0x9F) return Unseen{byte(1), 2};
  if (byte(0) != 0xE2) return std::nullopt;
  const bool overrides = byte(1) == 0x80 && byte(2) >= 0xAA && byte(2) <= 0xAE;
  const bool isolates = byte(1) == 0x81 && byte(2) >= 0xA6 && byte(2) <= 0xA9;
  if (!overrides && !isolates) return std::nullopt;
  return Unseen{0x2000U | ((byte(1) & 0x3FU) << 6U) | (byte(2) & 0x3FU), 3};
}

}  // namespace proviso

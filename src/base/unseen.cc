#include "base/unseen.h"

#include <algorithm>

#include "base/bytes.h"

namespace proviso {
namespace {

constexpr std::size_t kUtf8BytesMax = 4;

// Bytes of the character at the front; 0 when they are no UTF-8.
std::size_t CharacterBytes(std::string_view text) {
  for (std::size_t bytes = 1; bytes <= std::min(text.size(), kUtf8BytesMax); ++bytes) {
    if (IsUtf8(text.substr(0, bytes))) return bytes;
  }
  return 0;
}

std::string HexDigits(unsigned value, unsigned digits) {
  std::string text;
  for (unsigned i = digits; i > 0; --i) text += "0123456789abcdef"[(value >> (4 * (i - 1))) & 15U];
  return text;
}

}  // namespace

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

std::string Visible(std::string_view text, LineFeeds lines) {
  std::string shown;
  shown.reserve(text.size());
  while (!text.empty()) {
    const std::optional<Unseen> unseen = UnseenAtFront(text);
    std::size_t bytes = unseen ? unseen->bytes : CharacterBytes(text);
    if (unseen && !(lines == LineFeeds::kKept && text.front() == '\n')) {
      shown += "\\u" + HexDigits(unseen->code, 4);
    } else if (bytes > 0) {
      shown += text.substr(0, bytes);
    } else {
      shown += "\\u" + HexDigits(static_cast<unsigned char>(text.front()), 4);
      bytes = 1;
    }
    text.remove_prefix(bytes);
  }
  return shown;
}

}  // namespace proviso

#include "disclosure/internal/clean_text.h"

#include <array>
#include <cstdint>
#include <cstdio>

namespace proviso::disclosure {
namespace {

constexpr std::uint32_t kReplacement = 0xFFFD;

struct Character {
  std::uint32_t code = kReplacement;
  std::size_t bytes = 1;
};

// The character that `text`, which is not empty, begins with.
Character First(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  if (byte(0) < 0x80) return {byte(0), 1};
  std::size_t bytes = 0;
  std::uint32_t code = 0;
  std::uint32_t least = 0;
  if ((byte(0) & 0xE0U) == 0xC0) {
    bytes = 2, code = byte(0) & 0x1FU, least = 0x80;
  } else if ((byte(0) & 0xF0U) == 0xE0) {
    bytes = 3, code = byte(0) & 0x0FU, least = 0x800;
  } else if ((byte(0) & 0xF8U) == 0xF0) {
    bytes = 4, code = byte(0) & 0x07U, least = 0x10000;
  }
  if (bytes == 0 || bytes > text.size()) return {};
  for (std::size_t i = 1; i < bytes; ++i) {
    if ((byte(i) & 0xC0U) != 0x80) return {};
    code = (code << 6U) | (byte(i) & 0x3FU);
  }
  const bool surrogate = code >= 0xD800 && code <= 0xDFFF;
  if (code < least || code > 0x10FFFF || surrogate) return {};
  return {code, bytes};
}

bool IsBlank(std::uint32_t code) {
  return code <= 0x20 || (code >= 0x7F && code <= 0x9F) || code == 0x2028 || code == 0x2029;
}

// Turns the direction of reading, cannot be seen at all, or is for tags that nobody reads.
bool IsDeceptive(std::uint32_t code) {
  return code == 0xAD || code == 0x61C || code == 0x180E || code == 0x200B || code == 0x200E ||
         code == 0x200F || (code >= 0x202A && code <= 0x202E) ||
         (code >= 0x2060 && code <= 0x206F) || code == 0xFEFF ||
         (code >= 0xFFF9 && code <= 0xFFFB) || (code >= 0xE0000 && code <= 0xE007F);
}

}  // namespace

std::string CleanText(std::string_view text, bool keep_ends) {
  std::string out;
  bool blank = false;
  while (!text.empty()) {
    const Character character = First(text);
    const std::string_view bytes = text.substr(0, character.bytes);
    text.remove_prefix(character.bytes);
    if (IsBlank(character.code)) {
      blank = true;
      continue;
    }
    if (blank && (keep_ends || !out.empty())) out += ' ';
    blank = false;
    if (character.code == kReplacement) {
      out += "\xEF\xBF\xBD";
    } else if (IsDeceptive(character.code)) {
      std::array<char, 16> shown{};
      std::snprintf(shown.data(), shown.size(), "[U+%04X]", character.code);
      out += shown.data();
    } else {
      out += bytes;
    }
  }
  if (blank && keep_ends) out += ' ';
  return out;
}

}  // namespace proviso::disclosure

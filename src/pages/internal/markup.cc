#include "pages/internal/markup.h"

#include <array>
#include <charconv>
#include <cstdint>

#include "base/check.h"

namespace proviso::pages {
namespace {

constexpr char32_t kNoCharacter = 0xFFFFFFFF;

struct Character {
  char32_t value = kNoCharacter;
  std::size_t bytes = 1;
};

// The character at the beginning of `text`, which is not empty; kNoCharacter where there is none.
Character FirstCharacter(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  if (byte(0) < 0x80) return {byte(0), 1};
  const std::size_t bytes = byte(0) >= 0xF0 ? 4 : byte(0) >= 0xE0 ? 3 : 2;
  if (byte(0) < 0xC2 || byte(0) > 0xF4 || text.size() < bytes) return {};
  char32_t value = byte(0) & (0x7FU >> bytes);
  for (std::size_t i = 1; i < bytes; ++i) {
    if ((byte(i) & 0xC0U) != 0x80U) return {};
    value = (value << 6U) | (byte(i) & 0x3FU);
  }
  constexpr std::array<char32_t, 5> kLowest{0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = value >= 0xD800 && value <= 0xDFFF;
  if (value < kLowest[bytes] || value > 0x10FFFF || surrogate) return {};
  return {value, bytes};
}

struct Range {
  char32_t first;
  char32_t last;
};

// Characters that reorder, hide or break text and have no business in a quotation: controls,
// soft hyphen, bidirectional marks, embeddings and isolates, zero width space, word joiner and
// invisible operators, byte order mark, interlinear annotation, noncharacters, tags. The joiners
// U+200C and U+200D stay: Persian and Hindi are written with them.
constexpr std::array<Range, 15> kNeutralised{{{0x00, 0x08},
                                              {0x0B, 0x1F},
                                              {0x7F, 0x9F},
                                              {0xAD, 0xAD},
                                              {0x61C, 0x61C},
                                              {0x180E, 0x180E},
                                              {0x200B, 0x200B},
                                              {0x200E, 0x200F},
                                              {0x2028, 0x202E},
                                              {0x2060, 0x206F},
                                              {0xFDD0, 0xFDEF},
                                              {0xFEFF, 0xFEFF},
                                              {0xFFF9, 0xFFFB},
                                              {0x1D173, 0x1D17A},
                                              {0xE0000, 0xE0FFF}}};

bool MustBeNeutralised(char32_t value) {
  if ((value & 0xFFFEU) == 0xFFFEU) return true;  // the noncharacters that end each plane
  for (const Range& range : kNeutralised) {
    if (value >= range.first && value <= range.last) return true;
  }
  return false;
}

std::string Named(char32_t value) {
  std::array<char, 8> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(),
                                 static_cast<std::uint32_t>(value), 16);
  std::string hex(digits.data(), end.ptr);
  for (char& digit : hex) {
    if (digit >= 'a') digit = static_cast<char>(digit - 'a' + 'A');
  }
  return "[U+" + std::string(hex.size() < 4 ? 4 - hex.size() : 0, '0') + hex + "]";
}

std::string_view Entity(char32_t value) {
  switch (value) {
    case '&':
      return "&amp;";
    case '<':
      return "&lt;";
    case '>':
      return "&gt;";
    case '"':
      return "&quot;";
    case '\'':
      return "&#39;";
    default:
      return {};
  }
}

// In units of the size of the letters.
double RelativeWidth(char32_t value) {
  if (value == kNoCharacter) return 1;
  if (MustBeNeutralised(value)) return 5.2;  // "[U+202E]"
  if (value >= 0x1100) return 1.05;
  if (value >= 0x80) return 0.66;
  const auto letter = static_cast<char>(value);
  if (std::string_view("iljtfr.,:;'!|()[] ").find(letter) != std::string_view::npos) return 0.42;
  if (std::string_view("mwMW@%&<>=+").find(letter) != std::string_view::npos) return 0.98;
  return letter >= 'A' && letter <= 'Z' ? 0.74 : 0.65;
}

}  // namespace

std::string Escaped(std::string_view text) {
  std::string out;
  out.reserve(text.size() + text.size() / 8);
  std::string_view rest = text.substr(0, kTextBytesMax);
  while (!rest.empty()) {
    const Character character = FirstCharacter(rest);
    const std::string_view entity = Entity(character.value);
    if (character.value == kNoCharacter) {
      out += "\xEF\xBF\xBD";
    } else if (!entity.empty()) {
      out += entity;
    } else if (MustBeNeutralised(character.value)) {
      out += Named(character.value);
    } else {
      out += rest.substr(0, character.bytes);
    }
    rest.remove_prefix(character.bytes);
  }
  if (text.size() > kTextBytesMax) {
    out += " [cut: " + std::to_string(text.size() - kTextBytesMax) + " more bytes]";
  }
  return out;
}

double TextWidth(std::string_view text, double size) {
  double width = 0;
  while (!text.empty()) {
    const Character character = FirstCharacter(text);
    width += RelativeWidth(character.value);
    text.remove_prefix(character.bytes);
  }
  return width * size;
}

std::string Fitted(std::string_view text, double width, double size) {
  if (text.size() <= kTextBytesMax && TextWidth(text, size) <= width) return std::string(text);
  double used = size;  // of the ellipsis
  std::size_t bytes = 0;
  while (bytes < text.size()) {
    const Character character = FirstCharacter(text.substr(bytes));
    used += RelativeWidth(character.value) * size;
    if (used > width) break;
    bytes += character.bytes;
  }
  return std::string(text.substr(0, bytes)) + "\xE2\x80\xA6";
}

void Markup::Start(std::string_view tag, Attributes attributes) {
  out_ += '<';
  out_ += tag;
  for (const auto& [name, value] : attributes) {
    if (value.empty()) continue;
    out_ += ' ';
    out_ += name;
    out_ += "=\"";
    out_ += Escaped(value);
    out_ += '"';
  }
}

Markup& Markup::Open(std::string_view tag, Attributes attributes) {
  Start(tag, attributes);
  out_ += '>';
  open_.emplace_back(tag);
  return *this;
}

Markup& Markup::Close() {
  PROVISO_CHECK(!open_.empty(), "nothing is open");
  out_ += "</" + open_.back() + ">";
  open_.pop_back();
  return *this;
}

Markup& Markup::Close(int count) {
  for (int i = 0; i < count; ++i) Close();
  return *this;
}

Markup& Markup::Void(std::string_view tag, Attributes attributes) {
  Start(tag, attributes);
  out_ += "/>";
  return *this;
}

Markup& Markup::Text(std::string_view text) {
  out_ += Escaped(text);
  return *this;
}

Markup& Markup::Leaf(std::string_view tag, Attributes attributes, std::string_view text) {
  return Open(tag, attributes).Text(text).Close();
}

Markup& Markup::Trusted(std::string_view markup) {
  out_ += markup;
  return *this;
}

std::string Markup::Take() {
  PROVISO_CHECK(open_.empty(), open_.back());
  return std::move(out_);
}

}  // namespace proviso::pages

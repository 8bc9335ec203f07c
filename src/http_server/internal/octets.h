#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

// What HTTP says of single bytes, asked of each byte of each request: tables, and eight at a time.
namespace proviso::http_server {

namespace internal {

inline constexpr std::array<bool, 256> kTokenBytes = [] {
  std::array<bool, 256> table{};
  for (const char byte : std::string_view("!#$%&'*+-.^_`|~0123456789"
                                          "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")) {
    table[static_cast<unsigned char>(byte)] = true;
  }
  return table;
}();

// The same bit in each byte of a word.
constexpr std::uint64_t InEachByte(std::uint64_t byte) { return byte * 0x0101010101010101U; }

// A word with its ASCII letters in lower case; other bytes stay.
constexpr std::uint64_t LowerWord(std::uint64_t word) {
  const std::uint64_t low = word & InEachByte(0x7F);
  // The high bit of a byte: above 'Z' or not, from 'A' on or not; no sum leaves its byte.
  const std::uint64_t above = low + InEachByte(0x7F - 'Z');
  const std::uint64_t from = low + InEachByte(0x80 - 'A');
  const std::uint64_t is_upper = from & ~above & ~word & InEachByte(0x80);
  return word | (is_upper >> 2U);
}

// Whether a byte of the word is below 0x20 and no tab, or is 0x7F.
constexpr bool HasControl(std::uint64_t word) {
  const std::uint64_t low = word & InEachByte(0x7F);
  const std::uint64_t from_blank = low + InEachByte(0x80 - 0x20);
  const std::uint64_t no_tab = ((low ^ InEachByte('\t')) + InEachByte(0x7F));
  const std::uint64_t no_delete = ((low ^ InEachByte(0x7F)) + InEachByte(0x7F));
  return (((~from_blank & no_tab) | ~no_delete) & ~word & InEachByte(0x80)) != 0;
}

inline std::uint64_t LoadWord(const char* bytes) {
  std::uint64_t word = 0;
  std::memcpy(&word, bytes, sizeof word);
  return word;
}

}  // namespace internal

// How many bytes at the front of `text` a token may have (RFC 9110, section 5.6.2).
inline std::size_t TokenBytes(std::string_view text) {
  const char* at = text.data();
  const char* const end = at + text.size();
  while (at != end && internal::kTokenBytes[static_cast<unsigned char>(*at)]) ++at;
  return static_cast<std::size_t>(at - text.data());
}

inline bool IsToken(std::string_view text) {
  return !text.empty() && TokenBytes(text) == text.size();
}

// No control characters but tab.
inline bool IsFieldValue(std::string_view text) {
  for (; text.size() >= 8; text.remove_prefix(8)) {
    if (internal::HasControl(internal::LoadWord(text.data()))) return false;
  }
  for (const char byte : text) {
    const auto value = static_cast<unsigned char>(byte);
    if ((value < 0x20 && byte != '\t') || value == 0x7F) return false;
  }
  return true;
}

// Whether two texts are the same but for the case of ASCII letters.
inline bool EqualsInAnyCase(std::string_view a, std::string_view b) {
  using internal::InEachByte;
  using internal::LoadWord;
  using internal::LowerWord;
  if (a.size() != b.size()) return false;
  const std::size_t size = a.size();
  if (size < 8) {
    for (std::size_t i = 0; i < size; ++i) {
      const auto x = static_cast<unsigned char>(a[i]);
      const auto y = static_cast<unsigned char>(b[i]);
      if (x != y && LowerWord(x) != LowerWord(y)) return false;
    }
    return true;
  }
  const auto equal_at = [&](std::size_t place) {
    const std::uint64_t x = LoadWord(a.data() + place);
    const std::uint64_t y = LoadWord(b.data() + place);
    // Nearly always they are the same, or differ in more than case.
    if (x == y) return true;
    return ((x ^ y) & ~InEachByte(0x20)) == 0 && LowerWord(x) == LowerWord(y);
  };
  for (std::size_t i = 0; i + 8 <= size; i += 8) {
    if (!equal_at(i)) return false;
  }
  // The last eight again, of which some were looked at.
  return equal_at(size - 8);
}

inline bool IsBlank(char byte) { return byte == ' ' || byte == '\t'; }

}  // namespace proviso::http_server

#pragma once

#include <strings.h>

#include <string_view>

// Letters of ASCII, as the formats that gateways use compare and decode them.
namespace proviso::points {

inline bool BeginsIgnoringCase(std::string_view text, std::string_view word) {
  return text.size() >= word.size() && strncasecmp(text.data(), word.data(), word.size()) == 0;
}

inline bool EqualsIgnoringCase(std::string_view text, std::string_view word) {
  return text.size() == word.size() && BeginsIgnoringCase(text, word);
}

// The value of a hexadecimal digit; -1 for any other letter.
constexpr int HexDigit(char letter) {
  if (letter >= '0' && letter <= '9') return letter - '0';
  if (letter >= 'a' && letter <= 'f') return letter - 'a' + 10;
  if (letter >= 'A' && letter <= 'F') return letter - 'A' + 10;
  return -1;
}

}  // namespace proviso::points

#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace proviso::checks {

struct Token {
  enum class Kind { kWord, kText, kSymbol, kEnd };
  Kind kind = Kind::kEnd;
  std::string text;        // of kText: without quotes and escapes
  std::size_t column = 0;  // from 1, in characters
};

// Letters, digits and `_ . / -` in ASCII, beginning with a letter or digit: needs no quotes.
bool IsBareWord(std::string_view text);

// Cuts a check into words, quoted texts and symbols; the last token is kEnd. Limits the length.
Result<std::vector<Token>> CutIntoTokens(std::string_view text);

// "check, column 12: <what>".
tl::unexpected<Error> BadCheck(std::size_t column, const std::string& what);

}  // namespace proviso::checks

#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "intake/internal/prose.h"

namespace proviso::intake {

// A proper name as a text spells it: "The Guardian", "Kestrel Police", "+972 Magazine".
struct Name {
  std::string text;
  Span place;
};

// Runs of capitalised words of a sentence, small words such as `of` inside allowed. The first word
// of the sentence counts only with another behind it, or when it stands in `known`.
std::vector<Name> ReadNames(std::string_view sentence);

// How two spellings of a name are compared: lower case, words as ReadWords gives them, without
// `the` and legal forms.
std::string NameKey(std::string_view name);

// Whether `phrase` stands in `text` (both in lower case) between word borders.
bool HasPhrase(std::string_view text, std::string_view phrase);
// Where it stands first from `from` on; npos when nowhere.
std::size_t FindPhrase(std::string_view text, std::string_view phrase, std::size_t from = 0);

}  // namespace proviso::intake

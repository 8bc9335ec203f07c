#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace proviso::intake {

// ASCII letters in lower case; all else as it is.
std::string Lower(std::string_view text);
// Without ASCII white space at its ends.
std::string_view Trimmed(std::string_view text);
// The pieces between ASCII white space.
std::vector<std::string_view> SplitWords(std::string_view text);
// The pieces between `separator`, trimmed; empty ones too.
std::vector<std::string_view> SplitAt(std::string_view text, std::string_view separator);
// `text`, or its beginning with "..." when it is longer than `bytes_max`; never a cut character.
std::string CutTo(std::string_view text, std::size_t bytes_max);
// How many characters the UTF-8 in `text` is.
std::size_t CountCharacters(std::string_view text);

}  // namespace proviso::intake

#pragma once

#include <string>
#include <string_view>

namespace proviso::disclosure {

// `text` as one line that can be shown: control characters and line ends become one space each run,
// what turns the direction of reading or cannot be seen becomes "[U+202E]", and bytes that are no
// UTF-8 become U+FFFD. Blanks at the ends stay away unless `keep_ends`.
std::string CleanText(std::string_view text, bool keep_ends);

}  // namespace proviso::disclosure

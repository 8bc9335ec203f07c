#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace proviso {

// A character that does not show itself and may deceive: a control character, which can steer a
// terminal, or one that turns the direction of reading.
struct Unseen {
  unsigned code = 0;
  std::size_t bytes = 0;  // in UTF-8
};

// The one at the front of `text`; line feeds and tabs are control characters too.
std::optional<Unseen> UnseenAtFront(std::string_view text);

// What becomes of the line feeds of a text that is shown.
enum class LineFeeds { kSpelt, kKept };

// `text` as a terminal may show it whoever wrote it: characters that do not show themselves, and
// bytes that are no UTF-8, are spelt as JSON does, `\u001b`, so that JSON stays JSON.
std::string Visible(std::string_view text, LineFeeds lines = LineFeeds::kSpelt);

}  // namespace proviso

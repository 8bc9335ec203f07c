#pragma once

#include <cstddef>
#include <optional>
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

}  // namespace proviso

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "http_server/message.h"

namespace proviso::http_server {

// The target of a request line, taken apart. The views point into the target or into `storage`.
struct Target {
  std::string_view path;
  std::vector<Field> query;
  std::string storage;
};

// Takes `text` apart into `target`, whose memory is used again. False when it is no origin-form
// target (RFC 9112, section 3.2.1): it does not begin with `/`, holds a blank, a control character
// or a fragment, or its path an escape that is broken or stands for zero. `text` must outlive
// `target`. Path, names and values may hold control characters: they are no words for a header.
bool ParseTarget(std::string_view text, Target& target);

}  // namespace proviso::http_server

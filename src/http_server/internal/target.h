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
// target (RFC 9112, section 3.2.1): it does not begin with `/`, holds a byte that a URI does not,
// or an escape that is broken or stands for a control character. `text` must outlive `target`.
bool ParseTarget(std::string_view text, Target& target);

}  // namespace proviso::http_server

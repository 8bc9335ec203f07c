#pragma once

#include <string_view>

#include "http_server/internal/head.h"
#include "http_server/refusal.h"

namespace proviso::http_server {

// Why `head` answered `status` when it read `text`, a whole head. It looks again at what is
// refused, so that whoever reads what is good has nothing to note.
std::string_view WhyRefused(int status, std::string_view text, const Head& head);

// The same for the body: of chunks, or too large.
std::string_view WhyBodyRefused(int status);

}  // namespace proviso::http_server

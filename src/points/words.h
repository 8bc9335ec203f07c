#pragma once

#include <string_view>

#include "http_server/message.h"
#include "points/decider.h"
#include "points/listener.h"

namespace proviso::points {

// What `channel` holds in `request`. Path segments are counted from 1, those of the request's own
// path after the listener's prefix. A segment with escapes in a header is none, as is each behind
// one: nobody else's reading of it is known.
http_server::Found FindWord(const Channel& channel, const http_server::Request& request,
                            std::string_view prefix);

// What is asked to be done, of what the listener's channels hold: `name`, the gateway's own word,
// before `word`, which may be its client's, and is a method only.
std::optional<enforcement::Operation> OperationAsked(const Listener& listener,
                                                     std::string_view word, std::string_view name);

// The question of a request that puts all four words into its head, as the listener's channels say.
Asked AskedInHead(const Listener& listener, const http_server::Request& request);

}  // namespace proviso::points

#pragma once

#include <string_view>

#include "http_server/message.h"
#include "points/json_body.h"
#include "points/json_outline.h"

namespace proviso::points {

// Whether `text` is a JSON Pointer (RFC 6901) to something below the root: "/user/id".
bool IsJsonPointer(std::string_view text);

// What stands at `pointer` in `root`. Its count is 0 when nothing does, and more than 1 when it, or
// an object on the way to it, stands there twice.
FoundMember FindAt(simdjson::dom::element root, std::string_view pointer);
FoundValue FindAt(JsonValue root, std::string_view pointer);

// The text at `pointer`; a value that is no string is not found.
http_server::Found FindTextAt(simdjson::dom::element root, std::string_view pointer);
http_server::Found FindTextAt(JsonValue root, std::string_view pointer);

}  // namespace proviso::points

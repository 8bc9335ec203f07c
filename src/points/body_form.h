#pragma once

#include <cstdint>
#include <string_view>

#include "http_server/message.h"

// How the body of a question is written, as its head says.
namespace proviso::points {

// Whether the media type of the body is `type`, whatever its parameters. Said twice, it is nothing.
bool HasMediaType(const http_server::Request& request, std::string_view type);

// What has to be undone before the body can be read; kOther is nothing that is read here.
enum class BodyCoding : std::uint8_t { kNone, kGzip, kOther };
BodyCoding CodingOf(const http_server::Request& request);

}  // namespace proviso::points

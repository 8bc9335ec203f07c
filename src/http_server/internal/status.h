#pragma once

#include <string_view>

namespace proviso::http_server {

// The statuses that the server answers with itself (RFC 9110, section 15; 431: RFC 6585).
inline constexpr int kBadRequest = 400;
inline constexpr int kBodyTooLarge = 413;
inline constexpr int kTargetTooLong = 414;
inline constexpr int kExpectationFailed = 417;
inline constexpr int kHeadTooLarge = 431;
inline constexpr int kServerError = 500;
inline constexpr int kVersionNotSupported = 505;

// The words after a status: "OK" for 200; "" for one that has none here.
std::string_view ReasonPhrase(int status);

}  // namespace proviso::http_server

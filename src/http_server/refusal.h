#pragma once

#include <string_view>

namespace proviso::http_server {

// Why a request was refused, for programs: "bad-target". All but the last are said before a handler
// sees it. Nothing of the request itself is in it.
namespace refusal {
inline constexpr std::string_view kBadLineEnd = "bad-line-end";
inline constexpr std::string_view kBadRequestLine = "bad-request-line";
inline constexpr std::string_view kBadTarget = "bad-target";
inline constexpr std::string_view kBadHeader = "bad-header";
inline constexpr std::string_view kBadFraming = "bad-framing";
inline constexpr std::string_view kBadChunk = "bad-chunk";
inline constexpr std::string_view kBadVersion = "bad-version";
inline constexpr std::string_view kBadExpectation = "bad-expectation";
inline constexpr std::string_view kTargetTooLong = "target-too-long";
inline constexpr std::string_view kHeadTooLarge = "headers-too-large";
inline constexpr std::string_view kBodyTooLarge = "body-too-large";
inline constexpr std::string_view kBadBody = "bad-body";
}  // namespace refusal

// The same for people: "path or query hold an escape that cannot be read"; empty for another code.
std::string_view RefusalInWords(std::string_view code);

}  // namespace proviso::http_server

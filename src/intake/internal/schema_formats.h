#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace proviso::intake {

// Whether `value` has the `format` of a JSON Schema (`date-time`, `uuid`, `email`, `hostname`,
// `uri`, `ipv4`, `ipv6`, `date`). Formats of other names hold for any value.
bool HasFormat(std::string_view value, std::string_view format);

// Whether `value` matches `pattern`, an expression of ECMA 262 without look-around, anywhere.
// Nothing when the pattern is not understood.
std::optional<bool> MatchesPattern(const std::string& value, std::string_view pattern);

}  // namespace proviso::intake

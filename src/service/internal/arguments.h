#pragma once

#include <optional>
#include <string_view>

#include "base/json.h"
#include "base/time.h"

namespace proviso::service {

// The day that the member `key` of a request's arguments names. kInvalidArgument when it is missing
// or no day.
Result<Date> DateAt(const Json& args, std::string_view key);
// The same, absent where the member is missing or empty.
Result<std::optional<Date>> OptionalDateAt(const Json& args, std::string_view key);

}  // namespace proviso::service

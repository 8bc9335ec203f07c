#pragma once

#include <optional>
#include <string_view>

#include "enforcement/restriction.h"

namespace proviso::points {

// The operation that a gateway means by `word`: an HTTP or WebDAV method in capitals, or the name
// of an operation (docs/formats/serve.md has the table). Absent for any other word.
std::optional<enforcement::Operation> OperationOf(std::string_view word);

}  // namespace proviso::points

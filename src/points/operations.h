#pragma once

#include <optional>
#include <string_view>

#include "enforcement/restriction.h"

namespace proviso::points {

// What an HTTP or WebDAV method in capitals does (docs/formats/serve.md has the table). Absent for
// any other word, the names of operations among them: a client chooses its method.
std::optional<enforcement::Operation> OperationOfMethod(std::string_view word);
// The operation with this name, for words that no client chooses.
std::optional<enforcement::Operation> OperationOfName(std::string_view word);
// Either.
std::optional<enforcement::Operation> OperationOf(std::string_view word);

}  // namespace proviso::points

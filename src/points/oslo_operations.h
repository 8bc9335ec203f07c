#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "enforcement/restriction.h"
#include "points/word_operations.h"

namespace proviso::points {

// How many verbs are known.
extern const std::size_t kOsloVerbCount;

// The operation that a rule of an OpenStack service is about: as `named` says, or by the verb in
// its name (docs/formats/serve.md has the table). Absent when there is none.
std::optional<enforcement::Operation> OperationOfRule(std::string_view rule,
                                                      const WordOperations& named);

}  // namespace proviso::points

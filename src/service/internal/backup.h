#pragma once

#include "service/internal/core.h"

namespace proviso::service {

// Copies the data directory, and the keys of confidential parts to another place, while others
// append. Takes its locks itself.
Result<Json> BackUp(const Context& context);

}  // namespace proviso::service

#pragma once

#include "base/json.h"
#include "service/internal/core.h"

namespace proviso::service {

// The confidential parts of one entry against what it commits to (log_opening.cc).
Result<Json> OpenLogEntry(const Context& context);

}  // namespace proviso::service

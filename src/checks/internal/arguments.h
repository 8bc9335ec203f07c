#pragma once

#include "checks/check.h"
#include "checks/internal/token_reader.h"

namespace proviso::checks {

// Reads "unit: u, class: c, region: r)" of the form that `check` already has.
Status ReadArguments(TokenReader& reader, Check& check);

}  // namespace proviso::checks

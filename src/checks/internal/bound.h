#pragma once

#include "checks/check.h"
#include "checks/internal/token_reader.h"

namespace proviso::checks {

// Reads the comparison and what follows it, as the form of `check` asks for it: ">= 5 PB", "< 8x".
Status ReadBound(TokenReader& reader, Check& check);

}  // namespace proviso::checks

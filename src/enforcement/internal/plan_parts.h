#pragma once

#include <string>

#include "base/json.h"
#include "terms/terms.h"

namespace proviso::enforcement::internal {

// What both kinds of plan are written with (docs/formats/plan.md).

// ["create","invoke"]: what `stage` denies, in the order of the operations.
Json OperationsDenied(terms::Stage stage);

// "acceptable-use@2026-01"
std::string TermsName(const terms::Terms& terms);

}  // namespace proviso::enforcement::internal

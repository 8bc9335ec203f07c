#pragma once

#include "service/internal/core.h"

namespace proviso::service {

// Removes originals that a refused or dead `report add` left, and those whose key was erased.
Status RemoveUnrecordedReports(const Instance::Core& core);

}  // namespace proviso::service

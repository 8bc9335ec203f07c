#pragma once

#include "base/time.h"

namespace proviso::review {

// The UTC day of a moment.
inline Date DayOf(Time time) { return std::chrono::floor<std::chrono::days>(time); }

}  // namespace proviso::review

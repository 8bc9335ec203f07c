#pragma once

#include <optional>
#include <string_view>

#include "base/time.h"

namespace proviso::intake {

// The day that `text` names, when it names one and nothing else: `2026-08-06` (a time of day may
// follow), `6 August 2026`, `Thursday, 6 Aug. 2026`, `August 6th, 2026`. Nothing for 06/08/2026,
// which is one day in one country and another in the next.
std::optional<Date> DayNamed(std::string_view text);

}  // namespace proviso::intake

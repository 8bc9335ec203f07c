#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "base/time.h"
#include "enforcement/act.h"
#include "service/state.h"

namespace proviso::service {

// kPermissionDenied when `act` is too old, or too far ahead, to be done `now`: so that one that was
// refused cannot be sent again later, and a clock may go wrong by little only. Says what both
// clocks said, and which of them is wrong as far as the log can tell.
Status CheckActTime(const enforcement::Act& act, Time now, const State& state);

// What is said to people while the clock here is earlier than the log's newest entry by more than
// clocks differ: one of the two is wrong. A clock that is ahead cannot be told from a log in which
// nothing happened for long.
std::optional<std::string> ClockWarning(Time now, const State& state);

}  // namespace proviso::service

#pragma once

#include <chrono>
#include <functional>

#include "base/time.h"
#include "enforcement/decision_table.h"

namespace proviso::points {

// Milliseconds of a clock that never jumps.
using UptimeClock = std::function<std::chrono::milliseconds()>;

// What an answer is made from, at one moment.
struct Sight {
  const enforcement::DecisionTable* table = nullptr;  // absent: there is none yet
  Time now;
  // How long ago somebody last knew that the table is the newest.
  std::chrono::milliseconds age{0};
  // For what takes long; absent: nobody looks how long it takes.
  const UptimeClock* uptime = nullptr;
};

}  // namespace proviso::points

#pragma once

#include <chrono>

#include "base/time.h"
#include "enforcement/decision_table.h"

namespace proviso::points {

// What an answer is made from, at one moment.
struct Sight {
  const enforcement::DecisionTable* table = nullptr;  // absent: there is none yet
  Time now;
  // How long ago somebody last knew that the table is the newest.
  std::chrono::milliseconds age{0};
};

}  // namespace proviso::points

#pragma once

#include <cstddef>
#include <string>

#include "checks/check.h"

namespace proviso::checks {

// "object-storage of unit `signals` (3 subscriptions), region nl-1".
std::string DescribeScope(const Check& check, std::size_t subscriptions);

// What was compared with what, in words.
struct Compared {
  Comparison comparison = Comparison::kAtLeast;
  bool holds = false;
  std::string value;     // "6.2 PB"
  std::string measured;  // "the mean of the day"
  std::string bound;     // "5 PB"
};

// "would fail with a threshold above 6.2 PB, or if the mean of the day were below 5 PB".
std::string Counterfactual(const Compared& compared);

}  // namespace proviso::checks

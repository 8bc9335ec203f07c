#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "checks/check.h"

namespace proviso::checks {

// "object-storage of unit `signals` (3 subscriptions), region nl-1".
std::string DescribeScope(const Check& check, std::size_t subscriptions);

// ">= 5 PB", "< 8x", "<= 60 MB/h", and the same without the comparison.
std::string Asked(const Check& check);
std::string Bound(const Check& check);

// "a, b and 3 more": at most kNamesListedMax of them, each as it is.
inline constexpr std::size_t kNamesListedMax = 6;
std::string Listed(const std::vector<std::string>& names);

// "2026-03, 2026-05 to 2026-07": runs together. Of months in their order.
std::string ListedMonths(const std::vector<Month>& months);

// "in 2026-03", "from 2026-03 to 2026-07".
std::string SpanOf(const Check& check);

// "1 line", "2 lines".
std::string Counted(std::size_t count, const std::string& one);

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

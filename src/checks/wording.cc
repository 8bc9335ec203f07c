#include "checks/internal/wording.h"

#include <algorithm>

#include "checks/internal/form.h"

namespace proviso::checks {
namespace {

enum class Side { kAbove, kBelow, kOrMore, kOrLess };

std::string Bounded(Side side, const std::string& bound) {
  switch (side) {
    case Side::kAbove:
      return "above " + bound;
    case Side::kBelow:
      return "below " + bound;
    case Side::kOrMore:
      return bound + " or more";
    case Side::kOrLess:
      return bound + " or less";
  }
  return bound;
}

// Where the measured amount would have to lie for the opposite outcome.
Side OppositeSide(Comparison comparison, bool holds) {
  switch (comparison) {
    case Comparison::kAtLeast:
      return holds ? Side::kBelow : Side::kOrMore;
    case Comparison::kAbove:
      return holds ? Side::kOrLess : Side::kAbove;
    case Comparison::kAtMost:
      return holds ? Side::kAbove : Side::kOrLess;
    case Comparison::kBelow:
      return holds ? Side::kOrMore : Side::kBelow;
  }
  return Side::kBelow;
}

// The same, seen from the threshold: amount < threshold is threshold > amount.
Side Mirrored(Side side) {
  switch (side) {
    case Side::kAbove:
      return Side::kBelow;
    case Side::kBelow:
      return Side::kAbove;
    case Side::kOrMore:
      return Side::kOrLess;
    case Side::kOrLess:
      return Side::kOrMore;
  }
  return side;
}

}  // namespace

std::string DescribeScope(const Check& check, std::size_t subscriptions) {
  std::string what = check.capability_class;
  if (!check.second_class.empty()) {
    what += " " + std::string(ShapeOf(check.form).second_key) + " " + check.second_class;
  }
  return what + " of " + std::string(ScopeKindName(check.scope.kind)) + " `" + check.scope.id +
         "`" +
         (check.scope.kind == Scope::Kind::kSubscription
              ? ""
              : " (" + Counted(subscriptions, "subscription") + ")") +
         (check.region.empty() ? ", all regions" : ", region " + check.region);
}

std::string Asked(const Check& check) {
  return std::string(ComparisonName(check.comparison)) + " " + Bound(check);
}

std::string Bound(const Check& check) {
  const bool apart = ShapeOf(check.form).bound != FormShape::Bound::kTimes && !check.unit.empty();
  return check.threshold.ToString() + (apart ? " " : "") + check.unit;
}

std::string Listed(const std::vector<std::string>& names) {
  const std::size_t shown = std::min(names.size(), kNamesListedMax);
  std::string out;
  for (std::size_t i = 0; i < shown; ++i) {
    const bool last = i > 0 && i + 1 == names.size();
    out += (i == 0 ? "" : (last ? " and " : ", ")) + names[i];
  }
  if (shown == names.size()) return out;
  return out + " and " + std::to_string(names.size() - shown) + " more";
}

std::string ListedMonths(const std::vector<Month>& months) {
  std::vector<std::string> runs;
  for (std::size_t begin = 0; begin < months.size();) {
    std::size_t end = begin + 1;
    while (end < months.size() && months[end] == months[end - 1] + std::chrono::months{1}) ++end;
    runs.push_back(FormatMonth(months[begin]) +
                   (end - begin == 1 ? "" : " to " + FormatMonth(months[end - 1])));
    begin = end;
  }
  return Listed(runs);
}

std::string SpanOf(const Check& check) {
  if (check.from == check.to) return "in " + FormatMonth(check.from);
  return "from " + FormatMonth(check.from) + " to " + FormatMonth(check.to);
}

std::string Counted(std::size_t count, const std::string& one) {
  return std::to_string(count) + " " + one + (count == 1 ? "" : "s");
}

std::string Counterfactual(const Compared& compared) {
  const Side side = OppositeSide(compared.comparison, compared.holds);
  const Side threshold = Mirrored(side);
  const bool of = threshold == Side::kOrMore || threshold == Side::kOrLess;
  return std::string("would ") + (compared.holds ? "fail" : "hold") + " with a threshold " +
         (of ? "of " : "") + Bounded(threshold, compared.value) + ", or if " + compared.measured +
         " were " + Bounded(side, compared.bound);
}

}  // namespace proviso::checks

#include "checks/internal/wording.h"

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
  return check.capability_class + " of " + std::string(ScopeKindName(check.scope.kind)) + " `" +
         check.scope.id + "`" +
         (check.scope.kind == Scope::Kind::kSubscription
              ? ""
              : " (" + std::to_string(subscriptions) +
                    (subscriptions == 1 ? " subscription)" : " subscriptions)")) +
         (check.region.empty() ? ", all regions" : ", region " + check.region);
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

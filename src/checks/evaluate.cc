#include "checks/evaluate.h"

#include <algorithm>
#include <set>

#include "checks/internal/wording.h"
#include "checks/quantity.h"

namespace proviso::checks {
namespace {

constexpr std::int64_t kHoursOfDay = 24;
constexpr std::chrono::days kAroundDays{30};
constexpr int kSeriesPointsMax = 400;
constexpr int kLevelDigits = 6;  // bytes are counted in GB, so this is kilobytes
constexpr int kRatioDigits = 4;

using catalogue::ClassKind;

// A check whose names were looked up.
struct Question {
  const Check& check;
  const catalogue::CapabilityClass& capability_class;
  Measurement measurement;
  Decimal threshold;  // in the unit of the class; of the ratio for growth

  bool level() const { return capability_class.kind == ClassKind::kLevel; }
};

Result<std::vector<std::string>> SubscriptionsOf(const Scope& scope, const Inventory& inventory) {
  std::set<std::string> ids;
  if (scope.kind == Scope::Kind::kSubscription) {
    ids.insert(scope.id);
  } else if (scope.kind == Scope::Kind::kCustomer) {
    for (const auto& subscription : inventory.customers->FindCustomer(scope.id)->subscriptions) {
      ids.insert(subscription.id);
    }
  } else {
    const catalogue::Unit* unit = inventory.customers->FindUnit(scope.id);
    for (const auto& [subscription, unit_id] : inventory.attributed_units) {
      if (unit_id == unit->id) ids.insert(subscription);
    }
  }
  return std::vector<std::string>(ids.begin(), ids.end());
}

// An exact quotient that is never formed, so that a comparison never rounds. `denominator` > 0.
struct Quotient {
  Decimal numerator;
  Decimal denominator;

  // The sign of this - threshold.
  int CompareTo(Decimal threshold) const {
    return CompareProducts(numerator, Decimal::FromInteger(1), threshold, denominator);
  }
  // Rounded for showing; with all digits where rounding would put it on the wrong side.
  Result<Decimal> Shown(int digits, Decimal threshold) const {
    const Decimal rounded = PROVISO_TRY(numerator.DividedBy(denominator, digits));
    const auto sign = rounded <=> threshold;
    const int exact = CompareTo(threshold);
    if ((sign < 0) == (exact < 0) && (sign > 0) == (exact > 0)) return rounded;
    return numerator.DividedBy(denominator, Decimal::kScale);
  }
};

bool Holds(Comparison comparison, int sign) {
  switch (comparison) {
    case Comparison::kAtLeast:
      return sign >= 0;
    case Comparison::kAbove:
      return sign > 0;
    case Comparison::kAtMost:
      return sign <= 0;
    case Comparison::kBelow:
      return sign < 0;
  }
  return false;
}

// True when more than was measured could not change the outcome.
bool SettledByLowerBound(Comparison comparison, bool holds) {
  const bool asks_for_much = comparison == Comparison::kAtLeast || comparison == Comparison::kAbove;
  return asks_for_much == holds;
}

Result<CheckResult::Series> PlotOf(const Question& question, const Measured& measured) {
  const Measurement& span = question.measurement;
  CheckResult::Series series{.first = span.from, .step_days = 1, .values = {}};
  const int days = static_cast<int>((span.to - span.from).count());
  series.step_days = std::max(1, (days + kSeriesPointsMax - 1) / kSeriesPointsMax);
  const Decimal one = Decimal::FromInteger(1);
  for (Date day = span.from; day < span.to; day += std::chrono::days{series.step_days}) {
    std::optional<Decimal> value = measured.total.At(day);
    if (value && question.level()) value = PROVISO_TRY(value->DividedBy(one, kLevelDigits));
    series.values.push_back(value);
  }
  return series;
}

Status DecideUsage(const Question& question, const Measured& measured, CheckResult& result) {
  const Check& check = question.check;
  const std::string day = FormatDate(check.at);
  const Month month = MonthOf(check.at);
  const bool long_rows = measured.months_with_long_rows.contains(month);
  const std::optional<Decimal> amount = measured.total.At(check.at);
  result.counterfactual = "rows of a day or less that cover " + day + " would decide it";
  if (!amount) {
    result.why += long_rows ? "only rows longer than a day cover " + day +
                                  ", and those are never spread over days"
                            : "no row covers " + day;
    return {};
  }
  const Quotient quotient{*amount, Decimal::FromInteger(1)};
  result.value = PROVISO_TRY(
      quotient.Shown(question.level() ? kLevelDigits : Decimal::kScale, question.threshold));
  const std::string shown = ReadableQuantity(*result.value, result.unit);
  const bool holds = Holds(check.comparison, quotient.CompareTo(question.threshold));
  result.why += shown + (question.level() ? " on average over " : " on ") + day + ", asked for " +
                std::string(ComparisonName(check.comparison)) + " " + check.threshold.ToString() +
                " " + check.unit;
  if (long_rows && !SettledByLowerBound(check.comparison, holds)) {
    result.why += "; rows longer than a day in " + FormatMonth(month) +
                  " come on top and are never spread over days, so this is a lower bound only";
    return {};
  }
  result.holds = holds;
  result.counterfactual = Counterfactual(
      {.comparison = check.comparison,
       .holds = holds,
       .value = shown,
       .measured = question.level() ? "the mean of the day" : "the amount of the day",
       .bound = check.threshold.ToString() + " " + check.unit});
  return {};
}

// What a month adds up to, as a quotient of unit-hours by hours for a level.
struct MonthTotal {
  Decimal amount;
  Decimal hours;        // 1 for a flow
  std::string missing;  // why there is none; empty when there is one
  std::string remark;
};

MonthTotal TotalOf(const Question& question, const Measured& measured, Month month) {
  MonthTotal total;
  const std::string name = FormatMonth(month);
  const int days = static_cast<int>((EndDay(month) - FirstDay(month)).count());
  total.hours = Decimal::FromInteger(question.level() ? days * kHoursOfDay : 1);
  const auto found = measured.months.find(month);
  if (found == measured.months.end()) {
    total.missing = "no row covers " + name;
    return total;
  }
  total.amount = found->second;
  int covered = 0;
  for (Date day = FirstDay(month); day < EndDay(month); day += std::chrono::days{1}) {
    if (measured.total.At(day)) ++covered;
  }
  const std::string share = std::to_string(covered) + " of " + std::to_string(days) + " days";
  if (measured.months_with_long_rows.contains(month)) {
    // Long rows carry whole months, so days tell nothing about what is covered.
    total.remark = "; " + name + " counts rows longer than a day";
  } else if (covered < days && question.level()) {
    total.missing = name + " is covered on " + share + " only, which gives no mean of the month";
  } else if (covered < days) {
    total.remark = "; " + name + " has rows on " + share + ", the others count as no use";
  }
  return total;
}

Status DecideGrowth(const Question& question, const Measured& measured, CheckResult& result) {
  const Check& check = question.check;
  const MonthTotal before = TotalOf(question, measured, check.from);
  const MonthTotal after = TotalOf(question, measured, check.to);
  const std::string from = FormatMonth(check.from);
  const std::string to = FormatMonth(check.to);
  result.counterfactual = "rows that cover all of " + from + " and " + to + " would decide it";
  if (!before.missing.empty() || !after.missing.empty()) {
    result.why += before.missing;
    if (!before.missing.empty() && !after.missing.empty()) result.why += "; ";
    result.why += after.missing;
    return {};
  }
  const int digits = question.level() ? kLevelDigits : Decimal::kScale;
  const std::string& unit = question.capability_class.unit;
  result.months[from] = PROVISO_TRY(before.amount.DividedBy(before.hours, digits));
  result.months[to] = PROVISO_TRY(after.amount.DividedBy(after.hours, digits));
  const std::string of_month = question.level() ? " on average in " : " in ";
  const std::string compared = ReadableQuantity(result.months[from], unit) + of_month + from +
                               ", " + ReadableQuantity(result.months[to], unit) + of_month + to;
  if (before.amount <= Decimal()) {
    result.why += compared + ": what grew from zero has no ratio";
    result.counterfactual =
        "an amount above zero in " + from + ", or a check of the form `usage`, would decide it";
    return {};
  }
  const Quotient quotient{PROVISO_TRY(after.amount.Times(before.hours)),
                          PROVISO_TRY(before.amount.Times(after.hours))};
  result.value = PROVISO_TRY(quotient.Shown(kRatioDigits, check.threshold));
  result.holds = Holds(check.comparison, quotient.CompareTo(check.threshold));
  result.why += compared + ": " + result.value->ToString() + "x, asked for " +
                std::string(ComparisonName(check.comparison)) + " " + check.threshold.ToString() +
                "x" + before.remark + after.remark;
  result.counterfactual = Counterfactual({.comparison = check.comparison,
                                          .holds = *result.holds,
                                          .value = result.value->ToString() + "x",
                                          .measured = "the ratio",
                                          .bound = check.threshold.ToString() + "x"});
  return {};
}

Result<Question> Resolve(const Check& check, const Inventory& inventory) {
  PROVISO_TRY(ValidateCheck(check, *inventory.catalogue, *inventory.customers));
  Question question{.check = check,
                    .capability_class = *inventory.catalogue->FindClass(check.capability_class),
                    .measurement = {},
                    .threshold = check.threshold};
  Measurement& measurement = question.measurement;
  measurement.subscriptions = PROVISO_TRY(SubscriptionsOf(check.scope, inventory));
  measurement.capability_class = check.capability_class;
  measurement.region = check.region;
  if (check.form == Form::kUsage) {
    measurement.from = check.at - kAroundDays;
    measurement.to = check.at + kAroundDays + std::chrono::days{1};
    question.threshold =
        PROVISO_TRY(ConvertQuantity(check.threshold, check.unit, question.capability_class.unit));
  } else {
    measurement.from = FirstDay(check.from);
    measurement.to = EndDay(check.to);
  }
  return question;
}

std::string NothingToMeasure(const Scope& scope) {
  const std::string name = std::string(ScopeKindName(scope.kind)) + " `" + scope.id + "`";
  return scope.kind == Scope::Kind::kUnit
             ? "no subscription is attributed to " + name + " in this case"
             : name + " has no subscriptions";
}

}  // namespace

Result<CheckResult> Evaluate(const Check& check, const Inventory& inventory, Facts& facts) {
  const Question question = PROVISO_TRY(Resolve(check, inventory));
  const Measurement& measurement = question.measurement;
  CheckResult result;
  result.check = PrintCheck(check);
  result.form = FormName(check.form);
  result.unit = check.form == Form::kGrowth ? "x" : question.capability_class.unit;
  result.threshold = question.threshold;
  result.region = check.region.empty() ? "*" : check.region;
  result.subscriptions = measurement.subscriptions;
  result.series.first = measurement.from;
  if (measurement.subscriptions.empty()) {
    result.why = NothingToMeasure(check.scope);
    result.counterfactual = check.scope.kind == Scope::Kind::kUnit
                                ? "an attribution of a subscription to the unit would decide it"
                                : "a subscription of the customer would decide it";
    return result;
  }
  const Measured measured = PROVISO_TRY(facts.Measure(measurement));
  result.query = measured.query;
  const std::set<std::string> inputs(measured.inputs.begin(), measured.inputs.end());
  result.inputs.assign(inputs.begin(), inputs.end());
  result.series = PROVISO_TRY(PlotOf(question, measured));
  result.why = DescribeScope(check, measurement.subscriptions.size()) + ": ";
  PROVISO_TRY(check.form == Form::kUsage ? DecideUsage(question, measured, result)
                                         : DecideGrowth(question, measured, result));
  return result;
}

}  // namespace proviso::checks

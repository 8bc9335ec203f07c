#include "checks/internal/compare.h"
#include "checks/internal/question.h"
#include "checks/internal/wording.h"
#include "checks/quantity.h"

namespace proviso::checks {
namespace {

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

}  // namespace

Status DecideGrowth(const Question& question, Facts& facts, CheckResult& result) {
  const Check& check = question.check;
  const Days days = DaysOf(check);
  const Measured measured =
      PROVISO_TRY(MeasureClass(question, question.capability_class, days, facts, result));
  result.series = PROVISO_TRY(PlotOf(question.capability_class, days, measured));
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
  const auto numerator = PROVISO_TRY(after.amount.Times(before.hours));
  const auto denominator = PROVISO_TRY(before.amount.Times(after.hours));
  const Quotient quotient{numerator, denominator};
  result.value = PROVISO_TRY(quotient.Shown(kRatioDigits, check.threshold));
  result.holds = Holds(check.comparison, quotient.CompareTo(check.threshold));
  result.why += compared + ": " + result.value->ToString() + "x, asked for " + Asked(check) +
                before.remark + after.remark;
  result.counterfactual = Counterfactual({.comparison = check.comparison,
                                          .holds = *result.holds,
                                          .value = result.value->ToString() + "x",
                                          .measured = "the ratio",
                                          .bound = Bound(check)});
  return {};
}

}  // namespace proviso::checks

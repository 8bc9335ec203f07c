#include "checks/internal/compare.h"
#include "checks/internal/question.h"
#include "checks/internal/wording.h"
#include "checks/quantity.h"

namespace proviso::checks {
Status DecideUsage(const Question& question, Facts& facts, CheckResult& result) {
  const Check& check = question.check;
  const Days days{.from = check.at - kAroundDays,
                  .to = check.at + kAroundDays + std::chrono::days{1}};
  const Measured measured =
      PROVISO_TRY(MeasureClass(question, question.capability_class, days, facts, result));
  result.series = PROVISO_TRY(PlotOf(question.capability_class, days, measured));
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
                Asked(check);
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
       .bound = Bound(check)});
  return {};
}

}  // namespace proviso::checks

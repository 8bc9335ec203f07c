#include <algorithm>

#include "checks/internal/question.h"
#include "checks/internal/wording.h"
#include "checks/quantity.h"

namespace proviso::checks {
namespace {

enum class Use {
  kNone,
  kSome,
  kOpen,         // rows longer than a day whose amount no month has, or corrections alone
  kUndelivered,  // no metering was delivered
};

// Quantities decide, never costs: a row that was given away is use, one of quantity zero is none.
Use UseIn(Month month, const Measured& measured) {
  const auto total = measured.months.find(month);
  const Decimal amount = total == measured.months.end() ? Decimal() : total->second;
  bool correction = amount < Decimal();
  bool use = amount > Decimal();
  for (Date day = FirstDay(month); day < EndDay(month); day += std::chrono::days{1}) {
    const Decimal of_day = measured.total.At(day).value_or(Decimal());
    use = use || of_day > Decimal();
    correction = correction || of_day < Decimal();
  }
  if (use) return Use::kSome;
  if (correction || measured.months_with_long_rows.contains(month)) return Use::kOpen;
  return measured.delivered.contains(month) ? Use::kNone : Use::kUndelivered;
}

// The amount of a month as it is shown: its mean for a level.
Result<Decimal> ShownAmount(const Question& question, Month month, Decimal total) {
  const auto days = (EndDay(month) - FirstDay(month)).count();
  const bool level = question.level();
  return total.DividedBy(Decimal::FromInteger(level ? days * kHoursOfDay : 1),
                         level ? kLevelDigits : Decimal::kScale);
}

// The months of the span by what they say.
struct Months {
  std::vector<Month> some;
  std::vector<Month> open;
  std::vector<Month> undelivered;
};

Result<Months> Sort(const Question& question, const Measured& measured, CheckResult& result) {
  Months months;
  for (Month month = question.check.from; month <= question.check.to;
       month += std::chrono::months{1}) {
    switch (UseIn(month, measured)) {
      case Use::kNone:
        break;
      case Use::kSome:
        months.some.push_back(month);
        break;
      case Use::kOpen:
        months.open.push_back(month);
        break;
      case Use::kUndelivered:
        months.undelivered.push_back(month);
        continue;  // has no amount
    }
    const auto total = measured.months.find(month);
    const Decimal amount = total == measured.months.end() ? Decimal() : total->second;
    const Decimal shown = PROVISO_TRY(ShownAmount(question, month, amount));
    result.months[FormatMonth(month)] = shown;
    if (!result.value || shown > *result.value) result.value = shown;
  }
  return months;
}

}  // namespace

Status DecideAbsent(const Question& question, Facts& facts, CheckResult& result) {
  const Check& check = question.check;
  const Days days = DaysOf(check);
  const Measured measured =
      PROVISO_TRY(MeasureClass(question, question.capability_class, days, facts, result));
  result.series = PROVISO_TRY(PlotOf(question.capability_class, days, measured));
  const Months months = PROVISO_TRY(Sort(question, measured, result));
  if (!months.some.empty()) {
    result.holds = false;
    const std::string when = ListedMonths(months.some);
    result.why += "use was metered in " + when + ", up to " +
                  ReadableQuantity(*result.value, result.unit) +
                  (question.level() ? " on average in a month" : " in a month");
    result.counterfactual = "would hold without the use in " + when;
    return {};
  }
  if (months.open.empty() && months.undelivered.empty()) {
    result.holds = true;
    result.why +=
        "no use was metered " + SpanOf(check) + ", and metering was delivered for each month";
    result.counterfactual = "would fail with any use in these months";
    return {};
  }
  if (!months.undelivered.empty()) {
    result.why +=
        "nothing says that metering was delivered for " + ListedMonths(months.undelivered);
  }
  if (!months.open.empty()) {
    result.why += std::string(months.undelivered.empty() ? "" : "; ") +
                  "rows longer than a day or corrections leave open what was used in " +
                  ListedMonths(months.open);
  }
  std::vector<Month> wanted = months.undelivered;
  wanted.insert(wanted.end(), months.open.begin(), months.open.end());
  std::sort(wanted.begin(), wanted.end());
  result.counterfactual = "metering by the day of " + ListedMonths(wanted) + " would decide it";
  return {};
}

}  // namespace proviso::checks

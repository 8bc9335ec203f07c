#include "checks/internal/compare.h"
#include "checks/internal/question.h"
#include "checks/internal/rank_correlation.h"
#include "checks/internal/wording.h"

namespace proviso::checks {
namespace {

constexpr std::chrono::days kWeek{7};

// The weeks that both classes have a value for, and why others have none.
struct Weeks {
  std::vector<Share> first;
  std::vector<Share> second;
  std::size_t bare = 0;    // without a row of the one or the other
  std::size_t coarse = 0;  // touched by rows longer than a day
};

bool HasLongRows(const Measured& measured, Date monday) {
  return measured.months_with_long_rows.contains(MonthOf(monday)) ||
         measured.months_with_long_rows.contains(MonthOf(monday + kWeek - std::chrono::days{1}));
}

// The mean of the days that have rows for a level, their sum for a flow; absent without a row.
Result<std::optional<Share>> ValueOf(const catalogue::CapabilityClass& of, const Measured& measured,
                                     Date monday) {
  Share share;
  std::int64_t days = 0;
  for (Date day = monday; day < monday + kWeek; day += std::chrono::days{1}) {
    const std::optional<Decimal> amount = measured.total.At(day);
    if (!amount) continue;
    share.amount = PROVISO_TRY(share.amount.Plus(*amount));
    ++days;
  }
  if (days == 0) return std::optional<Share>();
  const bool level = of.kind == catalogue::ClassKind::kLevel;
  share.count = Decimal::FromInteger(level ? days : 1);
  return std::optional<Share>(share);
}

// ISO weeks, from Monday to Sunday, that lie wholly in the span.
Result<Weeks> WeeksOf(const Question& question, const Measured& first, const Measured& second) {
  const Days days = DaysOf(question.check);
  const unsigned weekday = std::chrono::weekday(days.from).iso_encoding();
  Weeks weeks;
  for (Date monday = days.from + std::chrono::days{(8 - weekday) % 7}; monday + kWeek <= days.to;
       monday += kWeek) {
    if (HasLongRows(first, monday) || HasLongRows(second, monday)) {
      ++weeks.coarse;
      continue;
    }
    const std::optional<Share> a = PROVISO_TRY(ValueOf(question.capability_class, first, monday));
    const std::optional<Share> b = PROVISO_TRY(ValueOf(*question.second_class, second, monday));
    if (!a || !b) {
      ++weeks.bare;
      continue;
    }
    weeks.first.push_back(*a);
    weeks.second.push_back(*b);
  }
  return weeks;
}

std::string LeftOut(const Weeks& weeks) {
  std::string out;
  if (weeks.bare > 0) {
    out += "; left out: " + Counted(weeks.bare, "week") + " without rows of both";
  }
  if (weeks.coarse > 0) {
    out += "; left out: " + Counted(weeks.coarse, "week") +
           " in months that have rows longer than a day";
  }
  return out;
}

Status Compare(const Question& question, const Weeks& weeks, CheckResult& result) {
  const Check& check = question.check;
  const RankCorrelation correlation = RankCorrelation::Of(weeks.first, weeks.second);
  const std::string count = Counted(weeks.first.size(), "week");
  if (correlation.variance_x == 0 || correlation.variance_y == 0) {
    const std::string& constant =
        correlation.variance_x == 0 ? check.capability_class : check.second_class;
    result.why += constant + " is the same in each of " + count + ", which gives no correlation" +
                  LeftOut(weeks);
    result.counterfactual = "weeks in which " + constant + " differs would decide it";
    return {};
  }
  const int sign = correlation.CompareTo(check.threshold);
  Decimal value = PROVISO_TRY(correlation.Rounded(kRatioDigits));
  if (!OnItsSide(value, check.threshold, sign)) {
    value = PROVISO_TRY(correlation.Rounded(Decimal::kScale));
  }
  result.value = value;
  result.holds = Holds(check.comparison, sign);
  result.why += "rank correlation of " + count + " " + value.ToString() + ", asked for " +
                Asked(check) + LeftOut(weeks);
  result.counterfactual = Counterfactual({.comparison = check.comparison,
                                          .holds = *result.holds,
                                          .value = value.ToString(),
                                          .measured = "the correlation",
                                          .bound = Bound(check)});
  return {};
}

}  // namespace

Status DecideCoMoves(const Question& question, Facts& facts, CheckResult& result) {
  const Days days = DaysOf(question.check);
  const Measured first =
      PROVISO_TRY(MeasureClass(question, question.capability_class, days, facts, result));
  const Measured second =
      PROVISO_TRY(MeasureClass(question, *question.second_class, days, facts, result));
  result.series = PROVISO_TRY(PlotOf(question.capability_class, days, first));
  result.series2 = PROVISO_TRY(PlotOf(*question.second_class, days, second));
  const Weeks weeks = PROVISO_TRY(WeeksOf(question, first, second));
  if (weeks.first.size() >= kWeeksMin) return Compare(question, weeks, result);
  result.why += Counted(weeks.first.size(), "whole week") + " with rows of both, and at least " +
                std::to_string(kWeeksMin) + " are needed" + LeftOut(weeks);
  result.counterfactual =
      "rows of a day or less in " + std::to_string(kWeeksMin) + " whole weeks would decide it";
  return {};
}

}  // namespace proviso::checks

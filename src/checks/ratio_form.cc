#include "checks/internal/compare.h"
#include "checks/internal/exact.h"
#include "checks/internal/question.h"
#include "checks/internal/wording.h"
#include "checks/quantity.h"

namespace proviso::checks {
namespace {

constexpr int kRateDigits = 6;

// What a class comes to in the span.
struct Amount {
  Decimal value;        // in the unit of the class
  std::string missing;  // why there is none; empty when there is one
  std::string remark;
};

// What was added to a level: the mean of the last day less the mean of the first.
Result<Amount> NetIncrease(const Check& check, const Measured& measured) {
  Amount amount;
  std::vector<std::string> bare;
  Decimal means[2];
  const Date ends[] = {FirstDay(check.from), EndDay(check.to) - std::chrono::days{1}};
  for (int i = 0; i < 2; ++i) {
    const std::optional<Decimal> mean = measured.total.At(ends[i]);
    const bool long_rows = measured.months_with_long_rows.contains(MonthOf(ends[i]));
    if (!mean) {
      bare.push_back("no row of a day or less covers " + FormatDate(ends[i]));
    } else if (long_rows) {
      bare.push_back("rows longer than a day in " + FormatMonth(MonthOf(ends[i])) +
                     " leave the mean of " + FormatDate(ends[i]) + " open");
    } else {
      means[i] = *mean;
    }
  }
  amount.missing = Listed(bare);
  if (bare.empty()) amount.value = PROVISO_TRY(means[1].Minus(means[0]));
  return amount;
}

// What was used up of a flow, longer rows included.
Result<Amount> SumOf(const Check& check, const Measured& measured) {
  Amount amount;
  std::vector<Month> bare;
  std::vector<Month> idle;
  std::vector<Month> coarse;
  for (Month month = check.from; month <= check.to; month += std::chrono::months{1}) {
    const auto found = measured.months.find(month);
    if (found != measured.months.end()) {
      amount.value = PROVISO_TRY(amount.value.Plus(found->second));
    } else {
      (measured.delivered.contains(month) ? idle : bare).push_back(month);
    }
    if (measured.months_with_long_rows.contains(month)) coarse.push_back(month);
  }
  if (!bare.empty()) amount.missing = "no row covers " + ListedMonths(bare);
  if (!idle.empty()) amount.remark += " (without a row in " + ListedMonths(idle) + ")";
  if (!coarse.empty()) {
    amount.remark += " (with rows longer than a day in " + ListedMonths(coarse) + ")";
  }
  return amount;
}

Result<Amount> AmountOf(const Check& check, const catalogue::CapabilityClass& of,
                        const Measured& measured) {
  Amount amount = PROVISO_TRY(of.kind == catalogue::ClassKind::kLevel ? NetIncrease(check, measured)
                                                                      : SumOf(check, measured));
  if (!amount.missing.empty()) amount.missing = of.id + ": " + amount.missing;
  return amount;
}

// `of` / `per` in the unit that was asked for, never formed: of * per_unit / (of_unit * per).
struct Rate {
  Decimal of;        // may be negative
  Decimal per;       // above zero
  Decimal of_unit;   // the "MB" of "MB/h" in the unit of its class
  Decimal per_unit;  // the "h", likewise

  // The sign of this - threshold, which is not negative.
  int CompareTo(Decimal threshold) const {
    if (of.units() < 0) return -1;
    return CompareMagnitudes({of.units(), per_unit.units(), Decimal::kUnit},
                             {threshold.units(), of_unit.units(), per.units()});
  }
  Result<Decimal> Rounded(int digits) const {
    const Decimal magnitude = PROVISO_TRY(RoundExactly(digits, [&](Int128 n) {
      return CompareMagnitudes({2, PowerOfTen(digits), of.units(), per_unit.units()},
                               {n, of_unit.units(), per.units()});
    }));
    return of.units() < 0 ? Decimal::FromUnits(-magnitude.units()) : magnitude;
  }
};

std::string InWords(const catalogue::CapabilityClass& of, const Amount& amount) {
  const bool level = of.kind == catalogue::ClassKind::kLevel;
  return ReadableQuantity(amount.value, of.unit) + " of " + of.id + (level ? " added" : "") +
         amount.remark;
}

Status Compare(const Question& question, const Amount& of, const Amount& per, CheckResult& result) {
  const Check& check = question.check;
  const RateUnits units = SplitRate(check.unit);
  const Decimal one = Decimal::FromInteger(1);
  const Decimal of_unit =
      PROVISO_TRY(ConvertQuantity(one, units.of, question.capability_class.unit));
  const Decimal per_unit =
      PROVISO_TRY(ConvertQuantity(one, units.per, question.second_class->unit));
  const Rate rate{.of = of.value, .per = per.value, .of_unit = of_unit, .per_unit = per_unit};
  const int sign = rate.CompareTo(check.threshold);
  Decimal value = PROVISO_TRY(rate.Rounded(kRateDigits));
  if (!OnItsSide(value, check.threshold, sign)) value = PROVISO_TRY(rate.Rounded(Decimal::kScale));
  result.value = value;
  result.holds = Holds(check.comparison, sign);
  const std::string shown = value.ToString() + " " + check.unit;
  result.why += ": " + shown + ", asked for " + Asked(check);
  result.counterfactual = Counterfactual({.comparison = check.comparison,
                                          .holds = *result.holds,
                                          .value = shown,
                                          .measured = "the ratio",
                                          .bound = Bound(check)});
  return {};
}

}  // namespace

Status DecideRatio(const Question& question, Facts& facts, CheckResult& result) {
  const Check& check = question.check;
  const Days days = DaysOf(check);
  const Measured first =
      PROVISO_TRY(MeasureClass(question, question.capability_class, days, facts, result));
  const Measured second =
      PROVISO_TRY(MeasureClass(question, *question.second_class, days, facts, result));
  result.series = PROVISO_TRY(PlotOf(question.capability_class, days, first));
  result.series2 = PROVISO_TRY(PlotOf(*question.second_class, days, second));
  const Amount of = PROVISO_TRY(AmountOf(check, question.capability_class, first));
  const Amount per = PROVISO_TRY(AmountOf(check, *question.second_class, second));
  if (!of.missing.empty() || !per.missing.empty()) {
    const bool both = !of.missing.empty() && !per.missing.empty();
    result.why += of.missing + (both ? "; " : "") + per.missing;
    result.counterfactual = "rows of both classes " + SpanOf(check) + " would decide it";
    return {};
  }
  result.amounts = {{check.capability_class, of.value}, {check.second_class, per.value}};
  result.why += InWords(question.capability_class, of) + " and " +
                InWords(*question.second_class, per) + " " + SpanOf(check);
  if (per.value > Decimal()) return Compare(question, of, per, result);
  result.why += ": what is divided by zero or less has no ratio";
  result.counterfactual = "an amount of " + check.second_class + " above zero would decide it";
  return {};
}

}  // namespace proviso::checks

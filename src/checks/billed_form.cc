#include "checks/internal/compare.h"
#include "checks/internal/question.h"
#include "checks/internal/wording.h"

namespace proviso::checks {
namespace {

// The lines of a span, taken together.
struct Bill {
  Decimal sum;                       // in the currency that was asked for
  std::set<std::string> currencies;  // the others
  std::vector<Month> missing;        // months that no source speaks for
  bool empty = true;                 // no month has a line or a source
};

Result<Bill> AddUp(const Check& check, const Billed& billed, CheckResult& result) {
  Bill bill;
  for (Month month = check.from; month <= check.to; month += std::chrono::months{1}) {
    const auto amounts = billed.amounts.find(month);
    const bool covered = billed.covered.contains(month);
    if (!covered) bill.missing.push_back(month);
    if (!covered && amounts == billed.amounts.end()) continue;
    bill.empty = false;
    Decimal& of_month = result.months[FormatMonth(month)];
    if (amounts == billed.amounts.end()) continue;
    for (const auto& [currency, amount] : amounts->second) {
      if (currency != check.unit) {
        bill.currencies.insert(currency);
        continue;
      }
      of_month = amount;
      bill.sum = PROVISO_TRY(bill.sum.Plus(amount));
    }
  }
  return bill;
}

}  // namespace

Status DecideBilled(const Question& question, Facts& facts, CheckResult& result) {
  const Check& check = question.check;
  const bool whole = check.scope.kind == Scope::Kind::kCustomer;
  const Billed billed = PROVISO_TRY(
      facts.Bill({.customer = question.customer,
                  .subscriptions = whole ? std::vector<std::string>() : question.subscriptions,
                  .capability_class = check.capability_class,
                  .region = check.region,
                  .from = check.from,
                  .to = check.to}));
  Cite(billed.query, billed.inputs, result);
  result.customer = question.customer;
  const Bill bill = PROVISO_TRY(AddUp(check, billed, result));
  const std::string no_source =
      "no registered source of invoices speaks for " + ListedMonths(bill.missing);
  result.counterfactual = "invoices of " + ListedMonths(bill.missing) + " would decide it";
  if (bill.empty) {
    result.why += no_source;
    return {};
  }
  result.value = bill.sum;
  const std::string shown = bill.sum.ToString() + " " + check.unit;
  const bool holds = Holds(check.comparison, bill.sum < check.threshold    ? -1
                                             : bill.sum == check.threshold ? 0
                                                                           : 1);
  result.why += shown + " on " + Counted(billed.lines, "line") + " " + SpanOf(check) +
                ", asked for " + Asked(check);
  if (!bill.currencies.empty()) {
    result.why += "; amounts in " + Listed({bill.currencies.begin(), bill.currencies.end()}) +
                  " are not counted";
  }
  if (!bill.missing.empty()) result.why += "; " + no_source + ", so this is a lower bound only";
  if (!bill.missing.empty() && !SettledByLowerBound(check.comparison, holds)) return {};
  result.holds = holds;
  result.counterfactual = Counterfactual({.comparison = check.comparison,
                                          .holds = holds,
                                          .value = shown,
                                          .measured = "the sum of the lines",
                                          .bound = Bound(check)});
  return {};
}

}  // namespace proviso::checks

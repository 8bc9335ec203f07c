#include "checks/evaluate.h"

#include <algorithm>
#include <set>

#include "checks/internal/form.h"
#include "checks/internal/question.h"
#include "checks/internal/wording.h"
#include "checks/quantity.h"

namespace proviso::checks {
namespace {

constexpr int kSeriesPointsMax = 400;

std::vector<std::string> SubscriptionsOf(const Scope& scope, const Inventory& inventory) {
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
  return {ids.begin(), ids.end()};
}

std::string CustomerOf(const Scope& scope, const catalogue::Customers& customers) {
  const catalogue::Customer* customer = nullptr;
  switch (scope.kind) {
    case Scope::Kind::kCustomer:
      return scope.id;
    case Scope::Kind::kSubscription:
      customer = customers.CustomerOfSubscription(scope.id);
      break;
    case Scope::Kind::kUnit:
      customer = customers.CustomerOfUnit(customers.FindUnit(scope.id)->id);
      break;
  }
  return customer == nullptr ? "" : customer->id;
}

// What the result's value and threshold are counted in.
std::string ResultUnit(const Question& question) {
  switch (question.check.form) {
    case Form::kUsage:
    case Form::kContracted:
    case Form::kAbsent:
      return question.capability_class.unit;
    case Form::kGrowth:
    case Form::kBilled:
    case Form::kCoMoves:
    case Form::kRatio:
      break;
  }
  return question.check.unit;
}

Result<Question> Resolve(const Check& check, const Inventory& inventory) {
  PROVISO_TRY(ValidateCheck(check, *inventory.catalogue, *inventory.customers));
  const bool second = !ShapeOf(check.form).second_key.empty();
  Question question{
      .check = check,
      .capability_class = *inventory.catalogue->FindClass(check.capability_class),
      .second_class = second ? inventory.catalogue->FindClass(check.second_class) : nullptr,
      .customer = CustomerOf(check.scope, *inventory.customers),
      .subscriptions = SubscriptionsOf(check.scope, inventory),
      .threshold = check.threshold};
  const FormShape::Bound bound = ShapeOf(check.form).bound;
  if (check.compares &&
      (bound == FormShape::Bound::kQuantity || bound == FormShape::Bound::kOptionalQuantity)) {
    question.threshold =
        PROVISO_TRY(ConvertQuantity(check.threshold, check.unit, question.capability_class.unit));
  }
  return question;
}

std::string NothingToMeasure(const Scope& scope) {
  const std::string name = std::string(ScopeKindName(scope.kind)) + " `" + scope.id + "`";
  return scope.kind == Scope::Kind::kUnit
             ? "no subscription is attributed to " + name + " in this case"
             : name + " has no subscriptions";
}

// Invoices and contracts speak of a customer as a whole too, with subscriptions or without.
bool NeedsSubscriptions(const Check& check) {
  const bool records = check.form == Form::kBilled || check.form == Form::kContracted;
  return !records || check.scope.kind != Scope::Kind::kCustomer;
}

Status Decide(const Question& question, Facts& facts, CheckResult& result) {
  switch (question.check.form) {
    case Form::kUsage:
      return DecideUsage(question, facts, result);
    case Form::kGrowth:
      return DecideGrowth(question, facts, result);
    case Form::kBilled:
      return DecideBilled(question, facts, result);
    case Form::kContracted:
      return DecideContracted(question, facts, result);
    case Form::kCoMoves:
      return DecideCoMoves(question, facts, result);
    case Form::kRatio:
      return DecideRatio(question, facts, result);
    case Form::kAbsent:
      return DecideAbsent(question, facts, result);
  }
  return {};
}

}  // namespace

void Cite(const std::string& query, const std::vector<std::string>& inputs, CheckResult& result) {
  if (!query.empty() && query != result.query) {
    result.query += (result.query.empty() ? "" : "\n") + query;
  }
  std::set<std::string> all(result.inputs.begin(), result.inputs.end());
  all.insert(inputs.begin(), inputs.end());
  result.inputs.assign(all.begin(), all.end());
}

Result<Measured> MeasureClass(const Question& question, const catalogue::CapabilityClass& of,
                              Days days, Facts& facts, CheckResult& result) {
  const Measurement measurement{.subscriptions = question.subscriptions,
                                .capability_class = of.id,
                                .region = question.check.region,
                                .from = days.from,
                                .to = days.to};
  Measured measured = PROVISO_TRY(facts.Measure(measurement));
  Cite(measured.query, measured.inputs, result);
  return measured;
}

Result<CheckResult::Series> PlotOf(const catalogue::CapabilityClass& of, Days days,
                                   const Measured& measured) {
  CheckResult::Series series{.first = days.from, .step_days = 1, .values = {}};
  const int count = static_cast<int>((days.to - days.from).count());
  series.step_days = std::max(1, (count + kSeriesPointsMax - 1) / kSeriesPointsMax);
  const Decimal one = Decimal::FromInteger(1);
  const bool level = of.kind == catalogue::ClassKind::kLevel;
  for (Date day = days.from; day < days.to; day += std::chrono::days{series.step_days}) {
    std::optional<Decimal> value = measured.total.At(day);
    if (value && level) value = PROVISO_TRY(value->DividedBy(one, kLevelDigits));
    series.values.push_back(value);
  }
  return series;
}

Result<CheckResult> Evaluate(const Check& check, const Inventory& inventory, Facts& facts) {
  const Question question = PROVISO_TRY(Resolve(check, inventory));
  CheckResult result;
  result.check = PrintCheck(check);
  result.form = FormName(check.form);
  result.unit = ResultUnit(question);
  if (check.compares) result.threshold = question.threshold;
  result.region = check.region.empty() ? "*" : check.region;
  result.subscriptions = question.subscriptions;
  const bool of_day = ShapeOf(check.form).span == FormShape::Span::kDay;
  result.series.first = of_day ? check.at - kAroundDays : FirstDay(check.from);
  if (question.subscriptions.empty() && NeedsSubscriptions(check)) {
    result.why = NothingToMeasure(check.scope);
    result.counterfactual = check.scope.kind == Scope::Kind::kUnit
                                ? "an attribution of a subscription to the unit would decide it"
                                : "a subscription of the customer would decide it";
    return result;
  }
  result.why = DescribeScope(check, question.subscriptions.size()) + ": ";
  PROVISO_TRY(Decide(question, facts, result));
  return result;
}

}  // namespace proviso::checks

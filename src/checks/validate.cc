#include <algorithm>

#include "checks/evaluate.h"
#include "checks/internal/form.h"
#include "checks/internal/suggest.h"
#include "checks/quantity.h"

namespace proviso::checks {
namespace {

template <typename Items>
std::vector<std::string> IdsOf(const Items& items) {
  std::vector<std::string> ids;
  ids.reserve(items.size());
  for (const auto& item : items) ids.push_back(item.id);
  return ids;
}

tl::unexpected<Error> Unknown(std::string_view what, std::string_view name,
                              const std::vector<std::string>& known) {
  return Fail(ErrorCode::kNotFound, "there is no " + std::string(what) + " `" + std::string(name) +
                                        "`" + Suggest(name, known));
}

Status ValidateScope(const Scope& scope, const catalogue::Customers& customers) {
  std::vector<std::string> known;
  bool found = false;
  switch (scope.kind) {
    case Scope::Kind::kCustomer:
      found = customers.FindCustomer(scope.id) != nullptr;
      known = IdsOf(customers.all());
      break;
    case Scope::Kind::kSubscription:
      found = customers.FindSubscription(scope.id) != nullptr;
      for (const catalogue::Customer& customer : customers.all()) {
        for (const auto& subscription : customer.subscriptions) known.push_back(subscription.id);
      }
      break;
    case Scope::Kind::kUnit:
      found = customers.FindUnit(scope.id) != nullptr;
      for (const catalogue::Customer& customer : customers.all()) {
        for (const catalogue::Unit& unit : customer.units) {
          known.push_back(unit.id);
          known.push_back(unit.name);
        }
      }
      break;
  }
  if (found) return {};
  return Unknown(ScopeKindName(scope.kind), scope.id, known);
}

Result<const catalogue::CapabilityClass*> FindClass(const std::string& id,
                                                    const catalogue::Catalogue& catalogue) {
  const catalogue::CapabilityClass* found = catalogue.FindClass(id);
  if (found == nullptr) return Unknown("class", id, IdsOf(catalogue.classes()));
  return found;
}

// "MB/h" of one class per another: each unit has an exact value in its class.
Status ValidateRate(const std::string& unit, const catalogue::CapabilityClass& of,
                    const catalogue::CapabilityClass& per) {
  const RateUnits units = SplitRate(unit);
  const Decimal one = Decimal::FromInteger(1);
  PROVISO_TRY(ConvertQuantity(one, units.of, of.unit));
  PROVISO_TRY(ConvertQuantity(one, units.per, per.unit));
  return {};
}

}  // namespace

Status ValidateCheck(const Check& check, const catalogue::Catalogue& catalogue,
                     const catalogue::Customers& customers) {
  PROVISO_TRY(ValidateScope(check.scope, customers));
  const catalogue::CapabilityClass* of = PROVISO_TRY(FindClass(check.capability_class, catalogue));
  const catalogue::CapabilityClass* second = nullptr;
  if (!ShapeOf(check.form).second_key.empty()) {
    second = PROVISO_TRY(FindClass(check.second_class, catalogue));
  }
  if (!check.region.empty() && catalogue.FindRegion(check.region) == nullptr) {
    return Unknown("region", check.region, IdsOf(catalogue.regions()));
  }
  if (!check.compares) return {};
  switch (ShapeOf(check.form).bound) {
    case FormShape::Bound::kQuantity:
    case FormShape::Bound::kOptionalQuantity:
      PROVISO_TRY(ConvertQuantity(check.threshold, check.unit, of->unit));
      return {};
    case FormShape::Bound::kRate:
      return ValidateRate(check.unit, *of, *second);
    case FormShape::Bound::kNone:
    case FormShape::Bound::kTimes:
    case FormShape::Bound::kMoney:
    case FormShape::Bound::kCorrelation:
      break;
  }
  return {};
}

}  // namespace proviso::checks

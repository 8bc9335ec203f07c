#include <algorithm>

#include "checks/evaluate.h"
#include "checks/internal/suggest.h"
#include "checks/quantity.h"

namespace proviso::checks {
namespace {

template <typename Items>
std::vector<std::string> IdsOf(const Items& items) {
  std::vector<std::string> ids;
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

}  // namespace

Status ValidateCheck(const Check& check, const catalogue::Catalogue& catalogue,
                     const catalogue::Customers& customers) {
  PROVISO_TRY(ValidateScope(check.scope, customers));
  const catalogue::CapabilityClass* capability_class = catalogue.FindClass(check.capability_class);
  if (capability_class == nullptr) {
    return Unknown("class", check.capability_class, IdsOf(catalogue.classes()));
  }
  if (!check.region.empty() && catalogue.FindRegion(check.region) == nullptr) {
    return Unknown("region", check.region, IdsOf(catalogue.regions()));
  }
  if (check.form == Form::kGrowth) return {};
  PROVISO_TRY(ConvertQuantity(check.threshold, check.unit, capability_class->unit));
  return {};
}

}  // namespace proviso::checks

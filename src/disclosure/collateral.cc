#include "disclosure/internal/collateral.h"

#include "terms/terms.h"

namespace proviso::disclosure {
namespace {

const Json::Array& Items(const Json& object, std::string_view key) {
  static const Json::Array kNone;
  const Json* member = object.Find(key);
  return member == nullptr || member->AsArray() == nullptr ? kNone : *member->AsArray();
}

// Targets of restrictions that stop something.
std::vector<const Json*> Stopped(const Json& plan) {
  std::vector<const Json*> targets;
  for (const Json& restriction : Items(plan, "restrictions")) {
    if (restriction.StringOr("stage", "") == terms::StageName(terms::Stage::kNotice)) continue;
    for (const Json& target : Items(restriction, "targets")) targets.push_back(&target);
  }
  return targets;
}

}  // namespace

Collateral CollateralOf(const Json& plan, const catalogue::Customers& customers,
                        const catalogue::Customer& customer) {
  const std::vector<const Json*> targets = Stopped(plan);
  std::set<std::string> restricted;
  for (const Json* target : targets) restricted.insert(target->StringOr("subscription", ""));
  Collateral found;
  for (const Json* target : targets) {
    for (const Json& item : Items(*target, "depended_on_by")) {
      const std::string* id = item.AsString();
      if (id == nullptr || restricted.contains(*id)) continue;
      found.services.insert(target->StringOr("service", ""));
      if (customers.CustomerOfSubscription(*id) == &customer) {
        found.own[*id].insert(target->StringOr("subscription", ""));
      } else {
        found.others = true;
      }
    }
  }
  return found;
}

}  // namespace proviso::disclosure

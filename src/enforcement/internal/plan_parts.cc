#include "enforcement/internal/plan_parts.h"

#include <algorithm>
#include <utility>

namespace proviso::enforcement::internal {
namespace {

Json RestoredJson(const Restriction& restriction) {
  std::vector<Target> sorted = restriction.targets;
  std::sort(sorted.begin(), sorted.end());
  Json targets = Json::MakeArray();
  for (const Target& target : sorted) {
    targets.Append(
        Json::Of({{"subscription", target.subscription},
                  {"service", target.service},
                  {"region", target.region},
                  {"regains", OperationsJson(Denied(restriction.stage, restriction.operations))}}));
  }
  return Json::Of({{"id", restriction.id},
                   {"clause", restriction.clause},
                   {"stage", terms::StageName(restriction.stage)},
                   {"targets", std::move(targets)}});
}

}  // namespace

Json OperationsJson(OperationSet operations) {
  Json array = Json::MakeArray();
  for (const std::string& name : OperationNames(operations)) array.Append(name);
  return array;
}

Json RestoresJson(const std::vector<Restriction>& restrictions) {
  std::vector<const Restriction*> sorted;
  sorted.reserve(restrictions.size());
  for (const Restriction& restriction : restrictions) sorted.push_back(&restriction);
  std::sort(sorted.begin(), sorted.end(), [](const Restriction* a, const Restriction* b) {
    return std::pair(a->id.size(), std::string_view(a->id)) <
           std::pair(b->id.size(), std::string_view(b->id));
  });
  Json restores = Json::MakeArray();
  for (const Restriction* restriction : sorted) restores.Append(RestoredJson(*restriction));
  return restores;
}

std::string TermsName(const terms::Terms& terms) { return terms.id + "@" + terms.version; }

}  // namespace proviso::enforcement::internal

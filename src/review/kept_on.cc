#include "review/kept_on.h"

#include <algorithm>
#include <string_view>
#include <vector>

#include "review/decision_file.h"
#include "review/internal/refusal.h"

namespace proviso::review {
namespace {

// What one decision leaves on.
struct Kept {
  std::string terms;  // "id@version"
  std::vector<std::string> terms_classes;
  std::vector<std::string> own_classes;
  std::vector<std::string> own_services;
};

bool Contains(const std::vector<std::string>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// The file may have been erased; the plan still names the services that it kept on by itself.
Status AddFromPlan(const Json& plan, Kept& kept) {
  for (const Json& item : *PROVISO_TRY(plan.ArrayAt("kept"))) {
    if (item.StringOr("reason", "") != "decision") continue;
    const std::string service = PROVISO_TRY(item.StringAt("service"));
    if (!Contains(kept.own_services, service)) kept.own_services.push_back(service);
  }
  return {};
}

Result<Kept> KeptBy(const Decision& decision,
                    const std::map<std::string, terms::Terms, std::less<>>& terms_by_name) {
  const auto terms = terms_by_name.find(decision.terms);
  if (terms == terms_by_name.end()) {
    return Refuse(ErrorCode::kFailedPrecondition,
                  "nobody can tell what " + decision.id + " must leave on",
                  {"the terms " + Quoted(decision.terms) + " of its plan", "none of that name"});
  }
  Kept kept{.terms = decision.terms,
            .terms_classes = terms->second.keep_on_classes,
            .own_classes = {},
            .own_services = {}};
  if (decision.file.IsNull()) {
    PROVISO_TRY(AddFromPlan(decision.plan, kept));
    return kept;
  }
  DecisionFile file = PROVISO_TRY_DOING(DecisionFile::FromJson(decision.file), decision.id);
  kept.own_classes = std::move(file.keep_on_classes);
  kept.own_services = std::move(file.keep_on_services);
  return kept;
}

// Who keeps `service` on; empty when nobody does. A service that the catalogue no longer has is of
// no class, and only by its own name kept on.
std::string Keeper(const Kept& kept, const std::string& service,
                   const catalogue::Catalogue& catalogue) {
  if (Contains(kept.own_services, service)) return "the decision itself";
  const catalogue::Service* known = catalogue.FindService(service);
  if (known == nullptr) return "";
  const std::string of_class = " of class " + Quoted(known->capability_class);
  if (Contains(kept.terms_classes, known->capability_class)) {
    return "the terms " + Quoted(kept.terms) + of_class;
  }
  return Contains(kept.own_classes, known->capability_class) ? "the decision itself" + of_class
                                                             : "";
}

Status CheckDecision(const Decision& decision, const Kept& kept,
                     const catalogue::Catalogue& catalogue) {
  for (const enforcement::Restriction& restriction : *decision.restrictions) {
    std::string_view last;  // targets come sorted, so that most repeat their neighbour's service
    for (const enforcement::Target& target : restriction.targets) {
      if (target.service == last) continue;
      last = target.service;
      const std::string keeper = Keeper(kept, target.service, catalogue);
      if (keeper.empty()) continue;
      return Refuse(
          ErrorCode::kFailedPrecondition,
          decision.id +
              " would restrict a service that stays on: lift it first, or "
              "leave the service in a class that is not kept on",
          {"no restriction of service " + Quoted(target.service) + ", kept on by " + keeper,
           "restriction " + Quoted(restriction.id)});
    }
  }
  return {};
}

}  // namespace

Status CheckKeptOn(const ReviewState& state, const catalogue::Catalogue& catalogue,
                   const std::map<std::string, terms::Terms, std::less<>>& terms_by_name) {
  for (const Decision& decision : state.decisions()) {
    if (!decision.in_force()) continue;
    if (!decision.restrictions) {
      return Refuse(
          ErrorCode::kFailedPrecondition,
          "nobody can tell what " + decision.id +
              ", which is in force, restricts: no new decision "
              "table is made, and the one in force stays",
          {"part `plan` of log entry " + std::to_string(decision.planned_index),
           "one that cannot be read here: put it back from a backup, or lift that decision first"});
    }
    const Kept kept = PROVISO_TRY(KeptBy(decision, terms_by_name));
    PROVISO_TRY(CheckDecision(decision, kept, catalogue));
  }
  return {};
}

}  // namespace proviso::review

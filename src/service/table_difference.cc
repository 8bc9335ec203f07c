// What a plan means for the decision table.
#include "service/internal/table_difference.h"

#include <set>
#include <string_view>
#include <unordered_set>
#include <utility>

#include "enforcement/in_force.h"
#include "enforcement/plan.h"

namespace proviso::service {
namespace {

using enforcement::Restriction;
using enforcement::Target;

Json ChangesJson(const std::vector<enforcement::AnswerChange>& changes) {
  Json list = Json::MakeArray();
  for (const enforcement::AnswerChange& change : changes) {
    Json operations = Json::MakeArray();
    for (const std::string& name : enforcement::OperationNames(change.operations)) {
      operations.Append(name);
    }
    Json windows = Json::MakeArray();
    for (const enforcement::Window& window : change.windows) {
      windows.Append(
          Json::Of({{"from", FormatTime(window.from)},
                    {"until", window.until ? Json(FormatTime(*window.until)) : Json()}}));
    }
    list.Append(Json::Of({{"subscription", change.target.subscription},
                          {"service", change.target.service},
                          {"region", change.target.region},
                          {"operations", std::move(operations)},
                          {"windows", std::move(windows)}}));
  }
  return list;
}

void AddTargets(const std::vector<Restriction>& restrictions, std::set<Target>& targets) {
  for (const Restriction& restriction : restrictions) {
    targets.insert(restriction.targets.begin(), restriction.targets.end());
  }
}

// Those in force, cut to `targets`: millions of others may be, and none of them is looked at twice.
Result<std::vector<Restriction>> InForceAt(const State& state, const std::set<Target>& targets) {
  std::unordered_set<std::string_view> subscriptions;
  for (const Target& target : targets) subscriptions.insert(target.subscription);
  std::vector<Restriction> cut;
  for (const Restriction* one : PROVISO_TRY(state.review.InForceInPlace())) {
    std::vector<Target> kept;
    for (const Target& target : one->targets) {
      if (subscriptions.contains(target.subscription) && targets.contains(target)) {
        kept.push_back(target);
      }
    }
    if (kept.empty()) continue;
    cut.push_back({.id = one->id,
                   .clause = one->clause,
                   .stage = one->stage,
                   .operations = one->operations,
                   .from = one->from,
                   .until = one->until,
                   .targets = std::move(kept)});
  }
  return cut;
}

Result<Json> Differ(const State& state, const review::Decision& decision, Time now) {
  std::set<std::string> ended(decision.supersedes.begin(), decision.supersedes.end());
  if (!decision.lifts.empty()) ended.insert(decision.lifts);
  std::vector<Restriction> added = PROVISO_TRY(enforcement::RestrictionsOfPlan(decision.plan, now));
  std::set<Target> targets;
  AddTargets(added, targets);
  for (const std::string& id : ended) {
    const review::Decision* of = state.review.FindDecision(id);
    if (of != nullptr && of->restrictions) AddTargets(*of->restrictions, targets);
  }
  const std::vector<Restriction> before = PROVISO_TRY(InForceAt(state, targets));
  std::vector<Restriction> after = before;
  std::erase_if(after, [&](const Restriction& one) {
    return ended.contains(one.id.substr(0, one.id.find('/')));
  });
  after.insert(after.end(), added.begin(), added.end());
  const enforcement::TableDifference difference = enforcement::DifferenceOf(before, after, now);
  return Json::Of({{"as_of", FormatTime(now)},
                   {"denied", ChangesJson(difference.denied)},
                   {"allowed", ChangesJson(difference.allowed)},
                   {"stays", ChangesJson(difference.stays)}});
}

}  // namespace

Json TableDifferenceOf(const State& state, const review::Decision& decision, Time now) {
  if (decision.adopted() || decision.withdrawal || decision.plan.IsNull()) return {};
  Result<Json> difference = Differ(state, decision, now);
  return difference ? std::move(*difference) : Json();
}

}  // namespace proviso::service

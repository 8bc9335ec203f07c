// Whether what a decision denied has ceased.
#include "enforcement/cessation.h"

#include <algorithm>

#include "review/commands.h"
#include "service/internal/core.h"
#include "service/internal/metering.h"

namespace proviso::service {
namespace {

Result<const review::Decision*> AdoptedDecision(const Context& context) {
  const std::string id = PROVISO_TRY(context.request.args.StringAt("decision"));
  const review::Decision* decision = context.state().review.FindDecision(id);
  if (decision == nullptr) {
    return Fail(ErrorCode::kNotFound, "there is no decision `" + id + "`");
  }
  if (decision->restrictions && decision->adopted()) return decision;
  return Fail(ErrorCode::kFailedPrecondition,
              id + " restricts nothing; expected an adopted decision, found one that is `" +
                  std::string(review::StatusName(*decision)) + "`");
}

// All subscriptions of the customer whose targets these are.
std::set<std::string> SubscriptionsOf(const State& state, const review::Decision& decision) {
  std::set<std::string> ids;
  for (const enforcement::Restriction& restriction : *decision.restrictions) {
    for (const enforcement::Target& target : restriction.targets) {
      ids.insert(target.subscription);
      const auto* customer = state.customers->CustomerOfSubscription(target.subscription);
      if (customer == nullptr) continue;
      for (const auto& subscription : customer->subscriptions) ids.insert(subscription.id);
    }
  }
  return ids;
}

// The day after the last one of the newest month that was delivered, or of the newest row in it.
Date MeteredTo(const std::vector<usage::Series>& series) {
  Date last{};
  for (const usage::Series& item : series) last = std::max(last, item.daily.end());
  return last;
}

}  // namespace

Result<Json> CheckCessation(const Context& context) {
  const review::Decision& decision = *PROVISO_TRY(AdoptedDecision(context));
  const State& state = context.state();
  if (!state.catalogue || !state.customers) {
    return Fail(ErrorCode::kFailedPrecondition, "import the catalogue and the customers first");
  }
  usage::Selection selection;
  selection.deliveries = DeliveriesInForce(state);
  selection.subscriptions = SubscriptionsOf(state, decision);
  selection.by_service = true;
  PROVISO_TRY(VerifyInputs(context, selection.deliveries));
  const usage::Rollup rollup = PROVISO_TRY(context.core.lake->Rollup(selection, *state.catalogue));
  if (rollup.series.empty()) {
    return Fail(ErrorCode::kFailedPrecondition,
                "no metering of the customer's subscriptions was imported; expected deliveries "
                "from before and after the decision");
  }
  enforcement::CessationInputs inputs;
  inputs.restrictions = *decision.restrictions;
  inputs.effective = *decision.adopted_at;
  inputs.metered_to = MeteredTo(rollup.series);
  inputs.catalogue = &*state.catalogue;
  for (const usage::Series& series : rollup.series) {
    inputs.use.push_back({.target = {.subscription = series.subscription,
                                     .service = series.service,
                                     .region = series.region},
                          .operation = series.operation,
                          .unit = series.unit,
                          .daily = series.daily});
  }
  Json result = PROVISO_TRY(enforcement::CompareUse(inputs)).ToJson();
  Json used = Json::MakeArray();
  for (const usage::ActiveDelivery& delivery : selection.deliveries) used.Append(delivery.sha256);
  used.Append("catalogue:" + state.catalogue_digest);
  result["inputs"] = std::move(used);
  result["decision"] = decision.id;
  result["effective"] = FormatTime(*decision.adopted_at);
  if (context.person == nullptr) {
    PROVISO_TRY(TellUsageRead(context, Json::Of({{"decision", decision.id}}), {}));
    return result;
  }
  const review::RecordCessation command{.decision = decision.id, .result = result};
  Event event = PROVISO_TRY(review::Handle(state.review, command, {.person = context.person}));
  const std::string case_id = decision.case_id;
  result["index"] = PROVISO_TRY(context.Record(case_id, std::move(event)));
  return result;
}

}  // namespace proviso::service

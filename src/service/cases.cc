// Cases: opened, looked at, closed; their claims, findings and attributions.
#include "checks/check.h"
#include "checks/evaluate.h"
#include "review/case_json.h"
#include "review/commands.h"
#include "service/internal/core.h"

namespace proviso::service {
namespace {

// What an act made: its id and log index.
Json Made(const std::string& id, std::uint64_t index) {
  return Json::Of({{"id", id}, {"index", index}});
}

Status NeedInventory(const State& state) {
  if (state.catalogue && state.customers) return {};
  return Fail(ErrorCode::kFailedPrecondition,
              "import the catalogue and the customers first: proviso import catalogue FILE, "
              "proviso import customers FILE");
}

}  // namespace

Result<Json> OpenCase(const Context& context) {
  review::OpenCase command;
  command.title = PROVISO_TRY(context.request.args.StringAt("title"));
  const std::string id = context.state().review.NextCaseId();
  Event event =
      PROVISO_TRY(review::Handle(context.state().review, command, {.person = context.person}));
  return Made(id, PROVISO_TRY(context.Record(id, std::move(event))));
}

Result<Json> ListCases(const Context& context) {
  Json cases = Json::MakeArray();
  for (const review::Case& item : context.state().review.cases()) {
    cases.Append(Json::Of({{"id", item.id},
                           {"title", item.title},
                           {"status", item.open() ? "open" : "closed"},
                           {"claims", item.claims.size()},
                           {"decisions", item.decisions.size()},
                           {"opened_at", FormatTime(item.opened_at)}}));
  }
  return Json::Of({{"cases", cases}});
}

Result<Json> ShowCase(const Context& context) {
  return review::CaseJson(context.state().review,
                          PROVISO_TRY(context.request.args.StringAt("case")),
                          context.core.environment.clock->Now());
}

Result<Json> CloseCase(const Context& context) {
  const Json& args = context.request.args;
  review::CloseCase command;
  command.case_id = PROVISO_TRY(args.StringAt("case"));
  command.reason = PROVISO_TRY(args.StringAt("reason"));
  Event event =
      PROVISO_TRY(review::Handle(context.state().review, command, {.person = context.person}));
  const std::uint64_t index = PROVISO_TRY(context.Record(command.case_id, std::move(event)));
  return Made(command.case_id, index);
}

Result<Json> AddClaim(const Context& context) {
  const Json& args = context.request.args;
  review::AddClaim command;
  command.case_id = PROVISO_TRY(args.StringAt("case"));
  command.text = PROVISO_TRY(args.StringAt("text"));
  command.checks = PROVISO_TRY(args.StringsAt("checks"));
  command.denial = args.BoolOr("denial", false);
  if (!command.checks.empty()) PROVISO_TRY(NeedInventory(context.state()));
  for (const std::string& text : command.checks) {
    const checks::Check check = PROVISO_TRY(checks::ParseCheck(text));
    PROVISO_TRY_DOING(
        checks::ValidateCheck(check, *context.state().catalogue, *context.state().customers),
        "check `" + text + "`");
  }
  const std::string id = context.state().review.NextClaimId();
  Event event =
      PROVISO_TRY(review::Handle(context.state().review, command, {.person = context.person}));
  return Made(id, PROVISO_TRY(context.Record(command.case_id, std::move(event))));
}

Result<Json> ListClaims(const Context& context) {
  const Json shown = PROVISO_TRY(ShowCase(context));
  const Json* claims = shown.Find("claims");
  return Json::Of({{"claims", claims == nullptr ? Json::MakeArray() : *claims}});
}

Result<Json> RecordFinding(const Context& context) {
  const Json& args = context.request.args;
  review::RecordFinding command;
  command.case_id = PROVISO_TRY(args.StringAt("case"));
  command.claim = PROVISO_TRY(args.StringAt("claim"));
  command.outcome = PROVISO_TRY(args.StringAt("outcome"));
  command.reason = PROVISO_TRY(args.StringAt("reason"));
  const std::string id = context.state().review.NextFindingId();
  Event event =
      PROVISO_TRY(review::Handle(context.state().review, command, {.person = context.person}));
  return Made(id, PROVISO_TRY(context.Record(command.case_id, std::move(event))));
}

Result<Json> RecordAttribution(const Context& context) {
  PROVISO_TRY(NeedInventory(context.state()));
  const Json& args = context.request.args;
  const review::RecordAttribution command{
      .case_id = PROVISO_TRY(args.StringAt("case")),
      .subscription = PROVISO_TRY(args.StringAt("subscription")),
      .unit = PROVISO_TRY(args.StringAt("unit")),
      .evidence_class = PROVISO_TRY(args.StringAt("evidence_class")),
      .reason = PROVISO_TRY(args.StringAt("reason")),
      .customers = &*context.state().customers};
  const std::string id = context.state().review.NextAttributionId();
  Event event =
      PROVISO_TRY(review::Handle(context.state().review, command, {.person = context.person}));
  return Made(id, PROVISO_TRY(context.Record(command.case_id, std::move(event))));
}

}  // namespace proviso::service

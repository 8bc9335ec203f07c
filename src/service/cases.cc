// Cases: opened, looked at, closed; their claims, findings and attributions.
#include <algorithm>

#include "checks/check.h"
#include "checks/evaluate.h"
#include "review/attention.h"
#include "review/case_json.h"
#include "review/closing.h"
#include "review/commands.h"
#include "service/internal/answers.h"
#include "service/internal/core.h"
#include "service/internal/stories.h"

namespace proviso::service {
namespace {

Status NeedInventory(const State& state) {
  if (state.catalogue && state.customers) return {};
  return Fail(ErrorCode::kFailedPrecondition,
              "import the catalogue and the customers first: proviso import catalogue FILE, "
              "proviso import customers FILE");
}

// What a person adopts of a draft: its words, its place, and whether it denies.
Status TakeDraft(const State& state, const std::string& id, review::AddClaim& command) {
  const std::vector<intake::ClaimDraft> drafts = PROVISO_TRY(DraftsOf(state, command.case_id));
  const auto found = std::find_if(drafts.begin(), drafts.end(),
                                  [&](const intake::ClaimDraft& draft) { return draft.id == id; });
  if (found == drafts.end()) {
    return Fail(ErrorCode::kNotFound, "there is no draft `" + id + "` in `" + command.case_id +
                                          "`; list them with: proviso claim drafts");
  }
  command.text = found->text;
  command.denial = found->denial;
  command.source = SourceOf(*found);
  return {};
}

// What was made, with the decisions in force that it takes a ground from.
Json WithAttention(const Context& context, const std::string& case_id, Json made) {
  const Json all = review::AttentionJson(context.state().review, case_id, context.now());
  Json raised = Json::MakeArray();
  for (const Json& item : *all.AsArray()) {
    if (item.StringOr("finding", "") == made.StringOr("id", "")) raised.Append(item);
  }
  made["attention"] = std::move(raised);
  made["names"] = NamesIn(context.state(), made);
  return made;
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
    cases.Append(Json::Of(
        {{"id", item.id},
         {"title", item.title},
         {"status", item.open() ? "open" : "closed"},
         {"claims", item.claims.size()},
         {"decisions", item.decisions.size()},
         {"attention", review::AttentionOf(context.state().review, item.id, context.now()).size()},
         {"opened_at", FormatTime(item.opened_at)}}));
  }
  return Json::Of({{"cases", cases}});
}

Result<Json> ShowCase(const Context& context) {
  const std::string id = PROVISO_TRY(context.request.args.StringAt("case"));
  return FullCase(context, id);
}

Result<Json> CloseCase(const Context& context) {
  const Json& args = context.request.args;
  review::CloseCase command;
  command.case_id = PROVISO_TRY(args.StringAt("case"));
  command.reason = PROVISO_TRY(args.StringAt("reason"));
  Event event = PROVISO_TRY(review::Handle(context.state().review, command,
                                           {.person = context.person}, {.at = context.now()}));
  const std::uint64_t index = PROVISO_TRY(context.Record(command.case_id, std::move(event)));
  Json answer = Made(command.case_id, index);
  answer["left_open"] = Json::MakeArray();
  for (const review::LeftOpen& left :
       review::LeftOpenBy(context.state().review, command.case_id, context.now())) {
    answer["left_open"].Append(Json::Of({{"id", left.id}, {"text", left.text}}));
  }
  return answer;
}

Result<Json> AddClaim(const Context& context) {
  const Json& args = context.request.args;
  review::AddClaim command;
  command.case_id = PROVISO_TRY(args.StringAt("case"));
  if (const std::string draft = args.StringOr("draft", ""); !draft.empty()) {
    PROVISO_TRY(TakeDraft(context.state(), draft, command));
  }
  command.text = args.StringOr("text", command.text);
  command.checks = PROVISO_TRY(args.StringsAt("checks"));
  command.denial = args.BoolOr("denial", command.denial);
  PROVISO_TRY(ValidateChecks(context.state(), command.checks));
  const std::string id = context.state().review.NextClaimId();
  Event event =
      PROVISO_TRY(review::Handle(context.state().review, command, {.person = context.person}));
  Json answer = Made(id, PROVISO_TRY(context.Record(command.case_id, std::move(event))));
  answer["text"] = command.text;
  return answer;
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
  command.against_draft = args.StringOr("against_draft", "");
  const std::string id = context.state().review.NextFindingId();
  Event event =
      PROVISO_TRY(review::Handle(context.state().review, command, {.person = context.person}));
  Json made = Made(id, PROVISO_TRY(context.Record(command.case_id, std::move(event))));
  const std::optional<checks::Outcome> drafted = context.state().review.FindFinding(id)->drafted;
  made["claim"] = command.claim;
  made["outcome"] = command.outcome;
  made["drafted"] = drafted ? Json(checks::OutcomeName(*drafted)) : Json();
  return WithAttention(context, command.case_id, std::move(made));
}

Result<Json> RecordAttribution(const Context& context) {
  PROVISO_TRY(NeedInventory(context.state()));
  const Json& args = context.request.args;
  review::RecordAttribution command;
  command.case_id = PROVISO_TRY(args.StringAt("case"));
  command.subscription = PROVISO_TRY(args.StringAt("subscription"));
  command.unit = PROVISO_TRY(args.StringAt("unit"));
  command.evidence_class = PROVISO_TRY(args.StringAt("evidence_class"));
  command.reason = PROVISO_TRY(args.StringAt("reason"));
  command.customers = &*context.state().customers;
  const std::string id = context.state().review.NextAttributionId();
  Event event =
      PROVISO_TRY(review::Handle(context.state().review, command, {.person = context.person}));
  return WithAttention(context, command.case_id,
                       Made(id, PROVISO_TRY(context.Record(command.case_id, std::move(event)))));
}

}  // namespace proviso::service

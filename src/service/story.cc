// A case as it goes on: claims edited and dropped, cases linked and reopened, conflicts, steps.
#include "checks/check.h"
#include "checks/evaluate.h"
#include "review/commands.h"
#include "service/internal/answers.h"
#include "service/internal/arguments.h"
#include "service/internal/core.h"

namespace proviso::service {
namespace {

// Records what `command` comes to in the case that the request names.
template <typename Command>
Result<Json> RecordInCase(const Context& context, const std::string& id, const Command& command) {
  const std::string case_id = PROVISO_TRY(context.request.args.StringAt("case"));
  Event event = PROVISO_TRY([&]() -> Result<Event> {
    if constexpr (requires {
                    review::Handle(context.state().review, command, review::Actor{},
                                   review::Moment{});
                  }) {
      return review::Handle(context.state().review, command, {.person = context.person},
                            {.at = context.now()});
    } else {
      return review::Handle(context.state().review, command, {.person = context.person});
    }
  }());
  return Made(id, PROVISO_TRY(context.Record(case_id, std::move(event))));
}

}  // namespace

Json Made(const std::string& id, std::uint64_t index) {
  return Json::Of({{"id", id}, {"index", index}});
}

Json RowCountsJson(const delivery::RowCounts& rows) {
  return Json::Of({{"read", rows.read},
                   {"imported", rows.imported},
                   {"quarantined", rows.quarantined},
                   {"skipped", rows.skipped}});
}

Status ValidateChecks(const State& state, const std::vector<std::string>& texts) {
  if (texts.empty()) return {};
  if (!state.catalogue || !state.customers) {
    return Fail(ErrorCode::kFailedPrecondition,
                "import the catalogue and the customers first: proviso import catalogue FILE, "
                "proviso import customers FILE");
  }
  for (const std::string& text : texts) {
    const checks::Check check = PROVISO_TRY(checks::ParseCheck(text));
    PROVISO_TRY_DOING(checks::ValidateCheck(check, *state.catalogue, *state.customers),
                      "check `" + text + "`");
  }
  return {};
}

Result<Json> EditClaim(const Context& context) {
  const Json& args = context.request.args;
  review::EditClaim command;
  command.case_id = PROVISO_TRY(args.StringAt("case"));
  command.claim = PROVISO_TRY(args.StringAt("claim"));
  const review::Claim* claim = context.state().review.FindClaim(command.claim);
  // What is not given stays as it is.
  command.text = args.StringOr("text", claim == nullptr ? "" : claim->text);
  command.checks = PROVISO_TRY(args.StringsAt("checks"));
  if (args.Find("checks") == nullptr && claim != nullptr) command.checks = claim->checks;
  command.reason = PROVISO_TRY(args.StringAt("reason"));
  PROVISO_TRY(ValidateChecks(context.state(), command.checks));
  return RecordInCase(context, command.claim, command);
}

Result<Json> DropClaim(const Context& context) {
  const Json& args = context.request.args;
  review::DropClaim command;
  command.case_id = PROVISO_TRY(args.StringAt("case"));
  command.claim = PROVISO_TRY(args.StringAt("claim"));
  command.reason = PROVISO_TRY(args.StringAt("reason"));
  return RecordInCase(context, command.claim, command);
}

Result<Json> ReopenCase(const Context& context) {
  const Json& args = context.request.args;
  review::ReopenCase command;
  command.case_id = PROVISO_TRY(args.StringAt("case"));
  command.evidence_class = PROVISO_TRY(args.StringAt("evidence_class"));
  command.reason = PROVISO_TRY(args.StringAt("reason"));
  return RecordInCase(context, command.case_id, command);
}

Result<Json> LinkCase(const Context& context) {
  const Json& args = context.request.args;
  review::LinkCase command;
  command.case_id = PROVISO_TRY(args.StringAt("case"));
  command.to = PROVISO_TRY(args.StringAt("to"));
  command.reason = PROVISO_TRY(args.StringAt("reason"));
  return RecordInCase(context, command.case_id, command);
}

Result<Json> DeclareConflict(const Context& context) {
  const Json& args = context.request.args;
  review::DeclareConflict command;
  command.case_id = PROVISO_TRY(args.StringAt("case"));
  command.reason = PROVISO_TRY(args.StringAt("reason"));
  return RecordInCase(context, command.case_id, command);
}

Result<Json> AgreeStep(const Context& context) {
  const Json& args = context.request.args;
  review::AgreeStep command;
  command.case_id = PROVISO_TRY(args.StringAt("case"));
  command.text = PROVISO_TRY(args.StringAt("text"));
  command.due = PROVISO_TRY(DateAt(args, "due"));
  command.checks = PROVISO_TRY(args.StringsAt("checks"));
  PROVISO_TRY(ValidateChecks(context.state(), command.checks));
  const std::string id = context.state().review.NextStepId();
  return RecordInCase(context, id, command);
}

Result<Json> RecordStep(const Context& context) {
  const Json& args = context.request.args;
  review::RecordStep command;
  command.case_id = PROVISO_TRY(args.StringAt("case"));
  command.step = PROVISO_TRY(args.StringAt("step"));
  const std::string outcome = PROVISO_TRY(args.StringAt("outcome"));
  if (outcome != "met" && outcome != "missed") {
    return Fail(ErrorCode::kInvalidArgument, "expected `met` or `missed`, found `" + outcome + "`");
  }
  command.met = outcome == "met";
  command.reason = PROVISO_TRY(args.StringAt("reason"));
  return RecordInCase(context, command.step, command);
}

Result<Json> ScheduleUpdate(const Context& context) {
  const Json& args = context.request.args;
  review::ScheduleUpdate command;
  command.case_id = PROVISO_TRY(args.StringAt("case"));
  command.audience = PROVISO_TRY(args.StringAt("audience"));
  command.due = PROVISO_TRY(DateAt(args, "due"));
  const std::string id = context.state().review.NextUpdateId();
  return RecordInCase(context, id, command);
}

}  // namespace proviso::service

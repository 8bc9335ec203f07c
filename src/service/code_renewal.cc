// A code that was lost before it reached the customer: a new one is given out.
#include "review/commands.h"
#include "service/internal/answers.h"
#include "service/internal/code.h"
#include "service/internal/core.h"

namespace proviso::service {

Result<Json> RenewCode(const Context& context) {
  review::RenewCode command;
  command.of = PROVISO_TRY(context.request.args.StringAt("of"));
  const std::string code = NewCode(*context.core.environment.random);
  command.code_sha256 = PROVISO_TRY(HashOfCode(code));
  const review::ReviewState& state = context.state().review;
  Event event = PROVISO_TRY(
      review::Handle(state, command, {.person = context.person}, {.at = context.now()}));
  const review::Hearing* hearing = state.FindHearing(command.of);
  const std::string case_id =
      hearing != nullptr ? hearing->case_id : state.FindDecision(command.of)->case_id;
  Json answer = Made(command.of, PROVISO_TRY(context.Record(case_id, std::move(event))));
  answer["code"] = code;  // this once
  return answer;
}

}  // namespace proviso::service

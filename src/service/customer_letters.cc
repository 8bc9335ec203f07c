// What a customer wrote, read by who hears it: each reading is an entry of the log.
#include "review/case_json.h"
#include "review/commands.h"
#include "service/internal/core.h"

namespace proviso::service {
namespace {

// Records that `what` of `case_id` was read, and answers it with the entry's index. Nobody reads in
// a case of their own conflict.
Result<Json> Read(const Context& context, const std::string& case_id, Json shown) {
  review::ReadRecord command;
  command.case_id = case_id;
  command.evidence_class = "customer_statement";
  command.what = shown.StringOr("id", "");
  command.purpose = PROVISO_TRY(context.request.args.StringAt("purpose"));
  Event event =
      PROVISO_TRY(review::Handle(context.state().review, command, {.person = context.person}));
  shown["index"] = PROVISO_TRY(context.Record(case_id, std::move(event)));
  shown["names"] = NamesIn(context.state(), shown);
  return shown;
}

}  // namespace

Result<Json> ShowHearing(const Context& context) {
  const std::string id = PROVISO_TRY(context.request.args.StringAt("hearing"));
  const review::Hearing* hearing = context.state().review.FindHearing(id);
  if (hearing == nullptr) return Fail(ErrorCode::kNotFound, "there is no hearing `" + id + "`");
  const std::string case_id = hearing->case_id;  // recording moves the state
  return Read(context, case_id, review::HearingJson(*hearing, context.now()));
}

Result<Json> ShowAppeal(const Context& context) {
  const std::string id = PROVISO_TRY(context.request.args.StringAt("appeal"));
  const review::Appeal* appeal = context.state().review.FindAppeal(id);
  if (appeal == nullptr) return Fail(ErrorCode::kNotFound, "there is no appeal `" + id + "`");
  const std::string case_id = appeal->case_id;
  return Read(context, case_id, review::AppealJson(*appeal));
}

}  // namespace proviso::service

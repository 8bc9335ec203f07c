// The ending: a decision too far, an appeal, what metering says afterwards, the proof.
#include "demo/storyteller.h"
#include "pages/case_page.h"

namespace proviso::demo {

Status Storyteller::DecideOnCompute() {
  Now("2026-10-01T09:00:00Z");
  const Json restriction = Json::Of({{"subscriptions", Json(Json::Array{"sub-em-compute-03"})},
                                     {"classes", Json(Json::Array{"compute"})},
                                     {"regions", Json(Json::Array{"nl-1"})},
                                     {"stage", "no-new"}});
  const Json file = Json::Of(
      {{"kind", "final"},
       {"clause", "4.2"},
       {"summary", "No new compute for the unit: sixty machines more ran in September."},
       {"why_incompatible",
        "The machines run beside the transcription of recordings in bulk, which the clause "
        "forbids, and would take it up again."},
       {"facts", Json(Json::Array{findings_.at("speech")})},
       {"hearing", Json::Of({{"waived", "The rise came after the hearing."}})},
       {"restrictions", Json(Json::Array{restriction})}});
  compute_ = PROVISO_TRY(Propose(file));
  PROVISO_TRY(Sign(compute_));
  appeal_code_ = PROVISO_TRY(IssueStatement(compute_)).StringOr("appeal_code", "");
  PROVISO_TRY(PutIntoForce(compute_));
  return Probe(Phase::kCompute);
}

Status Storyteller::Appeal() {
  Now("2026-10-20T11:15:00Z");
  const Json filed = PROVISO_TRY(ByCode("appeal file", appeal_code_, "11-appeal.txt"));
  appeal_ = PROVISO_TRY(filed.StringAt("id"));
  Say("the ministry filed " + appeal_ + " with the code of the statement, without an account");
  Now("2026-10-23T10:00:00Z");
  const Json args =
      Json::Of({{"appeal", appeal_},
                {"outcome", "reversed"},
                {"reason",
                 "The machines ran the payroll, at the end of each month; nothing shows that they "
                 "had to do with the recordings."}});
  const Result<Json> biased = Act("ben", "appeal decide", args);
  if (biased) return Fail(ErrorCode::kInternal, "somebody who signed heard the appeal");
  Say("refused, as it must be: " + biased.error().message());
  PROVISO_TRY(Act("hana", "appeal decide", args));
  Say("Hana, who had no part in the case, reversed the decision");
  Json letter = Json::Of({{"kind", "appeal-answer"}, {"appeal", appeal_}, {"decision", compute_}});
  const Json shown = PROVISO_TRY(Ask("notice show", letter));
  letter["sha256"] = PROVISO_TRY(shown.StringAt("sha256"));
  PROVISO_TRY(Act("lea", "notice issue", std::move(letter)));
  return {};
}

Status Storyteller::LiftWhatWasWon() {
  Now("2026-10-28T09:00:00Z");
  const Json lifting = PROVISO_TRY(Act(
      "anna", "decision lift",
      Json::Of({{"decision", compute_}, {"appeal", appeal_}, {"reason", "The appeal was won."}})));
  const std::string id = PROVISO_TRY(lifting.StringAt("id"));
  PROVISO_TRY(Act("anna", "decision plan", Json::Of({{"decision", id}})));
  PROVISO_TRY(Sign(id));
  PROVISO_TRY(IssueStatement(id));
  PROVISO_TRY(PutIntoForce(id));
  Say(id + " lifts " + compute_ + "; " + final_ + " stays in force");
  return Probe(Phase::kFinal);
}

Status Storyteller::CheckCessation() {
  Now("2026-11-02T08:00:00Z");
  PROVISO_TRY(ImportUsage("2026-09", "2026-10"));
  const Json result = PROVISO_TRY(Act("anna", "cessation", Json::Of({{"decision", final_}})));
  Show("cessation", result);
  if (result.BoolOr("ok", false)) return {};
  return Fail(ErrorCode::kInternal, "use did not cease as the story needs");
}

Status Storyteller::WritePage() {
  const Json shown = PROVISO_TRY(Ask("case show", Json::Of({{"case", case_id_}})));
  const std::string html = PROVISO_TRY(pages::RenderCasePage(
      shown, {.generated_at = FormatTime(clock_.Now()), .product = "Proviso"}));
  PROVISO_TRY(Write(case_id_ + ".html", html));
  page_ = folder_ / (case_id_ + ".html");
  Say("open in a browser: " + page_.string());
  return {};
}

Status Storyteller::VerifyLog() {
  const Json report = PROVISO_TRY(Ask("log verify"));
  if (!report.BoolOr("ok", false)) {
    return Fail(ErrorCode::kDataLoss, "the log does not verify: " + report.Pretty());
  }
  Say(std::to_string(report.IntegerOr("size", 0)) + " entries hold, root " +
      report.StringOr("root", ""));
  return {};
}

}  // namespace proviso::demo

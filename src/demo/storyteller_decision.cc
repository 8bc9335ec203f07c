// The decisions: an interim one, an agreed step, a hearing, the final one, and who is told what.
#include "crypto/hash.h"
#include "demo/storyteller.h"

namespace proviso::demo {
namespace {

Json Restriction(const std::vector<const char*>& classes, const char* stage) {
  Json list = Json::MakeArray();
  for (const char* name : classes) list.Append(name);
  return Json::Of({{"unit", "example-signals-unit"},
                   {"classes", std::move(list)},
                   {"regions", Json(Json::Array{"nl-1"})},
                   {"stage", stage}});
}

struct DecisionText {
  const char* kind;
  const char* summary;
  Json hearing;
  Json::Array restrictions;
};

constexpr const char* kWhyIncompatible =
    "The clause forbids mass surveillance. The unit keeps recordings of calls in bulk, without "
    "regard to suspicion, and has them transcribed and translated by machine at a rate that no "
    "agreement we were shown covers.";

Json DecisionFile(const Json& facts, const DecisionText& text) {
  return Json::Of({{"kind", text.kind},
                   {"clause", "4.2"},
                   {"summary", text.summary},
                   {"why_incompatible", kWhyIncompatible},
                   {"facts", facts},
                   {"hearing", text.hearing},
                   {"restrictions", Json(text.restrictions)},
                   {"keep_on", Json::Of({{"classes", Json(Json::Array{"security"})}})}});
}

constexpr const char* kUntilOctober = "2026-10-01T00:00:00Z";

}  // namespace

Result<std::string> Storyteller::Propose(Json file) {
  const Json proposed = PROVISO_TRY(
      Act("anna", "decision propose", Json::Of({{"case", case_id_}, {"decision", file}})));
  std::string id = PROVISO_TRY(proposed.StringAt("id"));
  const Json planned = PROVISO_TRY(Act("anna", "decision plan", Json::Of({{"decision", id}})));
  Show("decision", planned);
  return id;
}

Status Storyteller::Sign(const std::string& decision) {
  const Json shown = PROVISO_TRY(Ask("decision show", Json::Of({{"decision", decision}})));
  Json args = Json::Of({{"decision", decision}});
  args["plan_hash"] = PROVISO_TRY(shown.StringAt("plan_hash"));
  PROVISO_TRY(Act("ben", "decision sign", args));
  PROVISO_TRY(Act("cara", "decision sign", args));
  Say("Ben and Cara signed the hash of the plan: " + shown.StringOr("plan_hash", ""));
  return {};
}

Result<Json> Storyteller::IssueStatement(const std::string& decision) {
  const Json shown = PROVISO_TRY(Ask("decision statement", Json::Of({{"decision", decision}})));
  Json args = Json::Of({{"decision", decision}});
  args["plan_hash"] = PROVISO_TRY(shown.StringAt("plan_hash"));
  args["statement_sha256"] = PROVISO_TRY(shown.StringAt("sha256"));
  const Json issued = PROVISO_TRY(Act("lea", "statement issue", std::move(args)));
  PROVISO_TRY(Write("statement-" + decision + ".md", issued.StringOr("markdown", "")));
  PROVISO_TRY(Write("statement-" + decision + ".html", shown.StringOr("html", "")));
  Say("Lea issued the statement of reasons: " +
      (folder_ / ("statement-" + decision + ".html")).string());
  return issued;
}

Status Storyteller::PutIntoForce(const std::string& decision) {
  const Json shown = PROVISO_TRY(Ask("decision show", Json::Of({{"decision", decision}})));
  Json args = Json::Of({{"decision", decision}});
  args["plan_hash"] = PROVISO_TRY(shown.StringAt("plan_hash"));
  const auto begin = std::chrono::steady_clock::now();
  PROVISO_TRY(Act("eva", "decision adopt", std::move(args)));
  const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::steady_clock::now() - begin);
  Say("Eva adopted it: in the log and in force after " + std::to_string(took.count()) + " ms");
  return {};
}

Status Storyteller::RefusePlan() {
  const Json facts = Json(Json::Array{findings_.at("storage"), findings_.at("speech")});
  const Json file = DecisionFile(
      facts, {.kind = "interim",
              .summary = "Storage and security of the unit are restricted.",
              .hearing = Json::Of({{"waived", "An example of what cannot be."}}),
              .restrictions = {Restriction({"object-storage", "security"}, "suspended")}});
  const Json proposed = PROVISO_TRY(
      Act("anna", "decision propose", Json::Of({{"case", case_id_}, {"decision", file}})));
  const Result<Json> plan =
      Act("anna", "decision plan", Json::Of({{"decision", proposed.StringOr("id", "")}}));
  if (plan) {
    return Fail(ErrorCode::kInternal, "a plan that touches a kept service was not refused");
  }
  Say("refused, as it must be: " + plan.error().message());
  return Withdraw(proposed.StringOr("id", ""), "It would touch a service that stays on.");
}

Status Storyteller::Withdraw(const std::string& decision, const std::string& reason) {
  PROVISO_TRY(
      Act("anna", "decision withdraw", Json::Of({{"decision", decision}, {"reason", reason}})));
  Say(decision + " is withdrawn: " + reason);
  return {};
}

Status Storyteller::DecideForNow() {
  Now("2026-08-20T09:00:00Z");
  Json restriction = Restriction({"speech-to-text", "translation", "text-generation"}, "no-new");
  restriction["until"] = kUntilOctober;
  const Json facts = Json(Json::Array{findings_.at("storage"), findings_.at("speech")});
  interim_ = PROVISO_TRY(Propose(DecisionFile(
      facts, {.kind = "interim",
              .summary = "No new AI resources for the unit while the review goes on.",
              .hearing = Json::Of({{"waived",
                                    "Use doubles each month; nothing that runs is stopped, and "
                                    "a hearing follows before a final decision."}}),
              .restrictions = {restriction}})));
  PROVISO_TRY(Sign(interim_));
  PROVISO_TRY(IssueStatement(interim_));
  Now("2026-08-20T12:00:00Z");
  PROVISO_TRY(PutIntoForce(interim_));
  return Probe(Phase::kInterim);
}

Status Storyteller::AgreeOnAStep() {
  Now("2026-08-21T10:00:00Z");
  const Json checks = Json(Json::Array{
      "contracted(subscription: sub-em-language-02, class: speech-to-text, region: nl-1) at "
      "2026-09-10"});
  const Json agreed = PROVISO_TRY(
      Act("anna", "step agree",
          Json::Of({{"case", case_id_},
                    {"text", "The ministry shows the agreement under which speech is transcribed."},
                    {"due", "2026-09-10"},
                    {"checks", checks}})));
  step_ = PROVISO_TRY(agreed.StringAt("id"));
  Say(step_ + ": the ministry shows the agreement on transcription by 10 September");
  Now("2026-09-03T08:00:00Z");
  PROVISO_TRY(ImportUsage("2026-08", "2026-08"));
  PROVISO_TRY(Act("anna", "case run", Json::Of({{"case", case_id_}})));
  return Find("leaving", "partly_supported",
              "That it left is metered; where it went is not in our records.",
              "The checks see how much left, and not that another provider received it.");
}

Json Storyteller::FinalFile(const std::string& heard) const {
  const Json facts = Json(Json::Array{findings_.at("storage"), findings_.at("speech"),
                                      findings_.at("everything"), findings_.at("no-ai")});
  return DecisionFile(
      facts,
      {.kind = "final",
       .summary = "Storage of the Example Signals Unit in the Netherlands is read-only, and its AI "
                  "services there are suspended. All else of the ministry goes on.",
       .hearing = Json::Of({{"held", heard}}),
       .restrictions = {
           Restriction({"object-storage", "object-operations", "ingress"}, "read-only"),
           Restriction({"speech-to-text", "translation", "text-generation"}, "suspended")}});
}

Status Storyteller::HearTheCustomer() {
  Now("2026-09-05T09:00:00Z");
  final_ = PROVISO_TRY(Propose(FinalFile("By notice of intent, with two weeks for an answer.")));
  Json args = Json::Of({{"decision", final_}, {"until", "2026-09-19"}});
  const Json notice = PROVISO_TRY(Ask("hearing notice", args));
  args["notice_sha256"] = PROVISO_TRY(notice.StringAt("sha256"));
  const Json opened = PROVISO_TRY(Act("lea", "hearing open", std::move(args)));
  PROVISO_TRY(Write("notice-of-intent.html", notice.StringOr("html", "")));
  Say("Lea sent the notice of intent, with a code: " +
      (folder_ / "notice-of-intent.html").string());
  const Json shown = PROVISO_TRY(Ask("decision show", Json::Of({{"decision", final_}})));
  Json early_args = Json::Of({{"decision", final_}});
  early_args["plan_hash"] = shown.StringOr("plan_hash", "");
  const Result<Json> early = Act("ben", "decision sign", std::move(early_args));
  if (early) return Fail(ErrorCode::kInternal, "signed before the customer was heard");
  Say("refused, as it must be: " + early.error().message());
  Now("2026-09-11T09:00:00Z");
  PROVISO_TRY(Act("anna", "step record",
                  Json::Of({{"case", case_id_},
                            {"step", step_},
                            {"outcome", "missed"},
                            {"reason", "No such agreement was shown, and none is registered."}})));
  Say(step_ + " was due on 10 September, and was missed");
  Now("2026-09-15T16:40:00Z");
  PROVISO_TRY(ByCode("hearing answer", opened.StringOr("code", ""), "10-answer.txt"));
  Now("2026-09-16T09:00:00Z");
  Json hearing = Json::Of({{"hearing", opened.StringOr("id", "")}});
  const Json received = PROVISO_TRY(Ask("hearing acknowledgement", hearing));
  hearing["text_sha256"] = PROVISO_TRY(received.StringAt("sha256"));
  PROVISO_TRY(Act("lea", "hearing acknowledge", std::move(hearing)));
  Say("the ministry answered by its code; Lea acknowledged it");
  return {};
}

// What is decided takes up what the customer said, so that it is another decision than intended.
Status Storyteller::PlanFinalDecision() {
  Now("2026-09-22T10:00:00Z");
  const std::string intended = final_;
  final_ = PROVISO_TRY(Propose(FinalFile(
      "By notice of intent of 5 September. You answered on 15 September: the quantities are not "
      "disputed, transcription was a project of limited size, bulk is not surveillance, and sixty "
      "days are needed to copy what remains. Metering shows up to 27 million hours of "
      "transcription "
      "in a month, and no agreement that covers it was shown. Reading and copying stay open, "
      "without an end.")));
  Say("the answer was read and taken up: " + final_ + " replaces what was intended");
  return Withdraw(intended, "Replaced by " + final_ + ", which takes up what was answered.");
}

Status Storyteller::SignAndState() {
  Now("2026-09-25T09:00:00Z");
  PROVISO_TRY(Sign(final_));
  const Json shown = PROVISO_TRY(Ask("decision show", Json::Of({{"decision", final_}})));
  Json args = Json::Of({{"decision", final_}});
  args["plan_hash"] = PROVISO_TRY(shown.StringAt("plan_hash"));
  const Result<Json> early = Act("eva", "decision adopt", std::move(args));
  if (early) return Fail(ErrorCode::kInternal, "adopted without a statement");
  Say("refused, as it must be: " + early.error().message());
  PROVISO_TRY(IssueStatement(final_));
  return {};
}

Status Storyteller::Adopt() {
  Now("2026-09-25T12:00:00Z");
  PROVISO_TRY(PutIntoForce(final_));
  Json update = Json::Of({{"kind", "update"}, {"case", case_id_}, {"audience", "customer"}});
  const Json shown = PROVISO_TRY(Ask("notice show", update));
  update["sha256"] = PROVISO_TRY(shown.StringAt("sha256"));
  PROVISO_TRY(Act("lea", "notice issue", std::move(update)));
  PROVISO_TRY(Write("notice-customer.html", shown.StringOr("html", "")));
  Say("Lea told the customer since when: " + (folder_ / "notice-customer.html").string());
  return Probe(Phase::kFinal);
}

Status Storyteller::Issue(const std::string& kind, const std::string& decision) {
  Json args = Json::Of({{"kind", kind}, {"decision", decision}});
  const Json shown = PROVISO_TRY(Ask("notice show", args));
  args["sha256"] = PROVISO_TRY(shown.StringAt("sha256"));
  PROVISO_TRY(Act("lea", "notice issue", std::move(args)));
  PROVISO_TRY(Write("notice-" + kind + ".html", shown.StringOr("html", "")));
  Say("Lea issued the message to the " + kind + ": " +
      (folder_ / ("notice-" + kind + ".html")).string());
  return {};
}

Status Storyteller::TellOthers() {
  PROVISO_TRY(Issue("staff", final_));
  PROVISO_TRY(Issue("public", final_));
  PROVISO_TRY(Act("lea", "update schedule",
                  Json::Of({{"case", case_id_}, {"audience", "public"}, {"due", "2026-11-06"}})));
  return {};
}

}  // namespace proviso::demo

// Reports, links between cases, conflicts of interest, agreed steps.
#include <algorithm>
#include <array>

#include "review/commands.h"
#include "review/internal/day.h"
#include "review/internal/refusal.h"
#include "review/internal/shared_checks.h"

namespace proviso::review {
namespace {

constexpr std::size_t kHashDigits = 64;

// A day to come, and not so far away that it is a slip of the pen.
Status CheckDayAhead(std::string_view what, Date day, Time now) {
  const Date today = DayOf(now);
  const Date last = today + std::chrono::days{kNoticeDaysMax};
  if (day >= today && day <= last) return {};
  return Refuse(ErrorCode::kInvalidArgument, std::string(what) + " is no day to come",
                {"a day from " + FormatDate(today) + " to " + FormatDate(last), FormatDate(day)});
}

Status CheckAudience(const std::string& audience) {
  if (audience == "customer" || audience == "staff" || audience == "public") return {};
  return Refuse(ErrorCode::kInvalidArgument, "nobody is told",
                {"`customer`, `staff` or `public`", Quoted(audience)});
}

}  // namespace

Status CheckFromCustomer(const std::string& kind, const std::string& from_customer) {
  if (from_customer.empty() || kind == "letter") return {};
  return Refuse(ErrorCode::kInvalidArgument, "what a customer itself gives us is a letter",
                {"kind `letter`", Quoted(kind)});
}

Status CheckStepRecord(const AgreedStep& step, bool met, const std::string& corrects) {
  const std::string_view earlier =
      step.records.empty() ? "" : (step.records.back().met ? "met" : "missed");
  const std::string_view outcome = met ? "met" : "missed";
  if (earlier == outcome) {
    return Refuse(ErrorCode::kAlreadyExists, step.id + " is recorded so already",
                  {"another outcome, which corrects it", Quoted(outcome)});
  }
  if (corrects == earlier) return {};
  return Refuse(ErrorCode::kInvalidArgument, "a record of " + step.id + " corrects the one before",
                {earlier.empty() ? "none before" : Quoted(earlier),
                 corrects.empty() ? "none" : Quoted(corrects)});
}

Result<Event> Handle(const ReviewState& state, const ReceiveReport& command, Actor actor) {
  PROVISO_TRY(CheckPerson(actor, "take a report in"));
  if (command.sha256.size() != kHashDigits || command.document.AsObject() == nullptr) {
    return Refuse(ErrorCode::kInvalidArgument, "a report is taken in as it was read",
                  {"its document and its SHA-256", Quoted(command.sha256)});
  }
  Json details = Json::Of({{"sha256", command.sha256}, {"document", command.document}});
  PROVISO_TRY(CheckFromCustomer(command.kind, command.from_customer));
  if (!command.from_customer.empty()) {
    PROVISO_TRY(CheckText("the customer", command.from_customer, kTitleBytesMax));
    details["from_customer"] = command.from_customer;
  }
  return Event{.type = "report.received",
               .open = Json::Of({{"report", state.NextReportId()}, {"kind", command.kind}}),
               .sealed = {{"details", std::move(details)},
                          {"original", Json::Of({{"key", command.original_key}})}}};
}

Result<Event> Handle(const ReviewState& state, const JoinReport& command, Actor actor) {
  PROVISO_TRY(CheckPerson(actor, "join a report to a case"));
  const Case* owner = PROVISO_TRY(FindOpenCase(state, command.case_id));
  const ReceivedReport* report = state.FindReport(command.report);
  if (report == nullptr) {
    return Fail(ErrorCode::kNotFound, "there is no report " + Quoted(command.report));
  }
  if (std::find(owner->reports.begin(), owner->reports.end(), report->id) != owner->reports.end()) {
    return Refuse(ErrorCode::kAlreadyExists, report->id + " is in " + owner->id + " already",
                  {"a report that is not", "one that is"});
  }
  return Event{.type = "report.joined", .open = Json::Of({{"report", report->id}}), .sealed = {}};
}

Result<Event> Handle(const ReviewState& state, const ReopenCase& command, Actor actor) {
  PROVISO_TRY(CheckPerson(actor, "open a case again"));
  const Case* closed = state.FindCase(command.case_id);
  if (closed == nullptr) {
    return Fail(ErrorCode::kNotFound, "there is no case " + Quoted(command.case_id));
  }
  if (closed->open()) {
    return Refuse(ErrorCode::kFailedPrecondition, closed->id + " cannot be opened again",
                  {"a closed case", "an open one"});
  }
  const EvidenceClass evidence = PROVISO_TRY(ParseEvidenceClass(command.evidence_class));
  PROVISO_TRY(CheckText("the reason", command.reason, kTextBytesMax));
  return Event{.type = "case.reopened",
               .open = Json::Of({{"class", EvidenceClassName(evidence)}}),
               .sealed = {{"reason", Json(command.reason)}}};
}

Result<Event> Handle(const ReviewState& state, const LinkCase& command, Actor actor) {
  PROVISO_TRY(CheckPerson(actor, "link a case to another"));
  const Case* owner = PROVISO_TRY(FindOpenCase(state, command.case_id));
  if (state.FindCase(command.to) == nullptr || command.to == owner->id) {
    return Refuse(ErrorCode::kNotFound, "a case is linked to another one",
                  {"another case that exists", Quoted(command.to)});
  }
  PROVISO_TRY(CheckText("the reason", command.reason, kTextBytesMax));
  const bool linked = std::any_of(owner->links.begin(), owner->links.end(),
                                  [&](const CaseLink& link) { return link.to == command.to; });
  if (linked) {
    return Refuse(ErrorCode::kAlreadyExists, owner->id + " is linked to it already",
                  {"a link that is new", "one to " + Quoted(command.to)});
  }
  return Event{.type = "case.linked",
               .open = Json::Of({{"to", command.to}}),
               .sealed = {{"reason", Json(command.reason)}}};
}

Result<Event> Handle(const ReviewState& state, const DeclareConflict& command, Actor actor) {
  PROVISO_TRY(CheckPerson(actor, "declare a conflict of interest"));
  if (state.FindCase(command.case_id) == nullptr) {
    return Fail(ErrorCode::kNotFound, "there is no case " + Quoted(command.case_id));
  }
  PROVISO_TRY(CheckText("the reason", command.reason, kTextBytesMax));
  return Event{.type = "conflict.declared",
               .open = Json::MakeObject(),
               .sealed = {{"reason", Json(command.reason)}}};
}

Result<Event> Handle(const ReviewState& state, const AgreeStep& command, Actor actor, Moment now) {
  PROVISO_TRY(CheckPerson(actor, "record an agreed step"));
  PROVISO_TRY(FindOpenCase(state, command.case_id));
  PROVISO_TRY(CheckText("the step", command.text, kTextBytesMax));
  PROVISO_TRY(CheckDayAhead("the day it is due", command.due, now.at));
  Json checks = PROVISO_TRY(CanonicalChecks(command.checks));
  return Event{.type = "step.agreed",
               .open = Json::Of({{"step", state.NextStepId()}}),
               .sealed = {{"details", Json::Of({{"text", command.text},
                                                {"due", FormatDate(command.due)},
                                                {"checks", std::move(checks)}})}}};
}

Result<Event> Handle(const ReviewState& state, const RecordStep& command, Actor actor, Moment now) {
  PROVISO_TRY(CheckPerson(actor, "record what became of a step"));
  const Case* owner = PROVISO_TRY(FindOpenCase(state, command.case_id));
  const AgreedStep* step = state.FindStep(command.step);
  if (step == nullptr || step->case_id != owner->id) {
    return Fail(ErrorCode::kNotFound,
                "there is no step " + Quoted(command.step) + " in " + Quoted(owner->id));
  }
  const std::string_view outcome = command.met ? "met" : "missed";
  const std::string corrects =
      step->records.empty() ? "" : (step->records.back().met ? "met" : "missed");
  PROVISO_TRY(CheckStepRecord(*step, command.met, corrects));
  const Date today = DayOf(now.at);
  if (!command.met && today <= step->due) {
    return Refuse(ErrorCode::kFailedPrecondition,
                  step->id + " can still be met: nobody has missed it before its day is over",
                  {"a day after " + FormatDate(step->due), FormatDate(today)});
  }
  PROVISO_TRY(CheckText("the reason", command.reason, kTextBytesMax));
  Json open = Json::Of({{"step", step->id}, {"outcome", outcome}});
  if (!corrects.empty()) open["corrects"] = corrects;
  return Event{.type = "step.recorded",
               .open = std::move(open),
               .sealed = {{"reason", Json(command.reason)}}};
}

Result<Event> Handle(const ReviewState& state, const RecordCessation& command, Actor actor) {
  PROVISO_TRY(CheckPerson(actor, "record what metering says"));
  const Decision* decision = state.FindDecision(command.decision);
  if (decision == nullptr || !decision->adopted() || decision->kind == DecisionKind::kLift) {
    return Refuse(ErrorCode::kFailedPrecondition, "use ceases after a decision",
                  {"an adopted decision", Quoted(command.decision)});
  }
  return Event{
      .type = "cessation.checked",
      .open = Json::Of({{"decision", decision->id}, {"ok", command.result.BoolOr("ok", false)}}),
      .sealed = {{"result", command.result}}};
}

Result<Event> Handle(const ReviewState& state, const ReadRecord& command, Actor actor) {
  PROVISO_TRY(CheckPerson(actor, "read a record"));
  if (state.FindCase(command.case_id) == nullptr) {
    return Fail(ErrorCode::kNotFound, "there is no case " + Quoted(command.case_id));
  }
  const EvidenceClass evidence = PROVISO_TRY(ParseEvidenceClass(command.evidence_class));
  const std::array<std::string_view, 4> purposes = {"review", "hearing", "appeal", "audit"};
  if (std::find(purposes.begin(), purposes.end(), command.purpose) == purposes.end()) {
    return Refuse(ErrorCode::kInvalidArgument, "a record is read for a purpose",
                  {"`review`, `hearing`, `appeal` or `audit`", Quoted(command.purpose)});
  }
  // After its end a case is read again for an appeal or an audit only.
  if (command.purpose == "review" || command.purpose == "hearing") {
    PROVISO_TRY(FindOpenCase(state, command.case_id));
  }
  return Event{.type = "record.read",
               .open = Json::Of({{"class", EvidenceClassName(evidence)},
                                 {"what", command.what},
                                 {"purpose", command.purpose}}),
               .sealed = {}};
}

Result<Event> Handle(const ReviewState& state, const ScheduleUpdate& command, Actor actor,
                     Moment now) {
  PROVISO_TRY(CheckPerson(actor, "schedule an update"));
  PROVISO_TRY(FindOpenCase(state, command.case_id));
  PROVISO_TRY(CheckAudience(command.audience));
  PROVISO_TRY(CheckDayAhead("the day it is due", command.due, now.at));
  return Event{.type = "update.scheduled",
               .open = Json::Of({{"update", state.NextUpdateId()},
                                 {"audience", command.audience},
                                 {"due", FormatDate(command.due)}}),
               .sealed = {}};
}

}  // namespace proviso::review

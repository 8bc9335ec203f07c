// Hearings before a decision, notices about it, appeals against it.
#include <algorithm>
#include <array>

#include "crypto/hash.h"
#include "review/commands.h"
#include "review/internal/day.h"
#include "review/internal/hearer.h"
#include "review/internal/refusal.h"
#include "review/internal/shared_checks.h"

namespace proviso::review {
namespace {

constexpr std::chrono::days kHearingDaysMax{366};
constexpr std::size_t kLetterBytesMax = 200'000;
constexpr std::array<std::string_view, 4> kNoticeKinds = {"staff", "public", "update",
                                                          "appeal-answer"};

Result<const Hearing*> FindHearingOf(const ReviewState& state, const std::string& id) {
  const Hearing* hearing = state.FindHearing(id);
  if (hearing != nullptr) return hearing;
  return Fail(ErrorCode::kNotFound, "there is no hearing " + Quoted(id));
}

// A hearing that the customer can still answer.
Status CheckTakesAnswer(const Hearing& hearing, Time now) {
  if (!hearing.answered_at && !hearing.Concluded(now)) return {};
  return Refuse(ErrorCode::kFailedPrecondition, hearing.id + " takes no answer",
                {"a hearing that is open", "one that is " + std::string(StatusName(hearing, now)) +
                                               "; until " + FormatDate(hearing.until)});
}

// The customer has a statement, and the time for an appeal is not over.
Status CheckInTimeForAppeal(const Decision& decision, Time now) {
  if (!decision.statement_at) return {};
  const Date last = LastDayForAppeal(DayOf(*decision.statement_at));
  if (DayOf(now) <= last) return {};
  return Refuse(ErrorCode::kFailedPrecondition, "the time for an appeal is over",
                {"an appeal until " + FormatDate(last), FormatDate(DayOf(now))});
}

// INVARIANT: who sends a text has signed for these very words.
Status CheckSameText(const std::string& text, const std::string& sha256) {
  PROVISO_TRY(CheckText("the text", text, kStatementBytesMax));
  const std::string hash = crypto::Sha256(text).Hex();
  if (hash == sha256) return {};
  return Refuse(ErrorCode::kFailedPrecondition,
                "the act is not about this text: read it again, and send that",
                {"a text with the hash " + Quoted(hash), Quoted(sha256)});
}

}  // namespace

Status CheckRenewable(const Hearing& hearing, Time now) { return CheckTakesAnswer(hearing, now); }

Status CheckRenewable(const Decision& decision, Time now) {
  const bool lift = decision.kind == DecisionKind::kLift;
  if (decision.statement_sha256.empty() || lift) {
    return Refuse(
        ErrorCode::kFailedPrecondition, "no code went out about " + decision.id,
        {"a restriction whose statement was issued", lift ? "a lift" : "no statement of it"});
  }
  if (decision.withdrawal) {
    return Refuse(ErrorCode::kFailedPrecondition, "there is nothing to appeal against",
                  {"a decision that is pursued", decision.id + ", which was withdrawn"});
  }
  return CheckInTimeForAppeal(decision, now);
}

Date LastDayForAppeal(Date stated) {
  const std::chrono::year_month_day day(stated);
  const auto month =
      std::chrono::year_month(day.year(), day.month()) + std::chrono::months(kAppealMonths);
  const std::chrono::year_month_day same(month.year(), month.month(), day.day());
  if (same.ok()) return Date(same);
  return Date(month.year() / month.month() / std::chrono::last);
}

Result<Event> Handle(const ReviewState& state, const OpenHearing& command, Actor actor,
                     Moment now) {
  PROVISO_TRY(CheckPerson(actor, "open a hearing"));
  const Decision* decision = state.FindDecision(command.decision);
  if (decision == nullptr) {
    return Fail(ErrorCode::kNotFound, "there is no decision " + Quoted(command.decision));
  }
  const Case* owner = PROVISO_TRY(FindOpenCase(state, decision->case_id));
  if (decision->kind == DecisionKind::kLift || decision->adopted() || decision->withdrawal ||
      decision->plan_hash.empty()) {
    return Refuse(ErrorCode::kFailedPrecondition, "a hearing is about what is intended",
                  {"a decision that is planned and not adopted",
                   decision->id + ", which is " + std::string(StatusName(*decision))});
  }
  for (const std::string& id : owner->hearings) {
    const Hearing& earlier = *state.FindHearing(id);
    if (earlier.decision != decision->id || earlier.Concluded(now.at)) continue;
    return Refuse(ErrorCode::kAlreadyExists, decision->id + " is being heard",
                  {"no hearing under way",
                   earlier.id + "; if its code was lost: proviso code renew " + earlier.id});
  }
  const Date today = DayOf(now.at);
  if (command.until <= today || command.until > today + kHearingDaysMax) {
    return Refuse(ErrorCode::kInvalidArgument, "the customer needs a day by which to answer",
                  {"a day from " + FormatDate(today + std::chrono::days{1}) + " to " +
                       FormatDate(today + kHearingDaysMax),
                   FormatDate(command.until)});
  }
  PROVISO_TRY(CheckSameText(command.notice, command.notice_sha256));
  return Event{.type = "hearing.opened",
               .open = Json::Of({{"hearing", state.NextHearingId()},
                                 {"decision", decision->id},
                                 {"plan_hash", decision->plan_hash},
                                 {"until", FormatDate(command.until)},
                                 {"notice_sha256", command.notice_sha256}}),
               .sealed = {{"notice", Json(command.notice)},
                          {"code", Json::Of({{"sha256", command.code_sha256}})}}};
}

Result<Event> Handle(const ReviewState& state, const AnswerHearing& command, Actor /*actor*/,
                     Moment now) {
  const Hearing* hearing = PROVISO_TRY(FindHearingOf(state, command.hearing));
  PROVISO_TRY(CheckTakesAnswer(*hearing, now.at));
  PROVISO_TRY(CheckText("the answer", command.text, kLetterBytesMax));
  Json open = Json::Of({{"hearing", hearing->id}});
  if (!command.notice_sha256.empty()) {
    // INVARIANT: an answer that names a notice is about the very words that were sent.
    if (command.notice_sha256 != hearing->notice_sha256) {
      return Refuse(ErrorCode::kFailedPrecondition,
                    "the answer is about another notice than was sent in " + hearing->id,
                    {"a notice with the SHA-256 " + Quoted(hearing->notice_sha256),
                     Quoted(command.notice_sha256)});
    }
    open["notice_sha256"] = command.notice_sha256;
  }
  return Event{.type = "hearing.answered",
               .open = std::move(open),
               .sealed = {{"answer", Json(command.text)}}};
}

Result<Event> Handle(const ReviewState& state, const AcknowledgeAnswer& command, Actor actor) {
  PROVISO_TRY(CheckPerson(actor, "acknowledge an answer"));
  const Hearing* hearing = PROVISO_TRY(FindHearingOf(state, command.hearing));
  if (!hearing->answered_at || hearing->acknowledged_at) {
    return Refuse(
        ErrorCode::kFailedPrecondition, "there is nothing to acknowledge",
        {"a hearing that was answered",
         hearing->acknowledged_at ? "one acknowledged already" : "one without an answer"});
  }
  // INVARIANT: a customer is heard, which takes that somebody can read what it said.
  if (hearing->answer.empty()) {
    return Refuse(
        ErrorCode::kDataLoss, "the answer in " + hearing->id + " cannot be read here",
        {"part `answer` of its log entry", "a damaged or absent one: put it back from a backup"});
  }
  PROVISO_TRY(CheckSameText(command.text, command.sha256));
  // As of a notice: its hash is sealed with it.
  return Event{.type = "hearing.acknowledged",
               .open = Json::Of({{"hearing", hearing->id}}),
               .sealed = {{"acknowledgement", Json(command.text)},
                          {"details", Json::Of({{"sha256", command.sha256}})}}};
}

Result<Event> Handle(const ReviewState& state, const RenewCode& command, Actor actor, Moment now) {
  PROVISO_TRY(CheckPerson(actor, "renew a code"));
  const Hearing* hearing = state.FindHearing(command.of);
  const Decision* decision = state.FindDecision(command.of);
  if (hearing == nullptr && decision == nullptr) {
    return Refuse(ErrorCode::kNotFound, "there is no " + Quoted(command.of),
                  {"an open hearing or a stated decision, by its id", Quoted(command.of)});
  }
  if (hearing != nullptr) PROVISO_TRY(CheckRenewable(*hearing, now.at));
  if (decision != nullptr) PROVISO_TRY(CheckRenewable(*decision, now.at));
  return Event{.type = "code.renewed",
               .open = Json::Of({{hearing != nullptr ? "hearing" : "decision", command.of}}),
               .sealed = {{"code", Json::Of({{"sha256", command.code_sha256}})}}};
}

Result<Event> Handle(const ReviewState& state, const IssueNotice& command, Actor actor) {
  PROVISO_TRY(CheckPerson(actor, "issue a notice"));
  const Case* owner = state.FindCase(command.case_id);
  if (owner == nullptr) {
    return Fail(ErrorCode::kNotFound, "there is no case " + Quoted(command.case_id));
  }
  if (std::find(kNoticeKinds.begin(), kNoticeKinds.end(), command.kind) == kNoticeKinds.end()) {
    return Refuse(ErrorCode::kInvalidArgument, "there is no such notice",
                  {"`staff`, `public`, `update` or `appeal-answer`", Quoted(command.kind)});
  }
  if (!command.decision.empty()) {
    const Decision* decision = state.FindDecision(command.decision);
    if (decision == nullptr || decision->case_id != owner->id) {
      return Fail(ErrorCode::kNotFound,
                  "there is no decision " + Quoted(command.decision) + " in " + Quoted(owner->id));
    }
    if (decision->withdrawal) {
      return Refuse(ErrorCode::kFailedPrecondition, "a notice is about what is decided",
                    {"a decision that is pursued", decision->id + ", which was withdrawn"});
    }
    // INVARIANT: nobody learns of a decision before the customer does.
    if (decision->statement_sha256.empty()) {
      return Refuse(ErrorCode::kFailedPrecondition, "the customer is told first",
                    {"a statement issued for " + decision->id, "none"});
    }
  }
  PROVISO_TRY(CheckSameText(command.text, command.sha256));
  // The hash of a short text would let its words be guessed: it is sealed with the text.
  Json open = Json::Of({{"kind", command.kind}});
  if (!command.decision.empty()) open["decision"] = command.decision;
  if (!command.audience.empty()) open["audience"] = command.audience;
  return Event{.type = "notice.issued",
               .open = std::move(open),
               .sealed = {{"text", Json(command.text)},
                          {"details", Json::Of({{"sha256", command.sha256}})}}};
}

Result<Event> Handle(const ReviewState& state, const FileAppeal& command, Actor /*actor*/,
                     Moment now) {
  const Decision* decision = state.FindDecision(command.decision);
  // Also against one that was lifted meanwhile: what was wrong may be said to have been wrong.
  if (decision == nullptr || !decision->adopted() || decision->kind == DecisionKind::kLift) {
    return Refuse(ErrorCode::kFailedPrecondition,
                  "an appeal is against a decision that was adopted",
                  {"an adopted decision", Quoted(command.decision)});
  }
  PROVISO_TRY(CheckInTimeForAppeal(*decision, now.at));
  for (const std::string& id : state.FindCase(decision->case_id)->appeals) {
    const Appeal& earlier = *state.FindAppeal(id);
    if (earlier.decision != decision->id || earlier.outcome) continue;
    return Refuse(ErrorCode::kAlreadyExists, decision->id + " is under appeal already",
                  {"no appeal that waits", earlier.id});
  }
  PROVISO_TRY(CheckText("the appeal", command.text, kLetterBytesMax));
  return Event{.type = "appeal.filed",
               .open = Json::Of({{"appeal", state.NextAppealId()}, {"decision", decision->id}}),
               .sealed = {{"text", Json(command.text)}}};
}

Result<Event> Handle(const ReviewState& state, const DecideAppeal& command, Actor actor) {
  PROVISO_TRY(CheckPerson(actor, "decide an appeal"));
  const Appeal* appeal = state.FindAppeal(command.appeal);
  if (appeal == nullptr) {
    return Fail(ErrorCode::kNotFound, "there is no appeal " + Quoted(command.appeal));
  }
  if (appeal->outcome) {
    return Refuse(ErrorCode::kAlreadyExists, appeal->id + " is decided",
                  {"an appeal that waits",
                   "one that ended `" + std::string(AppealOutcomeName(*appeal->outcome)) + "`"});
  }
  if (appeal->text.empty()) {
    return Refuse(
        ErrorCode::kDataLoss, "the text of " + appeal->id + " cannot be read here",
        {"part `text` of its log entry", "a damaged or absent one: put it back from a backup"});
  }
  // INVARIANT (different people): who decided does not hear the appeal, nor who reviewed.
  const std::string bar = WhatBars(state, *appeal, actor.person->pseudonym, Untold::kBars);
  if (!bar.empty()) {
    const std::string others =
        command.roster == nullptr ? "" : "; " + WhoCouldHear(state, *appeal, *command.roster);
    return Refuse(ErrorCode::kPermissionDenied, "an appeal is heard by somebody who had no part",
                  {"a person without a part in " + appeal->case_id,
                   actor.person->Called() + ", " + bar + others});
  }
  const AppealOutcome outcome = PROVISO_TRY(ParseAppealOutcome(command.outcome));
  PROVISO_TRY(CheckText("the reason", command.reason, kTextBytesMax));
  return Event{.type = "appeal.decided",
               .open = Json::Of({{"appeal", appeal->id}, {"outcome", AppealOutcomeName(outcome)}}),
               .sealed = {{"reason", Json(command.reason)}}};
}

}  // namespace proviso::review

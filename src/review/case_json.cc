#include "review/case_json.h"

#include "review/attention.h"
#include "review/internal/supersession.h"

namespace proviso::review {
namespace {

Json TimeOrNull(const std::optional<Time>& time) { return time ? Json(FormatTime(*time)) : Json(); }

Json TextOrNull(const std::string& text) { return text.empty() ? Json() : Json(text); }

Json ChecksJson(const std::vector<std::string>& texts, const std::vector<Json>& results) {
  Json checks = Json::MakeArray();
  for (std::size_t i = 0; i < texts.size(); ++i) {
    checks.Append(
        Json::Of({{"check", texts[i]}, {"result", i < results.size() ? results[i] : Json()}}));
  }
  return checks;
}

Json SourceOrNull(const Claim& claim) {
  if (!claim.source) return {};
  return Json::Of({{"report", claim.source->report},
                   {"begin", claim.source->begin},
                   {"end", claim.source->end},
                   {"quote", claim.source->quote}});
}

Json DroppedOrNull(const Claim& claim) {
  if (!claim.dropped()) return {};
  return Json::Of({{"at", FormatTime(*claim.dropped_at)}, {"reason", claim.drop_reason}});
}

Json FindingJson(const Finding* finding) {
  if (finding == nullptr) {
    return Json::Of({{"outcome", Json()},
                     {"id", Json()},
                     {"reason", Json()},
                     {"drafted", Json()},
                     {"against_draft", Json()},
                     {"by", Json()},
                     {"at", Json()}});
  }
  return Json::Of(
      {{"outcome", checks::OutcomeName(finding->outcome)},
       {"id", finding->id},
       {"reason", finding->reason},
       {"drafted", finding->drafted ? Json(checks::OutcomeName(*finding->drafted)) : Json()},
       {"against_draft", TextOrNull(finding->against_draft)},
       {"by", finding->by},
       {"at", FormatTime(finding->at)}});
}

Json ClaimJson(const ReviewState& state, const Claim& claim) {
  return Json::Of(
      {{"id", claim.id},
       {"text", claim.text},
       {"denial", claim.denial},
       {"added_by", claim.added_by},
       {"source", SourceOrNull(claim)},
       {"about", claim.source ? claim.source->about : Json()},
       {"edited_at", TimeOrNull(claim.edited_at)},
       {"dropped", DroppedOrNull(claim)},
       {"checks", ChecksJson(claim.checks, claim.results)},
       {"evaluated_at", TimeOrNull(claim.evaluated_at)},
       {"draft",
        Json::Of({{"outcome", claim.draft ? Json(checks::OutcomeName(*claim.draft)) : Json()}})},
       {"finding", FindingJson(state.CurrentFinding(claim))}});
}

Json AttributionJson(const Attribution& attribution) {
  return Json::Of({{"id", attribution.id},
                   {"subscription", attribution.subscription},
                   {"unit", attribution.unit},
                   {"evidence_class", EvidenceClassName(attribution.evidence_class)},
                   {"reason", attribution.reason},
                   {"by", attribution.by},
                   {"at", FormatTime(attribution.at)}});
}

Json SignaturesJson(const Decision& decision) {
  Json signatures = Json::MakeArray();
  for (const DecisionSignature& signature : decision.signatures) {
    signatures.Append(Json::Of({{"by", signature.by},
                                {"at", FormatTime(signature.at)},
                                {"index", signature.index},
                                {"act", signature.act}}));
  }
  return signatures;
}

Json LiftReviewOrNull(const std::optional<LiftReview>& review) {
  if (!review) return {};
  return Json::Of({{"outcome", review->outcome},
                   {"restored_by", TextOrNull(review->restored_by)},
                   {"reason", review->reason},
                   {"by", review->by},
                   {"at", FormatTime(review->at)}});
}

Json EmergencyJson(const Decision& decision) {
  if (!decision.emergency) return {};
  return Json::Of({{"by", decision.emergency->by},
                   {"at", FormatTime(decision.emergency->at)},
                   {"reason", decision.emergency->reason},
                   {"review_due", !decision.emergency->review.has_value()},
                   {"review", LiftReviewOrNull(decision.emergency->review)}});
}

Json WithdrawnOrNull(const Decision& decision) {
  if (!decision.withdrawal) return {};
  return Json::Of({{"by", decision.withdrawal->by},
                   {"at", FormatTime(decision.withdrawal->at)},
                   {"reason", decision.withdrawal->reason}});
}

// When the last of its restrictions ended by itself: a decision stays in force on paper after that.
Json RanOutOrNull(const Decision& decision, Time now) {
  if (!decision.in_force() || !decision.restrictions || decision.restrictions->empty()) return {};
  std::optional<Time> last;
  for (const enforcement::Restriction& restriction : *decision.restrictions) {
    if (!restriction.until || *restriction.until > now) return {};
    last = std::max(last, restriction.until);
  }
  return FormatTime(*last);
}

Json FullDecision(const Decision& decision, Time now) {
  Json signed_by = Json::MakeArray();
  for (const DecisionSignature& signature : decision.signatures) signed_by.Append(signature.by);
  Json planned_by = Json::MakeArray();
  for (const std::string& pseudonym : decision.planned_by) planned_by.Append(pseudonym);
  return Json::Of({{"id", decision.id},
                   {"case", decision.case_id},
                   {"kind", DecisionKindName(decision.kind)},
                   {"status", StatusName(decision)},
                   {"in_force", decision.in_force()},
                   {"ran_out", RanOutOrNull(decision, now)},
                   {"proposed_by", decision.proposed_by},
                   {"proposed_at", FormatTime(decision.proposed_at)},
                   {"planned_by", std::move(planned_by)},
                   {"file", decision.file},
                   {"reason", TextOrNull(decision.reason)},
                   {"lifts", TextOrNull(decision.lifts)},
                   {"appeal", TextOrNull(decision.appeal)},
                   {"plan", decision.plan},
                   {"plan_hash", TextOrNull(decision.plan_hash)},
                   {"quorum", decision.quorum},
                   {"terms", TextOrNull(decision.terms)},
                   {"signature_count", decision.signatures.size()},
                   {"signed_by", std::move(signed_by)},
                   {"signatures", SignaturesJson(decision)},
                   {"statement_sha256", TextOrNull(decision.statement_sha256)},
                   {"statement_at", TimeOrNull(decision.statement_at)},
                   {"statement", TextOrNull(decision.statement)},
                   {"adopted_by", TextOrNull(decision.adopted_by)},
                   {"adopted_at", TimeOrNull(decision.adopted_at)},
                   {"lifted_at", TimeOrNull(decision.lifted_at)},
                   {"lifted_by", TextOrNull(decision.lifted_by)},
                   {"supersedes", IdsJson(decision.supersedes)},
                   {"superseded_at", TimeOrNull(decision.superseded_at)},
                   {"superseded_by", TextOrNull(decision.superseded_by)},
                   {"emergency_lift", EmergencyJson(decision)},
                   {"withdrawn", WithdrawnOrNull(decision)}});
}

Json ReportsJson(const ReviewState& state, const Case& owner) {
  Json reports = Json::MakeArray();
  for (const std::string& id : owner.reports) reports.Append(ReportJson(*state.FindReport(id)));
  return reports;
}

Json StepRecordJson(const StepRecord& record) {
  return Json::Of({{"outcome", record.met ? "met" : "missed"},
                   {"reason", TextOrNull(record.reason)},
                   {"by", record.by},
                   {"at", FormatTime(record.at)}});
}

Json StepJson(const AgreedStep& step, Time now) {
  Json corrected = Json::MakeArray();
  for (std::size_t i = 0; i + 1 < step.records.size(); ++i) {
    corrected.Append(StepRecordJson(step.records[i]));
  }
  const StepRecord* last = step.records.empty() ? nullptr : &step.records.back();
  return Json::Of({{"id", step.id},
                   {"text", step.text},
                   {"due", FormatDate(step.due)},
                   {"status", StatusName(step, now)},
                   {"agreed_by", step.agreed_by},
                   {"agreed_at", FormatTime(step.agreed_at)},
                   {"checks", ChecksJson(step.checks, step.results)},
                   {"outcome", last == nullptr ? Json() : Json(last->met ? "met" : "missed")},
                   {"reason", last == nullptr ? Json() : TextOrNull(last->reason)},
                   {"recorded_by", last == nullptr ? Json() : Json(last->by)},
                   {"recorded_at", last == nullptr ? Json() : Json(FormatTime(last->at))},
                   {"corrected", std::move(corrected)}});
}

Json StepsJson(const ReviewState& state, const Case& owner, Time now) {
  Json steps = Json::MakeArray();
  for (const std::string& id : owner.steps) steps.Append(StepJson(*state.FindStep(id), now));
  return steps;
}

Json HearingsJson(const ReviewState& state, const Case& owner, Time now) {
  Json hearings = Json::MakeArray();
  for (const std::string& id : owner.hearings) {
    hearings.Append(HearingJson(*state.FindHearing(id), now));
  }
  return hearings;
}

Json AppealsJson(const ReviewState& state, const Case& owner) {
  Json appeals = Json::MakeArray();
  for (const std::string& id : owner.appeals) appeals.Append(AppealJson(*state.FindAppeal(id)));
  return appeals;
}

Json NoticesJson(const Case& owner) {
  Json notices = Json::MakeArray();
  for (const IssuedNotice& notice : owner.notices) {
    notices.Append(Json::Of({{"kind", notice.kind},
                             {"decision", TextOrNull(notice.decision)},
                             {"audience", TextOrNull(notice.audience)},
                             {"sha256", notice.sha256},
                             {"text", notice.text},
                             {"by", notice.by},
                             {"at", FormatTime(notice.at)},
                             {"index", notice.index}}));
  }
  return notices;
}

Json UpdatesJson(const Case& owner, Time now) {
  Json updates = Json::MakeArray();
  for (const ScheduledUpdate& update : owner.updates) {
    updates.Append(Json::Of({{"id", update.id},
                             {"audience", update.audience},
                             {"due", FormatDate(update.due)},
                             {"status", StatusName(owner, update, now)},
                             {"by", update.by}}));
  }
  return updates;
}

// Links, reopenings and conflicts: how the case stands to others, and people to it.
void AddRelations(const Case& owner, Json& json) {
  Json links = Json::MakeArray();
  for (const CaseLink& link : owner.links) {
    links.Append(Json::Of({{"case", link.to},
                           {"reason", link.reason},
                           {"by", link.by},
                           {"at", FormatTime(link.at)}}));
  }
  Json reopened = Json::MakeArray();
  for (const Reopening& reopening : owner.reopenings) {
    reopened.Append(Json::Of({{"class", EvidenceClassName(reopening.evidence_class)},
                              {"reason", reopening.reason},
                              {"had_ended", reopening.close_reason},
                              {"by", reopening.by},
                              {"at", FormatTime(reopening.at)}}));
  }
  Json conflicts = Json::MakeArray();
  for (const auto& [by, at] : owner.conflicts) {
    conflicts.Append(Json::Of({{"by", by}, {"at", FormatTime(at)}}));
  }
  json["links"] = std::move(links);
  json["reopened"] = std::move(reopened);
  json["conflicts"] = std::move(conflicts);
}

}  // namespace

Json ReportJson(const ReceivedReport& report) {
  Json json = Json::Of({{"id", report.id},
                        {"kind", report.kind},
                        {"sha256", report.sha256},
                        {"received_by", report.received_by},
                        {"received_at", FormatTime(report.received_at)},
                        {"index", report.index}});
  json["from_customer"] = TextOrNull(report.from_customer);
  Json cases = Json::MakeArray();
  for (const std::string& id : report.cases) cases.Append(id);
  json["cases"] = std::move(cases);
  for (const std::string_view key : {"title", "outlet", "author", "date", "language", "url"}) {
    json[key] = TextOrNull(report.document.StringOr(key, ""));
  }
  return json;
}

Json HearingJson(const Hearing& hearing, Time now) {
  return Json::Of({{"id", hearing.id},
                   {"case", hearing.case_id},
                   {"decision", hearing.decision},
                   {"status", StatusName(hearing, now)},
                   {"opened_by", hearing.opened_by},
                   {"opened_at", FormatTime(hearing.opened_at)},
                   {"until", FormatDate(hearing.until)},
                   {"notice", TextOrNull(hearing.notice)},
                   {"notice_sha256", hearing.notice_sha256},
                   {"answer", TextOrNull(hearing.answer)},
                   {"answered_notice", TextOrNull(hearing.answered_notice)},
                   {"answered_by", TextOrNull(hearing.answered_by)},
                   {"answered_at", TimeOrNull(hearing.answered_at)},
                   {"acknowledgement", TextOrNull(hearing.acknowledgement)},
                   {"acknowledgement_sha256", TextOrNull(hearing.acknowledgement_sha256)},
                   {"acknowledged_by", TextOrNull(hearing.acknowledged_by)},
                   {"acknowledged_at", TimeOrNull(hearing.acknowledged_at)}});
}

Json AppealJson(const Appeal& appeal) {
  return Json::Of({{"id", appeal.id},
                   {"case", appeal.case_id},
                   {"decision", appeal.decision},
                   {"text", appeal.text},
                   {"filed_at", FormatTime(appeal.filed_at)},
                   {"outcome", appeal.outcome ? Json(AppealOutcomeName(*appeal.outcome)) : Json()},
                   {"reason", TextOrNull(appeal.reason)},
                   {"heard_by", TextOrNull(appeal.heard_by)},
                   {"decided_at", TimeOrNull(appeal.decided_at)},
                   {"lift", TextOrNull(appeal.lift)}});
}

Result<Json> CaseJson(const ReviewState& state, std::string_view case_id, Time now) {
  const Case* found = state.FindCase(case_id);
  if (found == nullptr) {
    return Fail(ErrorCode::kNotFound, "there is no case `" + std::string(case_id) + "`");
  }
  Json claims = Json::MakeArray();
  for (const std::string& id : found->claims) {
    claims.Append(ClaimJson(state, *state.FindClaim(id)));
  }
  Json attributions = Json::MakeArray();
  for (const std::string& id : found->attributions) {
    attributions.Append(AttributionJson(*state.FindAttribution(id)));
  }
  Json decisions = Json::MakeArray();
  for (const std::string& id : found->decisions) {
    decisions.Append(FullDecision(*state.FindDecision(id), now));
  }
  Json json = Json::Of({{"id", found->id},
                        {"title", found->title},
                        {"open", found->open()},
                        {"opened_by", found->opened_by},
                        {"opened_at", FormatTime(found->opened_at)},
                        {"closed_at", TimeOrNull(found->closed_at)},
                        {"close_reason", TextOrNull(found->close_reason)},
                        {"claims", std::move(claims)},
                        {"attributions", std::move(attributions)},
                        {"steps", StepsJson(state, *found, now)},
                        {"hearing", HearingsJson(state, *found, now)},
                        {"appeals", AppealsJson(state, *found)},
                        {"notices", NoticesJson(*found)},
                        {"updates", UpdatesJson(*found, now)},
                        {"reports", ReportsJson(state, *found)},
                        {"decisions", std::move(decisions)}});
  json["attention"] = AttentionJson(state, found->id, now);
  AddRelations(*found, json);
  json["cessation"] = Json(found->cessations);
  return json;
}

Result<Json> DecisionJson(const ReviewState& state, std::string_view decision, Time now) {
  const Decision* found = state.FindDecision(decision);
  if (found == nullptr) {
    return Fail(ErrorCode::kNotFound, "there is no decision `" + std::string(decision) + "`");
  }
  Json json = FullDecision(*found, now);
  json["attention"] = Json::MakeArray();
  const Json of_case = AttentionJson(state, found->case_id, now);
  for (const Json& item : *of_case.AsArray()) {
    if (item.StringOr("decision", "") == found->id) json["attention"].Append(item);
  }
  return json;
}

}  // namespace proviso::review

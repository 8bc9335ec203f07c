#include "review/case_json.h"

namespace proviso::review {
namespace {

Json TimeOrNull(const std::optional<Time>& time) { return time ? Json(FormatTime(*time)) : Json(); }

Json TextOrNull(const std::string& text) { return text.empty() ? Json() : Json(text); }

Json ChecksJson(const Claim& claim) {
  Json checks = Json::MakeArray();
  for (std::size_t i = 0; i < claim.checks.size(); ++i) {
    checks.Append(Json::Of({{"check", claim.checks[i]},
                            {"result", i < claim.results.size() ? claim.results[i] : Json()}}));
  }
  return checks;
}

Json FindingJson(const Finding* finding) {
  if (finding == nullptr) {
    return Json::Of(
        {{"outcome", Json()}, {"id", Json()}, {"reason", Json()}, {"by", Json()}, {"at", Json()}});
  }
  return Json::Of({{"outcome", checks::OutcomeName(finding->outcome)},
                   {"id", finding->id},
                   {"reason", finding->reason},
                   {"by", finding->by},
                   {"at", FormatTime(finding->at)}});
}

Json ClaimJson(const ReviewState& state, const Claim& claim) {
  return Json::Of(
      {{"id", claim.id},
       {"text", claim.text},
       {"denial", claim.denial},
       {"added_by", claim.added_by},
       {"checks", ChecksJson(claim)},
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

Json EmergencyJson(const Decision& decision) {
  if (!decision.emergency) return {};
  return Json::Of({{"by", decision.emergency->by},
                   {"at", FormatTime(decision.emergency->at)},
                   {"reason", decision.emergency->reason},
                   {"review_due", true}});
}

Json FullDecision(const Decision& decision) {
  Json signed_by = Json::MakeArray();
  for (const DecisionSignature& signature : decision.signatures) signed_by.Append(signature.by);
  Json planned_by = Json::MakeArray();
  for (const std::string& pseudonym : decision.planned_by) planned_by.Append(pseudonym);
  return Json::Of({{"id", decision.id},
                   {"case", decision.case_id},
                   {"kind", DecisionKindName(decision.kind)},
                   {"status", StatusName(decision)},
                   {"in_force", decision.in_force()},
                   {"proposed_by", decision.proposed_by},
                   {"proposed_at", FormatTime(decision.proposed_at)},
                   {"planned_by", std::move(planned_by)},
                   {"file", decision.file},
                   {"reason", TextOrNull(decision.reason)},
                   {"lifts", TextOrNull(decision.lifts)},
                   {"plan", decision.plan},
                   {"plan_hash", TextOrNull(decision.plan_hash)},
                   {"quorum", decision.quorum},
                   {"terms", TextOrNull(decision.terms)},
                   {"signature_count", decision.signatures.size()},
                   {"signed_by", std::move(signed_by)},
                   {"signatures", SignaturesJson(decision)},
                   {"statement_sha256", TextOrNull(decision.statement_sha256)},
                   {"statement_at", TimeOrNull(decision.statement_at)},
                   {"adopted_by", TextOrNull(decision.adopted_by)},
                   {"adopted_at", TimeOrNull(decision.adopted_at)},
                   {"lifted_at", TimeOrNull(decision.lifted_at)},
                   {"lifted_by", TextOrNull(decision.lifted_by)},
                   {"emergency_lift", EmergencyJson(decision)}});
}

}  // namespace

Result<Json> CaseJson(const ReviewState& state, std::string_view case_id) {
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
    decisions.Append(FullDecision(*state.FindDecision(id)));
  }
  return Json::Of({{"id", found->id},
                   {"title", found->title},
                   {"open", found->open()},
                   {"opened_by", found->opened_by},
                   {"opened_at", FormatTime(found->opened_at)},
                   {"closed_at", TimeOrNull(found->closed_at)},
                   {"close_reason", TextOrNull(found->close_reason)},
                   {"claims", std::move(claims)},
                   {"attributions", std::move(attributions)},
                   {"decisions", std::move(decisions)}});
}

Result<Json> DecisionJson(const ReviewState& state, std::string_view decision) {
  const Decision* found = state.FindDecision(decision);
  if (found == nullptr) {
    return Fail(ErrorCode::kNotFound, "there is no decision `" + std::string(decision) + "`");
  }
  return FullDecision(*found);
}

}  // namespace proviso::review

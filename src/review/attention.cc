#include "review/attention.h"

#include <algorithm>
#include <array>

#include "review/decision_file.h"
#include "review/internal/refusal.h"

namespace proviso::review {
namespace {

constexpr std::array<std::string_view, 5> kKindNames = {
    "ground_fallen", "ground_changed", "attribution_changed", "emergency_lift", "update_overdue"};

// The findings that a decision rests on; none when its file was erased.
std::vector<const Finding*> FactsOf(const ReviewState& state, const Decision& decision) {
  std::vector<const Finding*> facts;
  const Result<std::vector<std::string>> ids = decision.file.StringsAt("facts");
  if (!ids) return facts;
  for (const std::string& id : *ids) {
    const Finding* fact = state.FindFinding(id);
    if (fact != nullptr) facts.push_back(fact);
  }
  return facts;
}

void AddGrounds(const ReviewState& state, const Decision& decision,
                std::vector<Attention>& attention) {
  const std::vector<const Finding*> facts = FactsOf(state, decision);
  const auto newest = [&](const Finding* fact) {
    return state.CurrentFinding(*state.FindClaim(fact->claim));
  };
  for (const Finding* ground : facts) {
    const Finding& stands = *newest(ground);
    if (stands.outcome == ground->outcome) continue;
    const bool carried = std::any_of(facts.begin(), facts.end(), [&](const Finding* fact) {
      return fact->claim != ground->claim && Carries(state, *newest(fact));
    });
    const bool fallen = Carries(state, *ground) && !Carries(state, stands);
    attention.push_back(
        {.kind = fallen ? Attention::Kind::kGroundFallen : Attention::Kind::kGroundChanged,
         .decision = decision.id,
         .claim = ground->claim,
         .ground = ground->id,
         .was = std::string(checks::OutcomeName(ground->outcome)),
         .finding = stands.id,
         .now = std::string(checks::OutcomeName(stands.outcome)),
         .by = stands.by,
         .at = stands.at,
         .carried = carried,
         .carries = Carries(state, stands)});
  }
}

void AddAttributions(const ReviewState& state, const Decision& decision,
                     std::vector<Attention>& attention) {
  const Attributions standing = state.AttributionsOf(decision.case_id);
  for (const std::string& id : AttributionsCitedBy(decision)) {
    const Attribution* cited = state.FindAttribution(id);
    if (cited == nullptr || cited->subscription.empty()) continue;  // erased
    // A log may say anything: an attribution of another case is none of this one.
    const auto newest = standing.ids.find(cited->subscription);
    if (newest == standing.ids.end()) continue;
    const Attribution& stands = *state.FindAttribution(newest->second);
    if (stands.unit == cited->unit) continue;
    attention.push_back({.kind = Attention::Kind::kAttributionChanged,
                         .decision = decision.id,
                         .claim = {},
                         .ground = cited->id,
                         .was = cited->unit,
                         .finding = stands.id,
                         .now = stands.unit,
                         .by = stands.by,
                         .at = stands.at});
  }
}

std::string ReaderOf(const Attention& item) {
  return item.audience == "staff" ? item.audience : "the " + item.audience;
}

void AddUpdates(const Case& owner, Time now, std::vector<Attention>& attention) {
  for (const ScheduledUpdate& update : owner.updates) {
    if (StatusName(owner, update, now) != "overdue") continue;
    attention.push_back({.kind = Attention::Kind::kUpdateOverdue,
                         .decision = {},
                         .claim = {},
                         .ground = {},
                         .was = {},
                         .finding = {},
                         .now = {},
                         .by = update.by,
                         .at = update.due,
                         .carried = false,
                         .carries = false,
                         .update = update.id,
                         .audience = update.audience});
  }
}

std::string TextOf(const Attention& item) {
  const std::string change = ": " + item.ground + " (" + Quoted(item.was) + ") gave way to " +
                             item.finding + " (" + Quoted(item.now) + ")" +
                             (item.claim.empty() ? "" : " for " + item.claim);
  const std::string_view rest = item.carries ? "; that still carries it"
                                : item.carried
                                    ? "; another finding that it rests on still carries it"
                                    : "; nothing that it rests on carries it any more";
  switch (item.kind) {
    case Attention::Kind::kGroundFallen:
      return "a ground of " + item.decision + " has fallen" + change + std::string(rest);
    case Attention::Kind::kGroundChanged:
      return "a ground of " + item.decision + " has changed" + change + std::string(rest);
    case Attention::Kind::kAttributionChanged:
      return "a target of " + item.decision + " belongs to another unit by now" + change;
    case Attention::Kind::kEmergencyLift:
      return item.decision + " was lifted in an emergency, and nobody has reviewed that";
    case Attention::Kind::kUpdateOverdue:
      return item.update + " to " + ReaderOf(item) + " was due on " +
             FormatDate(std::chrono::floor<std::chrono::days>(item.at)) + ", and was not issued";
  }
  return "";
}

std::string RemedyOf(const Attention& item, std::string_view case_id) {
  if (item.kind == Attention::Kind::kUpdateOverdue) {
    return "issue it: proviso notice issue update --case " + std::string(case_id) + " --audience " +
           item.audience;
  }
  if (item.kind == Attention::Kind::kEmergencyLift) {
    return "somebody else reviews it: proviso decision review " + item.decision;
  }
  return "it stays in force until people act: look at " + item.finding +
         " again, or lift by a signed plan: proviso decision lift " + item.decision;
}

Json TextOrNull(const std::string& text) { return text.empty() ? Json() : Json(text); }

Json ItemJson(const Attention& item, std::string_view case_id, Time now) {
  const auto age = std::chrono::floor<std::chrono::days>(now - item.at).count();
  return Json::Of({{"kind", KindName(item.kind)},
                   {"decision", TextOrNull(item.decision)},
                   {"update", TextOrNull(item.update)},
                   {"claim", TextOrNull(item.claim)},
                   {"ground", TextOrNull(item.ground)},
                   {"was", TextOrNull(item.was)},
                   {"finding", TextOrNull(item.finding)},
                   {"now", TextOrNull(item.now)},
                   {"by", item.by},
                   {"at", FormatTime(item.at)},
                   {"age_days", static_cast<std::int64_t>(age)},
                   {"text", TextOf(item)},
                   {"remedy", RemedyOf(item, case_id)}});
}

}  // namespace

std::string_view KindName(Attention::Kind kind) {
  return kKindNames[static_cast<std::size_t>(kind)];
}

bool Carries(const ReviewState& state, const Finding& finding) {
  return state.FindClaim(finding.claim)->denial
             ? finding.outcome == checks::Outcome::kContradicted
             : finding.outcome == checks::Outcome::kSupported ||
                   finding.outcome == checks::Outcome::kPartlySupported;
}

std::vector<Attention> AttentionOf(const ReviewState& state, std::string_view case_id, Time now) {
  std::vector<Attention> attention;
  const Case* owner = state.FindCase(case_id);
  if (owner == nullptr) return attention;
  for (const std::string& id : owner->decisions) {
    const Decision& decision = *state.FindDecision(id);
    if (decision.emergency && !decision.emergency->review) {
      attention.push_back({.kind = Attention::Kind::kEmergencyLift,
                           .decision = id,
                           .claim = {},
                           .ground = {},
                           .was = {},
                           .finding = {},
                           .now = {},
                           .by = decision.emergency->by,
                           .at = decision.emergency->at});
    }
    if (!decision.in_force() || HasRunOut(decision, now)) continue;
    AddGrounds(state, decision, attention);
    AddAttributions(state, decision, attention);
  }
  AddUpdates(*owner, now, attention);
  return attention;
}

Json AttentionJson(const ReviewState& state, std::string_view case_id, Time now) {
  Json json = Json::MakeArray();
  for (const Attention& item : AttentionOf(state, case_id, now)) {
    json.Append(ItemJson(item, case_id, now));
  }
  return json;
}

}  // namespace proviso::review

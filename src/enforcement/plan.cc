#include "enforcement/plan.h"

#include <algorithm>

#include "base/check.h"
#include "enforcement/internal/plan_parts.h"

namespace proviso::enforcement {
namespace {

std::string Quoted(std::string_view text) { return "`" + std::string(text) + "`"; }

Json RestoredJson(const Restriction& restriction) {
  std::vector<Target> sorted = restriction.targets;
  std::sort(sorted.begin(), sorted.end());
  Json targets = Json::MakeArray();
  for (const Target& target : sorted) {
    targets.Append(Json::Of({{"subscription", target.subscription},
                             {"service", target.service},
                             {"region", target.region},
                             {"regains", internal::OperationsDenied(restriction.stage)}}));
  }
  return Json::Of({{"id", restriction.id},
                   {"clause", restriction.clause},
                   {"stage", terms::StageName(restriction.stage)},
                   {"targets", std::move(targets)}});
}

Result<Target> ReadTarget(const Json& json) {
  Target target;
  target.subscription = PROVISO_TRY(json.StringAt("subscription"));
  target.service = PROVISO_TRY(json.StringAt("service"));
  target.region = PROVISO_TRY(json.StringAt("region"));
  return target;
}

Result<std::optional<Time>> ReadTime(const Json& json, std::string_view key) {
  const Json* value = json.Find(key);
  if (value == nullptr || value->IsNull()) return std::optional<Time>{};
  const std::string text = PROVISO_TRY(json.StringAt(key));
  return std::optional<Time>(PROVISO_TRY(ParseTime(text)));
}

Result<Restriction> ReadRestriction(const Json& json, const std::string& clause, Time adopted) {
  Restriction restriction;
  restriction.id = PROVISO_TRY(json.StringAt("id"));
  restriction.clause = clause;
  const std::string stage = PROVISO_TRY(json.StringAt("stage"));
  restriction.stage = PROVISO_TRY(terms::ParseStage(stage));
  const std::optional<Time> from = PROVISO_TRY(ReadTime(json, "from"));
  // What was signed for an earlier day still takes effect only once it is adopted.
  restriction.from = std::max(from.value_or(adopted), adopted);
  restriction.until = PROVISO_TRY(ReadTime(json, "until"));
  const Json::Array* targets = PROVISO_TRY(json.ArrayAt("targets"));
  for (const Json& target : *targets) {
    restriction.targets.push_back(PROVISO_TRY(ReadTarget(target)));
  }
  return restriction;
}

}  // namespace

std::string RecordDigest(const Json& record, const std::string& nonce) {
  if (record.IsNull()) return "";
  Json bound = record;
  bound["nonce"] = nonce;
  return crypto::Sha256(bound.Canonical()).Hex();
}

Result<Plan> ExpandLift(const LiftInputs& inputs) {
  PROVISO_CHECK(inputs.restrictions != nullptr && inputs.terms != nullptr,
                "a lift reads restrictions and terms");
  if (inputs.restrictions->empty()) {
    return Fail(ErrorCode::kFailedPrecondition,
                "decision " + Quoted(inputs.lifted) + " has no restriction in force to lift");
  }
  std::vector<const Restriction*> sorted;
  for (const Restriction& restriction : *inputs.restrictions) {
    if (!restriction.id.starts_with(inputs.lifted + "/")) {
      return Fail(
          ErrorCode::kFailedPrecondition,
          "restriction " + Quoted(restriction.id) + " is not of decision " + Quoted(inputs.lifted));
    }
    sorted.push_back(&restriction);
  }
  // "decision-1/2" before "decision-1/10": the plan does not depend on the order of the input.
  std::sort(sorted.begin(), sorted.end(), [](const Restriction* a, const Restriction* b) {
    return std::pair(a->id.size(), std::string_view(a->id)) <
           std::pair(b->id.size(), std::string_view(b->id));
  });
  Json restores = Json::MakeArray();
  for (const Restriction* restriction : sorted) restores.Append(RestoredJson(*restriction));
  Plan plan;
  plan.json = Json::Of({{"v", 1},
                        {"kind", "lift"},
                        {"decision", inputs.decision},
                        {"nonce", inputs.nonce},
                        {"record", RecordDigest(inputs.record, inputs.nonce)},
                        {"terms", internal::TermsName(*inputs.terms)},
                        {"quorum", inputs.terms->quorum.lift},
                        {"lifts", inputs.lifted},
                        {"restores", std::move(restores)}});
  plan.hash = crypto::Sha256(plan.json.Canonical()).Hex();
  return plan;
}

Result<std::vector<Restriction>> RestrictionsOfPlan(const Json& plan, Time adopted) {
  const std::int64_t version = PROVISO_TRY(plan.IntegerAt("v"));
  if (version != 1) {
    return Fail(ErrorCode::kUnimplemented,
                "expected a plan of version 1, found " + std::to_string(version));
  }
  const std::string kind = PROVISO_TRY(plan.StringAt("kind"));
  std::vector<Restriction> restrictions;
  if (kind == "lift") return restrictions;
  if (kind != "restrict") {
    return Fail(ErrorCode::kInvalidArgument,
                "expected a plan of kind `restrict` or `lift`, found " + Quoted(kind));
  }
  const std::string clause = PROVISO_TRY(plan.StringAt("clause"));
  const Json::Array* list = PROVISO_TRY(plan.ArrayAt("restrictions"));
  for (const Json& json : *list) {
    restrictions.push_back(PROVISO_TRY(ReadRestriction(json, clause, adopted)));
  }
  return restrictions;
}

}  // namespace proviso::enforcement

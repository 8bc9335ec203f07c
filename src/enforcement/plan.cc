#include "enforcement/plan.h"

#include <algorithm>

#include "base/check.h"
#include "enforcement/internal/plan_parts.h"

namespace proviso::enforcement {
namespace {

std::string Quoted(std::string_view text) { return "`" + std::string(text) + "`"; }

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

Result<OperationSet> ReadOperations(const Json& json, std::int64_t version) {
  if (json.Find("operations") == nullptr) return kAllOperations;
  if (version < internal::kLaterVersion) {
    return Fail(ErrorCode::kInvalidArgument,
                "expected no `operations` in a plan of version " + std::to_string(version));
  }
  OperationSet operations = 0;
  const std::vector<std::string> names = PROVISO_TRY(json.StringsAt("operations"));
  for (const std::string& name : names) {
    const Operation operation = PROVISO_TRY(ParseOperation(name));
    operations = static_cast<OperationSet>(operations | SetOf(operation));
  }
  return operations;
}

Result<Restriction> ReadRestriction(const Json& json, std::int64_t version, Time adopted) {
  Restriction restriction;
  restriction.id = PROVISO_TRY(json.StringAt("id"));
  const std::string stage = PROVISO_TRY(json.StringAt("stage"));
  restriction.stage = PROVISO_TRY(terms::ParseStage(stage));
  restriction.operations = PROVISO_TRY(ReadOperations(json, version));
  PROVISO_TRY(CheckOperations(restriction.stage, restriction.operations));
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
  for (const Restriction& restriction : *inputs.restrictions) {
    if (restriction.id.starts_with(inputs.lifted + "/")) continue;
    return Fail(ErrorCode::kFailedPrecondition, "restriction " + Quoted(restriction.id) +
                                                    " is not of decision " + Quoted(inputs.lifted));
  }
  Plan plan;
  plan.json = Json::Of({{"v", internal::kPlanVersion},
                        {"kind", "lift"},
                        {"decision", inputs.decision},
                        {"nonce", inputs.nonce},
                        {"record", RecordDigest(inputs.record, inputs.nonce)},
                        {"terms", internal::TermsName(*inputs.terms)},
                        {"quorum", inputs.terms->quorum.lift},
                        {"lifts", inputs.lifted},
                        {"restores", internal::RestoresJson(*inputs.restrictions)}});
  plan.quorum = inputs.terms->quorum.lift;
  plan.hash = crypto::Sha256(plan.json.Canonical()).Hex();
  return plan;
}

Result<std::vector<Restriction>> RestrictionsOfPlan(const Json& plan, Time adopted) {
  const std::int64_t version = PROVISO_TRY(plan.IntegerAt("v"));
  if (version != internal::kPlanVersion && version != internal::kLaterVersion) {
    return Fail(ErrorCode::kUnimplemented,
                "expected a plan of version 1 or 2, found " + std::to_string(version));
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
    Restriction restriction = PROVISO_TRY(ReadRestriction(json, version, adopted));
    restriction.clause = clause;
    restrictions.push_back(std::move(restriction));
  }
  return restrictions;
}

}  // namespace proviso::enforcement

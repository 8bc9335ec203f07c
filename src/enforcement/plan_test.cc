#include "enforcement/plan.h"

#include <fstream>
#include <functional>
#include <set>
#include <sstream>

#include "enforcement/internal/example_provider.h"

namespace proviso::enforcement {
namespace {

using terms::Stage;

// What the inputs point to.
struct Provider {
  catalogue::Catalogue catalogue = internal::ExampleCatalogue();
  catalogue::Customers customers = internal::ExampleCustomers();
  terms::Terms terms = internal::ExampleTerms();
};

RequestedRestriction Request() {
  RequestedRestriction request;
  request.subscriptions = {"sub-2", "sub-1"};
  request.classes = {"object-storage"};
  request.regions = {"nl-1"};
  request.stage = Stage::kReadOnly;
  return request;
}

PlanInputs Inputs(const Provider& provider) {
  PlanInputs inputs;
  inputs.decision = "decision-1";
  inputs.nonce = "000102030405060708090a0b0c0d0e0f";
  inputs.catalogue = &provider.catalogue;
  inputs.customers = &provider.customers;
  inputs.terms = &provider.terms;
  inputs.clause = "4.2";
  inputs.attributions = {{"sub-1", "attribution-1"}, {"sub-2", "attribution-2"}};
  inputs.attributed_units = {{"sub-1", "signals"}, {"sub-2", "signals"}};
  inputs.restrictions = {Request()};
  return inputs;
}

std::vector<Target> TargetsOf(const Result<Plan>& plan, std::size_t index = 0) {
  return plan ? plan->restrictions.at(index).targets : std::vector<Target>{};
}

Time At(const char* text) { return ParseTime(text).value(); }

// The examples of docs/formats/plan.md, in their order.
std::vector<Json> ExamplesOfDocument() {
  std::ifstream file(PROVISO_SOURCE_DIR "/docs/formats/plan.md");
  std::stringstream stream;
  stream << file.rdbuf();
  const std::string text = stream.str();
  const std::string opening = "```json\n";
  std::vector<Json> examples;
  for (auto at = text.find(opening); at != std::string::npos; at = text.find(opening, at)) {
    at += opening.size();
    examples.push_back(ParseJson(text.substr(at, text.find("```", at) - at)).value());
  }
  return examples;
}

Result<Plan> LiftOf(const std::string& decision, const std::string& nonce,
                    const std::string& lifted, const std::vector<Restriction>& restrictions,
                    const terms::Terms& terms) {
  LiftInputs inputs;
  inputs.decision = decision;
  inputs.nonce = nonce;
  inputs.lifted = lifted;
  inputs.restrictions = &restrictions;
  inputs.terms = &terms;
  return ExpandLift(inputs);
}

TEST(Plan, WritesTheExamplesOfTheDocument) {
  const std::vector<Json> examples = ExamplesOfDocument();
  ASSERT_EQ(examples.size(), 3U);
  const Provider provider;
  PlanInputs inputs = Inputs(provider);
  inputs.restrictions[0].subscriptions = {"sub-1"};
  inputs.restrictions[0].until = At("2027-01-01T00:00:00Z");
  inputs.record = ParseJson(R"({"file":{"clause":"4.2",
      "summary":"Object storage of the unit is read-only."}})")
                      .value();
  const Plan plan = ExpandRestriction(inputs).value();
  EXPECT_EQ(plan.json, examples[0]) << plan.json.Pretty();
  EXPECT_EQ(plan.hash, crypto::Sha256(plan.json.Canonical()).Hex());
  const Plan lift = ExpandLift({.decision = "decision-2",
                                .nonce = "0f0e0d0c0b0a09080706050403020100",
                                .lifted = "decision-1",
                                .restrictions = &plan.restrictions,
                                .terms = &provider.terms,
                                .record = Json::Of({{"reason", "The customer stopped."}})})
                        .value();
  EXPECT_EQ(lift.json, examples[2]) << lift.json.Pretty();
  inputs.decision = "decision-2";
  inputs.restrictions[0].until.reset();
  inputs.restrictions[0].operations = SetOf(Operation::kCreate) | SetOf(Operation::kWrite);
  inputs.supersedes = {{"decision-1", &plan.restrictions, 2}};
  const Plan successor = ExpandRestriction(inputs).value();
  EXPECT_EQ(successor.json, examples[1]) << successor.json.Pretty();
}

TEST(Plan, IsAnotherOneForAnotherRecord) {
  const Provider provider;
  PlanInputs inputs = Inputs(provider);
  std::set<std::string> hashes{ExpandRestriction(inputs).value().hash};
  for (const char* hearing : {"held", "waived"}) {
    inputs.record = Json::Of({{"file", Json::Of({{"hearing", hearing}})}});
    hashes.insert(ExpandRestriction(inputs).value().hash);
  }
  EXPECT_EQ(hashes.size(), 3U);
  EXPECT_NE(RecordDigest(inputs.record, "00"), RecordDigest(inputs.record, "01"))
      << "the nonce keeps the record from being guessed";
}

TEST(Plan, ListsOnlyThirdPartiesAsAffected) {
  const Provider provider;
  const Plan plan = ExpandRestriction(Inputs(provider)).value();
  EXPECT_EQ(plan.json.Find("affects")->StringsAt("dependents").value(),
            std::vector<std::string>{"sub-9"});
}

TEST(Plan, ExpandsAClassToItsServicesWhereTheyAreSold) {
  const Provider provider;
  PlanInputs inputs = Inputs(provider);
  inputs.restrictions[0].subscriptions = {"sub-1"};
  inputs.restrictions[0].regions = {"*"};
  EXPECT_EQ(TargetsOf(ExpandRestriction(inputs)),
            (std::vector<Target>{{"sub-1", "archive-store", "de-1"},
                                 {"sub-1", "blob-store", "de-1"},
                                 {"sub-1", "blob-store", "ie-1"},
                                 {"sub-1", "blob-store", "nl-1"}}));
  inputs.restrictions[0].regions = {"nl-1"};
  EXPECT_EQ(TargetsOf(ExpandRestriction(inputs)),
            (std::vector<Target>{{"sub-1", "blob-store", "nl-1"}}));
}

TEST(Plan, TakesClassesAndServicesTogetherAndEachTargetOnce) {
  const Provider provider;
  PlanInputs inputs = Inputs(provider);
  inputs.restrictions[0].subscriptions = {"sub-1", "sub-1"};
  inputs.restrictions[0].services = {"blob-store", "speech"};
  EXPECT_EQ(TargetsOf(ExpandRestriction(inputs)),
            (std::vector<Target>{{"sub-1", "blob-store", "nl-1"}, {"sub-1", "speech", "nl-1"}}));
}

TEST(Plan, ExpandsAUnitToTheSubscriptionsAttributedToIt) {
  const Provider provider;
  PlanInputs inputs = Inputs(provider);
  inputs.restrictions[0].subscriptions.clear();
  for (const char* name : {"signals", "Signals Unit", "unit 99"}) {
    inputs.restrictions[0].unit = name;
    EXPECT_EQ(
        TargetsOf(ExpandRestriction(inputs)),
        (std::vector<Target>{{"sub-1", "blob-store", "nl-1"}, {"sub-2", "blob-store", "nl-1"}}))
        << name;
  }
}

TEST(Plan, SaysWhenItIsCustomerWide) {
  const Provider provider;
  PlanInputs inputs = Inputs(provider);
  inputs.attributions["sub-3"] = "attribution-3";
  inputs.restrictions[0].subscriptions.clear();
  inputs.restrictions[0].customer = "ministry";
  const Plan plan = ExpandRestriction(inputs).value();
  EXPECT_EQ(plan.restrictions[0].targets.size(), 3U);
  EXPECT_TRUE(plan.json.Find("restrictions")->AsArray()->front().BoolAt("customer_wide").value());
}

TEST(Plan, NumbersItsRestrictionsInTheOrderOfTheRequest) {
  const Provider provider;
  PlanInputs inputs = Inputs(provider);
  inputs.restrictions.push_back(Request());
  inputs.restrictions[1].classes = {"speech-to-text"};
  inputs.restrictions[1].stage = Stage::kSuspended;
  const Plan plan = ExpandRestriction(inputs).value();
  ASSERT_EQ(plan.restrictions.size(), 2U);
  EXPECT_EQ(plan.restrictions[0].id, "decision-1/1");
  EXPECT_EQ(plan.restrictions[1].id, "decision-1/2");
  EXPECT_EQ(plan.restrictions[1].stage, Stage::kSuspended);
}

TEST(Plan, HasTheSameHashForTheSameInputsInAnyOrder) {
  const Provider provider;
  const PlanInputs inputs = Inputs(provider);
  PlanInputs other = inputs;
  std::swap(other.restrictions[0].subscriptions[0], other.restrictions[0].subscriptions[1]);
  EXPECT_EQ(ExpandRestriction(other)->hash, ExpandRestriction(inputs)->hash);
}

TEST(Plan, HasAnotherHashWhenAnythingThatItRestsOnChanges) {
  const Provider provider;
  const std::string hash = ExpandRestriction(Inputs(provider))->hash;
  const std::vector<std::pair<const char*, std::function<void(PlanInputs&)>>> changes = {
      {"nonce", [](PlanInputs& in) { in.nonce[0] = 'f'; }},
      {"decision", [](PlanInputs& in) { in.decision = "decision-2"; }},
      {"attribution", [](PlanInputs& in) { in.attributions["sub-1"] = "attribution-9"; }},
      {"stage", [](PlanInputs& in) { in.restrictions[0].stage = Stage::kSuspended; }},
      {"region", [](PlanInputs& in) { in.restrictions[0].regions = {"de-1"}; }},
      {"until", [](PlanInputs& in) { in.restrictions[0].until = At("2027-01-01T00:00:00Z"); }},
      {"from", [](PlanInputs& in) { in.restrictions[0].from = At("2026-12-01T00:00:00Z"); }},
      {"operations",
       [](PlanInputs& in) { in.restrictions[0].operations = SetOf(Operation::kWrite); }},
      {"keep on", [](PlanInputs& in) { in.keep_on_classes = {"compute"}; }}};
  for (const auto& [what, change] : changes) {
    PlanInputs changed = Inputs(provider);
    change(changed);
    const auto plan = ExpandRestriction(changed);
    ASSERT_TRUE(plan) << what;
    EXPECT_NE(plan->hash, hash) << what;
  }
}

TEST(Plan, ListsServicesThatTheDecisionKeepsOn) {
  const Provider provider;
  PlanInputs inputs = Inputs(provider);
  inputs.restrictions[0].subscriptions = {"sub-1"};
  inputs.keep_on_classes = {"compute", "security"};
  inputs.keep_on_services = {"speech"};
  EXPECT_EQ(*ExpandRestriction(inputs)->json.Find("kept"), ParseJson(R"([
    {"subscription": "sub-1", "service": "machines", "reason": "decision"},
    {"subscription": "sub-1", "service": "speech", "reason": "decision"},
    {"subscription": "sub-1", "service": "threat-watch", "reason": "terms"}])")
                                                               .value());
}

struct Refusal {
  const char* rule;
  std::function<void(PlanInputs&)> change;
  ErrorCode code;
  std::vector<const char*> says;
};

constexpr ErrorCode kNo = ErrorCode::kFailedPrecondition;
constexpr ErrorCode kMissing = ErrorCode::kNotFound;

std::vector<Refusal> RefusalsOfWhatIsNotPermitted() {
  return {{"class kept by the terms",
           [](PlanInputs& in) { in.restrictions[0].classes = {"security"}; },
           kNo,
           {"`threat-watch` of class `security` is kept on by the terms"}},
          {"service kept by the terms",
           [](PlanInputs& in) { in.restrictions[0].services = {"threat-watch"}; },
           kNo,
           {"`threat-watch`", "kept on by the terms"}},
          {"class kept by the decision",
           [](PlanInputs& in) { in.keep_on_classes = {"object-storage"}; },
           kNo,
           {"`blob-store`", "kept on by the decision"}},
          {"service of the class kept by the decision",
           [](PlanInputs& in) { in.keep_on_services = {"blob-store"}; },
           kNo,
           {"`blob-store`", "kept on by the decision", "one by one"}},
          {"no attribution",
           [](PlanInputs& in) { in.attributions.erase("sub-2"); },
           kNo,
           {"restriction 1: subscription `sub-2` has no attribution finding"}},
          {"customer-wide without all attributions",
           [](PlanInputs& in) {
             in.restrictions[0].subscriptions.clear();
             in.restrictions[0].customer = "ministry";
           },
           kNo,
           {"subscription `sub-3` has no attribution finding"}},
          {"stage that the clause does not permit",
           [](PlanInputs& in) { in.restrictions[0].classes = {"compute"}; },
           kNo,
           {"clause `4.2` does not permit `read-only` for services of class `compute`"}},
          {"other terms",
           [](PlanInputs& in) {
             in.restrictions[0].subscriptions = {"sub-9"};
             in.attributions["sub-9"] = "attribution-9";
           },
           kNo,
           {"`sub-9` is bound by terms `acceptable-use@2025-01`"}}};
}

std::vector<Refusal> RefusalsOfScopes() {
  return {
      {"region where a service is not sold",
       [](PlanInputs& in) {
         in.restrictions[0].services = {"speech"};
         in.restrictions[0].regions = {"nl-1", "ie-1"};
       },
       kNo,
       {"service `speech` is not sold in region `ie-1`"}},
      {"region where no service of the class is sold",
       [](PlanInputs& in) {
         in.restrictions[0].classes = {"speech-to-text"};
         in.restrictions[0].regions = {"ie-1"};
       },
       kNo,
       {"no service of class `speech-to-text` is sold in region `ie-1`"}},
      {"window in disorder",
       [](PlanInputs& in) {
         in.restrictions[0].from = At("2026-12-01T00:00:00Z");
         in.restrictions[0].until = At("2026-12-01T00:00:00Z");
       },
       kNo,
       {"expected `until` after `from`"}},
      {"no restriction",
       [](PlanInputs& in) { in.restrictions.clear(); },
       kNo,
       {"the decision has no restriction"}},
      {"nobody",
       [](PlanInputs& in) { in.restrictions[0].subscriptions.clear(); },
       kNo,
       {"expected one of `subscriptions`, `unit` and `customer`, found 0"}},
      {"two ways", [](PlanInputs& in) { in.restrictions[0].unit = "signals"; }, kNo, {"found 2"}},
      {"nothing",
       [](PlanInputs& in) { in.restrictions[0].classes.clear(); },
       kNo,
       {"expected `classes` or `services`"}},
      {"nowhere",
       [](PlanInputs& in) { in.restrictions[0].regions.clear(); },
       kNo,
       {"expected one or more regions"}},
      {"unit without attributed subscriptions",
       [](PlanInputs& in) {
         in.restrictions[0].subscriptions.clear();
         in.restrictions[0].unit = "archive";
       },
       kNo,
       {"no subscription is attributed to unit `archive`"}}};
}

std::vector<Refusal> RefusalsOfOperations() {
  return {
      {"operation that the stage does not deny",
       [](PlanInputs& in) {
         in.restrictions[0].operations = SetOf(Operation::kWrite) | SetOf(Operation::kRead);
       },
       kNo,
       {"restriction 1: expected operations that `read-only` denies, `create`, `invoke`, `write`, "
        "found `read`"}},
      {"operation that nothing denies",
       [](PlanInputs& in) {
         in.restrictions[0].stage = Stage::kSuspended;
         in.restrictions[0].operations = SetOf(Operation::kManage);
       },
       kNo,
       {"`read`, `delete`, found `manage`"}},
      {"operations of a notice",
       [](PlanInputs& in) {
         in.restrictions[0].stage = Stage::kNotice;
         in.restrictions[0].operations = SetOf(Operation::kRead);
       },
       kNo,
       {"expected no `operations`, for `notice` denies nothing, found `read`"}},
      {"no operation at all",
       [](PlanInputs& in) { in.restrictions[0].operations = 0; },
       kNo,
       {"found none"}}};
}

std::vector<Refusal> RefusalsOfNames() {
  return {{"unknown subscription",
           [](PlanInputs& in) { in.restrictions[0].subscriptions = {"sub-7"}; },
           kMissing,
           {"subscription `sub-7` does not exist"}},
          {"unknown unit",
           [](PlanInputs& in) {
             in.restrictions[0].subscriptions.clear();
             in.restrictions[0].unit = "x";
           },
           kMissing,
           {"unit `x` does not exist"}},
          {"unknown customer",
           [](PlanInputs& in) {
             in.restrictions[0].subscriptions.clear();
             in.restrictions[0].customer = "x";
           },
           kMissing,
           {"customer `x` does not exist"}},
          {"unknown class",
           [](PlanInputs& in) { in.restrictions[0].classes = {"x"}; },
           kMissing,
           {"class `x` does not exist"}},
          {"unknown service",
           [](PlanInputs& in) { in.restrictions[0].services = {"x"}; },
           kMissing,
           {"service `x` does not exist"}},
          {"unknown region",
           [](PlanInputs& in) { in.restrictions[0].regions = {"x"}; },
           kMissing,
           {"region `x` does not exist"}},
          {"unknown clause",
           [](PlanInputs& in) { in.clause = "9.9"; },
           kMissing,
           {"clause `9.9` does not exist"}},
          {"unknown class kept on",
           [](PlanInputs& in) { in.keep_on_classes = {"x"}; },
           kMissing,
           {"class `x` does not exist", "`keep_on`"}},
          {"unknown service kept on",
           [](PlanInputs& in) { in.keep_on_services = {"x"}; },
           kMissing,
           {"service `x` does not exist", "`keep_on`"}}};
}

std::vector<Refusal> RefusalsTogether() {
  return {{"several at once",
           [](PlanInputs& in) {
             in.attributions.erase("sub-1");
             in.restrictions.push_back(Request());
             in.restrictions[1].classes = {"compute", "security"};
           },
           kNo,
           {"restriction 1: subscription `sub-1` has no attribution", "restriction 2: clause `4.2`",
            "restriction 2: service `threat-watch`"}}};
}

TEST(Plan, IsRefusedWithEveryReason) {
  const Provider provider;
  ASSERT_TRUE(ExpandRestriction(Inputs(provider)));
  for (const auto& refusals : {RefusalsOfWhatIsNotPermitted(), RefusalsOfScopes(),
                               RefusalsOfOperations(), RefusalsOfNames(), RefusalsTogether()}) {
    for (const Refusal& refusal : refusals) {
      PlanInputs inputs = Inputs(provider);
      refusal.change(inputs);
      const auto plan = ExpandRestriction(inputs);
      ASSERT_FALSE(plan) << refusal.rule;
      const std::string& message = plan.error().message();
      EXPECT_EQ(plan.error().code(), refusal.code) << refusal.rule << message;
      for (const char* says : refusal.says) {
        EXPECT_NE(message.find(says), std::string::npos)
            << refusal.rule << ": expected " << says << " in " << message;
      }
    }
  }
}

TEST(Plan, IsCheckedForClauseTermsAndAttributionsBeforeItIsProposed) {
  const Provider provider;
  ASSERT_TRUE(CheckProposable(Inputs(provider)));
  const std::vector<Refusal> refusals = {
      {"clause",
       [](PlanInputs& in) { in.clause = "9.9"; },
       kMissing,
       {"the decision cannot be proposed:", "clause `9.9` does not exist; name one of the terms"}},
      {"attribution",
       [](PlanInputs& in) { in.attributions.erase("sub-2"); },
       kNo,
       {"restriction 1: subscription `sub-2` has no attribution finding; record one first"}},
      {"unit",
       [](PlanInputs& in) {
         in.restrictions[0].subscriptions.clear();
         in.restrictions[0].unit = "signals";
         in.attributed_units.clear();
       },
       kNo,
       {"no subscription is attributed to unit `signals`"}},
      {"terms",
       [](PlanInputs& in) { in.terms_named = "other@1"; },
       kNo,
       {"it names terms `other@1`, but the contract says"}},
      {"region",
       [](PlanInputs& in) { in.restrictions[0].regions = {in.catalogue->regions()[0].id + "x"}; },
       kMissing,
       {"restriction 1: region `", "x` does not exist", "did you mean `"}},
      {"service",
       [](PlanInputs& in) { in.restrictions[0].services = {"threat-wach"}; },
       kMissing,
       {"service `threat-wach` does not exist", "did you mean `threat-watch`?"}},
      {"class",
       [](PlanInputs& in) { in.restrictions[0].classes = {"object-storag"}; },
       kMissing,
       {"class `object-storag` does not exist", "did you mean `object-storage`?"}}};
  for (const Refusal& refusal : refusals) {
    PlanInputs inputs = Inputs(provider);
    refusal.change(inputs);
    const Status status = CheckProposable(inputs);
    ASSERT_FALSE(status) << refusal.rule;
    EXPECT_EQ(status.error().code(), refusal.code) << refusal.rule;
    for (const char* part : refusal.says) {
      EXPECT_NE(status.error().message().find(part), std::string::npos)
          << refusal.rule << ": " << status.error().message();
    }
    EXPECT_FALSE(ExpandRestriction(inputs)) << refusal.rule;
  }
  // What the expansion alone refuses may be proposed: the inventory changes until then.
  PlanInputs kept = Inputs(provider);
  kept.keep_on_classes = {"object-storage"};
  EXPECT_TRUE(CheckProposable(kept));
}

TEST(Plan, ReadsItsRestrictionsBack) {
  const Provider provider;
  PlanInputs inputs = Inputs(provider);
  inputs.restrictions[0].until = At("2027-01-01T00:00:00Z");
  const Plan plan = ExpandRestriction(inputs).value();
  const Time adopted = At("2026-11-22T09:30:00Z");
  const auto restrictions =
      RestrictionsOfPlan(ParseJson(plan.json.Canonical()).value(), adopted).value();
  ASSERT_EQ(restrictions.size(), 1U);
  EXPECT_EQ(restrictions[0].id, "decision-1/1");
  EXPECT_EQ(restrictions[0].clause, "4.2");
  EXPECT_EQ(restrictions[0].stage, Stage::kReadOnly);
  EXPECT_EQ(restrictions[0].from, adopted);
  EXPECT_EQ(restrictions[0].until, inputs.restrictions[0].until);
  EXPECT_EQ(restrictions[0].targets, plan.restrictions[0].targets);
}

TEST(Plan, NamesTheOperationsThatItNarrowsAStageTo) {
  const Provider provider;
  PlanInputs inputs = Inputs(provider);
  EXPECT_EQ(ExpandRestriction(inputs)->json.IntegerAt("v").value(), 1);
  inputs.restrictions[0].operations = SetOf(Operation::kWrite) | SetOf(Operation::kCreate);
  const Plan plan = ExpandRestriction(inputs).value();
  // A program that does not know of operations must not deny all that the stage does.
  EXPECT_EQ(plan.json.IntegerAt("v").value(), 2);
  const Json& restriction = plan.json.Find("restrictions")->AsArray()->front();
  const std::vector<std::string> named = {"create", "write"};
  EXPECT_EQ(restriction.StringsAt("operations").value(), named);
  EXPECT_EQ(restriction.ArrayAt("targets").value()->front().StringsAt("loses").value(), named);
  const auto read = RestrictionsOfPlan(plan.json, Time{}).value();
  EXPECT_EQ(read.front().operations, inputs.restrictions[0].operations);
  const Plan lift = LiftOf("decision-2", "00", "decision-1", read, provider.terms).value();
  const Json& restored = lift.json.Find("restores")->AsArray()->front();
  EXPECT_EQ(restored.ArrayAt("targets").value()->front().StringsAt("regains").value(), named);
  const std::vector<std::pair<const char*, std::function<void(Json&)>>> faults = {
      {"in a plan of version 1", [](Json& j) { j["v"] = 1; }},
      {"unknown operation `run`",
       [](Json& j) {
         j["restrictions"] = Json(Json::Array{Json::Of({{"id", "decision-1/1"},
                                                        {"stage", "suspended"},
                                                        {"operations", Json(Json::Array{"run"})},
                                                        {"targets", Json::MakeArray()}})});
       }},
      {"found `manage`", [](Json& j) {
         j["restrictions"] = Json(Json::Array{Json::Of({{"id", "decision-1/1"},
                                                        {"stage", "suspended"},
                                                        {"operations", Json(Json::Array{"manage"})},
                                                        {"targets", Json::MakeArray()}})});
       }}};
  for (const auto& [says, change] : faults) {
    Json changed = plan.json;
    change(changed);
    const auto refused = RestrictionsOfPlan(changed, Time{});
    ASSERT_FALSE(refused) << says;
    EXPECT_NE(refused.error().message().find(says), std::string::npos) << refused.error().message();
  }
}

// A decision in force about one of the customer's subscriptions.
const std::vector<Restriction>& InterimRestrictions() {
  static const std::vector<Restriction> kRestrictions = {
      {.id = "decision-1/1",
       .clause = "4.2",
       .stage = Stage::kSuspended,
       .operations = SetOf(Operation::kInvoke) | SetOf(Operation::kRead),
       .from = At("2026-11-01T00:00:00Z"),
       .until = std::nullopt,
       .targets = {{"sub-1", "speech", "nl-1"}, {"sub-1", "blob-store", "nl-1"}}}};
  return kRestrictions;
}

TEST(Plan, SaysWhatItSupersedesAndWhatThatGivesBack) {
  const Provider provider;
  PlanInputs inputs = Inputs(provider);
  inputs.decision = "decision-2";
  inputs.supersedes = {{"decision-1", &InterimRestrictions(), 2}};
  const Plan plan = ExpandRestriction(inputs).value();
  EXPECT_EQ(plan.json.IntegerAt("v").value(), 2);
  EXPECT_EQ(*plan.json.Find("supersedes"), ParseJson(R"([{"decision": "decision-1", "restores": [
      {"id": "decision-1/1", "clause": "4.2", "stage": "suspended", "targets": [
        {"subscription": "sub-1", "service": "blob-store", "region": "nl-1",
         "regains": ["invoke", "read"]},
        {"subscription": "sub-1", "service": "speech", "region": "nl-1",
         "regains": ["invoke", "read"]}]}]}])")
                                               .value());
  EXPECT_TRUE(RestrictionsOfPlan(plan.json, Time{}));
}

TEST(Plan, ThatSupersedesNeedsAsManyAsALiftOfThat) {
  const Provider provider;
  PlanInputs inputs = Inputs(provider);
  for (const auto& [lift_quorum, expected] : std::vector<std::pair<int, int>>{{2, 3}, {5, 5}}) {
    inputs.supersedes = {{"decision-1", &InterimRestrictions(), lift_quorum}};
    const Plan plan = ExpandRestriction(inputs).value();
    EXPECT_EQ(plan.quorum, expected);
    EXPECT_EQ(plan.json.IntegerAt("quorum").value(), expected);
  }
}

TEST(Plan, SupersedesNothingOfAnotherCustomer) {
  const Provider provider;
  PlanInputs inputs = Inputs(provider);
  std::vector<Restriction> others = InterimRestrictions();
  others[0].targets.push_back({"sub-9", "speech", "nl-1"});
  inputs.supersedes = {{"decision-1", &others, 2}};
  const auto refused = ExpandRestriction(inputs);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message(),
            "the plan cannot be formed:\nit supersedes `decision-1`, which restricts subscription "
            "`sub-9` of customer `shop`; restrict something of that customer, or lift `decision-1` "
            "by a decision of its own");
  const Status proposed = CheckProposable(inputs);
  ASSERT_FALSE(proposed) << "it is refused before it is signed, too";
  EXPECT_NE(proposed.error().message().find("of customer `shop`"), std::string::npos);
  // A subscription that nobody has any more is nobody else's.
  others[0].targets.back().subscription = "sub-gone";
  EXPECT_TRUE(ExpandRestriction(inputs));
  EXPECT_TRUE(CheckProposable(inputs));
}

TEST(Plan, TakesEffectAtItsStartAndNeverBeforeItIsAdopted) {
  const Provider provider;
  PlanInputs inputs = Inputs(provider);
  inputs.restrictions[0].from = At("2026-12-01T00:00:00Z");
  const Json json = ExpandRestriction(inputs)->json;
  const std::vector<std::pair<const char*, const char*>> cases = {
      {"2026-11-22T00:00:00Z", "2026-12-01T00:00:00Z"},
      {"2026-12-24T00:00:00Z", "2026-12-24T00:00:00Z"}};
  for (const auto& [adopted, begins] : cases) {
    EXPECT_EQ(RestrictionsOfPlan(json, At(adopted))->front().from, At(begins)) << adopted;
  }
}

TEST(Plan, RefusesToReadWhatIsNoPlan) {
  const Provider provider;
  const Json good = ExpandRestriction(Inputs(provider))->json;
  const std::vector<std::function<void(Json&)>> changes = {
      [](Json& j) { j["v"] = 3; }, [](Json& j) { j["kind"] = "both"; },
      [](Json& j) { j["clause"] = Json(); }, [](Json& j) { j["restrictions"] = 1; },
      [](Json& j) {
        j["restrictions"] = Json(Json::Array{Json::Of({{"id", "x"}})});
      }};
  for (std::size_t i = 0; i < changes.size(); ++i) {
    Json changed = good;
    changes[i](changed);
    EXPECT_FALSE(RestrictionsOfPlan(changed, Time{})) << i;
  }
}

TEST(Plan, OfALiftIsTheInverseOfTheRestrictionsThatItLifts) {
  const Provider provider;
  const Plan restriction = ExpandRestriction(Inputs(provider)).value();
  const auto in_force = RestrictionsOfPlan(restriction.json, Time{}).value();
  const Plan lift = LiftOf("decision-2", "00", "decision-1", in_force, provider.terms).value();
  EXPECT_EQ(lift.json.StringAt("kind").value(), "lift");
  EXPECT_EQ(lift.json.StringAt("lifts").value(), "decision-1");
  EXPECT_EQ(lift.json.IntegerAt("quorum").value(), 2);
  EXPECT_TRUE(lift.restrictions.empty());
  EXPECT_TRUE(RestrictionsOfPlan(lift.json, Time{})->empty());
  // What a target loses is what it regains, target by target.
  const Json& lost = restriction.json.Find("restrictions")->AsArray()->front();
  const Json& restored = lift.json.Find("restores")->AsArray()->front();
  EXPECT_EQ(*restored.Find("id"), *lost.Find("id"));
  const Json::Array& losers = *lost.ArrayAt("targets").value();
  const Json::Array& gainers = *restored.ArrayAt("targets").value();
  ASSERT_EQ(losers.size(), gainers.size());
  for (std::size_t i = 0; i < losers.size(); ++i) {
    for (const char* key : {"subscription", "service", "region"}) {
      EXPECT_EQ(*losers[i].Find(key), *gainers[i].Find(key));
    }
    EXPECT_EQ(*losers[i].Find("loses"), *gainers[i].Find("regains"));
  }
}

TEST(Plan, OfALiftDoesNotDependOnTheOrderOfItsInput) {
  const Provider provider;
  std::vector<Restriction> restrictions;
  for (const char* id : {"decision-1/1", "decision-1/2", "decision-1/10"}) {
    restrictions.push_back({.id = id,
                            .clause = "4.2",
                            .stage = Stage::kNoNew,
                            .from = {},
                            .until = {},
                            .targets = {{"sub-1", "speech", "nl-1"}, {"sub-1", "blob", "nl-1"}}});
  }
  const auto plan = LiftOf("decision-2", "00", "decision-1", restrictions, provider.terms);
  std::swap(restrictions[0], restrictions[2]);
  std::swap(restrictions[1].targets[0], restrictions[1].targets[1]);
  const auto other = LiftOf("decision-2", "00", "decision-1", restrictions, provider.terms);
  EXPECT_EQ(plan->hash, other->hash);
}

TEST(Plan, OfALiftNeedsSomethingToLiftOfThatDecisionAlone) {
  const Provider provider;
  EXPECT_EQ(LiftOf("decision-2", "00", "decision-1", {}, provider.terms).error().code(), kNo);
  const Restriction foreign{.id = "decision-10/1",
                            .clause = "4.2",
                            .stage = Stage::kNoNew,
                            .from = {},
                            .until = {},
                            .targets = {}};
  EXPECT_EQ(LiftOf("decision-2", "00", "decision-1", {foreign}, provider.terms).error().code(),
            kNo);
}

}  // namespace
}  // namespace proviso::enforcement

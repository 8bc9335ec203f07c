#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "catalogue/catalogue.h"
#include "catalogue/customers.h"
#include "checks/check.h"
#include "enforcement/plan.h"
#include "review/case_json.h"
#include "review/commands.h"
#include "review/decision_file.h"
#include "terms/terms.h"

namespace proviso::review {

constexpr std::string_view kTestCatalogue = R"(
regions:
  - {id: nl-1, name: Netherlands}
  - {id: ie-1, name: Ireland}
classes:
  - {id: object-storage, name: Object storage, kind: level, unit: GB}
  - {id: speech-to-text, name: Speech to text, kind: flow, unit: h}
  - {id: security, name: Security, kind: flow, unit: events}
services:
  - {id: blob-store, name: Blob Store, class: object-storage, regions: [nl-1, ie-1],
     meters: [{service_name: Blob Store, unit: GB-Hours, factor: 1}]}
  - {id: speech, name: Speech, class: speech-to-text, regions: [nl-1, ie-1],
     meters: [{service_name: Speech, unit: Hours, factor: 1}]}
  - {id: threat-guard, name: Threat Guard, class: security, regions: [nl-1, ie-1],
     meters: [{service_name: Threat Guard, unit: Events, factor: 1}]}
)";
constexpr std::string_view kTestCustomers = R"(
customers:
  - id: example-ministry
    name: Example Ministry
    contract: {terms: acceptable-use, version: "2026-01", since: 2021-03-01}
    units:
      - {id: signals, name: Example Signals Unit, aliases: [E-17]}
      - {id: logistics, name: Example Logistics Directorate, aliases: []}
    subscriptions:
      - {id: sub-archive, name: archive, depended_on_by: [sub-payroll, sub-other]}
      - {id: sub-language, name: language, depended_on_by: [sub-archive]}
      - {id: sub-college, name: college}
      - {id: sub-payroll, name: payroll}
  - id: example-bakery
    name: Example Bakery
    contract: {terms: acceptable-use, version: "2026-01", since: 2022-03-01}
    units:
      - {id: ovens, name: Example Ovens, aliases: []}
    subscriptions:
      - {id: sub-other, name: other}
)";
constexpr std::string_view kTestTerms = R"(
id: acceptable-use
version: "2026-01"
title: Acceptable use of Example Cloud
clauses:
  - id: "4.2"
    title: Mass surveillance of civilians
    text: The customer does not use the services for mass surveillance of civilians.
    restrictions:
      - {classes: [object-storage, speech-to-text], stages: [notice, no-new, read-only, suspended]}
keep_on: [security]
quorum: {decision: 2, lift: 2}
appeal: You may appeal within 30 days in writing to Example Cloud, Appeals, 1 Example Street.
)";
constexpr std::string_view kTestDecision = R"({"kind":"interim","clause":"4.2",
"summary":"Object storage and speech services of the unit are restricted while the review goes on.",
"why_incompatible":"Calls of a whole population are kept: that is mass surveillance.",
"facts":["finding-1"],"hearing":{"waived":"The use grows by terabytes a day."},
"restrictions":[{"unit":"signals","classes":["object-storage"],"regions":["nl-1"],
"stage":"read-only"},
{"subscriptions":["sub-language"],"classes":["speech-to-text"],"regions":["*"],"stage":"suspended",
"until":"2027-03-01T00:00:00Z"}]})";
constexpr std::string_view kTestCheck =
    "usage(unit: signals, class: object-storage, region: nl-1) at 2026-07-15 >= 5 PB";

inline const Time kTestNow = ParseTime("2026-11-22T09:30:00Z").value();

// An invented provider with one case under way, and its log.
class ReviewTest : public testing::Test {
 protected:
  ReviewTest() {
    using enforcement::Role;
    roster_.version = 1;
    Add("anna", {Role::kReviewer});
    Add("bram", {Role::kReviewer, Role::kDecider});
    Add("cora", {Role::kDecider});
    Add("dirk", {Role::kDecider});
    Add("elif", {Role::kEnforcer});
    Add("finn", {Role::kIntake});
    for (const enforcement::Person& person : roster_.people) people_[person.id] = &person;
  }

  Actor By(const std::string& who) const {
    return {.person = who.empty() ? nullptr : people_.at(who)};
  }

  // The command's answer, without recording it.
  template <typename Command>
  Result<Event> Try(const Command& command, const std::string& who) {
    if constexpr (requires { Handle(state_, command, Actor{}, Moment{}); }) {
      return Handle(state_, command, By(who), Moment{.at = now_});
    } else {
      return Handle(state_, command, By(who));
    }
  }

  Status Record(const std::string& case_id, const std::string& who, Event event) {
    RecordedEvent recorded{.index = log_.size(),
                           .time = now_,
                           .case_id = case_id,
                           .actor = "p-" + who,
                           .act = {},
                           .event = std::move(event)};
    log_.push_back(recorded);
    return state_.Apply(recorded);
  }

  // Commands and records it; a refusal fails the test.
  template <typename Command>
  void Do(const Command& command, const std::string& who, const std::string& case_id = "case-1") {
    Result<Event> event = Try(command, who);
    ASSERT_TRUE(event) << event.error().message();
    const Status applied = Record(case_id, who, std::move(*event));
    ASSERT_TRUE(applied) << applied.error().message();
  }

  // Expects a refusal, and that nothing changed.
  template <typename Command>
  void ExpectRefused(const Command& command, const std::string& who, ErrorCode code,
                     const std::string& message) {
    const std::string before = Everything();
    const Result<Event> event = Try(command, who);
    ASSERT_FALSE(event) << message;
    EXPECT_EQ(ErrorCodeName(event.error().code()), ErrorCodeName(code));
    EXPECT_EQ(event.error().message(), message);
    EXPECT_EQ(Everything(), before);
  }

  std::string Everything() const { return EverythingOf(state_); }
  static std::string EverythingOf(const ReviewState& state) {
    std::string all;
    for (const Case& item : state.cases()) all += CaseJson(state, item.id, kTestNow)->Canonical();
    const auto in_force = state.InForce();
    if (!in_force) return all + in_force.error().message();
    for (const enforcement::Restriction& restriction : *in_force) all += restriction.id + " ";
    return all;
  }

  std::vector<std::string> InForce() const {
    std::vector<std::string> ids;
    const std::vector<enforcement::Restriction> in_force = state_.InForce().value();
    ids.reserve(in_force.size());
    for (const enforcement::Restriction& restriction : in_force) {
      ids.push_back(restriction.id);
    }
    return ids;
  }

  checks::CheckResult CheckedResult() const {
    checks::CheckResult result;
    result.check = kTestCheck;
    result.form = "usage";
    result.holds = true;
    result.why = "object-storage of unit `signals`: 6.2 PB on average over 2026-07-15";
    result.subscriptions = {"sub-archive"};
    result.series.first = ParseDate("2026-07-15").value();
    return result;
  }

  RecordEvaluation EvaluationThatFails() const {
    checks::CheckResult result = CheckedResult();
    result.holds = false;
    return {.case_id = "case-1", .results = {{"claim-1", {result}}}};
  }

  // One claim, evaluated, with a finding; two subscriptions attributed to the unit.
  void Review() {
    Do(OpenCase{.title = "Calls kept in bulk"}, "anna");
    Do(AddClaim{.case_id = "case-1",
                .text = "The unit keeps bulk call recordings in object storage in NL.",
                .checks = {std::string(kTestCheck)}},
       "anna");
    Do(RecordEvaluation{.case_id = "case-1", .results = {{"claim-1", {CheckedResult()}}}}, "anna");
    Do(RecordFinding{.case_id = "case-1",
                     .claim = "claim-1",
                     .outcome = "supported",
                     .reason = "Metering shows 6.2 PB on 15 July."},
       "anna");
    Attribute("sub-archive");
    Attribute("sub-language");
  }
  void Attribute(const std::string& subscription, const std::string& unit = "E-17",
                 const std::string& evidence = "contract") {
    Do(RecordAttribution{.case_id = "case-1",
                         .subscription = subscription,
                         .unit = unit,
                         .evidence_class = evidence,
                         .reason = "The order form names the unit.",
                         .customers = &customers_},
       "anna");
  }

  Result<enforcement::Plan> Expand(const std::string& decision) const {
    const Decision& found = *state_.FindDecision(decision);
    const std::string nonce(32, 'a');
    if (found.kind == DecisionKind::kLift) {
      return enforcement::ExpandLift(
          {.decision = decision,
           .nonce = nonce,
           .lifted = found.lifts,
           .restrictions = &*state_.FindDecision(found.lifts)->restrictions,
           .terms = &terms_,
           .record = RecordOf(found)});
    }
    enforcement::PlanInputs inputs = PROVISO_TRY(PlanInputsOf(state_, decision));
    inputs.nonce = nonce;
    inputs.catalogue = &catalogue_;
    inputs.customers = &customers_;
    inputs.terms = &terms_;
    return enforcement::ExpandRestriction(inputs);
  }

  void Propose(std::string_view file = kTestDecision) {
    Do(ProposeDecision{.case_id = "case-1", .file = ParseJson(file).value()}, "anna");
  }
  void Plan(const std::string& decision, const std::string& who = "anna") {
    const Result<enforcement::Plan> plan = Expand(decision);
    ASSERT_TRUE(plan) << plan.error().message();
    Do(PlanDecision{.decision = decision, .plan = *plan, .quorum = 2}, who);
  }
  std::string HashOf(const std::string& decision) const {
    return state_.FindDecision(decision)->plan_hash;
  }
  void Sign(const std::string& decision, const std::string& who) {
    Do(SignDecision{.decision = decision, .plan_hash = HashOf(decision)}, who);
  }
  void Issue(const std::string& decision) {
    Do(IssueStatement{.decision = decision,
                      .plan_hash = HashOf(decision),
                      .statement_sha256 = crypto::Sha256("# Statement\n").Hex(),
                      .markdown = "# Statement\n"},
       "anna");
  }
  AdoptDecision Adoption(const std::string& decision) const {
    const auto fresh = Expand(decision);
    return {.decision = decision,
            .plan_hash = HashOf(decision),
            .fresh_plan_hash = fresh ? fresh->hash : "",
            .roster = &roster_};
  }
  // From proposal to force.
  void Enforce(const std::string& decision) {
    Plan(decision);
    Sign(decision, "cora");
    Sign(decision, "dirk");
    Issue(decision);
    Do(Adoption(decision), "elif");
  }

  // The same log, read where the confidential part cannot be.
  void GoOnWithout(const std::string& type, const std::string& part) {
    ReviewState without;
    for (RecordedEvent event : log_) {
      if (event.event.type == type) event.event.sealed.erase(part);
      const Status applied = without.Apply(event);
      ASSERT_TRUE(applied) << applied.error().message();
    }
    state_ = std::move(without);
  }

  const catalogue::Catalogue catalogue_ =
      catalogue::Catalogue::FromYaml(kTestCatalogue, "catalogue.yaml").value();
  const catalogue::Customers customers_ =
      catalogue::Customers::FromYaml(kTestCustomers, "customers.yaml").value();
  const terms::Terms terms_ = terms::Terms::FromYaml(kTestTerms, "terms.yaml").value();
  enforcement::Roster roster_;
  std::map<std::string, const enforcement::Person*> people_;
  ReviewState state_;
  std::vector<RecordedEvent> log_;
  Time now_ = kTestNow;

 private:
  void Add(const std::string& id, std::set<enforcement::Role> roles) {
    crypto::PublicKey key;
    key.bytes.fill(static_cast<std::uint8_t>(id[0]));
    roster_.people.push_back(
        {.pseudonym = "p-" + id, .id = id, .name = id, .key = key, .roles = std::move(roles)});
  }
};

}  // namespace proviso::review

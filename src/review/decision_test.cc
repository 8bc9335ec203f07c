#include "review/review_fixture.h"

namespace proviso::review {
namespace {

using DecisionTest = ReviewTest;

TEST_F(DecisionTest, ComesIntoForceWhenPlannedSignedToldAndAdopted) {
  Review();
  Propose();
  EXPECT_EQ(StatusName(*state_.FindDecision("decision-1")), "proposed");
  Plan("decision-1");
  EXPECT_EQ(StatusName(*state_.FindDecision("decision-1")), "planned");
  Sign("decision-1", "cora");
  Sign("decision-1", "dirk");
  EXPECT_EQ(StatusName(*state_.FindDecision("decision-1")), "signed");
  Issue("decision-1");
  EXPECT_TRUE(InForce().empty());
  Do(Adoption("decision-1"), "elif");
  EXPECT_EQ(StatusName(*state_.FindDecision("decision-1")), "adopted");
  EXPECT_EQ(InForce(), (std::vector<std::string>{"decision-1/1", "decision-1/2"}));
  const auto in_force = state_.InForce().value();
  EXPECT_EQ(in_force[0].from, now_);
  EXPECT_EQ(in_force[0].of_case, "case-1") << "a denial names the case";
  EXPECT_EQ(in_force[0].targets,
            (std::vector<enforcement::Target>{{"sub-archive", "blob-store", "nl-1"},
                                              {"sub-language", "blob-store", "nl-1"}}));
  EXPECT_EQ(in_force[1].targets,
            (std::vector<enforcement::Target>{{"sub-language", "speech", "ie-1"},
                                              {"sub-language", "speech", "nl-1"}}));
}

TEST_F(DecisionTest, RanOutWhenTheLastOfItsRestrictionsEnded) {
  Review();
  std::string file(kTestDecision);
  const std::string open_end = R"("stage":"read-only"})";
  Propose(file);
  file.replace(file.find(open_end), open_end.size(),
               R"("stage":"read-only","until":"2027-02-01T00:00:00Z"})");
  Propose(file);
  const auto ran_out = [&](const std::string& id) {
    const Json shown = DecisionJson(state_, id, now_).value();
    return shown.StringOr("ran_out", "");
  };
  Enforce("decision-1");
  Enforce("decision-2");
  EXPECT_EQ(ran_out("decision-2"), "");
  now_ = ParseTime("2027-02-28T23:59:59Z").value();
  EXPECT_EQ(ran_out("decision-2"), "") << "one of two goes on";
  now_ = ParseTime("2027-03-01T00:00:00Z").value();
  EXPECT_EQ(ran_out("decision-2"), "2027-03-01T00:00:00.000Z");
  EXPECT_EQ(ran_out("decision-1"), "") << "one has no end";
}

TEST_F(DecisionTest, RefusesWhoPreparedItAndWhoSignedAlready) {
  Review();
  Do(ProposeDecision{.case_id = "case-1", .file = ParseJson(kTestDecision).value()}, "bram");
  Plan("decision-1", "cora");
  const SignDecision sign{.decision = "decision-1", .plan_hash = HashOf("decision-1")};
  ExpectRefused(
      sign, "bram", ErrorCode::kPermissionDenied,
      "who prepares a decision does not approve it; expected somebody who neither proposed nor "
      "planned decision-1, found bram (p-bram), who proposed it");
  ExpectRefused(
      sign, "cora", ErrorCode::kPermissionDenied,
      "who prepares a decision does not approve it; expected somebody who neither proposed nor "
      "planned decision-1, found cora (p-cora), who planned it");
  Sign("decision-1", "dirk");
  ExpectRefused(
      sign, "dirk", ErrorCode::kAlreadyExists,
      "one person signs once; expected somebody who has not signed this plan, found dirk (p-dirk), "
      "who has");
  // Who planned an earlier version stays a preparer.
  Plan("decision-1", "anna");
  ExpectRefused(
      sign, "cora", ErrorCode::kPermissionDenied,
      "who prepares a decision does not approve it; expected somebody who neither proposed nor "
      "planned decision-1, found cora (p-cora), who planned it");
}

TEST_F(DecisionTest, RefusesKeysOutsideOfTheRosterAndOtherRoles) {
  Review();
  Propose();
  Plan("decision-1");
  const SignDecision sign{.decision = "decision-1", .plan_hash = HashOf("decision-1")};
  ExpectRefused(
      sign, "", ErrorCode::kPermissionDenied,
      "to sign a decision is a person's act; expected a key of the roster in force, found "
      "nobody of it");
  for (const char* who : {"elif", "finn"}) {
    const Result<Event> event = Try(sign, who);
    ASSERT_FALSE(event) << who;
    EXPECT_EQ(event.error().code(), ErrorCode::kPermissionDenied) << who;
  }
}

TEST_F(DecisionTest, BindsSignaturesAndStatementToThePlan) {
  Review();
  Propose();
  Plan("decision-1");
  const std::string first = HashOf("decision-1");
  Sign("decision-1", "cora");
  Sign("decision-1", "dirk");
  Issue("decision-1");
  Attribute("sub-college");
  AdoptDecision adoption = Adoption("decision-1");
  ASSERT_NE(adoption.fresh_plan_hash, first);
  ExpectRefused(adoption, "elif", ErrorCode::kFailedPrecondition,
                "the plan of decision-1 is stale: plan it anew and have that signed; expected an "
                "expansion of this moment with the hash `" +
                    first + "`, found `" + adoption.fresh_plan_hash + "`");
  Plan("decision-1");
  const std::string second = HashOf("decision-1");
  EXPECT_TRUE(state_.FindDecision("decision-1")->signatures.empty());
  EXPECT_EQ(state_.FindDecision("decision-1")->statement_sha256, "");
  const std::string stale = "this is not the newest plan of decision-1; expected plan hash `" +
                            second + "`, found `" + first + "`";
  ExpectRefused(SignDecision{.decision = "decision-1", .plan_hash = first}, "cora",
                ErrorCode::kFailedPrecondition, stale);
  ExpectRefused(IssueStatement{.decision = "decision-1",
                               .plan_hash = first,
                               .statement_sha256 = crypto::Sha256("x").Hex(),
                               .markdown = "x"},
                "anna", ErrorCode::kFailedPrecondition, stale);
  ExpectRefused(AdoptDecision{.decision = "decision-1",
                              .plan_hash = first,
                              .fresh_plan_hash = first,
                              .roster = &roster_},
                "elif", ErrorCode::kFailedPrecondition, stale);
}

TEST_F(DecisionTest, PursuesNoPlanThatCannotBeReadUntilItIsPlannedAnew) {
  Review();
  Propose();
  Plan("decision-1");
  Sign("decision-1", "cora");
  Sign("decision-1", "dirk");
  Issue("decision-1");
  const std::string hash = HashOf("decision-1");
  const std::string planned = std::to_string(state_.FindDecision("decision-1")->planned_index);
  GoOnWithout("decision.planned", "plan");
  const std::string unread =
      "the plan of decision-1 cannot be read here; expected part `plan` of log entry " + planned +
      ", found a damaged or absent one: put it back from a backup, or plan anew";
  ExpectRefused(SignDecision{.decision = "decision-1", .plan_hash = hash}, "bram",
                ErrorCode::kDataLoss, unread);
  ExpectRefused(IssueStatement{.decision = "decision-1",
                               .plan_hash = hash,
                               .statement_sha256 = crypto::Sha256("x").Hex(),
                               .markdown = "x"},
                "anna", ErrorCode::kDataLoss, unread);
  ExpectRefused(Adoption("decision-1"), "elif", ErrorCode::kDataLoss, unread);
  Enforce("decision-1");
  EXPECT_TRUE(state_.FindDecision("decision-1")->in_force());
}

TEST_F(DecisionTest, AdoptsNothingUnsignedUntoldOrOver) {
  Review();
  Propose();
  ExpectRefused(Adoption("decision-1"), "elif", ErrorCode::kFailedPrecondition,
                "decision-1 has no plan yet; expected a planned decision, found a proposed one");
  Plan("decision-1");
  Sign("decision-1", "cora");
  Issue("decision-1");
  ExpectRefused(
      Adoption("decision-1"), "elif", ErrorCode::kFailedPrecondition,
      "decision-1 is not signed by its quorum; expected 2 signatures of people who may sign, "
      "found 1");
  Sign("decision-1", "dirk");
  now_ = ParseTime("2027-03-01T00:00:00Z").value();
  ExpectRefused(Adoption("decision-1"), "elif", ErrorCode::kFailedPrecondition,
                "the window of decision-1/2 is already over; expected an end after "
                "2027-03-01T00:00:00.000Z, found 2027-03-01T00:00:00.000Z");
  now_ = ParseTime("2026-11-23T00:00:00Z").value();
  Do(Adoption("decision-1"), "elif");
  ExpectRefused(Adoption("decision-1"), "elif", ErrorCode::kFailedPrecondition,
                "decision-1 is settled; expected a decision not yet adopted, found one adopted at "
                "2026-11-23T00:00:00.000Z");
}

TEST_F(DecisionTest, AdoptsNothingWithoutAStatement) {
  Review();
  Propose();
  Plan("decision-1");
  Sign("decision-1", "cora");
  Sign("decision-1", "dirk");
  ExpectRefused(Adoption("decision-1"), "elif", ErrorCode::kFailedPrecondition,
                "the customer has not been told yet; expected a statement issued for plan `" +
                    HashOf("decision-1") + "`, found none");
}

TEST_F(DecisionTest, CountsOnlySignersWhoAreStillInTheRoster) {
  Review();
  Propose();
  Plan("decision-1");
  Sign("decision-1", "cora");
  Sign("decision-1", "dirk");
  Issue("decision-1");
  enforcement::Roster later = roster_;
  std::erase_if(later.people, [](const auto& person) { return person.id == "dirk"; });
  AdoptDecision adoption = Adoption("decision-1");
  adoption.roster = &later;
  ExpectRefused(
      adoption, "elif", ErrorCode::kFailedPrecondition,
      "decision-1 is not signed by its quorum; expected 2 signatures of people who may sign, "
      "found 1");
}

TEST_F(DecisionTest, FormsNoPlanForUnattributedTargetsOrKeptServices) {
  Review();
  Json file = ParseJson(kTestDecision).value();
  Json restriction = ParseJson(R"({"subscriptions":["sub-college"],"classes":["object-storage"],
      "regions":["nl-1"],"stage":"suspended"})")
                         .value();
  file["restrictions"] = Json(Json::Array{restriction});
  Propose(file.Canonical());
  Result<enforcement::Plan> plan = Expand("decision-1");
  ASSERT_FALSE(plan);
  EXPECT_NE(plan.error().message().find("`sub-college` has no attribution finding"),
            std::string::npos);
  restriction["subscriptions"] = Json(Json::Array{Json("sub-archive")});
  restriction["services"] = Json(Json::Array{Json("threat-guard")});
  file["restrictions"] = Json(Json::Array{restriction});
  Propose(file.Canonical());
  plan = Expand("decision-2");
  ASSERT_FALSE(plan);
  EXPECT_NE(plan.error().message().find("is kept on by the terms"), std::string::npos)
      << plan.error().message();
}

TEST_F(DecisionTest, RefusesPlansOfSomethingElseAndQuorumsOfOne) {
  Review();
  Propose();
  Propose();
  enforcement::Plan plan = Expand("decision-2").value();
  ExpectRefused(PlanDecision{.decision = "decision-1", .plan = plan, .quorum = 2}, "anna",
                ErrorCode::kInvalidArgument,
                "the plan is of something else; expected kind `restrict` of decision-1, found kind "
                "`restrict` of `decision-2`");
  ExpectRefused(PlanDecision{.decision = "decision-2", .plan = plan, .quorum = 1}, "anna",
                ErrorCode::kFailedPrecondition,
                "one person's key is not enough; expected a quorum of 2 or more, found 1");
  ExpectRefused(PlanDecision{.decision = "decision-2", .plan = plan, .quorum = 3}, "anna",
                ErrorCode::kInvalidArgument, "the plan names another quorum; expected 3, found 2");
  const std::string hash = plan.hash;
  plan.hash = std::string(64, '0');
  ExpectRefused(
      PlanDecision{.decision = "decision-2", .plan = plan, .quorum = 2}, "anna",
      ErrorCode::kInvalidArgument,
      "the plan does not have its hash; expected `" + hash + "`, found `" + plan.hash + "`");
}

TEST_F(DecisionTest, BindsThePlanToWhatTheDecisionSays) {
  Review();
  Propose();
  Json file = ParseJson(kTestDecision).value();
  file["hearing"] = Json::Of({{"waived", "It was urgent."}});
  Propose(file.Canonical());
  enforcement::Plan plan = Expand("decision-1").value();
  // The same targets, and the nonce too, but for a reason not to hear the customer.
  const std::string own = plan.json.StringOr("record", "");
  const std::string other =
      enforcement::RecordDigest(RecordOf(*state_.FindDecision("decision-2")), std::string(32, 'a'));
  ASSERT_NE(own, other);
  for (const std::string& record : {other, std::string()}) {
    plan.json["record"] = record;
    plan.hash = crypto::Sha256(plan.json.Canonical()).Hex();
    ExpectRefused(PlanDecision{.decision = "decision-1", .plan = plan, .quorum = 2}, "anna",
                  ErrorCode::kInvalidArgument,
                  "the plan is not bound to what decision-1 says; expected record `" + own +
                      "`, found `" + record + "`");
  }
}

TEST_F(DecisionTest, BindsALiftToItsReason) {
  Review();
  Propose();
  Enforce("decision-1");
  Do(ProposeLift{.decision = "decision-1", .reason = "The customer stopped."}, "anna");
  enforcement::Plan plan = Expand("decision-2").value();
  EXPECT_TRUE(Try(PlanDecision{.decision = "decision-2", .plan = plan, .quorum = 2}, "anna"));
  plan.json["record"] =
      enforcement::RecordDigest(Json::Of({{"reason", "The customer paid."}}), std::string(32, 'a'));
  plan.hash = crypto::Sha256(plan.json.Canonical()).Hex();
  const auto refused =
      Try(PlanDecision{.decision = "decision-2", .plan = plan, .quorum = 2}, "anna");
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message().find("not bound to what decision-2 says"), std::string::npos);
}

TEST_F(DecisionTest, IssuesNoStatementButTheOneThatTheActNames) {
  Review();
  Propose();
  Plan("decision-1");
  const std::string sha256 = crypto::Sha256("# Statement\n").Hex();
  for (const std::string& named : {crypto::Sha256("# Other\n").Hex(), std::string()}) {
    ExpectRefused(IssueStatement{.decision = "decision-1",
                                 .plan_hash = HashOf("decision-1"),
                                 .statement_sha256 = named,
                                 .markdown = "# Statement\n"},
                  "anna", ErrorCode::kFailedPrecondition,
                  "the act is not about this statement of decision-1: read it again, and issue "
                  "that; expected statement `" +
                      sha256 + "`, found `" + named + "`");
  }
  Issue("decision-1");
  EXPECT_EQ(state_.FindDecision("decision-1")->statement_sha256, sha256);
}

TEST_F(DecisionTest, LiftsOneDecisionAndLeavesTheOthers) {
  Review();
  Propose();
  Enforce("decision-1");
  Propose();
  Enforce("decision-2");
  Do(ProposeLift{.decision = "decision-1", .reason = "The customer stopped."}, "anna");
  Plan("decision-3");
  // A lift is signed too.
  ExpectRefused(
      Adoption("decision-3"), "elif", ErrorCode::kFailedPrecondition,
      "decision-3 is not signed by its quorum; expected 2 signatures of people who may sign, "
      "found 0");
  Sign("decision-3", "cora");
  ExpectRefused(
      SignDecision{.decision = "decision-3", .plan_hash = HashOf("decision-3")}, "cora",
      ErrorCode::kAlreadyExists,
      "one person signs once; expected somebody who has not signed this plan, found cora (p-cora), "
      "who has");
  Sign("decision-3", "dirk");
  EXPECT_EQ(InForce().size(), 4U);
  Do(Adoption("decision-3"), "elif");
  EXPECT_EQ(InForce(), (std::vector<std::string>{"decision-2/1", "decision-2/2"}));
  EXPECT_EQ(state_.FindDecision("decision-1")->lifted_by, "decision-3");
  ExpectRefused(
      ProposeLift{.decision = "decision-1", .reason = "Again."}, "anna",
      ErrorCode::kFailedPrecondition,
      "there is nothing of decision-1 to lift; expected an adopted decision in force, found "
      "one lifted at 2026-11-22T09:30:00.000Z by decision-3");
  ExpectRefused(
      ProposeLift{.decision = "decision-3", .reason = "Lift a lift."}, "anna",
      ErrorCode::kFailedPrecondition,
      "there is nothing of decision-3 to lift; expected an adopted decision in force, found "
      "one that lifts");
}

TEST_F(DecisionTest, LiftsInAnEmergencyByOnePersonWithAnAlarm) {
  Review();
  Propose();
  const EmergencyLiftDecision lift{.decision = "decision-1", .reason = "A hospital is hit."};
  ExpectRefused(
      lift, "elif", ErrorCode::kFailedPrecondition,
      "there is nothing of decision-1 to lift; expected an adopted decision in force, found "
      "one that is proposed");
  Enforce("decision-1");
  Do(ProposeLift{.decision = "decision-1", .reason = "In time."}, "anna");
  ASSERT_FALSE(Try(lift, "finn"));
  EmergencyLiftDecision no_reason = lift;
  no_reason.reason = " ";
  ExpectRefused(no_reason, "elif", ErrorCode::kInvalidArgument,
                "the reason is missing; expected text, found none");
  const Result<Event> event = Try(lift, "elif");
  ASSERT_TRUE(event);
  EXPECT_EQ(event->open.Canonical(), R"({"alarm":true,"decision":"decision-1"})");
  Do(lift, "elif");
  EXPECT_TRUE(InForce().empty());
  EXPECT_EQ(state_.EmergencyLiftsToReview(), std::vector<std::string>{"decision-1"});
  EXPECT_EQ(state_.FindDecision("decision-1")->emergency->by, "p-elif");
  // The lift that was under way has nothing left to lift.
  const auto plan = Expand("decision-2");
  ASSERT_TRUE(plan);
  ExpectRefused(
      PlanDecision{.decision = "decision-2", .plan = *plan, .quorum = 2}, "anna",
      ErrorCode::kFailedPrecondition,
      "there is nothing of decision-1 to lift; expected an adopted decision in force, found "
      "one lifted at 2026-11-22T09:30:00.000Z in an emergency");
}

TEST_F(DecisionTest, NeedsFindingsThatStand) {
  Review();
  Do(AddClaim{.case_id = "case-1", .text = "It moves the data elsewhere.", .checks = {}}, "anna");
  Json file = ParseJson(kTestDecision).value();
  file["kind"] = "final";
  ExpectRefused(
      ProposeDecision{.case_id = "case-1", .file = file}, "anna", ErrorCode::kFailedPrecondition,
      "a final decision waits for the findings; an `interim` one does not; expected a finding "
      "for each claim, found none for claim-2");
  file["facts"] = Json(Json::Array{Json("finding-9")});
  ExpectRefused(ProposeDecision{.case_id = "case-1", .file = file}, "anna", ErrorCode::kNotFound,
                "a decision rests on findings of its case; expected a finding of case-1, found "
                "`finding-9`");
  Propose();
  Plan("decision-1");
  Do(RecordFinding{.case_id = "case-1",
                   .claim = "claim-1",
                   .outcome = "not_supported",
                   .reason = "The delivery was restated.",
                   .against_draft = "The checks ran before."},
     "anna");
  ExpectRefused(SignDecision{.decision = "decision-1", .plan_hash = HashOf("decision-1")}, "cora",
                ErrorCode::kFailedPrecondition,
                "finding-1 no longer stands for claim-1; expected finding-2, found finding-1");
}

TEST_F(DecisionTest, ExplainsWhyTheFactsAreIncompatibleWithTheClause) {
  Review();
  Json file = ParseJson(kTestDecision).value();
  file["why_incompatible"] = Json();
  ExpectRefused(
      ProposeDecision{.case_id = "case-1", .file = file}, "anna", ErrorCode::kInvalidArgument,
      "a decision explains why what was found is incompatible with clause `4.2`; expected "
      "`why_incompatible`, a text for the customer, found nothing");
  // One that was proposed before this was asked for is read, planned and adopted as it is.
  ASSERT_TRUE(Record("case-1", "anna",
                     Event{.type = "decision.proposed",
                           .open = Json::Of({{"decision", "decision-1"}, {"kind", "interim"}}),
                           .sealed = {{"details", Json::Of({{"file", file}})}}}));
  Enforce("decision-1");
  EXPECT_TRUE(state_.FindDecision("decision-1")->in_force());
}

TEST_F(DecisionTest, IsWithdrawnByAnybodyWhoMayProposeAndPursuedNoMore) {
  Review();
  Propose();
  Plan("decision-1");
  Sign("decision-1", "cora");
  Issue("decision-1");
  WithdrawDecision withdraw{.decision = "decision-1", .reason = ""};
  ExpectRefused(withdraw, "bram", ErrorCode::kInvalidArgument,
                "the reason is missing; expected text, found none");
  withdraw.reason = "Replaced.";
  Do(withdraw, "bram");
  EXPECT_EQ(StatusName(*state_.FindDecision("decision-1")), "withdrawn");
  const std::string refusal =
      "decision-1 is pursued no more: propose another one; expected a pending decision, found one "
      "withdrawn at 2026-11-22T09:30:00.000Z";
  ExpectRefused(withdraw, "anna", ErrorCode::kFailedPrecondition, refusal);
  ExpectRefused(
      PlanDecision{.decision = "decision-1", .plan = Expand("decision-1").value(), .quorum = 2},
      "anna", ErrorCode::kFailedPrecondition, refusal);
  ExpectRefused(SignDecision{.decision = "decision-1", .plan_hash = HashOf("decision-1")}, "dirk",
                ErrorCode::kFailedPrecondition, refusal);
  ExpectRefused(Adoption("decision-1"), "elif", ErrorCode::kFailedPrecondition, refusal);
  ExpectRefused(
      OpenHearing{.decision = "decision-1",
                  .until = ParseDate("2026-12-01").value(),
                  .notice = "n",
                  .notice_sha256 = crypto::Sha256("n").Hex(),
                  .code_sha256 = {}},
      "anna", ErrorCode::kFailedPrecondition,
      "a hearing is about what is intended; expected a decision that is planned and not adopted, "
      "found decision-1, which is withdrawn");
  ExpectRefused(IssueNotice{.case_id = "case-1",
                            .decision = "decision-1",
                            .kind = "staff",
                            .text = "n",
                            .sha256 = crypto::Sha256("n").Hex()},
                "anna", ErrorCode::kFailedPrecondition,
                "a notice is about what is decided; expected a decision that is pursued, found "
                "decision-1, which was withdrawn");
  const Json shown = DecisionJson(state_, "decision-1", now_).value();
  EXPECT_EQ(shown.Find("withdrawn")->StringOr("reason", ""), "Replaced.");
  EXPECT_EQ(shown.Find("withdrawn")->StringOr("by", ""), "p-bram");
}

TEST_F(DecisionTest, IsNotWithdrawnOnceItIsAdopted) {
  Review();
  Propose();
  Enforce("decision-1");
  ExpectRefused(WithdrawDecision{.decision = "decision-1", .reason = "r"}, "anna",
                ErrorCode::kFailedPrecondition,
                "decision-1 is no proposal any more: lift it with proviso decision lift; expected "
                "a decision not yet adopted, found one adopted at 2026-11-22T09:30:00.000Z");
}

TEST_F(DecisionTest, ALogThatGoesOnWithAWithdrawnProposalIsDamaged) {
  Review();
  Propose();
  Plan("decision-1");
  const Event sign =
      Try(SignDecision{.decision = "decision-1", .plan_hash = HashOf("decision-1")}, "cora")
          .value();
  const Event plan =
      Try(PlanDecision{.decision = "decision-1", .plan = Expand("decision-1").value(), .quorum = 2},
          "anna")
          .value();
  const WithdrawDecision withdraw{.decision = "decision-1", .reason = "r"};
  const Event again = Try(withdraw, "anna").value();
  Do(withdraw, "anna");
  for (const Event& event : {sign, plan, again}) {
    const Status applied = Record("case-1", "cora", event);
    ASSERT_FALSE(applied) << event.type;
    EXPECT_EQ(applied.error().code(), ErrorCode::kDataLoss) << event.type;
  }
}

TEST_F(DecisionTest, ReadsAFileOrListsEveryFault) {
  const struct {
    const char* file;
    const char* fault;
  } cases[] = {
      {R"([])", "decision file: expected an object, found a list"},
      {R"({"kind":"lift"})", "kind: expected `interim` or `final`, found `lift`"},
      {R"({"stage":1})", "stage: unknown; expected `kind`, `clause`, `terms`,"},
      {R"({"hearing":{}})", "hearing: expected exactly one of `held`, `waived`, found neither"},
      {R"({"hearing":{"held":"a","waived":"b"}})", "hearing: expected exactly one of"},
      {R"({"hearing":{"waived":" "}})", "hearing.waived: expected a text of 1 to"},
      {R"({})", "hearing: expected how the customer was heard"},
      {R"({})", "facts: expected the findings that it rests on"},
      {R"({})", "clause: expected a text of 1 to 20000 bytes, found nothing"},
      {R"({"restrictions":[]})", "restrictions: expected a list of 1 to 100 restrictions"},
      {R"({"restrictions":[{"unit":"a","customer":"b"}]})",
       "restrictions[0]: expected exactly one of `subscriptions`, `unit`, `customer`, found 2"},
      {R"({"restrictions":[{}]})", "restrictions[0]: expected `classes` or `services`"},
      {R"({"restrictions":[{}]})", "restrictions[0].regions: expected one or more regions"},
      {R"({"restrictions":[{"stage":"off"}]})", "restrictions[0].stage: "},
      {R"({"restrictions":[{"stage":"suspended","operations":["run"]}]})",
       "restrictions[0].operations: unknown operation `run`"},
      {R"({"restrictions":[{"stage":"suspended","operations":["manage"]}]})",
       "restrictions[0].operations: expected operations that `suspended` denies, `create`, "
       "`invoke`, `write`, `read`, `delete`, found `manage`"},
      {R"({"restrictions":[{"stage":"read-only","operations":["write","read"]}]})",
       "restrictions[0].operations: expected operations that `read-only` denies, `create`, "
       "`invoke`, `write`, found `read`"},
      {R"({"restrictions":[{"stage":"no-new","operations":[]}]})",
       "restrictions[0].operations: expected operations that `no-new` denies, `create`, found "
       "none"},
      {R"({"restrictions":[{"stage":"notice","operations":["read"]}]})",
       "restrictions[0].operations: expected no `operations`, for `notice` denies nothing"},
      {R"({"restrictions":[{"stage":"suspended","operations":"read"}]})",
       "restrictions[0].operations: expected a list of names, found `read`"},
      {R"({"restrictions":[{"stage":"suspended","operations":["read","read"]}]})",
       "restrictions[0].operations: `read` is given twice"},
      {R"({"restrictions":[{"from":"2026-01-02T00:00:00Z","until":"2026-01-01T00:00:00Z"}]})",
       "restrictions[0].until: expected a time after `from`"},
      {R"({"restrictions":[{"until":"soon"}]})",
       "restrictions[0].until: expected a time such as `2026-11-22T09:30:00Z`, found `soon`"},
      {R"({"restrictions":[{"classes":["a","a"]}]})",
       "restrictions[0].classes: `a` is given twice; keep one"},
      {R"({"summary":"a\u202eb"})", "summary: expected no control characters, found U+202E"},
      {R"({"hearing":{"held":"a\u001b"}})",
       "hearing.held: expected no control characters, found U+001B"},
      {R"({"clause":"4.2\n"})", "clause: expected no control characters, found U+000A"},
      {R"({"facts":["a\u0007"]})", "facts: expected no control characters, found U+0007"},
      {R"({"keep_on":{"regions":[]}})", "keep_on.regions: unknown; expected `classes`, `services`"},
  };
  for (const auto& [file, fault] : cases) {
    const Result<DecisionFile> read = DecisionFile::FromJson(ParseJson(file).value());
    ASSERT_FALSE(read) << file;
    EXPECT_EQ(read.error().code(), ErrorCode::kInvalidArgument);
    EXPECT_NE(read.error().message().find(fault), std::string::npos)
        << file << ": " << read.error().message();
  }
  const DecisionFile file = DecisionFile::FromJson(ParseJson(kTestDecision).value()).value();
  EXPECT_EQ(file.restrictions.size(), 2U);
  EXPECT_FALSE(file.hearing.held);
  EXPECT_EQ(file.restrictions[1].stage, terms::Stage::kSuspended);
}

}  // namespace
}  // namespace proviso::review

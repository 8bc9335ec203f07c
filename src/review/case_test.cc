#include "base/random.h"
#include "review/review_fixture.h"

namespace proviso::review {
namespace {

using CaseTest = ReviewTest;

TEST_F(CaseTest, KeepsConfidentialWordsOutOfTheOpenPart) {
  Review();
  Propose();
  Enforce("decision-1");
  for (const RecordedEvent& event : log_) {
    const std::string open = event.event.open.Canonical();
    for (const char* word : {"bulk", "Calls", "sub-", "signals", "order form", "6.2", "restricted",
                             "Meeting", "ministry", "PB"}) {
      EXPECT_EQ(open.find(word), std::string::npos) << event.event.type << " " << open;
    }
  }
}

TEST_F(CaseTest, WritesTheEventsThatTheFormatNames) {
  Review();
  const char* expected[] = {
      R"(case.opened {} details={"title":"Calls kept in bulk"})",
      R"(claim.added {"claim":"claim-1"} details={"checks":[")"
      R"(usage(unit: signals, class: object-storage, region: nl-1) at 2026-07-15 >= 5 PB)"
      R"("],"denial":false,"text":"The unit keeps bulk call recordings in object storage in NL."})",
      R"(finding.recorded {"claim":"claim-1","drafted":"supported",)"
      R"("finding":"finding-1","outcome":"supported","results":1} )"
      R"(reason="Metering shows 6.2 PB on 15 July." results=["#"])",
      R"(attribution.recorded {"attribution":"attribution-1","class":"contract"} )"
      R"(details={"reason":"The order form names the unit.",)"
      R"("subscription":"sub-archive","unit":"signals"})"};
  const std::string hash = CheckedResult().ToJson().StringOr("hash", "");
  for (const std::size_t index : {0U, 1U, 3U, 4U}) {
    const Event& event = log_[index].event;
    std::string text = event.type + " " + event.open.Canonical();
    for (const auto& [name, part] : event.sealed) text += " " + name + "=" + part.Canonical();
    if (const std::size_t place = text.find(hash); place != std::string::npos) {
      text.replace(place, hash.size(), "#");
    }
    EXPECT_EQ(text, expected[index < 2 ? index : index - 1]);
  }
}

TEST_F(CaseTest, ShowsNoHashOfAResultOutside) {
  Review();
  const std::string hash = CheckedResult().ToJson().StringOr("hash", "");
  ASSERT_EQ(hash.size(), 64U);
  for (const RecordedEvent& event : log_) {
    EXPECT_EQ(event.event.open.Canonical().find(hash), std::string::npos) << event.event.type;
  }
  EXPECT_EQ(log_[2].event.open.Canonical(), R"({"read":[],"results":1})");
  EXPECT_EQ(state_.FindFinding("finding-1")->results, std::vector<std::string>{hash});
}

TEST_F(CaseTest, RefusesTextThatShowsOtherThanItIs) {
  Do(OpenCase{.title = "t"}, "anna");
  const struct {
    std::string text;
    const char* found;
    bool only_in_titles;
  } cases[] = {{"a\x1b[2Jb", "U+001B", false},
               {std::string("a\0b", 3), "U+0000", false},
               {"a\rb", "U+000D", false},
               {"a\x7f", "U+007F", false},
               {"a\xc2\x9b", "U+009B", false},
               {"a\xe2\x80\xae.", "U+202E", false},
               {"a\xe2\x80\xaa", "U+202A", false},
               {"a\xe2\x81\xa6", "U+2066", false},
               {"a\xe2\x81\xa9", "U+2069", false},
               {"a\nb", "U+000A", true},
               {"a\tb", "U+0009", true}};
  for (const auto& [text, found, only_in_titles] : cases) {
    ExpectRefused(OpenCase{.title = text}, "anna", ErrorCode::kInvalidArgument,
                  "the title holds a character that does not show; expected one line, no control "
                  "characters, found " +
                      std::string(found));
    const AddClaim claim{.case_id = "case-1", .text = text, .checks = {}};
    if (only_in_titles) {
      EXPECT_TRUE(Try(claim, "anna"));
      continue;
    }
    ExpectRefused(claim, "anna", ErrorCode::kInvalidArgument,
                  "the claim's text holds a character that does not show; expected no control "
                  "characters but line feeds and tabs, found " +
                      std::string(found));
  }
  for (const char* text : {"\xc5\xbb \xe2\x80\x93 \xe2\x80\xa9", "\xc2\xa0x", "\xe2\x81\xaax"}) {
    EXPECT_TRUE(Try(OpenCase{.title = text}, "anna")) << text;
  }
}

TEST_F(CaseTest, RefusesClaimsThatCannotBeChecked) {
  Do(OpenCase{.title = "t"}, "anna");
  AddClaim claim{.case_id = "case-1", .text = "x", .checks = {"usage(unit: u)"}};
  ExpectRefused(claim, "anna", ErrorCode::kInvalidArgument,
                "check 1: check, column 14: expected a class, as in `class: object-storage`");
  claim.checks = {std::string(kTestCheck), std::string(kTestCheck) + " "};
  ExpectRefused(claim, "anna", ErrorCode::kInvalidArgument,
                "the check `" + std::string(kTestCheck) + "` is given twice; keep one");
  claim.checks.clear();
  claim.text = "";
  ExpectRefused(claim, "anna", ErrorCode::kInvalidArgument,
                "the claim's text is missing; expected text, found none");
  claim.text = "x";
  claim.case_id = "case-01";
  ExpectRefused(claim, "anna", ErrorCode::kNotFound, "there is no case `case-01`");
}

TEST_F(CaseTest, RefusesEvaluationsOfOtherChecks) {
  Do(OpenCase{.title = "t"}, "anna");
  Do(AddClaim{.case_id = "case-1", .text = "x", .checks = {std::string(kTestCheck)}}, "anna");
  ExpectRefused(RecordEvaluation{.case_id = "case-1", .results = {}}, "anna",
                ErrorCode::kInvalidArgument,
                "the evaluation of claim-1 is incomplete; expected 1 results, found 0");
  checks::CheckResult other = CheckedResult();
  other.check = "another";
  ExpectRefused(RecordEvaluation{.case_id = "case-1", .results = {{"claim-1", {other}}}}, "anna",
                ErrorCode::kInvalidArgument,
                "result 1 of claim-1 is of another check; expected `" + std::string(kTestCheck) +
                    "`, found `another`");
  ExpectRefused(RecordEvaluation{.case_id = "case-1", .results = {{"claim-7", {}}}}, "anna",
                ErrorCode::kNotFound, "there is no claim `claim-7` in `case-1`");
}

TEST_F(CaseTest, HasNoEvidenceClassForContent) {
  Review();
  RecordAttribution command{.case_id = "case-1",
                            .subscription = "sub-college",
                            .unit = "signals",
                            .evidence_class = "content",
                            .reason = "r",
                            .customers = &customers_};
  ExpectRefused(command, "anna", ErrorCode::kPermissionDenied,
                "there is no evidence class for customer content, because content is never read; "
                "expected one of `usage`, `billing`, `contract`, `correspondence`, `public`, "
                "`customer_statement`, found `content`");
  command.evidence_class = "usage";
  command.unit = "ovens";
  ExpectRefused(command, "anna", ErrorCode::kInvalidArgument,
                "a subscription belongs to a unit of its own customer; expected a unit of customer "
                "`example-ministry`, found unit `ovens`");
  command.subscription = "sub-nobody";
  ExpectRefused(command, "anna", ErrorCode::kNotFound, "there is no subscription `sub-nobody`");
  command.subscription = "sub-archive";
  command.unit = "signals";
  command.evidence_class = "contract";
  ExpectRefused(
      command, "anna", ErrorCode::kAlreadyExists,
      "`sub-archive` is attributed to `signals` already; expected another class of evidence, "
      "found attribution-1 of class `contract`");
}

TEST_F(CaseTest, CitesTheFirstAttributionOfTheNewestUnit) {
  Review();
  Attribute("sub-archive", "signals", "billing");
  EXPECT_EQ(state_.AttributionsOf("case-1").ids.at("sub-archive"), "attribution-1");
  Attribute("sub-archive", "logistics", "billing");
  Attribute("sub-archive", "logistics", "public");
  EXPECT_EQ(state_.AttributionsOf("case-1").ids.at("sub-archive"), "attribution-4");
  EXPECT_EQ(state_.AttributionsOf("case-1").units.at("sub-archive"), "logistics");
}

TEST_F(CaseTest, FindsOnlyWithAReasonAndOneOfSixOutcomes) {
  Review();
  RecordFinding finding{
      .case_id = "case-1", .claim = "claim-1", .outcome = "guilty", .reason = "r"};
  ExpectRefused(finding, "anna", ErrorCode::kInvalidArgument,
                "expected an outcome, one of `supported`, `partly_supported`, `not_supported`, "
                "`contradicted`, `undeterminable`, `records_missing`; found `guilty`");
  finding.outcome = "undeterminable";
  finding.reason = "";
  ExpectRefused(finding, "anna", ErrorCode::kInvalidArgument,
                "the reason is missing; expected text, found none");
}

TEST_F(CaseTest, KeepsTheDraftThatAFindingDepartsFromAndWhy) {
  Review();
  RecordFinding finding{.case_id = "case-1",
                        .claim = "claim-1",
                        .outcome = "not_supported",
                        .reason = "The figure is another region's."};
  ExpectRefused(finding, "anna", ErrorCode::kFailedPrecondition,
                "the checks of claim-1 drafted another outcome: look at them, or say with "
                "--against-draft why they are not followed; expected `supported`, or a reason "
                "against it, found `not_supported` without one");
  finding.against_draft = " \n";
  ExpectRefused(finding, "anna", ErrorCode::kInvalidArgument,
                "the reason against the draft is missing; expected text, found none");
  finding.against_draft = "The check names the wrong region.";
  Do(finding, "anna");
  EXPECT_EQ(log_.back().event.open.StringOr("drafted", ""), "supported");
  EXPECT_EQ(log_.back().event.open.Find("against_draft"), nullptr);
  // The draft may change afterwards: what it was then stays with the finding.
  Do(EvaluationThatFails(), "anna");
  const Json json = CaseJson(state_, "case-1", now_).value();
  const Json& claim = (*json.ArrayAt("claims").value())[0];
  EXPECT_EQ(claim.Find("draft")->StringOr("outcome", ""), "not_supported");
  EXPECT_EQ(claim.Find("finding")->StringOr("drafted", ""), "supported");
  EXPECT_EQ(claim.Find("finding")->StringOr("against_draft", ""), finding.against_draft);
}

TEST_F(CaseTest, TakesNoReasonAgainstADraftThatIsFollowedOrIsNotThere) {
  Review();
  Do(AddClaim{.case_id = "case-1", .text = "x", .checks = {}}, "anna");
  for (const auto& [claim, drafted] :
       {std::pair("claim-1", "`supported`"), std::pair("claim-2", "none")}) {
    ExpectRefused(RecordFinding{.case_id = "case-1",
                                .claim = claim,
                                .outcome = "supported",
                                .reason = "r",
                                .against_draft = "Not needed."},
                  "anna", ErrorCode::kInvalidArgument,
                  "the finding departs from no draft: leave --against-draft out; expected a draft "
                  "other than `supported`, found " +
                      std::string(drafted));
  }
}

TEST_F(CaseTest, ReadsFindingsOfBeforeTheDraftWasKept) {
  Review();
  Event old{.type = "finding.recorded",
            .open = Json::Of({{"claim", "claim-1"},
                              {"finding", "finding-2"},
                              {"outcome", "not_supported"},
                              {"results", 1}}),
            .sealed = {{"reason", Json("r")}}};
  ASSERT_TRUE(Record("case-1", "anna", old));
  EXPECT_FALSE(state_.FindFinding("finding-2")->drafted);
  old.open["finding"] = "finding-3";
  old.open["drafted"] = "guilty";
  EXPECT_FALSE(Record("case-1", "anna", old));
}

TEST_F(CaseTest, ClosesWhenEachClaimHasEndedAndNoInterimDecisionIsInForce) {
  Do(OpenCase{.title = "t"}, "anna");
  Do(AddClaim{.case_id = "case-1", .text = "x", .checks = {}}, "anna");
  const CloseCase close{.case_id = "case-1", .reason = "done"};
  ExpectRefused(
      close, "anna", ErrorCode::kFailedPrecondition,
      "a case closes when each claim has ended; expected a finding for claim-1, found none; "
      "`undeterminable` and `records_missing` are findings too");
  Do(RecordFinding{.case_id = "case-1", .claim = "claim-1", .outcome = "supported", .reason = "r"},
     "anna");
  Attribute("sub-archive");
  Attribute("sub-language");
  Propose();
  Enforce("decision-1");
  ExpectRefused(
      close, "anna", ErrorCode::kFailedPrecondition,
      "an interim decision needs an open case; expected decision-1 lifted first, found it in "
      "force");
  Do(EmergencyLiftDecision{.decision = "decision-1", .reason = "r"}, "elif");
  ExpectRefused(close, "anna", ErrorCode::kFailedPrecondition,
                "a case closes when its emergency lifts are reviewed: proviso decision review "
                "decision-1; expected a review of the lift of decision-1 by somebody else, found "
                "none");
  Do(ReviewEmergencyLift{.decision = "decision-1", .outcome = "confirmed", .reason = "r"}, "bram");
  Do(close, "anna");
  ExpectRefused(close, "anna", ErrorCode::kFailedPrecondition,
                "case `case-1` takes no more steps; expected an open case, found one closed at "
                "2026-11-22T09:30:00.000Z");
}

TEST_F(CaseTest, ShowsClaimsWithResultsDraftAndFinding) {
  Review();
  const Json json = CaseJson(state_, "case-1", now_).value();
  const Json& claim = (*json.ArrayAt("claims").value())[0];
  EXPECT_EQ(claim.Find("draft")->Canonical(), R"({"outcome":"supported"})");
  EXPECT_EQ(claim.Find("finding")->StringOr("outcome", ""), "supported");
  EXPECT_EQ(claim.Find("finding")->StringOr("id", ""), "finding-1");
  EXPECT_EQ(claim.Find("finding")->StringOr("by", ""), "p-anna");
  const Json& check = (*claim.ArrayAt("checks").value())[0];
  EXPECT_EQ(check.StringOr("check", ""), kTestCheck);
  EXPECT_EQ(*check.Find("result"), CheckedResult().ToJson());
  EXPECT_EQ(json.ArrayAt("attributions").value()->size(), 2U);
  EXPECT_FALSE(CaseJson(state_, "case-2", now_));
}

TEST_F(CaseTest, ComesOutTheSameWhenReplayed) {
  Review();
  Propose();
  Enforce("decision-1");
  Do(ProposeLift{.decision = "decision-1", .reason = "r"}, "anna");
  ReviewState again;
  for (const RecordedEvent& event : log_) ASSERT_TRUE(again.Apply(event));
  EXPECT_EQ(EverythingOf(again), Everything());
}

TEST_F(CaseTest, GoesOnWithoutErasedPartsButNeverGuessesWhatIsRestricted) {
  Review();
  Propose();
  Enforce("decision-1");
  ReviewState again;
  for (RecordedEvent event : log_) {
    event.event.sealed.clear();
    const Status applied = again.Apply(event);
    ASSERT_TRUE(applied) << applied.error().message();
  }
  EXPECT_EQ(again.FindCase("case-1")->title, "");
  const auto in_force = again.InForce();
  ASSERT_FALSE(in_force);
  EXPECT_EQ(in_force.error().code(), ErrorCode::kDataLoss);
}

TEST_F(CaseTest, TakesNoEventThatTheLogMustNotHold) {
  Review();
  Propose();
  Plan("decision-1");
  const std::string before = Everything();
  const Json decision = Json::Of({{"decision", "decision-1"}, {"plan_hash", HashOf("decision-1")}});
  const auto event_of = [](const char* type, Json open) {
    return Event{.type = type, .open = std::move(open), .sealed = {}};
  };
  const Json nothing = Json::MakeObject();
  const struct {
    const char* case_id;
    const char* who;
    Event event;
  } cases[] = {{"case-7", "anna", event_of("case.opened", nothing)},
               {"case-1", "anna", event_of("claim.added", Json::Of({{"claim", "claim-9"}}))},
               {"case-1", "anna", event_of("finding.recorded", Json::Of({{"claim", "claim-9"}}))},
               {"case-1", "anna", event_of("decision.signed", decision)},
               {"case-1", "elif", event_of("decision.adopted", decision)},
               {"case-2", "cora", event_of("decision.signed", decision)},
               {"case-1", "elif",
                event_of("decision.lifted_in_emergency", Json::Of({{"decision", "decision-1"}}))}};
  for (const auto& [case_id, who, event] : cases) {
    const Status applied = Record(case_id, who, event);
    ASSERT_FALSE(applied) << event.type;
    EXPECT_EQ(applied.error().code(), ErrorCode::kDataLoss) << applied.error().message();
    EXPECT_EQ(Everything(), before) << event.type;
  }
  EXPECT_TRUE(Record("", "anna", event_of("usage.delivered", nothing)));
  EXPECT_EQ(Everything(), before);
}

// Whatever is asked in whatever order, what is accepted keeps the invariants.
class RandomSteps : public ReviewTest {
 protected:
  template <typename Command>
  void Step(const Command& command, const std::string& who, const std::string& case_id = "case-1") {
    Result<Event> event = Try(command, who);
    if (!event) return;
    const Status applied = Record(case_id, who, std::move(*event));
    ASSERT_TRUE(applied) << applied.error().message();
    ++accepted_;
  }

  void RandomStep(SeededRandom& random) {
    const char* const everybody[] = {"anna", "bram", "cora", "dirk", "elif", "finn", ""};
    const std::string who = everybody[random.Next() % 7];
    const std::size_t decisions = state_.decisions().size();
    const std::string decision = "decision-" + std::to_string(random.Next() % (decisions + 1));
    const Decision* found = state_.FindDecision(decision);
    const std::string hash = found == nullptr ? "" : found->plan_hash;
    switch (random.Next() % 10) {
      case 0:
        return Step(ProposeDecision{"case-1", ParseJson(kTestDecision).value()}, who);
      case 1:
        return Step(ProposeLift{decision, "r"}, who);
      case 2:
      case 3: {
        const bool can = found != nullptr &&
                         (found->lifts.empty() || state_.FindDecision(found->lifts)->restrictions);
        const auto plan = can ? Expand(decision) : Fail(ErrorCode::kNotFound, "");
        if (plan) Step(PlanDecision{decision, *plan, 2}, who);
        return;
      }
      case 4:
      case 5:
        return Step(SignDecision{decision, hash}, who);
      case 6:
        return Step(IssueStatement{decision, hash, crypto::Sha256("text").Hex(), "text"}, who);
      case 7:
        return Step(AdoptDecision{decision, hash, hash, &roster_}, who);
      case 8:
        if (random.Next() % 10 == 0) Step(EmergencyLiftDecision{decision, "r"}, who);
        return;
      default:
        if (random.Next() % 60 == 0) {
          Step(RecordFinding{"case-1", "claim-1", "supported", "r"}, who);
        }
    }
  }

  void CheckInvariants() {
    std::set<std::string> in_force;
    for (const std::string& id : InForce()) in_force.insert(id.substr(0, id.find('/')));
    for (const Decision& decision : state_.decisions()) {
      EXPECT_EQ(in_force.contains(decision.id), decision.in_force()) << decision.id;
      std::set<std::string> signers;
      for (const DecisionSignature& signature : decision.signatures) {
        EXPECT_TRUE(signers.insert(signature.by).second) << decision.id;
        EXPECT_FALSE(decision.PreparedBy(signature.by)) << decision.id;
      }
      if (!decision.adopted()) continue;
      EXPECT_GE(signers.size(), 2U) << decision.id;
      if (decision.kind != DecisionKind::kLift) {
        EXPECT_NE(decision.statement_sha256, "") << decision.id;
      }
    }
  }

  std::size_t accepted_ = 0;
};

TEST_F(RandomSteps, NeverMakeAnInconsistentState) {
  for (std::uint64_t seed = 1; seed <= 8; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    state_ = ReviewState();
    log_.clear();
    Review();
    SeededRandom random(seed);
    for (int step = 0; step < 400 && !HasFatalFailure(); ++step) {
      RandomStep(random);
      if (step % 20 == 0) CheckInvariants();
    }
    CheckInvariants();
    ReviewState again;
    for (const RecordedEvent& event : log_) ASSERT_TRUE(again.Apply(event));
    EXPECT_EQ(EverythingOf(again), Everything());
  }
  EXPECT_GT(accepted_, 400U);  // or the steps would show little
}

}  // namespace
}  // namespace proviso::review

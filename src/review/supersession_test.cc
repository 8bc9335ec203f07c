#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "catalogue/yaml.h"
#include "review/case_json.h"
#include "review/commands.h"
#include "review/review_fixture.h"

namespace proviso::review {
namespace {

class SupersessionTest : public ReviewTest {
 protected:
  // A decision in force, "decision-1", with read-only storage and suspended speech services.
  SupersessionTest() {
    Review();
    Propose();
    Enforce("decision-1");
  }

  // One that suspends the storage alone, in the place of `superseded`.
  static Json Successor(const std::vector<std::string>& superseded) {
    Json file = ParseJson(kTestDecision).value();
    Json list = Json::MakeArray();
    for (const std::string& id : superseded) list.Append(id);
    file["supersedes"] = std::move(list);
    file["restrictions"] = ParseJson(R"([{"subscriptions":["sub-archive"],
        "classes":["object-storage"],"regions":["nl-1"],"stage":"suspended"}])")
                               .value();
    return file;
  }
  ProposeDecision Proposal(const std::vector<std::string>& superseded,
                           const std::string& case_id = "case-1") const {
    return {.case_id = case_id, .file = Successor(superseded)};
  }
  // Up to what only waits for its adoption.
  void Prepare(const std::string& decision) {
    Plan(decision);
    Sign(decision, "cora");
    Sign(decision, "dirk");
    Issue(decision);
  }
  void Lift(const std::string& decision, const std::string& lift) {
    Do(ProposeLift{.decision = decision, .reason = "Use has ceased."}, "anna");
    Plan(lift);
    Sign(lift, "cora");
    Sign(lift, "dirk");
    Do(Adoption(lift), "elif");
  }
  const Decision& Found(const std::string& id) const { return *state_.FindDecision(id); }
};

TEST_F(SupersessionTest, EndsTheEarlierAtTheMomentAtWhichTheLaterBegins) {
  Do(Proposal({"decision-1"}), "anna");
  EXPECT_EQ(log_.back().event.open.Find("supersedes")->Canonical(), R"(["decision-1"])");
  Prepare("decision-2");
  EXPECT_EQ(InForce(), (std::vector<std::string>{"decision-1/1", "decision-1/2"}));
  now_ += std::chrono::hours(1);
  Do(Adoption("decision-2"), "elif");
  EXPECT_EQ(InForce(), std::vector<std::string>{"decision-2/1"});
  const Decision& ended = Found("decision-1");
  EXPECT_EQ(StatusName(ended), "superseded");
  EXPECT_EQ(ended.superseded_by, "decision-2");
  EXPECT_EQ(ended.superseded_at, Found("decision-2").adopted_at);
  EXPECT_FALSE(ended.lifted_at);
  EXPECT_EQ(log_.back().event.open.Find("supersedes")->Canonical(), R"(["decision-1"])");
}

TEST_F(SupersessionTest, IsNotUndoneByTheEndOfTheLater) {
  Do(Proposal({"decision-1"}), "anna");
  Prepare("decision-2");
  Do(Adoption("decision-2"), "elif");
  Lift("decision-2", "decision-3");
  EXPECT_TRUE(InForce().empty()) << "what was superseded does not come back";
  EXPECT_EQ(StatusName(Found("decision-1")), "superseded");
}

TEST_F(SupersessionTest, IsTheSameAfterAReplay) {
  Do(Proposal({"decision-1"}), "anna");
  Prepare("decision-2");
  Do(Adoption("decision-2"), "elif");
  ReviewState again;
  for (const RecordedEvent& event : log_) ASSERT_TRUE(again.Apply(event));
  EXPECT_EQ(EverythingOf(again), Everything());
}

TEST_F(SupersessionTest, NeedsADecisionInForce) {
  const std::string expected = "; expected an adopted decision in force, found ";
  const auto gone = [&](const std::string& id) {
    return "nothing of " + id + " is in force to supersede: propose a decision without it" +
           expected;
  };
  ExpectRefused(Proposal({"decision-9"}), "anna", ErrorCode::kNotFound,
                "there is no decision `decision-9` to supersede" + expected + "`decision-9`");
  ExpectRefused(Proposal({"decision-2"}), "anna", ErrorCode::kNotFound,
                "there is no decision `decision-2` to supersede" + expected + "`decision-2`");
  Propose();
  ExpectRefused(Proposal({"decision-2"}), "anna", ErrorCode::kFailedPrecondition,
                gone("decision-2") + "decision-2, which is proposed");
  Lift("decision-1", "decision-3");
  ExpectRefused(Proposal({"decision-3"}), "anna", ErrorCode::kFailedPrecondition,
                gone("decision-3") + "decision-3, which lifts");
  ExpectRefused(
      Proposal({"decision-1"}), "anna", ErrorCode::kFailedPrecondition,
      gone("decision-1") + "decision-1, lifted at " + FormatTime(now_) + " by decision-3");
}

TEST_F(SupersessionTest, IsDoneOnceToADecision) {
  Do(Proposal({"decision-1"}), "anna");
  Do(Proposal({"decision-1"}), "anna");
  Prepare("decision-2");
  Prepare("decision-3");
  Do(Adoption("decision-2"), "elif");
  const std::string refusal =
      "nothing of decision-1 is in force to supersede: propose a decision without it; expected an "
      "adopted decision in force, found decision-1, superseded at " +
      FormatTime(now_) + " by decision-2";
  ExpectRefused(Adoption("decision-3"), "elif", ErrorCode::kFailedPrecondition, refusal);
  ExpectRefused(Proposal({"decision-1"}), "anna", ErrorCode::kFailedPrecondition, refusal);
  EXPECT_FALSE(PlanInputsOf(state_, "decision-3")) << "it is stale, too";
}

TEST_F(SupersessionTest, IsRefusedOfWhatWasLiftedSinceThePlan) {
  Do(Proposal({"decision-1"}), "anna");
  Prepare("decision-2");
  Do(EmergencyLiftDecision{.decision = "decision-1", .reason = "A hospital is hit."}, "elif");
  EXPECT_FALSE(Expand("decision-2")) << "the plan is stale";
  const Result<Event> adopted = Try(Adoption("decision-2"), "elif");
  ASSERT_FALSE(adopted);
  EXPECT_NE(adopted.error().message().find("lifted at"), std::string::npos);
}

TEST_F(SupersessionTest, LeavesNothingToLift) {
  Do(ProposeLift{.decision = "decision-1", .reason = "Use has ceased."}, "anna");
  Plan("decision-2");
  Do(Proposal({"decision-1"}), "anna");
  Prepare("decision-3");
  Do(Adoption("decision-3"), "elif");
  ExpectRefused(SignDecision{.decision = "decision-2", .plan_hash = HashOf("decision-2")}, "cora",
                ErrorCode::kFailedPrecondition,
                "there is nothing of decision-1 to lift; expected an adopted decision in force, "
                "found one superseded at " +
                    FormatTime(now_) + " by decision-3");
}

TEST_F(SupersessionTest, IsRefusedOfWhatHasRunOut) {
  Json file = Successor({});
  file["restrictions"] = ParseJson(R"([{"subscriptions":["sub-archive"],
      "classes":["object-storage"],"regions":["nl-1"],"stage":"suspended",
      "until":"2026-12-01T00:00:00Z"}])")
                             .value();
  Do(ProposeDecision{.case_id = "case-1", .file = file}, "anna");
  Enforce("decision-2");
  Do(Proposal({"decision-2"}), "anna");
  Prepare("decision-3");
  now_ = ParseTime("2026-12-01T00:00:00Z").value();
  const std::string refusal =
      "nothing of decision-2 is in force to supersede: propose a decision without it; expected an "
      "adopted decision in force, found decision-2, whose windows are all "
      "over";
  ExpectRefused(Adoption("decision-3"), "elif", ErrorCode::kFailedPrecondition, refusal);
  ExpectRefused(Proposal({"decision-2"}), "anna", ErrorCode::kFailedPrecondition, refusal);
}

// A second case about the same customer, in which `who` declared a conflict in the first.
class SupersessionAcrossCasesTest : public SupersessionTest {
 protected:
  SupersessionAcrossCasesTest() {
    Do(OpenCase{.title = "More of it"}, "anna", "case-2");
    Do(AddClaim{.case_id = "case-2", .text = "It goes on.", .checks = {}}, "anna", "case-2");
    Do(
        RecordFinding{
            .case_id = "case-2", .claim = "claim-2", .outcome = "supported", .reason = "It does."},
        "anna", "case-2");
    Do(RecordAttribution{.case_id = "case-2",
                         .subscription = "sub-archive",
                         .unit = "E-17",
                         .evidence_class = "contract",
                         .reason = "The order form names the unit.",
                         .customers = &customers_},
       "anna", "case-2");
  }
  ProposeDecision Second() const {
    ProposeDecision command = Proposal({"decision-1"}, "case-2");
    command.file["facts"] = ParseJson(R"(["finding-2"])").value();
    return command;
  }
  void PlanSecond() {
    Do(PlanDecision{.decision = "decision-2", .plan = Expand("decision-2").value(), .quorum = 2},
       "anna", "case-2");
  }
};

TEST_F(SupersessionAcrossCasesTest, IsClosedToWhoDeclaredAConflictInTheCaseOfTheEarlier) {
  Do(Second(), "anna", "case-2");
  PlanSecond();
  const SignDecision signing{.decision = "decision-2", .plan_hash = HashOf("decision-2")};
  Do(signing, "dirk", "case-2");
  ASSERT_EQ(state_.ValidSignatures(Found("decision-2"), roster_), 1);
  Do(DeclareConflict{.case_id = "case-1", .reason = "A relative works there."}, "dirk");
  EXPECT_EQ(state_.ValidSignatures(Found("decision-2"), roster_), 0);
  Do(DeclareConflict{.case_id = "case-1", .reason = "A relative works there."}, "cora");
  ExpectRefused(signing, "cora", ErrorCode::kPermissionDenied,
                "nobody acts on a case in which they declared a conflict; expected somebody "
                "without a conflict in case-1, found p-cora, who declared one at " +
                    FormatTime(now_));
  Event forced{.type = "decision.signed",
               .open = Json::Of({{"decision", "decision-2"}, {"plan_hash", HashOf("decision-2")}}),
               .sealed = {}};
  EXPECT_FALSE(Record("case-2", "cora", std::move(forced))) << "nor at a replay";
}

TEST_F(SupersessionAcrossCasesTest, IsAPartInTheCaseOfTheEarlier) {
  Do(Second(), "bram", "case-2");
  EXPECT_TRUE(state_.FindCase("case-1")->participants.contains("p-bram"));
}

TEST_F(SupersessionTest, OfAnEventThatSaysOtherwiseIsDamage) {
  Do(Proposal({"decision-1"}), "anna");
  Result<Event> planned =
      Try(PlanDecision{.decision = "decision-2", .plan = Expand("decision-2").value(), .quorum = 2},
          "anna");
  ASSERT_TRUE(planned) << planned.error().message();
  planned->open["supersedes"] = Json::MakeArray();
  const Status applied = Record("case-1", "anna", *planned);
  ASSERT_FALSE(applied);
  EXPECT_NE(applied.error().message().find("it supersedes other decisions than it says"),
            std::string::npos);
}

TEST_F(SupersessionTest, LetsALiftOfTheLaterCarryOutAnAppealAgainstTheEarlier) {
  Do(Proposal({"decision-1"}), "anna");
  Prepare("decision-2");
  Do(Adoption("decision-2"), "elif");
  const FileAppeal appeal{.decision = "decision-1", .text = "That is not our unit."};
  ASSERT_TRUE(Record("case-1", "nobody", Try(appeal, "").value()));
  Do(DecideAppeal{.appeal = "appeal-1", .outcome = "reversed", .reason = "It is not."}, "finn");
  Do(ProposeLift{.decision = "decision-2", .reason = "It was won.", .appeal = "appeal-1"}, "anna");
  EXPECT_EQ(state_.FindAppeal("appeal-1")->lift, "decision-3");
}

TEST(DecisionFile, SupersedesDecisionsAndNoSingleRestriction) {
  Json file = ParseJson(kTestDecision).value();
  file["supersedes"] = ParseJson(R"(["decision-1/2"])").value();
  const auto read = DecisionFile::FromJson(file);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().message(),
            "decision file:\nsupersedes: expected decisions, found the restriction "
            "`decision-1/2`; name `decision-1`, which ends as a whole, and restrict again what of "
            "it shall stay");
}

// The document's examples, each of which is a decision file.
TEST(DecisionFile, IsAsTheExamplesOfItsDocument) {
  std::ifstream file(PROVISO_SOURCE_DIR "/docs/formats/decision.md");
  std::stringstream document;
  document << file.rdbuf();
  const std::string text = document.str();
  std::vector<DecisionFile> examples;
  for (std::size_t at = text.find("```yaml\n"); at != std::string::npos;) {
    const std::size_t begin = at + 8;
    const std::size_t end = text.find("```", begin);
    const auto yaml = catalogue::ReadYaml(text.substr(begin, end - begin), "decision.md");
    ASSERT_TRUE(yaml) << yaml.error().message();
    const auto read = DecisionFile::FromJson(catalogue::YamlToJson(*yaml));
    ASSERT_TRUE(read) << read.error().message();
    examples.push_back(*read);
    at = text.find("```yaml\n", end);
  }
  ASSERT_EQ(examples.size(), 3U);
  EXPECT_TRUE(examples[0].supersedes.empty());
  ASSERT_EQ(examples[1].restrictions.size(), 2U);
  EXPECT_EQ(examples[1].restrictions[1].operations,
            enforcement::SetOf(enforcement::Operation::kDelete));
  EXPECT_EQ(examples[2].supersedes, std::vector<std::string>{"decision-1"});
}

}  // namespace
}  // namespace proviso::review

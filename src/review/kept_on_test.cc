#include "review/kept_on.h"

#include "review/review_fixture.h"

namespace proviso::review {
namespace {

class KeptOnTest : public ReviewTest {
 protected:
  using TermsByName = std::map<std::string, terms::Terms, std::less<>>;

  void Restrict(const std::string& keep_on) {
    Review();
    Json file = ParseJson(kTestDecision).value();
    if (!keep_on.empty()) file["keep_on"] = ParseJson(keep_on).value();
    Propose(file.Canonical());
    Enforce("decision-1");
  }
  // The catalogue with one service in another class.
  static catalogue::Catalogue Moved(const std::string& service, const std::string& to_class) {
    std::string text(kTestCatalogue);
    const std::size_t class_at = text.find("class: ", text.find("{id: " + service)) + 7;
    text.replace(class_at, text.find(',', class_at) - class_at, to_class);
    return catalogue::Catalogue::FromYaml(text, "catalogue.yaml").value();
  }
  TermsByName Terms() const { return {{"acceptable-use@2026-01", terms_}}; }
  void ExpectRefused(const Status& status, const std::string& message) {
    ASSERT_FALSE(status);
    EXPECT_EQ(status.error().code(), ErrorCode::kFailedPrecondition);
    EXPECT_EQ(status.error().message(), message);
  }
  static std::string Told(const std::string& service_and_keeper) {
    return "decision-1 would restrict a service that stays on: lift it first, or leave the service "
           "in a class that is not kept on; expected no restriction of service " +
           service_and_keeper + ", found restriction `decision-1/1`";
  }
};

TEST_F(KeptOnTest, LetsPassWhatLeavesEverythingOn) {
  EXPECT_TRUE(CheckKeptOn(state_, catalogue_, {})) << "nothing is in force";
  Restrict(R"({"services":["threat-guard"]})");
  const Status checked = CheckKeptOn(state_, catalogue_, Terms());
  EXPECT_TRUE(checked) << checked.error().message();
}

TEST_F(KeptOnTest, RefusesACatalogueThatMovesARestrictedServiceIntoAClassThatTheTermsKeepOn) {
  Restrict("");
  ExpectRefused(CheckKeptOn(state_, Moved("blob-store", "security"), Terms()),
                Told("`blob-store`, kept on by the terms `acceptable-use@2026-01` of class "
                     "`security`"));
}

TEST_F(KeptOnTest, RefusesWhatTheDecisionItselfKeepsOn) {
  Json terms = terms_.ToJson();
  Restrict(R"({"classes":["security"]})");
  terms["keep_on"] = Json(Json::Array{});
  const TermsByName lenient{{"acceptable-use@2026-01", terms::Terms::FromJson(terms).value()}};
  ExpectRefused(CheckKeptOn(state_, Moved("blob-store", "security"), lenient),
                Told("`blob-store`, kept on by the decision itself of class `security`"));
}

TEST_F(KeptOnTest, BindsADecisionByTheTermsOfItsOwnPlanOnly) {
  Restrict("");
  Json own = terms_.ToJson();
  own["keep_on"] = Json(Json::Array{});
  TermsByName terms;
  terms.emplace("acceptable-use@2026-01", terms::Terms::FromJson(own).value());
  terms.emplace("acceptable-use@2027-01", terms_);
  EXPECT_TRUE(CheckKeptOn(state_, Moved("blob-store", "security"), terms));
  terms.erase("acceptable-use@2026-01");
  ExpectRefused(CheckKeptOn(state_, catalogue_, terms),
                "nobody can tell what decision-1 must leave on; expected the terms "
                "`acceptable-use@2026-01` of its plan, found none of that name");
}

TEST_F(KeptOnTest, ReadsTheServicesOfAnErasedFileFromThePlan) {
  Restrict(R"({"services":["threat-guard"]})");
  Json terms = terms_.ToJson();
  terms["keep_on"] = Json(Json::Array{});
  const TermsByName lenient{{"acceptable-use@2026-01", terms::Terms::FromJson(terms).value()}};
  ReviewState without_file;
  for (RecordedEvent event : log_) {
    if (event.event.type == "decision.proposed") event.event.sealed.clear();
    ASSERT_TRUE(without_file.Apply(event));
  }
  const Status checked = CheckKeptOn(without_file, catalogue_, lenient);
  EXPECT_TRUE(checked) << checked.error().message();
}

TEST_F(KeptOnTest, LetsNoTableBeMadeWhileThePlanOfADecisionInForceCannotBeRead) {
  Restrict("");
  const std::string planned = std::to_string(state_.FindDecision("decision-1")->planned_index);
  GoOnWithout("decision.planned", "plan");
  ASSERT_TRUE(state_.FindDecision("decision-1")->in_force());
  ExpectRefused(CheckKeptOn(state_, catalogue_, Terms()),
                "nobody can tell what decision-1, which is in force, restricts: no new decision "
                "table is made, and the one in force stays; expected part `plan` of log entry " +
                    planned +
                    ", found one that cannot be read here: put it back from a backup, or lift that "
                    "decision first");
  const auto in_force = state_.InForce();
  ASSERT_FALSE(in_force) << "it would be a table without that decision";
  EXPECT_EQ(in_force.error().code(), ErrorCode::kDataLoss);
  EXPECT_NE(in_force.error().message().find("log entry " + planned), std::string::npos);
  Do(EmergencyLiftDecision{.decision = "decision-1", .reason = "r"}, "elif");
  EXPECT_TRUE(CheckKeptOn(state_, catalogue_, Terms()));
  EXPECT_TRUE(InForce().empty());
}

TEST_F(KeptOnTest, ForgetsWhatWasLifted) {
  Restrict("");
  Do(EmergencyLiftDecision{.decision = "decision-1", .reason = "r"}, "elif");
  EXPECT_TRUE(CheckKeptOn(state_, Moved("blob-store", "security"), Terms()));
}

}  // namespace
}  // namespace proviso::review

#include "disclosure/statement.h"

#include "review/review_fixture.h"

namespace proviso::disclosure {
namespace {

using review::AddClaim;
using review::kTestDecision;
using review::ProposeLift;
using review::RecordEvaluation;
using review::RecordFinding;

class StatementTest : public review::ReviewTest {
 protected:
  StatementInputs Inputs() const {
    return {.state = &state_, .catalogue = &catalogue_, .customers = &customers_, .terms = &terms_};
  }
  Result<std::string> Render(const std::string& decision) {
    return ToMarkdown(PROVISO_TRY(RenderStatement(Inputs(), decision)));
  }
};

TEST_F(StatementTest, SaysWhatWhyHowLongAndHowToAppeal) {
  Review();
  Propose();
  Plan("decision-1");
  const Result<std::string> text = Render("decision-1");
  ASSERT_TRUE(text) << text.error().message();
  for (const char* part : {
           "- To: Example Ministry (`example-ministry`)",
           "- Under: Acceptable use of Example Cloud, version 2026-01",
           "This is an interim decision: the review goes on.",
           "### decision-1/1: read-only",
           "- Subscriptions: archive (`sub-archive`) and language (`sub-language`)",
           "- Services: Blob Store (`blob-store`), in Netherlands (`nl-1`)",
           "- Services: Speech (`speech`), in Ireland (`ie-1`) and Netherlands (`nl-1`)",
           "- Stops: creating or enlarging resources; running or calling the services; writing or "
           "changing data\n",
           "- Goes on: reading, listing or downloading data; deleting data; your account, notices",
           "which binds you since 1 March 2021",
           "holds: object-storage of unit \"signals\": 6.2 PB on average over 2026-07-15",
           "- From: the moment of adoption",
           "- Until: it is lifted",
           "- Until: 1 March 2027, 00:00 UTC",
           "Kept on for you everywhere, whatever is decided: Threat Guard (`threat-guard`)",
           "Nothing is deleted.",
           "Clause 4.2, Mass surveillance of civilians:",
           "> The customer does not use the services for mass surveillance of civilians.",
           "> The unit keeps bulk call recordings in object storage in NL.",
           "- Finding (finding-1): supported by the records",
           "- Reason: Metering shows 6.2 PB on 15 July.",
           "- Computed: `usage(unit: signals",
           "archive (`sub-archive`) belongs to Example Signals Unit (`signals`), shown by the "
           "contract: The order form names the unit.",
           "no automated means decided it",
           "at least 2 people who did not prepare it",
           "Nobody read or searched the content of your data.",
           "> The use grows by terabytes a day.",
           "> You may appeal within 30 days in writing",
       }) {
    EXPECT_NE(text->find(part), std::string::npos) << part << "\n" << *text;
  }
  EXPECT_NE(text->find("Plan, by its SHA-256: `" + HashOf("decision-1") + "`"), std::string::npos);
  EXPECT_EQ(*text, *Render("decision-1"));
}

TEST_F(StatementTest, ShowsNothingOfOtherCustomers) {
  Review();
  // A check over another customer, and a subscription of it that depends on a target.
  Do(
      AddClaim{
          .case_id = "case-1",
          .text = "Others do the same.",
          .checks = {"usage(subscription: sub-other, class: speech-to-text) at 2026-07-15 > 1 h"}},
      "anna");
  checks::CheckResult other = CheckedResult();
  other.check = state_.FindClaim("claim-2")->checks[0];
  other.subscriptions = {"sub-archive", "sub-other"};
  Do(RecordEvaluation{.case_id = "case-1",
                      .results = {{"claim-1", {CheckedResult()}}, {"claim-2", {other}}}},
     "anna");
  Do(RecordFinding{.case_id = "case-1", .claim = "claim-2", .outcome = "supported", .reason = "r"},
     "anna");
  Attribute("sub-other", "ovens");
  Json file = ParseJson(kTestDecision).value();
  file["facts"] = Json(Json::Array{Json("finding-1"), Json("finding-2")});
  Propose(file.Canonical());
  Plan("decision-1");
  const std::string text = Render("decision-1").value();
  for (const char* word : {"sub-other", "bakery", "Bakery", "ovens"}) {
    EXPECT_EQ(text.find(word), std::string::npos) << word;
  }
}

TEST_F(StatementTest, SpeaksToOneCustomer) {
  Review();
  Attribute("sub-other", "ovens");
  Json file = ParseJson(kTestDecision).value();
  file["restrictions"] = Json(Json::Array{
      ParseJson(R"({"subscriptions":["sub-archive","sub-other"],"classes":["object-storage"],
                    "regions":["nl-1"],"stage":"suspended"})")
          .value()});
  Propose(file.Canonical());
  EXPECT_EQ(Render("decision-1").error().code(), ErrorCode::kFailedPrecondition);  // no plan yet
  Plan("decision-1");
  const auto text = Render("decision-1");
  ASSERT_FALSE(text);
  EXPECT_EQ(text.error().message(),
            "a statement speaks to one customer; expected targets of `example-ministry` only, "
            "found those of `example-bakery` too: propose a decision for each");
}

TEST_F(StatementTest, ShowsTextsOfPeopleAsTheyAre) {
  Review();
  Json file = ParseJson(kTestDecision).value();
  file["summary"] = "# Not a heading\n<b>*not* bold</b> [x](http://example.org)\nsnake_case";
  file["hearing"] = Json::Of({{"waived", "Imminent harm."}});
  Propose(file.Canonical());
  Plan("decision-1");
  const std::string text = Render("decision-1").value();
  EXPECT_NE(text.find("> \\# Not a heading\n> \\<b\\>\\*not\\* bold\\</b\\> "
                      "\\[x\\](http://example.org)\n> snake_case\n"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("You were not heard before this decision, for this reason:\n\n> Imminent"),
            std::string::npos);
}

TEST_F(StatementTest, LeavesOutWhatCorrespondenceSays) {
  Review();
  Attribute("sub-college", "signals", "correspondence");
  Propose();
  Plan("decision-1");
  const std::string text = Render("decision-1").value();
  EXPECT_NE(text.find("college (`sub-college`) belongs to Example Signals Unit (`signals`), shown "
                      "by business correspondence\n"),
            std::string::npos)
      << text;
}

TEST_F(StatementTest, TellsWhatALiftRestores) {
  Review();
  Propose();
  Enforce("decision-1");
  Do(ProposeLift{.decision = "decision-1", .reason = "The customer stopped."}, "anna");
  Plan("decision-2");
  const std::string text = Render("decision-2").value();
  EXPECT_NE(text.find("We lift what decision-1 restricts, for this reason:\n\n> The customer "
                      "stopped.\n"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("- Services: Blob Store (`blob-store`), in Netherlands (`nl-1`)"),
            std::string::npos);
}

}  // namespace
}  // namespace proviso::disclosure

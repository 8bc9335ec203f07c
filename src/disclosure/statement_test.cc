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
           "your contract is in force since 1 March 2021",
           "holds: object-storage of unit \"signals\": 6.2 PB on average over 2026-07-15",
           "- From: the moment at which the last needed person adopts it, which the log shows and "
           "which the update to you names\n",
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

TEST_F(StatementTest, SaysOfWhatGoesOnWhatAnotherRestrictionBesideStops) {
  Review();
  Json file = ParseJson(kTestDecision).value();
  Json::Array restrictions = *file["restrictions"].AsArray();
  Json hold = restrictions[0];
  hold["stage"] = "suspended";
  hold["operations"] = Json(Json::Array{Json("delete")});
  restrictions.push_back(hold);
  file["restrictions"] = Json(restrictions);
  Propose(file.Canonical());
  Plan("decision-1");
  const std::string text = Render("decision-1").value();
  for (const char* part :
       {"; deleting data; your account, notices, billing and appeals; but decision-1/3 stops "
        "deleting "
        "data\n",
        "; but decision-1/1 stops creating or enlarging resources; running or calling the "
        "services; "
        "writing or changing data\n"}) {
    EXPECT_NE(text.find(part), std::string::npos) << part << "\n" << text;
  }
  // What has other targets is no concern of theirs.
  EXPECT_EQ(text.find("but decision-1/2"), std::string::npos) << text;
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

TEST_F(StatementTest, ComposesWhyForADecisionThatDoesNotSayIt) {
  Review();
  Json file = ParseJson(kTestDecision).value();
  file["why_incompatible"] = Json();
  ASSERT_TRUE(Record("case-1", "anna",
                     Event{.type = "decision.proposed",
                           .open = Json::Of({{"decision", "decision-1"}, {"kind", "interim"}}),
                           .sealed = {{"details", Json::Of({{"file", file}})}}}));
  Plan("decision-1");
  EXPECT_NE(Render("decision-1")
                ->find("## Why this is incompatible with the clause\n\nThe clause forbids what is "
                       "quoted above. We hold what these findings show to be such use:\n"),
            std::string::npos);
}

TEST_F(StatementTest, TellsWhatElseOfTheCustomerIsHit) {
  Review();
  Propose();
  Plan("decision-1");
  const Document document = *RenderStatement(Inputs(), "decision-1");
  const std::string text = ToMarkdown(document);
  EXPECT_NE(text.find("## What else this hits\n\nThese subscriptions of yours are not restricted. "
                      "They need what is, so their work may be hit too:\n\n- payroll "
                      "(`sub-payroll`) needs archive (`sub-archive`)\n\nWork that is not yours "
                      "may be hit too; whose it is, is not said here.\n"),
            std::string::npos)
      << text;
  EXPECT_EQ(document.data.Find("also_hit")->Canonical(),
            R"({"others":true,"subscriptions":[{"needs":["sub-archive"],"subscription":)"
            R"("sub-payroll"}]})");
}

TEST_F(StatementTest, HitsNothingElseWhereNothingIsStopped) {
  Review();
  Json file = ParseJson(kTestDecision).value();
  Json warned = ParseJson(R"({"unit":"signals","classes":["object-storage"],"regions":["nl-1"],
                              "stage":"notice"})")
                    .value();
  file["restrictions"] = Json(Json::Array{warned});
  Propose(file.Canonical());
  Plan("decision-1");
  EXPECT_NE(Render("decision-1")
                ->find("## What else this hits\n\nNothing that is not restricted needs what is, as "
                       "far as we know.\n"),
            std::string::npos);
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
  EXPECT_NE(text.find("> \\# Not a heading\n> \\<b>\\*not\\* bold\\</b> "
                      "\\[x](http://example.org)\n> snake_case\n"),
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

// What somebody who never saw the system must be able to answer from the letter alone.
TEST_F(StatementTest, AnswersWhatAReaderAsks) {
  Review();
  Propose();
  Plan("decision-1");
  StatementInputs inputs = Inputs();
  inputs.day = ParseDate("2026-08-31").value();
  const std::string text = ToMarkdown(*RenderStatement(inputs, "decision-1"));
  struct Question {
    const char* question;
    std::vector<const char*> answers;
  };
  for (const Question& q : std::vector<Question>{
           {"Whom does it concern?", {"- To: Example Ministry (`example-ministry`)"}},
           {"What was decided?", {"This is an interim decision", "> Object storage and speech"}},
           {"What exactly is restricted?",
            {"- Subscriptions: language (`sub-language`)", "Speech (`speech`)", "- Stops: "}},
           {"Where?", {"in Netherlands (`nl-1`)", "in the regions named here, and nowhere else"}},
           {"Since when?",
            {"- Given out on: 31 August 2026",
             "- From: the moment at which the last needed person adopts it, which the log shows "
             "and "
             "which the update to you names; not before 31 August 2026",
             "begins, after this statement was given out to you and not before"}},
           {"Until when?", {"- Until: it is lifted", "- Until: 1 March 2027, 00:00 UTC"}},
           {"What can I still do?", {"- Goes on: reading", "## What stays on"}},
           {"What else of mine is hit?", {"- payroll (`sub-payroll`) needs archive"}},
           {"What happens to my data?", {"Your data is kept as it is. Nothing is deleted."}},
           {"Under which clause?", {"Clause 4.2, Mass surveillance of civilians:", "> The cust"}},
           {"Which terms, and do they bind me?",
            {"version 2026-01; your contract is in force since 1 Mar"}},
           {"On which facts?",
            {"> The unit keeps bulk call recordings", "supported by the records",
             "- Reason: Metering shows 6.2 PB", "- Computed: `usage(unit: signals"}},
           {"Why me?", {"archive (`sub-archive`) belongs to Example Signals Unit"}},
           {"Did somebody report me, or did you look?",
            {"opened this review on 22 November 2026, on our own initiative: no legal notice"}},
           {"Who was it?", {"Who sent, wrote or told us something is not said here"}},
           {"Why do the facts break the clause?",
            {"## Why this is incompatible with the clause\n\n> Calls of a whole population are "
             "kept: that is mass surveillance.\n\nIt rests on these findings:",
             "- finding-1, supported by the records: The unit keeps bulk call"}},
           {"Did a machine decide?",
            {"computed automatically", "No automated means picked what was to be reviewed",
             "no automated means decided it"}},
           {"Who decided?", {"at least 2 people who did not prepare it"}},
           {"Did you read my content?", {"Nobody read or searched the content of your data."}},
           {"Was I heard?", {"You were not heard before this decision, for this reason:\n\n> The"}},
           {"How do I appeal?", {"without an account, with the code that came with this letter"}},
           {"Until when may I appeal?", {"You may appeal to us until the end of 28 February 2027"}},
           {"Who hears it?", {"Somebody who had no part in this case hears the appeal"}},
           {"What else can I do?", {"a body for settling disputes out of court", "The courts"}},
           {"What do I cite?", {"- Decision: decision-1 of case-1", "Plan, by its SHA-256: `"}},
       }) {
    for (const char* answer : q.answers) {
      EXPECT_NE(text.find(answer), std::string::npos) << q.question << " " << answer << "\n"
                                                      << text;
    }
  }
}

TEST_F(StatementTest, AnAppealMayBeFiledForSixMonths) {
  for (const auto& [stated, last] : std::vector<std::pair<const char*, const char*>>{
           {"2026-09-25", "2027-03-25"},
           {"2026-08-31", "2027-02-28"},
           {"2027-08-31", "2028-02-29"},
           {"2026-12-31", "2027-06-30"},
       }) {
    EXPECT_EQ(FormatDate(review::LastDayForAppeal(ParseDate(stated).value())), last);
  }
  Review();
  Propose();
  Plan("decision-1");
  EXPECT_NE(Render("decision-1")
                ->find("for six months from the day on which this statement was "
                       "given out to you"),
            std::string::npos);
}

TEST_F(StatementTest, CountsReportsByKindAndNeverTips) {
  Review();
  int digit = 0;
  for (const char* kind : {"article", "article", "abuse-report", "legal-notice", "letter", "tip"}) {
    ++digit;
    Do(review::ReceiveReport{.kind = kind,
                             .sha256 = std::string(64, static_cast<char>('0' + digit)),
                             .document = Json::Of({{"text", "words"}, {"author", "Jane Invented"}}),
                             .original_key = "00"},
       "finn", "");
    Do(review::JoinReport{.case_id = "case-1", .report = "report-" + std::to_string(digit)},
       "anna");
  }
  Propose();
  Plan("decision-1");
  const Document document = *RenderStatement(Inputs(), "decision-1");
  const std::string text = ToMarkdown(document);
  EXPECT_NE(text.find("- By 22 November 2026, when it was opened: 1 abuse report, 2 published "
                      "articles, 1 legal notice and 1 letter\n"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("By then 1 legal notice about it had been submitted to us."),
            std::string::npos);
  EXPECT_EQ(document.data.Find("origin")->Find("reports")->Canonical(),
            R"({"abuse-report":1,"article":2,"legal-notice":1,"letter":1})");
  for (const char* word : {" tip", "Jane"}) EXPECT_EQ(text.find(word), std::string::npos) << word;
}

// A notice that came after a review was opened did not lead to it.
TEST_F(StatementTest, TellsByTimeWhatCameInToUs) {
  Review();
  int digit = 0;
  const auto receive = [&](const char* kind) {
    ++digit;
    Do(review::ReceiveReport{.kind = kind,
                             .sha256 = std::string(64, static_cast<char>('0' + digit)),
                             .document = Json::Of({{"text", "words"}}),
                             .original_key = "00"},
       "finn", "");
    Do(review::JoinReport{.case_id = "case-1", .report = "report-" + std::to_string(digit)},
       "anna");
  };
  receive("letter");
  now_ += std::chrono::days{3};
  Do(review::CloseCase{.case_id = "case-1", .reason = "r"}, "anna");
  Do(review::ReceiveReport{.kind = "article",
                           .sha256 = std::string(64, 'a'),
                           .document = Json::Of({{"text", "words"}}),
                           .original_key = "00"},
     "finn", "");
  Do(review::ReopenCase{.case_id = "case-1", .evidence_class = "public", .reason = "r"}, "anna");
  Do(review::JoinReport{.case_id = "case-1", .report = "report-2"}, "anna");
  ++digit;
  now_ += std::chrono::days{1};
  receive("legal-notice");
  Propose();
  Plan("decision-1");
  const Document document = *RenderStatement(Inputs(), "decision-1");
  const std::string text = ToMarkdown(document);
  EXPECT_NE(
      text.find(
          "A person of ours opened this review on 22 November 2026, on our own initiative: "
          "no legal notice about it had been submitted to us by then.\n\nIt was opened again "
          "on 25 November 2026, for what was new. By then no legal notice about it had been "
          "submitted to us.\n\nDocuments that belong to the review, by the day on which they "
          "came in to us:\n\n- By 22 November 2026, when it was opened: 1 letter\n- After "
          "that, by 25 November 2026, when it was opened again: 1 published article\n- Later: "
          "1 legal notice\n"),
      std::string::npos)
      << text;
  EXPECT_EQ(document.data.Find("origin")->Find("by_time")->Canonical(),
            R"([{"reports":{"letter":1},"until":"2026-11-22"},)"
            R"({"reports":{"article":1},"until":"2026-11-25"},)"
            R"({"reports":{"legal-notice":1},"until":null}])");
  EXPECT_TRUE(document.data.Find("origin")->BoolOr("own_initiative", false));
}

TEST_F(StatementTest, NamesTheMomentOnceItIsAdopted) {
  Review();
  Propose();
  Plan("decision-1");
  EXPECT_EQ(StatementNote(*state_.FindDecision("decision-1")),
            "PREVIEW, NOT ISSUED: nobody was given this text. decision-1 is not adopted.");
  Sign("decision-1", "cora");
  Sign("decision-1", "dirk");
  Issue("decision-1");
  EXPECT_EQ(StatementNote(*state_.FindDecision("decision-1")),
            "Issued on 22 November 2026, 09:30 UTC, as it stands here. decision-1 is not adopted.");
  now_ += std::chrono::hours{2};
  Do(Adoption("decision-1"), "elif");
  EXPECT_NE(Render("decision-1")->find("- From: 22 November 2026, 11:30 UTC\n"), std::string::npos);
  EXPECT_EQ(StatementNote(*state_.FindDecision("decision-1")),
            "Issued on 22 November 2026, 09:30 UTC, as it stands here. decision-1 was adopted on "
            "22 November 2026, 11:30 UTC.");
}

TEST_F(StatementTest, AProposalThatWasWithdrawnIsSaidToBeNoDecision) {
  Review();
  Propose();
  Plan("decision-1");
  Do(review::WithdrawDecision{.decision = "decision-1", .reason = "r"}, "anna");
  EXPECT_EQ(StatementNote(*state_.FindDecision("decision-1")),
            "PREVIEW, NOT ISSUED: nobody was given this text. decision-1 was withdrawn on 22 "
            "November 2026, 09:30 UTC: it is no decision, and never will be.");
}

TEST_F(StatementTest, FiguresHaveTheirDigitsInGroups) {
  struct Case {
    const char* why;
    const char* said;
  };
  for (const Case& c : std::vector<Case>{
           {"27062516.964 h in 2026-07: 66.3061x", "27,062,516.964 h in 2026-07: 66.3061x"},
           {"up to 135450253000 characters", "up to 135,450,253,000 characters"},
           {"asked for >= 100000 EUR", "asked for >= 100,000 EUR"},
           {"of unit `unit 12345`, 2026 and 1.123456 PB", "\"unit 12345\", 2026 and 1.123456 PB"},
           {"sub-12345 of (12345), 123456-x", "sub-12345 of (12,345), 123456-x"},
       }) {
    state_ = {};
    log_.clear();
    Review();
    checks::CheckResult result = CheckedResult();
    result.why = c.why;
    Do(RecordEvaluation{.case_id = "case-1", .results = {{"claim-1", {result}}}}, "anna");
    Propose();
    Plan("decision-1");
    EXPECT_NE(Render("decision-1")->find(c.said), std::string::npos) << *Render("decision-1");
  }
}

TEST_F(StatementTest, AClaimInTheWordsOfALetterDoesNotShowThem) {
  struct Case {
    const char* kind;
    const char* claim;
    bool shows;
    const char* from = "";
  };
  for (const Case& c : std::vector<Case>{
           {"letter", "I sat beside the machine.", true, "example-ministry"},
           {"letter", "I sat beside the machine.", false, "example-bakery"},
           {"letter", "I sat beside the machine.", false},
           {"letter", "He said: I sat  beside the machine. Twice.", false},
           {"letter", "beside the machine", false},
           {"letter", "A person was present.", true},
           {"tip", "I sat beside the machine.", false},
           {"article", "I sat beside the machine.", true},
       }) {
    state_ = {};
    log_.clear();
    Do(review::OpenCase{.title = "t"}, "anna");
    Do(review::ReceiveReport{.kind = c.kind,
                             .sha256 = std::string(64, '1'),
                             .document = Json::Of({{"text", "I sat beside the machine."}}),
                             .original_key = "00",
                             .from_customer = c.from},
       "finn", "");
    Do(review::JoinReport{.case_id = "case-1", .report = "report-1"}, "anna");
    review::AddClaim claim{.case_id = "case-1", .text = c.claim, .checks = {}};
    claim.source = review::ClaimSource{
        .report = "report-1", .begin = 0, .end = 25, .quote = {}, .about = Json::MakeObject()};
    Do(claim, "anna");
    Do(
        RecordFinding{
            .case_id = "case-1", .claim = "claim-1", .outcome = "supported", .reason = "r"},
        "anna");
    Attribute("sub-archive");
    Attribute("sub-language");
    Propose();
    Plan("decision-1");
    const std::string text = Render("decision-1").value();
    EXPECT_EQ(text.find(std::string("> ") + c.claim) != std::string::npos, c.shows) << text;
    if (!c.shows) {
      EXPECT_EQ(text.find("beside"), std::string::npos) << c.claim;
    }
  }
}

}  // namespace
}  // namespace proviso::disclosure

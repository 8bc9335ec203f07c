#include "disclosure/notices.h"

#include "disclosure/story_fixture.h"

namespace proviso::disclosure {
namespace {

class NoticesTest : public StoryFixture {
 protected:
  static void ExpectSays(const Result<Document>& document, const std::vector<std::string>& parts) {
    ASSERT_TRUE(document) << document.error().message();
    const std::string text = ToMarkdown(*document);
    for (const std::string& part : parts) {
      EXPECT_NE(text.find(part), std::string::npos) << part << "\n" << text;
    }
  }
  static void ExpectRefused(const Result<Document>& document, ErrorCode code,
                            const std::string& message) {
    ASSERT_FALSE(document);
    EXPECT_EQ(document.error().code(), code);
    EXPECT_EQ(document.error().message(), message);
  }
  Result<Document> Intent() {
    return RenderIntent(Inputs(), "decision-1", ParseDate("2026-11-25").value());
  }
  Result<Document> Update(Audience audience) {
    return RenderUpdate(Inputs(), {.case_id = "case-1", .audience = audience, .now = now_});
  }
};

TEST_F(NoticesTest, TheIntentAsksForAnAnswerBeforeAnythingIsDecided) {
  TellTheReview(false);
  TellTheHearing();
  ExpectSays(
      Intent(),
      {"Nothing is decided yet.", "We intend a final decision", "> Qsummary",
       "## What would be restricted", "## What else this would hit",
       "- Qpayroll (`sub-payroll`) needs Qarchive (`sub-archive`)",
       "- Services: Qblobstore (`blob-store`), in Qnetherlands", "> Qclausetext.",
       "- Reason: Qfindingreason", "Qfigure of unit \"signals\": 6.2 PB",
       "Answer until the end of 25 November 2026 (UTC), with the code that came with this letter",
       "neither consent nor an admission"});
  ExpectRefused(RenderIntent(Inputs(), "decision-9", {}), ErrorCode::kNotFound,
                "there is no decision `decision-9`");
  TellTheAnswer();
  TellTheDecision();
  ExpectRefused(Intent(), ErrorCode::kFailedPrecondition,
                "expected a decision that is only intended, found `decision-1` adopted");
  TellTheAppeal("reversed");
  Do(review::ProposeLift{.decision = "decision-1", .reason = "r"}, "anna");
  Plan("decision-2");
  ExpectRefused(RenderIntent(Inputs(), "decision-2", {}), ErrorCode::kFailedPrecondition,
                "expected a decision that restricts, found the lift `decision-2`; a lift needs no "
                "hearing");
}

TEST_F(NoticesTest, TheAcknowledgementQuotesTheWholeAnswer) {
  TellTheReview(false);
  TellTheHearing();
  ExpectRefused(RenderAcknowledgement(Inputs(), "hearing-1"), ErrorCode::kFailedPrecondition,
                "expected a hearing with an answer, found `hearing-1` without one");
  ExpectRefused(RenderAcknowledgement(Inputs(), "hearing-9"), ErrorCode::kNotFound,
                "there is no hearing `hearing-9`");
  TellTheAnswer();
  ExpectSays(RenderAcknowledgement(Inputs(), "hearing-1"),
             {"came in on 22 November 2026, 09:30 UTC", "> Qanswer\n> and more\n",
              "before anybody signs", "you get a statement of reasons"});
}

TEST_F(NoticesTest, StaffAndPublicLearnOfADecisionOnlyOnceItIsAdopted) {
  TellTheReview(false);
  TellTheHearing();
  TellTheAnswer();
  for (const Result<Document>& document :
       {RenderStaff(Inputs(), "decision-1", ""), RenderPublic(Inputs(), "decision-1")}) {
    ExpectRefused(document, ErrorCode::kFailedPrecondition,
                  "nobody but the customer is told before a decision is adopted; expected an "
                  "adopted one, found `decision-1`, which is planned");
  }
  const Document update = Update(Audience::kPublic).value();
  EXPECT_EQ(ToMarkdown(update).find("decision-1"), std::string::npos);
}

TEST_F(NoticesTest, StaffAreToldThatReportersAreProtectedAndWhereToAsk) {
  TellTheReview(false);
  TellTheHearing();
  TellTheAnswer();
  TellTheDecision();
  ExpectSays(RenderStaff(Inputs(), "decision-1", "the review office, room 12"),
             {"We restrict services of one customer by a final decision.",
              "Work that is not restricted may be hit too, where it needs Qobjectclass.",
              "Qobjectclass: read-only, which stops creating or enlarging resources",
              "Since 22 November 2026, 09:30 UTC, until it is lifted",
              "whatever is decided: Qsecurityclass", "Retaliation is forbidden",
              "Ask here: the review office, room 12."});
  ExpectSays(RenderStaff(Inputs(), "decision-1", ""), {"Ask the people who do the reviews"});
}

TEST_F(NoticesTest, ThePublicUpdateKeepsFoundAllegedAndNotReviewedApart) {
  TellTheReview(true);
  TellTheHearing();
  TellTheAnswer();
  TellTheDecision();
  const Result<Document> document = RenderPublic(Inputs(), "decision-1");
  ExpectSays(
      document,
      {"We restrict services of Qministry by a final decision.",
       "Other work may be hit too, where it needs what is restricted.",
       "Clause 4.2, Qclausetitle, of Qtermstitle, version 2026-01:",
       "| Qsentence keeps calls. | an allegation | partly supported by the records |",
       "we neither confirm nor deny it:\n\n- whether Qunanswered.",
       "The content of any customer's data.", "2 people who did not prepare the decision signed it",
       "The customer was heard", "The customer may appeal"});
  const Json data = document->data;
  EXPECT_EQ(data.Find("found")->AsArray()->size(), 1U);
  EXPECT_EQ(data.Find("alleged")->AsArray()->front().StringOr("outcome", ""), "undeterminable");
  EXPECT_EQ(data.StringOr("customer", ""), "Qministry");
}

TEST_F(NoticesTest, APublicUpdateOnALiftDoesNotSayTheAllegationsAgain) {
  TellTheReview(true);
  TellTheHearing();
  TellTheAnswer();
  TellTheDecision();
  TellTheAppeal("reversed");
  TellTheLift();
  const Result<Document> document = RenderPublic(Inputs(), "decision-2");
  ExpectSays(document, {"we lifted what decision-1 restricted for Qministry",
                        "The customer appealed, and the lift carries out the answer"});
  EXPECT_EQ(ToMarkdown(*document).find("Qsentence"), std::string::npos);
}

// What goes out says first how it stands at that moment, not how it stood when it was adopted.
TEST_F(NoticesTest, TitleAndFirstSentenceFollowTheState) {
  const std::string from = "2026-12-01T00:00:00Z";
  const std::string until = "2027-01-01T00:00:00Z";
  const std::string later = "2027-03-01T00:00:00Z";
  struct Case {
    const char* at;
    std::vector<const char*> ends;  // of its two restrictions; empty: until lifted
    const char* title;
    const char* first;
    const char* update;
  };
  for (const Case& c : std::vector<Case>{
           {"2026-11-25T00:00:00Z",
            {"", ""},
            "services of a customer will be restricted",
            "We will restrict services of one customer by an interim decision. It was adopted on "
            "22 "
            "November 2026, 09:30 UTC, and begins on 1 December 2026, 00:00 UTC:",
            "was adopted on 22 November 2026, 09:30 UTC, and begins on 1 December 2026"},
           {"2026-12-02T00:00:00Z",
            {"", ""},
            "services of a customer are restricted",
            "We restrict services of one customer by an interim decision; the review goes on.",
            "decision-1 is in force, adopted on 22 November 2026, 09:30 UTC: read-only for "
            "Qobjectclass; suspended for Speech to text"},
           {"2027-02-01T00:00:00Z",
            {until.c_str(), ""},
            "a restriction of a customer's services has ended in part",
            "A part of it has ended:",
            "is in force in part, adopted on 22 November 2026, 09:30 UTC: suspended for Speech"},
           {"2027-04-01T00:00:00Z",
            {until.c_str(), later.c_str()},
            "a restriction of a customer's services has ended",
            "We restricted services of one customer by an interim decision. It was adopted on 22 "
            "November 2026, 09:30 UTC, and ended on 1 March 2027, 00:00 UTC. Nothing of it is in "
            "force:",
            "decision-1 ended on 1 March 2027, 00:00 UTC\n- No decision is in force"},
       }) {
    state_ = {};
    log_.clear();
    now_ = review::kTestNow;
    Review();
    Json file = ParseJson(review::kTestDecision).value();
    Json::Array restrictions = *file.Find("restrictions")->AsArray();
    for (std::size_t i = 0; i < c.ends.size(); ++i) {
      restrictions[i]["from"] = from;
      restrictions[i]["until"] = *c.ends[i] == '\0' ? Json() : Json(c.ends[i]);
    }
    file["restrictions"] = std::move(restrictions);
    Propose(file.Canonical());
    Enforce("decision-1");
    now_ = ParseTime(c.at).value();
    for (const Result<Document>& document :
         {RenderPublic(Inputs(), "decision-1"), RenderStaff(Inputs(), "decision-1", "")}) {
      EXPECT_TRUE(document->title.Plain().ends_with(c.title)) << document->title.Plain();
      ExpectSays(document, {c.first});
    }
    ExpectSays(Update(Audience::kPublic), {c.update});
  }
}

TEST_F(NoticesTest, AfterALiftNothingIsSaidToBeRestricted) {
  TellTheReview(false);
  TellTheHearing();
  TellTheAnswer();
  TellTheDecision();
  TellTheAppeal("reversed");
  TellTheLift();
  now_ += std::chrono::hours{1};
  for (const Result<Document>& document :
       {RenderPublic(Inputs(), "decision-1"), RenderStaff(Inputs(), "decision-1", "")}) {
    const std::string text = ToMarkdown(*document);
    EXPECT_TRUE(document->title.Plain().ends_with("was lifted")) << document->title.Plain();
    ExpectSays(document, {"and lifted on 22 November 2026, 09:30 UTC. Nothing of it is in force:",
                          "which stopped creating"});
    for (const char* word : {"We restrict ", "are restricted", "until it is lifted", "hit too"}) {
      EXPECT_EQ(text.find(word), std::string::npos) << word << "\n" << text;
    }
  }
  ExpectSays(RenderStatement(Inputs(), "decision-1"),
             {"This was a final decision. It was lifted on 22 November 2026, 09:30 UTC",
              "## What was restricted"});
  ExpectSays(RenderStatement(Inputs(), "decision-2"),
             {"# Statement: a restriction was lifted", "we lifted what decision-1 restricted"});
  ExpectSays(Update(Audience::kPublic), {"decision-1 was lifted on", "No decision is in force"});
}

TEST_F(NoticesTest, ADecisionThatAnotherTookOverIsSaidToBeReplaced) {
  Review();
  Propose();
  Enforce("decision-1");
  Json file = ParseJson(review::kTestDecision).value();
  Json::Array restrictions = *file.Find("restrictions")->AsArray();
  restrictions[0]["stage"] = "suspended";
  file["restrictions"] = std::move(restrictions);
  file["kind"] = "final";
  now_ += std::chrono::hours{24};
  Propose(file.Canonical());
  Enforce("decision-2");
  const Result<Document> document = RenderPublic(Inputs(), "decision-1");
  EXPECT_TRUE(document->title.Plain().ends_with("are restricted by a later decision too"));
  ExpectSays(document,
             {"Since 23 November 2026, 09:30 UTC, decision-2 restricts the same, at least "
              "as strictly; both are in force:"});
  ExpectSays(Update(Audience::kPublic),
             {"The final decision decision-2 is in force",
              "since 23 November 2026, 09:30 UTC, decision-2 restricts"});
  Do(review::ProposeLift{.decision = "decision-1", .reason = "r"}, "anna");
  Enforce("decision-3");
  ExpectSays(RenderPublic(Inputs(), "decision-3"),
             {"decision-2 restricts the same, or a part of it:"});
}

TEST_F(NoticesTest, WithoutPublishedClaimsNothingThatWasSaidIsRepeated) {
  Review();
  Propose();
  Enforce("decision-1");
  ExpectSays(RenderPublic(Inputs(), "decision-1"),
             {"was not said in public, and is not repeated here",
              "by an interim decision; the review goes on",
              "The customer was not heard before; those who signed took the reason"});
}

TEST_F(NoticesTest, TheAnswerToAnAppealSaysWhatItChanges) {
  struct Case {
    const char* outcome;
    std::vector<std::string> before;
    bool lifts;
  };
  for (const Case& c : std::vector<Case>{
           {"upheld", {"The decision stands.", "stays as the statement of reasons says"}, false},
           {"changed",
            {"that the decision is to be changed.", "what the decision restricts goes on"},
            true},
           {"reversed",
            {"that the decision is to be undone in full.", "what the decision restricts goes on"},
            true},
       }) {
    state_ = {};
    log_.clear();
    TellTheReview(false);
    TellTheHearing();
    TellTheAnswer();
    TellTheDecision();
    Do(review::FileAppeal{.decision = "decision-1", .text = "Qappealtext"}, "");
    ExpectRefused(RenderAppealAnswer(Inputs(), "appeal-1"), ErrorCode::kFailedPrecondition,
                  "expected an appeal that is decided, found `appeal-1` pending");
    Do(review::DecideAppeal{.appeal = "appeal-1", .outcome = c.outcome, .reason = "Qappealreason"},
       "bram");
    const Result<Document> document = RenderAppealAnswer(Inputs(), "appeal-1");
    ExpectSays(document, c.before);
    ExpectSays(document, {"> Qappealreason", "> Qappealtext", "Somebody who had no part",
                          "The courts are open to you."});
    if (!c.lifts) continue;
    Do(review::ProposeLift{.decision = "decision-1", .reason = "r", .appeal = "appeal-1"}, "anna");
    ExpectSays(
        RenderAppealAnswer(Inputs(), "appeal-1"),
        {"What decision-1 restricts is to be lifted by decision-2, and goes on until then. The "
         "lift takes effect when"});
    Enforce("decision-2");
    ExpectSays(RenderAppealAnswer(Inputs(), "appeal-1"),
               {"This was carried out: what decision-1 restricted was lifted by decision-2 on 22 "
                "November 2026, 09:30 UTC."});
  }
}

TEST_F(NoticesTest, UpdatesTellEachAudienceHowTheCaseStands) {
  TellTheReview(false);
  TellTheHearing();
  ExpectSays(Update(Audience::kStaff),
             {"- The review goes on", "the customer may answer until the end of 25 November 2026",
              "- No decision is in force", "There is no day for another update."});
  ExpectSays(Update(Audience::kCustomer),
             {"- To: Qministry (`example-ministry`)", "you may answer until the end of 25 Nov",
              "- step-1, due on 30 November 2026, open: Qstep"});
  TellTheAnswer();
  ExpectSays(Update(Audience::kPublic),
             {"the customer answered, which lies before those who decide"});
  TellTheDecision();
  ExpectSays(Update(Audience::kPublic),
             {"The final decision decision-1 is in force, adopted on 22 November 2026"});
  ExpectSays(Update(Audience::kCustomer),
             {"- decision-1/1, read-only: since 22 November 2026, 09:30 UTC, until it is lifted"});
  Do(review::FileAppeal{.decision = "decision-1", .text = "Qappealtext"}, "");
  ExpectSays(Update(Audience::kPublic), {"An appeal against decision-1 is being heard"});
  ExpectSays(RenderUpdate(Inputs(), {.case_id = "case-1",
                                     .audience = Audience::kPublic,
                                     .now = now_,
                                     .next = ParseDate("2026-12-24").value()}),
             {"The next update is due on 24 December 2026."});
}

TEST_F(NoticesTest, AnUpdateThatWasPromisedSaysSoAndWhetherItIsLate) {
  TellTheReview(false);
  for (const auto& [promised, said] : std::vector<std::pair<const char*, const char*>>{
           {"2026-11-06", "the update that was promised for 6 November 2026; it is late."},
           {"2026-11-22", "the update that was promised for 22 November 2026."}}) {
    const Result<Document> update =
        RenderUpdate(Inputs(), {.case_id = "case-1",
                                .audience = Audience::kPublic,
                                .now = now_,
                                .promised = ParseDate(promised).value()});
    ExpectSays(update, {said, "No day is set for one after it."});
    EXPECT_EQ(ToMarkdown(*update).find("There is no day"), std::string::npos);
    EXPECT_EQ(update->data.StringOr("promised", ""), promised);
  }
}

// Only what is still intended is announced: a hearing outlives the decision that it was about.
TEST_F(NoticesTest, AnUpdateAnnouncesNoDecisionThatIsNotIntendedAnyMore) {
  for (const bool withdrawn : {true, false}) {
    state_ = {};
    log_.clear();
    TellTheReview(false);
    TellTheHearing();
    TellTheAnswer();
    ExpectSays(Update(Audience::kPublic), {"A decision is intended"});
    if (withdrawn) {
      Do(review::WithdrawDecision{.decision = "decision-1", .reason = "Qwithdrawn"}, "anna");
    } else {
      Do(
          review::AcknowledgeAnswer{
              .hearing = "hearing-1", .text = "Q", .sha256 = crypto::Sha256("Q").Hex()},
          "anna");
      Do(review::CloseCase{.case_id = "case-1", .reason = "Qclosed"}, "anna");
    }
    for (const Audience audience : {Audience::kPublic, Audience::kStaff, Audience::kCustomer}) {
      const Document update = Update(audience).value();
      EXPECT_EQ(ToMarkdown(update).find("intended"), std::string::npos) << ToMarkdown(update);
      EXPECT_TRUE(update.data.Find("hearings")->AsArray()->empty());
    }
  }
}

TEST_F(NoticesTest, AnUpdateToTheCustomerNeedsOne) {
  Do(review::OpenCase{.title = "t"}, "anna");
  ExpectRefused(Update(Audience::kCustomer), ErrorCode::kFailedPrecondition,
                "an update speaks to one customer; expected attributions in `case-1`, found none");
  Attribute("sub-archive");
  Attribute("sub-other", "ovens");
  ExpectRefused(Update(Audience::kCustomer), ErrorCode::kFailedPrecondition,
                "an update speaks to one customer; expected attributions of `example-ministry` "
                "only, found those of `example-bakery` too");
  EXPECT_TRUE(Update(Audience::kStaff));
  EXPECT_FALSE(RenderUpdate(Inputs(), {.case_id = "case-9", .now = now_}));
}

TEST_F(NoticesTest, AnErasedTextIsSaidToBeErased) {
  TellTheReview(false);
  TellTheHearing();
  TellTheAnswer();
  review::ReviewState erased;
  for (RecordedEvent event : log_) {
    event.event.sealed.erase("answer");
    ASSERT_TRUE(erased.Apply(event));
  }
  StatementInputs inputs = Inputs();
  inputs.state = &erased;
  ExpectSays(RenderAcknowledgement(inputs, "hearing-1"), {"Its text was erased."});
}

TEST_F(NoticesTest, TheSameRecordGivesTheSameBytes) {
  TellTheReview(true);
  TellTheHearing();
  TellTheAnswer();
  TellTheDecision();
  review::ReviewState again;
  for (const RecordedEvent& event : log_) ASSERT_TRUE(again.Apply(event));
  StatementInputs inputs = Inputs();
  inputs.state = &again;
  const auto all = [](const StatementInputs& from) {
    std::string bytes;
    for (const Result<Document>& document :
         {RenderStatement(from, "decision-1"), RenderStaff(from, "decision-1", "x"),
          RenderPublic(from, "decision-1"), RenderAcknowledgement(from, "hearing-1")}) {
      bytes += ToMarkdown(*document) + ToHtml(*document) + ToJson(*document).Canonical();
    }
    return bytes;
  };
  EXPECT_EQ(all(Inputs()), all(inputs));
}

}  // namespace
}  // namespace proviso::disclosure

#include "crypto/hash.h"
#include "review/review_fixture.h"

namespace proviso::review {
namespace {

using StoryTest = ReviewTest;

const Date kToday = ParseDate("2026-11-22").value();
const std::string kCode(64, 'c');

ReceiveReport Article(const std::string& digit = "1") {
  std::string sha256;
  for (int i = 0; i < 64; ++i) sha256 += digit;
  return {
      .kind = "article",
      .sha256 = sha256,
      .document = Json::Of({{"title", "Calls kept"}, {"text", "They keep calls. All of them."}}),
      .original_key = "00"};
}

AddClaim Quoting(std::int64_t begin, std::int64_t end) {
  return {.case_id = "case-1",
          .text = "It keeps calls.",
          .checks = {},
          .source = ClaimSource{.report = "report-1",
                                .begin = begin,
                                .end = end,
                                .quote = {},
                                .about = Json::Of({{"who", "It"}})}};
}

TEST_F(StoryTest, AReportIsTakenInByAPersonAndCountedOneByOne) {
  ExpectRefused(Article(), "", ErrorCode::kPermissionDenied,
                "to take a report in is a person's act; expected a key of the roster in force, "
                "found nobody of it");
  Do(Article("1"), "finn", "");
  Do(Article("2"), "finn", "");
  ASSERT_EQ(state_.reports().size(), 2U);
  EXPECT_EQ(state_.FindReport("report-2")->sha256, Article("2").sha256);
  EXPECT_EQ(state_.FindReportByHash(Article("1").sha256)->id, "report-1");
}

TEST_F(StoryTest, ALetterMayBeSaidToBeTheCustomersOwn) {
  ReceiveReport own = Article();
  own.from_customer = "example-ministry";
  ExpectRefused(own, "finn", ErrorCode::kInvalidArgument,
                "what a customer itself gives us is a letter; expected kind `letter`, found "
                "`article`");
  own.kind = "letter";
  Do(own, "finn", "");
  EXPECT_EQ(state_.FindReport("report-1")->from_customer, "example-ministry");
  EXPECT_EQ(log_.back().event.open.Find("from_customer"), nullptr) << "nobody else's to know";
}

TEST_F(StoryTest, AReportJoinsACaseOnce) {
  Review();
  Do(Article(), "finn", "");
  const JoinReport join{.case_id = "case-1", .report = "report-1"};
  Do(join, "anna");
  EXPECT_EQ(state_.FindCase("case-1")->reports, std::vector<std::string>{"report-1"});
  ExpectRefused(join, "anna", ErrorCode::kAlreadyExists,
                "report-1 is in case-1 already; expected a report that is not, found one that is");
  ExpectRefused(JoinReport{.case_id = "case-1", .report = "report-9"}, "anna", ErrorCode::kNotFound,
                "there is no report `report-9`");
}

TEST_F(StoryTest, AClaimQuotesAReportOfItsCase) {
  Review();
  Do(Article(), "finn", "");
  ExpectRefused(Quoting(0, 16), "anna", ErrorCode::kNotFound,
                "a claim comes from a report of its case; expected a report of case-1, found "
                "`report-1`");
  Do(JoinReport{.case_id = "case-1", .report = "report-1"}, "anna");
  ExpectRefused(Quoting(0, 99), "anna", ErrorCode::kInvalidArgument,
                "the claim's place is not in report-1; expected a place within 29 bytes, found 0 "
                "to 99");
  Do(Quoting(0, 16), "anna");
  EXPECT_EQ(state_.FindClaim("claim-2")->source->quote, "They keep calls.");
}

TEST_F(StoryTest, APlaceOfAReportIsOneClaimOfACase) {
  Review();
  Do(Article(), "finn", "");
  Do(JoinReport{.case_id = "case-1", .report = "report-1"}, "anna");
  Do(Quoting(0, 16), "anna");
  ExpectRefused(Quoting(0, 16), "anna", ErrorCode::kAlreadyExists,
                "this place of report-1 is a claim already; expected a sentence that no claim of "
                "case-1 quotes, found claim-2, which quotes it; edit that, or drop it first");
  Do(Quoting(17, 29), "anna");
  Do(DropClaim{.case_id = "case-1", .claim = "claim-2", .reason = "Misread."}, "anna");
  Do(Quoting(0, 16), "anna");
  EXPECT_EQ(state_.FindClaim("claim-4")->source->begin, 0);
}

TEST_F(StoryTest, AClaimMayChangeUntilItHasAFinding) {
  Review();
  const EditClaim edit{.case_id = "case-1",
                       .claim = "claim-1",
                       .text = "Other words.",
                       .checks = {},
                       .reason = "clearer"};
  ExpectRefused(edit, "anna", ErrorCode::kFailedPrecondition,
                "claim-1 has ended; add another claim where something new is said; expected a "
                "claim without a finding, found finding-1");
  Do(AddClaim{.case_id = "case-1", .text = "A second one.", .checks = {std::string(kTestCheck)}},
     "anna");
  Do(RecordEvaluation{.case_id = "case-1",
                      .results = {{"claim-1", {CheckedResult()}}, {"claim-2", {CheckedResult()}}}},
     "anna");
  EditClaim second = edit;
  second.claim = "claim-2";
  Do(second, "anna");
  const Claim& claim = *state_.FindClaim("claim-2");
  EXPECT_EQ(claim.text, "Other words.");
  EXPECT_TRUE(claim.results.empty()) << "what was evaluated was of other checks";
  EXPECT_FALSE(claim.draft);
}

TEST_F(StoryTest, ADroppedClaimNeedsNoFindingAndTakesNone) {
  Review();
  Do(AddClaim{.case_id = "case-1", .text = "A second one.", .checks = {std::string(kTestCheck)}},
     "anna");
  Do(DropClaim{.case_id = "case-1", .claim = "claim-2", .reason = "said of somebody else"}, "anna");
  Do(RecordEvaluation{.case_id = "case-1", .results = {{"claim-1", {CheckedResult()}}}}, "anna");
  ExpectRefused(
      RecordFinding{
          .case_id = "case-1", .claim = "claim-2", .outcome = "supported", .reason = "no"},
      "anna", ErrorCode::kFailedPrecondition,
      "claim-2 is not pursued any more; expected a claim that stands, found one dropped "
      "at 2026-11-22T09:30:00.000Z");
  Do(CloseCase{.case_id = "case-1", .reason = "done"}, "anna");
}

TEST_F(StoryTest, AClosedCaseOpensAgainForNewEvidence) {
  Review();
  const ReopenCase reopen{.case_id = "case-1", .evidence_class = "public", .reason = "an article"};
  ExpectRefused(reopen, "anna", ErrorCode::kFailedPrecondition,
                "case-1 cannot be opened again; expected a closed case, found an open one");
  Do(CloseCase{.case_id = "case-1", .reason = "no evidence to date"}, "anna");
  Do(reopen, "anna");
  const Case& opened = *state_.FindCase("case-1");
  EXPECT_TRUE(opened.open());
  EXPECT_EQ(opened.reopenings.at(0).close_reason, "no evidence to date");
}

TEST_F(StoryTest, CasesAreLinkedWithAReason) {
  Review();
  Do(OpenCase{.title = "Another"}, "anna", "case-2");
  const LinkCase link{.case_id = "case-2", .to = "case-1", .reason = "the same unit"};
  Do(link, "anna", "case-2");
  EXPECT_EQ(state_.FindCase("case-2")->links.at(0).to, "case-1");
  EXPECT_FALSE(Try(link, "anna"));
  EXPECT_FALSE(Try(LinkCase{.case_id = "case-1", .to = "case-1", .reason = "itself"}, "anna"));
}

TEST_F(StoryTest, NobodyActsOnACaseInWhichTheyDeclaredAConflict) {
  Review();
  Do(DeclareConflict{.case_id = "case-1", .reason = "a relative works there"}, "cora");
  const Status allowed = state_.CheckNoConflict("case-1", "p-cora");
  ASSERT_FALSE(allowed);
  EXPECT_EQ(allowed.error().code(), ErrorCode::kPermissionDenied);
  EXPECT_TRUE(state_.CheckNoConflict("case-1", "p-dirk"));
  // What the log says nevertheless is damage.
  auto event = Try(AddClaim{.case_id = "case-1", .text = "x", .checks = {}}, "cora");
  ASSERT_TRUE(event);
  const Status applied = Record("case-1", "cora", *event);
  ASSERT_FALSE(applied);
  EXPECT_EQ(applied.error().code(), ErrorCode::kDataLoss);
}

TEST_F(StoryTest, ASignatureOfSomebodyWithAConflictDoesNotCount) {
  Review();
  Propose();
  Plan("decision-1");
  Sign("decision-1", "cora");
  Sign("decision-1", "dirk");
  Issue("decision-1");
  Do(DeclareConflict{.case_id = "case-1", .reason = "learned of it today"}, "cora");
  ExpectRefused(Adoption("decision-1"), "elif", ErrorCode::kFailedPrecondition,
                "decision-1 is not signed by its quorum; expected 2 signatures of people who may "
                "sign, found 1");
}

TEST_F(StoryTest, ADecisionRestsOnSomethingThatWasFound) {
  Review();
  Do(RecordFinding{.case_id = "case-1",
                   .claim = "claim-1",
                   .outcome = "not_supported",
                   .reason = "The figure was another customer's.",
                   .against_draft = "The checks read another customer's figure."},
     "anna");
  std::string file(kTestDecision);
  file.replace(file.find("finding-1"), 9, "finding-2");
  const ProposeDecision proposal{.case_id = "case-1", .file = ParseJson(file).value()};
  ExpectRefused(proposal, "anna", ErrorCode::kFailedPrecondition,
                "nothing that the decision rests on was found; expected a finding that is "
                "`supported` or `partly_supported`, or a denial that is `contradicted`, found none "
                "among its facts");
  Do(RecordFinding{.case_id = "case-1",
                   .claim = "claim-1",
                   .outcome = "partly_supported",
                   .reason = "A part of it is theirs.",
                   .against_draft = "The checks cannot tell parts."},
     "anna");
  file.replace(file.find("finding-2"), 9, "finding-3");
  EXPECT_TRUE(Try(ProposeDecision{.case_id = "case-1", .file = ParseJson(file).value()}, "anna"));
}

TEST_F(StoryTest, AnAgreedStepIsDueEvaluatedAndEnded) {
  Review();
  const AgreeStep step{.case_id = "case-1",
                       .text = "Show the agreements.",
                       .due = kToday + std::chrono::days{3},
                       .checks = {std::string(kTestCheck)}};
  AgreeStep late = step;
  late.due = kToday - std::chrono::days{1};
  ExpectRefused(late, "anna", ErrorCode::kInvalidArgument,
                "the day it is due is no day to come; expected a day from 2026-11-22 to "
                "2036-11-29, found 2026-11-21");
  Do(step, "anna");
  EXPECT_FALSE(Try(
      RecordEvaluation{.case_id = "case-1", .results = {{"claim-1", {CheckedResult()}}}}, "anna"));
  Do(RecordEvaluation{.case_id = "case-1",
                      .results = {{"claim-1", {CheckedResult()}}, {"step-1", {CheckedResult()}}}},
     "anna");
  EXPECT_EQ(state_.FindStep("step-1")->results.size(), 1U);
  EXPECT_EQ(StatusName(*state_.FindStep("step-1"), now_), "open");
  EXPECT_EQ(StatusName(*state_.FindStep("step-1"), now_ + std::chrono::hours{24 * 4}), "overdue");
}

TEST_F(StoryTest, AStepIsMissedWhenItsDayIsOverAndNoSooner) {
  Review();
  Do(AgreeStep{.case_id = "case-1", .text = "Show them.", .due = kToday, .checks = {}}, "anna");
  RecordStep record{.case_id = "case-1", .step = "step-1", .met = false, .reason = "nothing came"};
  now_ = ParseTime("2026-11-22T23:59:59.999Z").value();
  ExpectRefused(record, "anna", ErrorCode::kFailedPrecondition,
                "step-1 can still be met: nobody has missed it before its day is over; expected a "
                "day after 2026-11-22, found 2026-11-22");
  now_ = ParseTime("2026-11-23T00:00:00Z").value();
  Do(record, "anna");
  EXPECT_EQ(StatusName(*state_.FindStep("step-1"), now_), "missed");
}

TEST_F(StoryTest, ALaterRecordOfAStepCorrectsAnEarlierOneAndBothStay) {
  Review();
  Do(AgreeStep{.case_id = "case-1", .text = "Show them.", .due = kToday, .checks = {}}, "anna");
  now_ = kTestNow + std::chrono::hours{48};
  RecordStep record{.case_id = "case-1", .step = "step-1", .met = false, .reason = "nothing came"};
  Do(record, "anna");
  ExpectRefused(record, "bram", ErrorCode::kAlreadyExists,
                "step-1 is recorded so already; expected another outcome, which corrects it, found "
                "`missed`");
  record.met = true;
  record.reason = "It had come, to another office.";
  Do(record, "bram");
  EXPECT_EQ(log_.back().event.open.StringOr("corrects", ""), "missed");
  EXPECT_EQ(StatusName(*state_.FindStep("step-1"), now_), "met");
  const Json json = CaseJson(state_, "case-1", now_).value();
  const Json& step = (*json.ArrayAt("steps").value())[0];
  EXPECT_EQ(step.StringOr("outcome", ""), "met");
  EXPECT_EQ(step.StringOr("recorded_by", ""), "p-bram");
  const Json::Array& corrected = *step.ArrayAt("corrected").value();
  ASSERT_EQ(corrected.size(), 1U);
  EXPECT_EQ(corrected[0].StringOr("outcome", ""), "missed");
  EXPECT_EQ(corrected[0].StringOr("reason", ""), "nothing came");
}

TEST_F(StoryTest, ALogNamesWhatALaterRecordOfAStepCorrects) {
  Review();
  Do(AgreeStep{.case_id = "case-1", .text = "Show them.", .due = kToday, .checks = {}}, "anna");
  const auto record = [&](const char* outcome, const char* corrects) {
    Json open = Json::Of({{"step", "step-1"}, {"outcome", outcome}});
    if (*corrects != '\0') open["corrects"] = corrects;
    return Record("case-1", "anna", Event{.type = "step.recorded", .open = open, .sealed = {}});
  };
  EXPECT_FALSE(record("missed", "met")) << "there is none before";
  EXPECT_TRUE(record("missed", ""));
  for (const auto& [outcome, corrects] : {std::pair{"missed", "missed"},
                                          {"missed", "met"},
                                          {"missed", ""},
                                          {"met", "met"},
                                          {"met", ""},
                                          {"met", "lost"}}) {
    const Status applied = record(outcome, corrects);
    ASSERT_FALSE(applied) << outcome << " corrects " << corrects;
    EXPECT_EQ(applied.error().code(), ErrorCode::kDataLoss);
  }
  EXPECT_TRUE(record("met", "missed"));
  EXPECT_EQ(state_.FindStep("step-1")->records.size(), 2U);
}

TEST_F(StoryTest, ALogHoldsOnlyLettersAsFromACustomer) {
  const auto received = [&](const char* kind, const char* report) {
    return Record("", "finn",
                  Event{.type = "report.received",
                        .open = Json::Of({{"report", report}, {"kind", kind}}),
                        .sealed = {{"details", Json::Of({{"from_customer", "example-ministry"},
                                                         {"document", Json::MakeObject()}})}}});
  };
  const Status refused = received("article", "report-1");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), ErrorCode::kDataLoss);
  EXPECT_TRUE(received("letter", "report-1"));
}

TEST_F(StoryTest, ALogKeepsTheDraftThatTheChecksMade) {
  Review();
  const std::vector<RecordedEvent> whole = log_;
  const auto replay = [&](const Json* drafted, bool erased) {
    ReviewState state;
    for (RecordedEvent event : whole) {
      if (event.event.type == "case.evaluated" && erased) event.event.sealed.clear();
      if (event.event.type == "finding.recorded") {
        Json::Object open = *event.event.open.AsObject();
        open.erase("drafted");
        if (drafted != nullptr) open["drafted"] = *drafted;
        event.event.open = Json(open);
      }
      const Status applied = state.Apply(event);
      if (!applied) return applied;
    }
    return Status();
  };
  const Json same("supported");
  const Json other("contradicted");
  const Json none;
  EXPECT_TRUE(replay(&same, false));
  EXPECT_FALSE(replay(&other, false));
  EXPECT_FALSE(replay(&none, false));
  EXPECT_TRUE(replay(nullptr, false)) << "an entry of before it was kept";
  EXPECT_TRUE(replay(&same, true)) << "what was drafted cannot be told any more";
}

TEST_F(StoryTest, ReadsALogInWhichAStepWasMissedTooEarly) {
  Review();
  Do(AgreeStep{.case_id = "case-1",
               .text = "Show them.",
               .due = kToday + std::chrono::days{9},
               .checks = {}},
     "anna");
  ASSERT_TRUE(Record("case-1", "anna",
                     Event{.type = "step.recorded",
                           .open = Json::Of({{"step", "step-1"}, {"outcome", "missed"}}),
                           .sealed = {}}));
  Do(RecordStep{.case_id = "case-1", .step = "step-1", .met = true, .reason = "It came."}, "anna");
  EXPECT_EQ(StatusName(*state_.FindStep("step-1"), now_), "met");
}

TEST_F(StoryTest, AnUpdateIsScheduledForAKnownReader) {
  Review();
  Do(ScheduleUpdate{.case_id = "case-1", .audience = "public", .due = kToday}, "anna");
  EXPECT_EQ(state_.FindCase("case-1")->updates.at(0).id, "update-1");
  EXPECT_FALSE(
      Try(ScheduleUpdate{.case_id = "case-1", .audience = "press", .due = kToday}, "anna"));
}

class HearingTest : public ReviewTest {
 protected:
  void Planned(const std::string& hearing = R"("held":"By letter.")") {
    Review();
    std::string file(kTestDecision);
    const std::string waived = R"("waived":"The use grows by terabytes a day.")";
    file.replace(file.find(waived), waived.size(), hearing);
    Propose(file);
    Plan("decision-1");
  }
  OpenHearing Opening() const {
    return {.decision = "decision-1",
            .until = kToday + std::chrono::days{10},
            .notice = "# Notice\n",
            .notice_sha256 = crypto::Sha256("# Notice\n").Hex(),
            .code_sha256 = kCode};
  }
  SignDecision Signature() const {
    return {.decision = "decision-1", .plan_hash = HashOf("decision-1")};
  }
  const AnswerHearing answer_{.hearing = "hearing-1", .text = "We do not agree."};
};

TEST_F(HearingTest, NobodySignsThatTheCustomerWasHeardWithoutAHearing) {
  Planned();
  ExpectRefused(
      Signature(), "cora", ErrorCode::kFailedPrecondition,
      "decision-1 says that the customer was heard, and the case does not show it; "
      "expected a concluded hearing about all that it restricts, or `hearing.waived` with "
      "the reason, found none; open one with: proviso hearing open");
}

TEST_F(HearingTest, NobodySignsWhileTheCustomerIsBeingHeard) {
  Planned(R"("waived":"Urgent.")");
  Do(Opening(), "anna");
  ExpectRefused(Signature(), "cora", ErrorCode::kFailedPrecondition,
                "the customer is being heard about this decision; expected hearing-1 acknowledged, "
                "or without an answer by 2026-12-02, found one that is open");
  Do(answer_, "");
  EXPECT_FALSE(Try(Signature(), "cora")) << "an answer is read before anybody signs";
  Do(AcknowledgeAnswer{.hearing = "hearing-1",
                       .text = "We have it.",
                       .sha256 = crypto::Sha256("We have it.").Hex()},
     "anna");
  Do(Signature(), "cora");
}

TEST_F(HearingTest, NobodyAdoptsWhileTheCustomerIsBeingHeard) {
  Planned(R"("waived":"Urgent.")");
  Sign("decision-1", "cora");
  Sign("decision-1", "dirk");
  Issue("decision-1");
  Do(Opening(), "anna");
  const auto adopted = Try(Adoption("decision-1"), "elif");
  ASSERT_FALSE(adopted);
  EXPECT_NE(adopted.error().message().find("the customer is being heard"), std::string::npos);
  now_ += std::chrono::hours{24 * 11};
  Do(Adoption("decision-1"), "elif");
}

TEST_F(HearingTest, AHearingWithoutAnAnswerLapsesAfterItsLastDay) {
  Planned();
  Do(Opening(), "anna");
  now_ += std::chrono::hours{24 * 10};
  EXPECT_FALSE(Try(Signature(), "cora")) << "the last day is the customer's";
  now_ += std::chrono::hours{24};
  EXPECT_EQ(StatusName(*state_.FindHearing("hearing-1"), now_), "lapsed");
  EXPECT_FALSE(Try(answer_, ""));
  Do(Signature(), "cora");
}

TEST_F(HearingTest, IsOpenedOnceAboutAPlanWithTheTextThatWasRead) {
  Planned();
  OpenHearing other = Opening();
  other.notice = "# Another\n";
  EXPECT_FALSE(Try(other, "anna"));
  OpenHearing today = Opening();
  today.until = kToday;
  EXPECT_FALSE(Try(today, "anna")) << "an answer needs a day";
  Do(Opening(), "anna");
  EXPECT_FALSE(Try(Opening(), "anna"));
  EXPECT_EQ(state_.FindHearingByCode(kCode)->id, "hearing-1");
  EXPECT_FALSE(Try(
      AcknowledgeAnswer{.hearing = "hearing-1", .text = "x", .sha256 = crypto::Sha256("x").Hex()},
      "anna"));
  Do(answer_, "");
  EXPECT_FALSE(Try(answer_, "")) << "one answer";
}

// Who acknowledges has read the very text; who answers may say which notice was read.
TEST_F(HearingTest, LettersOfAHearingAreBoundToTheTextsThatWereRead) {
  Planned();
  Do(Opening(), "anna");
  AnswerHearing answer = answer_;
  answer.notice_sha256 = crypto::Sha256("# Another\n").Hex();
  ExpectRefused(answer, "", ErrorCode::kFailedPrecondition,
                "the answer is about another notice than was sent in hearing-1; expected a notice "
                "with the SHA-256 `" +
                    Opening().notice_sha256 + "`, found `" + answer.notice_sha256 + "`");
  answer.notice_sha256 = Opening().notice_sha256;
  Do(answer, "");
  EXPECT_EQ(state_.FindHearing("hearing-1")->answered_notice, Opening().notice_sha256);
  AcknowledgeAnswer acknowledge{
      .hearing = "hearing-1", .text = "We have it.", .sha256 = crypto::Sha256("Another.").Hex()};
  ExpectRefused(
      acknowledge, "anna", ErrorCode::kFailedPrecondition,
      "the act is not about this text: read it again, and send that; expected a text with "
      "the hash `" +
          crypto::Sha256("We have it.").Hex() + "`, found `" + acknowledge.sha256 + "`");
  acknowledge.sha256 = crypto::Sha256("We have it.").Hex();
  Do(acknowledge, "anna");
  EXPECT_EQ(state_.FindHearing("hearing-1")->acknowledgement_sha256, acknowledge.sha256);
}

// Entries from before the hashes were asked for.
TEST_F(HearingTest, ReadsAnswersAndAcknowledgementsWithoutHashes) {
  Planned();
  Do(Opening(), "anna");
  Do(answer_, "");
  ASSERT_TRUE(Record("case-1", "anna",
                     Event{.type = "hearing.acknowledged",
                           .open = Json::Of({{"hearing", "hearing-1"}}),
                           .sealed = {{"acknowledgement", Json("We have it.")}}}));
  const Hearing& hearing = *state_.FindHearing("hearing-1");
  EXPECT_EQ(hearing.answered_notice + hearing.acknowledgement_sha256, "");
  EXPECT_TRUE(hearing.Concluded(now_));
}

TEST_F(HearingTest, TheCustomerLearnsOfADecisionFirst) {
  Planned(R"("waived":"Urgent.")");
  const IssueNotice notice{.case_id = "case-1",
                           .decision = "decision-1",
                           .kind = "public",
                           .text = "# Told\n",
                           .sha256 = crypto::Sha256("# Told\n").Hex()};
  ExpectRefused(notice, "anna", ErrorCode::kFailedPrecondition,
                "the customer is told first; expected a statement issued for decision-1, found "
                "none");
  Issue("decision-1");
  Do(notice, "anna");
  EXPECT_EQ(state_.FindCase("case-1")->notices.at(0).kind, "public");
  IssueNotice changed = notice;
  changed.text = "# Changed\n";
  EXPECT_FALSE(Try(changed, "anna"));
  IssueNotice secret = notice;
  secret.kind = "secret";
  EXPECT_FALSE(Try(secret, "anna"));
}

TEST_F(HearingTest, CoversWhatWasIntendedInItAndNoMore) {
  Planned();
  Do(Opening(), "anna");
  Do(answer_, "");
  Do(AcknowledgeAnswer{.hearing = "hearing-1",
                       .text = "We have it.",
                       .sha256 = crypto::Sha256("We have it.").Hex()},
     "anna");
  const std::string waived = R"("waived":"The use grows by terabytes a day.")";
  std::string same(kTestDecision);
  same.replace(same.find(waived), waived.size(), R"("held":"Your answer was read.")");
  const auto with = [&](std::string_view from, std::string_view to) {
    std::string file = same;
    file.replace(file.find(from), from.size(), to);
    return file;
  };
  struct Case {
    std::string file;
    bool covered;
  };
  const Case cases[] = {
      {same, true},
      {with(R"("stage":"read-only")", R"("stage":"no-new")"), true},
      {with(R"("stage":"read-only")", R"("stage":"suspended")"), false},
      {with(R"("stage":"suspended")", R"("stage":"suspended","operations":["read"])"), true},
      {with(R"("stage":"read-only")", R"("stage":"suspended","operations":["write"])"), true},
      {with(R"("stage":"read-only")", R"("stage":"suspended","operations":["read"])"), false},
      {with("2027-03-01", "2027-02-01"), true},
      {with("2027-03-01", "2027-04-01"), false},
      {with(R"("regions":["nl-1"])", R"("regions":["ie-1"])"), false}};
  int number = 2;
  for (const Case& item : cases) {
    const std::string id = "decision-" + std::to_string(number++);
    Propose(item.file);
    Plan(id);
    const auto signed_one = Try(SignDecision{.decision = id, .plan_hash = HashOf(id)}, "cora");
    EXPECT_EQ(signed_one.has_value(), item.covered) << item.file;
  }
}

TEST_F(HearingTest, ACaseThatEndedIsReadForAnAppealOrAnAuditOnly) {
  Review();
  ReadRecord read{
      .case_id = "case-1", .evidence_class = "public", .what = "report-1", .purpose = "review"};
  EXPECT_TRUE(Try(read, "anna"));
  Do(CloseCase{.case_id = "case-1", .reason = "done"}, "anna");
  EXPECT_FALSE(Try(read, "anna"));
  read.purpose = "audit";
  EXPECT_TRUE(Try(read, "anna"));
  read.purpose = "curiosity";
  EXPECT_FALSE(Try(read, "anna"));
}

class AppealTest : public HearingTest {
 protected:
  void InForceAndAppealed() {
    Review();
    Propose();
    Enforce("decision-1");
    Do(FileAppeal{.decision = "decision-1", .text = "Our payroll rests on it."}, "");
  }
  static DecideAppeal Deciding(const std::string& outcome) {
    return {.appeal = "appeal-1", .outcome = outcome, .reason = "Payroll is no part of it."};
  }
};

TEST_F(AppealTest, IsAgainstAnAdoptedDecisionOneAtATime) {
  Review();
  Propose();
  const FileAppeal appeal{.decision = "decision-1", .text = "No."};
  EXPECT_FALSE(Try(appeal, ""));
  Enforce("decision-1");
  Do(appeal, "");
  ExpectRefused(appeal, "", ErrorCode::kAlreadyExists,
                "decision-1 is under appeal already; expected no appeal that waits, found "
                "appeal-1");
}

TEST_F(AppealTest, IsHeardBySomebodyWhoHadNoPart) {
  InForceAndAppealed();
  for (const std::string who : {"anna", "cora", "dirk", "elif"}) {
    const auto refused = Try(Deciding("reversed"), who);
    ASSERT_FALSE(refused) << who;
    EXPECT_EQ(refused.error().code(), ErrorCode::kPermissionDenied) << who;
  }
  Do(Deciding("reversed"), "bram");
  EXPECT_EQ(state_.FindAppeal("appeal-1")->heard_by, "p-bram");
  EXPECT_FALSE(Try(Deciding("upheld"), "bram")) << "an appeal is decided once";
  // The log itself is checked for it.
  log_.back().actor = "p-anna";
  ReviewState replayed;
  Status status;
  for (const RecordedEvent& event : log_) {
    status = replayed.Apply(event);
    if (!status) break;
  }
  EXPECT_FALSE(status);
}

TEST_F(AppealTest, NobodyRulesOnAnAppealWhoseTextCannotBeRead) {
  InForceAndAppealed();
  GoOnWithout("appeal.filed", "text");
  ExpectRefused(Deciding("upheld"), "bram", ErrorCode::kDataLoss,
                "the text of appeal-1 cannot be read here; expected part `text` of its log entry, "
                "found a damaged or absent one: put it back from a backup");
}

// What a version to come writes is carried: it changes no case. That its author acted is known.
TEST_F(AppealTest, AnEventOfALaterVersionIsAPartInTheCaseAndNothingElse) {
  InForceAndAppealed();
  const std::string before = Everything();
  const Event later{
      .type = "case.annotated", .open = Json::Of({{"note", 1}}), .sealed = {{"text", "Seen."}}};
  ASSERT_TRUE(Record("case-1", "bram", later));
  ASSERT_TRUE(Record("", "bram", later));
  ASSERT_TRUE(Record("case-9", "bram", later)) << "nobody here knows what it is about";
  EXPECT_EQ(Everything(), before);
  const auto refused = Try(Deciding("upheld"), "bram");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), ErrorCode::kPermissionDenied);
}

TEST_F(AppealTest, ReadingIsNoPartInTheCase) {
  InForceAndAppealed();
  const ReadRecord read{.case_id = "case-1",
                        .evidence_class = "customer_statement",
                        .what = "appeal-1",
                        .purpose = "appeal"};
  Do(read, "bram");
  Do(Deciding("upheld"), "bram");
  EXPECT_EQ(state_.FindAppeal("appeal-1")->heard_by, "p-bram");
}

TEST_F(AppealTest, NoEventOfWhateverVersionStandsAfterItsAuthorsConflict) {
  InForceAndAppealed();
  Do(DeclareConflict{.case_id = "case-1", .reason = "A relative."}, "bram");
  for (const char* type : {"case.annotated", "record.read"}) {
    const Status applied = Record("case-1", "bram", {.type = type, .open = {}, .sealed = {}});
    ASSERT_FALSE(applied) << type;
    EXPECT_EQ(applied.error().code(), ErrorCode::kDataLoss) << type;
  }
}

TEST_F(AppealTest, NamesWhoCouldHearItWhenItRefuses) {
  InForceAndAppealed();
  DecideAppeal deciding = Deciding("upheld");
  deciding.roster = &roster_;
  const std::string refusal =
      "an appeal is heard by somebody who had no part; expected a person without a part in case-1, "
      "found cora (p-cora), who has acted in it; ";
  ExpectRefused(deciding, "cora", ErrorCode::kPermissionDenied,
                refusal + "these of the roster could hear it: bram (p-bram)");
  Do(DeclareConflict{.case_id = "case-1", .reason = "A relative."}, "bram");
  ExpectRefused(deciding, "cora", ErrorCode::kPermissionDenied,
                refusal + "nobody of the roster could: it needs one more reviewer or decider");
}

TEST_F(AppealTest, WhoHeardOneHearsTheNextUnlessItIsAboutTheirOwnRuling) {
  InForceAndAppealed();
  Do(Deciding("upheld"), "bram");
  Do(FileAppeal{.decision = "decision-1", .text = "Again."}, "");
  DecideAppeal second = Deciding("upheld");
  second.appeal = "appeal-2";
  ExpectRefused(second, "bram", ErrorCode::kPermissionDenied,
                "an appeal is heard by somebody who had no part; expected a person without a part "
                "in case-1, found bram (p-bram), who heard appeal-1 against the same decision");
  // Another decision, of which the ruling changed nothing.
  Propose();
  Enforce("decision-2");
  Do(FileAppeal{.decision = "decision-2", .text = "This one too."}, "");
  DecideAppeal third = Deciding("changed");
  third.appeal = "appeal-3";
  Do(third, "bram");
  // What came of the ruling is theirs, where it is about the same targets, and only there.
  Propose();
  Enforce("decision-3");
  Json elsewhere = ParseJson(kTestDecision).value();
  const Json restriction = Json::Of({{"unit", "signals"},
                                     {"classes", Json(Json::Array{"object-storage"})},
                                     {"regions", Json(Json::Array{"ie-1"})},
                                     {"stage", "read-only"}});
  elsewhere["restrictions"] = Json(Json::Array{restriction});
  Propose(elsewhere.Canonical());
  Enforce("decision-4");
  for (const char* decision : {"decision-3", "decision-4"}) {
    Do(FileAppeal{.decision = decision, .text = "No."}, "");
  }
  DecideAppeal next = Deciding("upheld");
  next.appeal = "appeal-4";
  ExpectRefused(next, "bram", ErrorCode::kPermissionDenied,
                "an appeal is heard by somebody who had no part; expected a person without a part "
                "in case-1, found bram (p-bram), whose ruling in appeal-3 decision-3 follows");
  next.appeal = "appeal-5";
  Do(next, "bram");
  ReviewState replayed;
  for (const RecordedEvent& event : log_) ASSERT_TRUE(replayed.Apply(event));
  EXPECT_EQ(EverythingOf(replayed), Everything());
  // Who has heard one may not turn to other acts and back.
  Do(AddClaim{.case_id = "case-1", .text = "x", .checks = {}}, "bram");
  Do(FileAppeal{.decision = "decision-4", .text = "Once more."}, "");
  next.appeal = "appeal-6";
  EXPECT_EQ(Try(next, "bram").error().code(), ErrorCode::kPermissionDenied);
}

// Two decisions in one case, of one target each; bram changed the first, and has heard an appeal
// against the second.
class TwoAppealsTest : public AppealTest {
 protected:
  void Enforce(const std::string& decision, const std::string& region) {
    Json file = ParseJson(kTestDecision).value();
    const Json restriction = Json::Of({{"unit", "signals"},
                                       {"classes", Json(Json::Array{"object-storage"})},
                                       {"regions", Json(Json::Array{region})},
                                       {"stage", "read-only"}});
    file["restrictions"] = Json(Json::Array{restriction});
    Propose(file.Canonical());
    ReviewTest::Enforce(decision);
  }
  void Rule(const std::string& appeal, const std::string& outcome) {
    DecideAppeal ruling = Deciding(outcome);
    ruling.appeal = appeal;
    Do(ruling, "bram");
  }
  void ChangedThenAppealedElsewhere() {
    Review();
    Enforce("decision-1", "nl-1");
    Do(FileAppeal{.decision = "decision-1", .text = "No."}, "");
    Rule("appeal-1", "changed");
    Enforce("decision-2", "ie-1");
    Do(FileAppeal{.decision = "decision-2", .text = "Nor this."}, "");
  }
  void ErasePlanOf(const std::string& decision) {
    for (RecordedEvent& event : log_) {
      if (event.event.type == "decision.planned" &&
          event.event.open.StringOr("decision", "") == decision) {
        event.event.sealed.erase("plan");
      }
    }
  }
};

TEST_F(TwoAppealsTest, AnErasedPlanBarsFromANewRulingAndLeavesTheRulingsOfTheLog) {
  ChangedThenAppealedElsewhere();
  Rule("appeal-2", "upheld");
  for (const char* erased : {"decision-1", "decision-2"}) {
    const std::vector<RecordedEvent> whole = log_;
    ErasePlanOf(erased);
    ReviewState replayed;
    for (const RecordedEvent& event : log_) {
      const Status applied = replayed.Apply(event);
      ASSERT_TRUE(applied) << erased << ": " << applied.error().message();
    }
    EXPECT_EQ(replayed.FindAppeal("appeal-2")->heard_by, "p-bram");
    log_ = whole;
  }
  // A new ruling is another matter: in doubt somebody else hears it.
  ErasePlanOf("decision-2");
  ReviewState before;
  for (std::size_t i = 0; i + 1 < log_.size(); ++i) ASSERT_TRUE(before.Apply(log_[i]));
  state_ = before;
  DecideAppeal second = Deciding("upheld");
  second.appeal = "appeal-2";
  const Result<Event> ruling = Try(second, "bram");
  ASSERT_FALSE(ruling);
  EXPECT_NE(ruling.error().message().find("whose ruling in appeal-1 decision-2 follows"),
            std::string::npos)
      << ruling.error().message();
}

TEST_F(TwoAppealsTest, WhatFollowsARulingIsToldByTheLogAndNotByTheClock) {
  Review();
  Enforce("decision-1", "nl-1");
  Do(FileAppeal{.decision = "decision-1", .text = "No."}, "");
  Rule("appeal-1", "changed");
  now_ -= std::chrono::hours{1};
  Enforce("decision-2", "nl-1");
  Do(FileAppeal{.decision = "decision-2", .text = "Nor this."}, "");
  DecideAppeal second = Deciding("upheld");
  second.appeal = "appeal-2";
  const Result<Event> ruling = Try(second, "bram");
  ASSERT_FALSE(ruling);
  EXPECT_NE(ruling.error().message().find("whose ruling in appeal-1"), std::string::npos)
      << ruling.error().message();
}

TEST_F(AppealTest, AWonAppealIsCarriedOutByALiftThatNamesIt) {
  InForceAndAppealed();
  const ProposeLift lift{.decision = "decision-1", .reason = "won", .appeal = "appeal-1"};
  ExpectRefused(lift, "anna", ErrorCode::kFailedPrecondition,
                "appeal-1 gives no reason to lift decision-1; expected `reversed` or `changed`, "
                "found no outcome yet");
  Do(Deciding("reversed"), "bram");
  Do(lift, "anna");
  EXPECT_EQ(state_.FindAppeal("appeal-1")->lift, "decision-2");
  EXPECT_EQ(InForce().size(), 2U) << "nothing is lifted before its plan is signed";
  Plan("decision-2");
  Sign("decision-2", "cora");
  Sign("decision-2", "dirk");
  Do(Adoption("decision-2"), "elif");
  EXPECT_TRUE(InForce().empty());
}

TEST_F(AppealTest, WaitsForAnotherLiftWhenItsLiftIsWithdrawn) {
  InForceAndAppealed();
  Do(Deciding("reversed"), "bram");
  Do(ProposeLift{.decision = "decision-1", .reason = "Won.", .appeal = "appeal-1"}, "anna");
  EXPECT_EQ(state_.FindAppeal("appeal-1")->lift, "decision-2");
  Do(WithdrawDecision{.decision = "decision-2", .reason = "Wrong words."}, "anna");
  EXPECT_EQ(state_.FindAppeal("appeal-1")->lift, "");
  Do(ProposeLift{.decision = "decision-1", .reason = "Won.", .appeal = "appeal-1"}, "anna");
  EXPECT_EQ(state_.FindAppeal("appeal-1")->lift, "decision-3");
}

TEST_F(AppealTest, IsCarriedOutByTheNewestLiftThatIsPursued) {
  InForceAndAppealed();
  Do(Deciding("reversed"), "bram");
  const ProposeLift lift{.decision = "decision-1", .reason = "Won.", .appeal = "appeal-1"};
  for (int i = 0; i < 3; ++i) Do(lift, "anna");
  EXPECT_EQ(state_.FindAppeal("appeal-1")->lift, "decision-4");
  for (const auto& [withdrawn, pursued] :
       {std::pair{"decision-3", "decision-4"}, {"decision-4", "decision-2"}, {"decision-2", ""}}) {
    Do(WithdrawDecision{.decision = withdrawn, .reason = "Wrong words."}, "anna");
    EXPECT_EQ(state_.FindAppeal("appeal-1")->lift, pursued) << withdrawn;
  }
}

TEST_F(AppealTest, IsFiledWithinSixMonthsOfTheStatement) {
  Review();
  Propose();
  Enforce("decision-1");
  const FileAppeal appeal{.decision = "decision-1", .text = "No."};
  now_ = ParseTime("2027-05-22T23:59:59Z").value();
  EXPECT_TRUE(Try(appeal, ""));
  now_ = ParseTime("2027-05-23T00:00:00Z").value();
  ExpectRefused(appeal, "", ErrorCode::kFailedPrecondition,
                "the time for an appeal is over; expected an appeal until 2027-05-22, found "
                "2027-05-23");
}

TEST_F(AppealTest, ThatWaitsKeepsItsCaseOpen) {
  InForceAndAppealed();
  Do(ProposeLift{.decision = "decision-1", .reason = "ended"}, "anna");
  Plan("decision-2");
  Sign("decision-2", "cora");
  Sign("decision-2", "dirk");
  Do(Adoption("decision-2"), "elif");
  const CloseCase close{.case_id = "case-1", .reason = "done"};
  ExpectRefused(close, "anna", ErrorCode::kFailedPrecondition,
                "a case closes when its appeals are decided; expected an outcome of appeal-1, "
                "found none");
  Do(Deciding("upheld"), "bram");
  Do(close, "anna");
}

TEST_F(AppealTest, EachCodeThatWentOutWithAStatementIsGood) {
  Review();
  Propose();
  Plan("decision-1");
  const std::string text = "# Statement\n";
  IssueStatement issue{.decision = "decision-1",
                       .plan_hash = HashOf("decision-1"),
                       .statement_sha256 = crypto::Sha256(text).Hex(),
                       .markdown = text,
                       .appeal_code_sha256 = std::string(64, 'a')};
  Do(issue, "anna");
  issue.appeal_code_sha256 = std::string(64, 'b');
  Do(issue, "anna");
  ASSERT_NE(state_.FindDecisionByAppealCode(std::string(64, 'a')), nullptr);
  EXPECT_EQ(state_.FindDecisionByAppealCode(std::string(64, 'b'))->id, "decision-1");
  EXPECT_EQ(state_.FindDecisionByAppealCode(std::string(64, 'c')), nullptr);
  EXPECT_EQ(state_.FindDecisionByAppealCode(""), nullptr);
}

TEST_F(AppealTest, ARenewedCodeVoidsThoseBefore) {
  Review();
  Propose();
  Plan("decision-1");
  const std::string earlier(64, 'a');
  const std::string later(64, 'b');
  const RenewCode renewal{.of = "decision-1", .code_sha256 = later};
  ExpectRefused(renewal, "anna", ErrorCode::kFailedPrecondition,
                "no code went out about decision-1; expected a restriction whose statement was "
                "issued, found no statement of it");
  const std::string text = "# Statement\n";
  Do(IssueStatement{.decision = "decision-1",
                    .plan_hash = HashOf("decision-1"),
                    .statement_sha256 = crypto::Sha256(text).Hex(),
                    .markdown = text,
                    .appeal_code_sha256 = earlier},
     "anna");
  Do(renewal, "anna");
  EXPECT_EQ(state_.FindDecisionByAppealCode(earlier), nullptr);
  EXPECT_EQ(state_.FindDecisionByAppealCode(later)->id, "decision-1");
  EXPECT_FALSE(Try(renewal, "")) << "a person's act";
  now_ += std::chrono::hours{24 * 366};
  const auto late = Try(renewal, "anna");
  ASSERT_FALSE(late);
  EXPECT_NE(late.error().message().find("the time for an appeal is over"), std::string::npos);
}

TEST_F(AppealTest, NoCodeIsRenewedForWhatCannotBeAppealedAgainst) {
  Review();
  Propose();
  Plan("decision-1");
  Issue("decision-1");
  const RenewCode renewal{.of = "decision-1", .code_sha256 = std::string(64, 'b')};
  const Result<Event> event = Try(renewal, "anna");
  ASSERT_TRUE(event) << event.error().message();
  const auto refused_at_replay = [&] {
    ReviewState state = state_;
    const Status applied = state.Apply({.index = log_.size(),
                                        .time = now_,
                                        .case_id = "case-1",
                                        .actor = "p-anna",
                                        .act = {},
                                        .event = *event});
    return !applied && applied.error().code() == ErrorCode::kDataLoss;
  };
  EXPECT_FALSE(refused_at_replay());
  now_ += std::chrono::hours{24 * 366};
  EXPECT_TRUE(refused_at_replay()) << "the time for an appeal is over";
  now_ = kTestNow;
  Do(WithdrawDecision{.decision = "decision-1", .reason = "Wrong words."}, "anna");
  ExpectRefused(renewal, "anna", ErrorCode::kFailedPrecondition,
                "there is nothing to appeal against; expected a decision that is pursued, found "
                "decision-1, which was withdrawn");
  EXPECT_TRUE(refused_at_replay()) << "it was withdrawn";
}

TEST_F(HearingTest, ALapsedHearingTakesNoNewCodeInALogEither) {
  Planned();
  Do(Opening(), "anna");
  const Result<Event> event =
      Try(RenewCode{.of = "hearing-1", .code_sha256 = std::string(64, 'b')}, "anna");
  ASSERT_TRUE(event);
  now_ += std::chrono::hours{24 * 11};
  const Status applied = Record("case-1", "anna", *event);
  ASSERT_FALSE(applied);
  EXPECT_EQ(applied.error().code(), ErrorCode::kDataLoss);
}

TEST_F(HearingTest, ItsCodeIsRenewedWhileItTakesAnAnswer) {
  Planned();
  const std::string later(64, 'b');
  const RenewCode renewal{.of = "hearing-1", .code_sha256 = later};
  ExpectRefused(renewal, "anna", ErrorCode::kNotFound,
                "there is no `hearing-1`; expected an open hearing or a stated decision, by "
                "its id, found `hearing-1`");
  Do(Opening(), "anna");
  Do(renewal, "anna");
  EXPECT_EQ(state_.FindHearingByCode(kCode), nullptr);
  EXPECT_EQ(state_.FindHearingByCode(later)->id, "hearing-1");
  const Result<Event> event = Try(renewal, "anna");
  ASSERT_TRUE(event);
  Do(answer_, "");
  EXPECT_FALSE(Try(renewal, "anna")) << "it was answered";
  const Status applied = Record("case-1", "anna", *event);
  ASSERT_FALSE(applied) << "nor does the log say so";
  EXPECT_EQ(applied.error().code(), ErrorCode::kDataLoss);
}

TEST_F(AppealTest, AnUpheldDecisionIsNotLiftedByItsAppeal) {
  InForceAndAppealed();
  Do(Deciding("upheld"), "bram");
  EXPECT_FALSE(
      Try(ProposeLift{.decision = "decision-1", .reason = "no", .appeal = "appeal-1"}, "anna"));
}

}  // namespace
}  // namespace proviso::review

#include "review/closing.h"

#include <gtest/gtest.h>

#include "crypto/hash.h"
#include "review/review_fixture.h"

namespace proviso::review {
namespace {

class ClosingTest : public ReviewTest {
 protected:
  void Heard() {
    Review();
    Propose();
    Plan("decision-1");
    Do(OpenHearing{.decision = "decision-1",
                   .until = std::chrono::floor<std::chrono::days>(now_) + std::chrono::days{10},
                   .notice = "# Notice\n",
                   .notice_sha256 = crypto::Sha256("# Notice\n").Hex(),
                   .code_sha256 = std::string(64, 'a')},
       "anna");
  }
  std::vector<std::string> LeftNow() const {
    std::vector<std::string> left;
    for (const LeftOpen& item : LeftOpenBy(state_, "case-1", now_)) {
      left.push_back(item.id + ": " + item.text);
    }
    return left;
  }

  const CloseCase close_{.case_id = "case-1", .reason = "done"};
};

TEST_F(ClosingTest, WaitsForAHearingThatGoesOn) {
  Heard();
  ExpectRefused(close_, "anna", ErrorCode::kFailedPrecondition,
                "a case closes when its hearings are over; wait for the answer, or withdraw the "
                "proposal: proviso decision withdraw decision-1; expected hearing-1 concluded or "
                "its proposal withdrawn, found it open until 2026-12-02");
  Do(AnswerHearing{.hearing = "hearing-1", .text = "We do not agree."}, "");
  ExpectRefused(close_, "anna", ErrorCode::kFailedPrecondition,
                "a case closes when its hearings are over; acknowledge the answer: proviso hearing "
                "acknowledge hearing-1; expected hearing-1 concluded or its proposal withdrawn, "
                "found it answered until 2026-12-02");
  Do(AcknowledgeAnswer{.hearing = "hearing-1",
                       .text = "We have it.",
                       .sha256 = crypto::Sha256("We have it.").Hex()},
     "anna");
  Do(close_, "anna");
}

TEST_F(ClosingTest, NobodyAcknowledgesAnAnswerThatCannotBeRead) {
  Heard();
  Do(AnswerHearing{.hearing = "hearing-1", .text = "We do not agree."}, "");
  GoOnWithout("hearing.answered", "answer");
  ExpectRefused(AcknowledgeAnswer{.hearing = "hearing-1",
                                  .text = "We have it.",
                                  .sha256 = crypto::Sha256("We have it.").Hex()},
                "anna", ErrorCode::kDataLoss,
                "the answer in hearing-1 cannot be read here; expected part `answer` of its log "
                "entry, found a damaged or absent one: put it back from a backup");
}

TEST_F(ClosingTest, WaitsForNoHearingWhoseDayPassedOrWhoseProposalWasWithdrawn) {
  Heard();
  now_ += std::chrono::days{11};
  EXPECT_TRUE(Try(close_, "anna"));
  now_ -= std::chrono::days{11};
  EXPECT_FALSE(Try(close_, "anna"));
  Do(WithdrawDecision{.decision = "decision-1", .reason = "wrong"}, "anna");
  Do(close_, "anna");
}

TEST_F(ClosingTest, NamesWhatItLeavesOpen) {
  Review();
  EXPECT_EQ(LeftNow(), std::vector<std::string>{});
  const Date today = std::chrono::floor<std::chrono::days>(now_);
  Propose();
  Do(AgreeStep{.case_id = "case-1", .text = "x", .due = today + std::chrono::days{3}, .checks = {}},
     "anna");
  Do(ScheduleUpdate{.case_id = "case-1", .audience = "public", .due = today + std::chrono::days{5}},
     "anna");
  now_ += std::chrono::days{4};
  const std::vector<std::string> expected = {
      "decision-1: a proposal that was neither adopted nor withdrawn",
      "step-1: a step that is overdue, due 2026-11-25",
      "update-1: an update for public that was not given, due 2026-11-27"};
  EXPECT_EQ(LeftNow(), expected);
  Do(close_, "anna");
  EXPECT_EQ(LeftNow(), expected);
  EXPECT_TRUE(LeftOpenBy(state_, "case-9", now_).empty());
}

// A log may hold a closing that older rules let through.
TEST_F(ClosingTest, OfOlderEntriesIsReadBack) {
  Heard();
  EXPECT_TRUE(Record("case-1", "anna",
                     Event{.type = "case.closed",
                           .open = Json::MakeObject(),
                           .sealed = {{"reason", Json("done")}}}));
}

}  // namespace
}  // namespace proviso::review

#include "review/erasure.h"

#include <algorithm>

#include "crypto/hash.h"
#include "review/review_fixture.h"

namespace proviso::review {
namespace {

class ErasureTest : public ReviewTest {
 protected:
  static PartName Part(const std::string& name) {
    return {.name = name, .digest = crypto::Sha256(name).Hex()};
  }
  // The newest entry of `type`, with all its parts held.
  ErasedEntry Entry(const std::string& type, std::vector<std::string> more = {}) const {
    const auto found = std::ranges::find(log_.rbegin(), log_.rend(), type,
                                         [](const auto& event) { return event.event.type; });
    ErasedEntry entry{.index = found->index,
                      .type = type,
                      .case_id = found->case_id,
                      .open = found->event.open,
                      .held = {}};
    for (const auto& [name, value] : found->event.sealed) entry.held.push_back(Part(name));
    for (const std::string& name : more) entry.held.push_back(Part(name));
    return entry;
  }
  static ProposeErasure Proposal(const ErasedEntry& entry, const std::string& part) {
    return {.entry = entry, .parts = {Part(part)}, .basis = "request", .reason = "Asked for."};
  }
  ApproveErasure Approval(const ErasedEntry& entry) const {
    return {.erasure = "erasure-1", .entry = entry, .parts = state_.erasures().front().parts};
  }
  // What decisions came to, and what is in force.
  static std::string DecisionsOf(const ReviewState& state) {
    std::string all;
    for (const Decision& decision : state.decisions()) {
      all += decision.id + " " + std::string(StatusName(decision)) + " " + decision.plan_hash +
             " " + decision.statement_sha256 + " " + std::to_string(decision.signatures.size()) +
             "\n";
    }
    const std::vector<enforcement::Restriction> in_force = state.InForce().value();
    for (const auto& restriction : in_force) all += restriction.id + "\n";
    return all;
  }
  void ExpectNeeded(const std::string& type, const std::string& part, const std::string& why) {
    const Status needed = CheckErasable(state_, Entry(type), part);
    ASSERT_FALSE(needed) << type << " " << part;
    EXPECT_NE(needed.error().message().find(why), std::string::npos) << needed.error().message();
  }
};

TEST_F(ErasureTest, OneProposesAndAnotherApproves) {
  Review();
  const ErasedEntry entry = Entry("claim.added");
  Do(Proposal(entry, "details"), "anna");
  ASSERT_EQ(state_.erasures().size(), 1U);
  EXPECT_FALSE(state_.erasures().front().done());
  ExpectRefused(Approval(entry), "anna", ErrorCode::kPermissionDenied,
                "evidence is not erased by one person alone; expected somebody else than who "
                "proposed erasure-1, found anna (p-anna)");
  Do(Approval(entry), "cora");
  EXPECT_EQ(state_.erasures().front().approved_by, "p-cora");
  EXPECT_EQ(log_.back().event.open, log_[log_.size() - 2].event.open);
  EXPECT_FALSE(Try(Approval(entry), "dirk")) << "once";
}

TEST_F(ErasureTest, WhatIsApprovedIsWhatWasProposed) {
  Review();
  const ErasedEntry entry = Entry("claim.added", {"reason"});
  Do(Proposal(entry, "details"), "anna");
  ApproveErasure other = Approval(entry);
  other.parts = {Part("reason")};
  ExpectRefused(other, "cora", ErrorCode::kInvalidArgument,
                "the signed act is about other parts than erasure-1");
  ErasedEntry gone = entry;
  gone.held.clear();
  EXPECT_FALSE(
      Try(ApproveErasure{.erasure = "erasure-1", .entry = gone, .parts = other.parts}, "cora"));
}

TEST_F(ErasureTest, AWaitingProposalIsTheOnlyOneOfItsPartsAndIsWithdrawn) {
  Review();
  const ErasedEntry entry = Entry("claim.added", {"act", "reason"});
  ProposeErasure first = Proposal(entry, "details");
  first.parts = {Part("act"), Part("details")};
  Do(first, "anna");
  ProposeErasure second = first;
  second.parts = {Part("act"), Part("reason")};
  ExpectRefused(second, "dirk", ErrorCode::kAlreadyExists,
                "erasure-1 waits with `act` of entry 1; approve it, or take it back with `proviso "
                "erasure withdraw erasure-1`");
  Do(Proposal(Entry("finding.recorded"), "reason"), "anna");
  Do(WithdrawErasure{.erasure = "erasure-1", .reason = "The wrong entry."}, "cora");
  EXPECT_FALSE(state_.erasures().front().waits());
  EXPECT_FALSE(Try(Approval(entry), "cora")) << "withdrawn";
  EXPECT_FALSE(Try(WithdrawErasure{.erasure = "erasure-1", .reason = "r"}, "cora")) << "once";
  EXPECT_FALSE(Try(WithdrawErasure{.erasure = "erasure-9", .reason = "r"}, "cora")) << "none";
  EXPECT_FALSE(Try(WithdrawErasure{.erasure = "erasure-2", .reason = ""}, "cora")) << "no reason";
  Do(second, "dirk");
}

TEST_F(ErasureTest, AForgottenFolderLacksWhatHadNotReachedItAndWhatComesLater) {
  Review();
  const ErasedEntry entry = Entry("claim.added");
  const ErasedEntry other = Entry("finding.recorded");
  const ForgetKeys command{
      .folder = "/disk", .reason = "Shredded.", .entries = other.index, .missed = {}};
  ForgetKeys blank = command;
  blank.reason = " ";
  ForgetKeys unknown = command;
  unknown.missed = {"erasure-1"};
  EXPECT_FALSE(Try(blank, "cora"));
  EXPECT_FALSE(Try(unknown, "cora")) << "there is no such erasure";
  Do(Proposal(entry, "details"), "anna");
  EXPECT_FALSE(Try(unknown, "cora")) << "it is not done";
  Do(command, "cora");
  Do(Approval(entry), "cora");
  Do(unknown, "cora");
  Do(command, "cora");
  const Erasure& erasure = state_.erasures().front();
  Erasure newer = erasure;
  newer.entry = other.index;
  const std::vector<ForgottenKeys>& forgotten = state_.forgotten_keys();
  ASSERT_EQ(forgotten.size(), 3U);
  EXPECT_TRUE(forgotten[0].Lacks(erasure)) << "erased after it was forgotten";
  EXPECT_TRUE(forgotten[1].Lacks(erasure)) << "named";
  EXPECT_FALSE(forgotten[2].Lacks(erasure)) << "it had reached the folder";
  EXPECT_FALSE(forgotten[0].Lacks(newer)) << "the folder has no key of that entry";
  EXPECT_EQ(forgotten[1].folder, "/disk");
  EXPECT_EQ(forgotten[1].reason, "Shredded.");
  EXPECT_EQ(forgotten[1].by, "p-cora");
}

// As older logs have it: the operator said it, and not what had reached the folder.
TEST_F(ErasureTest, OfFoldersThatTheOperatorForgotNobodyKnowsWhatReachedThem) {
  Review();
  const ErasedEntry entry = Entry("claim.added");
  Do(Proposal(entry, "details"), "anna");
  Do(Approval(entry), "cora");
  RecordedEvent event;
  event.index = log_.size();
  event.actor = "operator";
  event.event = {.type = "keys.forgotten",
                 .open = Json::MakeObject(),
                 .sealed = {{"details", Json::Of({{"folder", "/disk"}})}}};
  ReviewState state = state_;
  ASSERT_TRUE(state.Apply(event));
  ASSERT_EQ(state.forgotten_keys().size(), 1U);
  EXPECT_FALSE(state.forgotten_keys().front().missed);
  EXPECT_TRUE(state.forgotten_keys().front().Lacks(state.erasures().front()));
}

TEST_F(ErasureTest, WhatWasSignedGoesWithWhatItRepeats) {
  Review();
  const ErasedEntry entry = Entry("claim.added", {"act"});
  ExpectRefused(Proposal(entry, "details"), "anna", ErrorCode::kInvalidArgument,
                "the part `act` of entry 1 holds the same words, as they were signed; it is erased "
                "with the others");
  ProposeErasure both = Proposal(entry, "details");
  both.parts = {Part("act"), Part("details")};
  Do(both, "anna");
}

TEST_F(ErasureTest, ReplayRefusesWhatTheRulesRefuse) {
  Review();
  Do(Proposal(Entry("claim.added"), "details"), "anna");
  Event event{.type = "part.erased", .open = log_.back().event.open, .sealed = {}};
  EXPECT_FALSE(Record("case-1", "anna", event)) << "one person alone";
  event.open["entry"] = 0;
  EXPECT_FALSE(Record("case-1", "cora", event)) << "another entry";
  Event key{.type = "erasure.proposed", .open = log_[log_.size() - 3].event.open, .sealed = {}};
  key.open["erasure"] = "erasure-2";
  key.open["about"] = "log.initialised";
  key.open["parts"] = PartsJson({Part("pseudonym_key")});
  ASSERT_TRUE(Record("case-1", "anna", key));
  key.type = "part.erased";
  EXPECT_FALSE(Record("case-1", "cora", key)) << "never erasable";
}

TEST_F(ErasureTest, WhatIsInForceKeepsItsPlanAndItsStatement) {
  Review();
  Propose();
  Plan("decision-1");
  ExpectNeeded("decision.planned", "plan", "which is pursued; withdraw it first");
  const ErasedEntry first = Entry("decision.planned");
  Enforce("decision-1");
  EXPECT_TRUE(CheckErasable(state_, first, "plan")) << "an earlier plan";
  ExpectNeeded("decision.planned", "plan", "which is in force; lift it first");
  ExpectNeeded("statement.issued", "statement", "which is in force; lift it first");
  Do(EmergencyLiftDecision{.decision = "decision-1", .reason = "A hospital."}, "elif");
  EXPECT_TRUE(CheckErasable(state_, Entry("decision.planned"), "plan"));
  EXPECT_TRUE(CheckErasable(state_, Entry("statement.issued"), "statement"));
}

TEST_F(ErasureTest, NeverErasesWhatTheLogIsReadWith) {
  for (const auto& [type, part] :
       std::vector<std::pair<std::string, std::string>>{{"log.initialised", "pseudonym_key"},
                                                        {"terms.imported", "terms"},
                                                        {"hearing.opened", "code"},
                                                        {"code.renewed", "code"},
                                                        {"statement.issued", "appeal_code"}}) {
    EXPECT_FALSE(CheckErasable(state_, {.type = type, .newest_of_its_type = false}, part)) << type;
  }
  for (const std::string type : {"catalogue", "customers"}) {
    ErasedEntry entry{.type = type + ".imported"};
    EXPECT_FALSE(CheckErasable(state_, entry, type)) << "in force";
    entry.newest_of_its_type = false;
    EXPECT_TRUE(CheckErasable(state_, entry, type)) << "replaced";
  }
}

TEST_F(ErasureTest, EachPartThatMayBeErasedLeavesDecisionsAsTheyWere) {
  Review();
  Propose();
  Enforce("decision-1");
  Propose();
  Enforce("decision-2");
  Do(EmergencyLiftDecision{.decision = "decision-1", .reason = "A hospital."}, "elif");
  const std::string before = DecisionsOf(state_);
  int erased = 0;
  for (std::size_t at = 0; at < log_.size(); ++at) {
    for (const auto& [part, value] : log_[at].event.sealed) {
      ErasedEntry entry{.index = at,
                        .type = log_[at].event.type,
                        .case_id = log_[at].case_id,
                        .open = log_[at].event.open,
                        .held = {}};
      if (!CheckErasable(state_, entry, part)) continue;
      ++erased;
      ReviewState again;
      for (RecordedEvent event : log_) {
        if (event.index == at) event.event.sealed.erase(part);
        const Status applied = again.Apply(event);
        ASSERT_TRUE(applied) << applied.error().message();
      }
      EXPECT_EQ(DecisionsOf(again), before) << log_[at].event.type << " " << part;
    }
  }
  EXPECT_GT(erased, 10);
}

TEST_F(ErasureTest, PartsAreSortedAndNamedOnce) {
  const PartName act = Part("act");
  const PartName details = Part("details");
  const auto holder = [](const std::vector<PartName>& parts) {
    return Json::Of({{"parts", PartsJson(parts)}});
  };
  EXPECT_EQ(ParseParts(holder({act, details})).value(), (std::vector<PartName>{act, details}));
  EXPECT_FALSE(ParseParts(holder({details, act})));
  EXPECT_FALSE(ParseParts(holder({act, act})));
  EXPECT_FALSE(ParseParts(holder({})));
  EXPECT_FALSE(ParseParts(holder({{.name = "act", .digest = "12"}})));
}

}  // namespace
}  // namespace proviso::review

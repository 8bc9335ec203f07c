#include "review/attention.h"

#include "review/review_fixture.h"

namespace proviso::review {
namespace {

class AttentionTest : public ReviewTest {
 protected:
  void Find(const std::string& outcome, const std::string& claim = "claim-1") {
    const auto& draft = state_.FindClaim(claim)->draft;
    const bool departs = draft && checks::OutcomeName(*draft) != outcome;
    Do(RecordFinding{.case_id = "case-1",
                     .claim = claim,
                     .outcome = outcome,
                     .reason = "A later delivery shows it.",
                     .against_draft = departs ? "The checks ran before it." : ""},
       "bram");
  }
  // "ground_fallen decision-1 finding-1 finding-2", one a line.
  std::string Open() const {
    std::string all;
    for (const Attention& item : AttentionOf(state_, "case-1", now_)) {
      all += std::string(KindName(item.kind)) + " " + item.decision + " " + item.ground + " " +
             item.finding + "\n";
    }
    return all;
  }
};

TEST_F(AttentionTest, IsRaisedWhenTheGroundOfADecisionInForceFallsAndNothingIsLifted) {
  Review();
  Propose();
  Enforce("decision-1");
  EXPECT_EQ(Open(), "");
  const std::vector<std::string> before = InForce();
  Find("contradicted");
  EXPECT_EQ(InForce(), before);
  const Json json = AttentionJson(state_, "case-1", now_ + std::chrono::hours(50));
  ASSERT_EQ(json.AsArray()->size(), 1U);
  const Json& item = (*json.AsArray())[0];
  EXPECT_EQ(item.Canonical(),
            Json::Of({{"kind", "ground_fallen"},
                      {"decision", "decision-1"},
                      {"update", Json()},
                      {"claim", "claim-1"},
                      {"ground", "finding-1"},
                      {"was", "supported"},
                      {"finding", "finding-2"},
                      {"now", "contradicted"},
                      {"by", "p-bram"},
                      {"at", FormatTime(now_)},
                      {"age_days", 2},
                      {"text",
                       "a ground of decision-1 has fallen: finding-1 (`supported`) gave way to "
                       "finding-2 (`contradicted`) for claim-1; nothing that it rests on carries "
                       "it any more"},
                      {"remedy",
                       "it stays in force until people act: look at finding-2 again, or lift by a "
                       "signed plan: proviso decision lift decision-1"}})
                .Canonical());
  EXPECT_EQ(CaseJson(state_, "case-1", now_)->Find("attention")->AsArray()->size(), 1U);
  EXPECT_EQ(DecisionJson(state_, "decision-1", now_)->Find("attention")->AsArray()->size(), 1U);
}

TEST_F(AttentionTest, TellsAFallenGroundFromAChangedOne) {
  Review();
  Propose();
  Enforce("decision-1");
  const std::vector<std::pair<std::string, std::string>> expected = {
      {"supported", ""},
      {"partly_supported", "ground_changed"},
      {"not_supported", "ground_fallen"},
      {"contradicted", "ground_fallen"},
      {"undeterminable", "ground_fallen"},
      {"records_missing", "ground_fallen"},
      {"supported", ""}};
  std::size_t number = 1;
  for (const auto& [outcome, kind] : expected) {
    Find(outcome);
    ++number;
    const std::string one =
        kind.empty() ? "" : kind + " decision-1 finding-1 finding-" + std::to_string(number) + "\n";
    EXPECT_EQ(Open(), one) << outcome;
  }
}

TEST_F(AttentionTest, SaysWhetherAnotherFindingStillCarriesTheDecision) {
  Review();
  Do(AddClaim{.case_id = "case-1", .text = "It does not.", .checks = {}, .denial = true}, "anna");
  Find("contradicted", "claim-2");
  Json file = ParseJson(kTestDecision).value();
  file["facts"] = Json(Json::Array{"finding-1", "finding-2"});
  Propose(file.Canonical());
  Enforce("decision-1");
  Find("not_supported");
  ASSERT_EQ(AttentionOf(state_, "case-1", now_).size(), 1U);
  EXPECT_TRUE(AttentionOf(state_, "case-1", now_)[0].carried);
  Find("supported", "claim-2");  // the denial
  ASSERT_EQ(AttentionOf(state_, "case-1", now_).size(), 2U);
  EXPECT_FALSE(AttentionOf(state_, "case-1", now_)[0].carried);
}

TEST_F(AttentionTest, SaysThatAChangedGroundStillCarriesTheDecisionByItself) {
  Review();
  Propose();
  Enforce("decision-1");
  const std::vector<std::pair<std::string, std::string>> expected = {
      {"partly_supported",
       "a ground of decision-1 has changed: finding-1 (`supported`) gave way to finding-2 "
       "(`partly_supported`) for claim-1; that still carries it"},
      {"not_supported",
       "a ground of decision-1 has fallen: finding-1 (`supported`) gave way to finding-3 "
       "(`not_supported`) for claim-1; nothing that it rests on carries it any more"}};
  for (const auto& [outcome, text] : expected) {
    Find(outcome);
    const Json json = AttentionJson(state_, "case-1", now_);
    ASSERT_EQ(json.AsArray()->size(), 1U);
    EXPECT_EQ((*json.AsArray())[0].StringOr("text", ""), text);
    EXPECT_FALSE(AttentionOf(state_, "case-1", now_)[0].carried);
  }
}

TEST_F(AttentionTest, IsNotRaisedWhenEveryWindowIsOver) {
  Review();
  Json file = ParseJson(kTestDecision).value();
  Json::Array restrictions = *file.Find("restrictions")->AsArray();
  restrictions[0]["until"] = "2026-12-31T00:00:00Z";
  file["restrictions"] = Json(restrictions);
  Propose(file.Canonical());
  Enforce("decision-1");
  Find("contradicted");
  now_ = ParseTime("2027-02-28T23:59:59Z").value();  // one window is over, the other is not
  EXPECT_EQ(Open(), "ground_fallen decision-1 finding-1 finding-2\n");
  now_ = ParseTime("2027-03-01T00:00:00Z").value();
  EXPECT_EQ(Open(), "");
}

// The program lets nobody plan such a thing; a log that says it is shown all the same.
TEST_F(AttentionTest, SkipsAnAttributionOfAnotherCaseThatAPlanOfTheLogCites) {
  Review();
  Propose();
  Enforce("decision-1");
  Do(OpenCase{.title = "Another"}, "anna", "case-2");
  Do(RecordAttribution{.case_id = "case-2",
                       .subscription = "sub-payroll",
                       .unit = "logistics",
                       .evidence_class = "contract",
                       .reason = "The order form names the unit.",
                       .customers = &customers_},
     "anna", "case-2");
  // The same log, whose plan cites the attribution of the other case.
  ReviewState replayed;
  std::string hash;
  for (RecordedEvent event : log_) {
    if (event.event.type == "decision.planned") {
      Json& plan = event.event.sealed.at("plan");
      Json::Array restrictions = *plan.Find("restrictions")->AsArray();
      for (Json& restriction : restrictions) {
        Json::Array targets = *restriction.Find("targets")->AsArray();
        for (Json& target : targets) target["attribution"] = "attribution-3";
        restriction["targets"] = Json(targets);
      }
      plan["restrictions"] = Json(restrictions);
      hash = crypto::Sha256(plan.Canonical()).Hex();
    }
    if (!hash.empty() && event.event.open.Find("plan_hash") != nullptr) {
      event.event.open["plan_hash"] = hash;
    }
    const Status applied = replayed.Apply(event);
    ASSERT_TRUE(applied) << applied.error().message();
  }
  ASSERT_NE(replayed.FindAttribution("attribution-3"), nullptr);
  EXPECT_TRUE(AttentionOf(replayed, "case-1", now_).empty());
}

TEST_F(AttentionTest, IsNotRaisedForWhatIsNotInForce) {
  Review();
  Propose();
  Plan("decision-1");
  Find("contradicted");
  EXPECT_EQ(Open(), "");
  Find("supported");
  Json file = ParseJson(kTestDecision).value();
  file["facts"] = Json(Json::Array{"finding-3"});
  Propose(file.Canonical());
  Enforce("decision-2");
  Find("not_supported");
  EXPECT_EQ(Open(), "ground_fallen decision-2 finding-3 finding-4\n");
  Do(ProposeLift{.decision = "decision-2", .reason = "Its ground fell."}, "anna");
  EXPECT_EQ(Open(), "ground_fallen decision-2 finding-3 finding-4\n");
  Plan("decision-3");
  Sign("decision-3", "cora");
  Sign("decision-3", "dirk");
  Do(Adoption("decision-3"), "elif");
  EXPECT_EQ(Open(), "");
}

TEST_F(AttentionTest, IsRaisedWhenATargetIsAttributedToAnotherUnit) {
  Review();
  Propose();
  Enforce("decision-1");
  Attribute("sub-archive", "signals", "billing");
  EXPECT_EQ(Open(), "");
  Attribute("sub-archive", "logistics");
  EXPECT_EQ(Open(), "attribution_changed decision-1 attribution-1 attribution-4\n");
}

// A promised day that passed without a word is named until something is said to those readers.
TEST_F(AttentionTest, NamesAnUpdateWhoseDayIsOver) {
  Review();
  const Time scheduled = now_;
  const Date due = std::chrono::floor<std::chrono::days>(now_) + std::chrono::days{5};
  Do(ScheduleUpdate{.case_id = "case-1", .audience = "public", .due = due}, "anna");
  const auto kinds = [&] {
    std::string all;
    const Json items = AttentionJson(state_, "case-1", now_);
    for (const Json& item : *items.AsArray()) {
      all += item.StringOr("kind", "") + " " + item.StringOr("update", "") + " " +
             std::to_string(item.IntegerOr("age_days", 0)) + ": " + item.StringOr("text", "") +
             "; " + item.StringOr("remedy", "") + "\n";
    }
    return all;
  };
  const auto issue = [&](const std::string& kind, const std::string& audience) {
    Do(IssueNotice{.case_id = "case-1",
                   .decision = "",
                   .kind = kind,
                   .text = "t",
                   .sha256 = crypto::Sha256("t").Hex(),
                   .audience = audience},
       "anna");
  };
  issue("update", "public");  // it names the day, and is not what was promised
  now_ = scheduled + std::chrono::days{5};
  EXPECT_EQ(kinds(), "");
  now_ = scheduled + std::chrono::days{8};
  const std::string overdue =
      "update_overdue update-1 3: update-1 to the public was due on 2026-11-27, and was not "
      "issued; issue it: proviso notice issue update --case case-1 --audience public\n";
  EXPECT_EQ(kinds(), overdue);
  issue("update", "customer");
  EXPECT_EQ(kinds(), overdue);
  issue("update", "public");
  EXPECT_EQ(kinds(), "");
  EXPECT_EQ(
      (*CaseJson(state_, "case-1", now_)->Find("updates")->AsArray())[0].StringOr("status", ""),
      "given");
}

}  // namespace
}  // namespace proviso::review

#include "disclosure/internal/standing.h"

#include "disclosure/story_fixture.h"

namespace proviso::disclosure {
namespace {

// What texts say of a decision when others of its case restrict the same, or a part of it.
class StandingTest : public StoryFixture {
 protected:
  struct Asked {
    std::vector<const char*> regions;
    const char* stage = "suspended";
    const char* from = "";
    const char* until = "";
    std::vector<const char*> operations = {};
  };
  // The next decision of the case, in force.
  void Decide(const std::vector<Asked>& all, const char* kind = "interim",
              const std::vector<const char*>& supersedes = {}) {
    Json::Array restrictions;
    for (const Asked& asked : all) {
      Json::Array regions;
      for (const char* region : asked.regions) regions.emplace_back(region);
      Json one = Json::Of({{"unit", "signals"},
                           {"classes", Json(Json::Array{Json("speech-to-text")})},
                           {"regions", std::move(regions)},
                           {"stage", asked.stage}});
      if (!asked.operations.empty()) {
        Json::Array operations;
        for (const char* operation : asked.operations) operations.emplace_back(operation);
        one["operations"] = std::move(operations);
      }
      if (*asked.from != '\0') one["from"] = asked.from;
      if (*asked.until != '\0') one["until"] = asked.until;
      restrictions.push_back(std::move(one));
    }
    Json file = ParseJson(review::kTestDecision).value();
    file["kind"] = kind;
    file["restrictions"] = std::move(restrictions);
    for (const char* id : supersedes) {
      if (file.Find("supersedes") == nullptr) file["supersedes"] = Json::MakeArray();
      file["supersedes"].Append(id);
    }
    const std::string id = state_.NextDecisionId();
    Propose(file.Canonical());
    Enforce(id);
  }
  std::string ProposeToLift(const std::string& decision, const std::string& appeal = "") {
    std::string id = state_.NextDecisionId();
    Do(review::ProposeLift{.decision = decision, .reason = "r", .appeal = appeal}, "anna");
    return id;
  }
  std::string Lift(const std::string& decision) {
    std::string id = ProposeToLift(decision);
    Enforce(id);
    return id;
  }
  void DaysPass(int days) { now_ += std::chrono::days{days}; }
  void Until(const char* time) { now_ = ParseTime(time).value(); }

  Standing Of(const std::string& decision) const {
    return StandingOf(state_, *state_.FindDecision(decision), now_);
  }
  std::string Letter(const std::string& decision) const {
    return TextOf(RenderStatement(Inputs(), decision));
  }
  std::string Public(const std::string& decision) const {
    return TextOf(RenderPublic(Inputs(), decision));
  }
  std::string Update() const {
    return TextOf(RenderUpdate(Inputs(), {.case_id = "case-1", .now = now_}));
  }
  // The answer to an appeal against a decision.
  std::string Answer(const char* appeal) const {
    return TextOf(RenderAppealAnswer(Inputs(), appeal));
  }
  void WinAppeal(const char* decision) {
    Do(review::FileAppeal{.decision = decision, .text = "t"}, "");
    Do(review::DecideAppeal{.appeal = "appeal-1", .outcome = "reversed", .reason = "r"}, "bram");
  }

  static void ExpectSays(const std::string& text, const std::vector<std::string>& parts) {
    for (const std::string& part : parts) {
      EXPECT_NE(text.find(part), std::string::npos) << part << "\n" << text;
    }
  }
  static void ExpectSilent(const std::string& text, const std::vector<std::string>& parts) {
    for (const std::string& part : parts) {
      EXPECT_EQ(text.find(part), std::string::npos) << part << "\n" << text;
    }
  }

 private:
  static std::string TextOf(const Result<Document>& document) {
    EXPECT_TRUE(document) << document.error().message();
    return document ? ToMarkdown(*document) : "";
  }
};

TEST_F(StandingTest, ALaterDecisionOnAPartTakesNothingOverThatAnotherDid) {
  Review();
  Decide({{.regions = {"nl-1", "ie-1"}, .stage = "read-only"}});
  DaysPass(1);
  Decide({{.regions = {"nl-1", "ie-1"}}});
  DaysPass(1);
  Decide({{.regions = {"nl-1"}, .stage = "no-new"}});
  const std::string says = "23 November 2026, 09:30 UTC, decision-2 restricts the same, at least";
  ExpectSays(Letter("decision-1"), {"Since " + says});
  ExpectSays(Public("decision-1"), {"Since " + says});
  ExpectSays(Update(), {"since " + says});
  EXPECT_EQ(Of("decision-1").successor->id, "decision-2");
  DaysPass(1);
  Decide({{.regions = {"*"}}});
  ExpectSays(Letter("decision-1"),
             {"Since 25 November 2026, 09:30 UTC, decision-4 restricts the same, at least"});
}

TEST_F(StandingTest, ItIsReplacedWhenTheOtherBeginsNotWhenThatIsAdopted) {
  Review();
  Decide({{.regions = {"nl-1", "ie-1"}, .stage = "read-only"}});
  DaysPass(1);
  Decide({{.regions = {"nl-1"}, .from = "2026-12-01T00:00:00Z"},
          {.regions = {"ie-1"}, .from = "2026-12-05T00:00:00Z"}},
         "final");
  EXPECT_EQ(StandName(Of("decision-1").stand), "in_force");
  Until("2026-12-03T00:00:00Z");
  EXPECT_EQ(StandName(Of("decision-1").stand), "in_force");
  Until("2026-12-06T00:00:00Z");
  const std::string says = "5 December 2026, 00:00 UTC, decision-2 restricts the same, at least";
  ExpectSays(Letter("decision-1"), {"Since " + says});
  ExpectSays(Public("decision-1"), {"Since " + says});
  ExpectSays(Update(), {"since " + says});
}

TEST_F(StandingTest, WhatIsReplacedIsInForceAndToldInThePresent) {
  Review();
  Decide({{.regions = {"nl-1"}, .stage = "read-only"}});
  DaysPass(1);
  Decide({{.regions = {"nl-1"}}});
  const std::string text = Public("decision-1");
  ExpectSays(text, {"We restrict services of one customer by an interim decision.",
                    "at least as strictly; both are in force:", "read-only, which stops",
                    "Since 22 November 2026, 09:30 UTC, until it is lifted"});
  ExpectSilent(text, {"We restricted", "which stopped", "was replaced"});
}

TEST_F(StandingTest, AnOlderDecisionInForceIsNamedBesideALiftedOne) {
  Review();
  Decide({{.regions = {"nl-1", "ie-1"}, .stage = "read-only"}});
  DaysPass(1);
  Decide({{.regions = {"nl-1"}}}, "final");
  DaysPass(1);
  const std::string lift = Lift("decision-2");
  const std::string other = "decision-1 restricts the same, or a part of it";
  ExpectSays(Public(lift),
             {"What it stopped works again as before where no other decision restricts "
              "it; " +
              other + ":"});
  ExpectSays(Public("decision-2"), {"Nothing of it is in force; " + other + ":"});
  ExpectSays(Letter("decision-2"), {"nothing of it is in force; " + other + "."});
  ExpectSays(Letter(lift), {"open to you again as before where no other decision restricts them. "
                            "Other decisions, if any, stay as they are: " +
                            other + "."});
}

TEST_F(StandingTest, EveryDecisionInForceIsNamedBesideAnEndedOne) {
  Review();
  Decide({{.regions = {"nl-1"}, .stage = "read-only"}});
  Decide({{.regions = {"nl-1", "ie-1"}, .until = "2026-12-01T00:00:00Z"}});
  Decide({{.regions = {"ie-1"}, .stage = "no-new"}}, "final");
  Until("2026-12-02T00:00:00Z");
  const std::string both = "decision-1 and decision-3 restrict the same, or a part of it";
  ExpectSays(Public("decision-2"), {"Nothing of it is in force; " + both + ":"});
  ExpectSays(Letter("decision-2"), {"nothing of it is in force; " + both + "."});
  const Json data = RenderPublic(Inputs(), "decision-2")->data;
  EXPECT_EQ(data.StringOr("successor", ""), "decision-3");
  EXPECT_EQ(data.Find("overlapping")->Canonical(), R"(["decision-1","decision-3"])");
}

TEST_F(StandingTest, OperationsAreToldWhereTheyNarrowAStage) {
  Review();
  Decide({{.regions = {"nl-1"}, .stage = "read-only", .operations = {"create", "write"}}});
  ExpectSays(Letter("decision-1"),
             {"### decision-1/1: read-only (create, write)",
              "- Stops: creating or enlarging resources; writing or changing data\n"
              "- Goes on: running or calling the services; reading,"});
  ExpectSays(Public("decision-1"),
             {"read-only (create, write), which stops creating or enlarging resources; writing or "
              "changing data."});
  ExpectSays(Update(), {": read-only (create, write) for "});
  const Json data = RenderPublic(Inputs(), "decision-1")->data;
  EXPECT_EQ(data.Find("restrictions")->AsArray()->front().Find("operations")->Canonical(),
            R"(["create","write"])");
  // A stricter stage of other operations takes over nothing, and overlaps with nothing.
  DaysPass(1);
  Decide({{.regions = {"nl-1"}, .operations = {"read"}}});
  EXPECT_EQ(StandName(Of("decision-1").stand), "in_force");
  EXPECT_TRUE(Of("decision-1").overlapping.empty());
  DaysPass(1);
  Decide({{.regions = {"nl-1"}, .operations = {"write", "create"}}});
  EXPECT_EQ(StandName(Of("decision-1").stand), "replaced");
  EXPECT_EQ(Of("decision-1").successor->id, "decision-3");
}

TEST_F(StandingTest, WhatRestrictsNothingOfItIsNotNamed) {
  struct Case {
    const char* name;
    Asked other;
  };
  for (const Case& c : std::vector<Case>{
           {"other regions", {.regions = {"ie-1"}}},
           {"a notice stops nothing", {.regions = {"nl-1"}, .stage = "notice"}},
           {"not begun", {.regions = {"nl-1"}, .from = "2027-01-01T00:00:00Z"}},
           {"ended", {.regions = {"nl-1"}, .until = "2026-11-23T00:00:00Z"}},
       }) {
    state_ = {};
    log_.clear();
    now_ = review::kTestNow;
    Review();
    Decide({c.other});
    DaysPass(1);
    Decide({{.regions = {"nl-1"}}});
    const std::string lift = Lift("decision-2");
    EXPECT_TRUE(Of("decision-2").overlapping.empty()) << c.name;
    ExpectSays(Public(lift),
               {"What it stopped works again as before where no other decision restricts it:"});
  }
}

TEST_F(StandingTest, AnAnsweredAppealPromisesNothingThatAnotherDecisionStops) {
  Review();
  Decide({{.regions = {"nl-1"}}});
  Decide({{.regions = {"nl-1"}, .stage = "read-only"}}, "final");
  WinAppeal("decision-2");
  const std::string lift = ProposeToLift("decision-2", "appeal-1");
  ExpectSays(
      Answer("appeal-1"),
      {"is to be lifted by " + lift +
       ", and goes on until then. The lift takes effect when enough people who did not prepare "
       "it have signed its plan; you get a statement then."});
  Plan(lift);
  ExpectSays(Answer("appeal-1"),
             {"The lift takes effect when at least 2 people who did not prepare it"});
  ExpectSays(Letter(lift), {"Once the lift is adopted, these are open to you again as before where "
                            "no other decision restricts them. Other decisions, if any, stay as "
                            "they are: decision-1 restricts the same, or a part of it."});
  Enforce(lift);
  ExpectSays(Answer("appeal-1"),
             {"This was carried out: what decision-2 restricted was lifted by " + lift +
              " on 22 November 2026, 09:30 UTC. What it stopped works again as before where no "
              "other decision restricts it; decision-1 restricts the same, or a part of it."});
}

TEST_F(StandingTest, AnAnsweredAppealSaysThatItIsLiftedWhenAnotherLiftCameFirst) {
  Review();
  Decide({{.regions = {"nl-1"}}});
  WinAppeal("decision-1");
  ProposeToLift("decision-1", "appeal-1");
  const std::string first = Lift("decision-1");
  ExpectSays(Answer("appeal-1"), {"What decision-1 restricted was lifted by " + first + " on 22"});
  ExpectSilent(Answer("appeal-1"), {"takes effect when", "is to be lifted by", "carried out"});
}

TEST_F(StandingTest, WhatNeverBeganIsNotSaidToHaveStoppedAnything) {
  Review();
  Decide({{.regions = {"nl-1"}, .from = "2026-12-01T00:00:00Z"}});
  const std::string lift = ProposeToLift("decision-1");
  Plan(lift);
  ExpectSays(Letter(lift), {"We lift what decision-1 is to restrict",
                            "Once the lift is adopted, these stay open to you where no"});
  Enforce(lift);
  DaysPass(1);
  ExpectSays(Public(lift), {"we lifted what decision-1 was to restrict for one customer. Nothing "
                            "of it had begun:"});
  ExpectSays(Letter(lift), {"we lifted what decision-1 was to restrict",
                            "Nothing of it had begun; these stay open to you where no other"});
  const std::string text = Public("decision-1");
  ExpectSays(text, {"was lifted before it began", "We were to restrict services of",
                    "which was to stop creating", "It never began: it was to begin on 1 December"});
  ExpectSilent(text, {"We restricted", "stopped creating"});
  ExpectSays(Letter("decision-1"), {"## What was to be restricted", "- Was to stop: creating",
                                    "It hit nothing, for nothing of it had begun.",
                                    "It was lifted on 22 November 2026, 09:30 UTC; nothing of it "
                                    "had begun."});
}

TEST_F(StandingTest, TheLetterAboutALiftedDecisionIsInThePast) {
  Review();
  Decide({{.regions = {"nl-1"}}});
  DaysPass(1);
  Lift("decision-1");
  DaysPass(1);
  const std::string text = Letter("decision-1");
  ExpectSays(
      text,
      {"## What was restricted", "- Stopped: creating", "- Went on: your account",
       "- Until: it was lifted on 23 November 2026, 09:30 UTC",
       "The restriction held in the regions named here", "## What else this hit\n",
       "were not restricted. They need what was", "may have been hit too", "## What stayed on",
       "The restriction is over. What it stopped works again as before where no other decision "
       "restricts it."});
  ExpectSilent(text, {"Until: it is lifted", "- Stops:", "When the restriction is lifted"});
}

TEST_F(StandingTest, WhatPausesBetweenTwoWindowsIsNotInForce) {
  Review();
  Decide({{.regions = {"nl-1"}, .until = "2026-12-01T00:00:00Z"},
          {.regions = {"nl-1"}, .stage = "read-only", .from = "2026-12-10T00:00:00Z"}});
  Until("2026-12-05T00:00:00Z");
  const std::string rest = "rest begins on 10 December 2026, 00:00 UTC";
  EXPECT_FALSE(Of("decision-1").holds());
  ExpectSays(Letter("decision-1"), {"A part of it has ended; the " + rest + ".",
                                    "- Until: 1 December 2026, 00:00 UTC; it has ended"});
  ExpectSays(Public("decision-1"), {"A part of it has ended; the " + rest + ":"});
  ExpectSays(Update(), {"a part of it has ended, and the " + rest + ": read-only for Speech",
                        "- No decision is in force"});
  Until("2026-12-11T00:00:00Z");
  EXPECT_TRUE(Of("decision-1").holds());
}

TEST_F(StandingTest, AnUpdateSaysWhatOfADecisionIsStillToBegin) {
  Review();
  Decide({{.regions = {"nl-1"}, .stage = "no-new"},
          {.regions = {"ie-1"}, .from = "2026-12-10T00:00:00Z"}});
  ExpectSays(Update(), {"is in force, adopted on 22 November 2026, 09:30 UTC: no-new for Speech to "
                        "text; suspended for Speech to text from 10 December 2026, 00:00 UTC\n"});
}

TEST_F(StandingTest, AnUpdateSpeaksNoMoreOfWhatWasWithdrawn) {
  TellTheReview(false);
  TellTheHearing();
  ExpectSays(Update(), {"A decision is intended"});
  Do(review::WithdrawDecision{.decision = "decision-1", .reason = "r"}, "anna");
  ExpectSilent(Update(), {"A decision is intended"});
}

TEST_F(StandingTest, TellsThatOneTookThePlaceOfAnother) {
  Review();
  Decide({{.regions = {"nl-1"}}, {.regions = {"ie-1"}}});
  DaysPass(3);
  Decide({{.regions = {"nl-1"}, .stage = "read-only"}}, "final", {"decision-1"});
  const Standing earlier = Of("decision-1");
  EXPECT_EQ(StandName(earlier.stand), "superseded");
  EXPECT_TRUE(earlier.over());
  EXPECT_TRUE(earlier.begun);
  ASSERT_NE(earlier.superseded_by, nullptr);
  EXPECT_EQ(earlier.superseded_by->id, "decision-2");
  EXPECT_EQ(StandName(Of("decision-2").stand), "in_force");
  const std::string at = "25 November 2026, 09:30 UTC";
  ExpectSays(Letter("decision-1"), {"This was an interim decision. On " + at +
                                        ", decision-2 took its place; nothing of it is in force",
                                    "Until: decision-2 took its place on " + at});
  ExpectSays(Letter("decision-2"),
             {"What this takes the place of", "It took the place of decision-1: on " + at,
              "An end of this decision does not bring it back"});
  ExpectSays(Public("decision-1"),
             {"another decision took the place of a restriction",
              "ended on " + at + ", when decision-2 took its place. Nothing of it is in force"});
  ExpectSays(Public("decision-2"), {"It took the place of decision-1, which ended at that moment"});
  ExpectSays(Update(),
             {"The interim decision decision-1 ended on " + at + ", when decision-2 took its place",
              "The final decision decision-2 is in force"});
}

TEST_F(StandingTest, OfWhatGaveWayIsNotChangedByTheEndOfTheLater) {
  Review();
  Decide({{.regions = {"nl-1"}}});
  Decide({{.regions = {"nl-1"}}}, "final", {"decision-1"});
  WinAppeal("decision-1");
  ExpectSays(Answer("appeal-1"), {"when decision-2 took its place",
                                  "That decision has a statement of reasons of its own"});
  Lift("decision-2");
  EXPECT_EQ(StandName(Of("decision-1").stand), "superseded");
  EXPECT_EQ(StandName(Of("decision-2").stand), "lifted");
  ExpectSays(Letter("decision-1"), {"decision-2 took its place; nothing of it is in force."});
}

TEST_F(StandingTest, SaysThatNothingHadBegunOfWhatGaveWayBefore) {
  Review();
  Decide({{.regions = {"nl-1"}, .from = "2027-01-01T00:00:00Z"}});
  Decide({{.regions = {"nl-1"}}}, "final", {"decision-1"});
  EXPECT_FALSE(Of("decision-1").begun);
  ExpectSays(Letter("decision-1"), {"took its place; nothing of it had begun"});
  ExpectSays(Public("decision-1"), {"took the place of a restriction before it began",
                                    "It never began: it was to begin on"});
}

}  // namespace
}  // namespace proviso::disclosure

// Decisions that take the place of others: what a forged log would have to get past.
#include <gtest/gtest.h>

#include "verifier/history_fixture.h"

namespace proviso::verifier {
namespace {

// "decision-1" of "case-1" is in force; "decision-2" is to take its place.
struct SupersedingStory : Story {
  TestPerson fay = MakePerson("p-f", 6, {"decider", "reviewer"});
  TestPerson gus = MakePerson("p-g", 7, {"decider", "reviewer"});
  std::string successor_case = "case-1";
  std::int64_t quorum = 2;  // that the plan of "decision-2" names

  explicit SupersedingStory(std::int64_t lift_quorum = 2) {
    roster = RosterJson(1, 2, nullptr, {&anna, &bert, &cleo, &dora, &fay, &gus});
    Initialise();
    ProposeRoster(anna, roster);
    SignRoster(anna, roster);
    SignRoster(bert, roster);
    ImportTerms(2, lift_quorum);
    log.InCase("case-1");
    Propose(dora);
    MakePlan(anna);
    Sign(bert);
    Sign(cleo);
    State(dora);
    Adopt(cleo);
  }
  static Json Superseding(Json data, const std::vector<std::string>& ids) {
    Json list = Json::MakeArray();
    for (const std::string& id : ids) list.Append(id);
    data["supersedes"] = std::move(list);
    return data;
  }
  void ProposeSuccessor(const std::vector<std::string>& ids = {"decision-1"},
                        const std::string& id = "decision-2") {
    log.InCase(successor_case);
    log.AddBy(dora, "decision propose", Json::MakeObject(), "decision.proposed",
              Superseding(Json::Of({{"decision", id}, {"kind", "final"}}), ids));
  }
  void PlanSuccessor(const std::vector<std::string>& ids = {"decision-1"},
                     const std::string& id = "decision-2") {
    Json data = PlanData(id, '2');
    data["quorum"] = quorum;
    log.AddBy(anna, "decision plan", Json::MakeObject(), "decision.planned",
              Superseding(std::move(data), ids));
  }
  void SignSuccessor(const std::string& id = "decision-2") {
    Sign(bert, '2', id);
    Sign(cleo, '2', id);
    if (quorum > 2) Sign(gus, '2', id);
    State(dora, '2', id);
  }
  void AdoptSuccessor(const std::vector<std::string>& ids = {"decision-1"},
                      const std::string& id = "decision-2") {
    log.AddBy(cleo, "decision adopt", About(id, '2'), "decision.adopted",
              Superseding(About(id, '2'), ids));
  }
  void Supersede() {
    ProposeSuccessor();
    PlanSuccessor();
    SignSuccessor();
    AdoptSuccessor();
  }
  void ProposeLift(const std::string& of, const std::string& id) {
    log.AddBy(fay, "decision lift", Json::MakeObject(), "decision.proposed",
              Json::Of({{"decision", id}, {"kind", "lift"}, {"lifts", of}}));
  }
  void AdoptLift(const std::string& id) {
    log.AddBy(fay, "decision plan", Json::MakeObject(), "decision.planned",
              PlanData(id, '3', "lift"));
    Sign(bert, '3', id);
    Sign(cleo, '3', id);
    Adopt(cleo, '3', id);
  }
  void DeclareConflict(const TestPerson& by, const std::string& of) {
    log.InCase(of);
    log.AddBy(by, "conflict declare", Json::MakeObject(), "conflict.declared", Json::MakeObject());
    log.InCase(successor_case);
  }
};

struct WrongTurn {
  std::string why;
  std::function<void(SupersedingStory&)> tell;
};
void ExpectAllBadTurns(const std::vector<WrongTurn>& wrongs) {
  for (const WrongTurn& wrong : wrongs) {
    SupersedingStory story;
    wrong.tell(story);
    ExpectBad(story, wrong.why);
  }
}

TEST(Superseding, IsAcceptedOfADecisionInForceAndOfItsSuccessorInTurn) {
  SupersedingStory story;
  story.Supersede();
  story.ProposeSuccessor({"decision-2"}, "decision-3");
  story.PlanSuccessor({"decision-2"}, "decision-3");
  story.SignSuccessor("decision-3");
  story.AdoptSuccessor({"decision-2"}, "decision-3");
  story.ProposeLift("decision-3", "decision-4");
  story.AdoptLift("decision-4");
  ExpectGood(story);
}

TEST(Superseding, IsOfWhatIsInForceAlone) {
  const std::string why = "expected a decision in force to supersede, found `decision-1`";
  ExpectAllBadTurns({
      {"expected a decision in force to supersede, found `decision-9`",
       [](SupersedingStory& story) { story.ProposeSuccessor({"decision-9"}); }},
      {"expected a decision in force to supersede, found `decision-2`",
       [](SupersedingStory& story) { story.ProposeSuccessor({"decision-2"}); }},
      {why,
       [](SupersedingStory& story) {
         story.LiftInEmergency(story.cleo);
         story.ProposeSuccessor();
       }},
      {why,
       [](SupersedingStory& story) {
         story.Supersede();
         story.ProposeSuccessor({"decision-1"}, "decision-3");
       }},
      {"expected a decision in force to supersede, found `decision-2`",
       [](SupersedingStory& story) {
         story.Propose(story.dora, "decision-2");
         story.ProposeSuccessor({"decision-2"}, "decision-3");
       }},
      {why + ", which has ended",
       [](SupersedingStory& story) {
         story.ProposeSuccessor();
         story.PlanSuccessor();
         story.SignSuccessor();
         story.LiftInEmergency(story.cleo);
         story.AdoptSuccessor();
       }},
      {why + ", which has ended",
       [](SupersedingStory& story) {
         story.ProposeSuccessor({"decision-1"}, "decision-2");
         story.ProposeSuccessor({"decision-1"}, "decision-3");
         story.PlanSuccessor({"decision-1"}, "decision-3");
         story.SignSuccessor("decision-3");
         story.AdoptSuccessor({"decision-1"}, "decision-3");
         story.PlanSuccessor();
         story.SignSuccessor();
         story.AdoptSuccessor();
       }},
      {"expected a lift to supersede nothing",
       [](SupersedingStory& story) {
         story.log.AddBy(
             story.fay, "decision lift", Json::MakeObject(), "decision.proposed",
             SupersedingStory::Superseding(
                 Json::Of({{"decision", "decision-2"}, {"kind", "lift"}, {"lifts", "decision-1"}}),
                 {"decision-1"}));
       }},
  });
}

TEST(Superseding, LeavesNothingToLift) {
  ExpectAllBadTurns({
      {"the decision is not in force",
       [](SupersedingStory& story) {
         story.Supersede();
         story.LiftInEmergency(story.cleo);
       }},
      {"`decision-1` was superseded by `decision-2`",
       [](SupersedingStory& story) {
         story.Supersede();
         story.ProposeLift("decision-1", "decision-3");
         story.AdoptLift("decision-3");
       }},
  });
}

TEST(Superseding, SaysTheSameFromProposalToAdoption) {
  const std::string why = "expected it to supersede what was proposed, found other decisions";
  ExpectAllBadTurns({
      {why,
       [](SupersedingStory& story) {
         story.ProposeSuccessor();
         story.PlanSuccessor({});
       }},
      {why,
       [](SupersedingStory& story) {
         story.ProposeSuccessor({});
         story.PlanSuccessor({"decision-1"});
       }},
      {why,
       [](SupersedingStory& story) {
         story.ProposeSuccessor();
         story.PlanSuccessor();
         story.SignSuccessor();
         story.AdoptSuccessor({});
       }},
  });
}

TEST(Superseding, NeedsAsManyAsALiftOfWhatItEnds) {
  SupersedingStory enough(3);
  enough.quorum = 3;
  enough.Supersede();
  ExpectGood(enough);
  SupersedingStory few(3);
  few.ProposeSuccessor();
  few.PlanSuccessor();
  ExpectBad(few,
            "expected the quorum of terms `aup@3` and of a lift of what it supersedes, 3, found 2");
}

TEST(Superseding, IsClosedToWhoDeclaredAConflictInTheCaseOfTheEarlier) {
  const std::string why = "expected somebody without a conflict in `case-1`";
  ExpectAllBadTurns({
      {why,
       [](SupersedingStory& story) {
         story.successor_case = "case-2";
         story.DeclareConflict(story.dora, "case-1");
         story.ProposeSuccessor();
       }},
      {why,
       [](SupersedingStory& story) {
         story.successor_case = "case-2";
         story.ProposeSuccessor();
         story.PlanSuccessor();
         story.DeclareConflict(story.bert, "case-1");
         story.Sign(story.bert, '2', "decision-2");
       }},
      {"expected 2 valid signatures of the plan, found 1",
       [](SupersedingStory& story) {
         story.successor_case = "case-2";
         story.ProposeSuccessor();
         story.PlanSuccessor();
         story.SignSuccessor();
         story.DeclareConflict(story.bert, "case-1");
         story.AdoptSuccessor();
       }},
  });
}

// A customer appeals against "decision-1", and wins.
void WinAppeal(SupersedingStory& story) {
  story.log.InCase("case-1");
  story.log.Add("appeal.filed", "customer", nullptr,
                Json::Of({{"appeal", "appeal-1"}, {"decision", "decision-1"}}), {"text"});
  story.log.AddBy(story.gus, "appeal decide", Json::MakeObject(), "appeal.decided",
                  Json::Of({{"appeal", "appeal-1"}, {"outcome", "reversed"}}));
}

TEST(Superseding, IsAPartInTheCaseOfTheEarlier) {
  for (const bool signs : {false, true}) {
    SupersedingStory story;
    story.successor_case = "case-2";
    story.ProposeSuccessor();
    story.PlanSuccessor();
    if (signs) story.Sign(story.gus, '2', "decision-2");
    WinAppeal(story);
    if (signs) {
      ExpectBad(story, "expected somebody without a part in `case-1`");
    } else {
      ExpectGood(story);
    }
  }
}

TEST(Superseding, LetsALiftOfTheLaterCarryOutAnAppealAgainstTheEarlier) {
  for (const std::string appeal : {"appeal-1", "appeal-9"}) {
    SupersedingStory story;
    story.Supersede();
    WinAppeal(story);
    story.log.AddBy(story.gus, "decision lift", Json::MakeObject(), "decision.proposed",
                    Json::Of({{"appeal", appeal},
                              {"decision", "decision-3"},
                              {"kind", "lift"},
                              {"lifts", "decision-2"}}));
    if (appeal == "appeal-1") {
      ExpectGood(story);
    } else {
      ExpectBad(story, "expected an appeal against `decision-2` that was decided before");
    }
  }
}

TEST(Lifts, OfWhatNobodyProposedAreBadToTheEnd) {
  Story story;
  story.Begin();
  story.log.AddBy(
      story.dora, "decision lift", Json::MakeObject(), "decision.proposed",
      Json::Of({{"decision", "decision-1"}, {"kind", "lift"}, {"lifts", "decision-9"}}));
  story.log.AddBy(story.dora, "decision plan", Json::MakeObject(), "decision.planned",
                  Story::PlanData("decision-1", '1', "lift"));
  story.Sign(story.bert);
  story.Sign(story.cleo);
  story.Adopt(story.cleo);
  const VerifyReport report = story.Verify();
  ASSERT_EQ(report.problem_count, 2U);
  EXPECT_NE(report.problems[1].find("there is no `decision-9` to lift"), std::string::npos);
}

}  // namespace
}  // namespace proviso::verifier

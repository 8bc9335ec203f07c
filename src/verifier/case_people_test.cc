// Who may act in a case, and who may hear its appeals: what a forged log would have to get past.
#include <gtest/gtest.h>

#include "verifier/history_fixture.h"

namespace proviso::verifier {
namespace {

// A case with a decision in force and an appeal against it. Gus and Hugo had no part in it.
struct CaseStory : Story {
  TestPerson fay = MakePerson("p-f", 6, {"liaison", "reviewer"});
  TestPerson gus = MakePerson("p-g", 7, {"decider", "reviewer"});
  TestPerson hugo = MakePerson("p-h", 8, {"decider"});
  TestPerson ida = MakePerson("p-i", 9, {"enforcer", "reviewer"});

  CaseStory() {
    roster = RosterJson(1, 2, nullptr, {&anna, &bert, &cleo, &dora, &fay, &gus, &hugo, &ida});
  }

  void Review(const TestPerson& by, std::string_view act, std::string_view type) {
    log.AddBy(by, act, Json::MakeObject(), type, Json::MakeObject());
  }
  void DeclareConflict(const TestPerson& by) {
    Review(by, "conflict declare", "conflict.declared");
  }
  void BeginCase() {
    Begin();
    log.InCase("case-1");
    Review(dora, "case open", "case.opened");
  }
  void DecideAnother(const std::string& id) {
    Propose(dora, id);
    MakePlan(anna, '7', id);
    Sign(bert, '7', id);
    Sign(cleo, '7', id);
    State(dora, '7', id);
    Adopt(cleo, '7', id);
  }
  void File(const std::string& appeal, const std::string& decision) {
    log.Add("appeal.filed", "customer", nullptr,
            Json::Of({{"appeal", appeal}, {"decision", decision}}), {"text"});
  }
  void Rule(const TestPerson& by, const std::string& appeal = "appeal-1") {
    log.AddBy(by, "appeal decide", Json::MakeObject(), "appeal.decided",
              Json::Of({{"appeal", appeal}, {"outcome", "reversed"}}));
  }
  void Read(const TestPerson& by) {
    log.AddBy(by, "report show", Json::MakeObject(), "record.read",
              Json::Of({{"class", "report"}, {"purpose", "appeal"}, {"what", "report-1"}}));
  }
  void DecideInCase() {
    BeginCase();
    Review(fay, "finding record", "finding.recorded");
    Propose(dora);
    MakePlan(anna);
    Sign(bert);
    Sign(cleo);
    State(fay);
    Adopt(ida);
  }
  void Appealed() {
    DecideInCase();
    File("appeal-1", "decision-1");
  }
};

struct WrongCase {
  std::string why;
  std::function<void(CaseStory&)> tell;
};
void ExpectAllBadCases(const std::vector<WrongCase>& wrongs) {
  for (const WrongCase& wrong : wrongs) {
    CaseStory story;
    wrong.tell(story);
    ExpectBad(story, wrong.why);
  }
}

TEST(Appeals, AreHeardBySomebodyWithoutAPart) {
  CaseStory story;
  story.Appealed();
  story.Read(story.gus);
  story.Rule(story.gus);
  ExpectGood(story);
}

TEST(Appeals, AreNotHeardByWhoHadAPartInTheCase) {
  const auto heard_by = [](TestPerson CaseStory::*who) {
    return [who](CaseStory& story) {
      story.Appealed();
      story.Rule(story.*who);
    };
  };
  const std::string expected = "expected somebody without a part in `case-1` to hear `appeal-1`";
  ExpectAllBadCases({
      {expected + ", found `p-d`, who has entry 5 (`case.opened`) in it",
       heard_by(&CaseStory::dora)},
      {expected + ", found `p-a`, who has entry 8 (`decision.planned`) in it",
       heard_by(&CaseStory::anna)},
      {expected + ", found `p-b`, who has entry 9 (`decision.signed`) in it",
       heard_by(&CaseStory::bert)},
  });
}

TEST(Appeals, AreNotHeardByFinderStaterOrAdopterWhateverElseTheyAre) {
  const std::string expected = "expected somebody without a part in `case-1` to hear `appeal-1`";
  ExpectAllBadCases({
      {expected + ", found `p-f`, who has entry 6 (`finding.recorded`) in it",
       [](CaseStory& story) {
         story.Appealed();
         story.Rule(story.fay);
       }},
      {expected + ", found `p-i`, who has entry 12 (`decision.adopted`) in it",
       [](CaseStory& story) {
         story.Appealed();
         story.Rule(story.ida);
       }},
      {expected + ", found `p-g`, who has entry 8 (`statement.issued`) in it",
       [](CaseStory& story) {
         story.BeginCase();
         story.Propose(story.dora);
         story.MakePlan(story.anna);
         story.State(story.gus);
         story.Sign(story.bert);
         story.Sign(story.cleo);
         story.Adopt(story.ida);
         story.File("appeal-1", "decision-1");
         story.Rule(story.gus);
       }},
  });
}

TEST(Appeals, AreNotHeardByWhoSignedAPlanThatWasReplaced) {
  CaseStory story;
  story.BeginCase();
  story.Propose(story.dora);
  story.MakePlan(story.anna);
  story.Sign(story.gus);
  story.MakePlan(story.anna, '2');
  story.Sign(story.bert, '2');
  story.Sign(story.cleo, '2');
  story.State(story.dora, '2');
  story.Adopt(story.cleo, '2');
  story.File("appeal-1", "decision-1");
  story.Rule(story.gus);
  ExpectBad(story, "found `p-g`, who has entry 8 (`decision.signed`) in it");
}

TEST(Appeals, AgainstOneDecisionAreHeardByDifferentPeople) {
  const auto heard_again = [](CaseStory& story) {
    story.Appealed();
    story.Rule(story.gus);
    story.File("appeal-2", "decision-1");
  };
  CaseStory good;
  heard_again(good);
  good.Rule(good.hugo, "appeal-2");
  ExpectGood(good);
  CaseStory bad;
  heard_again(bad);
  bad.Rule(bad.gus, "appeal-2");
  ExpectBad(bad,
            "expected somebody to hear `appeal-2` who heard no appeal against `decision-1`, found "
            "`p-g`, who heard `appeal-1`");
}

TEST(Appeals, AgainstAnotherDecisionMayBeHeardByWhoHeardOne) {
  CaseStory story;
  story.Appealed();
  story.Rule(story.gus);
  story.DecideAnother("decision-2");
  story.File("appeal-2", "decision-2");
  story.Rule(story.gus, "appeal-2");
  ExpectGood(story);
}

TEST(Appeals, WhoCarriesOneOutHasNoPartInWhatItWasAgainst) {
  CaseStory story;
  story.Appealed();
  story.Rule(story.hugo);
  story.log.AddBy(story.gus, "decision lift", Json::MakeObject(), "decision.proposed",
                  Json::Of({{"appeal", "appeal-1"},
                            {"decision", "decision-2"},
                            {"kind", "lift"},
                            {"lifts", "decision-1"}}));
  story.File("appeal-2", "decision-1");
  story.Rule(story.gus, "appeal-2");
  ExpectGood(story);
}

// Appeal 1 against decision 1 was won, and Gus carries it out, as `data` says.
void CarryOut(CaseStory& story, Json data) {
  data["kind"] = "lift";
  story.log.AddBy(story.gus, "decision lift", Json::MakeObject(), "decision.proposed",
                  std::move(data));
}

TEST(Appeals, AreCarriedOutByALiftOfWhatADecidedOneWasAgainst) {
  const Json lift =
      Json::Of({{"appeal", "appeal-1"}, {"decision", "decision-2"}, {"lifts", "decision-1"}});
  ExpectAllBadCases({
      {"expected an appeal against `decision-1` that was decided before, found `appeal-9`",
       [&](CaseStory& story) {
         story.Appealed();
         story.Rule(story.hugo);
         Json other = lift;
         other["appeal"] = "appeal-9";
         CarryOut(story, other);
       }},
      {"expected an appeal against `decision-1` that was decided before, found `appeal-1`",
       [&](CaseStory& story) {
         story.Appealed();
         CarryOut(story, lift);
       }},
      {"expected an appeal against `decision-3` that was decided before, found `appeal-1`",
       [&](CaseStory& story) {
         story.Appealed();
         story.Rule(story.hugo);
         story.DecideAnother("decision-3");
         Json other = lift;
         other["lifts"] = "decision-3";
         CarryOut(story, other);
       }},
  });
}

// A member that does not belong there takes nobody's part in the case away.
TEST(Appeals, AreNotHeardByWhoActedUnderTheNameOfALiftThatCarriesOneOut) {
  for (const auto& [act, type] :
       {std::pair{"claim add", "claim.added"}, std::pair{"finding record", "finding.recorded"},
        std::pair{"report join", "report.joined"}}) {
    CaseStory story;
    story.Appealed();
    story.Rule(story.hugo);
    CarryOut(
        story,
        Json::Of({{"appeal", "appeal-1"}, {"decision", "decision-2"}, {"lifts", "decision-1"}}));
    story.log.AddBy(story.gus, act, Json::MakeObject(), type,
                    Json::Of({{"decision", "decision-2"}}));
    story.File("appeal-2", "decision-1");
    story.Rule(story.gus, "appeal-2");
    ExpectBad(story, "expected somebody without a part in `case-1` to hear `appeal-2`");
  }
}

TEST(Appeals, AreFiledAgainstAnAdoptedDecisionOfTheirCaseAndDecidedOnce) {
  ExpectAllBadCases({
      {"expected an adopted decision of `case-1`, found `decision-1`",
       [](CaseStory& story) {
         story.BeginCase();
         story.Propose(story.dora);
         story.File("appeal-1", "decision-1");
       }},
      {"expected an adopted decision of `case-2`, found `decision-1`",
       [](CaseStory& story) {
         story.DecideInCase();
         story.log.InCase("case-2");
         story.File("appeal-1", "decision-1");
       }},
      {"`appeal-1` was filed before",
       [](CaseStory& story) {
         story.Appealed();
         story.File("appeal-1", "decision-1");
       }},
      {"expected an appeal of `case-1` that waits, found `appeal-9`",
       [](CaseStory& story) {
         story.Appealed();
         story.Rule(story.gus, "appeal-9");
       }},
      {"expected an appeal of `case-2` that waits, found `appeal-1`",
       [](CaseStory& story) {
         story.Appealed();
         story.log.InCase("case-2");
         story.Rule(story.dora);
       }},
      {"expected an appeal of `case-1` that waits, found `appeal-1`",
       [](CaseStory& story) {
         story.Appealed();
         story.Rule(story.gus);
         story.Rule(story.hugo);
       }},
      {"expected the appeal to belong to a case",
       [](CaseStory& story) {
         story.DecideInCase();
         story.log.InCase("");
         story.File("appeal-1", "decision-1");
       }},
  });
}

TEST(Decisions, StayInTheirCase) {
  // Were a signature carried into another case, its signer would have no part in this one.
  CaseStory story;
  story.BeginCase();
  story.Propose(story.dora);
  story.MakePlan(story.anna);
  story.log.InCase("case-2");
  story.Sign(story.bert);
  ExpectBad(story,
            "expected an entry of `case-1`, where `decision-1` was proposed, found `case-2`");
}

TEST(Conflicts, KeepThosePeopleFromActingInTheCaseAfterwards) {
  const std::string expected =
      "expected somebody without a conflict in `case-1`, found `p-g`, who declared one in entry ";
  ExpectAllBadCases({
      {expected + "6",
       [](CaseStory& story) {
         story.BeginCase();
         story.DeclareConflict(story.gus);
         story.Review(story.gus, "claim add", "claim.added");
       }},
      {expected + "6",
       [](CaseStory& story) {
         story.BeginCase();
         story.DeclareConflict(story.gus);
         story.DeclareConflict(story.gus);
         story.Read(story.gus);
       }},
      {expected + "14",
       [](CaseStory& story) {
         story.Appealed();
         story.DeclareConflict(story.gus);
         story.Rule(story.gus);
       }},
      {expected + "6",
       [](CaseStory& story) {
         story.BeginCase();
         story.DeclareConflict(story.gus);
         story.Propose(story.dora);
         story.MakePlan(story.anna);
         story.Sign(story.gus);
       }},
  });
}

TEST(Conflicts, AreOfOneCase) {
  CaseStory story;
  story.BeginCase();
  story.DeclareConflict(story.gus);
  story.log.InCase("case-2");
  story.Review(story.gus, "claim add", "claim.added");
  ExpectGood(story);
}

TEST(Conflicts, OfACaseNeedACase) {
  CaseStory story;
  story.Begin();
  story.DeclareConflict(story.gus);
  ExpectBad(story, "expected the conflict to belong to a case");
}

TEST(Conflicts, DeclaredAfterSigningTakeTheSignatureBack) {
  CaseStory story;
  story.BeginCase();
  story.Propose(story.dora);
  story.MakePlan(story.anna);
  story.Sign(story.bert);
  story.Sign(story.cleo);
  story.State(story.dora);
  story.DeclareConflict(story.bert);
  story.Adopt(story.cleo);
  ExpectBad(story, "expected 2 valid signatures of the plan, found 1");
}

}  // namespace
}  // namespace proviso::verifier

// What the entries of a log say: acts, rosters, decisions.
#include "verifier/internal/history.h"

#include <algorithm>
#include <fstream>
#include <functional>
#include <iterator>

#include "verifier/history_fixture.h"

namespace proviso::verifier {
namespace {

TEST(History, AcceptsAReviewOfAnEmergencyLiftByAnotherPersonOnce) {
  Story good;
  good.Decide();
  good.Adopt(good.cleo);
  good.LiftInEmergency(good.cleo);
  good.ReviewLift(good.bert);
  ExpectGood(good);
  const auto lifted = [](Story& story) {
    story.Decide();
    story.Adopt(story.cleo);
    story.LiftInEmergency(story.cleo);
  };
  ExpectAllBad({{"lifted the decision and reviews it",
                 [&](Story& story) {
                   lifted(story);
                   story.ReviewLift(story.cleo);
                 }},
                {"is reviewed already",
                 [&](Story& story) {
                   lifted(story);
                   story.ReviewLift(story.bert);
                   story.ReviewLift(story.dora);
                 }},
                {"was not lifted in an emergency", [](Story& story) {
                   story.Decide();
                   story.Adopt(story.cleo);
                   story.ReviewLift(story.bert);
                 }}});
}

TEST(History, AcceptsAWithdrawnProposalThatGoesNoFurther) {
  Story story;
  story.Decide();
  story.Withdraw(story.anna);
  ExpectGood(story);
}

TEST(History, RefusesAWithdrawnProposalThatGoesOn) {
  const std::string why = "decision `decision-1` was withdrawn before";
  ExpectAllBad({{why,
                 [](Story& story) {
                   story.Decide();
                   story.Withdraw(story.anna);
                   story.Adopt(story.cleo);
                 }},
                {why,
                 [](Story& story) {
                   story.Decide();
                   story.Withdraw(story.anna);
                   story.MakePlan(story.anna);
                 }},
                {"is adopted already",
                 [](Story& story) {
                   story.Decide();
                   story.Adopt(story.cleo);
                   story.Withdraw(story.anna);
                 }},
                {"does not belong to this type of entry", [](Story& story) {
                   story.Decide();
                   story.log.AddBy(story.anna, "decision plan", Json::MakeObject(),
                                   "decision.withdrawn", Json::Of({{"decision", "decision-1"}}));
                 }}});
}

TEST(History, AcceptsADecisionFromProposalToEmergencyLift) {
  Story story;
  story.Decide();
  story.Adopt(story.cleo);
  story.LiftInEmergency(story.cleo);
  ExpectGood(story);
  const VerifyReport report = story.Verify();
  EXPECT_EQ(report.decisions_checked, 1U);
  EXPECT_EQ(report.roster_version, 1);
  EXPECT_EQ(report.roster_hash, RosterHash(story.roster));
  EXPECT_EQ(report.acts_checked, story.log.size() - 1);
}

TEST(History, AcceptsALiftOfADecisionWithoutAStatement) {
  Story story;
  story.Decide();
  story.Adopt(story.cleo);
  story.log.AddBy(
      story.dora, "decision lift", Json::MakeObject(), "decision.proposed",
      Json::Of({{"decision", "decision-2"}, {"kind", "lift"}, {"lifts", "decision-1"}}));
  story.log.AddBy(story.dora, "decision plan", Json::MakeObject(), "decision.planned",
                  Story::PlanData("decision-2", '2', "lift"));
  story.Sign(story.bert, '2', "decision-2");
  story.Sign(story.cleo, '2', "decision-2");
  story.Adopt(story.bert, '2', "decision-2");
  ExpectGood(story);
  story.LiftInEmergency(story.cleo);
  ExpectBad(story, "not in force");
}

TEST(History, CarriesTypesItDoesNotKnow) {
  Story story;
  story.Begin();
  story.log.Add("moon.phased", "operator", nullptr, Json::Of({{"phase", "full"}}), {"details"});
  story.log.AddBy(story.dora, "moon phase", Json::MakeObject(), "moon.phased", Json::MakeObject());
  ExpectGood(story);
}

TEST(Acts, MustBeSignedByTheActorInTheRosterInForce) {
  ExpectAllBad({
      {"expected a signed act, found none",
       [](Story& story) {
         story.Begin();
         story.log.Add("claim.added", "p-d", nullptr, Json::MakeObject());
       }},
      {"`operator` is not in the roster in force",
       [](Story& story) {
         story.Begin();
         story.log.Add("claim.added", "operator",
                       story.log.Act(story.dora, "claim add", Json::MakeObject()),
                       Json::MakeObject());
       }},
      {"expected an act with the key of `p-b`",
       [](Story& story) {
         story.Begin();
         story.log.Add("claim.added", "p-b",
                       story.log.Act(story.dora, "claim add", Json::MakeObject()),
                       Json::MakeObject());
       }},
      {"`p-e` is not in the roster in force",
       [](Story& story) {
         story.Begin();
         story.log.AddBy(story.eve, "claim add", Json::MakeObject(), "claim.added",
                         Json::MakeObject());
       }},
      {"while no roster is in force",
       [](Story& story) {
         story.Initialise();
         story.log.AddBy(story.dora, "claim add", Json::MakeObject(), "claim.added",
                         Json::MakeObject());
       }},
      {"to have the role reviewer for `claim add`",
       [](Story& story) {
         story.Begin();
         story.log.AddBy(story.bert, "claim add", Json::MakeObject(), "claim.added",
                         Json::MakeObject());
       }},
      {"does not belong to this type",
       [](Story& story) {
         story.Begin();
         story.log.AddBy(story.bert, "decision sign", Story::About("decision-1", '1'),
                         "claim.added", Json::MakeObject());
       }},
      {"stands in the log a second time",
       [](Story& story) {
         story.Decide();
         story.Adopt(story.cleo);
         story.LiftInEmergency(story.cleo);
         Bytes again = story.log.entry(story.log.size() - 1);
         story.log.AddRaw(std::move(again));
       }},
  });
}

TEST(Acts, StandOnceAlsoWhereTheirArgumentsAreSealed) {
  Story story;
  story.Begin();
  const Json act = story.log.Act(story.dora, "claim add", Json::MakeObject());
  story.log.Add("claim.added", "p-d", act, Json::Of({{"claim", "claim-1"}}));
  EXPECT_TRUE(story.Verify().ok);
  story.log.Add("claim.added", "p-d", act, Json::Of({{"claim", "claim-2"}}));
  ExpectBad(story, "the act `claim add` stands in the log a second time");
}

struct ActDamage {
  std::string why;
  std::function<void(Json&)> damage;
};

TEST(Acts, MustShowWhatWasSigned) {
  const std::vector<ActDamage> damages = {
      {"the signature of `decision sign` does not hold",
       [](Json& act) { act["at"] = "2026-11-22T09:30:00.001Z"; }},
      {"the signature of `decision sign` does not hold",
       [](Json& act) {
         std::string text = *act["signature"].AsString();
         text[5] = text[5] == 'A' ? 'B' : 'A';
         act["signature"] = text;
       }},
      {"expected a signature of 64 bytes", [](Json& act) { act["signature"] = "AAAA"; }},
      {"expected the body hash", [](Json& act) { act["args"] = Story::About("decision-1", '2'); }},
      {"expected the body hash", [](Json& act) { act["nonce"] = std::string(32, '0'); }},
      {"expected a `nonce` of 16 bytes", [](Json& act) { act["nonce"] = "00"; }},
      {"expected `body` as a SHA-256", [](Json& act) { act["body"] = "00"; }},
      {"must show its `args` and `nonce`",
       [](Json& act) {
         Json::Object members = *act.AsObject();
         members.erase("args");
         members.erase("nonce");
         act = Json(std::move(members));
       }},
      {"expected `args` as an object together with `nonce`",
       [](Json& act) {
         Json::Object members = *act.AsObject();
         members.erase("nonce");
         act = Json(std::move(members));
       }},
      {"expected the algorithm `ed25519`", [](Json& act) { act["algorithm"] = "none"; }},
      {"unknown member `more`", [](Json& act) { act["more"] = 1; }},
      {"expected `at` as a time", [](Json& act) { act["at"] = "2026-11-22T09:30:00Z"; }},
      {"expected `name`", [](Json& act) { act["name"] = 1; }},
      {"expected a public key", [](Json& act) { act["key"] = "x"; }},
  };
  for (const ActDamage& each : damages) {
    Story story;
    story.Begin();
    story.Propose(story.dora);
    story.MakePlan(story.anna);
    const Json args = Story::About("decision-1", '1');
    Json act = story.log.Act(story.bert, "decision sign", args);
    each.damage(act);
    story.log.Add("decision.signed", "p-b", act, args);
    ExpectBad(story, each.why);
  }
}

TEST(Acts, OfAnotherLogDoNotHold) {
  Story story;
  story.Begin();
  const Json args = Json::MakeObject();
  Json act = story.log.Act(story.dora, "claim add", args);
  // What the act would be, had it been signed for another log: another message, so another
  // signature.
  act["signature"] =
      Base64Encode(story.dora.key.Sign(AsBytes("{\"act\":\"claim add\",\"log\":\"x\"}")).bytes);
  story.log.Add("claim.added", "p-d", act, args);
  ExpectBad(story, "does not hold");
}

TEST(Acts, RolesAreThoseOfTheDocument) {
  std::ifstream file(PROVISO_SOURCE_DIR "/docs/formats/acts.md");
  std::string line;
  int rows = 0;
  while (std::getline(file, line)) {
    // | `case open` | no | reviewer |
    if (!line.starts_with("| `") || std::ranges::count(line, '|') != 4) continue;
    const std::string act = line.substr(3, line.find('`', 3) - 3);
    const std::size_t last = line.rfind('|', line.size() - 2);
    std::string roles = line.substr(last + 2, line.size() - last - 4);
    const bool open = line.find("| yes |") != std::string::npos;
    if (!open && line.find("| no |") == std::string::npos) continue;
    ++rows;
    EXPECT_EQ(MustBeOpen(act), open) << act;
    if (act == "roster sign") roles = "";  // anybody in the roster that must sign
    std::vector<std::string> expected;
    for (std::size_t at = 0; at < roles.size();) {
      const std::size_t end = std::min(roles.find(", ", at), roles.size());
      expected.push_back(roles.substr(at, end - at));
      at = end + 2;
    }
    std::ranges::sort(expected);
    const std::vector<std::string_view> found = RolesFor(act);
    EXPECT_EQ(std::vector<std::string>(found.begin(), found.end()), expected) << act;
  }
  EXPECT_GE(rows, 48);
}

TEST(Rosters, FollowOneAnotherByTheQuorumOfTheOneBefore) {
  Story story;
  story.Begin();
  const Json second =
      RosterJson(2, 3, RosterHash(story.roster), {&story.anna, &story.bert, &story.eve});
  story.ProposeRoster(story.anna, second);
  story.SignRoster(story.cleo, second);  // of the version before, not of this one
  EXPECT_EQ(story.Verify().roster_version, 1);
  story.SignRoster(story.dora, second);
  ExpectGood(story);
  EXPECT_EQ(story.Verify().roster_version, 2);
  story.log.AddBy(story.cleo, "claim add", Json::MakeObject(), "claim.added", Json::MakeObject());
  ExpectBad(story, "`p-c` is not in the roster in force, version 2");
}

TEST(Rosters, TheFirstMayBeProposedByTheOperatorAndAgain) {
  Story story;
  story.Initialise();
  story.log.Add("roster.proposed", "operator",
                story.log.Act(story.eve, "roster propose", Json::Of({{"roster", story.roster}})),
                Json::Of({{"roster", story.roster}, {"hash", RosterHash(story.roster)}}));
  const Json smaller = RosterJson(1, 2, nullptr, {&story.anna, &story.bert});
  story.log.Add("roster.proposed", "operator",
                story.log.Act(story.eve, "roster propose", Json::Of({{"roster", smaller}})),
                Json::Of({{"roster", smaller}, {"hash", RosterHash(smaller)}}));
  story.SignRoster(story.anna, smaller);
  EXPECT_EQ(story.Verify().roster_version, 0);
  story.SignRoster(story.bert, smaller);
  ExpectGood(story);
  EXPECT_EQ(story.Verify().roster_version, 1);
}

TEST(Rosters, ThePinnedFirstOneMustComeIntoForce) {
  Story story;
  story.pin = RosterHash(story.roster);
  story.Initialise();
  EXPECT_EQ(story.Verify().problem_count, 1U);
  story.ProposeRoster(story.anna, story.roster);
  story.SignRoster(story.anna, story.roster);
  story.SignRoster(story.bert, story.roster);
  ExpectGood(story);
  story.pin = Plan('0');
  ExpectBad(story, "expected the first roster `" + Plan('0') + "`");
}

TEST(Rosters, AreRefusedWhenAnyRuleIsBroken) {
  const auto proposal = [](std::function<Json(Story&)> make) {
    return [make = std::move(make)](Story& story) {
      story.Begin();
      const Json json = make(story);
      story.log.AddBy(story.anna, "roster propose", Json::Of({{"roster", json}}), "roster.proposed",
                      Json::Of({{"roster", json}, {"hash", RosterHash(json)}}));
    };
  };
  ExpectAllBad({
      {"expected roster version 2, found 3", proposal([](Story& story) {
         return RosterJson(3, 2, RosterHash(story.roster), {&story.anna, &story.bert});
       })},
      {"expected the previous roster", proposal([](Story& story) {
         return RosterJson(2, 2, nullptr, {&story.anna, &story.bert});
       })},
      {"expected a quorum of 2 to 2 people, found 1", proposal([](Story& story) {
         return RosterJson(2, 1, RosterHash(story.roster), {&story.anna, &story.bert});
       })},
      {"expected a quorum of 2 to 2 people, found 3", proposal([](Story& story) {
         return RosterJson(2, 3, RosterHash(story.roster), {&story.anna, &story.bert});
       })},
      {"out of order, or in the roster twice", proposal([](Story& story) {
         return RosterJson(2, 2, RosterHash(story.roster), {&story.anna, &story.anna});
       })},
      {"out of order, or in the roster twice", proposal([](Story& story) {
         return RosterJson(2, 2, RosterHash(story.roster), {&story.bert, &story.anna});
       })},
      {"belongs to somebody else too", proposal([](Story& story) {
         const TestPerson twin = MakePerson("p-z", 1, {"decider"});
         return RosterJson(2, 2, RosterHash(story.roster), {&story.anna, &twin});
       })},
      {"unknown role `king`", proposal([](Story& story) {
         const TestPerson king = MakePerson("p-k", 9, {"king"});
         return RosterJson(2, 2, RosterHash(story.roster), {&story.anna, &king});
       })},
      {"in alphabetical order", proposal([](Story& story) {
         const TestPerson none = MakePerson("p-k", 9, {});
         return RosterJson(2, 2, RosterHash(story.roster), {&story.anna, &none});
       })},
      {"begins with `p-`", proposal([](Story& story) {
         const TestPerson named = MakePerson("anna", 9, {"decider"});
         return RosterJson(2, 2, RosterHash(story.roster), {&named, &story.bert});
       })},
      {"unknown member `more` in the roster", proposal([](Story& story) {
         Json json = RosterJson(2, 2, RosterHash(story.roster), {&story.anna, &story.bert});
         json["more"] = 1;
         return json;
       })},
  });
}

TEST(Rosters, AreRefusedUnlessTheirOwnActProposesThem) {
  ExpectAllBad({
      {"expected the roster hash",
       [](Story& story) {
         story.Begin();
         const Json json = RosterJson(2, 2, RosterHash(story.roster), {&story.anna, &story.bert});
         story.log.AddBy(story.anna, "roster propose", Json::Of({{"roster", json}}),
                         "roster.proposed", Json::Of({{"roster", json}, {"hash", Plan('0')}}));
       }},
      {"the act is about another roster",
       [](Story& story) {
         story.Begin();
         const Json json = RosterJson(2, 2, RosterHash(story.roster), {&story.anna, &story.bert});
         story.log.AddBy(story.anna, "roster propose", Json::Of({{"roster", story.roster}}),
                         "roster.proposed",
                         Json::Of({{"roster", json}, {"hash", RosterHash(json)}}));
       }},
      {"to have the role administrator",
       [](Story& story) {
         story.Begin();
         story.ProposeRoster(
             story.bert, RosterJson(2, 2, RosterHash(story.roster), {&story.anna, &story.bert}));
       }},
      {"`p-e` is not in the roster in force",
       [](Story& story) {
         story.Begin();
         story.ProposeRoster(
             story.eve, RosterJson(2, 2, RosterHash(story.roster), {&story.anna, &story.bert}));
       }},
      {"expected a signed act, found none",
       [](Story& story) {
         story.Initialise();
         story.log.Add("roster.proposed", "operator", nullptr,
                       Json::Of({{"roster", story.roster}, {"hash", RosterHash(story.roster)}}));
       }},
      {"expected a signed act, found none",
       [](Story& story) {
         story.Begin();
         const Json json = RosterJson(2, 2, RosterHash(story.roster), {&story.anna, &story.bert});
         story.log.Add("roster.proposed", "operator", nullptr,
                       Json::Of({{"roster", json}, {"hash", RosterHash(json)}}));
       }},
  });
}

TEST(Rosters, SignaturesAreRefusedWhenAnyRuleIsBroken) {
  ExpectAllBad({
      {"is not by a person of the roster that must sign",
       [](Story& story) {
         story.Initialise();
         story.ProposeRoster(story.anna, story.roster);
         story.SignRoster(story.eve, story.roster);
       }},
      {"has signed this roster already",
       [](Story& story) {
         story.Initialise();
         story.ProposeRoster(story.anna, story.roster);
         story.SignRoster(story.anna, story.roster);
         story.SignRoster(story.anna, story.roster);
       }},
      {"which is not the one proposed",
       [](Story& story) {
         story.Begin();
         story.SignRoster(story.cleo, story.roster);
       }},
      {"the act is about another roster",
       [](Story& story) {
         story.Initialise();
         story.ProposeRoster(story.anna, story.roster);
         story.log.AddBy(story.anna, "roster sign", Json::Of({{"hash", Plan('0')}, {"version", 1}}),
                         "roster.signed",
                         Json::Of({{"hash", RosterHash(story.roster)}, {"version", 1}}));
       }},
      {"expected a signed act, found none",
       [](Story& story) {
         story.Initialise();
         story.ProposeRoster(story.anna, story.roster);
         story.log.Add("roster.signed", "p-a", nullptr,
                       Json::Of({{"hash", RosterHash(story.roster)}, {"version", 1}}));
       }},
  });
}

TEST(Terms, AreImportedByAnAdministratorOnceARosterIsInForce) {
  Story story;
  story.Initialise();
  story.log.Add("terms.imported", "operator", nullptr, Story::Terms(2, 2));
  ExpectGood(story);
  ExpectAllBad({
      {"expected a signed act, found none",
       [](Story& told) {
         told.Begin();
         told.log.Add("terms.imported", "operator", nullptr, Story::Terms(2, 2));
       }},
      {"to have the role administrator",
       [](Story& told) {
         told.Begin();
         told.log.AddBy(told.bert, "import terms", Json::MakeObject(), "terms.imported",
                        Story::Terms(2, 2));
       }},
      {"are in the log already, otherwise",
       [](Story& told) {
         told.Begin();
         told.ImportTerms(3);
       }},
      {"expected quorums of 2 or more",
       [](Story& told) {
         told.Initialise();
         told.log.Add("terms.imported", "operator", nullptr, Story::Terms(2, 1));
       }},
  });
}

TEST(Decisions, AreNotAdoptedWithoutPlanStatementAndQuorum) {
  ExpectAllBad({
      {"was not proposed before",
       [](Story& story) {
         story.Begin();
         story.Adopt(story.cleo);
       }},
      {"was not planned before",
       [](Story& story) {
         story.Begin();
         story.Propose(story.dora);
         story.Adopt(story.cleo);
       }},
      {"expected a statement about the plan before",
       [](Story& story) {
         story.Begin();
         story.Propose(story.dora);
         story.MakePlan(story.anna);
         story.Sign(story.bert);
         story.Sign(story.cleo);
         story.Adopt(story.cleo);
       }},
      {"expected 2 valid signatures of the plan, found 1",
       [](Story& story) {
         story.Begin();
         story.Propose(story.dora);
         story.MakePlan(story.anna);
         story.Sign(story.bert);
         story.State(story.dora);
         story.Adopt(story.cleo);
       }},
      {"expected 2 valid signatures of the plan, found 0",  // a new plan voids the signatures
       [](Story& story) {
         story.Decide();
         story.MakePlan(story.anna, '2');
         story.State(story.dora, '2');
         story.Adopt(story.cleo, '2');
       }},
  });
}

TEST(Decisions, AreNotAdoptedForAnotherPlanOrByTheWrongPerson) {
  ExpectAllBad({
      {"expected a statement about the plan before",  // a new plan voids the statement
       [](Story& story) {
         story.Decide();
         story.MakePlan(story.anna, '2');
         story.Sign(story.bert, '2');
         story.Sign(story.cleo, '2');
         story.Adopt(story.cleo, '2');
       }},
      {"expected the plan `" + Plan('1') + "`, found `" + Plan('2') + "`",
       [](Story& story) {
         story.Decide();
         story.Adopt(story.cleo, '2');
       }},
      {"the act is about another plan",
       [](Story& story) {
         story.Decide();
         story.log.AddBy(story.cleo, "decision adopt", Story::About("decision-1", '2'),
                         "decision.adopted", Story::About("decision-1", '1'));
       }},
      {"is adopted already",
       [](Story& story) {
         story.Decide();
         story.Adopt(story.cleo);
         story.Adopt(story.bert);
       }},
      {"to have the role decider or enforcer",
       [](Story& story) {
         story.Decide();
         story.Adopt(story.dora);
       }},
      {"expected a signed act, found none",
       [](Story& story) {
         story.Decide();
         story.log.Add("decision.adopted", "operator", nullptr, Story::About("decision-1", '1'));
       }},
  });
}

TEST(Decisions, LoseTheSignaturesOfPeopleWhoMayNotSignAnyMore) {
  Story story;
  story.Decide();
  const Json second =
      RosterJson(2, 2, RosterHash(story.roster), {&story.anna, &story.cleo, &story.dora});
  story.ProposeRoster(story.anna, second);
  story.SignRoster(story.anna, second);
  story.SignRoster(story.bert, second);
  story.Adopt(story.cleo);
  ExpectBad(story, "expected 2 valid signatures of the plan, found 1");
}

TEST(Decisions, AreSignedByDistinctDecidersWhoDidNotPrepareThem) {
  const auto planned = [](std::function<void(Story&)> then) {
    return [then = std::move(then)](Story& story) {
      story.Begin();
      story.Propose(story.anna);
      story.MakePlan(story.dora);
      then(story);
    };
  };
  ExpectAllBad({
      {"`p-a` prepared the decision and signs it",
       planned([](Story& story) { story.Sign(story.anna); })},
      {"to have the role decider", planned([](Story& story) { story.Sign(story.dora); })},
      {"`p-e` is not in the roster in force", planned([](Story& story) { story.Sign(story.eve); })},
      {"`p-b` has signed this plan already", planned([](Story& story) {
         story.Sign(story.bert);
         story.Sign(story.bert);
       })},
      {"expected the plan", planned([](Story& story) { story.Sign(story.bert, '2'); })},
      {"the act is about another plan", planned([](Story& story) {
         story.log.AddBy(story.bert, "decision sign", Story::About("decision-2", '1'),
                         "decision.signed", Story::About("decision-1", '1'));
       })},
  });
}

TEST(Decisions, ArePlannedWithTheQuorumOfTheirTerms) {
  const auto planned = [](std::string_view member, Json value) {
    return [member, value = std::move(value)](Story& story) {
      story.Begin();
      story.Propose(story.dora);
      Json data = Story::PlanData("decision-1", '1');
      data[member] = value;
      story.log.AddBy(story.anna, "decision plan", Json::MakeObject(), "decision.planned", data);
    };
  };
  ExpectAllBad({
      {"expected the quorum of terms `aup@3`, 2, found 3", planned("quorum", 3)},
      {"expected the quorum of terms `aup@3`, 2, found 1", planned("quorum", 1)},
      {"terms `aup@4` were not imported before", planned("terms", "aup@4")},
      {"expected the kind `restrict`, found `lift`", planned("kind", "lift")},
      {"expected `plan_hash` as a SHA-256", planned("plan_hash", "00")},
      {"decision `decision-9` was not proposed before", planned("decision", "decision-9")},
  });
}

TEST(Decisions, AreLiftedInAnEmergencyByOnePersonWithAnAlarm) {
  const auto adopted = [](std::function<void(Story&)> then) {
    return [then = std::move(then)](Story& story) {
      story.Decide();
      story.Adopt(story.cleo);
      then(story);
    };
  };
  const Json about = Json::Of({{"decision", "decision-1"}});
  const std::string act = "decision lift emergency";
  const std::string type = "decision.lifted_in_emergency";
  ExpectAllBad({
      {"the decision is not in force",
       [](Story& story) {
         story.Decide();
         story.LiftInEmergency(story.cleo);
       }},
      {"the decision is not in force", adopted([](Story& story) {
         story.LiftInEmergency(story.cleo);
         story.LiftInEmergency(story.bert);
       })},
      {"to have the role decider or enforcer",
       adopted([](Story& story) { story.LiftInEmergency(story.dora); })},
      {"expected the `alarm` to be raised", adopted([=](Story& story) {
         story.log.AddBy(story.cleo, act, about, type,
                         Json::Of({{"decision", "decision-1"}, {"alarm", false}}));
       })},
      {"the act is about another decision", adopted([=](Story& story) {
         story.log.AddBy(story.cleo, act, Json::Of({{"decision", "decision-2"}}), type,
                         Json::Of({{"decision", "decision-1"}, {"alarm", true}}));
       })},
      {"expected a signed act, found none", adopted([=](Story& story) {
         story.log.Add(type, "operator", nullptr,
                       Json::Of({{"decision", "decision-1"}, {"alarm", true}}));
       })},
  });
}

TEST(Log, SaysItsOwnKeyInItsFirstEntryOnly) {
  ExpectAllBad({
      {"expected the log",
       [](Story& story) {
         story.log.Add("log.initialised", "operator", nullptr,
                       Json::Of({{"origin", "log.example.com/x"}, {"vkey", story.log.vkey()}}));
       }},
      {"expected at index 0 only",
       [](Story& story) {
         story.Initialise();
         story.Initialise();
       }},
  });
}

// Envelopes.
Json Envelope() {
  return Json::Of({{"act", nullptr},
                   {"actor", "operator"},
                   {"addenda", Json::MakeArray()},
                   {"case", "case-1"},
                   {"data", Json::MakeObject()},
                   {"time", "2026-11-22T09:30:00.000Z"},
                   {"type", "test.filled"},
                   {"v", 1}});
}

struct EnvelopeDamage {
  std::string why;
  std::string member;
  Json value;
};

TEST(Entries, HaveTheKnownMembersInTheirForms) {
  Story good;
  good.log.AddEnvelope(Envelope(), 0);
  ExpectGood(good);
  const std::vector<EnvelopeDamage> damages = {
      {"expected `v` to be 1", "v", 2},
      {"unknown member `more`", "more", 1},
      {"expected `act` to be an object or null", "act", "x"},
      {"expected `actor` to be a text", "actor", ""},
      {"expected `actor` to be a text", "actor", 1},
      {"expected `case` to be a text", "case", nullptr},
      {"expected `data` to be an object", "data", Json::MakeArray()},
      {"expected `type` to be a text", "type", nullptr},
      {"expected `time` to be a time", "time", "2026-11-22T09:30:00Z"},
      {"expected `time` to be a time", "time", "2026-02-30T09:30:00.000Z"},
      {"expected `time` to be a time", "time", "2026-11-22T24:30:00.000Z"},
      {"expected `time` to be a time", "time", 0},
      {"expected `addenda` to be different texts in order", "addenda", nullptr},
      {"expected `addenda` to be different texts in order", "addenda", Json(Json::Array{1})},
      {"expected as many addenda as names", "addenda", Json(Json::Array{"a"})},
  };
  for (const EnvelopeDamage& each : damages) {
    Story story;
    Json envelope = Envelope();
    envelope[each.member] = each.value;
    story.log.AddEnvelope(envelope, 0);
    const VerifyReport report = story.Verify();
    ASSERT_EQ(report.problem_count, 1U) << each.why;
    EXPECT_NE(report.problems[0].find("entry 0 (`tile/entries/000.p/1`): " + each.why),
              std::string::npos)
        << report.problems[0];
  }
  for (const char* member : {"act", "actor", "addenda", "data", "time", "type", "v"}) {
    Story story;
    Json::Object members = *Envelope().AsObject();
    members.erase(member);
    story.log.AddEnvelope(Json(members), 0);
    const VerifyReport report = story.Verify();
    ASSERT_EQ(report.problem_count, 1U) << member;
    EXPECT_NE(report.problems[0].find("`" + std::string(member) + "` is missing"),
              std::string::npos)
        << report.problems[0];
  }
}

struct AddendaCase {
  std::size_t digests;
  Json names;
  bool good;
};

TEST(Entries, HaveAsManyAddendaAsTheyNameInOrder) {
  const std::vector<AddendaCase> cases = {
      {0, Json::MakeArray(), true},
      {1, Json(Json::Array{"a"}), true},
      {2, Json(Json::Array{"a", "b,\"]"}), true},
      {2, Json(Json::Array{"a", "a"}), false},
      {2, Json(Json::Array{"b", "a"}), false},
      {3, Json(Json::Array{"a", "ab", "b"}), true},
      {1, Json(Json::Array{"a", "b"}), false},
      {1, Json(Json::Array{""}), false},
      {1, Json::MakeArray(), false},
  };
  for (const AddendaCase& each : cases) {
    Story story;
    Json envelope = Envelope();
    envelope["addenda"] = each.names;
    story.log.AddEnvelope(envelope, each.digests);
    EXPECT_EQ(story.Verify().ok, each.good) << each.names.Canonical() << each.digests;
  }
}

TEST(Entries, AreCanonicalJsonThenDigestsThenTheirIndex) {
  Story story;
  Json envelope = Envelope();
  envelope["addenda"] = Json(Json::Array{"a", "b"});
  story.log.AddEnvelope(envelope, 2);
  const Bytes good = story.log.entry(0);
  ExpectGood(story);
  const std::size_t json_size = good.size() - 1 - 2 * 36;
  const auto problem = [&](const Bytes& entry) {
    story.log.entry(0) = entry;
    const VerifyReport report = story.Verify();
    return report.problems.empty() ? std::string() : report.problems[0];
  };
  Bytes spaced = good;
  spaced.insert(spaced.begin() + 1, ' ');
  EXPECT_NE(problem(spaced), "");
  Bytes offset = good;
  offset[offset.size() - 6] ^= 1U;
  EXPECT_NE(problem(offset).find("addendum 0: expected its digest at " + std::to_string(json_size)),
            std::string::npos);
  Bytes count = good;
  count.back() = 200;
  EXPECT_NE(problem(count).find("of 200 addenda"), std::string::npos);
  EXPECT_NE(problem(Bytes()).find("expected an index of addenda"), std::string::npos);
  Bytes json(good.begin(), good.begin() + static_cast<std::ptrdiff_t>(json_size));
  json.push_back(0);
  EXPECT_NE(problem(json).find("found 0 and 2"), std::string::npos);
  const std::string_view text = "{\"actor\":\"operator\",\"act\":null}";
  Bytes unsorted(text.begin(), text.end());
  unsorted.push_back(0);
  EXPECT_NE(problem(unsorted).find("not canonical JSON: byte "), std::string::npos);
}

}  // namespace
}  // namespace proviso::verifier

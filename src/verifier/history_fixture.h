#pragma once

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/json.h"
#include "io/files/file_system.h"
#include "io/files/temporary_folder.h"
#include "verifier/test_log.h"
#include "verifier/verify.h"

namespace proviso::verifier {

inline TestPerson MakePerson(std::string pseudonym, std::uint8_t seed,
                             std::vector<std::string> roles) {
  std::array<std::uint8_t, 32> bytes{};
  bytes.fill(seed);
  return {std::move(pseudonym), crypto::PrivateKey::FromSeed(bytes), std::move(roles)};
}

inline std::string Plan(char digit) { return std::string(64, digit); }

// A log with a roster in force, terms, and a decision on its way; each test takes its own turn.
struct Story {
  TestLog log;
  TestPerson anna = MakePerson("p-a", 1, {"administrator", "decider", "reviewer"});
  TestPerson bert = MakePerson("p-b", 2, {"decider"});
  TestPerson cleo = MakePerson("p-c", 3, {"decider", "enforcer"});
  TestPerson dora = MakePerson("p-d", 4, {"reviewer"});
  TestPerson eve = MakePerson("p-e", 5, {"decider"});  // in no roster
  Json roster = RosterJson(1, 2, nullptr, {&anna, &bert, &cleo, &dora});
  std::optional<std::string> pin;

  void Initialise() {
    log.Add("log.initialised", "operator", nullptr,
            Json::Of({{"origin", log.origin()}, {"vkey", log.vkey()}}), {"pseudonym_key"});
  }
  void ProposeRoster(const TestPerson& by, const Json& json) {
    log.AddBy(by, "roster propose", Json::Of({{"roster", json}}), "roster.proposed",
              Json::Of({{"roster", json}, {"hash", RosterHash(json)}}));
  }
  void SignRoster(const TestPerson& by, const Json& json) {
    const Json args = Json::Of({{"hash", RosterHash(json)}, {"version", *json.Find("version")}});
    log.AddBy(by, "roster sign", args, "roster.signed", args);
  }
  void ImportTerms(std::int64_t decision_quorum = 2, std::int64_t lift_quorum = 2) {
    log.AddBy(anna, "import terms", Json::MakeObject(), "terms.imported",
              Terms(decision_quorum, lift_quorum));
  }
  static Json Terms(std::int64_t decision_quorum, std::int64_t lift_quorum) {
    return Json::Of({{"terms", "aup"},
                     {"version", "3"},
                     {"digest", Plan('d')},
                     {"quorum", Json::Of({{"decision", decision_quorum}, {"lift", lift_quorum}})}});
  }
  void Begin() {
    Initialise();
    ProposeRoster(anna, roster);
    SignRoster(anna, roster);
    SignRoster(bert, roster);
    ImportTerms();
  }
  void Propose(const TestPerson& by, const std::string& id = "decision-1") {
    log.AddBy(by, "decision propose", Json::MakeObject(), "decision.proposed",
              Json::Of({{"decision", id}, {"kind", "interim"}}));
  }
  static Json PlanData(const std::string& id, char plan, std::string_view kind = "restrict") {
    return Json::Of({{"decision", id},
                     {"kind", kind},
                     {"plan_hash", Plan(plan)},
                     {"quorum", 2},
                     {"terms", "aup@3"}});
  }
  void MakePlan(const TestPerson& by, char plan = '1', const std::string& id = "decision-1") {
    log.AddBy(by, "decision plan", Json::MakeObject(), "decision.planned", PlanData(id, plan));
  }
  static Json About(const std::string& id, char plan) {
    return Json::Of({{"decision", id}, {"plan_hash", Plan(plan)}});
  }
  void Sign(const TestPerson& by, char plan = '1', const std::string& id = "decision-1") {
    log.AddBy(by, "decision sign", About(id, plan), "decision.signed", About(id, plan));
  }
  void State(const TestPerson& by, char plan = '1', const std::string& id = "decision-1") {
    Json data = About(id, plan);
    data["statement_sha256"] = Plan('5');
    log.AddBy(by, "statement issue", Json::MakeObject(), "statement.issued", data);
  }
  void Adopt(const TestPerson& by, char plan = '1', const std::string& id = "decision-1") {
    log.AddBy(by, "decision adopt", About(id, plan), "decision.adopted", About(id, plan));
  }
  // Everything up to a decision that is ready to be adopted.
  void Decide() {
    Begin();
    Propose(dora);
    MakePlan(anna);
    Sign(bert);
    Sign(cleo);
    State(dora);
  }
  void Withdraw(const TestPerson& by) {
    log.AddBy(by, "decision withdraw", Json::MakeObject(), "decision.withdrawn",
              Json::Of({{"decision", "decision-1"}}));
  }
  void LiftInEmergency(const TestPerson& by) {
    log.AddBy(by, "decision lift emergency", Json::Of({{"decision", "decision-1"}}),
              "decision.lifted_in_emergency",
              Json::Of({{"decision", "decision-1"}, {"alarm", true}}));
  }
  void ReviewLift(const TestPerson& by) {
    log.AddBy(by, "decision review", Json::MakeObject(), "decision.lift_reviewed",
              Json::Of({{"decision", "decision-1"}, {"outcome", "confirmed"}}));
  }

  VerifyReport Verify() const {
    const auto temporary = io::TemporaryFolder::Make().value();
    log.WriteTo(temporary.path());
    io::PosixFileSystem files;
    return VerifyLog(files, temporary.path(), {.vkey = log.vkey(), .first_roster_hash = pin})
        .value();
  }
};

inline void ExpectGood(const Story& story) {
  const VerifyReport report = story.Verify();
  EXPECT_TRUE(report.ok) << (report.problems.empty() ? "" : report.problems[0]);
}

// The story's last entry is what is wrong, and nothing else.
inline void ExpectBad(const Story& story, std::string_view why) {
  const VerifyReport report = story.Verify();
  ASSERT_EQ(report.problem_count, 1U) << why << (report.ok ? "" : "\n" + report.problems[0]);
  const std::string place = "entry " + std::to_string(story.log.size() - 1) + " (`";
  EXPECT_TRUE(report.problems[0].starts_with(place)) << report.problems[0];
  EXPECT_NE(report.problems[0].find(why), std::string::npos) << report.problems[0];
}

// Stories that go wrong in their last entry, each with words of the problem.
struct Wrong {
  std::string why;
  std::function<void(Story&)> tell;
};
inline void ExpectAllBad(const std::vector<Wrong>& wrongs) {
  for (const Wrong& wrong : wrongs) {
    Story story;
    wrong.tell(story);
    ExpectBad(story, wrong.why);
  }
}

}  // namespace proviso::verifier

#include "enforcement/roster.h"

#include <gtest/gtest.h>

#include <array>
#include <fstream>
#include <functional>
#include <sstream>

#include "base/bytes.h"

namespace proviso::enforcement {
namespace {

constexpr std::string_view kPseudonymKey = "a pseudonym key for tests only";

crypto::PublicKey KeyOf(std::uint8_t byte) {
  std::array<std::uint8_t, 32> seed{};
  seed.fill(byte);
  return crypto::PrivateKey::FromSeed(seed).Public();
}

Person MakePerson(const std::string& digit, std::uint8_t key, std::set<Role> roles) {
  return {.pseudonym = "p-" + std::string(11, '0') + digit,
          .id = "person" + digit,
          .name = "Person " + digit,
          .key = KeyOf(key),
          .roles = std::move(roles)};
}

// Three people, of whom two must sign the next version; person 1 administers.
Roster First() {
  return {.version = 1,
          .quorum = 2,
          .previous = std::nullopt,
          .people = {MakePerson("1", 1, {Role::kAdministrator, Role::kDecider}),
                     MakePerson("2", 2, {Role::kDecider}), MakePerson("3", 3, {Role::kReviewer})}};
}

Roster After(const Roster& previous) {
  Roster next = previous;
  next.version = previous.version + 1;
  next.previous = previous.ComputeHash();
  return next;
}

RecordedEvent Record(Event event, std::string actor) {
  RecordedEvent recorded;
  recorded.actor = std::move(actor);
  recorded.event = std::move(event);
  return recorded;
}

// A state with the first roster in force.
RosterState InForce() {
  RosterState state;
  const Roster first = First();
  EXPECT_TRUE(state.Apply(Record(state.Propose(first, nullptr).value(), "operator")));
  for (const std::size_t i : {0U, 1U}) {
    const Person& person = first.people[i];
    EXPECT_TRUE(state.Apply(
        Record(state.Sign(first.ComputeHash().Hex(), person.key).value(), person.pseudonym)));
  }
  return state;
}

TEST(RosterState, PutsTheFirstInForceWhenItsOwnQuorumHasSigned) {
  RosterState state;
  const Roster first = First();
  const std::string hash = first.ComputeHash().Hex();
  ASSERT_TRUE(state.Apply(Record(state.Propose(first, nullptr).value(), "operator")));
  EXPECT_EQ(state.current(), nullptr);
  ASSERT_TRUE(state.Apply(Record(state.Sign(hash, KeyOf(1)).value(), "p-000000000001")));
  EXPECT_EQ(state.current(), nullptr);
  EXPECT_EQ(state.signed_by(), std::vector<std::string>{"p-000000000001"});
  ASSERT_TRUE(state.Apply(Record(state.Sign(hash, KeyOf(3)).value(), "p-000000000003")));
  ASSERT_NE(state.current(), nullptr);
  EXPECT_EQ(state.current()->ComputeHash().Hex(), hash);
  EXPECT_EQ(state.proposed(), nullptr);
  EXPECT_TRUE(state.signed_by().empty());
}

TEST(RosterState, NeedsTheQuorumOfTheVersionBefore) {
  RosterState state = InForce();
  Roster next = After(First());
  next.people = {MakePerson("7", 7, {Role::kAdministrator}), MakePerson("8", 8, {Role::kDecider})};
  const std::string hash = next.ComputeHash().Hex();
  const Person* proposer = state.current()->FindByKey(KeyOf(1));
  ASSERT_TRUE(state.Apply(Record(state.Propose(next, proposer).value(), proposer->pseudonym)));
  // Those who would come in cannot vote themselves in.
  EXPECT_EQ(state.Sign(hash, KeyOf(7)).error().code(), ErrorCode::kPermissionDenied);
  ASSERT_TRUE(state.Apply(Record(state.Sign(hash, KeyOf(2)).value(), "p-000000000002")));
  EXPECT_EQ(state.current()->version, 1);
  ASSERT_TRUE(state.Apply(Record(state.Sign(hash, KeyOf(3)).value(), "p-000000000003")));
  EXPECT_EQ(state.current()->version, 2);
  EXPECT_EQ(state.current()->FindByKey(KeyOf(1)), nullptr);
}

TEST(RosterState, CountsNobodyTwice) {
  RosterState state;
  const Roster first = First();
  const std::string hash = first.ComputeHash().Hex();
  ASSERT_TRUE(state.Apply(Record(state.Propose(first, nullptr).value(), "operator")));
  const Event signature = state.Sign(hash, KeyOf(1)).value();
  ASSERT_TRUE(state.Apply(Record(signature, "p-000000000001")));
  const Result<Event> again = state.Sign(hash, KeyOf(1));
  EXPECT_EQ(again.error().code(), ErrorCode::kAlreadyExists);
  EXPECT_EQ(again.error().message(), "`Person 1 (p-000000000001)` has signed already");
  ASSERT_TRUE(state.Apply(Record(signature, "p-000000000001")));
  EXPECT_EQ(state.current(), nullptr);
}

TEST(Person, IsCalledByNameAndElseById) {
  Person person = MakePerson("1", 1, {Role::kReviewer});
  EXPECT_EQ(person.Called(), "Person 1 (p-000000000001)");
  person.name.clear();
  EXPECT_EQ(person.Called(), "person1 (p-000000000001)");
  person.id.clear();
  EXPECT_EQ(person.Called(), "p-000000000001");
}

TEST(RosterState, DropsSignaturesWhenAnotherProposalReplacesTheFirst) {
  RosterState state;
  const Roster first = First();
  Roster other = First();
  other.people[2].roles = {Role::kAuditor};
  ASSERT_TRUE(state.Apply(Record(state.Propose(first, nullptr).value(), "operator")));
  ASSERT_TRUE(state.Apply(
      Record(state.Sign(first.ComputeHash().Hex(), KeyOf(1)).value(), "p-000000000001")));
  ASSERT_TRUE(state.Apply(Record(state.Propose(other, nullptr).value(), "operator")));
  EXPECT_TRUE(state.signed_by().empty());
  EXPECT_EQ(state.Sign(first.ComputeHash().Hex(), KeyOf(2)).error().code(),
            ErrorCode::kFailedPrecondition);
}

struct Refusal {
  const char* rule;
  std::function<void(Roster&)> change;
  const char* says;
};

TEST(RosterState, RefusesProposalsThatBreakARule) {
  const std::vector<Refusal> refusals = {
      {"skips a version", [](Roster& r) { r.version = 3; }, "expected roster version 2, found 3"},
      {"repeats a version", [](Roster& r) { r.version = 1; }, "expected roster version 2, found 1"},
      {"no previous", [](Roster& r) { r.previous.reset(); }, "found none"},
      {"wrong previous", [](Roster& r) { r.previous->bytes[0] ^= 1; },
       "expected the previous hash"},
      {"key twice", [](Roster& r) { r.people[1].key = r.people[0].key; }, "belongs to two people"},
      {"pseudonym twice", [](Roster& r) { r.people[1].pseudonym = r.people[0].pseudonym; },
       "in the roster twice"},
      {"id twice", [](Roster& r) { r.people[1].id = r.people[0].id; }, "in the roster twice"},
      {"quorum of one", [](Roster& r) { r.quorum = 1; }, "expected a quorum of 2 or more, found 1"},
      {"quorum too large", [](Roster& r) { r.quorum = 4; }, "needs as many people, found 3"},
      {"nobody", [](Roster& r) { r.people.clear(); }, "needs as many people, found 0"},
      {"no role", [](Roster& r) { r.people[2].roles.clear(); }, "has no role"}};
  const RosterState state = InForce();
  const Person* proposer = state.current()->FindByKey(KeyOf(1));
  ASSERT_TRUE(state.Propose(After(First()), proposer));
  for (const Refusal& refusal : refusals) {
    Roster next = After(First());
    refusal.change(next);
    const auto event = state.Propose(next, proposer);
    ASSERT_FALSE(event) << refusal.rule;
    EXPECT_EQ(event.error().code(), ErrorCode::kFailedPrecondition) << refusal.rule;
    EXPECT_NE(event.error().message().find(refusal.says), std::string::npos)
        << refusal.rule << ": " << event.error().message();
  }
}

TEST(RosterState, LetsOnlyAnAdministratorInOfficePropose) {
  const RosterState state = InForce();
  const Roster next = After(First());
  const Person stranger = MakePerson("9", 9, {Role::kAdministrator});
  for (const Person* by :
       {static_cast<const Person*>(nullptr), &stranger, state.current()->FindByKey(KeyOf(2))}) {
    const auto event = state.Propose(next, by);
    ASSERT_FALSE(event);
    EXPECT_EQ(event.error().code(), ErrorCode::kPermissionDenied);
  }
}

TEST(RosterState, RefusesASignatureWithoutAProposal) {
  const RosterState state = InForce();
  EXPECT_EQ(state.Sign(First().ComputeHash().Hex(), KeyOf(1)).error().code(),
            ErrorCode::kFailedPrecondition);
}

TEST(RosterState, ReportsLogEntriesThatCannotBe) {
  RosterState state = InForce();
  const Event stray{.type = "roster.signed",
                    .open = Json::Of({{"version", 2}, {"hash", std::string(64, '0')}}),
                    .sealed = {}};
  EXPECT_EQ(state.Apply(Record(stray, "p-000000000001")).error().code(), ErrorCode::kDataLoss);
  const Roster next = After(First());
  ASSERT_TRUE(state.Apply(
      Record(state.Propose(next, state.current()->FindByKey(KeyOf(1))).value(), "p-000000000001")));
  const Event signature = state.Sign(next.ComputeHash().Hex(), KeyOf(2)).value();
  EXPECT_EQ(state.Apply(Record(signature, "p-00000000000f")).error().code(), ErrorCode::kDataLoss);
}

TEST(RosterState, IgnoresOtherEvents) {
  RosterState state = InForce();
  EXPECT_TRUE(
      state.Apply(Record({.type = "claim.added", .open = Json::MakeObject(), .sealed = {}}, "x")));
  EXPECT_EQ(state.current()->version, 1);
}

TEST(Roster, HashDoesNotDependOnTheOrderOfPeople) {
  Roster other = First();
  std::swap(other.people[0], other.people[2]);
  EXPECT_EQ(other.ComputeHash(), First().ComputeHash());
}

TEST(Roster, HashCoversWhatTheLogShowsAndNothingElse) {
  const std::vector<std::function<void(Roster&)>> covered = {
      [](Roster& r) { r.version = 2; },
      [](Roster& r) { r.quorum = 3; },
      [](Roster& r) { r.previous = crypto::Hash{}; },
      [](Roster& r) { r.people[0].pseudonym[2] = 'f'; },
      [](Roster& r) { r.people[0].key = KeyOf(9); },
      [](Roster& r) { r.people[0].roles.insert(Role::kAuditor); },
      [](Roster& r) { r.people.pop_back(); }};
  for (const auto& change : covered) {
    Roster changed = First();
    change(changed);
    EXPECT_NE(changed.ComputeHash(), First().ComputeHash());
  }
  Roster erased = First();
  erased.people[0].id.clear();
  erased.people[0].name.clear();
  EXPECT_EQ(erased.ComputeHash(), First().ComputeHash());
}

TEST(Roster, RoundTripsThroughJsonWithAndWithoutNames) {
  const Roster first = First();
  const Json names = first.SealedJson();
  const Roster read = Roster::FromJson(first.OpenJson(), &names).value();
  EXPECT_EQ(read.OpenJson(), first.OpenJson());
  EXPECT_EQ(read.SealedJson(), names);
  const Roster erased = Roster::FromJson(first.OpenJson(), nullptr).value();
  EXPECT_EQ(erased.ComputeHash(), first.ComputeHash());
  EXPECT_EQ(erased.people[0].name, "");
  EXPECT_EQ(erased.SealedJson(), Json::MakeObject());
}

TEST(Roster, ShowsNoIdAndNoNameInTheLog) {
  const std::string open = First().OpenJson().Canonical();
  EXPECT_EQ(open.find("person1"), std::string::npos);
  EXPECT_EQ(open.find("Person"), std::string::npos);
}

TEST(Roster, RefusesOpenJsonThatItsHashWouldNotCover) {
  const std::vector<std::function<void(Json&)>> changes = {
      [](Json& j) { j["extra"] = 1; },
      [](Json& j) { j["people"] = Json::MakeObject(); },
      [](Json& j) { j["version"] = 0; },
      [](Json& j) { j["previous"] = "00"; },
      [](Json& j) { j["quorum"] = "2"; },
      [](Json& j) {
        Json::Array people = *j.Find("people")->AsArray();
        std::swap(people[0], people[1]);
        j["people"] = people;
      },
      [](Json& j) {
        Json::Array people = *j.Find("people")->AsArray();
        people[0]["roles"] = Json(Json::Array{"decider", "decider"});
        j["people"] = people;
      },
      [](Json& j) {
        Json::Array people = *j.Find("people")->AsArray();
        people[0]["pseudonym"] = "anna";
        j["people"] = people;
      }};
  for (std::size_t i = 0; i < changes.size(); ++i) {
    Json open = First().OpenJson();
    changes[i](open);
    EXPECT_FALSE(Roster::FromJson(open, nullptr)) << i;
  }
}

std::string Document(const std::string& name) {
  std::ifstream file(PROVISO_SOURCE_DIR "/docs/formats/" + name);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

TEST(Roster, ReadsTheExampleOfTheDocument) {
  const std::string document = Document("roster.md");
  const auto start = document.find("```yaml\n") + 8;
  const std::string yaml = document.substr(start, document.find("```", start) - start);
  const auto roster = Roster::FromYaml(yaml, "roster.yaml", AsBytes(kPseudonymKey));
  ASSERT_TRUE(roster) << roster.error().message();
  EXPECT_EQ(roster->quorum, 2);
  ASSERT_EQ(roster->people.size(), 2U);
  EXPECT_EQ(roster->people[0].id, "anna");
  EXPECT_EQ(roster->people[0].roles, (std::set<Role>{Role::kReviewer, Role::kDecider}));
  EXPECT_EQ(roster->people[1].name, "Bert Example");
}

TEST(Roster, ShowsInTheLogWhatTheDocumentSays) {
  const std::string document = Document("roster.md");
  const auto start = document.find("```json\n") + 8;
  const std::string text = document.substr(start, document.find('\n', start) - start);
  const Json open = ParseJson(text).value();
  EXPECT_EQ(open.Canonical(), text);
  const auto roster = Roster::FromJson(open, nullptr);
  ASSERT_TRUE(roster) << roster.error().message();
  EXPECT_NE(document.find("`" + roster->ComputeHash().Hex() + "`"), std::string::npos)
      << "the document gives another hash than " << roster->ComputeHash().Hex();
}

TEST(Roster, DerivesPseudonymsFromIdsUnderTheKey) {
  const std::string yaml = "quorum: 2\npeople:\n  - {id: anna, name: A, key: \"" +
                           KeyOf(1).ToText() + "\", roles: [decider]}\n  - {id: bert, name: B, " +
                           "key: \"" + KeyOf(2).ToText() + "\", roles: [decider]}\n";
  const auto roster = Roster::FromYaml(yaml, "roster.yaml", AsBytes(kPseudonymKey));
  ASSERT_TRUE(roster) << roster.error().message();
  const std::string mac = crypto::HmacSha256(AsBytes(kPseudonymKey), AsBytes("person:anna")).Hex();
  EXPECT_EQ(roster->people[0].pseudonym, "p-" + mac.substr(0, 12));
  const auto other = Roster::FromYaml(yaml, "roster.yaml", AsBytes("another key"));
  EXPECT_NE(other->people[0].pseudonym, roster->people[0].pseudonym);
}

TEST(Roster, RefusesFilesThatBreakARuleAndSaysWhere) {
  const std::string one = KeyOf(1).ToText();
  const std::string two = KeyOf(2).ToText();
  const auto person = [](const std::string& id, const std::string& key, const std::string& roles) {
    return "  - {id: " + id + ", name: X, key: \"" + key + "\", roles: " + roles + "}\n";
  };
  const std::string anna = person("anna", one, "[decider]");
  const std::string bert = person("bert", two, "[decider]");
  struct Case {
    const char* rule;
    std::string yaml;
    std::vector<const char*> says;
  };
  const std::vector<Case> cases = {
      {"quorum of one", "quorum: 1\npeople:\n" + anna + bert, {"r.yaml:1:", "quorum"}},
      {"no quorum", "people:\n" + anna + bert, {"quorum"}},
      {"quorum too large", "quorum: 3\npeople:\n" + anna + bert, {"r.yaml:1:", "found 2"}},
      {"nobody", "quorum: 2\npeople: []\n", {"people"}},
      {"same id",
       "quorum: 2\npeople:\n" + anna + person("anna", two, "[decider]"),
       {"r.yaml:4:", "`anna`", "line 3"}},
      {"same key",
       "quorum: 2\npeople:\n" + anna + person("bert", one, "[decider]"),
       {"r.yaml:4:", "the key of `anna`"}},
      {"unknown role",
       "quorum: 2\npeople:\n" + anna + person("bert", two, "[decidr]"),
       {"r.yaml:4:", "`decidr`", "did you mean `decider`"}},
      {"no role",
       "quorum: 2\npeople:\n" + anna + person("bert", two, "[]"),
       {"r.yaml:4:", "roles"}},
      {"bad key",
       "quorum: 2\npeople:\n" + anna + person("bert", "ed25519:AA", "[decider]"),
       {"r.yaml:4:", "44 base64 characters"}},
      {"bad id",
       "quorum: 2\npeople:\n" + anna + person("\"b ert\"", two, "[decider]"),
       {"r.yaml:4:", "id"}},
      {"unknown key", "quorum: 2\nversion: 1\npeople:\n" + anna + bert, {"r.yaml:2:", "`version`"}},
      {"two faults",
       "quorum: 1\npeople:\n" + anna + person("bert", two, "[decidr]"),
       {"r.yaml:1:", "r.yaml:4:"}}};
  for (const Case& test : cases) {
    const auto roster = Roster::FromYaml(test.yaml, "r.yaml", AsBytes(kPseudonymKey));
    ASSERT_FALSE(roster) << test.rule;
    EXPECT_EQ(roster.error().code(), ErrorCode::kInvalidArgument) << test.rule;
    for (const char* says : test.says) {
      EXPECT_NE(roster.error().message().find(says), std::string::npos)
          << test.rule << ": expected " << says << " in " << roster.error().message();
    }
  }
}

TEST(Roster, RoleNamesRoundTrip) {
  for (const Role role : {Role::kIntake, Role::kReviewer, Role::kDecider, Role::kEnforcer,
                          Role::kLiaison, Role::kAuditor, Role::kAdministrator}) {
    EXPECT_EQ(ParseRole(RoleName(role)).value(), role);
  }
  EXPECT_FALSE(ParseRole("Decider"));
}

// One row of the table in docs/formats/acts.md.
struct Row {
  std::string act;
  std::set<Role> roles;
};

std::vector<Row> RowsOfDocument() {
  std::vector<Row> rows;
  std::istringstream document(Document("acts.md"));
  for (std::string line; std::getline(document, line);) {
    const auto end = line.find("` | ");
    if (!line.starts_with("| `") || end == std::string::npos) continue;
    const auto open = line.find(" | ", end + 4);
    if (open == std::string::npos) continue;
    Row row{.act = line.substr(3, end - 3), .roles = {}};
    std::istringstream names(line.substr(open + 3, line.size() - open - 5));
    for (std::string name; std::getline(names >> std::ws, name, ',');) {
      if (const auto role = ParseRole(name)) row.roles.insert(*role);
    }
    rows.push_back(row);
  }
  return rows;
}

TEST(MayPerform, FollowsTheTableOfTheDocument) {
  const std::vector<Row> rows = RowsOfDocument();
  ASSERT_EQ(rows.size(), 48U);
  for (const Row& row : rows) {
    EXPECT_EQ(RolesFor(row.act), row.roles) << row.act;
    for (const Role role : {Role::kIntake, Role::kReviewer, Role::kDecider, Role::kEnforcer,
                            Role::kLiaison, Role::kAuditor, Role::kAdministrator}) {
      const Person person = MakePerson("1", 1, {role});
      // Who must sign a roster follows from the roster: RosterState::Sign.
      const bool expected = row.roles.contains(role) || row.act == "roster sign";
      EXPECT_EQ(MayPerform(person, row.act).has_value(), expected)
          << row.act << " by " << RoleName(role);
    }
  }
}

TEST(MayPerform, SaysWhichRoleIsMissing) {
  const Status status = MayPerform(MakePerson("1", 1, {Role::kAuditor}), "decision adopt");
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code(), ErrorCode::kPermissionDenied);
  EXPECT_NE(status.error().message().find("decider or enforcer"), std::string::npos);
  EXPECT_FALSE(MayPerform(MakePerson("1", 1, {Role::kAdministrator}), "decision undo"));
}

}  // namespace
}  // namespace proviso::enforcement

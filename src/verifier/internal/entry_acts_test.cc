// Which entries a person must have signed.
#include "verifier/internal/entry_acts.h"

#include <fstream>
#include <map>
#include <string>

#include "verifier/history_fixture.h"

namespace proviso::verifier {
namespace {

using Needs = EntryActs::Needs;

// The cell of the column "act" in docs/formats/events.md.
std::string Cell(const EntryActs& row) {
  std::string acts;
  for (const std::string_view act : row.acts) {
    if (!act.empty()) acts += (acts.empty() ? "`" : ", `") + std::string(act) + "`";
  }
  if (row.needs == Needs::kByCode) return "none: it came by code";
  if (row.needs == Needs::kUnlessByCode) return acts + ", or none where it came by code";
  if (row.needs == Needs::kOnceRostered) return acts + "; none before the first roster";
  return acts.empty() ? "none" : acts;
}

// The same cells as the document has them, by type.
std::map<std::string, std::string> DocumentedCells() {
  std::ifstream file(PROVISO_SOURCE_DIR "/docs/formats/events.md");
  std::map<std::string, std::string> cells;
  bool of_events = false;
  for (std::string line; std::getline(file, line);) {
    if (!line.starts_with('|')) of_events = false;
    if (line.starts_with("| type |")) of_events = line.starts_with("| type | when | act |");
    if (!of_events || !line.starts_with("| `")) continue;
    // | `log.initialised` * | when | act | ...
    const std::size_t when = line.find('|', 1);
    const std::size_t act = line.find('|', when + 1) + 2;
    std::string cell = line.substr(act, line.find('|', act) - act - 1);
    if (cell == "none: the machine does it") cell = "none";
    cells[line.substr(3, line.find('`', 3) - 3)] = cell;
  }
  return cells;
}

TEST(EntryActs, AreThoseOfTheDocument) {
  const std::map<std::string, std::string> documented = DocumentedCells();
  EXPECT_GE(documented.size(), 48U);
  std::map<std::string, std::string> found;
  for (const EntryActs& row : AllEntryActs()) found[std::string(row.type)] = Cell(row);
  EXPECT_EQ(found, documented);
}

TEST(EntryActs, AreNoneOfATypeThatTheDocumentDoesNotHave) {
  EXPECT_EQ(FindEntryActs("moon.phased"), nullptr);
  EXPECT_EQ(FindEntryActs("aaa"), nullptr);
  EXPECT_EQ(FindEntryActs("zzz"), nullptr);
}

TEST(EntryActs, MayNotHaveAnActWithoutAName) {
  EXPECT_FALSE(FindEntryActs("finding.recorded")->MayHave(""));
}

TEST(EntryActs, NobodyButAPersonMakesWhatIsAPersonsAct) {
  for (const EntryActs& row : AllEntryActs()) {
    if (row.acts[0].empty()) continue;
    SCOPED_TRACE(row.type);
    const bool by_code = row.needs == Needs::kUnlessByCode;
    Story story;
    story.Begin();
    story.log.Add(row.type, "operator", nullptr, Json::Of({{"decision", "decision-1"}}));
    ExpectBad(story, by_code ? "expected the actor `customer` where there is no act"
                             : "expected a signed act, found none");
  }
}

TEST(EntryActs, BelongToTheTypesThatTheyMake) {
  for (const EntryActs& row : AllEntryActs()) {
    SCOPED_TRACE(row.type);
    if (row.type == "log.initialised") continue;  // its place is the first
    const std::string act = row.type == "case.opened" ? "claim add" : "case open";
    Story story;
    story.Begin();
    story.log.AddBy(story.dora, act, Json::MakeObject(), row.type, Json::MakeObject());
    ExpectBad(story, "the act `" + act + "` does not belong to this type of entry");
  }
}

TEST(EntryActs, AreNotNeededOfAMachineAndOfACustomerWithACode) {
  Story story;
  story.Begin();
  story.log.Add("usage.delivered", "operator", nullptr, Json::MakeObject());
  story.log.Add("backup.begun", "operator", nullptr, Json::MakeObject());
  story.log.Add("hearing.answered", "customer", nullptr, Json::MakeObject());
  ExpectGood(story);
  story.log.AddBy(MakePerson("p-l", 9, {}), "hearing answer", Json::MakeObject(),
                  "hearing.answered", Json::MakeObject());
  ExpectBad(story, "`p-l` is not in the roster in force");
}

TEST(EntryActs, WhereThereAreNoneTheActorIsNobodyElse) {
  ExpectAllBad(
      {{"expected the actor `operator` where there is no act, found `customer`",
        [](Story& story) {
          story.Begin();
          story.log.Add("usage.delivered", "customer", nullptr, Json::MakeObject());
        }},
       {"expected the actor `customer` where there is no act, found `operator`", [](Story& story) {
          story.Begin();
          story.log.Add("appeal.filed", "operator", nullptr, Json::MakeObject());
        }}});
}

}  // namespace
}  // namespace proviso::verifier

// Holds the code to the tables of docs/formats/restrictions.md.
#include <map>

#include "enforcement/decision_table.h"
#include "enforcement/in_force.h"
#include "enforcement/internal/document_tables.h"
#include "enforcement/internal/example_provider.h"
#include "enforcement/plan.h"

namespace proviso::enforcement {
namespace {

using internal::Row;
using terms::Stage;

constexpr const char* kDocument = PROVISO_SOURCE_DIR "/docs/formats/restrictions.md";
const Target kTarget{"restricted", "blob-store", "nl-1"};

Time At(const std::string& text) { return ParseTime(text).value(); }

Restriction Make(std::string id, Stage stage) {
  return {.id = std::move(id),
          .clause = "4.2",
          .stage = stage,
          .from = At("2026-12-01T00:00:00Z"),
          .until = std::nullopt,
          .targets = {kTarget}};
}

Question Ask(Operation operation, Time at = At("2026-12-02T00:00:00Z")) {
  return {kTarget.subscription, kTarget.service, kTarget.region, operation, at};
}

std::string Verdict(const Answer& answer) { return answer.allowed ? "allow" : "deny"; }

// What the compiled table says, which must be what a plain walk says.
Answer Decided(const std::vector<Restriction>& restrictions, const Question& question) {
  const Answer naive = DecideNaively(restrictions, question);
  const Bytes bytes =
      DecisionTable::Compile(1, restrictions, internal::ExampleCatalogue(), {}).value();
  Answer compiled = DecisionTable::Open(bytes)->Describe(question, false);
  EXPECT_EQ(compiled.allowed, naive.allowed);
  EXPECT_EQ(compiled.restriction, naive.restriction);
  return compiled;
}

std::vector<std::string> Listed(const std::string& cell) {
  std::vector<std::string> items;
  std::istringstream stream(cell);
  for (std::string item; std::getline(stream, item, ',');) {
    if (item.starts_with(" ")) item.erase(0, 1);
    if (item != "-") items.push_back(item);
  }
  return items;
}

const Row kOperationColumns = {"create", "invoke", "write", "read", "delete", "manage"};
Row WithOperations(Row head) {
  head.insert(head.end(), kOperationColumns.begin(), kOperationColumns.end());
  return head;
}

TEST(RestrictionDocument, SaysWhatEachStageDenies) {
  const std::vector<Row> rows = internal::TableOf(kDocument, WithOperations({"stage"}));
  ASSERT_EQ(rows.size(), 4U) << "a row for each stage";
  std::set<Stage> seen;
  for (const Row& row : rows) {
    const Stage stage = terms::ParseStage(row[0]).value();
    seen.insert(stage);
    for (int i = 0; i < kOperationCount; ++i) {
      const auto operation = static_cast<Operation>(i);
      EXPECT_EQ(Denies(stage, operation) ? "deny" : "allow",
                row.at(1 + static_cast<std::size_t>(i)))
          << row[0] << " " << OperationName(operation);
    }
  }
  EXPECT_EQ(seen.size(), rows.size());
}

TEST(RestrictionDocument, SaysWhatNamingOperationsNarrows) {
  const std::vector<Row> rows = internal::TableOf(kDocument, WithOperations({"stage", "covers"}));
  ASSERT_GE(rows.size(), 11U);
  for (const Row& row : rows) {
    Restriction restriction = Make("decision-1/1", terms::ParseStage(row[0]).value());
    if (row[1] != "all") restriction.operations = 0;
    for (const std::string& name : row[1] == "all" ? Row() : Listed(row[1])) {
      restriction.operations =
          static_cast<OperationSet>(restriction.operations | SetOf(ParseOperation(name).value()));
    }
    for (int i = 0; i < kOperationCount; ++i) {
      const auto operation = static_cast<Operation>(i);
      EXPECT_EQ(Verdict(DecideNaively({restriction}, Ask(operation))),
                row.at(2 + static_cast<std::size_t>(i)))
          << row[0] << " of " << row[1] << ": " << OperationName(operation);
    }
  }
}

TEST(RestrictionDocument, SaysWhenAWindowIsOpen) {
  const std::vector<Row> rows = internal::TableOf(
      kDocument,
      {"at", "until 2026-12-31T00:00:00.000Z", "without an end", "until its very start"});
  ASSERT_EQ(rows.size(), 8U);
  const std::vector<std::optional<Time>> ends = {At("2026-12-31T00:00:00Z"), std::nullopt,
                                                 At("2026-12-01T00:00:00Z")};
  for (const Row& row : rows) {
    for (std::size_t i = 0; i < ends.size(); ++i) {
      Restriction restriction = Make("decision-1/1", Stage::kSuspended);
      restriction.until = ends[i];
      EXPECT_EQ(Verdict(Decided({restriction}, Ask(Operation::kRead, At(row[0])))), row.at(1 + i))
          << row[0] << ", window " << i + 1;
    }
  }
}

TEST(RestrictionDocument, SaysWhatTwoRestrictionsDenyAndWhichIsNamed) {
  const std::vector<Row> rows = internal::TableOf(kDocument, WithOperations({"first", "second"}));
  ASSERT_EQ(rows.size(), 16U) << "each stage with each";
  std::set<std::pair<Stage, Stage>> seen;
  for (const Row& row : rows) {
    const std::pair stages{terms::ParseStage(row[0]).value(), terms::ParseStage(row[1]).value()};
    seen.insert(stages);
    const std::vector<Restriction> both = {Make("decision-1/1", stages.first),
                                           Make("decision-2/1", stages.second)};
    for (int i = 0; i < kOperationCount; ++i) {
      const auto operation = static_cast<Operation>(i);
      const Answer answer = Decided(both, Ask(operation));
      const std::string named = answer.restriction == "decision-1/1" ? "1" : "2";
      EXPECT_EQ(answer.allowed ? "allow" : named, row.at(2 + static_cast<std::size_t>(i)))
          << row[0] << ", then " << row[1] << ": " << OperationName(operation);
    }
  }
  EXPECT_EQ(seen.size(), rows.size());
}

TEST(RestrictionDocument, SaysWhatAPreservationHoldDeniesBesideEachStage) {
  const std::vector<Row> rows = internal::TableOf(kDocument, WithOperations({"before the hold"}));
  ASSERT_EQ(rows.size(), 5U) << "none, and each stage";
  Restriction hold = Make("decision-2/1", Stage::kSuspended);
  hold.operations = SetOf(Operation::kDelete);
  std::set<std::string> seen;
  for (const Row& row : rows) {
    seen.insert(row[0]);
    std::vector<Restriction> restrictions;
    if (row[0] != "-") {
      restrictions.push_back(Make("decision-1/1", terms::ParseStage(row[0]).value()));
    }
    restrictions.push_back(hold);
    for (int i = 0; i < kOperationCount; ++i) {
      const auto operation = static_cast<Operation>(i);
      const Answer answer = Decided(restrictions, Ask(operation));
      const std::string named = answer.restriction == hold.id ? "hold" : "restriction";
      EXPECT_EQ(answer.allowed ? "allow" : named, row.at(1 + static_cast<std::size_t>(i)))
          << row[0] << " and a hold: " << OperationName(operation);
    }
  }
  EXPECT_EQ(seen.size(), rows.size());
}

// One row of a history: "adopt D", "lift D", "D supersedes E", or nothing.
Status Do(const std::string& what, Time at, RestrictionsInForce& history) {
  const std::map<std::string, Stage> stages = {{"decision-1", Stage::kSuspended},
                                               {"decision-2", Stage::kReadOnly}};
  std::istringstream words(what);
  std::string first;
  std::string second;
  std::string third;
  words >> first >> second >> third;
  if (first == "-") return {};
  if (first == "lift") return history.Lift(second, at);
  const bool supersedes = second == "supersedes";
  const std::string decision = supersedes ? first : second;
  return history.Adopt({.decision = decision,
                        .at = at,
                        .restrictions = {Make(decision + "/1", stages.at(decision))},
                        .supersedes = supersedes ? Row{third} : Row{}});
}

TEST(RestrictionDocument, SaysWhatAdoptionsLiftsAndSupersessionsLeaveInForce) {
  const auto tables =
      internal::TablesOf(kDocument, {"at", "what happens", "in force", "read", "write"});
  ASSERT_EQ(tables.size(), 2U);
  for (const std::vector<Row>& rows : tables) {
    RestrictionsInForce history;
    for (const Row& row : rows) {
      const Time at = At("2026-12-03T" + row[0] + ":00Z");
      ASSERT_TRUE(Do(row[1], at, history)) << row[1];
    }
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const Row& row = rows[i];
      const Time from = At("2026-12-03T" + row[0] + ":00Z");
      const Time to = i + 1 < rows.size() ? At("2026-12-03T" + rows[i + 1][0] + ":00Z")
                                          : from + std::chrono::hours{1000};
      for (const Time at :
           {from, from + std::chrono::milliseconds{1}, to - std::chrono::milliseconds{1}}) {
        Row in_force;
        for (const Restriction& one : history.At(at)) {
          in_force.push_back(one.id.substr(0, one.id.find('/')));
        }
        EXPECT_EQ(in_force, Listed(row[2])) << FormatTime(at);
        EXPECT_EQ(Verdict(history.Decide(Ask(Operation::kRead, at))), row[3]) << FormatTime(at);
        EXPECT_EQ(Verdict(history.Decide(Ask(Operation::kWrite, at))), row[4]) << FormatTime(at);
      }
    }
  }
}

TEST(RestrictionDocument, SaysWhatBecomesOfAPlanThatTouchesWhatIsKeptOn) {
  const std::vector<Row> rows =
      internal::TableOf(kDocument, {"kept on by", "what", "asks for the service",
                                    "asks for its class", "asks for another service of the class"});
  ASSERT_EQ(rows.size(), 4U);
  const auto catalogue = internal::ExampleCatalogue();
  const auto customers = internal::ExampleCustomers();
  for (const Row& row : rows) {
    terms::Terms terms = internal::ExampleTerms();
    PlanInputs inputs;
    inputs.decision = "decision-1";
    inputs.catalogue = &catalogue;
    inputs.customers = &customers;
    inputs.terms = &terms;
    inputs.clause = "4.2";
    inputs.attributions = {{"sub-1", "attribution-1"}};
    if (row[0] == "terms") terms.keep_on_classes = {"object-storage"};
    if (row[0] == "decision" && row[1] == "its class") inputs.keep_on_classes = {"object-storage"};
    if (row[0] == "decision" && row[1] == "the service") inputs.keep_on_services = {"blob-store"};
    const auto formed = [&](Row classes, Row services) {
      inputs.restrictions = {RequestedRestriction{}};
      RequestedRestriction& asked = inputs.restrictions.front();
      asked.subscriptions = {"sub-1"};
      asked.classes = std::move(classes);
      asked.services = std::move(services);
      asked.regions = {"de-1"};
      asked.stage = Stage::kReadOnly;
      return ExpandRestriction(inputs) ? "formed" : "refused";
    };
    EXPECT_EQ(formed({}, {"blob-store"}), row[2]) << row[0] << ", " << row[1];
    EXPECT_EQ(formed({"object-storage"}, {}), row[3]) << row[0] << ", " << row[1];
    EXPECT_EQ(formed({}, {"archive-store"}), row[4]) << row[0] << ", " << row[1];
  }
}

TEST(RestrictionDocument, SaysWhatIsAnsweredAboutUnknownNames) {
  const std::vector<Row> rows =
      internal::TableOf(kDocument, {"subscription", "service", "region", "operation",
                                    "unknown: allow", "unknown: deny", "reason"});
  ASSERT_EQ(rows.size(), 9U);
  const std::vector<Restriction> restrictions = {Make("decision-1/1", Stage::kSuspended)};
  const Bytes bytes =
      DecisionTable::Compile(1, restrictions, internal::ExampleCatalogue(), {}).value();
  const DecisionTable table = DecisionTable::Open(bytes).value();
  for (const Row& row : rows) {
    const Question question{row[0] == "restricted" ? kTarget.subscription : "nobody's",
                            row[1] == "known" ? kTarget.service : "no-such-service",
                            row[2] == "known" ? kTarget.region : "no-such-region",
                            ParseOperation(row[3]).value(), At("2026-12-02T00:00:00Z")};
    for (const bool allowed : {true, false}) {
      const Answer answer = table.Describe(question, allowed);
      const std::string where = row[0] + " " + row[1] + " " + row[2] + " " + row[3];
      EXPECT_EQ(Verdict(answer), row[allowed ? 4 : 5]) << where;
      EXPECT_EQ(row[6] == "the restriction", !answer.restriction.empty()) << where;
      if (!answer.restriction.empty()) continue;
      EXPECT_EQ(answer.reason.empty() ? "-" : answer.reason, row[6]) << where;
    }
  }
}

}  // namespace
}  // namespace proviso::enforcement

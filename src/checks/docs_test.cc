#include <fstream>
#include <sstream>

#include "checks/evaluate_fixture.h"
#include "checks/outcome.h"

namespace proviso::checks {
namespace {

std::string Document(const std::string& name) {
  std::ifstream file(std::string(PROVISO_SOURCE_DIR) + "/docs/formats/" + name);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

// The lines of the fenced block that begins with "```<info>".
std::vector<std::string> Block(const std::string& document, const std::string& info) {
  std::vector<std::string> lines;
  std::istringstream in(document);
  std::string line;
  while (std::getline(in, line) && line != "```" + info) {
  }
  while (std::getline(in, line) && line != "```") lines.push_back(line);
  return lines;
}

TEST(ChecksDocument, ShowsCanonicalChecks) {
  const auto lines = Block(Document("checks.md"), "checks");
  EXPECT_EQ(lines.size(), 10U);
  for (const std::string& line : lines) {
    const Result<Check> check = ParseCheck(line);
    ASSERT_TRUE(check) << line << ": " << check.error().message();
    EXPECT_EQ(PrintCheck(*check), line);
  }
}

TEST(ChecksDocument, ShowsFaultsAsTheyAre) {
  const auto lines = Block(Document("checks.md"), "refused");
  ASSERT_EQ(lines.size(), 14U);
  for (std::size_t i = 0; i + 1 < lines.size(); i += 2) {
    EXPECT_EQ(ParseCheck(lines[i]).error().message(), lines[i + 1]);
  }
}

TEST(ChecksDocument, ShowsAResultAsItIs) {
  CheckResult result;
  result.check = Block(Document("checks.md"), "checks")[0];
  result.form = "usage";
  result.holds = true;
  result.why =
      "object-storage of unit `Example Signals Unit` (1 subscription), region nl-1: 6.2 PB on "
      "average over 2026-07-15, asked for >= 5 PB";
  result.value = Decimal::FromInteger(6'200'000);
  result.unit = "GB";
  result.threshold = Decimal::FromInteger(5'000'000);
  result.counterfactual =
      "would fail with a threshold above 6.2 PB, or if the mean of the day were below 5 PB";
  result.region = "nl-1";
  result.subscriptions = {"sub-em-archive-01"};
  result.query = "SELECT ... -- parameters: sub-em-archive-01, object-storage, nl-1";
  result.inputs = {"0b5c6f1e...", "catalogue:77aa0d92..."};
  result.series = {.first = ParseDate("2026-07-14").value(),
                   .step_days = 1,
                   .values = {std::nullopt, Decimal::FromInteger(6'200'000)}};
  std::string shown;
  for (const std::string& line : Block(Document("checks.md"), "json result")) shown += line + "\n";
  EXPECT_EQ(shown, result.ToJson().Pretty() + "\n");
}

// Puts one line of the block of records into what the fake answers.
void Put(const std::string& line, FakeFacts& facts) {
  std::istringstream in(line);
  std::string kind;
  std::string name;
  std::string day;
  in >> kind >> name;
  Measured& measured = facts.by_class[name];
  std::string text;
  if (kind == "row" || kind == "weeks") {
    measured.total.first = Day("2026-03-01");
    measured.total.values.resize(153);
    in >> day;
    auto place = static_cast<std::size_t>((Day(day) - measured.total.first).count());
    for (; in >> text; place += 7) measured.total.values.at(place) = D(text);
  } else if (kind == "month") {
    in >> day >> text;
    measured.months[M(day)] = D(text);
  } else if (kind == "delivered") {
    facts.by_class["face-recognition"].delivered.insert(M(name));
  } else if (kind == "invoice") {
    in >> text >> day;
    facts.billed.amounts[M(name)][day] = D(text);
    ++facts.billed.lines;
  } else if (kind == "invoiced") {
    facts.billed.covered.insert(M(name));
  } else if (kind == "agreement") {
    std::string until;
    std::string unit;
    in >> day >> until >> text >> unit;
    facts.agreements.push_back(
        {.agreement =
             {.id = name, .from = Day(day), .until = Day(until), .quantity = D(text), .unit = unit},
         .subscriptions = {}});
  } else {
    ADD_FAILURE() << "unknown record: " << line;
  }
}

std::string Example(const std::string& name) {
  std::ifstream file(std::string(PROVISO_SOURCE_DIR) + "/examples/" + name);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

TEST(ChecksDocument, ShowsWhatComesOutOfItsRecords) {
  const auto catalogue = catalogue::Catalogue::FromYaml(Example("catalogue.yaml"), "c").value();
  const auto customers = catalogue::Customers::FromYaml(Example("customers.yaml"), "c").value();
  FakeFacts facts;
  for (const std::string& line : Block(Document("checks.md"), "records")) Put(line, facts);
  const Inventory inventory{
      &catalogue, &customers, {{"sub-em-archive-01", "example-signals-unit"}}};
  const auto lines = Block(Document("checks.md"), "examples");
  ASSERT_EQ(lines.size(), 4U * 9U);
  for (std::size_t i = 0; i + 3 < lines.size(); i += 4) {
    const CheckResult result = Evaluate(ParseCheck(lines[i]).value(), inventory, facts).value();
    EXPECT_EQ(result.check, lines[i]);
    EXPECT_EQ("  " + result.ToJson().StringOr("result", ""), lines[i + 1]) << lines[i];
    EXPECT_EQ("  " + result.why, lines[i + 2]) << lines[i];
    EXPECT_EQ("  " + result.counterfactual, lines[i + 3]) << lines[i];
  }
}

// The number of checks that a cell of the table stands for.
std::size_t Count(const std::string& cell) { return cell == "none" ? 0 : cell == "all" ? 3 : 1; }

TEST(CaseDocument, HasTheTableOfDraftsThatIsComputed) {
  std::istringstream in(Document("case.md"));
  std::string line;
  while (std::getline(in, line) && line != "| hold | fail | missing | draft |") {
  }
  std::getline(in, line);  // |---|
  std::size_t rows = 0;
  while (std::getline(in, line) && line.starts_with("|")) {
    std::vector<std::string> cells;
    std::istringstream cut(line.substr(1));
    std::string cell;
    while (std::getline(cut, cell, '|')) {
      std::string word;
      std::istringstream(cell) >> word;
      cells.push_back(word);
    }
    ASSERT_EQ(cells.size(), 4U) << line;
    std::vector<std::optional<bool>> checks;
    checks.insert(checks.end(), Count(cells[0]), true);
    checks.insert(checks.end(), Count(cells[1]), false);
    checks.insert(checks.end(), Count(cells[2]), std::nullopt);
    const std::optional<Outcome> draft = DraftOutcome(checks);
    const std::string name = draft ? "`" + std::string(OutcomeName(*draft)) + "`" : "none";
    EXPECT_EQ(name, cells[3]) << line;
    ++rows;
  }
  EXPECT_EQ(rows, 8U);
}

TEST(CaseDocument, NamesTheOutcomesThatExist) {
  const std::string document = Document("case.md");
  for (const char* name : {"supported", "partly_supported", "not_supported", "contradicted",
                           "undeterminable", "records_missing"}) {
    EXPECT_EQ(OutcomeName(ParseOutcome(name).value()), name);
    EXPECT_NE(document.find("| `" + std::string(name) + "` |"), std::string::npos) << name;
  }
  EXPECT_FALSE(ParseOutcome("guilty"));
}

}  // namespace
}  // namespace proviso::checks

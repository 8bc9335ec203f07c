#include <filesystem>
#include <fstream>
#include <sstream>

#include "enforcement/decision_table.h"
#include "enforcement/in_force.h"
#include "enforcement/internal/example_provider.h"

namespace proviso::enforcement {
namespace {

// One file of tests/corpus/decide: `restrict ID CLAUSE STAGE FROM UNTIL [OPERATION ...]` with its
// targets below it, one a line; `ask SUBSCRIPTION SERVICE REGION OPERATION TIME`; then `----`, and
// one answer for each question: `allow`, or `deny ID UNTIL REASON`. With `adopt DECISION TIME
// [DECISION ...]`, the latter superseded, above the restrictions of each decision, and `lift
// DECISION TIME`, it is a history, and each question is asked of what is in force at its time.
struct CorpusFile {
  std::vector<Restriction> restrictions;  // of no history
  std::vector<Adoption> changes;          // one without restrictions: a lift
  std::vector<Question> questions;
  std::vector<std::string> answers;
};

Result<Restriction> ReadRestriction(std::istringstream& words) {
  Restriction restriction;
  std::string stage;
  std::string from;
  std::string until;
  words >> restriction.id >> restriction.clause >> stage >> from >> until;
  restriction.stage = PROVISO_TRY(terms::ParseStage(stage));
  restriction.from = PROVISO_TRY(ParseTime(from));
  if (until != "-") restriction.until = PROVISO_TRY(ParseTime(until));
  OperationSet operations = 0;
  for (std::string name; words >> name;) {
    const Operation operation = PROVISO_TRY(ParseOperation(name));
    operations = static_cast<OperationSet>(operations | SetOf(operation));
  }
  if (operations != 0) restriction.operations = operations;
  return restriction;
}

Result<Adoption> ReadChange(std::istringstream& words) {
  Adoption change;
  std::string at;
  words >> change.decision >> at;
  change.at = PROVISO_TRY(ParseTime(at));
  for (std::string id; words >> id;) change.supersedes.push_back(id);
  return change;
}

std::vector<Restriction> InForce(const CorpusFile& corpus, Time at) {
  if (corpus.changes.empty()) return corpus.restrictions;
  RestrictionsInForce history;
  for (const Adoption& change : corpus.changes) {
    const Status done = change.restrictions.empty() ? history.Lift(change.decision, change.at)
                                                    : history.Adopt(change);
    EXPECT_TRUE(done) << done.error().message();
  }
  return history.At(at);
}

Result<Question> ReadQuestion(std::istringstream& words) {
  Question question;
  std::string operation;
  std::string at;
  words >> question.subscription >> question.service >> question.region >> operation >> at;
  question.operation = PROVISO_TRY(ParseOperation(operation));
  question.at = PROVISO_TRY(ParseTime(at));
  return question;
}

// Where the next restriction of the file belongs.
std::vector<Restriction>& RestrictionsOf(CorpusFile& corpus) {
  return corpus.changes.empty() ? corpus.restrictions : corpus.changes.back().restrictions;
}

CorpusFile ReadCorpusFile(const std::filesystem::path& path) {
  CorpusFile corpus;
  std::ifstream file(path);
  bool expected = false;
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line.starts_with("#")) continue;
    if (expected) {
      corpus.answers.push_back(line);
      continue;
    }
    std::istringstream words(line);
    std::string first;
    words >> first;
    if (line == "----") {
      expected = true;
    } else if (first == "adopt" || first == "lift") {
      corpus.changes.push_back(ReadChange(words).value());
    } else if (first == "restrict") {
      RestrictionsOf(corpus).push_back(ReadRestriction(words).value());
    } else if (first == "ask") {
      corpus.questions.push_back(ReadQuestion(words).value());
    } else {
      Target target;
      target.subscription = first;
      words >> target.service >> target.region;
      RestrictionsOf(corpus).back().targets.push_back(target);
    }
  }
  return corpus;
}

std::string Show(const Answer& answer) {
  if (answer.allowed) return "allow";
  return "deny " + answer.restriction + " " + (answer.until ? FormatTime(*answer.until) : "-") +
         " " + answer.reason;
}

TEST(DecideCorpus, AnswersAsTheFilesSay) {
  int files = 0;
  for (const auto& entry :
       std::filesystem::directory_iterator(PROVISO_SOURCE_DIR "/tests/corpus/decide")) {
    if (entry.path().extension() != ".test") continue;
    ++files;
    const CorpusFile corpus = ReadCorpusFile(entry.path());
    ASSERT_EQ(corpus.questions.size(), corpus.answers.size()) << entry.path();
    for (std::size_t i = 0; i < corpus.questions.size(); ++i) {
      const std::vector<Restriction> in_force = InForce(corpus, corpus.questions[i].at);
      const Bytes bytes =
          DecisionTable::Compile(1, in_force, internal::ExampleCatalogue(), {"security"}).value();
      const DecisionTable table = DecisionTable::Open(bytes).value();
      EXPECT_EQ(Show(table.Describe(corpus.questions[i], false)), corpus.answers[i])
          << entry.path() << " question " << i + 1;
      EXPECT_EQ(Show(DecideNaively(in_force, corpus.questions[i])), corpus.answers[i])
          << entry.path() << " question " << i + 1;
    }
  }
  EXPECT_GE(files, 7);
}

}  // namespace
}  // namespace proviso::enforcement

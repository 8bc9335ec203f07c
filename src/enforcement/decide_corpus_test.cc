#include <filesystem>
#include <fstream>
#include <sstream>

#include "enforcement/decision_table.h"
#include "enforcement/internal/example_provider.h"

namespace proviso::enforcement {
namespace {

// One file of tests/corpus/decide: `restrict ID CLAUSE STAGE FROM UNTIL` with its targets below it,
// one a line; `ask SUBSCRIPTION SERVICE REGION OPERATION TIME`; then `----`, and one answer for
// each question: `allow`, or `deny ID UNTIL REASON`.
struct CorpusFile {
  std::vector<Restriction> restrictions;
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
  return restriction;
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
    } else if (first == "restrict") {
      corpus.restrictions.push_back(ReadRestriction(words).value());
    } else if (first == "ask") {
      corpus.questions.push_back(ReadQuestion(words).value());
    } else {
      Target target;
      target.subscription = first;
      words >> target.service >> target.region;
      corpus.restrictions.back().targets.push_back(target);
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
    const Bytes bytes =
        DecisionTable::Compile(1, corpus.restrictions, internal::ExampleCatalogue(), {"security"})
            .value();
    const DecisionTable table = DecisionTable::Open(bytes).value();
    ASSERT_EQ(corpus.questions.size(), corpus.answers.size()) << entry.path();
    for (std::size_t i = 0; i < corpus.questions.size(); ++i) {
      EXPECT_EQ(Show(table.Describe(corpus.questions[i], false)), corpus.answers[i])
          << entry.path() << " question " << i + 1;
      EXPECT_EQ(Show(DecideNaively(corpus.restrictions, corpus.questions[i])), corpus.answers[i])
          << entry.path() << " question " << i + 1;
    }
  }
  EXPECT_GE(files, 4);
}

}  // namespace
}  // namespace proviso::enforcement

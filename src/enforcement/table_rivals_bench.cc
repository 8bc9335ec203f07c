// The same questions about the same restrictions to the decision table and to other engines, each
// in a process of its own: tests/bench/decide has their programs, which say how they were set up.

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <sstream>

#include "enforcement/internal/table_bench.h"

namespace proviso::enforcement::internal {
namespace {

constexpr std::size_t kRestrictions = 100'000;
constexpr std::size_t kQuestions = 100'000;
static_assert(kQuestions % kCallsInARow == 0);
constexpr int kMilliseconds = 1500;
// What the table is to reach.
constexpr double kVersusOpa = 20;
constexpr double kVersusCedar = 3;

std::string Join(const std::vector<std::string>& parts, char between) {
  std::string joined;
  for (const std::string& part : parts) {
    if (!joined.empty()) joined += between;
    joined += part;
  }
  return joined;
}

// Half of them about restricted subscriptions, and of those one in five about a pair that is not
// restricted; every operation that there is.
std::vector<Question> Ask(const BenchWorld& world, SeededRandom& random) {
  std::vector<Question> questions;
  for (std::size_t i = 0; i < kQuestions; ++i) {
    const std::size_t who = random.Next() % world.restricted.size();
    Target target = world.Pairs(who)[random.Next() % world.pairs_per_subscription];
    if (i % 2 == 0) target.subscription = MakeId(random);
    if (i % 10 == 1) target.service = "service-" + std::to_string(random.Next() % kServices);
    questions.push_back({target.subscription, target.service, target.region,
                         static_cast<Operation>(random.Next() % kOperationCount),
                         Time(std::chrono::milliseconds(kBenchNow))});
  }
  return questions;
}

// The lines are told in tests/bench/decide/README.md.
bool WriteInput(const std::string& path, const BenchWorld& world,
                const std::vector<Question>& questions) {
  std::ofstream file(path);
  for (const Restriction& restriction : world.restrictions) {
    std::vector<std::string> denied;
    for (int i = 0; i < kOperationCount; ++i) {
      const auto operation = static_cast<Operation>(i);
      if (Includes(Denied(restriction.stage, restriction.operations), operation)) {
        denied.emplace_back(OperationName(operation));
      }
    }
    for (const Target& target : restriction.targets) {
      file << "R\t" << restriction.id << '\t' << target.subscription << '\t' << target.service
           << '\t' << target.region << '\t' << kBenchFrom << '\t' << INT64_MAX << '\t'
           << Join(denied, ',') << '\n';
    }
  }
  for (const Question& question : questions) {
    file << "Q\t" << question.subscription << '\t' << question.service << '\t' << question.region
         << '\t' << OperationName(question.operation) << '\t'
         << question.at.time_since_epoch().count() << '\n';
  }
  return file.good();
}

std::string ReadAll(const std::string& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

struct RivalTiming {
  double in_row_ns = 0;
  double median_ns = 0;
  double p99_ns = 0;
  double denied_share = 0;
};

// What the program prints when it is asked to time.
bool TimeRival(const std::string& command, RivalTiming& timing) {
  std::FILE* output = ::popen(command.c_str(), "r");
  if (output == nullptr) return false;
  double denied = 0;
  double asked = 0;
  const int fields = std::fscanf(output, "%lf %lf %lf %lf %lf", &timing.in_row_ns,
                                 &timing.median_ns, &timing.p99_ns, &denied, &asked);
  timing.denied_share = asked > 0 ? denied / asked : 0;
  return ::pclose(output) == 0 && fields == 5;
}

std::vector<FastQuestion> Intern(const DecisionTable& table,
                                 const std::vector<Question>& questions) {
  std::vector<FastQuestion> fast;
  fast.reserve(questions.size());
  for (const Question& question : questions) {
    fast.push_back({.subscription = question.subscription,
                    .service = table.ServiceNumber(question.service),
                    .region = table.RegionNumber(question.region),
                    .operation = question.operation,
                    .at = question.at.time_since_epoch().count()});
  }
  return fast;
}

// What a call takes in a row of calls: the middle of all rows, as the rivals measure it.
double TimeTable(const DecisionTable& table, const std::vector<Question>& questions) {
  using Clock = std::chrono::steady_clock;
  const std::vector<FastQuestion> fast = Intern(table, questions);
  std::uint32_t sink = 0;
  std::vector<std::chrono::duration<double, std::nano>> rows;
  const Clock::time_point end = Clock::now() + std::chrono::milliseconds(kMilliseconds);
  while (Clock::now() < end) {
    for (std::size_t first = 0; first < fast.size(); first += kCallsInARow) {
      const Clock::time_point start = Clock::now();
      for (std::size_t i = first; i < first + kCallsInARow; ++i) {
        sink += table.Decide(fast[i]).restriction;
      }
      rows.emplace_back(Clock::now() - start);
    }
  }
  asm volatile("" : : "r"(sink));
  std::sort(rows.begin(), rows.end());
  return rows[rows.size() / 2].count() / kCallsInARow;
}

struct Engine {
  std::string name;  // "opa"
  std::string program;
  std::string title;
  double at_least = 0;  // as many times slower is it to be
};

// What all engines were asked, and what the table answered.
struct Contest {
  std::string input;  // path
  std::string verdicts;
  double denied_share = 0;
  double table_ns = 0;
};

bool Race(const Engine& engine, const Contest& contest, BenchFigures& figures) {
  if (engine.program.empty()) {
    std::printf("SKIPPED: the race against %s, whose program was not built\n",
                engine.title.c_str());
    return true;
  }
  const std::string answered = contest.input + "." + engine.name;
  const std::string command = "'" + engine.program + "' '" + contest.input + "' ";
  if (std::system((command + "check '" + answered + "'").c_str()) != 0) return false;
  if (ReadAll(answered) != contest.verdicts) {
    std::fprintf(stderr, "%s answers otherwise than the table; nothing was timed\n",
                 engine.title.c_str());
    return false;
  }
  RivalTiming timing;
  const bool timed = TimeRival(command + "time " + std::to_string(kMilliseconds), timing);
  if (!timed || timing.denied_share != contest.denied_share) return false;
  figures.Add({engine.name + "_ns", timing.in_row_ns, "ns a call, in a row"});
  figures.Add({engine.name + "_median_ns", timing.median_ns, "ns a call, alone"});
  figures.Add({engine.name + "_p99_ns", timing.p99_ns, "ns a call, alone"});
  const double ratio = timing.in_row_ns / contest.table_ns;
  figures.Add({.name = "decide_vs_" + engine.name,
               .value = ratio,
               .unit = "x",
               .against = engine.title,
               .ratio = ratio,
               .at_least = engine.at_least});
  return true;
}

}  // namespace

bool MeasureRivals(const Rivals& rivals, BenchFigures& figures) {
  SeededRandom random(kRestrictions);
  const BenchWorld world = MakeFineBenchWorld(kRestrictions, random);
  const std::vector<Question> questions = Ask(world, random);
  const Bytes bytes =
      DecisionTable::Compile(1, world.restrictions, MakeBenchCatalogue(), {}).value();
  const DecisionTable table = DecisionTable::Open(bytes).value();
  Contest contest;
  contest.input = rivals.folder + "/decide-input.tsv";
  if (!WriteInput(contest.input, world, questions)) {
    std::fprintf(stderr, "cannot write `%s`\n", contest.input.c_str());
    return false;
  }
  std::size_t denied = 0;
  for (const Question& question : questions) {
    const bool allowed = table.Describe(question, false).allowed;
    contest.verdicts += allowed ? 'a' : 'd';
    denied += allowed ? 0U : 1U;
  }
  contest.denied_share = static_cast<double>(denied) / static_cast<double>(questions.size());
  contest.table_ns = TimeTable(table, questions);
  figures.Add({"decide_100k_ns", contest.table_ns, "ns a call, in a row"});
  figures.Add({"decide_100k_denied_share", contest.denied_share, "of all questions"});
  return Race({"opa", rivals.opa, "Open Policy Agent 1.22", kVersusOpa}, contest, figures) &&
         Race({"cedar", rivals.cedar, "Cedar 4.14", kVersusCedar}, contest, figures);
}

}  // namespace proviso::enforcement::internal

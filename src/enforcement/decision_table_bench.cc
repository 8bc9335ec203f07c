// Measures the decision table: proviso_enforcement_bench [OUTPUT.json [OPA [CEDAR]]]
//
// Each call stands alone between serialising timers, and keys come in random order, as they do in
// a server that does other things too; and calls in a row. Answers are checked before anything is
// timed. Beside it, in the same run, a std::unordered_map from subscription to rules with the same
// data, and the engines that the programs OPA and CEDAR bring ("-" for none).

#include <x86intrin.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <limits>
#include <unordered_map>

#include "enforcement/internal/table_bench.h"
#include "enforcement/table_memory.h"

namespace proviso::enforcement {
namespace {

using internal::BenchFigures;
using internal::BenchWorld;
using internal::kBenchFrom;
using internal::kBenchNow;
using internal::kIdBytes;

constexpr std::size_t kQuestions = 200'000;

struct RivalRule {
  std::uint16_t service;
  std::uint16_t region;
  terms::Stage stage;
  std::int64_t from;
  std::int64_t until;
  std::uint32_t restriction;
};
struct TextHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const {
    return std::hash<std::string_view>{}(text);
  }
};
// What one would write without a table.
using Rival = std::unordered_map<std::string, std::vector<RivalRule>, TextHash, std::equal_to<>>;

Rival MakeRival(const BenchWorld& world, const DecisionTable& table) {
  Rival rival;
  rival.reserve(world.restricted.size());
  for (std::size_t i = 0; i < world.restrictions.size(); ++i) {
    const Restriction& restriction = world.restrictions[i];
    for (const Target& target : restriction.targets) {
      rival[target.subscription].push_back({table.ServiceNumber(target.service),
                                            table.RegionNumber(target.region), restriction.stage,
                                            kBenchFrom, std::numeric_limits<std::int64_t>::max(),
                                            static_cast<std::uint32_t>(i)});
    }
  }
  return rival;
}

Verdict DecideByMap(const Rival& rival, const FastQuestion& question) {
  const auto found = rival.find(question.subscription);
  if (found == rival.end()) return {};
  for (const RivalRule& rule : found->second) {
    if (rule.service == question.service && rule.region == question.region &&
        question.at >= rule.from && question.at < rule.until &&
        Denies(rule.stage, question.operation)) {
      return {.allowed = false, .restriction = rule.restriction + 1};
    }
  }
  return {};
}

// Questions whose ids lie one after the other, as in a receive buffer; the table's side is random.
struct Questions {
  std::vector<char> text;
  std::vector<FastQuestion> all;
};

Questions AskRestricted(const BenchWorld& world, const DecisionTable& table, SeededRandom& random) {
  Questions questions;
  questions.text.resize(kQuestions * kIdBytes);
  for (std::size_t i = 0; i < kQuestions; ++i) {
    const std::size_t who = random.Next() % world.restricted.size();
    const Target target = world.Pairs(who)[random.Next() % BenchWorld::kPairsPerSubscription];
    char* id = questions.text.data() + i * kIdBytes;
    std::copy(target.subscription.begin(), target.subscription.end(), id);
    questions.all.push_back({.subscription = {id, kIdBytes},
                             .service = table.ServiceNumber(target.service),
                             .region = table.RegionNumber(target.region),
                             .operation = Operation::kCreate,  // what every stage here denies
                             .at = kBenchNow});
  }
  return questions;
}

Questions AskUnrestricted(SeededRandom& random) {
  Questions questions;
  questions.text.resize(kQuestions * kIdBytes);
  for (std::size_t i = 0; i < kQuestions; ++i) {
    const std::string made = internal::MakeId(random);
    char* id = questions.text.data() + i * kIdBytes;
    std::copy(made.begin(), made.end(), id);
    questions.all.push_back(
        {.subscription = {id, kIdBytes},
         .service = static_cast<std::uint16_t>(random.Next() % internal::kServices),
         .region = static_cast<std::uint16_t>(random.Next() % internal::kRegions),
         .operation = Operation::kCreate,
         .at = kBenchNow});
  }
  return questions;
}

std::uint64_t Begin() {
  _mm_lfence();
  const std::uint64_t ticks = __rdtsc();
  _mm_lfence();
  return ticks;
}
std::uint64_t End() {
  unsigned processor = 0;
  const std::uint64_t ticks = __rdtscp(&processor);
  _mm_lfence();
  return ticks;
}

double TicksPerNanosecond() {
  const auto start = std::chrono::steady_clock::now();
  const std::uint64_t first = __rdtsc();
  while (std::chrono::steady_clock::now() - start < std::chrono::milliseconds(200)) {
  }
  const std::uint64_t last = __rdtsc();
  const auto elapsed = std::chrono::steady_clock::now() - start;
  return static_cast<double>(last - first) /
         static_cast<double>(std::chrono::nanoseconds(elapsed).count());
}

struct Timing {
  double median_ns = 0;
  double p99_ns = 0;
};

// Times each call alone; what an empty call takes is taken off.
template <typename Call>
Timing Measure(const Questions& questions, double ticks_per_ns, const Call& call) {
  std::vector<std::uint64_t> empty(questions.all.size());
  std::vector<std::uint64_t> ticks(questions.all.size());
  for (std::uint64_t& one : empty) {
    const std::uint64_t begin = Begin();
    one = End() - begin;
  }
  std::sort(empty.begin(), empty.end());
  const std::uint64_t overhead = empty[empty.size() / 2];
  std::uint32_t sink = 0;
  for (std::size_t i = 0; i < questions.all.size(); ++i) {
    const FastQuestion question = questions.all[i];
    // The id was just read from the network: it is near.
    __builtin_prefetch(question.subscription.data() + 64);
    sink += static_cast<std::uint8_t>(question.subscription.front());
    sink += static_cast<std::uint8_t>(question.subscription.back());
    const std::uint64_t begin = Begin();
    const Verdict verdict = call(question);
    ticks[i] = End() - begin;
    sink += verdict.restriction;
  }
  asm volatile("" : : "r"(sink));
  std::sort(ticks.begin(), ticks.end());
  const auto at = [&](double part) {
    const auto place = static_cast<std::size_t>(part * static_cast<double>(ticks.size() - 1));
    const std::uint64_t taken = ticks[place] > overhead ? ticks[place] - overhead : 0;
    return static_cast<double>(taken) / ticks_per_ns;
  };
  return {at(0.5), at(0.99)};
}

// What a single read of a random line of `bytes` takes, alone: no lookup in them can be faster.
double MeasureMiss(std::span<const std::uint8_t> bytes, double ticks_per_ns, SeededRandom& random) {
  std::vector<std::uint64_t> ticks(kQuestions);
  std::vector<std::uint64_t> empty(kQuestions);
  std::uint64_t sink = 0;
  for (std::size_t i = 0; i < kQuestions; ++i) {
    const volatile std::uint8_t* line = bytes.data() + random.Next() % (bytes.size() / 64) * 64;
    std::uint64_t begin = Begin();
    sink += *line;
    ticks[i] = End() - begin;
    begin = Begin();
    empty[i] = End() - begin;
  }
  asm volatile("" : : "r"(sink));
  std::sort(ticks.begin(), ticks.end());
  std::sort(empty.begin(), empty.end());
  return static_cast<double>(ticks[kQuestions / 2] - empty[kQuestions / 2]) / ticks_per_ns;
}

// What a call takes among many in a row, where the processor does several at once: the middle of
// short rows, which others at work disturb least.
template <typename Call>
double MeasureBatch(const Questions& questions, double ticks_per_ns, const Call& call) {
  std::uint32_t sink = 0;
  std::vector<std::uint64_t> rows;
  const std::span<const FastQuestion> all = questions.all;
  for (std::size_t first = 0; first + internal::kCallsInARow <= all.size();
       first += internal::kCallsInARow) {
    const std::uint64_t begin = Begin();
    for (const FastQuestion& question : all.subspan(first, internal::kCallsInARow)) {
      sink += call(question).restriction;
    }
    rows.push_back(End() - begin);
  }
  asm volatile("" : : "r"(sink));
  std::sort(rows.begin(), rows.end());
  return static_cast<double>(rows[rows.size() / 2]) / internal::kCallsInARow / ticks_per_ns;
}

bool AnswersHold(const BenchWorld& world, const DecisionTable& table, const Rival& rival,
                 const Questions& restricted, const Questions& unrestricted) {
  for (const FastQuestion& question : restricted.all) {
    const Verdict verdict = table.Decide(question);
    const Verdict other = DecideByMap(rival, question);
    if (verdict.allowed || other.allowed || verdict.restriction != other.restriction) return false;
  }
  for (const FastQuestion& question : unrestricted.all) {
    if (!table.Decide(question).allowed || !DecideByMap(rival, question).allowed) return false;
  }
  // A few against the plain walk, which is slow.
  for (std::size_t i = 0; i < 5 && world.restrictions.size() < 50'000; ++i) {
    const Target& target = world.restrictions[i * 97 % world.restrictions.size()].targets.front();
    const Question question{target.subscription, target.service, target.region, Operation::kRead,
                            Time(std::chrono::milliseconds(kBenchNow))};
    const Answer naive = DecideNaively(world.restrictions, question);
    if (table.Describe(question, false).restriction != naive.restriction) return false;
  }
  return true;
}

template <typename Call>
double CountAllocations(const Questions& questions, const Call& call) {
  const std::uint64_t before = internal::Allocations();
  std::uint32_t sink = 0;
  for (const FastQuestion& question : questions.all) sink += call(question).restriction;
  asm volatile("" : : "r"(sink));
  return static_cast<double>(internal::Allocations() - before);
}

bool MeasureSize(std::size_t pairs, const std::string& suffix, double ticks_per_ns,
                 BenchFigures& figures) {
  SeededRandom random(pairs);
  BenchWorld world = internal::MakeBenchWorld(pairs, random);
  const TableMemory memory(
      DecisionTable::Compile(1, world.restrictions, internal::MakeBenchCatalogue(), {}).value());
  const DecisionTable table = DecisionTable::Open(memory.bytes()).value();
  {
    const Rival rival = MakeRival(world, table);
    const Questions restricted = AskRestricted(world, table, random);
    const Questions unrestricted = AskUnrestricted(random);
    if (!AnswersHold(world, table, rival, restricted, unrestricted)) {
      std::fprintf(stderr, "the answers are wrong; nothing was measured\n");
      return false;
    }
    const auto by_table = [&](const FastQuestion& question) { return table.Decide(question); };
    const auto by_map = [&](const FastQuestion& question) { return DecideByMap(rival, question); };
    const std::string map = "std::unordered_map of the same rules";
    double allocated = 0;
    for (const Questions* questions : {&unrestricted, &restricted}) {
      const std::string kind = questions == &restricted ? "restricted" : "unrestricted";
      allocated += CountAllocations(*questions, by_table);
      const Timing ours = Measure(*questions, ticks_per_ns, by_table);
      const Timing theirs = Measure(*questions, ticks_per_ns, by_map);
      figures.AddAgainst("decide_" + kind + "_ns" + suffix, ours.median_ns, "ns", map,
                         theirs.median_ns / std::max(ours.median_ns, 0.1));
      figures.Add("decide_" + kind + "_p99_ns" + suffix, ours.p99_ns, "ns");
      const double batch = MeasureBatch(*questions, ticks_per_ns, by_table);
      figures.AddAgainst("decide_" + kind + "_batch_ns" + suffix, batch, "ns", map,
                         MeasureBatch(*questions, ticks_per_ns, by_map) / batch);
    }
    figures.Add("one_cache_miss_ns" + suffix, MeasureMiss(memory.bytes(), ticks_per_ns, random),
                "ns");
    figures.Add("decide_allocations" + suffix, allocated, "in all calls");
    if (allocated != 0) return false;
  }
  return internal::MeasureCompilation(world, suffix.empty() ? "_1m" : suffix, figures);
}

}  // namespace

int Main(const std::string& output, const std::string& opa, const std::string& cedar) {
  BenchFigures figures;
  const double ticks_per_ns = TicksPerNanosecond();
  const std::string folder =
      output.empty() ? "." : std::filesystem::absolute(output).parent_path().string();
  const bool held = MeasureSize(1'000'000, "", ticks_per_ns, figures) &&
                    MeasureSize(10'000'000, "_10m", ticks_per_ns, figures) &&
                    internal::MeasureRivals({folder, opa, cedar}, figures);
  if (!held) return 1;
  return output.empty() || figures.Write(output) ? 0 : 1;
}

}  // namespace proviso::enforcement

int main(int argc, char** argv) {
  const auto argument = [&](int place) {
    const std::string text = place < argc ? argv[place] : "";
    return text == "-" ? std::string() : text;
  };
  return proviso::enforcement::Main(argument(1), argument(2), argument(3));
}

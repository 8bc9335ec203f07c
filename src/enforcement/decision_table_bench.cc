// Measures the decision table: proviso_enforcement_bench [OUTPUT.json [OPA [CEDAR]]]
//
// Each call stands alone between serialising timers, and keys come in random order, as they do in
// a server that does other things too; and calls in a row. Each restricted subscription is asked
// about once. Answers are checked before anything is timed; what that left in the caches is driven
// out of them again. Beside it, in the same run, a std::unordered_map from subscription to rules
// with the same data, and the engines that the programs OPA and CEDAR bring ("-" for none).

#include <x86intrin.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <limits>
#include <numeric>
#include <optional>
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

constexpr std::size_t kUnrestrictedQuestions = 1'000'000;
constexpr std::size_t kMisses = 200'000;
constexpr std::size_t kSlotBytes = 64;
constexpr std::size_t kFilterBitsPerSubscription = 16;  // docs/formats/decision-table.md

// A table of one size, and what it is to reach: nothing where it is only shown beside.
struct Size {
  std::string suffix;
  std::string compile_suffix;
  std::size_t subscriptions = 0;
  std::size_t pairs_per_subscription = 0;
  std::optional<double> unrestricted_ns = std::nullopt;
  std::optional<double> restricted_ns = std::nullopt;
  internal::CompileBounds compile = {};
};

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

// Of each restricted subscription one pair, in random order.
Questions AskRestricted(const BenchWorld& world, const DecisionTable& table, SeededRandom& random) {
  std::vector<std::uint32_t> order(world.restricted.size());
  std::iota(order.begin(), order.end(), 0U);
  for (std::size_t i = order.size(); i > 1; --i) {
    std::swap(order[i - 1], order[random.Next() % i]);
  }
  Questions questions;
  questions.text.resize(order.size() * kIdBytes);
  questions.all.reserve(order.size());
  for (std::size_t i = 0; i < order.size(); ++i) {
    const Target target = world.Pairs(order[i])[random.Next() % world.pairs_per_subscription];
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
  questions.text.resize(kUnrestrictedQuestions * kIdBytes);
  for (std::size_t i = 0; i < kUnrestrictedQuestions; ++i) {
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

// Of the cache that the core shares with others; 0: unknown. The C library tells that of the whole
// processor, of which a core can use a part.
std::size_t LastCacheBytes() {
  std::ifstream file("/sys/devices/system/cpu/cpu0/cache/index3/size");
  std::size_t kibibytes = 0;
  return file >> kibibytes ? kibibytes * 1024 : 0;
}

// Leaves nothing of what was asked before in the caches.
void EmptyCaches() {
  std::vector<std::uint8_t> other(
      std::max<std::size_t>(std::size_t{256} << 20U, 4 * LastCacheBytes()));
  for (int round = 0; round < 2; ++round) {
    for (std::size_t i = 0; i < other.size(); i += 64) ++other[i];
  }
  asm volatile("" : : "r"(other.data()) : "memory");
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
  std::vector<std::uint64_t> ticks(kMisses);
  std::vector<std::uint64_t> empty(kMisses);
  std::uint64_t sink = 0;
  for (std::size_t i = 0; i < kMisses; ++i) {
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
  return static_cast<double>(ticks[kMisses / 2] - empty[kMisses / 2]) / ticks_per_ns;
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

double Mebibytes(std::size_t bytes) { return static_cast<double>(bytes) / (1024.0 * 1024.0); }

struct Contenders {
  const DecisionTable& table;
  const Rival& rival;
};

struct Kind {
  std::string name;  // "decide_restricted"
  std::string suffix;
  const Questions& questions;
  std::optional<double> at_most;  // ns
};

// Times one kind of questions; answers how often the table allocated for them, which is never.
double MeasureKind(const Kind& kind, const Contenders& of, BenchFigures& figures) {
  const auto by_table = [&](const FastQuestion& question) { return of.table.Decide(question); };
  const auto by_map = [&](const FastQuestion& question) { return DecideByMap(of.rival, question); };
  const double ticks_per_ns = TicksPerNanosecond();
  const std::string map = "std::unordered_map of the same rules";
  EmptyCaches();
  const Timing ours = Measure(kind.questions, ticks_per_ns, by_table);
  EmptyCaches();
  const Timing theirs = Measure(kind.questions, ticks_per_ns, by_map);
  EmptyCaches();
  const double batch = MeasureBatch(kind.questions, ticks_per_ns, by_table);
  EmptyCaches();
  const double batch_of_map = MeasureBatch(kind.questions, ticks_per_ns, by_map);
  figures.Add({.name = kind.name + "_ns" + kind.suffix,
               .value = ours.median_ns,
               .unit = "ns",
               .against = map,
               .ratio = theirs.median_ns / std::max(ours.median_ns, 0.1),
               .at_most = kind.at_most});
  figures.Add({kind.name + "_p99_ns" + kind.suffix, ours.p99_ns, "ns"});
  figures.Add({kind.name + "_batch_ns" + kind.suffix, batch, "ns", map, batch_of_map / batch});
  return CountAllocations(kind.questions, by_table);
}

bool MeasureSize(const Size& size, BenchFigures& figures) {
  SeededRandom random(size.subscriptions);
  BenchWorld world =
      internal::MakeBenchWorld(size.subscriptions, size.pairs_per_subscription, random);
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
    const std::string& suffix = size.suffix;
    const std::size_t filter = size.subscriptions * kFilterBitsPerSubscription / 8;
    figures.Add({"decide_unrestricted_touched_mib" + suffix, Mebibytes(filter), "MiB of filter"});
    figures.Add({"decide_restricted_touched_mib" + suffix,
                 Mebibytes(filter + restricted.all.size() * kSlotBytes),
                 "MiB of filter and slots, each slot once"});
    const Contenders of{table, rival};
    double allocated = MeasureKind(
        {"decide_unrestricted", suffix, unrestricted, size.unrestricted_ns}, of, figures);
    allocated +=
        MeasureKind({"decide_restricted", suffix, restricted, size.restricted_ns}, of, figures);
    EmptyCaches();
    figures.Add({"one_cache_miss_ns" + suffix,
                 MeasureMiss(memory.bytes(), TicksPerNanosecond(), random), "ns"});
    figures.Add({.name = "decide_allocations" + suffix,
                 .value = allocated,
                 .unit = "in all calls",
                 .at_most = 0});
    if (allocated != 0) return false;
  }
  return internal::MeasureCompilation(world, size.compile_suffix, size.compile, figures);
}

}  // namespace

int Main(const std::string& output, const std::string& opa, const std::string& cedar) {
  BenchFigures figures;
  const std::string folder =
      output.empty() ? "." : std::filesystem::absolute(output).parent_path().string();
  figures.Add({"last_cache_mib", Mebibytes(LastCacheBytes()), "MiB"});
  const bool held = MeasureSize({.suffix = "",
                                 .compile_suffix = "_1m",
                                 .subscriptions = 1'000'000,
                                 .pairs_per_subscription = 1,
                                 .unrestricted_ns = 25,
                                 .restricted_ns = 100,
                                 .compile = {.seconds = 2, .mebibytes = 256}},
                                figures) &&
                    MeasureSize({.suffix = "_10m",
                                 .compile_suffix = "_10m",
                                 .subscriptions = 2'000'000,
                                 .pairs_per_subscription = 5,
                                 .compile = {.seconds = 15, .mebibytes = 1024}},
                                figures) &&
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

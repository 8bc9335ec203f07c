// Measures DecisionTable::Decide: proviso_enforcement_bench [OUTPUT.json]
//
// Each call stands alone between serialising timers, and keys come in random order, as they do in
// a server that does other things too. Answers are checked before anything is timed. Beside it, in
// the same run, a std::unordered_map from subscription to rules with the same data.

#include <x86intrin.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <limits>
#include <memory>
#include <new>
#include <unordered_map>

#include "base/random.h"
#include "enforcement/decision_table.h"
#include "enforcement/table_memory.h"

namespace {
// Only the thread that measures allocates while it measures.
std::uint64_t allocations = 0;  // NOLINT: counts what the replaced operator new does
}  // namespace

void* operator new(std::size_t size) {
  ++allocations;
  void* memory = std::malloc(size);
  if (memory == nullptr) std::abort();
  return memory;
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t /*size*/) noexcept { std::free(memory); }

namespace proviso::enforcement {
namespace {

constexpr std::size_t kPairsPerSubscription = 5;
constexpr std::size_t kSubscriptionsPerRestriction = 10;
constexpr std::size_t kQuestions = 200'000;
constexpr std::int64_t kFrom = 1'700'000'000'000;
constexpr std::int64_t kNow = kFrom + 1000;
constexpr std::size_t kIdBytes = 36;  // a GUID as text

catalogue::Catalogue MakeCatalogue() {
  std::string yaml = "regions:\n";
  for (int i = 0; i < 30; ++i) {
    yaml += "  - {id: region-" + std::to_string(i) + ", name: R}\n";
  }
  yaml += "classes:\n  - {id: compute, name: C, kind: flow, unit: h}\nservices:\n";
  for (int i = 0; i < 100; ++i) {
    yaml += "  - {id: service-" + std::to_string(i) +
            ", name: S, class: compute, regions: [region-0]}\n";
  }
  return catalogue::Catalogue::FromYaml(yaml, "catalogue.yaml").value();
}

std::string MakeId(SeededRandom& random) {
  char text[kIdBytes + 1];
  const std::uint64_t a = random.Next();
  const std::uint64_t b = random.Next();
  std::snprintf(text, sizeof text, "%08x-%04x-%04x-%04x-%012llx", static_cast<unsigned>(a >> 32U),
                static_cast<unsigned>(a >> 16U) & 0xFFFFU, static_cast<unsigned>(a) & 0xFFFFU,
                static_cast<unsigned>(b >> 48U),
                static_cast<unsigned long long>(b) & 0xFFFFFFFFFFFFULL);
  return text;
}

struct World {
  std::vector<std::string> restricted;
  std::vector<Restriction> restrictions;
};

// Restrictions of ten subscriptions each, with five pairs of service and region; all stages.
World MakeWorld(std::size_t pairs, SeededRandom& random) {
  World world;
  const std::size_t subscriptions = pairs / kPairsPerSubscription;
  for (std::size_t i = 0; i < subscriptions; ++i) world.restricted.push_back(MakeId(random));
  for (std::size_t first = 0; first < subscriptions; first += kSubscriptionsPerRestriction) {
    Restriction restriction{
        .id = "decision-" + std::to_string(first / kSubscriptionsPerRestriction) + "/1",
        .clause = "4.2",
        .stage = static_cast<terms::Stage>(1 + random.Next() % 3),
        .from = Time(std::chrono::milliseconds(kFrom)),
        .until = std::nullopt,
        .targets = {}};
    const std::size_t end = std::min(subscriptions, first + kSubscriptionsPerRestriction);
    for (std::size_t i = first; i < end; ++i) {
      for (std::size_t pair = 0; pair < kPairsPerSubscription; ++pair) {
        restriction.targets.push_back({world.restricted[i],
                                       "service-" + std::to_string((i + pair * 7) % 100),
                                       "region-" + std::to_string((i + pair) % 30)});
      }
    }
    world.restrictions.push_back(std::move(restriction));
  }
  return world;
}

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

Rival MakeRival(const World& world, const DecisionTable& table) {
  Rival rival;
  rival.reserve(world.restricted.size());
  for (std::size_t i = 0; i < world.restrictions.size(); ++i) {
    const Restriction& restriction = world.restrictions[i];
    for (const Target& target : restriction.targets) {
      rival[target.subscription].push_back({table.ServiceNumber(target.service),
                                            table.RegionNumber(target.region), restriction.stage,
                                            kFrom, std::numeric_limits<std::int64_t>::max(),
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

Questions AskRestricted(const World& world, const DecisionTable& table, SeededRandom& random) {
  Questions questions;
  questions.text.resize(kQuestions * kIdBytes);
  for (std::size_t i = 0; i < kQuestions; ++i) {
    const std::size_t who = random.Next() % world.restricted.size();
    const Restriction& restriction = world.restrictions[who / kSubscriptionsPerRestriction];
    const Target& target =
        restriction.targets[(who % kSubscriptionsPerRestriction) * kPairsPerSubscription +
                            random.Next() % kPairsPerSubscription];
    char* id = questions.text.data() + i * kIdBytes;
    std::copy(target.subscription.begin(), target.subscription.end(), id);
    questions.all.push_back({.subscription = {id, kIdBytes},
                             .service = table.ServiceNumber(target.service),
                             .region = table.RegionNumber(target.region),
                             .operation = Operation::kCreate,  // what every stage here denies
                             .at = kNow});
  }
  return questions;
}

Questions AskUnrestricted(SeededRandom& random) {
  Questions questions;
  questions.text.resize(kQuestions * kIdBytes);
  for (std::size_t i = 0; i < kQuestions; ++i) {
    const std::string made = MakeId(random);
    char* id = questions.text.data() + i * kIdBytes;
    std::copy(made.begin(), made.end(), id);
    questions.all.push_back({.subscription = {id, kIdBytes},
                             .service = static_cast<std::uint16_t>(random.Next() % 100),
                             .region = static_cast<std::uint16_t>(random.Next() % 30),
                             .operation = Operation::kCreate,
                             .at = kNow});
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

struct Figure {
  std::string name;
  double value;
  std::string unit;
  std::string against;
  double ratio;
};

bool AnswersHold(const World& world, const DecisionTable& table, const Rival& rival,
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
                            Time(std::chrono::milliseconds(kNow))};
    const Answer naive = DecideNaively(world.restrictions, question);
    if (table.Describe(question, false).restriction != naive.restriction) return false;
  }
  return true;
}

// Of this process alone: others may be at work beside it.
double ProcessorMilliseconds() {
  return static_cast<double>(std::clock()) * 1000.0 / CLOCKS_PER_SEC;
}

bool RunSize(std::size_t pairs, const std::string& suffix, double ticks_per_ns,
             std::vector<Figure>& figures) {
  SeededRandom random(pairs);
  const World world = MakeWorld(pairs, random);
  const catalogue::Catalogue catalogue = MakeCatalogue();
  double start = ProcessorMilliseconds();
  const Bytes compiled = DecisionTable::Compile(1, world.restrictions, catalogue, {}).value();
  const double compile_ms = ProcessorMilliseconds() - start;
  const TableMemory memory(compiled);
  start = ProcessorMilliseconds();
  const DecisionTable table = DecisionTable::Open(memory.bytes()).value();
  const double open_ms = ProcessorMilliseconds() - start;
  const Rival rival = MakeRival(world, table);
  const Questions restricted = AskRestricted(world, table, random);
  const Questions unrestricted = AskUnrestricted(random);
  if (!AnswersHold(world, table, rival, restricted, unrestricted)) {
    std::fprintf(stderr, "the answers are wrong; nothing was measured\n");
    return false;
  }
  const std::uint64_t allocations_before = allocations;
  std::uint32_t sink = 0;
  for (const FastQuestion& question : restricted.all) sink += table.Decide(question).restriction;
  for (const FastQuestion& question : unrestricted.all) sink += table.Decide(question).restriction;
  asm volatile("" : : "r"(sink));
  const auto allocated = static_cast<double>(allocations - allocations_before);

  const auto by_table = [&](const FastQuestion& question) { return table.Decide(question); };
  const auto by_map = [&](const FastQuestion& question) { return DecideByMap(rival, question); };
  const Timing free_table = Measure(unrestricted, ticks_per_ns, by_table);
  const Timing free_map = Measure(unrestricted, ticks_per_ns, by_map);
  const Timing denied_table = Measure(restricted, ticks_per_ns, by_table);
  const Timing denied_map = Measure(restricted, ticks_per_ns, by_map);

  const std::string rival_name = "std::unordered_map of the same rules";
  const auto add = [&](const char* name, const Timing& ours, const Timing& theirs) {
    figures.push_back({std::string(name) + suffix, ours.median_ns, "ns", rival_name,
                       theirs.median_ns / std::max(ours.median_ns, 0.1)});
    std::printf("%-34s %8.1f ns  p99 %7.1f   map %8.1f ns\n", (std::string(name) + suffix).c_str(),
                ours.median_ns, ours.p99_ns, theirs.median_ns);
  };
  add("decide_unrestricted_ns", free_table, free_map);
  add("decide_restricted_ns", denied_table, denied_map);
  const double miss_ns = MeasureMiss(memory.bytes(), ticks_per_ns, random);
  figures.push_back({"one_cache_miss_ns" + suffix, miss_ns, "ns", "", 0});
  std::printf("%-34s %8.1f ns\n", ("one_cache_miss_ns" + suffix).c_str(), miss_ns);
  figures.push_back({"decide_allocations" + suffix, allocated, "in all calls", "", 0});
  figures.push_back({"table_compile_ms" + suffix, compile_ms, "ms of processor time", "", 0});
  figures.push_back({"table_open_ms" + suffix, open_ms, "ms of processor time", "", 0});
  figures.push_back({"table_mib" + suffix, static_cast<double>(compiled.size()) / (1024.0 * 1024.0),
                     "MiB", "", 0});
  std::printf("%-34s %8.0f\n%-34s %8.1f ms\n%-34s %8.1f ms\n%-34s %8.1f MiB\n",
              ("decide_allocations" + suffix).c_str(), allocated,
              ("table_compile_ms" + suffix).c_str(), compile_ms, ("table_open_ms" + suffix).c_str(),
              open_ms, ("table_mib" + suffix).c_str(), figures.back().value);
  return allocated == 0;
}

bool WriteFigures(const std::string& path, const std::vector<Figure>& figures) {
  std::ofstream file(path);
  file << "{\"figures\":[";
  for (std::size_t i = 0; i < figures.size(); ++i) {
    const Figure& figure = figures[i];
    file << (i == 0 ? "\n" : ",\n") << "  {\"name\":\"" << figure.name
         << "\",\"value\":" << figure.value << ",\"unit\":\"" << figure.unit << "\"";
    if (!figure.against.empty()) {
      file << ",\"against\":\"" << figure.against << "\",\"ratio\":" << figure.ratio;
    }
    file << "}";
  }
  file << "\n]}\n";
  return file.good();
}

}  // namespace
}  // namespace proviso::enforcement

int main(int argc, char** argv) {
  using proviso::enforcement::RunSize;
  std::vector<proviso::enforcement::Figure> figures;
  const double ticks_per_ns = proviso::enforcement::TicksPerNanosecond();
  const bool held = RunSize(1'000'000, "", ticks_per_ns, figures) &&
                    RunSize(10'000'000, "_10m", ticks_per_ns, figures);
  if (!held) return 1;
  if (argc > 1 && !proviso::enforcement::WriteFigures(argv[1], figures)) return 1;
  return 0;
}

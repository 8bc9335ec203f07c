// What the benchmarks of the decision table are made on, and where their figures go.

#include <malloc.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <new>

#include "enforcement/internal/table_bench.h"

namespace {
// Only the thread that measures allocates while it measures. NOLINTBEGIN: they count what the
// replaced operators do.
std::uint64_t allocations = 0;
std::uint64_t bytes_held = 0;
std::uint64_t bytes_held_most = 0;
// NOLINTEND

// Not inlined: the compiler would take new and free for a pair that does not match.
[[gnu::noinline]] void Release(void* memory) {
  bytes_held -= malloc_usable_size(memory);
  std::free(memory);
}

}  // namespace

void* operator new(std::size_t size) {
  ++allocations;
  void* memory = std::malloc(size);
  if (memory == nullptr) std::abort();
  bytes_held += malloc_usable_size(memory);
  bytes_held_most = std::max(bytes_held_most, bytes_held);
  return memory;
}
void operator delete(void* memory) noexcept { Release(memory); }
void operator delete(void* memory, std::size_t /*size*/) noexcept { Release(memory); }

namespace proviso::enforcement::internal {
namespace {

constexpr std::size_t kSubscriptionsPerRestriction = 10;

std::vector<std::string> MakeIds(std::size_t count, SeededRandom& random) {
  std::vector<std::string> ids;
  ids.reserve(count);
  for (std::size_t i = 0; i < count; ++i) ids.push_back(MakeId(random));
  return ids;
}

Restriction MakeRestriction(std::size_t number, SeededRandom& random) {
  return {.id = "decision-" + std::to_string(number) + "/1",
          .clause = "4.2",
          .stage = static_cast<terms::Stage>(1 + random.Next() % 3),
          .from = Time(std::chrono::milliseconds(kBenchFrom)),
          .until = std::nullopt,
          .targets = {},
          .of_case = "case-" + std::to_string(number)};
}

void AddTargets(Restriction& restriction, const std::vector<Target>& targets) {
  restriction.targets.insert(restriction.targets.end(), targets.begin(), targets.end());
}

std::vector<Target> PairsOf(const std::string& subscription, std::size_t number,
                            std::size_t count) {
  std::vector<Target> pairs;
  for (std::size_t pair = 0; pair < count; ++pair) {
    pairs.push_back({subscription, "service-" + std::to_string((number + pair * 7) % kServices),
                     "region-" + std::to_string((number + pair) % kRegions)});
  }
  return pairs;
}

}  // namespace

catalogue::Catalogue MakeBenchCatalogue() {
  std::string yaml = "regions:\n";
  for (std::size_t i = 0; i < kRegions; ++i) {
    yaml += "  - {id: region-" + std::to_string(i) + ", name: R}\n";
  }
  yaml += "classes:\n  - {id: compute, name: C, kind: flow, unit: h}\nservices:\n";
  for (std::size_t i = 0; i < kServices; ++i) {
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

std::vector<Target> BenchWorld::Pairs(std::size_t subscription) const {
  return PairsOf(restricted[subscription], subscription, pairs_per_subscription);
}

BenchWorld MakeBenchWorld(std::size_t subscriptions, std::size_t pairs_per_subscription,
                          SeededRandom& random) {
  BenchWorld world{.pairs_per_subscription = pairs_per_subscription,
                   .restricted = MakeIds(subscriptions, random)};
  for (std::size_t i = 0; i < world.restricted.size(); ++i) {
    if (i % kSubscriptionsPerRestriction == 0) {
      world.restrictions.push_back(MakeRestriction(world.restrictions.size(), random));
    }
    AddTargets(world.restrictions.back(), world.Pairs(i));
  }
  return world;
}

BenchWorld MakeFineBenchWorld(std::size_t restrictions, SeededRandom& random) {
  BenchWorld world;
  world.restricted = MakeIds(restrictions / world.pairs_per_subscription, random);
  for (std::size_t i = 0; i < world.restricted.size(); ++i) {
    for (const Target& target : world.Pairs(i)) {
      world.restrictions.push_back(MakeRestriction(world.restrictions.size(), random));
      AddTargets(world.restrictions.back(), {target});
    }
  }
  return world;
}

Restriction MakeOneMore(SeededRandom& random) {
  Restriction made = MakeRestriction(99'999'999, random);
  for (std::size_t i = 0; i < kSubscriptionsPerRestriction; ++i) {
    AddTargets(made, PairsOf(MakeId(random), i, BenchWorld{}.pairs_per_subscription));
  }
  return made;
}

std::uint64_t BytesHeld() { return bytes_held; }
std::uint64_t BytesHeldMost() { return bytes_held_most; }
void ForgetMost() { bytes_held_most = bytes_held; }
std::uint64_t Allocations() { return allocations; }

double ProcessorMilliseconds() {
  return static_cast<double>(std::clock()) * 1000.0 / CLOCKS_PER_SEC;
}

void BenchFigures::Add(const BenchFigure& figure) {
  std::printf("%-36s %10.1f %s", figure.name.c_str(), figure.value, figure.unit.c_str());
  if (!figure.against.empty() && figure.unit != "x") {
    std::printf(", %.1f x %s", figure.ratio, figure.against.c_str());
  }
  lines_ += lines_.empty() ? "\n" : ",\n";
  lines_ += "  {\"name\":\"" + figure.name + "\",\"value\":" + std::to_string(figure.value) +
            ",\"unit\":\"" + figure.unit + "\"";
  if (!figure.against.empty()) {
    lines_ += ",\"against\":\"" + figure.against + "\",\"ratio\":" + std::to_string(figure.ratio);
  }
  if (figure.at_most || figure.at_least) {
    const double target = figure.at_most ? *figure.at_most : *figure.at_least;
    const double shortfall =
        std::max(0.0, figure.at_most ? figure.value - target : target - figure.value);
    std::printf(" (target: at %s %.0f: ", figure.at_most ? "most" : "least", target);
    if (shortfall > 0) {
      std::printf("SHORT by %.1f)", shortfall);
    } else {
      std::printf("reached)");
    }
    lines_ +=
        ",\"target\":" + std::to_string(target) + ",\"shortfall\":" + std::to_string(shortfall);
  }
  std::printf("\n");
  std::fflush(stdout);
  lines_ += "}";
}

bool BenchFigures::Write(const std::string& path) const {
  std::ofstream file(path);
  file << "{\"figures\":[" << lines_ << "\n]}\n";
  return file.good();
}

}  // namespace proviso::enforcement::internal

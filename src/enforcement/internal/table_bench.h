#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/random.h"
#include "catalogue/catalogue.h"
#include "enforcement/decision_table.h"

// What the benchmarks of the decision table share.
namespace proviso::enforcement::internal {

inline constexpr std::size_t kIdBytes = 36;  // a GUID as text
inline constexpr std::size_t kServices = 100;
inline constexpr std::size_t kRegions = 30;
inline constexpr std::int64_t kBenchFrom = 1'700'000'000'000;
inline constexpr std::int64_t kBenchNow = kBenchFrom + 1000;

inline constexpr std::size_t kCallsInARow = 100;  // that are timed together

catalogue::Catalogue MakeBenchCatalogue();
std::string MakeId(SeededRandom& random);

// Each subscription has some pairs of service and region, all of them different.
struct BenchWorld {
  std::size_t pairs_per_subscription = 5;
  std::vector<std::string> restricted = {};
  std::vector<Restriction> restrictions = {};
  std::vector<Target> Pairs(std::size_t subscription) const;
};
// Restrictions of ten subscriptions each, with their pairs; all stages.
BenchWorld MakeBenchWorld(std::size_t subscriptions, std::size_t pairs_per_subscription,
                          SeededRandom& random);
// Restrictions of one pair each, of subscriptions with five.
BenchWorld MakeFineBenchWorld(std::size_t restrictions, SeededRandom& random);
// One decision more, with ten subscriptions that `world` does not have.
Restriction MakeOneMore(SeededRandom& random);

// Memory that C++ code of this process holds and has held at most since the last ForgetMost().
std::uint64_t BytesHeld();
std::uint64_t BytesHeldMost();
void ForgetMost();
std::uint64_t Allocations();

struct BenchFigure {
  std::string name;
  double value = 0;
  std::string unit;
  // `value` is `ratio` times better than `against` does it in the same run; empty: nothing did.
  std::string against = {};
  double ratio = 0;
  // What it is to reach, if anything.
  std::optional<double> at_most = std::nullopt;
  std::optional<double> at_least = std::nullopt;
};

// Prints each figure, and whether it reached its target; keeps them for a file.
class BenchFigures {
 public:
  void Add(const BenchFigure& figure);
  bool Write(const std::string& path) const;

 private:
  std::string lines_;
};

// Milliseconds of processor time that `work` takes, all threads of this process together: others
// may be at work beside it.
double ProcessorMilliseconds();

// What making a table from everything may take, at most.
struct CompileBounds {
  double seconds = 0;    // of processor time
  double mebibytes = 0;  // beyond the input
};
// Compiling, and compiling one decision more. False when the bytes are wrong.
bool MeasureCompilation(BenchWorld& world, const std::string& suffix, const CompileBounds& bounds,
                        BenchFigures& figures);

// The same questions about the same 100,000 restrictions to other engines: programs of their own.
struct Rivals {
  std::string folder;  // for what they read and write
  std::string opa;     // empty: skipped
  std::string cedar;
};
// False when somebody answers otherwise than the rest.
bool MeasureRivals(const Rivals& rivals, BenchFigures& figures);

}  // namespace proviso::enforcement::internal

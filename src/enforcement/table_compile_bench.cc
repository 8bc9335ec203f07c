// Measures what making a decision table takes: from everything, and from the table before it.

#include <algorithm>
#include <array>
#include <cstdio>

#include "enforcement/internal/table_bench.h"

namespace proviso::enforcement::internal {
namespace {

constexpr int kRounds = 3;

struct Cost {
  double milliseconds = 0;
  double mebibytes = 0;  // held at most, beyond what was there
};

// The middle of some rounds. `make` gives bytes, which are kept until the next round.
template <typename Make>
Cost MeasureMaking(int rounds, Bytes& made, const Make& make) {
  std::vector<double> times;
  Cost cost;
  for (int i = 0; i < rounds; ++i) {
    made = {};
    const std::uint64_t before = BytesHeld();
    ForgetMost();
    const double start = ProcessorMilliseconds();
    made = make();
    times.push_back(ProcessorMilliseconds() - start);
    cost.mebibytes = static_cast<double>(BytesHeldMost() - before) / (1024.0 * 1024.0);
  }
  std::sort(times.begin(), times.end());
  cost.milliseconds = times[times.size() / 2];
  return cost;
}

}  // namespace

bool MeasureCompilation(BenchWorld& world, const std::string& suffix, const CompileBounds& bounds,
                        BenchFigures& figures) {
  const catalogue::Catalogue catalogue = MakeBenchCatalogue();
  Bytes bytes;
  const Cost whole = MeasureMaking(1, bytes, [&] {
    return DecisionTable::Compile(1, world.restrictions, catalogue, {}).value();
  });
  const double start = ProcessorMilliseconds();
  const DecisionTable before = DecisionTable::Open(bytes).value();
  const double open_ms = ProcessorMilliseconds() - start;

  SeededRandom random(bytes.size());
  const Restriction more = MakeOneMore(random);
  Bytes next;
  const Cost added = MeasureMaking(kRounds, next, [&] {
    return DecisionTable::CompileFrom(before, 2, {.removed = {}, .added = {&more}}, catalogue, {})
        .value()
        .value();
  });
  const DecisionTable grown = DecisionTable::Open(next).value();
  Bytes back;
  const Cost lifted = MeasureMaking(kRounds, back, [&] {
    return DecisionTable::CompileFrom(grown, 1, {.removed = {more.id}, .added = {}}, catalogue, {})
        .value()
        .value();
  });
  world.restrictions.push_back(more);
  const bool same = DecisionTable::Compile(2, world.restrictions, catalogue, {}).value() == next;
  world.restrictions.pop_back();
  if (!same || back != bytes) {
    std::fprintf(stderr, "a table made from the one before has other bytes\n");
    return false;
  }
  const double share = whole.milliseconds / added.milliseconds;
  const std::string name = "table_compile" + suffix;
  figures.Add({.name = name + "_s",
               .value = whole.milliseconds / 1000,
               .unit = "s of processor time",
               .at_most = bounds.seconds});
  figures.Add({.name = name + "_peak_mib",
               .value = whole.mebibytes,
               .unit = "MiB beyond the input",
               .at_most = bounds.mebibytes});
  figures.Add({.name = "table_increment" + suffix + "_ms",
               .value = added.milliseconds,
               .unit = "ms of processor time",
               .against = "the compilation from everything",
               .ratio = share});
  figures.Add(
      {"table_increment" + suffix + "_peak_mib", added.mebibytes, "MiB beyond the table before"});
  figures.Add({"table_lift" + suffix + "_ms", lifted.milliseconds, "ms of processor time"});
  figures.Add({"table_open" + suffix + "_ms", open_ms, "ms of processor time"});
  figures.Add(
      {"table" + suffix + "_mib", static_cast<double>(bytes.size()) / (1024.0 * 1024.0), "MiB"});
  return true;
}

}  // namespace proviso::enforcement::internal

// How many entries a second `log verify` checks: `verify_entries_per_core`. With the arguments
// `grow ENTRIES OUTPUT.json`: what a log costs while it grows to so many.
#include <benchmark/benchmark.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "base/check.h"
#include "crypto/hash.h"
#include "io/files/temporary_folder.h"
#include "verifier/growth_bench.h"
#include "verifier/internal/canonical.h"
#include "verifier/internal/entry.h"
#include "verifier/test_log.h"
#include "verifier/verify.h"

namespace proviso::verifier {
namespace {

constexpr std::uint64_t kEntries = std::uint64_t{1} << 20U;
constexpr double kPerCore = 1'000'000;  // at least

struct Sample {
  TestLog log;
  io::TemporaryFolder folder = io::TemporaryFolder::Make().value();
  Sample() {
    log.AddFillers(kEntries);
    log.WriteTo(folder.path());
  }
};

const Sample& TheSample() {
  static const Sample sample;
  return sample;
}

// Everything: files, hashes, tree, and the form of each entry. Nobody signed these entries; each
// signed one costs an Ed25519 verification more.
void VerifyWholeLog(benchmark::State& state) {
  const Sample& sample = TheSample();
  io::PosixFileSystem files;
  for ([[maybe_unused]] auto _ : state) {
    const auto report = VerifyLog(files, sample.folder.path(), {.vkey = sample.log.vkey()});
    PROVISO_CHECK(report && report->ok && report->entries == kEntries, "the sample log is whole");
  }
  state.counters["verify_entries_per_core"] = benchmark::Counter(
      static_cast<double>(kEntries), benchmark::Counter::kIsIterationInvariantRate);
}
BENCHMARK(VerifyWholeLog)->Unit(benchmark::kMillisecond);

Bytes SampleEntry() {
  TestLog log;
  log.AddFillers(2);
  return log.entry(1);
}

void ReadEntryForm(benchmark::State& state) {
  const Bytes bytes = SampleEntry();
  EntryReader reader;
  Entry entry;
  PROVISO_CHECK(!reader.Read(bytes, entry), "the sample entry is well-formed");
  for ([[maybe_unused]] auto _ : state) benchmark::DoNotOptimize(reader.Read(bytes, entry));
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(bytes.size()));
}
BENCHMARK(ReadEntryForm);

void HashLeaf(benchmark::State& state) {
  const Bytes bytes = SampleEntry();
  for ([[maybe_unused]] auto _ : state) benchmark::DoNotOptimize(crypto::LeafHash(bytes));
}
BENCHMARK(HashLeaf);

void HashNode(benchmark::State& state) {
  const crypto::Hash hash = crypto::Sha256("x");
  for ([[maybe_unused]] auto _ : state) benchmark::DoNotOptimize(crypto::NodeHash(hash, hash));
}
BENCHMARK(HashNode);

// Says beside the figure that has a target whether it was reached.
class TargetReporter final : public benchmark::ConsoleReporter {
 public:
  void ReportRuns(const std::vector<Run>& runs) override {
    ConsoleReporter::ReportRuns(runs);
    for (const Run& run : runs) {
      const auto found = run.counters.find("verify_entries_per_core");
      if (found == run.counters.end()) continue;
      const double value = found->second.value;
      std::printf("verify_entries_per_core %.0f (target %.0f: ", value, kPerCore);
      if (value >= kPerCore) {
        std::printf("reached)\n");
      } else {
        std::printf("SHORT by %.0f)\n", kPerCore - value);
      }
    }
  }
};

}  // namespace
}  // namespace proviso::verifier

int main(int argc, char** argv) {
  if (argc == 4 && std::strcmp(argv[1], "grow") == 0) {
    return proviso::verifier::MeasureGrowth(std::strtoull(argv[2], nullptr, 10), argv[3]);
  }
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  proviso::verifier::TargetReporter reporter;
  benchmark::RunSpecifiedBenchmarks(&reporter);
  return 0;
}

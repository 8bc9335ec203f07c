#include <benchmark/benchmark.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <optional>

#include "io/files/temporary_folder.h"
#include "ledger/ledger.h"

// Counts what is synced, in this program and in the SQLite library it calls.
static std::atomic<std::uint64_t> syncs;  // NOLINT: the two functions below have no other place

extern "C" int fsync(int descriptor) {
  syncs.fetch_add(1, std::memory_order_relaxed);
  return static_cast<int>(::syscall(SYS_fsync, descriptor));
}

extern "C" int fdatasync(int descriptor) {
  syncs.fetch_add(1, std::memory_order_relaxed);
  return static_cast<int>(::syscall(SYS_fdatasync, descriptor));
}

namespace proviso::ledger {
namespace {

// A log in a folder of its own, shared by the threads of one run.
struct Run {
  io::TemporaryFolder folder = io::TemporaryFolder::Make().value();
  io::PosixFileSystem files;
  SystemRandom random;
  std::unique_ptr<Ledger> ledger;
  std::uint64_t syncs_before = 0;

  Run() {
    std::array<std::uint8_t, 32> seed{};
    seed.fill(7);
    ledger = Ledger::Open({.directory = folder.path() / "data",
                           .origin = "log.example.org/bench",
                           .files = &files,
                           .random = &random},
                          crypto::PrivateKey::FromSeed(seed))
                 .value();
    syncs_before = syncs.load();
  }
};

std::optional<Run>& SharedRun() {
  static std::optional<Run> run;
  return run;
}

void StartRun(const benchmark::State&) { SharedRun().emplace(); }

void EndRun(const benchmark::State&) { SharedRun().reset(); }

// An event whose entry has 400 bytes.
Draft Event400() {
  Draft draft;
  draft.time = ParseTime("2026-11-22T09:30:00.125Z").value();
  draft.actor = "operator";
  draft.event.type = "claim.added";
  SeededRandom random(1);
  draft.event.open = Json::Of({{"padding", ""}});
  const std::size_t empty = EncodeEntry(draft, random).value().bytes.size();
  draft.event.open = Json::Of({{"padding", std::string(400 - empty, 'x')}});
  return draft;
}

void Append(benchmark::State& state) {
  Run& run = *SharedRun();
  const std::vector<Draft> drafts = {Event400()};
  for (auto _ : state) {
    const auto index = run.ledger->Append(drafts);
    if (!index) {
      state.SkipWithError(index.error().message().c_str());
      return;
    }
  }
  state.SetItemsProcessed(state.iterations());
  if (state.thread_index() != 0) return;
  // Read while the last appends of other threads may still go on: exact to one group.
  const Ledger::Stats stats = run.ledger->stats();
  const auto groups = static_cast<double>(stats.groups);
  state.counters["append_entries_per_group"] = static_cast<double>(stats.entries) / groups;
  state.counters["append_fsyncs_per_group"] =
      static_cast<double>(syncs.load() - run.syncs_before) / groups;
}
BENCHMARK(Append)
    ->Name("append_per_second")
    ->Threads(1)
    ->Threads(16)
    ->Threads(256)
    ->Setup(StartRun)
    ->Teardown(EndRun)
    ->UseRealTime()
    ->MinTime(2.0);

}  // namespace
}  // namespace proviso::ledger

BENCHMARK_MAIN();

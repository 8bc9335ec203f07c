#include "verifier/growth_bench.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <fstream>
#include <numeric>
#include <optional>
#include <sstream>
#include <vector>

#include "base/check.h"
#include "io/files/temporary_folder.h"
#include "ledger/disk_use_fixture.h"
#include "ledger/ledger.h"
#include "verifier/verify.h"

namespace proviso::verifier {
namespace {

constexpr std::size_t kEntryBytes = 400;
// Divides the window, and not the 256 entries of a bundle: each window sees bundles cut at all
// places.
constexpr std::uint64_t kGroup = 250;
constexpr std::uint64_t kWindow = 1'000'000;
// An append costs the same, however large the log: no window is further from the mean of all than
// this part of it, and the last is by no more above the first.
constexpr double kFlatWithin = 0.2;
constexpr double kMiB = 1024.0 * 1024.0;

double Seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}
double CpuSeconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

// A member of /proc/self/status, in MiB.
double MemoryMiB(const std::string& name) {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with(name + ":")) return std::stod(line.substr(name.size() + 1)) / 1024;
  }
  return 0;
}
// From now on VmHWM tells the most memory since now.
void ForgetPeak() { std::ofstream("/proc/self/clear_refs") << "5"; }

// An event whose entry has 400 bytes, the number in it.
ledger::Draft NumberedEvent(std::uint64_t number) {
  ledger::Draft draft;
  draft.time = ParseTime("2026-11-22T09:30:00.125Z").value();
  draft.actor = "operator";
  draft.event.type = "test.grown";
  const std::string text = std::to_string(number);
  // What the rest of the entry takes was seen once: the numbers below make up the difference.
  static const std::size_t empty = [&] {
    ledger::Draft probe = draft;
    probe.event.open = Json::Of({{"number", ""}});
    SeededRandom random(1);
    return EncodeEntry(probe, random).value().bytes.size();
  }();
  draft.event.open =
      Json::Of({{"number", text + std::string(kEntryBytes - empty - text.size(), ' ')}});
  return draft;
}

struct Window {
  double cpu_us = 0;  // each for one append
  double syncs = 0;
  double bytes = 0;
  double wall_us = 0;
  double memory_mib = 0;  // most since the start
};

Window Append(ledger::Ledger& ledger, std::uint64_t from, std::uint64_t to) {
  const double cpu = CpuSeconds();
  const double wall = Seconds();
  const ledger::DiskUse before = ledger::DiskUse::Now();
  for (std::uint64_t start = from; start < to; start += kGroup) {
    std::vector<ledger::Draft> drafts;
    for (std::uint64_t i = start; i < std::min(start + kGroup, to); ++i) {
      drafts.push_back(NumberedEvent(i));
    }
    PROVISO_CHECK(ledger.Append(drafts).has_value(), "entries are appended");
  }
  const ledger::DiskUse used = ledger::DiskUse::Now().Since(before);
  const auto count = static_cast<double>(to - from);
  return {.cpu_us = (CpuSeconds() - cpu) * 1e6 / count,
          .syncs = static_cast<double>(used.syncs) / count,
          .bytes = static_cast<double>(used.bytes_written) / count,
          .wall_us = (Seconds() - wall) * 1e6 / count,
          .memory_mib = MemoryMiB("VmHWM")};
}

class Figures {
 public:
  void Add(const std::string& name, double value, const std::string& unit,
           std::optional<double> at_most = std::nullopt) {
    std::printf("%-40s %14.4f %s", name.c_str(), value, unit.c_str());
    lines_ << (first_ ? "" : ",") << "\n  {\"name\": \"" << name << "\", \"value\": " << value
           << ", \"unit\": \"" << unit << "\", \"against\": null, \"ratio\": null";
    if (at_most) {
      const double excess = std::max(0.0, value - *at_most);
      lines_ << ", \"target\": " << *at_most << ", \"excess\": " << excess;
      std::printf(" (target at most %.2f: ", *at_most);
      if (excess > 0) {
        std::printf("EXCEEDED by %.3f)", excess);
      } else {
        std::printf("reached)");
      }
    }
    lines_ << "}";
    std::printf("\n");
    std::fflush(stdout);
    first_ = false;
  }
  // How far the windows lie apart.
  void AddSpread(const std::string& name, const std::vector<Window>& windows,
                 double Window::*member, std::optional<double> at_most = std::nullopt) {
    std::vector<double> values;
    for (const Window& window : windows) values.push_back(window.*member);
    const auto [least, most] = std::ranges::minmax_element(values);
    const double mean =
        std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
    Add(name + "_first", values.front(), "");
    Add(name + "_last", values.back(), "");
    Add(name + "_largest_over_smallest", *most / *least, "x");
    Add(name + "_last_over_first", values.back() / values.front(), "x",
        at_most ? std::optional(1 + *at_most) : std::nullopt);
    Add(name + "_furthest_from_mean", std::max(*most - mean, mean - *least) / mean, "of the mean",
        at_most);
  }
  void Write(const std::string& path) const {
    std::ofstream(path) << "{\"figures\": [" << lines_.str() << "\n]}\n";
  }

 private:
  std::ostringstream lines_;
  bool first_ = true;
};

void Verify(const std::filesystem::path& log, const std::string& vkey, std::uint64_t entries,
            Figures& figures) {
  io::PosixFileSystem files;
  ForgetPeak();
  const double before_mib = MemoryMiB("VmRSS");
  const double cpu = CpuSeconds();
  const double wall = Seconds();
  const auto report = VerifyLog(files, log, {.vkey = vkey});
  PROVISO_CHECK(report && report->ok && report->entries == entries, "the log is whole");
  const double took = CpuSeconds() - cpu;
  figures.Add("growth_verify_seconds", Seconds() - wall, "s");
  figures.Add("growth_verify_entries_per_core", static_cast<double>(entries) / took, "1/s");
  figures.Add("growth_verify_memory_mib", MemoryMiB("VmHWM") - before_mib, "MiB");
}

}  // namespace

int MeasureGrowth(std::uint64_t entries, const std::string& output) {
  const io::TemporaryFolder folder = io::TemporaryFolder::Make().value();
  io::PosixFileSystem files;
  SystemRandom random;
  std::array<std::uint8_t, 32> seed{};
  seed.fill(7);
  const ledger::LedgerOptions options{.directory = folder.path() / "data",
                                      .origin = "log.example.org/bench",
                                      .files = &files,
                                      .random = &random};
  Figures figures;
  std::string vkey;
  {
    const auto ledger = ledger::Ledger::Open(options, crypto::PrivateKey::FromSeed(seed)).value();
    vkey = ledger->verifier().ToText();
    std::printf("%12s %10s %12s %12s %10s %10s\n", "entries", "cpu us", "syncs", "bytes", "wall us",
                "peak MiB");
    std::vector<Window> windows;
    for (std::uint64_t from = 0; from < entries; from += kWindow) {
      const std::uint64_t to = std::min(from + kWindow, entries);
      windows.push_back(Append(*ledger, from, to));
      const Window& window = windows.back();
      std::printf("%12llu %10.2f %12.6f %12.1f %10.2f %10.1f\n",
                  static_cast<unsigned long long>(to), window.cpu_us, window.syncs, window.bytes,
                  window.wall_us, window.memory_mib);
      std::fflush(stdout);
    }
    PROVISO_CHECK(ledger->Close().has_value(), "the log closes");
    figures.Add("growth_entries", static_cast<double>(entries), "");
    figures.AddSpread("growth_cpu_us_per_append", windows, &Window::cpu_us, kFlatWithin);
    figures.AddSpread("growth_syncs_per_append", windows, &Window::syncs, kFlatWithin);
    figures.AddSpread("growth_bytes_per_append", windows, &Window::bytes, kFlatWithin);
    figures.AddSpread("growth_memory_mib", windows, &Window::memory_mib);
  }
  const double start = Seconds();
  PROVISO_CHECK(ledger::Ledger::Open(options, crypto::PrivateKey::FromSeed(seed)).has_value(),
                "the log opens again");
  figures.Add("growth_open_seconds", Seconds() - start, "s");
  Verify(folder.path() / "data" / "log", vkey, entries, figures);
  figures.Write(output);
  return 0;
}

}  // namespace proviso::verifier

// How fast entries become durable: proviso_ledger_bench OUTPUT.json [SECONDS [TESSERA]]
//
// Writers append entries of 400 bytes, each the next one when the one before was acknowledged:
// durable, and covered by a published checkpoint. Beside them, on the same disk and in turns with
// them: what one sync costs; a bare group commit, which is the most that this many threads can get
// from this disk; and, when TESSERA names the program that tests/bench/tessera builds, Tessera's
// POSIX driver, once as it acknowledges itself (durable and integrated) and once with our promise
// (in a published checkpoint). Rates depend on the disk of the minute: only ratios of one run mean
// something.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

#include "base/check.h"
#include "io/files/temporary_folder.h"
#include "ledger/disk_use_fixture.h"
#include "ledger/ledger.h"

namespace proviso::ledger {
namespace {

using Clock = std::chrono::steady_clock;
using Milliseconds = std::chrono::duration<double, std::milli>;

constexpr std::size_t kEntryBytes = 400;
constexpr int kRounds = 3;
constexpr int kSyncSamples = 200;
constexpr std::size_t kSyncBytes = 4096;
// Like for like, which is the target's meaning: on both sides an acknowledged entry is durable and
// in a published checkpoint. `_integrated` is Tessera as it acknowledges itself: it promises less
// there, and that figure has no target.
constexpr double kVersusTessera = 10;

// A new folder for each measurement. All go at the end: some file systems make new files slowly for
// a while after many were removed, and one measurement must not pay for another.
std::filesystem::path NewFolder() {
  static const io::TemporaryFolder all = io::TemporaryFolder::Make().value();
  static int count = 0;
  std::filesystem::path folder = all.path() / std::to_string(count++);
  std::filesystem::create_directory(folder);
  return folder;
}

double Quantile(std::vector<double> values, double share) {
  PROVISO_CHECK(!values.empty(), "something was measured");
  const auto place =
      values.begin() + static_cast<std::ptrdiff_t>(share * static_cast<double>(values.size() - 1));
  std::nth_element(values.begin(), place, values.end());
  return *place;
}
double Median(const std::vector<double>& values) { return Quantile(values, 0.5); }

// What writers got.
struct Rate {
  double per_second = 0;
  double p50_ms = 0;
  double p99_ms = 0;
  double groups = 0;
  double entries_per_group = 0;
  double syncs_per_group = 0;
  double bytes_per_group = 0;
  double cpu_us_per_append = 0;  // of all threads
};

// Runs `append` in `writers` threads, over and over, for `seconds`.
Rate Drive(int writers, double seconds, const std::function<void()>& append) {
  std::vector<std::vector<double>> latencies(static_cast<std::size_t>(writers));
  const std::clock_t cpu = std::clock();
  const Clock::time_point start = Clock::now();
  const Clock::time_point end =
      start + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
  {
    std::vector<std::jthread> threads;
    threads.reserve(latencies.size());
    for (std::vector<double>& mine : latencies) {
      threads.emplace_back([&mine, &append, end] {
        for (Clock::time_point begin = Clock::now(); begin < end;) {
          append();
          const Clock::time_point done = Clock::now();
          mine.push_back(Milliseconds(done - begin).count());
          begin = done;
        }
      });
    }
  }
  const double took = std::chrono::duration<double>(Clock::now() - start).count();
  std::vector<double> all;
  for (const std::vector<double>& mine : latencies) all.insert(all.end(), mine.begin(), mine.end());
  const auto count = static_cast<double>(all.size());
  return {.per_second = count / took,
          .p50_ms = Quantile(all, 0.5),
          .p99_ms = Quantile(all, 0.99),
          .cpu_us_per_append = static_cast<double>(std::clock() - cpu) / count};
}

// An event whose entry has 400 bytes.
Draft SampleEvent() {
  Draft draft;
  draft.time = ParseTime("2026-11-22T09:30:00.125Z").value();
  draft.actor = "operator";
  draft.event.type = "claim.added";
  SeededRandom random(1);
  draft.event.open = Json::Of({{"padding", ""}});
  const std::size_t empty = EncodeEntry(draft, random).value().bytes.size();
  draft.event.open = Json::Of({{"padding", std::string(kEntryBytes - empty, 'x')}});
  return draft;
}

Rate MeasureLedger(int writers, double seconds) {
  const std::filesystem::path folder = NewFolder();
  io::PosixFileSystem files;
  SystemRandom random;
  std::array<std::uint8_t, 32> seed{};
  seed.fill(7);
  const auto ledger = Ledger::Open({.directory = folder / "data",
                                    .origin = "log.example.org/bench",
                                    .files = &files,
                                    .random = &random},
                                   crypto::PrivateKey::FromSeed(seed))
                          .value();
  const std::vector<Draft> drafts = {SampleEvent()};
  const DiskUse before = DiskUse::Now();
  Rate rate = Drive(writers, seconds, [&] {
    const auto index = ledger->Append(drafts);
    PROVISO_CHECK(index.has_value(), "an entry is appended");
  });
  const DiskUse used = DiskUse::Now().Since(before);
  const Ledger::Stats stats = ledger->stats();
  rate.groups = static_cast<double>(stats.groups);
  rate.entries_per_group = static_cast<double>(stats.entries) / rate.groups;
  rate.syncs_per_group = static_cast<double>(used.syncs) / rate.groups;
  rate.bytes_per_group = static_cast<double>(used.bytes_written) / rate.groups;
  return rate;
}

// Writers hand in 400 bytes; one thread writes what has come meanwhile to the end of a file, syncs
// it once, and lets them go. No log can have more writers served by one sync a group.
class BareGroupCommit {
 public:
  explicit BareGroupCommit(const std::filesystem::path& path)
      : file_(::open(path.c_str(), O_CREAT | O_WRONLY | O_APPEND, 0600)) {
    PROVISO_CHECK(file_ >= 0, "the file opens");
    thread_ = std::jthread([this] { Work(); });
  }
  BareGroupCommit(const BareGroupCommit&) = delete;
  BareGroupCommit& operator=(const BareGroupCommit&) = delete;
  ~BareGroupCommit() {
    {
      const std::lock_guard lock(mutex_);
      closing_ = true;
    }
    changed_.notify_all();
    thread_.join();
    ::close(file_);
  }

  void Append(const Bytes& bytes) {
    std::promise<void> done;
    std::future<void> wait = done.get_future();
    {
      const std::lock_guard lock(mutex_);
      queue_.push_back(std::move(done));
      waiting_.insert(waiting_.end(), bytes.begin(), bytes.end());
    }
    changed_.notify_one();
    wait.get();
  }

 private:
  void Work() {
    for (;;) {
      std::vector<std::promise<void>> group;
      Bytes bytes;
      {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [this] { return closing_ || !queue_.empty(); });
        if (queue_.empty()) return;
        group.swap(queue_);
        bytes.swap(waiting_);
      }
      PROVISO_CHECK(::write(file_, bytes.data(), bytes.size()) >= 0, "the file grows");
      PROVISO_CHECK(::fdatasync(file_) == 0, "the file is synced");
      for (std::promise<void>& done : group) done.set_value();
    }
  }

  int file_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::promise<void>> queue_;
  Bytes waiting_;
  bool closing_ = false;
  std::jthread thread_;
};

Rate MeasureBare(int writers, double seconds) {
  const std::filesystem::path folder = NewFolder();
  BareGroupCommit commit(folder / "file");
  const Bytes bytes(kEntryBytes, 'x');
  return Drive(writers, seconds, [&] { commit.Append(bytes); });
}

// Milliseconds that fdatasync takes after 4 KiB at the end of a file.
std::vector<double> MeasureSyncs() {
  const std::filesystem::path folder = NewFolder();
  const int file = ::open((folder / "file").c_str(), O_CREAT | O_WRONLY | O_APPEND, 0600);
  PROVISO_CHECK(file >= 0, "the file opens");
  const Bytes bytes(kSyncBytes, 'x');
  std::vector<double> milliseconds;
  for (int i = 0; i < kSyncSamples; ++i) {
    PROVISO_CHECK(::write(file, bytes.data(), bytes.size()) >= 0, "the file grows");
    const Clock::time_point start = Clock::now();
    PROVISO_CHECK(::fdatasync(file) == 0, "the file is synced");
    milliseconds.push_back(Milliseconds(Clock::now() - start).count());
  }
  ::close(file);
  return milliseconds;
}

struct TesseraSetting {
  int batch = 256;
  int age_ms = 1;
  bool published = false;  // wait for the checkpoint too, as our writers do
};

class Tessera {
 public:
  explicit Tessera(std::string program) : program_(std::move(program)) {}

  double PerSecond(const TesseraSetting& setting, int writers, double seconds) const {
    const std::filesystem::path folder = NewFolder();
    const std::string command =
        program_ + " " + (folder / "log").string() + " " + std::to_string(seconds) + " " +
        std::to_string(writers) + " " + std::to_string(setting.batch) + " " +
        std::to_string(setting.age_ms) + " " + std::to_string(kEntryBytes) + " " +
        (setting.published ? "published" : "integrated") + " 2>/dev/null";
    std::FILE* output = ::popen(command.c_str(), "r");
    PROVISO_CHECK(output != nullptr, "the program starts");
    double per_second = 0;
    const int fields = std::fscanf(output, "%lf", &per_second);
    PROVISO_CHECK(::pclose(output) == 0 && fields == 1, "Tessera says what it reached");
    return per_second;
  }

  // What serves this many writers best, of these.
  TesseraSetting Best(int writers, double seconds, bool published) const {
    TesseraSetting best;
    double most = 0;
    for (const int batch : {64, 128, 256}) {
      for (const int age_ms : {1, 5, 20, 50}) {
        const TesseraSetting setting{.batch = batch, .age_ms = age_ms, .published = published};
        const double per_second = PerSecond(setting, writers, seconds);
        std::printf("  tessera batch %d, age %d ms: %.0f/s\n", batch, age_ms, per_second);
        if (per_second > most) {
          most = per_second;
          best = setting;
        }
      }
    }
    return best;
  }

 private:
  std::string program_;
};

class Figures {
 public:
  void Add(const std::string& name, double value, const std::string& unit) {
    Line({.name = name, .value = value, .unit = unit});
  }
  void AddRatio(const std::string& name, const std::vector<double>& ours,
                const std::vector<double>& theirs, const std::string& against,
                std::optional<double> target = std::nullopt) {
    std::vector<double> ratios;
    for (std::size_t i = 0; i < ours.size(); ++i) ratios.push_back(ours[i] / theirs[i]);
    Line(
        {.name = name, .value = Median(ratios), .unit = "x", .against = against, .target = target});
  }
  void Write(const std::string& path) const {
    std::ofstream(path) << "{\"figures\": [" << lines_ << "\n]}\n";
  }

 private:
  struct Figure {
    std::string name;
    double value = 0;
    std::string unit;
    std::string against = {};                     // empty: no ratio
    std::optional<double> target = std::nullopt;  // at least
  };
  void Line(const Figure& figure) {
    const std::string value = std::to_string(figure.value);
    const bool is_ratio = !figure.against.empty();
    std::printf("%-40s %14.3f %s", figure.name.c_str(), figure.value, figure.unit.c_str());
    lines_ += lines_.empty() ? "" : ",";
    lines_ += "\n  {\"name\": \"" + figure.name + "\", \"value\": " + value + ", \"unit\": \"" +
              figure.unit + "\", \"against\": " + (is_ratio ? '"' + figure.against + '"' : "null") +
              ", \"ratio\": " + (is_ratio ? value : "null");
    if (figure.target) {
      const double shortfall = std::max(0.0, *figure.target - figure.value);
      lines_ += ", \"target\": " + std::to_string(*figure.target) +
                ", \"shortfall\": " + std::to_string(shortfall);
      std::printf(" against %s (target %.0f: ", figure.against.c_str(), *figure.target);
      if (shortfall > 0) {
        std::printf("SHORT by %.3f)", shortfall);
      } else {
        std::printf("reached)");
      }
    }
    lines_ += "}";
    std::printf("\n");
    std::fflush(stdout);
  }
  std::string lines_;
};

struct Rounds {
  std::vector<Rate> rates;
  std::vector<double> Of(double Rate::*member) const {
    std::vector<double> values;
    for (const Rate& rate : rates) values.push_back(rate.*member);
    return values;
  }
};

void AddLedger(Figures& figures, const std::string& writers, const Rounds& ours,
               const std::vector<double>& sync_ms) {
  const auto add = [&](const std::string& name, double Rate::*member, const std::string& unit) {
    figures.Add(name + "_" + writers, Median(ours.Of(member)), unit);
  };
  add("append_per_second", &Rate::per_second, "1/s");
  add("append_p50_ms", &Rate::p50_ms, "ms");
  add("append_p99_ms", &Rate::p99_ms, "ms");
  figures.AddRatio("append_p99_in_fdatasyncs_" + writers, ours.Of(&Rate::p99_ms), sync_ms,
                   "median fdatasync of 4 KiB");
  add("append_cpu_us", &Rate::cpu_us_per_append, "us");
  add("append_entries_per_group", &Rate::entries_per_group, "");
  add("append_fsyncs_per_group", &Rate::syncs_per_group, "");
  add("append_bytes_per_group", &Rate::bytes_per_group, "bytes");
}

int Main(const std::string& output, double seconds, const std::string& tessera_program) {
  Figures figures;
  for (const int writers : {1, 32, 256}) {
    Rounds ours;
    Rounds bare;
    std::vector<double> sync_ms;
    std::vector<double> sync_p99_ms;
    for (int round = 0; round < kRounds; ++round) {
      const std::vector<double> samples = MeasureSyncs();
      sync_ms.push_back(Median(samples));
      sync_p99_ms.push_back(Quantile(samples, 0.99));
      ours.rates.push_back(MeasureLedger(writers, seconds));
      bare.rates.push_back(MeasureBare(writers, seconds));
    }
    const std::string name = std::to_string(writers);
    figures.Add("fdatasync_median_ms_" + name, Median(sync_ms), "ms");
    figures.Add("fdatasync_p99_ms_" + name, Median(sync_p99_ms), "ms");
    AddLedger(figures, name, ours, sync_ms);
    figures.Add("bare_group_commit_per_second_" + name, Median(bare.Of(&Rate::per_second)), "1/s");
    figures.AddRatio("append_vs_bare_group_commit_" + name, ours.Of(&Rate::per_second),
                     bare.Of(&Rate::per_second), "one write and one fdatasync a group");
  }
  if (!tessera_program.empty()) {
    constexpr int kWriters = 256;
    const Tessera tessera(tessera_program);
    for (const bool published : {false, true}) {
      const TesseraSetting best = tessera.Best(kWriters, seconds / 2, published);
      std::vector<double> ours;
      std::vector<double> theirs;
      for (int round = 0; round < kRounds; ++round) {
        ours.push_back(MeasureLedger(kWriters, seconds).per_second);
        theirs.push_back(tessera.PerSecond(best, kWriters, seconds));
      }
      const std::string suffix = published ? "published" : "integrated";
      figures.Add("tessera_" + suffix + "_per_second", Median(theirs), "1/s");
      figures.AddRatio(published ? "append_vs_tessera" : "append_vs_tessera_integrated", ours,
                       theirs,
                       "Tessera POSIX, batch " + std::to_string(best.batch) + ", age " +
                           std::to_string(best.age_ms) + " ms, acknowledged when " + suffix,
                       published ? std::optional(kVersusTessera) : std::nullopt);
    }
  }
  figures.Write(output);
  return 0;
}

}  // namespace
}  // namespace proviso::ledger

int main(int argc, char** argv) {
  if (argc < 2 || argc > 4) {
    std::fprintf(stderr, "usage: proviso_ledger_bench OUTPUT.json [SECONDS [TESSERA]]\n");
    return 2;
  }
  return proviso::ledger::Main(argv[1], argc > 2 ? std::atof(argv[2]) : 3, argc > 3 ? argv[3] : "");
}

// Measures the decision point over HTTP (docs/decisions/0020-own-http-server.md):
//   proviso_points_bench [OUTPUT.json]      all figures
//   proviso_points_bench serve CASE [constant | bare]
//                                           one server, for profilers, until its input ends
//
// Two servers that are compared are asked in turns, a slice of time each, so that what else the
// computer does hits both alike; what counts is the median over pairs of slices. The load comes
// from a process of its own (points/internal/http_load.h); a server has one thread.

#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <optional>
#include <string>
#include <vector>

#include "points/internal/bench_servers.h"
#include "points/internal/http_load.h"

namespace proviso::points {
namespace {

using internal::BareServer;
using internal::BenchCase;
using internal::LoadPlan;
using internal::LoadProcess;
using internal::LoadSeen;

constexpr int kPairs = 15;
constexpr std::chrono::milliseconds kSlice{400};
constexpr int kTries = 10;
constexpr std::size_t kIdle = 10'000;
constexpr std::size_t kSlow = 500;
constexpr std::size_t kRude = 5;                            // each 20 ms
constexpr std::chrono::milliseconds kCrowdLength{600'000};  // longer than anything here
// What is lost to others is taken for nothing when it is less than slices differ anyway.
constexpr double kAsGood = 0.95;
constexpr double kVersusEpoll = 0.75;

struct Figure {
  std::string name;
  double value = 0;
  std::string unit;
  std::string against = {};                     // empty: nothing was run beside it
  std::optional<double> target = std::nullopt;  // at least
};

// The CPU time of the servers: of this process without the thread that waits for the load.
double ServerCpuSeconds() {
  const auto seconds = [](int who) {
    rusage used{};
    getrusage(who, &used);
    return static_cast<double>(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
           static_cast<double>(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
  };
  return seconds(RUSAGE_SELF) - seconds(RUSAGE_THREAD);
}

double Median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const std::size_t half = values.size() / 2;
  return values.size() % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
}

// One server under a load, and the status that each answer must have.
struct Contender {
  std::uint16_t port = 0;
  std::string request;
  int status = 200;
  double rate = 0;  // requests a second; 0: as many as come through
};

// What two servers did in slices of time, one beside the other.
struct Slices {
  std::vector<double> per_second;
  std::vector<double> cpu_us;  // an answer
  std::vector<double> p999_us;
};
struct Race {
  Slices ours;
  Slices plain;

  static double MedianRatio(const std::vector<double>& above, const std::vector<double>& below) {
    std::vector<double> ratios;
    for (std::size_t i = 0; i < above.size(); ++i) ratios.push_back(above[i] / below[i]);
    return Median(std::move(ratios));
  }
  double Throughput() const { return MedianRatio(ours.per_second, plain.per_second); }
  double Cpu() const { return MedianRatio(plain.cpu_us, ours.cpu_us); }
};

class Bench {
 public:
  explicit Bench(std::string program) : program_(std::move(program)) {}

  Race RunPairs(const Contender& ours, const Contender& plain) const {
    Race race;
    for (int pair = 0; pair < kPairs; ++pair) {
      // Who is first takes turns too.
      if (pair % 2 == 0) RunSlice(ours, race.ours);
      RunSlice(plain, race.plain);
      if (pair % 2 == 1) RunSlice(ours, race.ours);
    }
    return race;
  }

  // Connections that stay, or come and go, until the end of the value.
  LoadProcess Gather(LoadPlan crowd) const {
    crowd.connections = 0;
    crowd.length = kCrowdLength;
    return {program_, crowd};
  }

  void Add(const Figure& figure) {
    std::printf("%-36s %12.3f %s", figure.name.c_str(), figure.value, figure.unit.c_str());
    if (!figure.against.empty()) std::printf(" against %s", figure.against.c_str());
    if (figure.target && figure.value >= *figure.target) {
      std::printf(" (target %.2f: reached)", *figure.target);
    } else if (figure.target) {
      std::printf(" (target %.2f: SHORT by %.3f)", *figure.target, *figure.target - figure.value);
    }
    std::printf("\n");
    std::fflush(stdout);
    figures_.push_back(figure);
  }

  bool Write(const std::string& path) const {
    std::ofstream file(path);
    file << "{\"figures\":[";
    for (std::size_t i = 0; i < figures_.size(); ++i) {
      const Figure& figure = figures_[i];
      file << (i == 0 ? "\n" : ",\n") << "  {\"name\":\"" << figure.name
           << "\",\"value\":" << figure.value << ",\"unit\":\"" << figure.unit << "\"";
      if (!figure.against.empty()) file << ",\"against\":\"" << figure.against << "\"";
      if (figure.target) {
        file << ",\"target\":" << *figure.target
             << ",\"shortfall\":" << std::max(0.0, *figure.target - figure.value);
      }
      file << "}";
    }
    file << "\n]}\n";
    return file.good();
  }

 private:
  // Ends the program when an answer failed, or had another status than it must.
  void RunSlice(const Contender& one, Slices& into) const {
    const LoadPlan plan{
        .port = one.port, .request = one.request, .length = kSlice, .rate = one.rate};
    LoadSeen seen;
    double cpu = 0;
    // On a computer that is very busy, a slice can pass before anything runs.
    for (int i = 0; i < kTries && seen.answers == 0 && seen.failures == 0; ++i) {
      cpu = ServerCpuSeconds();
      seen = LoadProcess(program_, plan).Wait();
    }
    if (seen.answers == 0 || seen.failures > 0 || seen.status != one.status) {
      std::fprintf(stderr, "wrong answers: %lu, %lu failed, status %d instead of %d\n",
                   seen.answers, seen.failures, seen.status, one.status);
      std::exit(1);
    }
    const auto answers = static_cast<double>(seen.answers);
    into.per_second.push_back(answers / seen.seconds);
    into.cpu_us.push_back((ServerCpuSeconds() - cpu) * 1e6 / answers);
    into.p999_us.push_back(seen.p999_us);
  }

  const std::string program_;
  std::vector<Figure> figures_;
};

constexpr const char* kPerSecond = "answers a second";
constexpr const char* kCpu = "us of CPU an answer";
constexpr const char* kConstant = "the same server answering a constant";

void RaceConstant(Bench& bench, const BenchCase& of, const Clock& clock) {
  const auto point = internal::StartPoint(of.listener, clock);
  const std::uint16_t port = point->ports()[0];
  const auto constant = internal::StartConstant(internal::AnswerTo(port, of.allowed));
  const Contender ours{.port = port, .request = of.allowed};
  const Contender plain{.port = constant->port(), .request = of.allowed};
  const Contender denied{.port = port, .request = of.denied, .status = of.denied_status};
  const Race race = bench.RunPairs(ours, plain);
  const double per_second = Median(race.ours.per_second);
  bench.Add({of.name + "_per_second", per_second, kPerSecond});
  bench.Add({of.name + "_constant_per_second", Median(race.plain.per_second), kPerSecond});
  bench.Add({of.name + "_cpu_us", Median(race.ours.cpu_us), kCpu});
  bench.Add({of.name + "_constant_cpu_us", Median(race.plain.cpu_us), kCpu});
  bench.Add({of.name + "_vs_constant", race.Throughput(), "ratio", kConstant, of.target});
  bench.Add({of.name + "_vs_constant_cpu", race.Cpu(), "ratio", kConstant, of.target});

  const Race denials = bench.RunPairs(denied, plain);
  bench.Add({of.name + "_denied_per_second", Median(denials.ours.per_second), kPerSecond});
  bench.Add({of.name + "_denied_vs_constant_cpu", denials.Cpu(), "ratio", kConstant});

  Contender half_ours = ours;
  Contender half_plain = plain;
  half_ours.rate = half_plain.rate = per_second / 2;
  const Race half = bench.RunPairs(half_ours, half_plain);
  bench.Add({of.name + "_p999_half_load_us", Median(half.ours.p999_us), "us"});
  bench.Add({of.name + "_constant_p999_half_load_us", Median(half.plain.p999_us), "us"});
}

void RaceEpoll(Bench& bench, const Clock& clock) {
  const auto point = internal::StartPoint({}, clock);
  const std::string request = internal::BenchCases().front().allowed;
  const std::uint16_t port = point->ports()[0];
  const BareServer bare(internal::AnswerTo(port, request));
  const Race race =
      bench.RunPairs({.port = port, .request = request}, {.port = bare.port(), .request = request});
  bench.Add({"epoll_cpu_us", Median(race.plain.cpu_us), kCpu});
  bench.Add({"forward_auth_beside_epoll_cpu_us", Median(race.ours.cpu_us), kCpu});
  bench.Add({"forward_auth_vs_epoll", race.Cpu(), "ratio",
             "CPU of a bare epoll loop that answers the same bytes", kVersusEpoll});
}

// What a crowd on one decision point costs those who ask it, beside one that has no crowd.
void RaceCrowd(Bench& bench, const std::string& name, LoadPlan crowd, const Clock& clock) {
  const auto point = internal::StartPoint({}, clock);
  const auto beset = internal::StartPoint({}, clock);
  crowd.port = beset->ports()[0];
  crowd.request = internal::BenchCases().front().allowed;
  LoadProcess gathered = bench.Gather(crowd);
  if (!gathered.WaitUntilConnected()) {
    std::fprintf(stderr, "the connections of `%s` could not be made\n", name.c_str());
    std::exit(1);
  }
  const std::string against = "the same without them";
  Contender ours{.port = crowd.port, .request = crowd.request};
  Contender plain{.port = point->ports()[0], .request = crowd.request};
  const Race race = bench.RunPairs(ours, plain);
  bench.Add({"forward_auth_" + name, race.Throughput(), "ratio", against, kAsGood});
  ours.rate = plain.rate = Median(race.plain.per_second) / 2;
  const Race half = bench.RunPairs(ours, plain);
  bench.Add({"forward_auth_" + name + "_p999_us", Median(half.ours.p999_us), "us"});
  bench.Add({"forward_auth_" + name + "_p999_without_us", Median(half.plain.p999_us), "us"});
}

int RunAll(const std::string& program, const char* output) {
  const SystemClock clock;
  Bench bench(program);
  RaceEpoll(bench, clock);
  for (const BenchCase& of : internal::BenchCases()) RaceConstant(bench, of, clock);
  RaceCrowd(bench, "10000_idle", {.request = {}, .idle = kIdle}, clock);
  RaceCrowd(bench, "slow_clients", {.request = {}, .slow = kSlow, .rude = kRude}, clock);
  return output == nullptr || bench.Write(output) ? 0 : 1;
}

// Tells the port, and what can be asked there.
int Serve(const std::string& name, const std::string& as) {
  const SystemClock clock;
  for (const BenchCase& of : internal::BenchCases()) {
    if (of.name != name) continue;
    const auto point = internal::StartPoint(of.listener, clock);
    const std::string answer = internal::AnswerTo(point->ports()[0], of.allowed);
    std::unique_ptr<http_server::HttpServer> constant;
    std::optional<BareServer> bare;
    std::uint16_t port = point->ports()[0];
    if (as == "constant") port = (constant = internal::StartConstant(answer))->port();
    if (as == "bare") port = bare.emplace(answer).port();
    std::printf("%u\n%s", port, of.allowed.c_str());
    std::fflush(stdout);
    while (std::getchar() != EOF) {
    }
    return 0;
  }
  std::fprintf(stderr, "no such case: %s\n", name.c_str());
  return 2;
}

}  // namespace
}  // namespace proviso::points

int main(int argc, char** argv) {
  const std::string_view word = argc > 1 ? argv[1] : "";
  if (word == "load") return proviso::points::internal::LoadMain(argc, argv);
  rlimit files{};
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  if (word == "serve" && argc > 2) {
    return proviso::points::Serve(argv[2], argc > 3 ? argv[3] : "");
  }
  return proviso::points::RunAll(argv[0], argc > 1 ? argv[1] : nullptr);
}

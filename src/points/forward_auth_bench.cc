// Requests a second of forward-auth over keep-alive, against the same server answering a constant:
// `forward_auth_vs_constant`; and the CPU time of the server for a request, which a busy computer
// disturbs less. The load comes from `wrk`; without it there is nothing to run.
#include <benchmark/benchmark.h>
#include <stdio.h>
#include <sys/resource.h>

#include <array>
#include <cstdlib>
#include <memory>
#include <string>

#include "http_server/http_server.h"
#include "http_server/loopback_client.h"
#include "points/internal/example_table.h"
#include "points/point_server.h"

namespace proviso::points {
namespace {

constexpr int kSecondsARound = 2;

std::string Words(const char* subscription) {
  return std::string(" -H 'X-Proviso-Subscription: ") + subscription +
         "' -H 'X-Proviso-Service: blob-store' -H 'X-Proviso-Region: nl-1'"
         " -H 'X-Original-Method: PUT'";
}

struct Load {
  double seconds = 0;
  double requests = 0;
  double cpu_seconds = 0;  // of this process

  double PerSecond() const { return seconds > 0 ? requests / seconds : 0; }
  double CpuMicroseconds() const { return requests > 0 ? cpu_seconds * 1e6 / requests : 0; }
};

double CpuSeconds() {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}

// Adds what wrk counts in one round to `load`.
void RunWrk(std::uint16_t port, const std::string& headers, Load& load) {
  const std::string command = "wrk -t1 -c32 -d" + std::to_string(kSecondsARound) + headers +
                              " http://127.0.0.1:" + std::to_string(port) +
                              "/authz/forward 2>/dev/null";
  const double cpu_before = CpuSeconds();
  const auto close = [](FILE* pipe) { pclose(pipe); };
  const std::unique_ptr<FILE, decltype(close)> pipe(popen(command.c_str(), "r"), close);
  if (pipe == nullptr) return;
  std::array<char, 256> line{};
  while (fgets(line.data(), line.size(), pipe.get()) != nullptr) {
    // "  170123 requests in 2.00s, 25.1MB read"
    char* rest = nullptr;
    const double requests = std::strtod(line.data(), &rest);
    constexpr std::string_view kWords = " requests in ";
    if (!std::string_view(rest).starts_with(kWords)) continue;
    load.requests += requests;
    load.seconds += std::strtod(rest + kWords.size(), nullptr);
  }
  load.cpu_seconds += CpuSeconds() - cpu_before;
}

std::uint16_t CheckedPort(std::uint16_t port, const char* subscription, int status) {
  auto client = http_server::LoopbackClient::Connect(port).value();
  const auto answer = client
                          .Ask("GET", "/authz/forward",
                               {{"X-Proviso-Subscription", subscription},
                                {"X-Proviso-Service", "blob-store"},
                                {"X-Proviso-Region", "nl-1"},
                                {"X-Original-Method", "PUT"}})
                          .value();
  if (answer.status != status) std::abort();
  return port;
}

// Both sides in turns, so that what else the computer does hits both.
void ForwardAuthAgainstConstant(benchmark::State& state) {
  const SystemClock clock;
  Listener listener;
  listener.address = "127.0.0.1:0";
  const auto point = PointServer::Start({listener}, clock, {.threads = 1}).value();
  auto restriction = internal::MakeRestriction("decision-1/1", terms::Stage::kReadOnly,
                                               {{"sub-1", "blob-store", "nl-1"}});
  restriction.from = Time();
  point->Publish(internal::SnapshotOrDie(118, {restriction}));
  const auto constant =
      http_server::HttpServer::Start({.threads = 1}, [] {
        return [](const http_server::Request&) { return http_server::Response{}; };
      }).value();
  const std::uint16_t point_port = CheckedPort(point->ports().at(0), "sub-1", 403);
  CheckedPort(point_port, "sub-2", 200);
  const std::uint16_t constant_port = CheckedPort(constant->port(), "sub-2", 200);

  Load plain;
  Load allowed;
  Load denied;
  for (auto _ : state) {
    RunWrk(constant_port, Words("sub-2"), plain);
    RunWrk(point_port, Words("sub-2"), allowed);
    RunWrk(point_port, Words("sub-1"), denied);
  }
  if (plain.requests <= 0) {
    state.SkipWithError("wrk is not installed");
    return;
  }
  state.counters["constant_per_second"] = plain.PerSecond();
  state.counters["allowed_per_second"] = allowed.PerSecond();
  state.counters["denied_per_second"] = denied.PerSecond();
  state.counters["forward_auth_vs_constant"] = allowed.PerSecond() / plain.PerSecond();
  state.counters["constant_cpu_us"] = plain.CpuMicroseconds();
  state.counters["allowed_cpu_us"] = allowed.CpuMicroseconds();
  state.counters["denied_cpu_us"] = denied.CpuMicroseconds();
}
BENCHMARK(ForwardAuthAgainstConstant)->Iterations(3)->Unit(benchmark::kSecond);

}  // namespace
}  // namespace proviso::points

BENCHMARK_MAIN();

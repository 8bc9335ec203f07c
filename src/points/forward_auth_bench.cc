// Requests a second of forward-auth over keep-alive, against the same server answering a constant:
// `forward_auth_vs_constant`. The load comes from `wrk`; without it there is nothing to run.
#include <benchmark/benchmark.h>
#include <stdio.h>

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

// Requests a second that wrk counts; negative without wrk.
double RunWrk(std::uint16_t port, const std::string& headers) {
  const std::string command = "wrk -t1 -c32 -d" + std::to_string(kSecondsARound) + headers +
                              " http://127.0.0.1:" + std::to_string(port) +
                              "/authz/forward 2>/dev/null";
  const auto close = [](FILE* pipe) { pclose(pipe); };
  const std::unique_ptr<FILE, decltype(close)> pipe(popen(command.c_str(), "r"), close);
  if (pipe == nullptr) return -1;
  std::array<char, 256> line{};
  double requests = -1;
  while (fgets(line.data(), line.size(), pipe.get()) != nullptr) {
    constexpr std::string_view kKey = "Requests/sec:";
    if (std::string_view(line.data()).starts_with(kKey)) {
      requests = std::strtod(line.data() + kKey.size(), nullptr);
    }
  }
  return requests;
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

  double allowed = 0;
  double denied = 0;
  double plain = 0;
  for (auto _ : state) {
    plain += RunWrk(constant_port, Words("sub-2"));
    allowed += RunWrk(point_port, Words("sub-2"));
    denied += RunWrk(point_port, Words("sub-1"));
  }
  if (plain <= 0) {
    state.SkipWithError("wrk is not installed");
    return;
  }
  const auto rounds = static_cast<double>(state.iterations());
  state.counters["constant_per_second"] = plain / rounds;
  state.counters["allowed_per_second"] = allowed / rounds;
  state.counters["denied_per_second"] = denied / rounds;
  state.counters["forward_auth_vs_constant"] = allowed / plain;
}
BENCHMARK(ForwardAuthAgainstConstant)->Iterations(3)->Unit(benchmark::kSecond);

}  // namespace
}  // namespace proviso::points

BENCHMARK_MAIN();

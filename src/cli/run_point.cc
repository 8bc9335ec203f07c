#include "cli/internal/run_point.h"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <utility>

#include "cli/internal/signals.h"
#include "http_server/http_server.h"

namespace proviso::cli {
namespace {

constexpr int kDrainSecondsMax = 3600;

}  // namespace

void AddRunOptions(CLI::App& command, RunArguments& arguments) {
  CLI::Option* config = command.add_option(
      "--config", arguments.config, "Listeners (docs/formats/serve.md); read again on SIGHUP");
  command.add_option("--listen", arguments.listen, "One forward-auth listener at this address")
      ->capture_default_str()
      ->excludes(config);
  command.add_option("--metrics", arguments.metrics,
                     "Serve /metrics for Prometheus at this address (docs/formats/metrics.md)");
  command.add_option("--log", arguments.log, "Lines on standard error: text or json")
      ->check(CLI::IsMember({"text", "json"}))
      ->capture_default_str();
  CLI::Option* verdicts =
      command.add_option("--verdicts", arguments.verdicts,
                         "Append a line of JSON for each verdict to this file, subscriptions as "
                         "pseudonyms (docs/formats/verdict-log.md)");
  command
      .add_flag("--verdicts-clear", arguments.verdicts_clear,
                "Write subscriptions there as they are")
      ->needs(verdicts);
  command
      .add_option("--drain", arguments.drain_seconds,
                  "Seconds from SIGTERM to the end, in which /readyz says 503 and every question "
                  "is answered")
      ->check(CLI::Range(0, kDrainSecondsMax))
      ->capture_default_str();
}

Result<std::vector<points::Listener>> ReadConfiguration(const Invocation& invocation,
                                                        const RunArguments& arguments) {
  if (arguments.config.empty()) {
    std::vector<points::Listener> listeners(1);
    listeners.front().address = arguments.listen;
    return listeners;
  }
  const std::string text = PROVISO_TRY(ReadTextFile(invocation, arguments.config));
  return points::ReadListeners(text, arguments.config);
}

Result<std::unique_ptr<server::Operations>> StartOperations(const Invocation& invocation,
                                                            const RunArguments& arguments) {
  using Form = telemetry::Journal::Form;
  return server::Operations::Start({.metrics = arguments.metrics,
                                    .log = arguments.log == "json" ? Form::kJson : Form::kText,
                                    .verdicts = arguments.verdicts,
                                    .verdicts_clear = arguments.verdicts_clear,
                                    .version = PROVISO_VERSION},
                                   invocation.environment);
}

void PrintListening(const Invocation& invocation, const Listening& listening) {
  if (invocation.json) {
    Json ports = Json::MakeArray();
    for (const std::uint16_t port : listening.ports) ports.Append(port);
    Json said = listening.more;
    said["ports"] = std::move(ports);
    if (listening.metrics_port != 0) said["metrics_port"] = listening.metrics_port;
    std::printf("%s\n", said.Canonical().c_str());
  } else {
    for (std::size_t i = 0; i < listening.ports.size(); ++i) {
      const std::string protocol(points::ProtocolName(listening.listeners[i].protocol));
      const std::string& address = listening.listeners[i].address;
      std::printf("%s at %s\n", protocol.c_str(),
                  http_server::UrlOf(address, listening.ports[i]).c_str());
    }
    if (listening.metrics_port != 0) {
      std::printf("metrics at %s/metrics\n",
                  http_server::UrlOf(listening.metrics, listening.metrics_port).c_str());
    }
    if (!listening.line.empty()) std::printf("%s\n", listening.line.c_str());
    std::printf("Ctrl-C ends it.\n");
  }
  std::fflush(stdout);
}

void ServeUntilEnded(const Invocation& invocation, const RunArguments& arguments,
                     server::Operations& operations, points::PointServer& points) {
  const std::size_t count = points.ports().size();
  operations.SayReady(std::to_string(count) + (count == 1 ? " listener" : " listeners"));
  Wish wish = WaitForWish();
  for (; wish == Wish::kReload; wish = WaitForWish()) {
    operations.Reload(ReadConfiguration(invocation, arguments));
  }
  const std::chrono::seconds drain(wish == Wish::kEnd ? arguments.drain_seconds : 0);
  operations.SayStopping(drain);
  points.Drain();
  // Who asks a second time does not want to wait.
  WaitForWishUpTo(drain);
}

}  // namespace proviso::cli

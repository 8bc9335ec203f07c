// proviso serve, demo
#include <cstdio>
#include <memory>
#include <optional>

#include "cli/internal/command.h"
#include "cli/internal/decide_command.h"
#include "cli/internal/run_point.h"
#include "cli/internal/signals.h"
#include "cli/terminal.h"
#include "cli/told.h"
#include "demo/story.h"
#include "publishing/log_publisher.h"
#include "server/server.h"
#include "server/shared_server.h"
#include "service/closed_log.h"

namespace proviso::cli {
namespace {

namespace fs = std::filesystem;

struct ServeArguments {
  RunArguments run;
  std::string publish;  // an address for the files of the log; empty: nowhere
  std::string publish_prefix = "/log";
  std::string table_to;  // a folder for a copy of the decision table; empty: none
};

Result<std::unique_ptr<publishing::LogPublisher>> Publish(const Invocation& invocation,
                                                          const ServeArguments& arguments) {
  if (arguments.publish.empty()) return std::unique_ptr<publishing::LogPublisher>();
  publishing::LogPublisherOptions options;
  options.folder = invocation.data / "log";
  options.address = arguments.publish;
  options.prefix = arguments.publish_prefix;
  return publishing::LogPublisher::Start(*invocation.environment.files, options);
}

template <typename Server>
Result<int> ServeWith(Server& server, const Invocation& invocation, const ServeArguments& arguments,
                      server::Operations& operations, Listening listening) {
  const auto publisher = PROVISO_TRY(Publish(invocation, arguments));
  listening.ports = server.ports();
  listening.metrics = arguments.run.metrics;
  listening.metrics_port = operations.metrics_port();
  if (publisher != nullptr) {
    listening.more["publish_port"] = publisher->port();
    listening.line = "the log at " + http_server::UrlOf(arguments.publish, publisher->port()) +
                     arguments.publish_prefix;
  }
  PrintListening(invocation, listening);
  ServeUntilEnded(invocation, arguments.run, operations, server.points());
  if (publisher) publisher->Stop();
  PROVISO_TRY(server.Stop());
  return kExitOk;
}

Result<int> Serve(const Invocation& invocation, const ServeArguments& arguments) {
  const std::vector<points::Listener> listeners =
      PROVISO_TRY(ReadConfiguration(invocation, arguments.run));
  BlockWishes();
  RaiseDescriptorLimit();
  const service::DataConfig config =
      PROVISO_TRY(service::DataConfig::Read(*invocation.environment.files, invocation.data));
  const auto operations = PROVISO_TRY(StartOperations(invocation, arguments.run));
  const auto report = [&](const std::string& line) {
    constexpr std::string_view kAlarm = "ALARM: ";
    const bool alarm = line.starts_with(kAlarm);
    operations->journal().Say(
        alarm ? telemetry::Journal::Level::kAlarm : telemetry::Journal::Level::kInfo, "server",
        alarm ? std::string_view(line).substr(kAlarm.size()) : std::string_view(line));
  };
  const auto log = [&](const server::LogNews& news) { operations->SayLog(news); };
  log({});
  // Whoever appends writes it anew: only now can it be seen that it was damaged or missing.
  const std::string fault = service::FaultOfTable(*invocation.environment.files, invocation.data);
  const auto tell_fault = [&] {
    if (fault.empty()) return;
    report("ALARM: the decision table was damaged or missing: " + fault +
           "; it is written anew as soon as the log is open; look after the disk, and who else "
           "writes there");
  };
  if (!config.store.empty()) {
    if (!arguments.table_to.empty()) {
      return Fail(ErrorCode::kFailedPrecondition,
                  "`--table-to`: a log in PostgreSQL has one table for all its servers, `" +
                      (invocation.data / "table" / "current").string() +
                      "`; give `proviso point` that file, or a copy, and leave the option out");
    }
    const auto shared = PROVISO_TRY(server::SharedServer::Start(
        invocation.data, listeners, invocation.environment,
        {.report = report, .log = log, .observer = operations->observer()}));
    tell_fault();
    const auto watching = operations->Watch({.points = &shared->points(),
                                             .follower = &shared->follower(),
                                             .tables_restored = &shared->tables_restored()});
    return ServeWith(*shared, invocation, arguments, *operations, {.listeners = listeners});
  }
  std::optional<fs::path> table_to;
  if (!arguments.table_to.empty()) table_to = arguments.table_to;
  const auto server =
      PROVISO_TRY(server::Server::Start(invocation.data, listeners, invocation.environment,
                                        {.report = report,
                                         .log = log,
                                         .observer = operations->observer(),
                                         .share = table_to,
                                         .end = AskToEnd}));
  tell_fault();
  const auto watching = operations->Watch(
      {.points = &server->points(), .tables_restored = &server->tables_restored()});
  return ServeWith(*server, invocation, arguments, *operations, {.listeners = listeners});
}

struct DemoArguments {
  std::string folder;
  std::string examples;
  std::uint64_t seed = 1;
  bool keep_running = false;
};

// The examples beside the program: in its source tree, or where a package puts them.
fs::path FindExamples() {
  std::error_code failure;
  const fs::path program = fs::read_symlink("/proc/self/exe", failure).parent_path();
  for (const fs::path& candidate :
       {program / "../../examples", program / "../share/proviso/examples", fs::path("examples")}) {
    if (fs::exists(candidate / "world.yaml", failure)) return candidate.lexically_normal();
  }
  return "examples";
}

Result<int> Demo(const Invocation& invocation, const DemoArguments& arguments) {
  BlockEndSignals();
  demo::StoryOptions options;
  options.folder = arguments.folder;
  options.examples = arguments.examples.empty() ? FindExamples() : fs::path(arguments.examples);
  options.seed = arguments.seed;
  std::error_code failure;
  const fs::path program = fs::read_symlink("/proc/self/exe", failure);
  if (!failure) options.program = program.string();
  if (arguments.keep_running) {
    options.linger = [&](const Json& places) {
      std::fprintf(stderr, "Still running: the gateway at %s. Ctrl-C ends it.\n",
                   places.StringOr("gateway", "").c_str());
      WaitForEnd();
    };
  }
  const demo::Telling telling = invocation.json ? SilentTelling() : PrintedTelling();
  const Json summary = PROVISO_TRY(demo::TellStory(options, telling, invocation.environment));
  if (invocation.json) {
    PrintJson(summary);
  } else {
    PrintSummary(summary);
  }
  return summary.BoolOr("ok", false) ? kExitOk : kExitRefused;
}

}  // namespace

void AddServingCommands(CLI::App& app, Invocation& invocation) {
  auto serve = std::make_shared<ServeArguments>();
  CLI::App& serving =
      AddCommand(app, invocation,
                 {"serve", "Answer enforcement points, and do commands for this data directory",
                  "  proviso -C data serve --listen 127.0.0.1:8181\n  proviso -C data serve "
                  "--config serve.yaml\n  proviso -C data serve --publish 127.0.0.1:8182"},
                 [&invocation, serve] { return Serve(invocation, *serve); });
  AddRunOptions(serving, serve->run);
  serving.add_option("--publish", serve->publish,
                     "Serve the files of the log at this address too (docs/guides/publish.md)");
  serving
      .add_option("--publish-prefix", serve->publish_prefix, "Path that the log lies below there")
      ->capture_default_str();
  serving.add_option("--table-to", serve->table_to,
                     "Folder that gets a copy of the decision table, for `proviso point`");
  AddDecideCommand(app, invocation);
  auto demo = std::make_shared<DemoArguments>();
  CLI::App& telling =
      AddCommand(app, invocation,
                 {"demo", "Tell the whole story on invented records and a real nginx",
                  "  proviso demo\n  proviso demo --keep-running\n  proviso demo --json"},
                 [&invocation, demo] { return Demo(invocation, *demo); });
  telling.add_option("--dir", demo->folder, "Folder to make; default: a new temporary one");
  telling.add_option("--examples", demo->examples,
                     "Folder of catalogue.yaml, terms.yaml, world.yaml");
  telling.add_option("--seed", demo->seed, "Seed of the invented metering")->capture_default_str();
  telling.add_flag("--keep-running", demo->keep_running,
                   "Leave nginx and the decision point running until Ctrl-C");
}

}  // namespace proviso::cli

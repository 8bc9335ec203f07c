// proviso point
#include <memory>
#include <utility>

#include "cli/internal/command.h"
#include "cli/internal/run_point.h"
#include "cli/internal/signals.h"
#include "server/decision_point.h"

namespace proviso::cli {
namespace {

struct PointArguments {
  RunArguments run;
  std::string table;
  std::string state;
};

Result<int> Point(const Invocation& invocation, const PointArguments& arguments) {
  const std::vector<points::Listener> listeners =
      PROVISO_TRY(ReadConfiguration(invocation, arguments.run));
  BlockWishes();
  RaiseDescriptorLimit();
  const auto operations = PROVISO_TRY(StartOperations(invocation, arguments.run));
  server::DecisionPoint::Options options;
  options.follow = {.file = arguments.table, .state = arguments.state};
  options.report = [&](const points::TableNews& news) { operations->SayTable(news); };
  options.observer = operations->observer();
  const auto point = PROVISO_TRY(
      server::DecisionPoint::Start(listeners, invocation.environment, std::move(options)));
  const auto watching =
      operations->Watch({.points = &point->points(), .follower = &point->follower()});
  PrintListening(invocation, {.listeners = listeners,
                              .ports = point->ports(),
                              .metrics = arguments.run.metrics,
                              .metrics_port = operations->metrics_port()});
  ServeUntilEnded(invocation, arguments.run, *operations, point->points());
  PROVISO_TRY(point->Stop());
  return kExitOk;
}

}  // namespace

void AddPointCommand(CLI::App& app, Invocation& invocation) {
  auto point = std::make_shared<PointArguments>();
  CLI::App& command = AddCommand(
      app, invocation,
      {"point",
       "Answer enforcement points from a decision table file that `proviso serve` writes; needs "
       "no data directory",
       "  proviso point --table /run/proviso/table/current --config serve.yaml --state "
       "/var/lib/proviso-point\n  proviso point --table data/table/current"},
      [&invocation, point] { return Point(invocation, *point); });
  command
      .add_option("--table", point->table,
                  "Decision table: DATA/table/current, or its copy in the folder of `serve "
                  "--table-to`")
      ->required();
  AddRunOptions(command, point->run);
  command.add_option("--state", point->state,
                     "Folder for the last good table, which is served when there is no other");
}

}  // namespace proviso::cli

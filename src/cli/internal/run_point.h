#pragma once

#include <memory>
#include <string>
#include <vector>

#include "cli/invocation.h"
#include "points/listener.h"
#include "server/operations.h"

namespace proviso::cli {

// The options that `serve` and `point` share.
struct RunArguments {
  std::string config;
  std::string listen = "127.0.0.1:8181";
  std::string metrics;
  std::string log = "text";
  std::string verdicts;
  bool verdicts_clear = false;
  int drain_seconds = 0;
};
// `arguments` must outlive `command`.
void AddRunOptions(CLI::App& command, RunArguments& arguments);

Result<std::vector<points::Listener>> ReadConfiguration(const Invocation& invocation,
                                                        const RunArguments& arguments);

Result<std::unique_ptr<server::Operations>> StartOperations(const Invocation& invocation,
                                                            const RunArguments& arguments);

// Says on standard output where everything listens.
struct Listening {
  std::vector<points::Listener> listeners = {};
  std::vector<std::uint16_t> ports = {};  // of the listeners
  std::string metrics = {};               // the address of the figures, and its port
  std::uint16_t metrics_port = 0;         // 0: nowhere
  Json more = Json::MakeObject();         // further members of the JSON
  std::string line = {};                  // and the same for people
};
void PrintListening(const Invocation& invocation, const Listening& listening);

// Until the process is asked to end: reloads when it is asked to, and drains at the end.
void ServeUntilEnded(const Invocation& invocation, const RunArguments& arguments,
                     server::Operations& operations, points::PointServer& points);

}  // namespace proviso::cli

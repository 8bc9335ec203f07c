// proviso serve, decide, demo
#include <sys/resource.h>

#include <csignal>
#include <cstdio>
#include <iostream>
#include <memory>
#include <optional>

#include "cli/internal/command.h"
#include "cli/session.h"
#include "cli/terminal.h"
#include "cli/told.h"
#include "demo/story.h"
#include "enforcement/decision_table.h"
#include "io/files/mapped_file.h"
#include "points/listener.h"
#include "publishing/log_publisher.h"
#include "server/server.h"
#include "server/shared_server.h"

namespace proviso::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kQuestionBytesMax = 64U << 10U;

// Waits until the process is asked to end. The signals must be blocked in every thread.
void WaitForEnd() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  int signal = 0;
  sigwait(&signals, &signal);
}

void BlockEndSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
}

// As many descriptors as the system grants: each gateway connection is one.
void RaiseDescriptorLimit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

struct ServeArguments {
  std::string config;
  std::string listen = "127.0.0.1:8181";
  std::string publish;  // an address for the files of the log; empty: nowhere
  std::string publish_prefix = "/log";
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

void PrintListeners(const Invocation& invocation, const std::vector<std::uint16_t>& listening,
                    const publishing::LogPublisher* publisher, const std::string& prefix) {
  Json ports = Json::MakeArray();
  for (const std::uint16_t port : listening) ports.Append(port);
  if (invocation.json) {
    Json said = Json::Of({{"ports", ports}});
    if (publisher != nullptr) said["publish_port"] = publisher->port();
    std::printf("%s\n", said.Canonical().c_str());
  } else {
    for (const std::uint16_t port : listening) {
      std::printf("forward-auth at http://127.0.0.1:%d\n", port);
    }
    if (publisher != nullptr) {
      std::printf("the log at http://127.0.0.1:%d%s\n", publisher->port(), prefix.c_str());
    }
    std::printf("Ctrl-C ends it.\n");
  }
  std::fflush(stdout);
}

template <typename Server>
Result<int> ServeWith(Server& server, const Invocation& invocation,
                      const ServeArguments& arguments) {
  const auto publisher = PROVISO_TRY(Publish(invocation, arguments));
  PrintListeners(invocation, server.ports(), publisher.get(), arguments.publish_prefix);
  WaitForEnd();
  if (publisher) publisher->Stop();
  PROVISO_TRY(server.Stop());
  return kExitOk;
}

Result<int> Serve(const Invocation& invocation, const ServeArguments& arguments) {
  std::vector<points::Listener> listeners(1);
  listeners.front().address = arguments.listen;
  if (!arguments.config.empty()) {
    const std::string text = PROVISO_TRY(ReadTextFile(invocation, arguments.config));
    listeners = PROVISO_TRY(points::ReadListeners(text, arguments.config));
  }
  BlockEndSignals();
  RaiseDescriptorLimit();
  const service::DataConfig config =
      PROVISO_TRY(service::DataConfig::Read(*invocation.environment.files, invocation.data));
  if (!config.store.empty()) {
    const auto shared = PROVISO_TRY(
        server::SharedServer::Start(invocation.data, listeners, invocation.environment));
    return ServeWith(*shared, invocation, arguments);
  }
  const auto server = PROVISO_TRY(server::Server::Start(
      invocation.data, listeners, invocation.environment,
      [](const std::string& line) { std::fprintf(stderr, "proviso: %s\n", line.c_str()); }));
  return ServeWith(*server, invocation, arguments);
}

Json VerdictJson(const enforcement::Answer& answer) {
  Json json = Json::Of({{"verdict", answer.allowed ? "allow" : "deny"},
                        {"restriction", nullptr},
                        {"clause", nullptr},
                        {"stage", nullptr},
                        {"until", nullptr},
                        {"reason", nullptr},
                        {"table", answer.table}});
  if (!answer.restriction.empty()) json["restriction"] = answer.restriction;
  if (!answer.clause.empty()) json["clause"] = answer.clause;
  if (answer.stage) json["stage"] = terms::StageName(*answer.stage);
  if (answer.until) json["until"] = FormatTime(*answer.until);
  if (!answer.reason.empty()) json["reason"] = answer.reason;
  return json;
}

Result<enforcement::Question> QuestionFromJson(const Json& json, Time now) {
  enforcement::Question question;
  question.subscription = PROVISO_TRY(json.StringAt("subscription"));
  question.service = PROVISO_TRY(json.StringAt("service"));
  question.region = PROVISO_TRY(json.StringAt("region"));
  question.operation =
      PROVISO_TRY(enforcement::ParseOperation(PROVISO_TRY(json.StringAt("operation"))));
  const Json* at = json.Find("at");
  question.at = at == nullptr || at->IsNull()
                    ? now
                    : PROVISO_TRY(ParseTime(PROVISO_TRY(json.StringAt("at"))));
  return question;
}

Result<Json> DecideOne(const Invocation& invocation, const enforcement::DecisionTable& table,
                       std::string_view line, bool unknown_allowed) {
  if (line.size() > kQuestionBytesMax) {
    return Fail(ErrorCode::kInvalidArgument, "expected a question of at most " +
                                                 std::to_string(kQuestionBytesMax) +
                                                 " bytes, found a longer line");
  }
  const Json json = PROVISO_TRY(ParseJson(line, {.bytes_max = kQuestionBytesMax, .depth_max = 8}));
  const enforcement::Question question =
      PROVISO_TRY(QuestionFromJson(json, invocation.environment.clock->Now()));
  return VerdictJson(table.Describe(question, unknown_allowed));
}

// The next line of standard input, absent at its end. Of a line that is too long only the beginning
// is kept, which is enough to refuse it.
std::optional<std::string> NextLine() {
  std::string line;
  std::streambuf& input = *std::cin.rdbuf();
  for (int c = input.sbumpc(); c != std::char_traits<char>::eof(); c = input.sbumpc()) {
    if (c == '\n') return line;
    if (line.size() <= kQuestionBytesMax) line += static_cast<char>(c);
  }
  if (line.empty()) return std::nullopt;
  return line;
}

// One answer a line, in order; a line that cannot be read is answered with an error, and the rest
// goes on.
Result<int> DecideLines(const Invocation& invocation, const enforcement::DecisionTable& table,
                        bool unknown_allowed) {
  bool all_read = true;
  std::int64_t number = 0;
  while (const std::optional<std::string> line = NextLine()) {
    ++number;
    const Result<Json> verdict = DecideOne(invocation, table, *line, unknown_allowed);
    if (verdict) {
      std::printf("%s\n", verdict->Canonical().c_str());
      continue;
    }
    all_read = false;
    const std::string message = "line " + std::to_string(number) + ": " + verdict.error().message();
    std::printf("%s\n",
                Json::Of({{"error", Json::Of({{"code", ErrorCodeName(verdict.error().code())},
                                              {"message", message}})}})
                    .Canonical()
                    .c_str());
  }
  return all_read ? kExitOk : kExitRefused;
}

struct DecideArguments {
  std::string subscription;
  std::string service;
  std::string region;
  std::string operation;
  std::string at;
  bool lines = false;
  std::string unknown = "deny";
};

// The table holds what is restricted, not who exists: a mistyped name is allowed like any other,
// and only the inventory tells. A gateway's answer stays as it is; people are told.
void TellUnknownSubscription(const Invocation& invocation, const std::string& subscription,
                             enforcement::Answer& answer) {
  if (!answer.allowed || !answer.reason.empty()) return;
  service::Request request;
  request.use_case = "subscription find";
  request.args = Json::Of({{"subscription", subscription}});
  Session session(invocation, std::chrono::seconds(0));
  const Result<Json> found = session.Ask(request);
  if (!found) {
    std::fprintf(stderr, "proviso: whether a customer has `%s` was not checked: %s\n",
                 subscription.c_str(), found.error().message().c_str());
    return;
  }
  if (found->BoolOr("known", true)) return;
  answer.reason = "unknown subscription";
  std::fprintf(stderr,
               "proviso: no customer has `%s`; a gateway is answered `allow` about it all the "
               "same, since the table holds what is restricted, not who exists; look at its name\n",
               subscription.c_str());
}

Result<int> Decide(const Invocation& invocation, const DecideArguments& arguments) {
  PROVISO_TRY(service::DataConfig::Read(*invocation.environment.files, invocation.data));
  const io::MappedFile file = PROVISO_TRY_DOING(
      io::MappedFile::Open(invocation.data / "table" / "current"), "read the decision table");
  const auto table =
      PROVISO_TRY_DOING(enforcement::DecisionTable::Open(file.bytes()), "decision table");
  const bool unknown_allowed = arguments.unknown == "allow";
  if (arguments.lines) return DecideLines(invocation, table, unknown_allowed);
  Json json = Json::Of({{"subscription", arguments.subscription},
                        {"service", arguments.service},
                        {"region", arguments.region},
                        {"operation", arguments.operation}});
  if (!arguments.at.empty()) json["at"] = arguments.at;
  const enforcement::Question question =
      PROVISO_TRY(QuestionFromJson(json, invocation.environment.clock->Now()));
  enforcement::Answer answer = table.Describe(question, unknown_allowed);
  TellUnknownSubscription(invocation, arguments.subscription, answer);
  if (invocation.json) {
    PrintJson(VerdictJson(answer));
  } else {
    std::printf("%s%s%s (table %s)\n",
                answer.allowed ? Green("allow").c_str() : Red("deny").c_str(),
                answer.reason.empty() ? "" : ": ", answer.reason.c_str(),
                std::to_string(answer.table).c_str());
  }
  return kExitOk;
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

void AddDecide(CLI::App& app, Invocation& invocation) {
  auto arguments = std::make_shared<DecideArguments>();
  CLI::App& decide = AddCommand(
      app, invocation,
      {"decide",
       "May this subscription do this here, now? Reads the decision table, and of one allowed "
       "subscription whether a customer has it; needs no server",
       "  proviso decide --subscription sub-1 --service blob-store --region nl-1 --operation read\n"
       "  proviso decide --stdin < questions.jsonl"},
      [&invocation, arguments] { return Decide(invocation, *arguments); });
  CLI::Option* lines = decide.add_flag(
      "--stdin", arguments->lines, "Read one JSON question a line, write one JSON verdict a line");
  for (const auto& [flag, target, text] :
       std::vector<std::tuple<std::string, std::string*, std::string>>{
           {"--subscription", &arguments->subscription, "Subscription"},
           {"--service", &arguments->service, "Service"},
           {"--region", &arguments->region, "Region"},
           {"--operation", &arguments->operation, "create, invoke, write, read, delete, manage"},
           {"--at", &arguments->at, "Moment, such as 2026-11-22T09:00:00Z; default: now"}}) {
    decide.add_option(flag, *target, text)->excludes(lines);
  }
  decide
      .add_option("--unknown", arguments->unknown,
                  "Verdict on services and regions that nobody knows")
      ->check(CLI::IsMember({"allow", "deny"}))
      ->capture_default_str();
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
  CLI::Option* config =
      serving.add_option("--config", serve->config, "Listeners (docs/formats/serve.md)");
  serving.add_option("--listen", serve->listen, "One forward-auth listener at this address")
      ->capture_default_str()
      ->excludes(config);
  serving.add_option("--publish", serve->publish,
                     "Serve the files of the log at this address too (docs/guides/publish.md)");
  serving
      .add_option("--publish-prefix", serve->publish_prefix, "Path that the log lies below there")
      ->capture_default_str();
  AddDecide(app, invocation);
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

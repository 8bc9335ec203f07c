// proviso decide
#include "cli/internal/decide_command.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <iostream>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "cli/internal/command.h"
#include "cli/internal/wrong_usage.h"
#include "cli/session.h"
#include "cli/terminal.h"
#include "enforcement/decision_table.h"
#include "io/files/mapped_file.h"
#include "points/decider.h"

namespace proviso::cli {
namespace {

constexpr std::size_t kQuestionBytesMax = 64U << 10U;
constexpr std::array<std::string_view, 5> kMembers = {"subscription", "service", "region",
                                                      "operation", "at"};

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

// A member that was meant for something must not be passed over.
Status CheckMembers(const Json& question) {
  const Json::Object* const members = question.AsObject();
  if (members == nullptr) return {};  // what reads it says so
  for (const auto& [name, value] : *members) {
    if (std::ranges::find(kMembers, name) != kMembers.end()) continue;
    return Fail(ErrorCode::kInvalidArgument, "unknown member `" + name +
                                                 "`; expected `subscription`, `service`, "
                                                 "`region`, `operation`, `at`");
  }
  return {};
}

// What a gateway is answered that hands the question over in headers: by the code that answers it.
enforcement::Answer AnswerTo(const enforcement::Question& question,
                             const enforcement::DecisionTable& table, bool unknown_allowed) {
  points::Listener listener;
  listener.unknown = unknown_allowed ? points::Otherwise::kAllow : points::Otherwise::kDeny;
  points::Asked asked;
  asked.subscription = question.subscription;
  asked.service = question.service;
  asked.region = question.region;
  asked.operation = question.operation;
  points::Outcome outcome = points::Decider(listener, nullptr)
                                .Decide(asked, {.table = &table, .now = question.at, .age = {}});
  if (outcome.code == points::ReasonCode::kRestricted) return std::move(outcome.answer);
  enforcement::Answer answer;
  answer.allowed = outcome.allowed;
  answer.reason = std::move(outcome.reason);
  answer.table = table.number();
  return answer;
}

Result<Json> DecideOne(const Invocation& invocation, const enforcement::DecisionTable& table,
                       std::string_view line, bool unknown_allowed) {
  if (line.size() > kQuestionBytesMax) {
    return Fail(ErrorCode::kInvalidArgument, "expected a question of at most " +
                                                 std::to_string(kQuestionBytesMax) +
                                                 " bytes, found a longer line");
  }
  const Json json = PROVISO_TRY(ParseJson(line, {.bytes_max = kQuestionBytesMax, .depth_max = 8}));
  PROVISO_TRY(CheckMembers(json));
  const enforcement::Question question =
      PROVISO_TRY(QuestionFromJson(json, invocation.environment.clock->Now()));
  return VerdictJson(AnswerTo(question, table, unknown_allowed));
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
  // Those of a question that were given, be it as an empty text.
  std::vector<std::pair<std::string, const CLI::Option*>> parts;
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

// The options that are missing for a question, as words; empty: none.
std::string Missing(const DecideArguments& arguments) {
  std::string missing;
  for (const auto& [flag, option] : arguments.parts) {
    if (option->count() == 0) missing += (missing.empty() ? "" : ", ") + flag;
  }
  return missing;
}

// A damaged table, or none; the message for one of another version says itself what to do.
tl::unexpected<Error> Unusable(const std::filesystem::path& file, const Error& error) {
  const std::string message =
      error.code() == ErrorCode::kNotFound
          ? "there is no decision table `" + file.string() + "`"
          : "the decision table `" + file.string() + "`: " + error.message();
  if (error.code() == ErrorCode::kUnimplemented) return Fail(error.code(), message);
  return Fail(error.code(), message + "; " + kTableRemedy);
}

Result<int> Decide(const Invocation& invocation, const DecideArguments& arguments) {
  const std::string missing = arguments.lines ? "" : Missing(arguments);
  if (!missing.empty()) {
    return WrongUsage(invocation, "a question needs " + missing +
                                      " too, or --stdin with one question a line; see proviso "
                                      "decide --help");
  }
  PROVISO_TRY(service::DataConfig::Read(*invocation.environment.files, invocation.data));
  const std::filesystem::path path =
      std::filesystem::absolute(invocation.data / "table" / "current").lexically_normal();
  const auto file = io::MappedFile::Open(path);
  if (!file) return Unusable(path, file.error());
  auto table = enforcement::DecisionTable::Open(file->bytes());
  if (!table) return Unusable(path, table.error());
  const bool unknown_allowed = arguments.unknown == "allow";
  if (arguments.lines) return DecideLines(invocation, *table, unknown_allowed);
  Json json = Json::Of({{"subscription", arguments.subscription},
                        {"service", arguments.service},
                        {"region", arguments.region},
                        {"operation", arguments.operation}});
  if (!arguments.at.empty()) json["at"] = arguments.at;
  const enforcement::Question question =
      PROVISO_TRY(QuestionFromJson(json, invocation.environment.clock->Now()));
  enforcement::Answer answer = AnswerTo(question, *table, unknown_allowed);
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

}  // namespace

void AddDecideCommand(CLI::App& app, Invocation& invocation) {
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
    const CLI::Option* option = decide.add_option(flag, *target, text)->excludes(lines);
    if (flag != "--at") arguments->parts.emplace_back(flag, option);
  }
  decide
      .add_option("--unknown", arguments->unknown,
                  "Verdict on services and regions that nobody knows")
      ->check(CLI::IsMember({"allow", "deny"}))
      ->capture_default_str();
}

}  // namespace proviso::cli

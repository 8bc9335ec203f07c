#include "points/oslo.h"

#include <algorithm>

#include "points/oslo_operations.h"
#include "points/words.h"

namespace proviso::points {
namespace {

constexpr int kAnswered = 200;
constexpr int kCannotTell = 503;  // for people and their logs: the clients do not look at it

}  // namespace

bool Oslo::Covers(std::string_view path) const { return IsBelow(path, listener_.prefix); }

http_server::Response Oslo::Answer(const http_server::Request& request, const Sight& sight) {
  if (request.method != "POST") return {.status = 405, .headers = {{"Allow", "POST"}}};
  return Say(Decide(request, sight));
}

Outcome Oslo::Decide(const http_server::Request& request, const Sight& sight) {
  const Result<OsloQuestion> question = reader_.Read(request, listener_.oslo.projects);
  if (!question) return decider_.DecideAll({}, sight);
  if (IsOperator(*question)) return decider_.Exempt(sight);
  Asked asked = AskedInHead(listener_, request);
  asked.operation = OperationOfRule(question->rule, listener_.operations);
  asked.may_be_joined = false;
  std::vector<Asked> all;
  all.reserve(question->projects.size());
  for (const std::string& project : question->projects) {
    asked.subscription = project;
    all.push_back(asked);
  }
  return decider_.DecideAll(all, sight);
}

bool Oslo::IsOperator(const OsloQuestion& question) const {
  const OsloOptions& options = listener_.oslo;
  if (question.caller && std::ranges::count(options.exempt, *question.caller) > 0) return true;
  return std::ranges::any_of(question.roles, [&options](const std::string& role) {
    return std::ranges::count(options.exempt_roles, role) > 0;
  });
}

http_server::Response Oslo::Trouble(ReasonCode code) const { return Say(decider_.Trouble(code)); }

http_server::Response Oslo::Say(const Outcome& outcome) const {
  http_server::Response response{.status = kAnswered, .body = outcome.allowed ? "True" : "False"};
  heading_.AddTo(response, outcome, listener_.appeal);
  if (!outcome.allowed && IsTrouble(outcome.code)) response.status = kCannotTell;
  return response;
}

}  // namespace proviso::points

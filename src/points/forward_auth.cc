#include "points/forward_auth.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "catalogue/yaml_map.h"
#include "points/operations.h"

namespace proviso::points {
namespace {

using enforcement::DecisionTable;
using http_server::Found;
using http_server::Request;
using http_server::Response;

constexpr int kAllowed = 200;
// nginx turns every other refusal but 401 into a 500.
constexpr int kDenied = 403;
constexpr std::size_t kValueBytesMax = 512;

// What goes into a header of the answer: printable ASCII on one line, of bounded length.
std::string Sanitised(std::string_view text) {
  std::string value(text.substr(0, kValueBytesMax));
  std::ranges::replace_if(
      value, [](char byte) { return byte < 0x20 || byte > 0x7E; }, '?');
  return value;
}

Response Verdict(bool allowed, std::string_view reason) {
  Response response{.status = allowed ? kAllowed : kDenied};
  response.headers.reserve(8);
  response.headers.push_back({"X-Proviso-Verdict", allowed ? "allow" : "deny"});
  if (!reason.empty()) response.headers.push_back({"X-Proviso-Reason", Sanitised(reason)});
  return response;
}

Response WithTable(Response response, const DecisionTable& table) {
  response.headers.push_back({"X-Proviso-Table", std::to_string(table.number())});
  return response;
}

Response Described(const enforcement::Answer& answer, const DecisionTable& table) {
  Response response = WithTable(Verdict(answer.allowed, answer.reason), table);
  const auto add = [&response](const char* name, std::string_view value) {
    if (!value.empty()) response.headers.push_back({name, Sanitised(value)});
  };
  add("X-Proviso-Restriction", answer.restriction);
  add("X-Proviso-Clause", answer.clause);
  if (answer.stage) add("X-Proviso-Stage", terms::StageName(*answer.stage));
  if (answer.until) add("X-Proviso-Until", FormatTime(*answer.until));
  return response;
}

Found Find(const Channel& channel, const Request& request) {
  switch (channel.kind) {
    case Channel::Kind::kHeader:
      return request.FindHeader(channel.name);
    case Channel::Kind::kQuery:
      return request.FindQuery(channel.name);
    case Channel::Kind::kConstant:
      return {.count = 1, .value = channel.name};
  }
  return {};
}

// What a gateway says in one request.
struct Words {
  Found subscription;
  Found service;
  Found region;
  Found operation;
};

// A gateway may join headers that came twice into one, with a comma: then it is two.
bool MayBeJoined(std::string_view value) {
  return value.find_first_of(", \t") != std::string_view::npos;
}

// Why the words cannot be believed, or nullptr. One that a client slipped in beside the gateway's
// own shows as a second one.
const char* WhyNotBelieved(const Words& words) {
  const Found& who = words.subscription;
  if (!who.once() || MayBeJoined(who.value) || catalogue::ForeignIdProblem(who.value)) {
    return "no subscription";
  }
  if (words.service.count > 1) return "repeated service";
  if (words.region.count > 1) return "repeated region";
  if (words.operation.count > 1) return "repeated operation";
  return nullptr;
}

}  // namespace

bool ForwardAuth::Covers(std::string_view path) const {
  if (!path.starts_with(listener_.prefix)) return false;
  return path.size() == listener_.prefix.size() || path[listener_.prefix.size()] == '/';
}

Response ForwardAuth::Trouble(std::string_view reason) const {
  return Verdict(listener_.trouble == Otherwise::kAllow, reason);
}

Response ForwardAuth::Answer(const Request& request, const DecisionTable* table, Time now) const {
  if (request.method != "GET" && request.method != "HEAD") {
    return {.status = 405, .headers = {{"Allow", "GET, HEAD"}}};
  }
  const Words words{.subscription = Find(listener_.subscription, request),
                    .service = Find(listener_.service, request),
                    .region = Find(listener_.region, request),
                    .operation = Find(listener_.operation, request)};
  if (const char* const why = WhyNotBelieved(words)) return Verdict(false, why);
  if (table == nullptr) return Trouble("no table");

  const bool unknown_allowed = listener_.unknown == Otherwise::kAllow;
  const std::optional<enforcement::Operation> operation = OperationOf(words.operation.value);
  if (!operation) return WithTable(Verdict(unknown_allowed, "unknown operation"), *table);

  const enforcement::FastQuestion fast{.subscription = words.subscription.value,
                                       .service = table->ServiceNumber(words.service.value),
                                       .region = table->RegionNumber(words.region.value),
                                       .operation = *operation,
                                       .at = now.time_since_epoch().count()};
  // Nearly every answer is this one; it needs no description.
  if (fast.service != DecisionTable::kUnknown && fast.region != DecisionTable::kUnknown &&
      table->Decide(fast).allowed) {
    return WithTable(Verdict(true, ""), *table);
  }
  const enforcement::Question question{.subscription = std::string(words.subscription.value),
                                       .service = std::string(words.service.value),
                                       .region = std::string(words.region.value),
                                       .operation = *operation,
                                       .at = now};
  return Described(table->Describe(question, unknown_allowed), *table);
}

}  // namespace proviso::points

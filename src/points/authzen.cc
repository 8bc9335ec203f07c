#include "points/authzen.h"

#include <array>
#include <utility>

#include "base/json.h"
#include "http_server/refusal.h"
#include "points/body_form.h"
#include "points/wiping.h"

namespace proviso::points {
namespace {

using http_server::Request;
using http_server::Response;
using simdjson::dom::element;

constexpr std::string_view kWellKnown = "/.well-known/authzen-configuration";
constexpr std::string_view kRequestId = "X-Request-ID";
constexpr int kAnswered = 200;
constexpr int kMalformed = 400;
constexpr int kNoSuchPath = 404;
constexpr int kCannotTell = 500;
constexpr std::size_t kItemsALook = 50;

// The path of an https URL; empty when it has none.
std::string_view PathOf(std::string_view url) {
  const std::size_t host = std::string_view("https://").size();
  const std::size_t path = url.find('/', host);
  return path == std::string_view::npos ? std::string_view() : url.substr(path);
}

Response JsonResponse(std::string body) {
  return {.status = kAnswered,
          .headers = {{"Content-Type", "application/json"}},
          .body = std::move(body)};
}

Response ErrorResponse(int status, const std::string& message) {
  Response response{
      .status = status, .headers = {{"Content-Type", "text/plain"}}, .body = message + "\n"};
  if (status != kMalformed) return response;
  // What cannot be read is told in the journal, too, without a word of it.
  response.refusal = http_server::refusal::kBadBody;
  response.headers.push_back({"X-Proviso-Code", std::string(response.refusal)});
  return response;
}

int StatusOf(ErrorCode code) {
  if (code == ErrorCode::kNotFound) return kNoSuchPath;
  return code == ErrorCode::kInvalidArgument ? kMalformed : kCannotTell;
}

enum class Semantic { kExecuteAll, kDenyOnFirstDeny, kPermitOnFirstPermit };

Result<Semantic> SemanticOf(element root) {
  const FoundMember options = FindMember(root, "options");
  if (options.count == 0) return Semantic::kExecuteAll;
  if (!options.once() || options.value.type() != simdjson::dom::element_type::OBJECT) {
    return Fail(ErrorCode::kInvalidArgument, "`options` is no object, or stands there twice");
  }
  if (FindMember(options.value, "evaluations_semantic").count == 0) return Semantic::kExecuteAll;
  const std::string_view word = TextOf(options.value, "evaluations_semantic");
  if (word == "execute_all") return Semantic::kExecuteAll;
  if (word == "deny_on_first_deny") return Semantic::kDenyOnFirstDeny;
  if (word == "permit_on_first_permit") return Semantic::kPermitOnFirstPermit;
  return Fail(ErrorCode::kInvalidArgument,
              "`options.evaluations_semantic` is none of execute_all, deny_on_first_deny, "
              "permit_on_first_permit");
}

bool IsLast(Semantic semantic, bool allowed) {
  return (semantic == Semantic::kDenyOnFirstDeny && !allowed) ||
         (semantic == Semantic::kPermitOnFirstPermit && allowed);
}

}  // namespace

Authzen::Authzen(Listener listener, Tally* tally)
    : listener_(std::move(listener)),
      metadata_path_(listener_.authzen.policy_decision_point.empty()
                         ? std::string()
                         : std::string(kWellKnown) +
                               std::string(PathOf(listener_.authzen.policy_decision_point))),
      decider_(listener_, tally) {}

bool Authzen::Covers(std::string_view path) const {
  return IsBelow(path, listener_.prefix) || (!metadata_path_.empty() && path == metadata_path_);
}

Response Authzen::Answer(const Request& request, const Sight& sight) {
  Response response = AnswerQuestion(request, sight);
  const http_server::Found id = request.FindHeader(kRequestId);
  if (id.once()) response.headers.push_back({std::string(kRequestId), std::string(id.value)});
  return response;
}

Response Authzen::AnswerQuestion(const Request& request, const Sight& sight) {
  if (!metadata_path_.empty() && request.path == metadata_path_) {
    if (request.method == "GET" || request.method == "HEAD") return Metadata();
    return {.status = 405, .headers = {{"Allow", "GET, HEAD"}}};
  }
  if (request.method != "POST") return {.status = 405, .headers = {{"Allow", "POST"}}};
  if (!HasMediaType(request, "application/json")) {
    return ErrorResponse(kMalformed, "expected `Content-Type: application/json`");
  }
  const Wiping wiping(json_);
  Result<Response> response =
      Dispatch(request.path.substr(listener_.prefix.size()), request.body, sight);
  return response ? *std::move(response) : Instead(response.error());
}

Response Authzen::Instead(const Error& error) const {
  Response response = ErrorResponse(StatusOf(error.code()), error.message());
  if (error.code() == ErrorCode::kResourceExhausted) {
    const Outcome outcome{.allowed = false,
                          .code = ReasonCode::kCannotDecide,
                          .reason = {},
                          .table = std::nullopt,
                          .answer = {}};
    decider_.Count(outcome);
    response.headers.push_back(
        {"X-Proviso-Code", std::string(ReasonCodeName(ReasonCode::kCannotDecide))});
  }
  return response;
}

Result<Response> Authzen::Dispatch(std::string_view endpoint, std::string_view body,
                                   const Sight& sight) {
  constexpr auto kSearches = std::to_array<std::pair<std::string_view, AuthzenSought>>(
      {{"/search/subject", AuthzenSought::kSubject},
       {"/search/resource", AuthzenSought::kResource},
       {"/search/action", AuthzenSought::kAction}});
  AuthzenSought sought = AuthzenSought::kNothing;
  for (const auto& [path, what] : kSearches) {
    if (endpoint == path && CanSearch(listener_, what)) sought = what;
  }
  const bool is_search = sought != AuthzenSought::kNothing;
  if (!is_search && endpoint != "/evaluation" && endpoint != "/evaluations") {
    return Fail(ErrorCode::kNotFound, "nothing is asked here");
  }
  const element root = PROVISO_TRY(json_.Parse(body));
  if (root.type() != simdjson::dom::element_type::OBJECT) {
    return Fail(ErrorCode::kInvalidArgument, "the body is no object");
  }
  if (is_search) return JsonResponse(PROVISO_TRY(SearchAuthzen(listener_, root, sought, sight)));
  return endpoint == "/evaluation" ? Evaluate(root, sight) : EvaluateAll(root, sight);
}

Result<Outcome> Authzen::DecideOne(const AuthzenEntities& entities, const Sight& sight) const {
  PROVISO_TRY(CheckAuthzenEntities(entities, AuthzenSought::kNothing));
  const AuthzenAsked asked = PROVISO_TRY(AskedOf(listener_, entities));
  Sight seen = sight;
  seen.now = asked.at.value_or(sight.now);
  return decider_.Decide(asked.asked, seen);
}

bool Authzen::LeavesToGateway(const Outcome& outcome) const {
  return listener_.trouble == Otherwise::kGateway && TroubleDecides(outcome.code);
}

Result<Response> Authzen::Evaluate(element root, const Sight& sight) const {
  const AuthzenEntities entities = PROVISO_TRY(ReadAuthzenEntities(root, AuthzenSought::kNothing));
  const Outcome outcome = PROVISO_TRY(DecideOne(entities, sight));
  if (LeavesToGateway(outcome)) return Fail(ErrorCode::kUnavailable, outcome.reason);
  Response response{.status = kAnswered, .body = AuthzenDecision(outcome, listener_.appeal)};
  heading_.AddTo(response, outcome, listener_.appeal);
  return response;
}

Result<Outcome> Authzen::DecideItem(element item, const AuthzenEntities& defaults,
                                    const Sight& sight, Budget& budget) const {
  if (budget.IsSpent()) return decider_.Trouble(ReasonCode::kCannotDecide);
  const AuthzenEntities entities = PROVISO_TRY(ReadAuthzenEntities(item, AuthzenSought::kNothing));
  return DecideOne(entities.Over(defaults), sight);
}

Result<Response> Authzen::EvaluateAll(element root, const Sight& sight) const {
  const FoundMember evaluations = FindMember(root, "evaluations");
  if (evaluations.count == 0) return Evaluate(root, sight);
  simdjson::dom::array items;
  if (!evaluations.once() || evaluations.value.get(items) != simdjson::SUCCESS) {
    return Fail(ErrorCode::kInvalidArgument, "`evaluations` is no array, or stands there twice");
  }
  if (items.size() == 0) return Evaluate(root, sight);
  if (items.size() > kEvaluationsMax) {
    return Fail(ErrorCode::kInvalidArgument,
                "there are " + std::to_string(items.size()) + " evaluations; at most " +
                    std::to_string(kEvaluationsMax) + " are answered at once");
  }
  const Semantic semantic = PROVISO_TRY(SemanticOf(root));
  const AuthzenEntities defaults = PROVISO_TRY(ReadAuthzenEntities(root, AuthzenSought::kNothing));
  // The members of an item are looked for in all of it and in the defaults, which may be long.
  Budget budget(sight, kItemsALook);
  std::string body = R"({"evaluations":[)";
  for (const element item : items) {
    const Result<Outcome> outcome = DecideItem(item, defaults, sight, budget);
    if (outcome && LeavesToGateway(*outcome)) {
      return Fail(ErrorCode::kUnavailable, outcome->reason);
    }
    if (!body.ends_with('[')) body += ',';
    body += outcome ? AuthzenDecision(*outcome, listener_.appeal)
                    : AuthzenItemError(outcome.error().message());
    if (IsLast(semantic, outcome && outcome->allowed)) break;
  }
  return JsonResponse(body + "]}");
}

Response Authzen::Metadata() const {
  const std::string& identifier = listener_.authzen.policy_decision_point;
  const std::string base =
      identifier.substr(0, identifier.size() - PathOf(identifier).size()) + listener_.prefix;
  Json metadata = Json::Of({{"policy_decision_point", identifier},
                            {"access_evaluation_endpoint", base + "/evaluation"},
                            {"access_evaluations_endpoint", base + "/evaluations"}});
  constexpr auto kSearches =
      std::to_array<std::pair<const char*, AuthzenSought>>({{"subject", AuthzenSought::kSubject},
                                                            {"resource", AuthzenSought::kResource},
                                                            {"action", AuthzenSought::kAction}});
  for (const auto& [word, sought] : kSearches) {
    if (!CanSearch(listener_, sought)) continue;
    metadata["search_" + std::string(word) + "_endpoint"] = base + "/search/" + word;
  }
  return JsonResponse(metadata.Canonical());
}

Response Authzen::Trouble(ReasonCode code) const {
  const Outcome outcome = decider_.Trouble(code);
  if (LeavesToGateway(outcome)) return ErrorResponse(kCannotTell, outcome.reason);
  return JsonResponse(AuthzenDecision(outcome, listener_.appeal));
}

}  // namespace proviso::points

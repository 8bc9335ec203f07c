#include "points/opa.h"

#include <algorithm>
#include <array>
#include <span>
#include <utility>

#include "base/json.h"
#include "http_server/refusal.h"
#include "points/body_form.h"
#include "points/json_pointer.h"
#include "points/operations.h"
#include "points/outcome_headers.h"
#include "points/wiping.h"
#include "points/words.h"

namespace proviso::points {
namespace {

using http_server::Found;
using http_server::Request;
using http_server::Response;
using Input = std::optional<JsonValue>;

constexpr std::string_view kVersion1 = "/v1/";
constexpr std::string_view kVersion0 = "/v0/";
constexpr int kDenied = 403;
// What a stage may deny: all but `manage`.
constexpr auto kStoppable = std::to_array<enforcement::Operation>(
    {enforcement::Operation::kCreate, enforcement::Operation::kInvoke,
     enforcement::Operation::kWrite, enforcement::Operation::kRead,
     enforcement::Operation::kDelete});

// A failure in the words of an OPA. Never one with a `result`: some clients read that whatever the
// status says.
Response Failure(int status, const char* code, std::string message) {
  return {.status = status,
          .headers = {{"Content-Type", "application/json"}},
          .body = Json::Of({{"code", code}, {"message", std::move(message)}}).Canonical() + "\n"};
}

// What cannot be read is told in the journal, too, without a word of it.
Response Unreadable(int status, std::string message,
                    std::string_view why = http_server::refusal::kBadBody) {
  Response response = Failure(status, "invalid_parameter", std::move(message));
  response.headers.push_back({"X-Proviso-Code", std::string(why)});
  response.refusal = why;
  return response;
}

Response OtherCoding() {
  Response refusal = Unreadable(415,
                                "the body has a content coding that is not read here; send it with "
                                "`Content-Encoding: gzip`, or without the header");
  refusal.headers.push_back({"Accept-Encoding", "gzip"});
  return refusal;
}

Response Health(const Request& request, const Sight& sight) {
  const bool asks_for_table =
      request.FindQuery("bundles").count > 0 || request.FindQuery("plugins").count > 0;
  if (asks_for_table && sight.table == nullptr) {
    return {.status = 500,
            .headers = {{"Content-Type", "application/json"}},
            .body = "{\"error\":\"no table yet\"}\n"};
  }
  return {.status = 200, .headers = {{"Content-Type", "application/json"}}, .body = "{}\n"};
}

// What a client that reads objects is told.
Json InDetail(const Outcome& outcome, std::string_view appeal) {
  Json detail = Json::Of({{"allow", outcome.allowed}});
  const auto add = [&detail](const char* name, std::string_view value) {
    if (!value.empty()) detail[name] = value;
  };
  if (outcome.table) detail["table"] = *outcome.table;
  add("code", ReasonCodeName(outcome.code));
  add("reason", outcome.reason);
  if (outcome.allowed) return detail;
  if (outcome.code == ReasonCode::kRestricted) {
    const enforcement::Answer& answer = outcome.answer;
    add("appeal", appeal);
    add("case", answer.of_case);
    add("restriction", answer.restriction);
    add("clause", answer.clause);
    if (answer.stage) add("stage", terms::StageName(*answer.stage));
    if (answer.until) add("until", FormatTime(*answer.until));
  }
  // Gateways that take an OPA for forward-auth answer their client with these.
  detail["status_code"] = kDenied;
  Json headers = Json::MakeObject();
  for (const http_server::ResponseHeader& header : OutcomeHeaders(outcome, appeal)) {
    headers[header.name] = header.value;
  }
  detail["headers"] = std::move(headers);
  return detail;
}

std::string Indices(std::size_t count) {
  std::string text = "[";
  for (std::size_t i = 0; i < count; ++i) {
    if (i > 0) text += ',';
    text += std::to_string(i);
  }
  return text + "]";
}

}  // namespace

OpaApi::OpaApi(Listener listener, Tally* tally, std::shared_ptr<io::HttpPoster> upstream)
    : listener_(std::move(listener)),
      prefix_v0_(std::string(kVersion0) + listener_.prefix.substr(kVersion1.size())),
      observer_(tally == nullptr ? nullptr : tally->observer()),
      decider_(listener_, observer_ != nullptr && upstream != nullptr ? &held_tally_ : tally,
               Decider::Counting::kElsewhere),
      counter_(listener_, tally),
      upstream_(std::move(upstream)) {}

bool OpaApi::Covers(std::string_view path) const {
  return path == "/" || path == "/health" || IsBelow(path, listener_.prefix) ||
         IsBelow(path, prefix_v0_);
}

Response OpaApi::Answer(const Request& request, const Sight& sight) {
  const Wiping wiping(json_);
  shape_ = {};
  // Those of a question to which no answer was found.
  if (observer_ != nullptr && upstream_ != nullptr) static_cast<void>(held_.Take());
  if (request.path == "/health") return Health(request, sight);
  // A body means nothing to a GET.
  const BodyCoding coding = request.method == "POST" ? CodingOf(request) : BodyCoding::kNone;
  if (coding == BodyCoding::kOther) return OtherCoding();
  return coding == BodyCoding::kGzip ? AnswerOpened(request, sight) : Evaluate(request, sight);
}

Response OpaApi::AnswerOpened(const Request& request, const Sight& sight) {
  const Wiping wiping(gzip_);
  const Result<std::string_view> body = gzip_.Open(request.body);
  if (!body) {
    const bool too_much = body.error().code() == ErrorCode::kResourceExhausted;
    return Unreadable(
        too_much ? 413 : 400, std::string(body.error().message()),
        too_much ? http_server::refusal::kBodyTooLarge : http_server::refusal::kBadBody);
  }
  Request opened = request;
  opened.body = *body;
  return Evaluate(opened, sight);
}

Response OpaApi::Trouble(ReasonCode code) const { return Say(decider_.Trouble(code)); }

Response OpaApi::Evaluate(const Request& request, const Sight& sight) {
  const bool version_1 = request.path.starts_with(kVersion1);
  if (upstream_ != nullptr && (!version_1 || request.method != "POST")) {
    return Failure(405, "method_not_allowed", "expected POST below /v1/data/");
  }
  const bool reads = request.method == "GET" && version_1;
  if (request.method != "POST" && !reads) {
    Response refusal = Failure(405, "method_not_allowed", "expected GET or POST");
    refusal.headers.push_back({"Allow", version_1 ? "GET, POST" : "POST"});
    return refusal;
  }
  const Found query = request.FindQuery("input");
  if (reads && query.count > 1) {
    return Unreadable(400, "the parameter `input` came twice");
  }
  const std::string_view text = reads ? query.value : request.body;
  shape_ = {
      .bare = !version_1,
      .object = listener_.opa.adapter == OpaAdapter::kPlain && !request.path.ends_with("/allow")};
  // Some clients try whether anybody is there with an empty question.
  if (text.empty()) return Decide(request, std::nullopt, sight);
  const Result<JsonValue> root = json_.Parse(text);
  if (!root) return Unreadable(400, std::string(root.error().message()));
  if (reads || !version_1) return Decide(request, *root, sight);
  if (!root->is_object()) {
    return Unreadable(400, "expected an object with the member `input`");
  }
  const FoundValue input = FindMember(*root, "input");
  if (input.count > 1) {
    return Unreadable(400, "the member `input` came twice");
  }
  return Decide(request, input.once() ? Input(input.value) : std::nullopt, sight);
}

Response OpaApi::Decide(const Request& request, Input input, const Sight& sight) {
  OpaInput known;
  if (input) known = ReadOpaInput(listener_.opa.adapter, *input);
  shape_.batch = known.batch;
  shape_.when_allowed = known.when_allowed;
  const Outcome ours = Find(request, input, known, sight);
  if (observer_ != nullptr && upstream_ != nullptr) {
    shape_.held = std::make_shared<const HeldVerdicts::Batch>(held_.Take());
  }
  if (ours.allowed && upstream_ != nullptr) return AskUpstream(request, ours);
  return Say(ours);
}

Found OpaApi::Word(const Channel& channel, const Request& request, Input input) const {
  if (channel.kind == Channel::Kind::kInput) {
    return input ? FindTextAt(*input, channel.name) : Found{};
  }
  const bool version_0 = request.path.starts_with(kVersion0);
  return FindWord(channel, request, version_0 ? prefix_v0_ : listener_.prefix);
}

bool OpaApi::IsExempt(std::string_view name) const {
  return !name.empty() &&
         std::ranges::find(listener_.opa.exempt, name) != listener_.opa.exempt.end();
}

Outcome OpaApi::Find(const Request& request, Input input, const OpaInput& known,
                     const Sight& sight) const {
  if (known.about_nobody || IsExempt(known.caller)) return decider_.Exempt(sight);
  const Found service = Word(listener_.service, request, input);
  const Found region = Word(listener_.region, request, input);
  Asked asked{.subscription = std::nullopt,
              .service = service.value,
              .region = region.value,
              .operation = known.operation,
              .repeated = {},
              .may_be_joined = listener_.subscription.kind == Channel::Kind::kHeader};
  const Found operation = Word(listener_.operation, request, input);
  const Found named = Word(listener_.named_operation, request, input);
  if (listener_.operation.kind != Channel::Kind::kAdapter || !named.value.empty()) {
    asked.operation = OperationAsked(listener_, operation.value, named.value);
  }
  if (operation.count > 1 || named.count > 1) asked.repeated = "operation";
  if (region.count > 1) asked.repeated = "region";
  if (service.count > 1) asked.repeated = "service";

  // Room for two names, or for all operations of one.
  std::array<Asked, 1 + kStoppable.size()> all;
  all.fill(asked);
  std::size_t count = 0;
  const auto ask_about = [&](std::string_view name) {
    // The operator's own data are open to whoever may call.
    if (count > 0 && IsExempt(name)) return;
    all.at(count++).subscription = listener_.opa.cut.Apply(name);
  };
  if (listener_.subscription.kind == Channel::Kind::kAdapter) {
    for (std::size_t i = 0; i < known.name_count; ++i) ask_about(known.names.at(i));
  } else {
    const Found who = Word(listener_.subscription, request, input);
    ask_about(who.once() ? who.value : std::string_view());
  }
  if (known.as_another) {
    for (const enforcement::Operation each : kStoppable) {
      all.at(count) = all.front();
      all.at(count++).operation = each;
    }
  }
  return decider_.DecideAll(std::span(all).first(count), sight);
}

void OpaApi::ShowHeld(const Outcome& answered) const {
  // Taken first: when showing them fails, there is another answer, which must not show them again.
  const std::shared_ptr<const HeldVerdicts::Batch> held = std::exchange(shape_.held, nullptr);
  if (held != nullptr) held->ShowTo(*observer_, listener_, answered);
}

Response OpaApi::Say(const Outcome& outcome) const {
  const std::string_view verdict = outcome.allowed ? shape_.when_allowed : "false";
  std::string body;
  if (!shape_.bare) body += "{\"result\":";
  if (shape_.object) {
    body += InDetail(outcome, listener_.appeal).Canonical();
  } else if (shape_.batch) {
    body += Indices(outcome.allowed ? *shape_.batch : 0);
  } else {
    body += verdict;
  }
  if (!shape_.bare) body += '}';
  ShowHeld(outcome);
  counter_.Count(outcome);
  return Write(outcome, std::move(body));
}

Response OpaApi::Write(const Outcome& outcome, std::string body) const {
  Response response{.status = 200, .body = std::move(body)};
  heading_.AddTo(response, outcome, listener_.appeal);
  return response;
}

}  // namespace proviso::points

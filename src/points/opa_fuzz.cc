// What the clients of an OPA send: a second reader of JSON finds the same caller and the same
// operation in it, and no shape of it makes a way round a restriction.
#include <array>
#include <map>
#include <optional>

#include "base/json.h"
#include "catalogue/yaml_map.h"
#include "fuzz/fuzzing.h"
#include "points/internal/example_table.h"
#include "points/opa.h"

namespace proviso::points {
namespace {

constexpr std::array kAdapters = {OpaAdapter::kPlain, OpaAdapter::kRgw, OpaAdapter::kMinio,
                                  OpaAdapter::kTrino, OpaAdapter::kKafka};

std::string TextAt(const Json& root, std::initializer_list<const char*> path) {
  const Json* at = &root;
  for (const char* key : path) {
    at = at == nullptr ? nullptr : at->Find(key);
  }
  const std::string* const text = at == nullptr ? nullptr : at->AsString();
  return text == nullptr ? "" : *text;
}

// Some words of each client, and whether a read-only customer may do what they say.
std::optional<bool> MayReadOnly(OpaAdapter adapter, const std::string& word) {
  static const std::map<std::pair<OpaAdapter, std::string>, bool> kWords = {
      {{OpaAdapter::kPlain, "read"}, true},
      {{OpaAdapter::kPlain, "write"}, false},
      {{OpaAdapter::kPlain, "DELETE"}, true},
      {{OpaAdapter::kRgw, "GET"}, true},
      {{OpaAdapter::kRgw, "HEAD"}, true},
      {{OpaAdapter::kRgw, "PUT"}, false},
      {{OpaAdapter::kRgw, "DELETE"}, true},
      {{OpaAdapter::kMinio, "s3:GetObject"}, true},
      {{OpaAdapter::kMinio, "s3:PutObject"}, false},
      {{OpaAdapter::kTrino, "ExecuteQuery"}, true},
      {{OpaAdapter::kTrino, "CreateTable"}, false},
      {{OpaAdapter::kKafka, "READ"}, true},
      {{OpaAdapter::kKafka, "WRITE"}, false},
      {{OpaAdapter::kKafka, "DELETE"}, true},
      {{OpaAdapter::kTrino, "InsertIntoTable"}, false}};
  const auto found = kWords.find({adapter, word});
  if (found == kWords.end()) return std::nullopt;
  return found->second;
}

// Who is asked about.
std::string AskedIn(OpaAdapter adapter, const Json& input) {
  switch (adapter) {
    case OpaAdapter::kPlain:
      return TextAt(input, {"user", "id"});
    case OpaAdapter::kRgw:
      return TextAt(input, {"user_info", "user_id"});
    case OpaAdapter::kMinio: {
      const Json* const claims = input.Find("claims");
      for (const char* name : {"sub", "ldapUser", "parent"}) {
        if (claims != nullptr && claims->Find(name) != nullptr) {
          return TextAt(input, {"claims", name});
        }
      }
      return TextAt(input, {"account"});
    }
    case OpaAdapter::kTrino:
      return TextAt(input, {"context", "identity", "user"});
    case OpaAdapter::kKafka: {
      const std::string name = TextAt(input, {"requestContext", "principal", "name"});
      return name == "ANONYMOUS" ? "" : name;
    }
  }
  return "";
}

std::string OperationIn(OpaAdapter adapter, const Json& input) {
  switch (adapter) {
    case OpaAdapter::kPlain:
      return TextAt(input, {"operation"});
    case OpaAdapter::kRgw:
      return TextAt(input, {"method"});
    case OpaAdapter::kMinio:
      return TextAt(input, {"action"});
    case OpaAdapter::kTrino:
    case OpaAdapter::kKafka:
      return TextAt(input, {"action", "operation"});
  }
  return "";
}

bool IsName(const std::string& name) { return !catalogue::ForeignIdProblem(name); }

// What the second reader makes of a question; absent where it is not asked.
std::optional<bool> Expected(OpaAdapter adapter, const Json& root) {
  const Json* const input = root.Find("input");
  if (input == nullptr) return false;
  const std::string caller = AskedIn(adapter, *input);
  std::optional<bool> may = MayReadOnly(adapter, OperationIn(adapter, *input));
  std::string owner;
  if (adapter == OpaAdapter::kRgw) {
    // The operator's interface, and who has not signed in, have tests of their own.
    if (caller == "anonymous" || TextAt(*input, {"decoded_uri"}).starts_with("/admin/")) {
      return std::nullopt;
    }
    const bool about_bucket =
        input->Find("bucket_info") != nullptr || !TextAt(*input, {"object_name"}).empty();
    if (about_bucket) owner = TextAt(*input, {"bucket_info", "owner"});
    if (about_bucket && !IsName(owner)) return false;
    const std::string method = TextAt(*input, {"method"});
    // To put nothing is no operation, and what is deleted by a parameter may be a setting.
    if (method == "PUT" && TextAt(*input, {"decoded_uri"}).size() < 2) return false;
    if (method == "DELETE" && !TextAt(*input, {"params"}).empty()) may.reset();
  }
  // Who is restricted sees no token to sign in with.
  if (adapter == OpaAdapter::kKafka && may &&
      TextAt(*input, {"action", "resourcePattern", "resourceType"}) == "DELEGATION_TOKEN") {
    may = false;
  }
  if (!IsName(caller)) return false;
  if (!may) return std::nullopt;
  return *may || (caller != "sub-1" && owner != "sub-1");
}

Listener ListenerFor(OpaAdapter adapter) {
  Listener listener{.protocol = ProtocolKind::kOpa,
                    .prefix = "/v1/data/proviso",
                    .subscription = {Channel::Kind::kAdapter},
                    .service = {Channel::Kind::kConstant, "blob-store"},
                    .region = {Channel::Kind::kConstant, "nl-1"},
                    .operation = {Channel::Kind::kAdapter}};
  listener.opa.adapter = adapter;
  if (adapter == OpaAdapter::kPlain) {
    listener.subscription = {Channel::Kind::kInput, "/user/id"};
    listener.named_operation = {Channel::Kind::kInput, "/operation"};
  }
  return listener;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto snapshot = internal::ReadOnlySnapshot();
  static const Time now = ParseTime("2026-12-01T00:00:00Z").value();
  fuzz::Input bytes(data, size);
  const OpaAdapter adapter = kAdapters.at(bytes.Choose(kAdapters.size()));
  OpaApi opa(ListenerFor(adapter));
  const http_server::Request request{
      .method = "POST", .path = "/v1/data/proviso/allow", .body = bytes.rest()};
  const auto answer = opa.Answer(request, {.table = &snapshot->table(), .now = now});

  const Json said = ParseJson(answer.body).value();
  if (answer.status == 400) {
    PROVISO_CHECK(said.Find("result") == nullptr, answer.body);
    return 0;
  }
  PROVISO_CHECK(answer.status == 200, std::to_string(answer.status));
  bool allowed = false;
  for (const auto& header : AllHeaders(answer)) {
    if (header.name == "X-Proviso-Verdict") allowed = header.value == "allow";
  }
  const Json* const result = said.Find("result");
  PROVISO_CHECK(result != nullptr, answer.body);
  if (const bool* const verdict = result->AsBool()) {
    PROVISO_CHECK(*verdict == allowed, answer.body);
  } else {
    PROVISO_CHECK(adapter == OpaAdapter::kTrino, answer.body);
  }
  // The other reader refuses what has two members of one name anywhere.
  const Result<Json> root = ParseJson(bytes.rest());
  if (!root) return 0;
  const std::optional<bool> expected = Expected(adapter, *root);
  PROVISO_CHECK(!expected || *expected == allowed, answer.body);
  return 0;
}

}  // namespace proviso::points

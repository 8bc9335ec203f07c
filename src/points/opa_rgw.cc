#include <algorithm>
#include <array>
#include <string>

#include "points/letters.h"
#include "points/opa_input.h"

namespace proviso::points {
namespace {

using enforcement::Operation;

constexpr std::array<std::string_view, 6> kInputNames = {
    "user_info", "bucket_info", "method", "decoded_uri", "params", "object_name"};
constexpr std::array<std::string_view, 2> kBucketNames = {"owner", "bucket"};
constexpr std::array<std::string_view, 1> kUserNames = {"user_id"};

// What the Ceph object gateway says about a request.
struct RgwRequest {
  std::string_view method;
  std::string_view uri;     // decoded, with the bucket in front even when the host named it
  std::string_view params;  // the query, as it came
  std::string_view object;  // empty: none
  bool has_bucket = false;  // one that exists
  std::string_view bucket;
};

std::string Decoded(std::string_view text) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool escape = text[i] == '%' && i + 2 < text.size() && HexDigit(text[i + 1]) >= 0 &&
                        HexDigit(text[i + 2]) >= 0;
    if (escape) {
      decoded += static_cast<char>(HexDigit(text[i + 1]) * 16 + HexDigit(text[i + 2]));
      i += 2;
    } else {
      decoded += text[i] == '+' ? ' ' : text[i];
    }
  }
  return decoded;
}

// The gateway decodes each piece of the query first, and looks for the `=` in it then.
bool HasParam(std::string_view params, std::initializer_list<std::string_view> names) {
  if (params.starts_with('?')) params.remove_prefix(1);
  while (!params.empty()) {
    const std::string_view piece = params.substr(0, params.find('&'));
    params.remove_prefix(std::min(piece.size() + 1, params.size()));
    const std::string decoded = Decoded(piece);
    const std::string_view name = std::string_view(decoded).substr(0, decoded.find('='));
    if (std::ranges::find(names, name) != names.end()) return true;
  }
  return false;
}

// Whether the request came in over S3 and not Swift, where parameters mean other things: its path
// is bucket and object and nothing else. A bucket may have its tenant before it: `/tenant:bucket`.
bool IsS3(const RgwRequest& request) {
  std::string_view rest = request.uri;
  if (!request.has_bucket || !rest.starts_with('/')) return false;
  rest.remove_prefix(1);
  const std::string_view first = rest.substr(0, rest.find('/'));
  rest.remove_prefix(first.size());
  const std::size_t colon = first.find(':');
  const std::string_view bucket = colon == std::string_view::npos ? first : first.substr(colon + 1);
  if (bucket != request.bucket) return false;
  if (request.object.empty()) return rest.empty() || rest == "/";
  return rest.starts_with('/') && rest.substr(1) == request.object;
}

Operation OperationOfPost(const RgwRequest& request) {
  if (!IsS3(request)) return Operation::kWrite;
  if (request.object.empty()) {
    return HasParam(request.params, {"delete"}) ? Operation::kDelete : Operation::kWrite;
  }
  const bool selects = HasParam(request.params, {"select-type"}) &&
                       !HasParam(request.params, {"uploads", "uploadId"});
  return selects ? Operation::kRead : Operation::kWrite;
}

Operation OperationOfDelete(const RgwRequest& request) {
  if (!IsS3(request)) return Operation::kDelete;
  // Taking a setting away deletes no data.
  const bool changes_setting =
      request.object.empty()
          ? HasParam(request.params,
                     {"cors", "encryption", "lifecycle", "mdsearch", "notification", "policy",
                      "publicAccessBlock", "replication", "tagging", "website"})
          : HasParam(request.params, {"tagging"});
  return changes_setting ? Operation::kWrite : Operation::kDelete;
}

std::optional<Operation> OperationOf(const RgwRequest& request) {
  const std::string_view method = request.method;
  if (method == "GET" || method == "HEAD" || method == "OPTIONS") return Operation::kRead;
  if (method == "POST") return OperationOfPost(request);
  if (method == "DELETE") return OperationOfDelete(request);
  if (method == "COPY") return Operation::kWrite;
  if (method != "PUT" || request.uri.size() < 2) return std::nullopt;
  return request.has_bucket ? Operation::kWrite : Operation::kCreate;
}

// What answers before anybody has signed in: load balancers ask it whether the gateway is alive.
bool IsPublicProbe(const RgwRequest& request) {
  return !request.has_bucket && request.object.empty() &&
         (request.method == "GET" || request.method == "HEAD") &&
         (request.uri == "/" || request.uri == "/swift/healthcheck" ||
          request.uri == "/swift/info");
}

}  // namespace

OpaInput ReadRgwInput(JsonValue input) {
  const auto [user, bucket, method, uri, params, object] = FindMembers<kInputNames>(input);
  RgwRequest request{.method = TextOf(method),
                     .uri = TextOf(uri),
                     .params = TextOf(params),
                     .object = TextOf(object),
                     .has_bucket = bucket.count > 0,
                     .bucket = {}};
  std::string_view owner;
  if (bucket.once()) {
    const auto [owner_found, names] = FindMembers<kBucketNames>(bucket.value);
    owner = TextOf(owner_found);
    if (names.once()) request.bucket = TextOf(names.value, "name");
  }
  const std::string_view caller =
      user.once() ? TextOf(FindMembers<kUserNames>(user.value)[0]) : std::string_view();

  OpaInput result{
      .caller = caller, .names = {caller, owner}, .operation = OperationOf(request), .batch = {}};
  // An object is in a bucket: where the bucket is not told, its owner is somebody unnamed.
  result.name_count = request.has_bucket || !request.object.empty() ? 2 : 1;
  // Whoever asks for the operator's own interface needs rights there. To deny it would take away
  // the very means by which a customer is let in again.
  if (result.name_count == 1 && !caller.empty() && request.uri.starts_with("/admin/")) {
    result.about_nobody = true;
  }
  if (caller != "anonymous") return result;
  if (result.name_count == 1) {
    result.names = {};
    result.about_nobody = result.about_nobody || IsPublicProbe(request);
    return result;
  }
  result.names = {owner, {}};
  result.name_count = 1;
  return result;
}

}  // namespace proviso::points

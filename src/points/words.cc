#include "points/words.h"

#include <optional>
#include <string>

#include "points/letters.h"
#include "points/operations.h"

namespace proviso::points {
namespace {

using http_server::Found;

// Segment number `place` of `path` after `prefix`, from 1; none where it is empty, or where the
// path goes back over it: whoever resolves `..` later would serve another one than was asked about.
Found FindSegment(std::string_view path, std::string_view prefix, std::size_t place) {
  std::string_view rest = path.substr(path.starts_with(prefix) ? prefix.size() : path.size());
  Found found;
  std::size_t depth = 0;  // how many segments there are once those so far are resolved
  for (std::size_t i = 1; !rest.empty(); ++i) {
    rest.remove_prefix(1);
    const std::string_view segment = rest.substr(0, rest.find('/'));
    rest.remove_prefix(segment.size());
    const bool goes_back = segment == "..";
    const bool names = !goes_back && !segment.empty() && segment != ".";
    if (i <= place && !names) return {};
    if (goes_back && depth == place) return {};
    if (names) ++depth;
    if (goes_back) --depth;
    if (i == place) found = {.count = 1, .value = segment};
  }
  return found;
}

// `path` with each escape as the byte that it stands for; absent where one is broken or stands for
// zero.
std::optional<std::string> Unescaped(std::string_view path) {
  std::string bytes;
  bytes.reserve(path.size());
  for (std::size_t i = 0; i < path.size(); ++i) {
    if (path[i] != '%') {
      bytes.push_back(path[i]);
      continue;
    }
    const int high = i + 1 < path.size() ? HexDigit(path[i + 1]) : -1;
    const int low = i + 2 < path.size() ? HexDigit(path[i + 2]) : -1;
    if (high < 0 || low < 0 || high + low == 0) return std::nullopt;
    bytes.push_back(static_cast<char>(high * 16 + low));
    i += 2;
  }
  return bytes;
}

// Segment number `place` of the path of a target as a client sent it, `/a/b?c`. None where it or
// one before it has escapes. Those behind it are read, since `%2e%2e` goes back, too.
Found FindSegmentOfTarget(std::string_view target, std::size_t place) {
  if (!target.starts_with('/')) return {};
  const std::string_view path = target.substr(0, target.find_first_of("?#"));
  if (path.find('%') == std::string_view::npos) return FindSegment(path, "", place);
  const std::optional<std::string> bytes = Unescaped(path);
  if (!bytes) return {};
  Found found = FindSegment(*bytes, "", place);
  if (found.count == 0) return {};
  const auto begin = static_cast<std::size_t>(found.value.data() - bytes->data());
  const std::string_view until = path.substr(0, begin + found.value.size());
  if (until.find('%') != std::string_view::npos) return {};
  found.value = until.substr(begin);
  return found;
}

}  // namespace

Found FindWord(const Channel& channel, const http_server::Request& request,
               std::string_view prefix) {
  switch (channel.kind) {
    case Channel::Kind::kNone:
      return {};
    case Channel::Kind::kHeader:
      return request.FindHeader(channel.name);
    case Channel::Kind::kQuery:
      return request.FindQuery(channel.name);
    case Channel::Kind::kConstant:
      return {.count = 1, .value = channel.name};
    case Channel::Kind::kPath:
      return FindSegment(request.path, prefix, channel.place);
    case Channel::Kind::kHeaderPath: {
      const Found header = request.FindHeader(channel.name);
      return header.count == 1 ? FindSegmentOfTarget(header.value, channel.place)
                               : Found{.count = header.count, .value = {}};
    }
    case Channel::Kind::kMethod:
      return {.count = 1, .value = request.method};
    case Channel::Kind::kCertificate:
    case Channel::Kind::kPayload:
    case Channel::Kind::kToken:
      return {};  // for IdentityReader to find
    case Channel::Kind::kProperty:
    case Channel::Kind::kInput:
    case Channel::Kind::kAdapter:
      return {};  // not in the head
  }
  return {};
}

std::optional<enforcement::Operation> OperationAsked(const Listener& listener,
                                                     std::string_view word, std::string_view name) {
  if (!name.empty()) return OperationOfName(name);
  // What the operator wrote is no client's.
  if (listener.operation.kind == Channel::Kind::kConstant) return OperationOf(word);
  return OperationOfMethod(word);
}

Asked AskedInHead(const Listener& listener, const http_server::Request& request) {
  const Found subscription = FindWord(listener.subscription, request, listener.prefix);
  const Found service = FindWord(listener.service, request, listener.prefix);
  const Found region = FindWord(listener.region, request, listener.prefix);
  const Found operation = FindWord(listener.operation, request, listener.prefix);
  const Found named = FindWord(listener.named_operation, request, listener.prefix);
  Asked asked{.subscription = std::nullopt,
              .service = service.value,
              .region = region.value,
              .operation = OperationAsked(listener, operation.value, named.value),
              .repeated = {}};
  if (operation.count > 1 || named.count > 1) asked.repeated = "operation";
  if (region.count > 1) asked.repeated = "region";
  if (service.count > 1) asked.repeated = "service";
  // One that a client slipped in beside the gateway's own shows as a second one.
  if (subscription.once()) asked.subscription = subscription.value;
  return asked;
}

}  // namespace proviso::points

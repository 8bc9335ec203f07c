#include "points/listener.h"

#include <algorithm>
#include <map>

#include "catalogue/faults.h"
#include "catalogue/yaml.h"
#include "catalogue/yaml_map.h"
#include "enforcement/restriction.h"
#include "http_server/http_server.h"
#include "points/operations.h"

namespace proviso::points {
namespace {

using catalogue::Faults;
using catalogue::YamlMap;
using catalogue::YamlNode;

bool IsHeaderName(std::string_view name) {
  return std::ranges::all_of(name, [](char letter) {
    return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
           (letter >= '0' && letter <= '9') || letter == '-' || letter == '_';
  });
}

// Reads `{header: NAME}`, `{query: NAME}` or `{constant: VALUE}` at `key`.
Channel ReadChannel(YamlMap& listener, const std::string& key, Faults& faults, Channel otherwise) {
  const YamlNode* const node = listener.MapOrNone(key);
  if (node == nullptr) return otherwise;
  YamlMap map(*node, key, faults);
  int given = 0;
  Channel channel;
  for (const auto& [word, kind] :
       {std::pair("header", Channel::Kind::kHeader), std::pair("query", Channel::Kind::kQuery),
        std::pair("constant", Channel::Kind::kConstant)}) {
    if (!map.Has(word)) continue;
    ++given;
    channel = {kind, map.ForeignId(word)};
    if (kind == Channel::Kind::kHeader && !IsHeaderName(channel.name)) {
      map.AddFault(
          word, "`" + channel.name + "` is no name of a header; use letters, digits, `-` and `_`");
    }
  }
  map.Finish();
  if (given != 1) {
    faults.Add(node->line(), "`" + key + "` needs one source; give one of `header: NAME`, " +
                                 "`query: NAME`, `constant: VALUE`");
  }
  return channel;
}

Otherwise ReadOtherwise(YamlMap& map, std::string_view key, std::string_view deny,
                        std::string_view allow) {
  const std::string text = map.TextOr(key, deny);
  if (text != deny && text != allow) {
    map.AddFault(key, "`" + std::string(key) + "` cannot be `" + text + "`" +
                          catalogue::DidYouMean(text, {std::string(deny), std::string(allow)}));
  }
  return text == allow ? Otherwise::kAllow : Otherwise::kDeny;
}

std::string ReadPrefix(YamlMap& map, const std::string& otherwise) {
  std::string prefix = map.TextOr("prefix", otherwise);
  if (!prefix.starts_with('/') || prefix.size() < 2 || prefix.ends_with('/') ||
      prefix.find_first_of("?#% \t") != std::string::npos) {
    map.AddFault("prefix", "`" + prefix + "` is no prefix; expected a path that begins with `/`, " +
                               "does not end with it, and has no escapes: `/authz/forward`");
  } else if (prefix == "/healthz" || prefix == "/readyz") {
    map.AddFault("prefix", "`" + prefix + "` tells how the listener is; choose another path");
  }
  return prefix;
}

void ReadOverwrittenBy(YamlMap& map, Listener& listener) {
  bool forgeable = false;
  for (const Channel* channel :
       {&listener.subscription, &listener.service, &listener.region, &listener.operation}) {
    forgeable = forgeable || channel->kind != Channel::Kind::kConstant;
  }
  listener.overwritten_by = map.TextOr("overwritten_by", "");
  if (forgeable && listener.overwritten_by.empty()) {
    map.AddFault("overwritten_by",
                 "a client can send the headers and parameters that this listener believes; make "
                 "the gateway overwrite them all, then say so with `overwritten_by: nginx`");
  }
}

void CheckConstants(YamlMap& map, const Listener& listener) {
  if (listener.operation.kind == Channel::Kind::kConstant &&
      !OperationOf(listener.operation.name)) {
    map.AddFault("operation", "operation `" + listener.operation.name +
                                  "` does not exist; expected create, invoke, write, read, "
                                  "delete, manage, or an HTTP method");
  }
  if (listener.subscription.kind == Channel::Kind::kQuery) {
    // A gateway that passes the client's query on, as some do, would pass on a forged identity.
    map.AddFault("subscription",
                 "a parameter of the query cannot name the subscription; "
                 "use a header that the gateway overwrites");
  }
}

Listener ReadListener(const YamlNode& node, Faults& faults) {
  YamlMap map(node, "listener", faults);
  Listener listener;
  listener.address = map.Text("address");
  map.Name(listener.address);
  if (const Status good = http_server::CheckAddress(listener.address);
      !good && !listener.address.empty()) {
    map.AddFault("address", good.error().message());
  }
  const std::string protocol = map.Text("protocol");
  if (!protocol.empty() && protocol != "forward-auth") {
    map.AddFault("protocol", "protocol `" + protocol + "` does not exist" +
                                 catalogue::DidYouMean(protocol, {"forward-auth"}));
  }
  listener.prefix = ReadPrefix(map, listener.prefix);
  listener.subscription = ReadChannel(map, "subscription", faults, listener.subscription);
  listener.service = ReadChannel(map, "service", faults, listener.service);
  listener.region = ReadChannel(map, "region", faults, listener.region);
  listener.operation = ReadChannel(map, "operation", faults, listener.operation);
  listener.unknown = ReadOtherwise(map, "unknown", "deny", "allow");
  listener.trouble = ReadOtherwise(map, "trouble", "closed", "open");
  ReadOverwrittenBy(map, listener);
  CheckConstants(map, listener);
  map.Finish();
  return listener;
}

}  // namespace

Result<std::vector<Listener>> ReadListeners(std::string_view text, std::string_view file_name) {
  const YamlNode root = PROVISO_TRY(catalogue::ReadYaml(text, file_name));
  Faults faults(file_name);
  YamlMap file(root, "file", faults);
  std::vector<Listener> listeners;
  std::map<std::string, int> lines;
  for (const YamlNode& node : file.Items("listeners")) {
    listeners.push_back(ReadListener(node, faults));
    const std::string& address = listeners.back().address;
    const auto [first, is_new] = lines.emplace(address, node.line());
    if (!is_new && !address.empty() && !address.ends_with(":0")) {
      faults.Add(node.line(), "`" + address + "` is the address of the listener in line " +
                                  std::to_string(first->second) +
                                  " already; give each its own port");
    }
  }
  file.Finish();
  if (Status good = faults.ToStatus(); !good) return tl::unexpected(std::move(good).error());
  return listeners;
}

}  // namespace proviso::points

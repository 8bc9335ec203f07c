#include "points/listener.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <filesystem>
#include <map>
#include <tuple>
#include <utility>

#include "catalogue/faults.h"
#include "catalogue/yaml.h"
#include "catalogue/yaml_map.h"
#include "enforcement/restriction.h"
#include "http_server/http_server.h"
#include "points/json_pointer.h"
#include "points/operations.h"
#include "points/source_header.h"

namespace proviso::points {
namespace {

using catalogue::Faults;
using catalogue::YamlMap;
using catalogue::YamlNode;

constexpr std::array<std::pair<std::string_view, ProtocolKind>, 5> kProtocols = {{
    {"forward-auth", ProtocolKind::kForwardAuth},
    {"envoy", ProtocolKind::kEnvoy},
    {"oslo", ProtocolKind::kOslo},
    {"authzen", ProtocolKind::kAuthzen},
    {"opa", ProtocolKind::kOpa},
}};
constexpr int kLastGoodSecondsMax = 31'536'000;  // a year

// Which segment of the path after the prefix, from 1.
std::size_t ReadPlace(YamlMap& map) {
  const std::string text = map.Text("path");
  if (text.size() == 1 && text[0] >= '1' && text[0] <= '9') {
    return static_cast<std::size_t>(text[0] - '0');
  }
  map.AddFault("path", "`" + text +
                           "` is no place in the path; expected 1 to 9: `path: 1` is the " +
                           "first segment after the prefix");
  return 1;
}

std::string ReadInputPlace(YamlMap& map) {
  std::string pointer = map.Text("input");
  if (!IsJsonPointer(pointer)) {
    map.AddFault("input", "`" + pointer + "` is no place in the input; expected a JSON Pointer, " +
                              "like `/user/id`");
  }
  return pointer;
}

// Reads `{header: NAME}`, `{header: NAME, path: N}`, `{query: NAME}`, `{path: N}`, `{input: PLACE}`
// or `{constant: VALUE}` at `key`.
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
    if (kind != Channel::Kind::kHeader) continue;
    const std::string fault = FaultOfSourceHeader(channel.name);
    if (!fault.empty()) map.AddFault(word, fault);
  }
  if (map.Has("path") && channel.kind == Channel::Kind::kHeader && given == 1) {
    channel = {Channel::Kind::kHeaderPath, channel.name, ReadPlace(map)};
  } else if (map.Has("path")) {
    ++given;
    channel = {Channel::Kind::kPath, "", ReadPlace(map)};
  }
  if (map.Has("input")) {
    ++given;
    channel = {Channel::Kind::kInput, ReadInputPlace(map)};
  }
  map.Finish();
  if (given != 1) {
    faults.Add(node->line(),
               "`" + key +
                   "` needs one source; give one of `header: NAME` (with `path: N`, where " +
                   "it holds a path), `query: NAME`, `path: N`, `constant: VALUE`, or with " +
                   "protocol `opa` `input: PLACE`");
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
  for (const Channel* channel : {&listener.subscription, &listener.service, &listener.region,
                                 &listener.operation, &listener.named_operation}) {
    const Channel::Kind kind = channel->kind;
    // An OPA is asked at an address that the gateway's own configuration holds. A method is the
    // client's own, and true.
    const bool safe = kind == Channel::Kind::kNone || kind == Channel::Kind::kConstant ||
                      kind == Channel::Kind::kAdapter || kind == Channel::Kind::kToken ||
                      kind == Channel::Kind::kMethod || kind == Channel::Kind::kProperty ||
                      (kind == Channel::Kind::kPath && !AsksInTheHead(listener.protocol)) ||
                      (kind == Channel::Kind::kQuery && listener.protocol == ProtocolKind::kOslo);
    forgeable = forgeable || !safe;
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
  const Channel& subscription = listener.subscription;
  if (subscription.kind == Channel::Kind::kConstant && AsksInTheHead(listener.protocol) &&
      subscription.name.find_first_of(", \t") != std::string::npos) {
    map.AddFault("subscription", "`" + subscription.name +
                                     "` is never believed: with a comma, a space or a tab inside "
                                     "it may be two; give the id of one subscription");
  }
  if (listener.subscription.kind == Channel::Kind::kQuery) {
    // A gateway that passes the client's query on, as some do, would pass on a forged identity.
    map.AddFault("subscription",
                 "a parameter of the query cannot name the subscription; "
                 "use a header that the gateway overwrites");
  }
}

void CheckOpa(YamlMap& map, const Listener& listener) {
  if (!listener.prefix.starts_with("/v1/data/")) {
    map.AddFault("prefix", "`" + listener.prefix + "` is no path of an OPA; expected one that " +
                               "begins with `/v1/data/`");
  }
  const bool plain = listener.opa.adapter == OpaAdapter::kPlain;
  const bool named = listener.named_operation.kind != Channel::Kind::kNone;
  for (const auto& [key, channel] : {std::pair("subscription", &listener.subscription),
                                     std::pair("operation", &listener.operation)}) {
    if (plain && channel->kind == Channel::Kind::kAdapter &&
        !(named && channel == &listener.operation)) {
      map.AddFault(key, "the adapter `plain` does not know where `" + std::string(key) +
                            "` is; say so, like `" + key + ": {input: " +
                            (channel == &listener.operation ? "/request/method" : "/user/id") +
                            "}`");
    }
  }
  if (listener.opa.adapter == OpaAdapter::kRgw &&
      listener.subscription.kind != Channel::Kind::kAdapter) {
    map.AddFault("subscription",
                 "the adapter `rgw` asks about caller and owner both; leave `subscription` out");
  }
}

void CheckHeadOnly(YamlMap& map, const Listener& listener) {
  for (const auto& [key, channel] :
       {std::pair("subscription", &listener.subscription), std::pair("service", &listener.service),
        std::pair("region", &listener.region), std::pair("operation", &listener.operation),
        std::pair("named_operation", &listener.named_operation)}) {
    if (channel->kind != Channel::Kind::kInput) continue;
    map.AddFault(key, "a question of protocol `" + std::string(ProtocolName(listener.protocol)) +
                          "` has no input; use a header that the gateway overwrites");
  }
}

std::optional<ProtocolKind> ReadProtocol(YamlMap& map) {
  const std::string word = map.Text("protocol");
  std::vector<std::string> names;
  for (const auto& [name, kind] : kProtocols) {
    if (name == word) return kind;
    names.emplace_back(name);
  }
  if (!word.empty()) {
    map.AddFault("protocol",
                 "protocol `" + word + "` does not exist" + catalogue::DidYouMean(word, names));
  }
  return std::nullopt;
}

std::optional<std::chrono::milliseconds> ReadLastGood(YamlMap& map) {
  if (!map.Has("last_good_seconds")) return std::nullopt;
  const std::string text = map.Text("last_good_seconds");
  int seconds = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (problem != std::errc() || end != text.data() + text.size() || seconds < 1 ||
      seconds > kLastGoodSecondsMax) {
    map.AddFault("last_good_seconds", "`" + text + "` is no time for a table to be believed; " +
                                          "expected 1 to " + std::to_string(kLastGoodSecondsMax) +
                                          " seconds");
  }
  return std::chrono::seconds(seconds);
}

std::string ReadName(YamlMap& map) {
  constexpr std::size_t kNameBytesMax = 64;
  std::string name = map.TextOr("name", "");
  if (name.size() > kNameBytesMax || !IsHeaderName(name)) {
    map.AddFault("name", "`" + name + "` is no name of a listener; use up to " +
                             std::to_string(kNameBytesMax) + " letters, digits, `-` and `_`");
  }
  return name;
}

// Whether `text` is an address that can be followed: with a host, or with somebody at one.
bool IsAppealAddress(std::string_view text) {
  constexpr std::string_view kWeb = "https://";
  constexpr std::string_view kMail = "mailto:";
  const bool printable =
      std::ranges::all_of(text, [](char letter) { return letter > ' ' && letter < 0x7f; });
  if (!printable) return false;
  if (text.starts_with(kWeb)) {
    const std::string_view host = text.substr(kWeb.size());
    return !host.empty() && std::string_view(":/?#@").find(host.front()) == std::string_view::npos;
  }
  if (!text.starts_with(kMail)) return false;
  const std::string_view mailbox = text.substr(kMail.size());
  const std::size_t at = mailbox.find('@');
  return at != std::string_view::npos && at > 0 && at + 1 < mailbox.size();
}

std::string ReadAppeal(YamlMap& map) {
  std::string appeal = map.TextOr("appeal", "");
  if (!appeal.empty() && !IsAppealAddress(appeal)) {
    map.AddFault("appeal", "`" + appeal + "` is no address where one can appeal; expected one " +
                               "like `https://provider.example/appeals` or " +
                               "`mailto:appeals@provider.example`");
  }
  return appeal;
}

void ReadWords(YamlMap& map, Faults& faults, Listener& listener) {
  const std::filesystem::path folder = std::filesystem::path(faults.file_name()).parent_path();
  if (listener.protocol == ProtocolKind::kAuthzen) {
    ReadAuthzenWords(map, faults, listener);
    return;
  }
  listener.service = ReadChannel(map, "service", faults, listener.service);
  listener.region = ReadChannel(map, "region", faults, listener.region);
  if (listener.protocol == ProtocolKind::kOslo) {
    listener.oslo = ReadOsloOptions(map);
    listener.operations = ReadWordOperations(map, faults, /*with_properties=*/false);
    return;
  }
  if (!ReadIdentity(map, faults, folder, listener)) {
    listener.subscription = ReadChannel(map, "subscription", faults, listener.subscription);
  }
  listener.operation = ReadChannel(map, "operation", faults, listener.operation);
  listener.named_operation = ReadChannel(map, "named_operation", faults, listener.named_operation);
  if (listener.protocol == ProtocolKind::kOpa) listener.opa = ReadOpaOptions(map, faults);
}

// What a protocol does not have in its requests, or has from the client.
void CheckWords(YamlMap& map, const Listener& listener) {
  const bool is_oslo = listener.protocol == ProtocolKind::kOslo;
  const bool is_envoy = listener.protocol == ProtocolKind::kEnvoy;
  for (const auto& [key, channel] :
       {std::pair("subscription", &listener.subscription), std::pair("service", &listener.service),
        std::pair("region", &listener.region), std::pair("operation", &listener.operation),
        std::pair("named_operation", &listener.named_operation)}) {
    if (is_envoy && channel->kind == Channel::Kind::kQuery) {
      map.AddFault(key,
                   "the query that Envoy sends is its client's; use a header that Envoy sets, "
                   "`path: N` or `constant: VALUE`");
    }
    if (channel->kind == Channel::Kind::kHeaderPath && !AsksInTheHead(listener.protocol)) {
      map.AddFault(key, "no gateway that speaks `" + std::string(ProtocolName(listener.protocol)) +
                            "` sends the path of its client in a header");
    }
    if (is_oslo && channel->kind == Channel::Kind::kHeader) {
      map.AddFault(key, "OpenStack services send no headers of their own; use `path: N`, " +
                            std::string("`query: NAME` or `constant: VALUE`"));
    }
  }
}

Otherwise ReadTrouble(YamlMap& map, const Listener& listener) {
  const bool has_status_for_it =
      listener.protocol == ProtocolKind::kEnvoy || listener.protocol == ProtocolKind::kAuthzen;
  if (has_status_for_it && map.TextOr("trouble", "") == "gateway") return Otherwise::kGateway;
  return ReadOtherwise(map, "trouble", "closed", "open");
}

Listener ReadListener(const YamlNode& node, Faults& faults) {
  YamlMap map(node, "listener", faults);
  const std::string address = map.Text("address");
  map.Name(address);
  if (const Status good = http_server::CheckAddress(address); !good && !address.empty()) {
    map.AddFault("address", good.error().message());
  }
  const std::optional<ProtocolKind> protocol = ReadProtocol(map);
  // Which other keys there may be hangs on it.
  if (!protocol) return {.address = address};
  Listener listener = ListenerOf(*protocol);
  listener.address = address;
  listener.place.text = faults.file_name() + ":" + std::to_string(map.Line("address"));
  listener.prefix = ReadPrefix(map, listener.prefix);
  ReadWords(map, faults, listener);
  CheckWords(map, listener);
  listener.unknown = ReadOtherwise(map, "unknown", "deny", "allow");
  listener.trouble = ReadTrouble(map, listener);
  listener.last_good = ReadLastGood(map);
  listener.name = ReadName(map);
  listener.appeal = ReadAppeal(map);
  ReadOverwrittenBy(map, listener);
  CheckConstants(map, listener);
  listener.protocol == ProtocolKind::kOpa ? CheckOpa(map, listener) : CheckHeadOnly(map, listener);
  map.Finish();
  return listener;
}

// Listeners are often shown without the key that they stand below.
Status CheckIsWholeFile(const YamlNode& root, Faults& faults) {
  const bool is_one = root.Find("address") != nullptr && root.Find("listeners") == nullptr;
  if (root.kind() != YamlNode::Kind::kList && !is_one) return {};
  faults.Add(root.line(), std::string("these are listeners, and no whole file; put the line "
                                      "`listeners:` before them") +
                              (is_one ? ", and each as an item (`- address: ...`) below it" : ""));
  return faults.ToStatus();
}

}  // namespace

bool AsksInTheHead(ProtocolKind protocol) {
  return protocol == ProtocolKind::kForwardAuth || protocol == ProtocolKind::kEnvoy;
}

Listener ListenerOf(ProtocolKind protocol) {
  using Kind = Channel::Kind;
  Listener listener{.protocol = protocol};
  if (protocol == ProtocolKind::kForwardAuth) return listener;
  listener.service = {Kind::kPath, "", 1};
  listener.region = {Kind::kPath, "", 2};
  if (protocol == ProtocolKind::kEnvoy) {
    listener.prefix = "/authz/envoy";
    listener.operation = {Kind::kMethod, ""};
    return listener;
  }
  if (protocol == ProtocolKind::kOpa) {
    listener.prefix = "/v1/data/proviso";
    listener.subscription = {Kind::kAdapter, ""};
    listener.operation = {Kind::kAdapter, ""};
    return listener;
  }
  // These questions have the subscription and the operation in their bodies.
  listener.subscription = {Kind::kProperty, ""};
  listener.operation = {Kind::kProperty, ""};
  listener.prefix = "/oslo";
  if (protocol == ProtocolKind::kAuthzen) {
    listener.prefix = "/access/v1";
    listener.service = {Kind::kProperty, ""};
    listener.region = {Kind::kProperty, "region"};
  }
  return listener;
}

std::string_view ProtocolName(ProtocolKind kind) {
  return kProtocols.at(static_cast<std::size_t>(kind)).first;
}

Result<std::vector<Listener>> ReadListeners(std::string_view text, std::string_view file_name) {
  const YamlNode root = PROVISO_TRY(catalogue::ReadYaml(text, file_name));
  Faults faults(file_name);
  PROVISO_TRY(CheckIsWholeFile(root, faults));
  YamlMap file(root, "file", faults);
  std::vector<Listener> listeners;
  std::map<std::string, int> lines;
  std::map<std::string, int> names;
  for (const YamlNode& node : file.Items("listeners")) {
    listeners.push_back(ReadListener(node, faults));
    const std::string& address = listeners.back().address;
    const auto [first, is_new] = lines.emplace(address, node.line());
    if (!is_new && !address.empty() && !address.ends_with(":0")) {
      faults.Add(node.line(), "`" + address + "` is the address of the listener in line " +
                                  std::to_string(first->second) +
                                  " already; give each its own port");
    }
    const std::string& name = listeners.back().name;
    const auto [same, is_new_name] = names.emplace(name, node.line());
    if (!is_new_name && !name.empty()) {
      faults.Add(node.line(), "`" + name + "` is the name of the listener in line " +
                                  std::to_string(same->second) + " already; give each its own");
    }
  }
  file.Finish();
  if (Status good = faults.ToStatus(); !good) return tl::unexpected(std::move(good).error());
  return listeners;
}

}  // namespace proviso::points

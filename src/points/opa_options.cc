#include "points/opa_options.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <utility>

#include "catalogue/faults.h"
#include "catalogue/yaml_map.h"

namespace proviso::points {
namespace {

using catalogue::YamlMap;

constexpr std::array<std::string_view, 5> kAdapterNames = {"plain", "rgw", "minio", "trino",
                                                           "kafka"};

OpaAdapter ReadAdapter(YamlMap& listener) {
  const std::string word = listener.TextOr("adapter", "plain");
  const auto* const found = std::ranges::find(kAdapterNames, word);
  if (found != kAdapterNames.end()) {
    return static_cast<OpaAdapter>(found - kAdapterNames.begin());
  }
  const std::vector<std::string> names(kAdapterNames.begin(), kAdapterNames.end());
  listener.AddFault("adapter",
                    "adapter `" + word + "` does not exist" + catalogue::DidYouMean(word, names));
  return OpaAdapter::kPlain;
}

// What stands between `//` and the path.
std::string_view AuthorityOf(std::string_view url) {
  const std::size_t slashes = url.find("//");
  if (slashes == std::string_view::npos) return "";
  url.remove_prefix(slashes + 2);
  return url.substr(0, url.find_first_of("/?#"));
}

// The name or address in `url`, without its port; empty when there is none, or a user before it.
std::string HostOf(std::string_view url) {
  const std::string_view host = AuthorityOf(url);
  if (host.find('@') != std::string_view::npos) return "";
  if (host.starts_with('[')) return std::string(host.substr(0, host.find(']') + 1));
  return std::string(host.substr(0, host.find(':')));
}

bool IsLoopback(const std::string& host) {
  in_addr address{};
  if (host == "[::1]") return true;
  return inet_pton(AF_INET, host.c_str(), &address) == 1 && ntohl(address.s_addr) >> 24U == 127;
}

void ReadUpstream(YamlMap& listener, OpaOptions& options) {
  constexpr int kLimitMax = 10'000;
  options.upstream_limit =
      std::chrono::milliseconds(listener.IntegerOr("upstream_ms", 200, 1, kLimitMax));
  std::string upstream = listener.TextOr("upstream", "");
  const bool asks_nobody_else =
      options.adapter == OpaAdapter::kMinio || options.adapter == OpaAdapter::kKafka;
  if (upstream.empty() && asks_nobody_else) {
    listener.AddFault(
        "upstream", "who asks with the adapter `" + std::string(OpaAdapterName(options.adapter)) +
                        "` asks nobody else, so that all is allowed that is not restricted; give "
                        "`upstream: URL` of the OPA that knows the rest, or say `upstream: none`");
  }
  if (upstream.empty() || upstream == "none") return;
  const bool https = upstream.starts_with("https://") && !HostOf(upstream).empty();
  const bool loopback = upstream.starts_with("http://") && IsLoopback(HostOf(upstream));
  if (AuthorityOf(upstream).find('@') != std::string_view::npos) {
    // It is not repeated: a password may stand there.
    listener.AddFault("upstream",
                      "a user or password before the host cannot be given; expected an address "
                      "like `https://opa.example.org/v1/data/authz/allow`");
  } else if (!https && !loopback) {
    listener.AddFault("upstream", "`" + upstream +
                                      "` cannot be asked: questions may hold secrets; "
                                      "expected `https://...`, or `http://` with a loopback "
                                      "address, like `http://127.0.0.1:8182/v1/data/authz/allow`");
  }
  options.upstream = std::move(upstream);
}

IdentityCut ReadCut(YamlMap& listener, catalogue::Faults& faults) {
  const catalogue::YamlNode* const node = listener.MapOrNone("cut");
  if (node == nullptr) return {};
  YamlMap map(*node, "cut", faults);
  IdentityCut cut{.until = map.TextOr("until", ""),
                  .prefix = map.TextOr("prefix", ""),
                  .suffix = map.TextOr("suffix", "")};
  map.Finish();
  return cut;
}

}  // namespace

std::string_view OpaAdapterName(OpaAdapter adapter) {
  return kAdapterNames.at(static_cast<std::size_t>(adapter));
}

std::optional<std::string_view> IdentityCut::Apply(std::string_view name) const {
  if (!until.empty()) name = name.substr(0, name.find(until));
  if (!name.starts_with(prefix)) return std::nullopt;
  name.remove_prefix(prefix.size());
  if (!name.ends_with(suffix)) return std::nullopt;
  name.remove_suffix(suffix.size());
  return name;
}

OpaOptions ReadOpaOptions(YamlMap& listener, catalogue::Faults& faults) {
  OpaOptions options;
  options.adapter = ReadAdapter(listener);
  options.exempt = listener.TextsOrNone("exempt");
  options.cut = ReadCut(listener, faults);
  ReadUpstream(listener, options);
  if (options.adapter == OpaAdapter::kPlain && !options.exempt.empty()) {
    listener.AddFault("exempt",
                      "`exempt` names callers, and the adapter `plain` knows none; "
                      "let the gateway not ask for them");
  }
  return options;
}

}  // namespace proviso::points

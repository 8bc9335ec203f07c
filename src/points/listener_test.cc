#include "points/listener.h"

#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "points/operations.h"

namespace proviso::points {
namespace {

std::string Document() {
  std::ifstream file(PROVISO_SOURCE_DIR "/docs/formats/serve.md");
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

std::string FirstBlock(const std::string& document, const std::string& language) {
  const std::size_t begin = document.find("```" + language + "\n");
  if (begin == std::string::npos) return "";
  const std::size_t first = document.find('\n', begin) + 1;
  return document.substr(first, document.find("```\n", first) - first);
}

std::string FaultsOf(const std::string& text) {
  const auto listeners = ReadListeners(text, "serve.yaml");
  return listeners ? "" : listeners.error().message();
}

constexpr const char* kSmallest = R"(listeners:
  - address: 127.0.0.1:8181
    protocol: forward-auth
    overwritten_by: gateway
)";

TEST(Listeners, ReadTheExampleOfTheDocument) {
  const std::vector<Listener> listeners =
      ReadListeners(FirstBlock(Document(), "yaml"), "serve.yaml").value();
  using Kind = Channel::Kind;
  const std::vector<Listener> expected{
      {.address = "127.0.0.1:8181", .overwritten_by = "nginx", .region = {Kind::kConstant, "nl-1"}},
      {.address = "127.0.0.1:8182",
       .prefix = "/authz/internal",
       .overwritten_by = "caddy",
       .subscription = {Kind::kHeader, "X-Tenant"},
       .service = {Kind::kQuery, "service"},
       .region = {Kind::kQuery, "region"},
       .operation = {Kind::kHeader, "X-Forwarded-Method"},
       .unknown = Otherwise::kAllow,
       .trouble = Otherwise::kAllow}};
  EXPECT_EQ(listeners, expected);
}

// The guides of gateways show the lines below `listeners:` alone.
std::vector<std::string> ListenerBlocksOf(const std::filesystem::path& guide) {
  std::ifstream file(guide);
  std::stringstream text;
  text << file.rdbuf();
  const std::string document = text.str();
  constexpr std::string_view kFence = "```yaml\n";
  std::vector<std::string> blocks;
  for (std::size_t at = document.find(kFence); at != std::string::npos;
       at = document.find(kFence, at)) {
    at += kFence.size();
    const std::string block = document.substr(at, document.find("```", at) - at);
    if (block.starts_with("listeners:")) blocks.push_back(block);
    if (block.starts_with("  - address:")) blocks.push_back("listeners:\n" + block);
  }
  return blocks;
}

TEST(Listeners, OfEveryGuideAreRead) {
  // Each of these has a listener to show; opa.md one for each client.
  std::map<std::string, std::size_t> expected = {
      {"authzen", 1}, {"caddy", 1}, {"ceph-rgw", 2}, {"envoy", 1},     {"kafka", 2},
      {"minio", 2},   {"nginx", 1}, {"opa", 3},      {"openstack", 1}, {"traefik", 1}};
  std::map<std::string, std::size_t> found;
  for (const auto& entry : std::filesystem::directory_iterator(PROVISO_SOURCE_DIR "/docs/guides")) {
    for (const std::string& block : ListenerBlocksOf(entry.path())) {
      EXPECT_EQ(FaultsOf(block), "") << entry.path() << "\n" << block;
      ++found[entry.path().stem().string()];
    }
  }
  EXPECT_EQ(found, expected);
}

TEST(Listeners, TakeForAbsentKeysWhatServesWithoutAFile) {
  EXPECT_EQ(ReadListeners(kSmallest, "serve.yaml").value(), std::vector<Listener>{Listener{}});
}

TEST(Listeners, ReportFaultsWithLineAndRemedy) {
  const std::string head = "listeners:\n  - address: 127.0.0.1:8181\n    protocol: forward-auth\n";
  const std::string named = head + "    overwritten_by: nginx\n";
  const struct {
    std::string text;
    std::vector<std::string> parts;
  } cases[] = {
      {head, {"serve.yaml:2: ", "overwritten_by: nginx"}},
      {head + "    overwritten_by: ''\n", {"serve.yaml:4: ", "overwritten_by: nginx"}},
      {head + "    overwritten_by: nginx\n    unkown: deny\n", {"serve.yaml:5: ", "`unknown`"}},
      {named + "    unknown: perhaps\n", {"serve.yaml:5: ", "`perhaps`", "`deny`, `allow`"}},
      {named + "    trouble: allow\n", {"serve.yaml:5: ", "`closed`, `open`"}},
      {named + "    prefix: authz\n", {"serve.yaml:5: ", "`authz`", "/authz/forward"}},
      {named + "    prefix: /a/\n", {"serve.yaml:5: ", "`/a/`"}},
      {named + "    prefix: /\n", {"serve.yaml:5: "}},
      {named + "    prefix: /healthz\n", {"serve.yaml:5: ", "another path"}},
      {named + "    subscription: {query: sub}\n", {"serve.yaml:5: ", "use a header"}},
      {named + "    service: {header: a, query: b}\n", {"serve.yaml:5: ", "one source"}},
      {named + "    service: {}\n", {"serve.yaml:5: ", "`constant: VALUE`"}},
      {named + "    service: {header: 'a b'}\n", {"serve.yaml:5: ", "`a b`"}},
      {named + "    subscription: {header: Host}\n", {"serve.yaml:5: ", "`Host`", "connection"}},
      {named + "    service: {header: X-U, path: 0}\n", {"serve.yaml:5: ", "`0`"}},
      {named + "    service: {header: X-U, query: b, path: 1}\n", {"serve.yaml:5: ", "one source"}},
      {named + "    region: {header: content-type}\n", {"serve.yaml:5: ", "`content-type`"}},
      {named + "    subscription: {certificate: Expect, form: xfcc, take: uri}\n",
       {"serve.yaml:5: ", "`Expect`"}},
      {named + "    service: blob-store\n", {"serve.yaml:5: ", "service"}},
      {named + "    operation: {constant: writing}\n", {"serve.yaml:5: ", "`writing`"}},
      {named + "  - address: 127.0.0.1:8181\n    protocol: forward-auth\n    overwritten_by: x\n",
       {"serve.yaml:5: ", "line 2", "its own port"}},
      {"listeners:\n  - {address: '0.0.0.0:80', protocol: forward-auth, overwritten_by: nginx}\n",
       {"serve.yaml:2: ", "`0.0.0.0:80`", "127.0.0.1"}},
      {"listeners:\n  - {address: here, protocol: forward-auth, overwritten_by: nginx}\n",
       {"serve.yaml:2: ", "`here`"}},
      {"listeners:\n  - {address: '127.0.0.1:80', protocol: forward_auth, overwritten_by: nginx}\n",
       {"serve.yaml:2: ", "`forward-auth`"}},
      {named + "    foo: 1\n", {"serve.yaml:5: ", "`foo`", "`address`", "`trouble`, `unknown`"}},
      {named + "    subscription: {constant: 'a b'}\n",
       {"serve.yaml:5: ", "`a b`", "never believed"}},
      {named + "    subscription: {constant: 'a,b'}\n", {"serve.yaml:5: ", "`a,b`"}},
      {"- address: 127.0.0.1:8181\n  protocol: forward-auth\n",
       {"serve.yaml:1: ", "`listeners:` before them"}},
      {"address: 127.0.0.1:8181\nprotocol: forward-auth\n",
       {"serve.yaml:1: ", "`listeners:` before them", "`- address: ...`"}},
      {"listeners: []\n", {"serve.yaml:1: "}},
      {"listener: []\n", {"listeners"}},
      {"", {"serve.yaml"}},
  };
  for (const auto& [text, parts] : cases) {
    const std::string faults = FaultsOf(text);
    EXPECT_NE(faults, "") << text;
    for (const std::string& part : parts) {
      EXPECT_NE(faults.find(part), std::string::npos) << text << "\n" << faults;
    }
  }
}

TEST(Listeners, SayWhereOneCanAppealOrNothing) {
  const auto fault = [](const std::string& address) {
    return FaultsOf(std::string(kSmallest) + "    appeal: '" + address + "'\n");
  };
  for (const char* address :
       {"https://provider.example/appeals", "https://[::1]/x", "mailto:appeals@provider.example",
        "mailto:appeals@provider.example?subject=x", ""}) {
    EXPECT_EQ(fault(address), "") << address;
  }
  for (const char* address : {"https://", "https:///appeals", "https://?x", "https://x y",
                              "https://:443/", "mailto:", "mailto:appeals", "mailto:@x",
                              "mailto:x@", "http://provider.example", "appeals"}) {
    EXPECT_NE(fault(address).find("serve.yaml:5: "), std::string::npos) << address;
    EXPECT_NE(fault(address).find("no address where one can appeal"), std::string::npos);
  }
}

TEST(Listeners, OfAProtocolThatDoesNotExistHaveThatFaultAlone) {
  const std::string fault = FaultsOf(
      "listeners:\n  - {address: '127.0.0.1:80', protocol: oap, adapter: rgw, exempt: [a]}\n");
  EXPECT_EQ(fault,
            "serve.yaml:2: listener `127.0.0.1:80`: protocol `oap` does not exist; did you "
            "mean `opa`?");
}

TEST(Listeners, NeedNoOverwriterWhenAllIsConstant) {
  EXPECT_EQ(FaultsOf("listeners:\n  - address: 127.0.0.1:8181\n    protocol: forward-auth\n"
                     "    subscription: {constant: sub-1}\n    service: {constant: blob-store}\n"
                     "    region: {constant: nl-1}\n    operation: {constant: write}\n"),
            "");
}

TEST(Listeners, MayShareTheAddressThatAsksForAnyPort) {
  EXPECT_EQ(FaultsOf("listeners:\n"
                     "  - {address: '127.0.0.1:0', protocol: forward-auth, overwritten_by: a}\n"
                     "  - {address: '127.0.0.1:0', protocol: forward-auth, overwritten_by: b}\n"),
            "");
}

std::vector<std::string> WordsInBackticks(const std::string& text) {
  std::vector<std::string> words;
  std::size_t begin = 0;
  while ((begin = text.find('`', begin)) != std::string::npos) {
    const std::size_t end = text.find('`', begin + 1);
    words.push_back(text.substr(begin + 1, end - begin - 1));
    begin = end + 1;
  }
  return words;
}

TEST(Operations, AreThoseOfTheDocument) {
  const std::string document = Document();
  const std::size_t section = document.find("## Operations");
  std::istringstream lines(document.substr(section, document.find("## ", section + 3) - section));
  int methods = 0;
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with("| `")) continue;
    const std::vector<std::string> words = WordsInBackticks(line);
    const auto operation = enforcement::ParseOperation(words.at(0)).value();
    for (const std::string& word : words) EXPECT_EQ(OperationOf(word), operation) << word;
    for (const std::string& method : std::span(words).subspan(1)) {
      EXPECT_EQ(OperationOfMethod(method), operation) << method;
    }
    methods += static_cast<int>(words.size()) - 1;
  }
  EXPECT_EQ(methods, 16);
}

TEST(Operations, HaveNamesThatAreNoMethods) {
  for (int i = 0; i < enforcement::kOperationCount; ++i) {
    const auto operation = static_cast<enforcement::Operation>(i);
    const std::string_view name = enforcement::OperationName(operation);
    EXPECT_EQ(OperationOf(name), operation);
    EXPECT_EQ(OperationOfName(name), operation);
    EXPECT_EQ(OperationOfMethod(name), std::nullopt);
  }
  EXPECT_EQ(OperationOfName("GET"), std::nullopt);
}

TEST(Operations, AreNoOtherWords) {
  for (const char* word :
       {"", "get", "Get", "GETT", "TRACE", "CONNECT", "Write", " GET", "UNKNOWN"}) {
    EXPECT_EQ(OperationOf(word), std::nullopt) << word;
  }
}

TEST(OpaListeners, AreReadAsTheDocumentShows) {
  const std::string document = Document();
  const std::string section = document.substr(document.find("## Questions of an OPA"));
  const std::vector<Listener> listeners =
      ReadListeners(FirstBlock(section, "yaml"), "serve.yaml").value();
  using Kind = Channel::Kind;
  Listener rgw{.address = "127.0.0.1:8183",
               .protocol = ProtocolKind::kOpa,
               .prefix = "/v1/data/proviso/rgw",
               .overwritten_by = "",
               .subscription = {Kind::kAdapter},
               .service = {Kind::kConstant, "blob-store"},
               .region = {Kind::kPath, "", 1},
               .operation = {Kind::kAdapter}};
  rgw.opa = {.adapter = OpaAdapter::kRgw, .exempt = {"rgw-admin"}, .cut = {.until = "$"}};
  const Listener plain{.address = "127.0.0.1:8184",
                       .protocol = ProtocolKind::kOpa,
                       .prefix = "/v1/data/proviso/api",
                       .overwritten_by = "apisix",
                       .subscription = {Kind::kInput, "/request/headers/x-tenant"},
                       .service = {Kind::kConstant, "speech"},
                       .region = {Kind::kConstant, "nl-1"},
                       .operation = {Kind::kInput, "/request/method"}};
  EXPECT_EQ(listeners, (std::vector<Listener>{rgw, plain}));
}

TEST(OpaListeners, AreRefusedWithTheRemedy) {
  const std::string head = "listeners:\n  - address: 127.0.0.1:8181\n    protocol: opa\n";
  const struct {
    const char* lines;
    const char* fault;
  } cases[] = {
      {"", "the adapter `plain` does not know where `subscription` is"},
      {"    adapter: rwg\n", "adapter `rwg` does not exist; did you mean `rgw`?"},
      {"    adapter: rgw\n    subscription: {header: X-A}\n    overwritten_by: x\n",
       "the adapter `rgw` asks about caller and owner both"},
      {"    adapter: rgw\n    prefix: /ceph\n", "`/ceph` is no path of an OPA"},
      {"    adapter: trino\n    subscription: {input: context}\n", "`context` is no place"},
      {"    adapter: trino\n    subscription: {input: /context/identity/groups/0}\n",
       "make the gateway overwrite them"},
      {"    subscription: {token: Authorization, claim: t, keys: k, audience: a}\n",
       "serve.yaml:4: listener `127.0.0.1:8181`: protocol `opa` reads no `token`; give `input: "
       "PLACE`"},
      {"    subscription: {payload: X-Jwt-Payload, claim: t}\n", "reads no `payload`"},
      {"    adapter: trino\n    subscription: {certificate: X-Cert, form: dn, take: cn}\n",
       "reads no `certificate`"},
      {"    exempt: [root]\n", "`exempt` names callers"},
      {"    adapter: rgw\n    cut: {before: x}\n", "before"},
      {"    adapter: minio\n", "asks nobody else"},
      {"    adapter: kafka\n", "or say `upstream: none`"},
      {"    adapter: rgw\n    upstream_ms: 0\n", "upstream_ms"},
      {"    adapter: rgw\n    upstream: http://opa.example.org/\n", "cannot be asked"},
      {"    adapter: rgw\n    upstream: http://127.0.0.1.example.org/\n", "cannot be asked"},
      {"    adapter: rgw\n    upstream: http://127.0.0.1@example.org/\n", "before the host"},
      {"    adapter: rgw\n    upstream: ftp://127.0.0.1/\n", "cannot be asked"},
      {"    adapter: rgw\n    upstream: /v1/data\n", "cannot be asked"},
  };
  for (const auto& [lines, fault] : cases) {
    EXPECT_NE(FaultsOf(head + lines).find(fault), std::string::npos)
        << lines << FaultsOf(head + lines);
  }
  EXPECT_NE(FaultsOf(std::string(kSmallest) + "    service: {input: /a}\n").find("has no input"),
            std::string::npos);
}

TEST(OpaListeners, MayAskAnotherOpa) {
  const std::string head =
      "listeners:\n  - address: 127.0.0.1:8181\n    protocol: opa\n    adapter: kafka\n";
  for (const char* url : {"http://127.0.0.1:8182/v1/data/own", "http://[::1]:8182/v1/data/own",
                          "https://opa.example.org/v1/data/own"}) {
    const auto listeners =
        ReadListeners(head + "    upstream: \"" + url + "\"\n    upstream_ms: 50\n", "serve.yaml");
    ASSERT_TRUE(listeners) << listeners.error().message();
    EXPECT_EQ(listeners->at(0).opa.upstream, url);
    EXPECT_EQ(listeners->at(0).opa.upstream_limit, std::chrono::milliseconds(50));
  }
  EXPECT_EQ(ReadListeners(head + "    upstream: none\n", "serve.yaml").value().at(0).opa.upstream,
            "");
}

}  // namespace
}  // namespace proviso::points

#include "points/listener.h"

#include <fstream>
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
    methods += static_cast<int>(words.size()) - 1;
  }
  EXPECT_EQ(methods, 16);
}

TEST(Operations, HaveTheirOwnNamesToo) {
  for (int i = 0; i < enforcement::kOperationCount; ++i) {
    const auto operation = static_cast<enforcement::Operation>(i);
    EXPECT_EQ(OperationOf(enforcement::OperationName(operation)), operation);
  }
}

TEST(Operations, AreNoOtherWords) {
  for (const char* word :
       {"", "get", "Get", "GETT", "TRACE", "CONNECT", "Write", " GET", "UNKNOWN"}) {
    EXPECT_EQ(OperationOf(word), std::nullopt) << word;
  }
}

}  // namespace
}  // namespace proviso::points

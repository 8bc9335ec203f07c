// Runs the configuration that docs/guides/nginx.md shows, with a real nginx and a real decision
// point, so that the guide stays true.
#include <algorithm>
#include <fstream>
#include <sstream>

#include "catalogue/catalogue.h"
#include "demo/nginx_process.h"
#include "http_server/loopback_client.h"
#include "io/files/file_system.h"
#include "io/files/temporary_folder.h"
#include "points/point_server.h"

namespace proviso::demo {
namespace {

using http_server::HeaderOf;
using http_server::LoopbackClient;
using http_server::Response;

// The blocks of the guide in the language `nginx`.
std::vector<std::string> Blocks() {
  std::ifstream file(PROVISO_SOURCE_DIR "/docs/guides/nginx.md");
  std::vector<std::string> blocks;
  bool inside = false;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("```")) {
      inside = line == "```nginx";
      if (inside) blocks.emplace_back();
    } else if (inside) {
      blocks.back() += line + "\n";
    }
  }
  return blocks;
}

// Replaces `from`, which must be there.
void Replace(std::string& text, const std::string& from, const std::string& to) {
  ASSERT_NE(text.find(from), std::string::npos) << "the guide does not say `" << from << "`";
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size()) {
    text.replace(at, from.size(), to);
  }
}

Bytes TableOrDie() {
  const auto catalogue = catalogue::Catalogue::FromYaml(R"(
regions: [{id: nl-1, name: Netherlands}]
classes: [{id: object-storage, name: Object storage, kind: level, unit: GB}]
services: [{id: blob-store, name: Blob Store, class: object-storage, regions: [nl-1]}]
)",
                                                        "catalogue.yaml")
                             .value();
  const auto restriction = [](const char* id, terms::Stage stage, const char* subscription) {
    return enforcement::Restriction{.id = id,
                                    .clause = "4.2",
                                    .stage = stage,
                                    .from = Time(),
                                    .until = std::nullopt,
                                    .targets = {{subscription, "blob-store", "nl-1"}},
                                    .of_case = "case-1"};
  };
  return enforcement::DecisionTable::Compile(
             118,
             {restriction("decision-1/1", terms::Stage::kReadOnly, "sub-1"),
              restriction("decision-1/2", terms::Stage::kSuspended, "sub-3")},
             catalogue, {})
      .value();
}

class NginxGuide : public testing::Test {
 protected:
  void SetUp() override {
    if (!NginxProcess::IsInstalled()) GTEST_SKIP() << "nginx is not installed";
    points::Listener listener;
    listener.address = "127.0.0.1:0";
    listener.named_operation = {points::Channel::Kind::kHeader, "X-Proviso-Operation"};
    point_ = points::PointServer::Start({listener}, clock_).value();
    point_->Publish(points::TableSnapshot::FromBytes(TableOrDie()).value());
  }

  // Starts nginx with the guide's configuration; `open` with the lines of its last section.
  void StartNginx(bool open) {
    const std::vector<std::string> blocks = Blocks();
    ASSERT_EQ(blocks.size(), 3U);
    std::string guide = blocks[0];
    if (open) {
      Replace(guide, "        internal;\n", "        internal;\n" + blocks[1]);
      Replace(guide, "    location = /_proviso {", blocks[2] + "    location = /_proviso {");
    }
    ReservedPort reserved = ReservedPort::Take().value();
    port_ = reserved.number();
    Replace(guide, "127.0.0.1:8181", "127.0.0.1:" + std::to_string(point_->ports().at(0)));
    Replace(guide, "127.0.0.1:8080", "127.0.0.1:" + std::to_string(port_));
    ReservedPort behind = ReservedPort::Take().value();
    Replace(guide, "127.0.0.1:9000", "127.0.0.1:" + std::to_string(behind.number()));
    io::PosixFileSystem files;
    for (const char* owner : {"sub-1", "sub-2", "sub-3"}) {
      const auto blobs = folder_.path() / "storage" / "blob-store" / owner;
      ASSERT_TRUE(files.CreateDirectories(blobs));
      ASSERT_TRUE(files.WriteFile(blobs / "file", AsBytes("data of " + std::string(owner)), 0644));
    }
    // The service: folders over WebDAV.
    const std::string service =
        "server {\n    listen 127.0.0.1:" + std::to_string(behind.number()) + ";\n    root " +
        (folder_.path() / "storage").string() +
        ";\n    dav_methods PUT DELETE MKCOL COPY MOVE;\n"
        "    create_full_put_path on;\n}\n";
    std::vector<ReservedPort> ports;
    ports.push_back(std::move(reserved));
    ports.push_back(std::move(behind));
    auto nginx = NginxProcess::Start(
        folder_.path(),
        "events {}\nhttp {\n" + NginxProcess::HttpPaths(folder_.path()) + guide + service + "}\n",
        std::move(ports));
    ASSERT_TRUE(nginx) << nginx.error().message();
    nginx_ = std::make_unique<NginxProcess>(std::move(*nginx));
  }

  Response Ask(std::string_view method, std::string_view target,
               const std::vector<http_server::ResponseHeader>& headers = {},
               std::string_view body = {}) const {
    auto response = LoopbackClient::Connect(port_).value().Ask(method, target, headers, body);
    if (!response) ADD_FAILURE() << response.error().message();
    return response ? *response : Response{.status = 0};
  }

  // Connections that nginx opened to the decision point, those lately closed included.
  std::size_t ConnectionsToPoint() const {
    std::ostringstream remote;
    remote << "0100007F:" << std::uppercase << std::hex;
    remote.width(4);
    remote.fill('0');
    remote << point_->ports().at(0);
    std::ifstream table("/proc/net/tcp");
    std::size_t count = 0;
    for (std::string line; std::getline(table, line);) {
      std::istringstream words(line);
      std::string number;
      std::string local;
      std::string other;
      words >> number >> local >> other;
      if (other == remote.str()) ++count;
    }
    return count;
  }

  SystemClock clock_;
  io::TemporaryFolder folder_ = io::TemporaryFolder::Make(testing::TempDir()).value();
  std::unique_ptr<points::PointServer> point_;
  std::uint16_t port_ = 0;
  std::unique_ptr<NginxProcess> nginx_;
};

TEST_F(NginxGuide, LetsThroughWhatIsAllowed) {
  StartNginx(false);
  const Response got = Ask("GET", "/blob-store/sub-1/file");
  EXPECT_EQ(got.status, 200);
  EXPECT_EQ(got.body, "data of sub-1");
  EXPECT_EQ(HeaderOf(got, "X-Proviso-Table"), "118");
  EXPECT_EQ(HeaderOf(got, "X-Proviso-Reason"), "");
  EXPECT_EQ(Ask("PUT", "/blob-store/sub-2/new", {}, "content").status, 201);
  EXPECT_EQ(Ask("GET", "/blob-store/sub-2/new").body, "content");
  EXPECT_EQ(Ask("MKCOL", "/blob-store/sub-2/made/").status, 201);
  EXPECT_EQ(
      Ask("COPY", "/blob-store/sub-2/new", {{"Destination", "/blob-store/sub-2/copy"}}).status,
      204);
  EXPECT_EQ(
      Ask("MOVE", "/blob-store/sub-2/copy", {{"Destination", "/blob-store/sub-2/moved"}}).status,
      204);
  EXPECT_EQ(Ask("DELETE", "/blob-store/sub-2/moved").status, 204);
  // The export window: who may not write may still delete.
  EXPECT_EQ(Ask("DELETE", "/blob-store/sub-1/file").status, 204);
}

TEST_F(NginxGuide, RefusesWhatIsRestrictedAndSaysWhy) {
  StartNginx(false);
  const struct {
    const char* method;
    const char* target;
    const char* stage;
  } cases[] = {{"PUT", "/blob-store/sub-1/new", "read-only"},
               {"MKCOL", "/blob-store/sub-1/made/", "read-only"},
               {"COPY", "/blob-store/sub-1/file", "read-only"},
               {"MOVE", "/blob-store/sub-1/file", "read-only"},
               {"GET", "/blob-store/sub-3/file", "suspended"},
               {"HEAD", "/blob-store/sub-3/file", "suspended"},
               {"DELETE", "/blob-store/sub-3/file", "suspended"},
               {"GET", "/blob-store/sub-2/../sub-3/file", "suspended"},
               {"GET", "/blob-store/sub-2/%2e%2e/sub-3/file", "suspended"},
               {"GET", "//blob-store/sub-3/file", "suspended"},
               {"GET", "/blob-store/%73ub-3/file", "suspended"}};
  for (const auto& [method, target, stage] : cases) {
    const Response answer = Ask(method, target);
    EXPECT_EQ(answer.status, 403) << method << target;
    EXPECT_EQ(HeaderOf(answer, "X-Proviso-Reason"),
              "restricted by decision-1 under clause 4.2: " + std::string(stage))
        << method << target;
    EXPECT_EQ(HeaderOf(answer, "X-Proviso-Code"), "restricted") << method << target;
    EXPECT_EQ(HeaderOf(answer, "X-Proviso-Case"), "case-1") << method << target;
    EXPECT_EQ(HeaderOf(answer, "X-Proviso-Table"), "118") << method << target;
  }
}

TEST_F(NginxGuide, DoesNotBelieveWhatTheClientSays) {
  StartNginx(false);
  const std::vector<http_server::ResponseHeader> forged{{"X-Proviso-Subscription", "sub-2"},
                                                        {"X-Proviso-Service", "other"},
                                                        {"X-Proviso-Region", "other"},
                                                        {"X-Original-Method", "manage"},
                                                        {"X-Proviso-Operation", "manage"}};
  EXPECT_EQ(Ask("GET", "/blob-store/sub-3/file", forged).status, 403);
  EXPECT_EQ(Ask("PUT", "/blob-store/sub-1/new", forged, "content").status, 403);
  const std::vector<http_server::ResponseHeader> restricted{{"X-Proviso-Subscription", "sub-3"}};
  EXPECT_EQ(Ask("GET", "/blob-store/sub-2/file", restricted).status, 200);
}

TEST_F(NginxGuide, KeepsCopiesWithinTheSubscription) {
  StartNginx(false);
  for (const char* destination :
       {"/blob-store/sub-1/new", "http://127.0.0.1/blob-store/sub-1/new",
        "/blob-store/sub-2/../sub-1/new", "/blob-store/sub-2/%2e%2e/sub-1/new", "/elsewhere"}) {
    EXPECT_EQ(Ask("COPY", "/blob-store/sub-2/file", {{"Destination", destination}}).status, 403)
        << destination;
  }
  EXPECT_EQ(Ask("GET", "/blob-store/sub-1/new").status, 404);
}

TEST_F(NginxGuide, KeepsTheConnectionToTheDecisionPoint) {
  StartNginx(false);
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(Ask("GET", "/blob-store/sub-2/file").status, 200);
    EXPECT_EQ(Ask("GET", "/blob-store/sub-3/file").status, 403);
  }
  EXPECT_EQ(ConnectionsToPoint(), 1U);
}

TEST_F(NginxGuide, TakesANewTableWithTheNextRequest) {
  StartNginx(false);
  EXPECT_EQ(Ask("GET", "/blob-store/sub-3/file").status, 403);
  const auto catalogue = catalogue::Catalogue::FromYaml(R"(
regions: [{id: nl-1, name: Netherlands}]
classes: [{id: object-storage, name: Object storage, kind: level, unit: GB}]
services: [{id: blob-store, name: Blob Store, class: object-storage, regions: [nl-1]}]
)",
                                                        "catalogue.yaml")
                             .value();
  point_->Publish(points::TableSnapshot::FromBytes(
                      enforcement::DecisionTable::Compile(119, {}, catalogue, {}).value())
                      .value());
  const Response answer = Ask("GET", "/blob-store/sub-3/file");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(HeaderOf(answer, "X-Proviso-Table"), "119");
}

TEST_F(NginxGuide, ClosesWhenTheDecisionPointIsDown) {
  StartNginx(false);
  EXPECT_EQ(Ask("GET", "/blob-store/sub-2/file").status, 200);
  point_->Stop();
  EXPECT_EQ(Ask("GET", "/blob-store/sub-2/file").status, 500);
}

TEST_F(NginxGuide, OpensInsteadWhereTheOperatorSaysSo) {
  StartNginx(true);
  EXPECT_EQ(Ask("GET", "/blob-store/sub-3/file").status, 403);
  point_->Stop();
  EXPECT_EQ(Ask("GET", "/blob-store/sub-3/file").status, 200);
}

}  // namespace
}  // namespace proviso::demo

#include "witness/http.h"

#include "http_server/http_server.h"
#include "http_server/loopback_client.h"
#include "witness/witness_fixture.h"

namespace proviso::witness {
namespace {

struct Served {
  WitnessFixture witness;
  std::unique_ptr<http_server::HttpServer> server =
      http_server::HttpServer::Start({.body_bytes_max = kAddCheckpointBytesMax}, [this] {
        return
            [this](const http_server::Request& request) { return AnswerHttp(*witness, request); };
      }).value();
  http_server::LoopbackClient client = http_server::LoopbackClient::Connect(server->port()).value();
};

TEST(AnswerHttp, ServesBothHalvesOfTheProtocol) {
  const TestTree log;
  Served served;
  const auto first = served.client.Ask("POST", "/add-checkpoint", {}, log.Body(0, 3)).value();
  EXPECT_EQ(first.status, 200);
  EXPECT_TRUE(first.body.starts_with("\u2014 witness.example.org/w1 ")) << first.body;
  const auto conflict = served.client.Ask("POST", "/add-checkpoint", {}, log.Body(0, 4)).value();
  EXPECT_EQ(conflict.status, 409);
  EXPECT_EQ(conflict.body, "3\n");
  EXPECT_EQ(http_server::HeaderOf(conflict, "Content-Type"), "text/x.tlog.size");
  const std::string path = "/" + crypto::Sha256(kOrigin).Hex() + "/checkpoint";
  const auto shown = served.client.Ask("GET", path).value();
  EXPECT_EQ(shown.status, 200);
  EXPECT_EQ(shown.body, log.Note(3) + first.body);
}

TEST(AnswerHttp, RefusesOtherMethodsPathsAndSizes) {
  Served served;
  const std::string path = "/" + crypto::Sha256(kOrigin).Hex() + "/checkpoint";
  struct Case {
    const char* method;
    std::string path;
    int status;
  };
  const std::vector<Case> cases = {{"GET", "/add-checkpoint", 405},
                                   {"PUT", "/add-checkpoint", 405},
                                   {"POST", path, 405},
                                   {"GET", path, 404},
                                   {"GET", "/", 404},
                                   {"GET", "/checkpoint", 404},
                                   {"POST", "/add-checkpoint/", 404}};
  for (const Case& each : cases) {
    EXPECT_EQ(served.client.Ask(each.method, each.path).value().status, each.status) << each.path;
  }
  const auto large = served.client.Ask("POST", "/add-checkpoint", {},
                                       std::string(kAddCheckpointBytesMax + 1, 'x'));
  ASSERT_TRUE(large);
  EXPECT_EQ(large->status, 413);
}

}  // namespace
}  // namespace proviso::witness

#include "points/envoy.h"

#include "base/json.h"
#include "http_server/loopback_client.h"
#include "points/internal/point_test.h"

namespace proviso::points {
namespace {

using http_server::Field;
using http_server::HeaderOf;
using http_server::Response;
using Fields = std::vector<Field>;

class EnvoyTest : public internal::PointTest {
 protected:
  // What Envoy sends for `method` of a client's `/v1/files/x`.
  static Response Ask(const Listener& listener, std::string_view method, const Sight& sight,
                      std::string_view path = "/authz/envoy/blob-store/nl-1/v1/files/x",
                      std::string_view subscription = "sub-1") {
    const Fields headers{{"host", "proviso"},
                         {"x-proviso-subscription", subscription},
                         {"x-envoy-internal", "true"},
                         {"x-forwarded-for", "10.0.0.7"},
                         {"x-envoy-expected-rq-timeout-ms", "200"},
                         {"content-length", "0"}};
    return Envoy(listener).Answer({.method = method, .path = path, .headers = headers}, sight);
  }

  const Listener listener_ = ListenerOf(ProtocolKind::kEnvoy);
};

TEST_F(EnvoyTest, AnswersEveryMethodByWhatItDoes) {
  const struct {
    const char* method;
    int status;
  } cases[] = {{"GET", 200},
               {"HEAD", 200},
               {"OPTIONS", 200},
               {"PROPFIND", 200},
               {"PUT", 403},
               {"POST", 403},
               {"PATCH", 403},
               {"MKCOL", 403},
               {"DELETE", 200},
               {"BREW", 403},
               {"TRACE", 403},
               // A client chooses its method, and must not choose what is allowed by it.
               {"manage", 403},
               {"read", 403},
               {"delete", 403}};
  for (const auto& [method, status] : cases) {
    EXPECT_EQ(Ask(listener_, method, Sees()).status, status) << method;
  }
}

TEST_F(EnvoyTest, AllowsWithoutABody) {
  const Response answer = Ask(listener_, "GET", Sees());
  EXPECT_EQ(answer.body, "");
  EXPECT_EQ(HeaderOf(answer, "X-Proviso-Verdict"), "allow");
  EXPECT_EQ(HeaderOf(answer, "Content-Type"), "");
}

TEST_F(EnvoyTest, TellsTheClientWhy) {
  Listener listener = listener_;
  listener.appeal = "https://provider.example/appeals";
  const Response answer = Ask(listener, "PUT", Sees());
  EXPECT_EQ(answer.status, 403);
  EXPECT_EQ(HeaderOf(answer, "Content-Type"), "application/json");
  const Json body = ParseJson(answer.body).value();
  EXPECT_EQ(body, Json::Of({{"error", "denied"},
                            {"code", "restricted"},
                            {"reason", "restricted by decision-1 under clause 4.2: read-only"},
                            {"case", "case-1"},
                            {"appeal", "https://provider.example/appeals"}}));
}

TEST_F(EnvoyTest, TakesServiceAndRegionFromBeforeTheClientsPath) {
  // What a client adds comes behind.
  EXPECT_EQ(Ask(listener_, "PUT", Sees(), "/authz/envoy/speech/nl-1/blob-store/ie-1").status, 200);
  EXPECT_EQ(Ask(listener_, "PUT", Sees(), "/authz/envoy/blob-store/nl-1/../../speech/nl-1").status,
            403);
  EXPECT_EQ(Ask(listener_, "PUT", Sees(), "/authz/envoy/blob-store").status, 403);
}

TEST_F(EnvoyTest, NeverDeniesWithAStatusThatSaysThatItCannotTell) {
  for (const Otherwise trouble : {Otherwise::kDeny, Otherwise::kAllow, Otherwise::kGateway}) {
    Listener listener = listener_;
    listener.trouble = trouble;
    EXPECT_EQ(Ask(listener, "PUT", Sees()).status, 403);
    EXPECT_EQ(Ask(listener, "PUT", Sees(), "/authz/envoy/mail/nl-1").status, 403);
    EXPECT_EQ(Ask(listener, "GET", Sees(), "/authz/envoy/blob-store/nl-1", "").status, 403);
    EXPECT_EQ(Ask(listener, "GET", {.now = kNow}, "/authz/envoy/blob-store/nl-1", "").status, 403);
    // Before the first table, nothing else is known of anybody either.
    EXPECT_EQ(Ask(listener, "GET", {.now = kNow}).status, 403);
  }
}

TEST_F(EnvoyTest, LeavesTroubleToTheGatewayWhenToldTo) {
  const struct {
    Otherwise trouble;
    int status;
  } cases[] = {{Otherwise::kDeny, 403}, {Otherwise::kAllow, 200}, {Otherwise::kGateway, 503}};
  for (const auto& [trouble, status] : cases) {
    Listener listener = listener_;
    listener.trouble = trouble;
    listener.last_good = std::chrono::seconds(1);
    Sight stale = Sees();
    stale.age = std::chrono::seconds(2);
    EXPECT_EQ(Ask(listener, "GET", stale).status, status);
    EXPECT_EQ(Envoy(listener).Trouble(ReasonCode::kCannotDecide).status, status);
  }
}

TEST(EnvoyListener, BelievesOnlyWhatItsClientCannotSend) {
  const std::string head = "listeners:\n  - address: 127.0.0.1:8183\n    protocol: envoy\n";
  const std::string named = head + "    overwritten_by: envoy\n";
  const auto good = ReadListeners(named, "serve.yaml");
  ASSERT_TRUE(good) << good.error().message();
  Listener expected = ListenerOf(ProtocolKind::kEnvoy);
  expected.address = "127.0.0.1:8183";
  expected.overwritten_by = "envoy";
  EXPECT_EQ(good->front(), expected);
  EXPECT_EQ(ReadListeners(named + "    trouble: gateway\n", "serve.yaml")->front().trouble,
            Otherwise::kGateway);
  internal::ExpectRefused({{head, "overwritten_by"},
                           {named + "    service: {query: service}\n", "query"},
                           {named + "    trouble: gatway\n", "`gatway`"},
                           {"listeners:\n  - address: 127.0.0.1:8183\n    protocol: forward-auth\n"
                            "    overwritten_by: nginx\n    trouble: gateway\n",
                            "`gateway`"}});
}

}  // namespace
}  // namespace proviso::points

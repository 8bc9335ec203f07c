// An operator's own OPA behind ours: what either of them denies is denied.
#include <atomic>
#include <functional>
#include <new>

#include "http_server/later.h"
#include "http_server/loopback_client.h"
#include "points/decider.h"
#include "points/internal/example_table.h"
#include "points/internal/gzipped.h"
#include "points/internal/opa_bodies.h"
#include "points/point_server.h"

namespace proviso::points {
namespace {

using http_server::HeaderOf;
using http_server::HttpServer;
using http_server::LoopbackClient;
using http_server::Request;
using http_server::Response;
using internal::KafkaBody;
using internal::RgwBody;
using internal::TrinoBody;

constexpr const char* kTrue = R"({"result":true})";
constexpr const char* kFalse = R"({"result":false})";
constexpr const char* kPath = "/v1/data/proviso/blob-store/nl-1";
constexpr std::chrono::milliseconds kPatience(60'000);

// What the log of verdicts would say, a word for each: "sub-2 deny upstream-denied".
class Words final : public VerdictObserver {
 public:
  void Saw(const Listener& listener, const Asked& asked, const Sight& /*sight*/,
           const Outcome& outcome) override {
    EXPECT_EQ(listener.protocol, ProtocolKind::kOpa);
    if (fails) throw std::bad_alloc();
    const MutexLock lock(mutex_);
    said_.push_back(std::string(asked.subscription.value_or("nobody")) +
                    (outcome.allowed ? " allow " : " deny ") +
                    std::string(ReasonCodeName(outcome.code)));
  }
  std::atomic<bool> fails{false};  // for want of memory
  std::vector<std::string> Take() {
    const MutexLock lock(mutex_);
    return std::exchange(said_, {});
  }

 private:
  Mutex mutex_;
  std::vector<std::string> said_ GUARDED_BY(mutex_);
};

class OpaUpstreamTest : public testing::Test {
 protected:
  // The operator's OPA, which answers as `script` says.
  void Upstream(const std::function<Response(const Request&)>& script) {
    upstream_ = HttpServer::Start({}, [this, script] {
                  return [this, script](const Request& request) {
                    ++asked_;
                    return script(request);
                  };
                }).value();
  }
  void UpstreamSays(int status, const char* body) {
    Upstream(
        [status, body](const Request&) -> Response { return {.status = status, .body = body}; });
  }
  // A point before it that restricts sub-1 in blob-store, nl-1.
  void Point(OpaAdapter adapter, Otherwise trouble = Otherwise::kDeny,
             std::chrono::milliseconds limit = kPatience) {
    Listener listener{.address = "127.0.0.1:0",
                      .protocol = ProtocolKind::kOpa,
                      .prefix = "/v1/data/proviso",
                      .subscription = {Channel::Kind::kAdapter},
                      .service = {Channel::Kind::kPath, "", 1},
                      .region = {Channel::Kind::kPath, "", 2},
                      .operation = {Channel::Kind::kAdapter},
                      .trouble = trouble};
    const std::uint16_t port = upstream_ ? upstream_->port() : 1;
    listener.opa = {.adapter = adapter,
                    .upstream = "http://127.0.0.1:" + std::to_string(port) + "/v1/data/own/allow",
                    .upstream_limit = limit};
    point_ = PointServer::Start({listener}, clock_, {.threads = 1, .observer = &observed_}).value();
    point_->Publish(internal::SnapshotOrDie(
        118, {internal::MakeRestriction("decision-1/1", terms::Stage::kSuspended,
                                        {{"sub-1", "blob-store", "nl-1"}})}));
  }
  LoopbackClient Connect() { return LoopbackClient::Connect(point_->ports().at(0)).value(); }
  Response Post(const std::string& body) {
    return Connect().Ask("POST", kPath, {{"Content-Type", "application/json"}}, body).value();
  }

  const FakeClock clock_{ParseTime("2026-12-01T08:00:00Z").value()};
  Words observed_;
  std::atomic<int> asked_{0};
  std::unique_ptr<HttpServer> upstream_;
  std::unique_ptr<PointServer> point_;
};

TEST_F(OpaUpstreamTest, IsNotAskedAboutWhatIsRestricted) {
  UpstreamSays(200, kTrue);
  Point(OpaAdapter::kKafka);
  const Response denied = Post(KafkaBody("sub-1", "READ"));
  EXPECT_EQ(denied.body, kFalse);
  EXPECT_EQ(HeaderOf(denied, "X-Proviso-Code"), "restricted");
  EXPECT_EQ(asked_, 0);
}

TEST_F(OpaUpstreamTest, IsAnsweredForAsTroubleSaysWhereItsAnswerCannotBeHandedOn) {
  UpstreamSays(200, kTrue);
  for (const char* subscription : {"sub-2", "sub-1"}) {
    for (const Otherwise trouble : {Otherwise::kDeny, Otherwise::kAllow}) {
      Point(OpaAdapter::kKafka, trouble);
      observed_.fails = true;
      const Response answer = Post(KafkaBody(subscription, "READ"));
      EXPECT_EQ(answer.status, 200);
      EXPECT_EQ(answer.body, trouble == Otherwise::kAllow ? kTrue : kFalse);
      EXPECT_EQ(HeaderOf(answer, "X-Proviso-Code"), "cannot-decide");
      observed_.fails = false;
    }
  }
}

TEST_F(OpaUpstreamTest, IsAskedTheSameAndHandedOnUnchanged) {
  constexpr const char* kObject = R"({ "result": {"allow": true, "own": [1.5, "x"]}, "id": 7 })";
  std::string seen;
  Upstream([&seen](const Request& request) -> Response {
    seen = std::string(request.method) + " " + std::string(request.path) + " " +
           std::string(request.body);
    return {.status = 200, .body = kObject};
  });
  Point(OpaAdapter::kMinio);
  const std::string question = internal::MinioBody("sub-2", "s3:GetObject");
  const Response answer = Post(question);
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, kObject);
  EXPECT_EQ(HeaderOf(answer, "Content-Type"), "application/json");
  EXPECT_EQ(HeaderOf(answer, "X-Proviso-Verdict"), "allow");
  EXPECT_EQ(seen, "POST /v1/data/own/allow " + question);
}

TEST_F(OpaUpstreamTest, IsAskedOpenlyWhatCameAsGzip) {
  std::string seen;
  Upstream([&seen](const Request& request) -> Response {
    seen = std::string(request.body);
    EXPECT_EQ(request.FindHeader("Content-Encoding").count, 0U);
    return {.status = 200, .body = kTrue};
  });
  Point(OpaAdapter::kMinio);
  const std::string question = internal::MinioBody("sub-2", "s3:GetObject");
  const Response answer =
      Connect()
          .Ask("POST", kPath, {{"Content-Encoding", "gzip"}}, internal::Gzipped(question))
          .value();
  EXPECT_EQ(answer.body, kTrue);
  EXPECT_EQ(seen, question);
}

TEST_F(OpaUpstreamTest, MayDenyWhatIsNotRestricted) {
  for (const char* body : {kFalse, "{}", R"({"result":null})", R"({"result":{"allow":false}})",
                           R"({"result":{"allow":"yes"}})"}) {
    UpstreamSays(200, body);
    Point(OpaAdapter::kMinio);
    const Response answer = Post(internal::MinioBody("sub-2", "s3:GetObject"));
    EXPECT_EQ(answer.body, body);
    EXPECT_EQ(HeaderOf(answer, "X-Proviso-Verdict"), "deny") << body;
    EXPECT_EQ(HeaderOf(answer, "X-Proviso-Code"), "upstream-denied") << body;
  }
}

TEST_F(OpaUpstreamTest, IsInTheLogOfVerdictsAsItWasAnswered) {
  const auto logged = [&](OpaAdapter adapter, const std::string& body,
                          Otherwise trouble = Otherwise::kDeny) {
    Point(adapter, trouble);
    static_cast<void>(Post(body));
    return observed_.Take();
  };
  using Lines = std::vector<std::string>;
  const std::string kafka = KafkaBody("sub-2", "READ");
  const std::string two = RgwBody({.user = "sub-2", .owner = "sub-3"});
  UpstreamSays(200, kTrue);
  EXPECT_EQ(logged(OpaAdapter::kKafka, kafka), Lines{"sub-2 allow "});
  EXPECT_EQ(logged(OpaAdapter::kKafka, KafkaBody("sub-1", "READ")), Lines{"sub-1 deny restricted"});
  EXPECT_EQ(logged(OpaAdapter::kRgw, two), (Lines{"sub-2 allow ", "sub-3 allow "}));
  EXPECT_EQ(logged(OpaAdapter::kRgw, RgwBody({.user = "sub-2", .owner = "sub-1"})),
            (Lines{"sub-2 allow ", "sub-1 deny restricted"}));
  UpstreamSays(200, kFalse);
  EXPECT_EQ(logged(OpaAdapter::kKafka, kafka), Lines{"sub-2 deny upstream-denied"});
  EXPECT_EQ(logged(OpaAdapter::kRgw, two),
            (Lines{"sub-2 deny upstream-denied", "sub-3 deny upstream-denied"}));
  UpstreamSays(500, "");
  EXPECT_EQ(logged(OpaAdapter::kKafka, kafka), Lines{"sub-2 deny upstream-trouble"});
  EXPECT_EQ(logged(OpaAdapter::kKafka, kafka, Otherwise::kAllow),
            Lines{"sub-2 allow upstream-trouble"});
  upstream_ = nullptr;
  EXPECT_EQ(logged(OpaAdapter::kKafka, kafka), Lines{"sub-2 deny upstream-trouble"});
}

TEST_F(OpaUpstreamTest, ChoosesAmongTheThingsOfABatch) {
  UpstreamSays(200, R"({"result":[1]})");
  Point(OpaAdapter::kTrino);
  constexpr const char* kTwo =
      R"(,"filterResources":[{"catalog":{"name":"a"}},{"catalog":{"name":"b"}}])";
  EXPECT_EQ(Post(TrinoBody("sub-2", "FilterCatalogs", kTwo)).body, R"({"result":[1]})");
  EXPECT_EQ(Post(TrinoBody("sub-1", "FilterCatalogs", kTwo)).body, R"({"result":[]})");
  EXPECT_EQ(asked_, 1);
}

TEST_F(OpaUpstreamTest, InTroubleIsAnsweredAsTheListenerSaysInTheShapeOfTheProtocol) {
  const struct {
    int status;
    const char* body;
  } troubles[] = {{500, R"({"code":"internal_error"})"},
                  {403, kTrue},
                  {404, "{}"},
                  {302, kTrue},
                  {200, "True"},
                  {200, "true"},
                  {200, ""},
                  {200, R"({"result":true)"},
                  {200, R"({"result":false,"result":true})"},
                  {200, R"({"result":{"allow":false,"allow":true}})"}};
  for (const Otherwise trouble : {Otherwise::kDeny, Otherwise::kAllow}) {
    const bool open = trouble == Otherwise::kAllow;
    for (const auto& [status, body] : troubles) {
      UpstreamSays(status, body);
      Point(OpaAdapter::kRgw, trouble);
      const Response answer = Post(RgwBody({.user = "sub-2", .owner = "sub-2"}));
      EXPECT_EQ(answer.status, 200) << body;
      EXPECT_EQ(answer.body, open ? kTrue : kFalse) << body;
      EXPECT_EQ(HeaderOf(answer, "X-Proviso-Code"), "upstream-trouble") << body;
    }
    UpstreamSays(500, "");
    Point(OpaAdapter::kTrino, trouble);
    EXPECT_EQ(Post(TrinoBody("sub-2", "FilterCatalogs",
                             R"(,"filterResources":[{"catalog":{"name":"a"}}])"))
                  .body,
              open ? R"({"result":[0]})" : R"({"result":[]})");
  }
}

TEST_F(OpaUpstreamTest, ThatIsDownIsTrouble) {
  Point(OpaAdapter::kKafka);
  const Response answer = Post(KafkaBody("sub-2", "READ"));
  EXPECT_EQ(answer.body, kFalse);
  EXPECT_EQ(HeaderOf(answer, "X-Proviso-Code"), "upstream-trouble");
}

TEST_F(OpaUpstreamTest, NeverHandsAnObjectToRgw) {
  for (const char* body : {R"({"result":{"allow":true}})", R"({"result":[]})", R"({"result":null})",
                           R"({"result":"true"})"}) {
    UpstreamSays(200, body);
    Point(OpaAdapter::kRgw);
    EXPECT_EQ(Post(RgwBody({.user = "sub-2", .owner = "sub-2"})).body, kFalse) << body;
  }
}

TEST_F(OpaUpstreamTest, ThatIsSlowHoldsUpNobodyElse) {
  std::atomic<bool> reached{false};
  std::shared_ptr<http_server::Later> hung;
  Upstream([&](const Request& request) -> Response {
    hung = request.deferrer->Defer(kPatience, [] { return Response{.status = 200}; });
    reached = true;
    reached.notify_all();
    return {};
  });
  Point(OpaAdapter::kKafka);
  LoopbackClient waiting = Connect();
  const std::string question = KafkaBody("sub-2", "READ");
  ASSERT_TRUE(waiting.Send(std::string("POST ") + kPath +
                           " HTTP/1.1\r\nHost: h\r\nContent-Length: " +
                           std::to_string(question.size()) + "\r\n\r\n" + question));
  reached.wait(false);
  // One thread serves both.
  EXPECT_EQ(Post(KafkaBody("sub-1", "READ")).body, kFalse);
  EXPECT_TRUE(hung->Finish([] { return Response{.status = 200, .body = kTrue}; }));
  EXPECT_EQ(waiting.Receive().value().body, kTrue);
}

TEST_F(OpaUpstreamTest, ThatNeverAnswersIsTroubleAtTheLimit) {
  Upstream([](const Request& request) -> Response {
    request.deferrer->Defer(kPatience, [] { return Response{.status = 200}; });
    return {};
  });
  Point(OpaAdapter::kKafka, Otherwise::kDeny, std::chrono::milliseconds(30));
  const Response answer = Post(KafkaBody("sub-2", "READ"));
  EXPECT_EQ(answer.body, kFalse);
  EXPECT_EQ(HeaderOf(answer, "X-Proviso-Code"), "upstream-trouble");
}

TEST_F(OpaUpstreamTest, IsAskedByPostBelowVersion1Alone) {
  UpstreamSays(200, kTrue);
  Point(OpaAdapter::kKafka);
  for (const auto& [method, path] :
       {std::pair("GET", kPath), std::pair("POST", "/v0/data/proviso/blob-store/nl-1"),
        std::pair("POST", "/")}) {
    EXPECT_EQ(Connect().Ask(method, path).value().status, 405) << method << path;
  }
  EXPECT_EQ(asked_, 0);
}

}  // namespace
}  // namespace proviso::points

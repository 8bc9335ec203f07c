#include "points/point_server.h"

#include <algorithm>
#include <atomic>
#include <deque>
#include <new>
#include <thread>

#include "base/random.h"
#include "http_server/loopback_client.h"
#include "points/internal/example_table.h"

namespace proviso::points {
namespace {

using enforcement::Operation;
using enforcement::Question;
using enforcement::Restriction;
using http_server::HeaderOf;
using http_server::LoopbackClient;
using http_server::Response;

// A clock that one thread sets while others read it.
class SharedClock final : public Clock {
 public:
  explicit SharedClock(Time now) : now_(now) {}
  Time Now() const override { return now_.load(); }
  void Set(Time now) { now_.store(now); }

 private:
  std::atomic<Time> now_;
};

const Time kBegin = ParseTime("2026-12-01T00:00:00Z").value();
constexpr const char* kPath = "/authz/forward";

std::vector<http_server::ResponseHeader> HeadersOf(const Question& question) {
  return {{"X-Proviso-Subscription", question.subscription},
          {"X-Proviso-Service", question.service},
          {"X-Proviso-Region", question.region},
          {"X-Proviso-Operation", std::string(OperationName(question.operation))}};
}

class PointServerTest : public testing::Test {
 protected:
  static std::unique_ptr<PointServer> StartOrDie(Listener listener, const Clock& clock) {
    listener.address = "127.0.0.1:0";
    listener.named_operation = {Channel::Kind::kHeader, "X-Proviso-Operation"};
    auto server = PointServer::Start({listener}, clock);
    if (!server) ADD_FAILURE() << server.error().message();
    return std::move(server).value();
  }
  static LoopbackClient ConnectTo(const PointServer& server) {
    return LoopbackClient::Connect(server.ports().at(0)).value();
  }

  SharedClock clock_{kBegin};
};

std::vector<Restriction> MakeWorld(SeededRandom& random) {
  static constexpr const char* kServices[] = {"blob-store", "speech"};
  static constexpr const char* kRegions[] = {"nl-1", "ie-1"};
  std::vector<Restriction> restrictions;
  for (std::uint64_t count = random.Next() % 6; count > 0; --count) {
    Restriction restriction =
        internal::MakeRestriction("decision-" + std::to_string(restrictions.size() + 1) + "/1",
                                  static_cast<terms::Stage>(random.Next() % 4), {});
    restriction.of_case = "case-" + std::to_string(random.Next() % 3);
    restriction.from = kBegin + std::chrono::milliseconds(random.Next() % 4);
    if (random.Next() % 2 == 0) {
      restriction.until = restriction.from + std::chrono::milliseconds(1 + random.Next() % 4);
    }
    for (std::uint64_t targets = 1 + random.Next() % 4; targets > 0; --targets) {
      enforcement::Target target{"sub-" + std::to_string(random.Next() % 3),
                                 kServices[random.Next() % 2], kRegions[random.Next() % 2]};
      if (std::ranges::find(restriction.targets, target) == restriction.targets.end()) {
        restriction.targets.push_back(target);
      }
    }
    restrictions.push_back(restriction);
  }
  return restrictions;
}

// Compares what came over the wire with what the plain walk over all restrictions says.
void ExpectSays(const Response& response, const enforcement::Answer& expected,
                const std::string& what) {
  ASSERT_EQ(response.status, expected.allowed ? 200 : 403) << what;
  EXPECT_EQ(response.body, "") << what;
  EXPECT_EQ(HeaderOf(response, "Content-Length"), "0") << what;
  EXPECT_EQ(HeaderOf(response, "X-Proviso-Verdict"), expected.allowed ? "allow" : "deny") << what;
  EXPECT_EQ(HeaderOf(response, "X-Proviso-Restriction"), expected.restriction) << what;
  EXPECT_EQ(HeaderOf(response, "X-Proviso-Clause"), expected.clause) << what;
  EXPECT_EQ(HeaderOf(response, "X-Proviso-Case"), expected.of_case) << what;
  EXPECT_EQ(HeaderOf(response, "X-Proviso-Reason"), expected.reason) << what;
  EXPECT_EQ(HeaderOf(response, "X-Proviso-Stage"),
            expected.stage ? terms::StageName(*expected.stage) : "")
      << what;
  EXPECT_EQ(HeaderOf(response, "X-Proviso-Until"),
            expected.until ? FormatTime(*expected.until) : "")
      << what;
}

TEST_F(PointServerTest, SaysOverASocketWhatTheNaiveWalkSays) {
  constexpr std::uint64_t kSeed = 4711;
  SeededRandom random(kSeed);
  const auto server = StartOrDie({}, clock_);
  LoopbackClient client = ConnectTo(*server);
  int denied = 0;
  for (std::uint64_t world = 1; world <= 30; ++world) {
    const std::vector<Restriction> restrictions = MakeWorld(random);
    server->Publish(internal::SnapshotOrDie(world, restrictions));
    for (int round = 0; round < 60; ++round) {
      Question question{.subscription = "sub-" + std::to_string(random.Next() % 4),
                        .service = random.Next() % 2 == 0 ? "blob-store" : "speech",
                        .region = random.Next() % 2 == 0 ? "nl-1" : "ie-1",
                        .operation = static_cast<Operation>(random.Next() % 6),
                        .at = kBegin + std::chrono::milliseconds(random.Next() % 10)};
      clock_.Set(question.at);
      const enforcement::Answer expected = DecideNaively(restrictions, question);
      denied += expected.allowed ? 0 : 1;
      const Response response = client.Ask("GET", kPath, HeadersOf(question)).value();
      ExpectSays(response, expected,
                 "seed " + std::to_string(kSeed) + " world " + std::to_string(world));
      EXPECT_EQ(HeaderOf(response, "X-Proviso-Table"), std::to_string(world));
    }
  }
  EXPECT_GT(denied, 100);  // else the worlds test nothing
}

TEST_F(PointServerTest, AnswersNobodyUntilItBegins) {
  const auto server = PointServer::Prepare({Listener{.address = "127.0.0.1:0"}}, clock_).value();
  constexpr std::string_view kRequest =
      "GET /authz/forward HTTP/1.1\r\nHost: a\r\nX-Proviso-Subscription: sub-2\r\n"
      "X-Proviso-Service: blob-store\r\nX-Proviso-Region: nl-1\r\nX-Original-Method: GET\r\n\r\n";
  const std::uint16_t port = server->ports().front();
  LoopbackClient early = LoopbackClient::Connect(port, std::chrono::milliseconds(50)).value();
  ASSERT_TRUE(early.Send(kRequest));
  EXPECT_EQ(early.Receive().error().code(), ErrorCode::kUnavailable);
  LoopbackClient waiting = LoopbackClient::Connect(port).value();
  ASSERT_TRUE(waiting.Send(kRequest));
  server->Publish(internal::SnapshotOrDie(
      1, {internal::MakeRestriction("decision-1/1", terms::Stage::kSuspended,
                                    {{"sub-1", "blob-store", "nl-1"}})}));
  server->Begin();
  EXPECT_EQ(waiting.Receive().value().status, 200) << "not denied for want of a table";
}

TEST_F(PointServerTest, AnswersHeadLikeGet) {
  const auto server = StartOrDie({}, clock_);
  server->Publish(internal::SnapshotOrDie(
      1, {internal::MakeRestriction("decision-1/1", terms::Stage::kSuspended,
                                    {{"sub-1", "blob-store", "nl-1"}})}));
  LoopbackClient client = ConnectTo(*server);
  const auto headers = HeadersOf({.subscription = "sub-1",
                                  .service = "blob-store",
                                  .region = "nl-1",
                                  .operation = Operation::kRead,
                                  .at = kBegin});
  const Response get = client.Ask("GET", kPath, headers).value();
  const Response head = client.Ask("HEAD", std::string(kPath) + "/below?x=y", headers).value();
  EXPECT_EQ(head.status, 403);
  EXPECT_EQ(HeaderOf(head, "X-Proviso-Reason"), HeaderOf(get, "X-Proviso-Reason"));
  EXPECT_EQ(HeaderOf(head, "Content-Length"), "0");
}

TEST_F(PointServerTest, TellsHowItIs) {
  const auto server = StartOrDie({.trouble = Otherwise::kAllow}, clock_);
  LoopbackClient client = ConnectTo(*server);
  EXPECT_EQ(client.Ask("GET", "/healthz").value().status, 200);
  EXPECT_EQ(client.Ask("GET", "/readyz").value().status, 503);
  EXPECT_EQ(client.Ask("GET", kPath, {{"X-Proviso-Subscription", "sub-1"}}).value().status, 403);
  server->Publish(internal::SnapshotOrDie(12, {}));
  const Response ready = client.Ask("GET", "/readyz").value();
  EXPECT_EQ(ready.status, 200);
  EXPECT_EQ(ready.body, "table 12\n");
  EXPECT_EQ(client.Ask("GET", "/elsewhere").value().status, 404);
}

TEST_F(PointServerTest, ServesEachListenerItsOwnWay) {
  const Listener closed{.address = "127.0.0.1:0"};
  const Listener open{.address = "127.0.0.1:0", .prefix = "/open", .unknown = Otherwise::kAllow};
  const auto server = PointServer::Start({closed, open}, clock_).value();
  server->Publish(internal::SnapshotOrDie(12, {}));
  const std::vector<std::uint16_t> ports = server->ports();
  ASSERT_EQ(ports.size(), 2U);
  const auto status = [&](std::size_t listener, const char* path) {
    return LoopbackClient::Connect(ports[listener])
        .value()
        .Ask("GET", path, {{"X-Proviso-Subscription", "sub-1"}})
        .value()
        .status;
  };
  EXPECT_EQ(status(0, kPath), 403);
  EXPECT_EQ(status(1, "/open"), 200);
  EXPECT_EQ(status(1, kPath), 404);
  server->Stop();
  EXPECT_FALSE(LoopbackClient::Connect(ports[0]));
}

TEST_F(PointServerTest, ACrowdAtOneListenerLeavesTheOthersTheirShareOfConnections) {
  const Listener one{.address = "127.0.0.1:0", .name = "one"};
  const Listener other{.address = "127.0.0.1:0", .name = "other"};
  const auto server =
      PointServer::Start({one, other}, clock_, {.threads = 1, .connections_in_all_max = 4}).value();
  const std::vector<std::uint16_t> ports = server->ports();
  std::deque<LoopbackClient> crowd;
  for (int i = 0; i < 5; ++i) crowd.push_back(LoopbackClient::Connect(ports[0]).value());
  ASSERT_EQ(crowd[0].Ask("GET", "/healthz").value().status, 200);
  ASSERT_EQ(crowd[1].Ask("GET", "/healthz").value().status, 200);
  LoopbackClient gateway = LoopbackClient::Connect(ports[1]).value();
  EXPECT_EQ(gateway.Ask("GET", "/healthz").value().status, 200);
  const std::vector<ListenerFigures> figures = server->Figures();
  ASSERT_EQ(figures.size(), 2U);
  EXPECT_EQ(figures[0].connections, 2U);
  EXPECT_EQ(figures[0].connections_max, 2U);
  EXPECT_EQ(figures[1].connections, 1U);
  // Whoever waits is answered once there is room.
  crowd.pop_front();
  crowd.pop_front();
  EXPECT_EQ(crowd[0].Ask("GET", "/healthz").value().status, 200);
  // Fewer listeners have more each.
  ASSERT_TRUE(server->Reload({one}));
  EXPECT_EQ(server->Figures()[0].connections_max, 4U);
}

TEST_F(PointServerTest, AsksGatewaysToLeaveWhileItAnswersThem) {
  const auto server = StartOrDie({}, clock_);
  server->Publish(internal::SnapshotOrDie(12, {}));
  LoopbackClient before = ConnectTo(*server);
  EXPECT_EQ(before.Ask("GET", "/readyz").value().status, 200);
  server->Drain();
  const Response answer = before.Ask("GET", kPath, {{"X-Proviso-Subscription", "sub-1"}}).value();
  EXPECT_EQ(HeaderOf(answer, "X-Proviso-Table"), "12");
  EXPECT_EQ(HeaderOf(answer, "Connection"), "close");
  const Response ready = ConnectTo(*server).Ask("GET", "/readyz").value();
  EXPECT_EQ(ready.status, 503);
  EXPECT_EQ(ready.body, "stopping\n");
}

TEST_F(PointServerTest, TouchesNoListenerThatDidNotChangeWhenItReloads) {
  const Listener kept{.address = "127.0.0.1:0", .name = "kept"};
  Listener changed{.address = "127.0.0.1:0", .name = "changed"};
  const auto server = PointServer::Start({kept, changed}, clock_).value();
  server->Publish(internal::SnapshotOrDie(12, {}));
  const std::vector<std::uint16_t> ports = server->ports();
  LoopbackClient client = LoopbackClient::Connect(ports[0]).value();
  EXPECT_EQ(client.Ask("GET", kPath).value().status, 403);
  changed.unknown = Otherwise::kAllow;
  const Listener added{.address = "127.0.0.1:0", .prefix = "/added", .name = "added"};
  ASSERT_TRUE(server->Reload({added, changed, kept}));
  EXPECT_EQ(server->ports().at(2), ports[0]);
  EXPECT_EQ(client.Ask("GET", kPath).value().status, 403) << "the same connection";
  const auto status = [&](std::size_t listener, const char* path) {
    return LoopbackClient::Connect(server->ports().at(listener))
        .value()
        .Ask("GET", path, {{"X-Proviso-Subscription", "sub-1"}})
        .value()
        .status;
  };
  EXPECT_EQ(status(0, "/added"), 403);
  EXPECT_EQ(status(1, kPath), 200);
  ASSERT_TRUE(server->Reload({kept}));
  EXPECT_EQ(server->ports(), std::vector<std::uint16_t>{ports[0]});
  EXPECT_EQ(client.Ask("GET", kPath).value().status, 403);
  for (const ListenerFigures& figures : server->Figures()) {
    EXPECT_EQ(figures.serves, figures.name == "kept") << figures.name;
    EXPECT_EQ(figures.verdicts.Counted(false, ReasonCode::kNoSubscription),
              figures.name == "kept" ? 3U : 0U);
    EXPECT_EQ(figures.verdicts.Counted(true, ReasonCode::kUnknownOperation),
              figures.name == "changed" ? 1U : 0U);
  }
}

TEST_F(PointServerTest, PutsAListenerInThePlaceOfTheOneAtItsAddress) {
  Listener listener{.address = "127.0.0.1:0"};
  const std::uint16_t port = PointServer::Start({listener}, clock_).value()->ports().at(0);
  listener.address = "127.0.0.1:" + std::to_string(port);
  const auto server = PointServer::Start({listener}, clock_).value();
  listener.prefix = "/other";
  ASSERT_TRUE(server->Reload({listener}));
  EXPECT_EQ(server->ports().at(0), port);
  LoopbackClient client = LoopbackClient::Connect(port).value();
  EXPECT_EQ(client.Ask("GET", "/other").value().status, 403);
  EXPECT_EQ(client.Ask("GET", kPath).value().status, 404);
}

// A listener at an address that stays its own, as those of a file do.
Listener ListenerAt(std::uint16_t port, const char* name) {
  return {.address = "127.0.0.1:" + std::to_string(port), .name = name};
}
std::uint16_t FreePort(const Clock& clock) {
  return PointServer::Start({Listener{.address = "127.0.0.1:0"}}, clock).value()->ports().at(0);
}

TEST_F(PointServerTest, ChangesNothingWhenOneListenerCannotBeStarted) {
  const auto other = StartOrDie({}, clock_);
  const Listener kept = ListenerAt(FreePort(clock_), "kept");
  const Listener moved = ListenerAt(FreePort(clock_), "moved");
  const Listener changed = ListenerAt(FreePort(clock_), "changed");
  const auto server = PointServer::Start({kept, moved, changed}, clock_).value();
  const std::vector<std::uint16_t> ports = server->ports();
  LoopbackClient client = LoopbackClient::Connect(ports[2]).value();
  EXPECT_EQ(client.Ask("GET", kPath).value().status, 403);

  Listener to_taken = ListenerAt(other->ports().at(0), "moved");
  to_taken.place.text = "serve.yaml:7";
  Listener otherwise = changed;
  otherwise.prefix = "/other";
  const Listener added = ListenerAt(FreePort(clock_), "added");
  const Status reloaded = server->Reload({added, otherwise, to_taken, kept});

  ASSERT_FALSE(reloaded);
  EXPECT_EQ(reloaded.error().code(), ErrorCode::kUnavailable);
  const std::string message(reloaded.error().message());
  EXPECT_EQ(message.find("serve.yaml:7: listener `moved`: "), 0U) << message;
  EXPECT_NE(message.find("; end what has it, or choose another"), std::string::npos) << message;
  EXPECT_EQ(server->ports(), ports);
  for (const std::uint16_t port : ports) {
    EXPECT_EQ(LoopbackClient::Connect(port).value().Ask("GET", kPath).value().status, 403);
  }
  EXPECT_EQ(client.Ask("GET", kPath).value().status, 403) << "the same connection";
  EXPECT_FALSE(LoopbackClient::Connect(
      static_cast<std::uint16_t>(std::stoi(added.address.substr(added.address.find(':') + 1)))));
  EXPECT_TRUE(server->Reload({added, otherwise, kept})) << "nothing is in the way";
  EXPECT_EQ(LoopbackClient::Connect(ports[2]).value().Ask("GET", "/other").value().status, 403);
}

TEST_F(PointServerTest, RefusesNobodyWhileOneListenerTakesTheOthersPlace) {
  Listener listener = ListenerAt(FreePort(clock_), "front");
  const auto server = PointServer::Start({listener}, clock_).value();
  const std::uint16_t port = server->ports().at(0);
  std::atomic<bool> done{false};
  std::atomic<int> refused{0};
  std::atomic<int> connected{0};
  std::jthread connecting([&] {
    while (!done.load()) ++(LoopbackClient::Connect(port) ? connected : refused);
  });
  for (int round = 0; round < 20; ++round) {
    listener.prefix = "/authz/" + std::to_string(round);
    ASSERT_TRUE(server->Reload({listener}));
  }
  done.store(true);
  connecting.join();
  EXPECT_EQ(refused.load(), 0);
  EXPECT_GT(connected.load(), 0);
}

TEST_F(PointServerTest, ExchangesTheAddressesOfTwoListeners) {
  Listener one = ListenerAt(FreePort(clock_), "one");
  Listener two = ListenerAt(FreePort(clock_), "two");
  two.prefix = "/two";
  const auto server = PointServer::Start({one, two}, clock_).value();
  const std::vector<std::uint16_t> ports = server->ports();
  std::swap(one.address, two.address);
  ASSERT_TRUE(server->Reload({one, two}));
  EXPECT_EQ(LoopbackClient::Connect(ports[0]).value().Ask("GET", "/two").value().status, 403);
  EXPECT_EQ(LoopbackClient::Connect(ports[1]).value().Ask("GET", kPath).value().status, 403);
}

TEST_F(PointServerTest, GoesOnWithAListenerThatStandsElsewhereInItsFile) {
  Listener listener = ListenerAt(FreePort(clock_), "front");
  listener.place.text = "serve.yaml:2";
  const auto server = PointServer::Start({listener}, clock_).value();
  LoopbackClient client = ConnectTo(*server);
  EXPECT_EQ(client.Ask("GET", kPath).value().status, 403);
  listener.place.text = "serve.yaml:9";
  ASSERT_TRUE(server->Reload({listener}));
  EXPECT_EQ(client.Ask("GET", kPath).value().status, 403) << "the same connection";
}

TEST_F(PointServerTest, AnswersAsTroubleSaysOnceNobodyConfirmsTheTable) {
  std::atomic<std::chrono::milliseconds> uptime{std::chrono::milliseconds(1'000)};
  const Listener listener{.address = "127.0.0.1:0", .last_good = std::chrono::seconds(5)};
  const auto server =
      PointServer::Start({listener}, clock_, {.uptime = [&] { return uptime.load(); }}).value();
  server->Publish(internal::SnapshotOrDie(12, {}));
  LoopbackClient client = ConnectTo(*server);
  const auto code = [&] {
    const Response answer = client
                                .Ask("GET", kPath,
                                     {{"X-Proviso-Subscription", "sub-1"},
                                      {"X-Proviso-Service", "blob-store"},
                                      {"X-Proviso-Region", "nl-1"},
                                      {"X-Original-Method", "GET"}})
                                .value();
    return std::string(HeaderOf(answer, "X-Proviso-Code"));
  };
  EXPECT_EQ(code(), "stale-table") << "nobody said yet that it is the newest";
  server->Confirm();
  EXPECT_EQ(code(), "");
  uptime.store(uptime.load() + std::chrono::seconds(5));
  EXPECT_EQ(code(), "");
  uptime.store(uptime.load() + std::chrono::milliseconds(1));
  EXPECT_EQ(code(), "stale-table");
  server->Confirm();
  EXPECT_EQ(code(), "");
}

TEST_F(PointServerTest, AnswersEveryRequestAfterPublishFromTheNewTable) {
  const auto server = StartOrDie({}, clock_);
  server->Publish(internal::SnapshotOrDie(0, {}));
  std::atomic<std::uint64_t> published{0};
  std::atomic<bool> done{false};
  std::vector<std::jthread> askers;
  for (int i = 0; i < 3; ++i) {
    askers.emplace_back([&] {
      LoopbackClient client = ConnectTo(*server);
      const auto headers = HeadersOf({.subscription = "sub-1",
                                      .service = "blob-store",
                                      .region = "nl-1",
                                      .operation = Operation::kRead,
                                      .at = kBegin});
      while (!done.load()) {
        const std::uint64_t before = published.load();
        const Response response = client.Ask("GET", kPath, headers).value();
        const std::uint64_t table = std::stoull(std::string(HeaderOf(response, "X-Proviso-Table")));
        EXPECT_GE(table, before);
        // Odd tables suspend the subscription, even ones do not: no answer mixes two.
        EXPECT_EQ(response.status, table % 2 == 1 ? 403 : 200);
      }
    });
  }
  const Restriction restriction = internal::MakeRestriction(
      "decision-1/1", terms::Stage::kSuspended, {{"sub-1", "blob-store", "nl-1"}});
  for (std::uint64_t number = 1; number <= 200; ++number) {
    server->Publish(number % 2 == 1 ? internal::SnapshotOrDie(number, {restriction})
                                    : internal::SnapshotOrDie(number, {}));
    published.store(number);
  }
  done.store(true);
}

// Fails as everything does that needs memory where there is none left.
class OutOfMemory final : public VerdictObserver {
 public:
  void Saw(const Listener& /*listener*/, const Asked& /*asked*/, const Sight& /*sight*/,
           const Outcome& /*outcome*/) override {
    throw std::bad_alloc();
  }
};

TEST_F(PointServerTest, AnswersAsTroubleSaysWhereAProtocolThrows) {
  const Listener closed{.address = "127.0.0.1:0"};
  const Listener open{.address = "127.0.0.1:0", .trouble = Otherwise::kAllow};
  OutOfMemory observer;
  const auto server = PointServer::Start({closed, open}, clock_, {.observer = &observer}).value();
  const auto said = [&](std::size_t listener) {
    const Response answer = LoopbackClient::Connect(server->ports().at(listener))
                                .value()
                                .Ask("GET", kPath, {{"X-Proviso-Subscription", "sub-1"}})
                                .value();
    return std::to_string(answer.status) + " " + std::string(HeaderOf(answer, "X-Proviso-Code"));
  };
  EXPECT_EQ(said(0), "403 no-table");
  EXPECT_EQ(said(1), "403 no-table");
  server->Publish(internal::SnapshotOrDie(12, {}));
  EXPECT_EQ(said(0), "403 cannot-decide");
  EXPECT_EQ(said(1), "200 cannot-decide");
}

TEST_F(PointServerTest, RefusesAnAddressThatIsTaken) {
  const auto first = StartOrDie({}, clock_);
  const std::string address = "127.0.0.1:" + std::to_string(first->ports().at(0));
  const auto second = PointServer::Start({Listener{.address = address}}, clock_);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code(), ErrorCode::kUnavailable);
}

}  // namespace
}  // namespace proviso::points

#include "http_server/http_server.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <set>
#include <thread>

#include "http_server/loopback_client.h"

namespace proviso::http_server {
namespace {

using std::chrono::milliseconds;

// Answers with what it was asked, one word a line.
Response Echo(const Request& request) {
  Response response;
  response.body = std::string(request.method) + " " + std::string(request.path) + "\n";
  for (const Field& field : request.query) {
    response.body += std::string(field.name) + "=" + std::string(field.value) + "\n";
  }
  response.body += "x: " + std::string(request.FindHeader("X-Test").value) + "\n";
  response.body += std::string(request.body);
  return response;
}

std::unique_ptr<HttpServer> StartOrDie(HttpServerOptions options, const Handler& handler) {
  auto server = HttpServer::Start(std::move(options), [handler] { return handler; });
  if (!server) ADD_FAILURE() << server.error().message();
  return std::move(server).value();
}

LoopbackClient ConnectTo(const HttpServer& server) {
  return LoopbackClient::Connect(server.port()).value();
}

TEST(HttpServer, AnswersOverOneConnection) {
  const auto server = StartOrDie({}, Echo);
  LoopbackClient client = ConnectTo(*server);
  for (int round = 0; round < 3; ++round) {
    const Response answer = client.Ask("POST", "/a%20b?c=d&e", {{"x-TEST", "yes"}}, "body").value();
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.body, "POST /a b\nc=d\ne=\nx: yes\nbody");
    EXPECT_EQ(HeaderOf(answer, "Connection"), "");
    EXPECT_NE(HeaderOf(answer, "Date"), "");
  }
}

TEST(HttpServer, ClosesAConnectionAfterAnAnswerThatIsItsLast) {
  const auto server = StartOrDie({}, [](const Request& request) {
    return Response{.body = "x", .last = request.path == "/last"};
  });
  LoopbackClient client = ConnectTo(*server);
  EXPECT_EQ(HeaderOf(client.Ask("GET", "/").value(), "Connection"), "");
  EXPECT_EQ(server->connections(), 1U);
  EXPECT_EQ(HeaderOf(client.Ask("GET", "/last").value(), "Connection"), "close");
  EXPECT_EQ(client.ReceiveUntilClosed().value(), "");
}

TEST(HttpServer, SaysThatAnEmptyBodyIsEmpty) {
  for (const int status : {200, 403, 404, 503}) {
    const auto server = StartOrDie({}, [status](const Request&) {
      return Response{.status = status, .headers = {{"X-Reason", "none"}}, .body = {}};
    });
    LoopbackClient client = ConnectTo(*server);
    for (int round = 0; round < 2; ++round) {
      const Response answer = client.Ask("GET", "/").value();
      EXPECT_EQ(answer.status, status);
      EXPECT_EQ(HeaderOf(answer, "Content-Length"), "0");
      EXPECT_EQ(HeaderOf(answer, "X-Reason"), "none");
    }
  }
}

TEST(HttpServer, AnswersHeadWithoutTheBody) {
  const auto server = StartOrDie({}, Echo);
  LoopbackClient client = ConnectTo(*server);
  const Response head = client.Ask("HEAD", "/abc").value();
  EXPECT_EQ(HeaderOf(head, "Content-Length"),
            std::to_string(std::string("HEAD /abc\nx: \n").size()));
  // Had a body been sent, the next answer would begin with it.
  EXPECT_EQ(client.Ask("GET", "/abc").value().body, "GET /abc\nx: \n");
}

TEST(HttpServer, ReadsChunkedBodiesAndPipelinedRequests) {
  const auto server = StartOrDie({}, Echo);
  LoopbackClient client = ConnectTo(*server);
  ASSERT_TRUE(
      client.Send("POST /one HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
                  "3\r\nabc\r\n2;ext=1\r\nde\r\n0\r\nX-Trailer: t\r\n\r\n"
                  "GET /two HTTP/1.1\r\nHost: h\r\n\r\n"));
  EXPECT_EQ(client.Receive().value().body, "POST /one\nx: \nabcde");
  EXPECT_EQ(client.Receive().value().body, "GET /two\nx: \n");
}

TEST(HttpServer, BidsToContinueBeforeABody) {
  const auto server = StartOrDie({.body_bytes_max = 10}, Echo);
  LoopbackClient client = ConnectTo(*server);
  ASSERT_TRUE(
      client.Send("PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n"
                  "Expect: 100-continue\r\n\r\n"));
  // Nothing of the body was sent yet: a server that waited for it would never answer.
  ASSERT_TRUE(client.Send("body"));
  EXPECT_EQ(client.Receive().value().body, "PUT /\nx: \nbody");

  ASSERT_TRUE(
      client.Send("PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 11\r\n"
                  "Expect: 100-continue\r\n\r\n"));
  const std::string refusal = client.ReceiveUntilClosed().value();
  EXPECT_TRUE(refusal.starts_with("HTTP/1.1 413 ")) << refusal;

  LoopbackClient other = ConnectTo(*server);
  ASSERT_TRUE(
      other.Send("PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n"
                 "Expect: 100-continue\r\nConnection: close\r\n\r\n"));
  ASSERT_TRUE(other.Send("body"));
  EXPECT_TRUE(
      other.ReceiveUntilClosed().value().starts_with("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200"));
}

TEST(HttpServer, ServesHttp10AndClosesThen) {
  const auto server = StartOrDie({}, Echo);
  LoopbackClient client = ConnectTo(*server);
  ASSERT_TRUE(client.Send("GET /old HTTP/1.0\r\n\r\n"));
  const std::string answer = client.ReceiveUntilClosed().value();
  EXPECT_NE(answer.find("200 OK"), std::string::npos);
  EXPECT_NE(answer.find("GET /old"), std::string::npos);
}

// A process that does nothing, with copies of all descriptors.
class IdleProcess {
 public:
  IdleProcess() : process_(fork()) {
    while (process_ == 0) pause();
  }
  IdleProcess(const IdleProcess&) = delete;
  IdleProcess& operator=(const IdleProcess&) = delete;
  ~IdleProcess() {
    kill(process_, SIGKILL);
    waitpid(process_, nullptr, 0);
  }

 private:
  const pid_t process_;
};

TEST(HttpServer, ForgetsAConnectionOfWhichAnotherProcessHasACopy) {
  const auto server = StartOrDie({.idle_timeout = milliseconds(40)}, Echo);
  LoopbackClient idle = ConnectTo(*server);
  ASSERT_EQ(idle.Ask("GET", "/").value().status, 200);
  const IdleProcess process;
  while (server->connections() > 0) std::this_thread::yield();
  // The copy keeps the connection open, so that its news would still come.
  ASSERT_TRUE(idle.Send("GET / HTTP/1.1\r\nHost: h\r\n\r\n"));
  for (int i = 0; i < 10; ++i) {
    LoopbackClient client = ConnectTo(*server);
    EXPECT_EQ(client.Ask("GET", "/").value().status, 200);
  }
}

TEST(HttpServer, SendsPreparedHeadersBeforeTheOthers) {
  const std::vector<ResponseHeader> first{{"X-One", "1"}, {"X-Two", ""}};
  const auto prepared = std::make_shared<const PreparedHeaders>(first);
  const auto server = StartOrDie({}, [&](const Request&) -> Response {
    return {.headers = {{"X-Three", "3"}}, .prepared = prepared, .body = "x"};
  });
  LoopbackClient client = ConnectTo(*server);
  ASSERT_TRUE(client.Send("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"));
  const std::string answer = client.ReceiveUntilClosed().value();
  EXPECT_TRUE(answer.ends_with("\r\nX-One: 1\r\nX-Two: \r\nX-Three: 3\r\n\r\nx")) << answer;
}

TEST(HttpServer, TurnsAnExceptionInto500AndGoesOn) {
  const auto server = StartOrDie({}, [](const Request& request) -> Response {
    if (request.path == "/throw") throw std::runtime_error("secret");
    if (request.path == "/odd") throw 7;
    if (request.path == "/line")
      return {.status = 200, .headers = {{"X-A", "b\r\nX-C: d"}}, .body = "x"};
    if (request.path == "/prepared") {
      const std::vector<ResponseHeader> two_lines{{"X-A", "b\r\nX-C: d"}};
      return {.prepared = std::make_shared<const PreparedHeaders>(two_lines), .body = "x"};
    }
    if (request.path == "/status") return {.status = 99, .body = "x"};
    return Echo(request);
  });
  for (const char* path : {"/throw", "/odd", "/line", "/prepared", "/status"}) {
    LoopbackClient client = ConnectTo(*server);
    const Response answer = client.Ask("GET", path).value();
    EXPECT_EQ(answer.status, 500) << path;
    EXPECT_EQ(answer.body, "") << path;
    EXPECT_EQ(HeaderOf(answer, "X-C"), "") << path;
    LoopbackClient next = ConnectTo(*server);
    EXPECT_EQ(next.Ask("GET", "/fine").value().status, 200);
  }
}

TEST(HttpServer, MakesOneHandlerAThread) {
  std::atomic<int> made{0};
  auto server = HttpServer::Start({.threads = 3}, [&made]() -> Handler {
                  const int number = made.fetch_add(1);
                  return [number, calls = 0](const Request&) mutable {
                    // A handler that two threads shared would race here; the thread sanitizer sees
                    // it.
                    ++calls;
                    return Response{.status = 200, .body = std::to_string(number)};
                  };
                }).value();
  std::vector<LoopbackClient> clients;
  clients.reserve(24);
  for (int i = 0; i < 24; ++i) clients.push_back(ConnectTo(*server));
  std::set<std::string> numbers;
  for (int round = 0; round < 5; ++round) {
    for (LoopbackClient& client : clients) {
      ASSERT_TRUE(client.Send("GET / HTTP/1.1\r\nHost: h\r\n\r\n"));
    }
    for (LoopbackClient& client : clients) numbers.insert(client.Receive().value().body);
  }
  EXPECT_EQ(static_cast<int>(numbers.size()), made.load());
  EXPECT_LE(made.load(), 3);
}

TEST(HttpServer, RefusesAFactoryThatThrows) {
  auto server = HttpServer::Start({}, []() -> Handler { throw std::runtime_error("no"); }).value();
  EXPECT_EQ(ConnectTo(*server).Ask("GET", "/").value().status, 500);
}

TEST(HttpServer, RefusesBodiesAboveTheLimit) {
  const auto server = StartOrDie({.body_bytes_max = 1000}, Echo);
  {
    LoopbackClient client = ConnectTo(*server);
    EXPECT_EQ(client.Ask("POST", "/", {}, std::string(1000, 'x')).value().status, 200);
    EXPECT_EQ(client.Ask("POST", "/", {}, std::string(1001, 'x')).value().status, 413);
    EXPECT_EQ(client.ReceiveUntilClosed().value(), "");
  }
  {
    LoopbackClient client = ConnectTo(*server);
    ASSERT_TRUE(
        client.Send("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3e9\r\n" +
                    std::string(1001, 'x') + "\r\n0\r\n\r\n"));
    EXPECT_EQ(client.Receive().value().status, 413);
  }
  // A sender that goes on and on is cut off, answered or not.
  LoopbackClient client = ConnectTo(*server);
  ASSERT_TRUE(client.Send("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"));
  Status sent;
  for (int i = 0; i < 100'000 && sent; ++i)
    sent = client.Send("64\r\n" + std::string(100, 'x') + "\r\n");
  EXPECT_FALSE(sent);
}

TEST(HttpServer, RefusesHeadersAboveTheLimits) {
  const auto server = StartOrDie({.header_bytes_max = 2048, .header_count_max = 20}, Echo);
  const auto status_with = [&](const std::string& target,
                               const std::vector<ResponseHeader>& headers) {
    return ConnectTo(*server).Ask("GET", target, headers).value().status;
  };
  EXPECT_EQ(status_with("/", {{"X-Test", std::string(1900, 'x')}}), 200);
  EXPECT_EQ(status_with("/", {{"X-Test", std::string(2100, 'x')}}), 431);
  EXPECT_EQ(status_with("/" + std::string(1900, 'x'), {}), 200);
  EXPECT_EQ(status_with("/" + std::string(2100, 'x'), {}), 414);
  EXPECT_EQ(status_with("/", std::vector<ResponseHeader>(19, {"X-Test", "x"})), 200);
  EXPECT_EQ(status_with("/", std::vector<ResponseHeader>(20, {"X-Test", "x"})), 431);
}

TEST(HttpServer, ClosesConnectionsThatSendNoWholeRequest) {
  const auto server = StartOrDie({.idle_timeout = milliseconds(40)}, Echo);
  for (const char* part : {"", "G", "GET / HTTP/1.1\r\nHost: h\r\nX-A: ",
                           "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nab"}) {
    LoopbackClient client = ConnectTo(*server);
    ASSERT_TRUE(client.Send(part));
    EXPECT_EQ(client.ReceiveUntilClosed().value(), "") << part;
  }
  // Idle after an answer is idle too.
  LoopbackClient client = ConnectTo(*server);
  EXPECT_EQ(client.Ask("GET", "/").value().status, 200);
  EXPECT_EQ(client.ReceiveUntilClosed().value(), "");
}

TEST(HttpServer, ClosesASenderThatSendsSlowlyButOnAndOn) {
  const auto server = StartOrDie({.idle_timeout = milliseconds(40)}, Echo);
  LoopbackClient client = ConnectTo(*server);
  ASSERT_TRUE(client.Send("GET / HTTP/1.1\r\nHost: h\r\n"));
  // A timeout that each byte starts anew would let this go on until the header limit.
  const auto begun = std::chrono::steady_clock::now();
  Status sent;
  while (sent && std::chrono::steady_clock::now() - begun < std::chrono::seconds(10)) {
    sent = client.Send("\r");
    if (!sent) break;
    std::this_thread::yield();
  }
  EXPECT_FALSE(sent);
}

TEST(HttpServer, ClosesAReaderThatDoesNotTakeItsAnswer) {
  const auto server = StartOrDie({.answer_timeout = milliseconds(40)}, [](const Request&) {
    return Response{.status = 200, .body = std::string(32U << 20U, 'x')};
  });
  LoopbackClient client = ConnectTo(*server);
  ASSERT_TRUE(client.Send("GET / HTTP/1.1\r\nHost: h\r\n\r\n"));
  // Until the server gives up, sending works; then the connection is gone.
  const auto begun = std::chrono::steady_clock::now();
  Status sent;
  while (sent && std::chrono::steady_clock::now() - begun < std::chrono::seconds(10)) {
    sent = client.Send("x");
    std::this_thread::yield();
  }
  EXPECT_FALSE(sent);
}

TEST(HttpServer, LetsConnectionsAboveTheLimitWait) {
  const auto server = StartOrDie({.threads = 1, .connections_max = 2}, Echo);
  auto first = std::make_unique<LoopbackClient>(ConnectTo(*server));
  LoopbackClient second = ConnectTo(*server);
  EXPECT_EQ(first->Ask("GET", "/").value().status, 200);
  EXPECT_EQ(second.Ask("GET", "/").value().status, 200);
  LoopbackClient third = LoopbackClient::Connect(server->port(), milliseconds(50)).value();
  EXPECT_FALSE(third.Ask("GET", "/"));
  first.reset();
  Result<Response> answer = third.Receive();
  for (int attempt = 0; !answer && attempt < 200; ++attempt) answer = third.Receive();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 200);
}

TEST(HttpServer, RefusesAddressesBeyondLoopback) {
  for (const char* address :
       {"0.0.0.0:0", "192.0.2.1:0", "[::]:0", "[2001:db8::1]:0", "128.0.0.1:80"}) {
    const auto server = HttpServer::Start({.address = address}, [] { return Echo; });
    ASSERT_FALSE(server) << address;
    EXPECT_EQ(server.error().code(), ErrorCode::kFailedPrecondition) << address;
    EXPECT_NE(server.error().message().find("TLS"), std::string::npos);
    EXPECT_EQ(CheckAddress(address).error().message(), server.error().message());
  }
  for (const char* address : {"", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:x",
                              "localhost:80", "[::1:80", ":80", "127.1:80"}) {
    const auto server = HttpServer::Start({.address = address}, [] { return Echo; });
    ASSERT_FALSE(server) << address;
    EXPECT_EQ(server.error().code(), ErrorCode::kInvalidArgument) << address;
    EXPECT_NE(server.error().message().find("`" + std::string(address) + "`"), std::string::npos);
  }
}

TEST(HttpServer, TakesLoopbackAddresses) {
  for (const char* address : {"127.0.0.1:0", "127.3.2.1:0", "[::1]:0"}) {
    EXPECT_TRUE(CheckAddress(address)) << address;
  }
}

TEST(HttpServer, IsWhereItsAddressSays) {
  EXPECT_EQ(UrlOf("127.0.0.2:0", 8181), "http://127.0.0.2:8181");
  EXPECT_EQ(UrlOf("[::1]:8181", 8181), "http://[::1]:8181");
}

TEST(HttpServer, AnswersNobodyBeforeItBegins) {
  const auto server = HttpServer::Prepare({}, [] {
                        return [](const Request&) { return Response{.status = 200}; };
                      }).value();
  LoopbackClient client = LoopbackClient::Connect(server->port()).value();
  ASSERT_TRUE(client.Send("GET / HTTP/1.1\r\nHost: h\r\n\r\n"));
  EXPECT_EQ(server->connections(), 0U);
  server->Begin();
  EXPECT_EQ(client.Receive().value().status, 200);
}

TEST(HttpServer, TakesTheSocketOfAnother) {
  const auto answering = [](int status) {
    return HandlerFactory(
        [status] { return [status](const Request&) { return Response{.status = status}; }; });
  };
  auto first = HttpServer::Start({}, answering(200)).value();
  const std::uint16_t port = first->port();
  const auto second = HttpServer::Prepare({}, answering(202), first.get()).value();
  EXPECT_EQ(second->port(), port);
  EXPECT_EQ(LoopbackClient::Connect(port).value().Ask("GET", "/").value().status, 200);
  second->Begin();
  first.reset();
  EXPECT_EQ(LoopbackClient::Connect(port).value().Ask("GET", "/").value().status, 202);
}

TEST(HttpServer, RefusesAnAddressInUse) {
  const auto server = StartOrDie({}, Echo);
  const std::string address = "127.0.0.1:" + std::to_string(server->port());
  const auto second = HttpServer::Start({.address = address}, [] { return Echo; });
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code(), ErrorCode::kUnavailable);
  EXPECT_NE(second.error().message().find(address), std::string::npos);
}

TEST(HttpServer, RefusesLimitsThatCannotWork) {
  const HttpServerOptions cases[] = {{.threads = 0},
                                     {.threads = 1000},
                                     {.threads = 4, .connections_max = 3},
                                     {.header_bytes_max = 10},
                                     {.body_bytes_max = std::size_t{1} << 40U},
                                     {.idle_timeout = milliseconds(0)}};
  for (const HttpServerOptions& options : cases) {
    const auto server = HttpServer::Start(options, [] { return Echo; });
    ASSERT_FALSE(server);
    EXPECT_EQ(server.error().code(), ErrorCode::kInvalidArgument);
  }
}

TEST(HttpServer, LetsTheAnswerOnItsWayLeaveWhenItStops) {
  std::mutex mutex;
  std::condition_variable changed;
  bool entered = false;
  bool go_on = false;
  const auto server = StartOrDie({.stop_grace = std::chrono::seconds(10)}, [&](const Request&) {
    std::unique_lock lock(mutex);
    entered = true;
    changed.notify_all();
    changed.wait(lock, [&] { return go_on; });
    return Response{.status = 200, .body = "late"};
  });
  LoopbackClient client = ConnectTo(*server);
  ASSERT_TRUE(client.Send("GET / HTTP/1.1\r\nHost: h\r\n\r\n"));
  {
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return entered; });
  }
  std::jthread stopping([&] { server->Stop(); });
  {
    const std::lock_guard lock(mutex);
    go_on = true;
  }
  changed.notify_all();
  const Response answer = client.Receive().value();
  EXPECT_EQ(answer.body, "late");
  stopping.join();
  server->Stop();
  EXPECT_FALSE(LoopbackClient::Connect(server->port()));
}

TEST(HttpServer, LogsEachAnswerWithoutQueryAndBodies) {
  std::mutex mutex;
  std::vector<std::string> lines;
  {
    const auto server = StartOrDie(
        {.access_log =
             [&](const AccessRecord& record) {
               const std::lock_guard lock(mutex);
               lines.push_back(std::string(record.method) + " " + std::string(record.path) + " " +
                               std::to_string(record.status) + " " +
                               std::to_string(record.request_body_bytes) + " " +
                               std::to_string(record.response_body_bytes));
               EXPECT_GE(record.duration.count(), 0);
               throw std::runtime_error("full disk");
             }},
        [](const Request&) { return Response{.status = 404, .body = "none"}; });
    LoopbackClient client = ConnectTo(*server);
    EXPECT_EQ(client.Ask("PUT", "/a?token=secret", {}, "12345").value().status, 404);
    EXPECT_EQ(client.Ask("GET", "/b%").value().status, 400);
    server->Stop();
    EXPECT_EQ(server->access_records_lost(), 2U);
  }
  EXPECT_EQ(lines, (std::vector<std::string>{"PUT /a 404 5 4", "GET  400 0 0"}));
}

}  // namespace
}  // namespace proviso::http_server

#include "http_server/later.h"

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <stdexcept>
#include <thread>

#include "http_server/http_server.h"
#include "http_server/loopback_client.h"

namespace proviso::http_server {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// A server of one thread that puts off what is asked for below /later.
class LaterTest : public testing::Test {
 protected:
  Response Answer(const Request& request) {
    if (!request.path.starts_with("/later")) return {.status = 200, .body = "at once"};
    std::shared_ptr<Later> later =
        request.deferrer->Defer(limit_, [path = std::string(request.path)]() -> Response {
          return {.status = 200, .body = "at the limit of " + path};
        });
    const std::lock_guard lock(mutex_);
    refused_ = later == nullptr;
    later_ = std::move(later);
    changed_.notify_all();
    return {.status = 500};  // ignored, where the answer was put off
  }
  // The next request that was put off.
  std::shared_ptr<Later> Next() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return later_ != nullptr; });
    return std::move(later_);
  }
  LoopbackClient Connect() { return LoopbackClient::Connect(server_->port()).value(); }
  static std::function<Response()> Saying(const char* body) {
    return [body]() -> Response { return {.status = 200, .body = body}; };
  }
  static constexpr const char* kAsk = "GET /later HTTP/1.1\r\nHost: h\r\n\r\n";

  std::mutex mutex_;
  std::condition_variable changed_;
  std::shared_ptr<Later> later_;
  bool refused_ = false;
  std::atomic<milliseconds> limit_ = milliseconds(60'000);
  std::unique_ptr<HttpServer> server_ =
      HttpServer::Start({.threads = 1, .stop_grace = milliseconds(1)}, [this] {
        return [this](const Request& request) { return Answer(request); };
      }).value();
};

TEST_F(LaterTest, AnswersOthersMeanwhileOnTheSameThread) {
  LoopbackClient waiting = Connect();
  ASSERT_TRUE(waiting.Send(kAsk));
  const std::shared_ptr<Later> later = Next();
  LoopbackClient other = Connect();
  EXPECT_EQ(other.Ask("GET", "/").value().body, "at once");
  std::thread::id answered_by;
  EXPECT_TRUE(later->Finish([&answered_by]() -> Response {
    answered_by = std::this_thread::get_id();
    return {.status = 403, .body = "late"};
  }));
  const Response answer = waiting.Receive().value();
  EXPECT_EQ(answer.status, 403);
  EXPECT_EQ(answer.body, "late");
  EXPECT_NE(answered_by, std::this_thread::get_id());
  // The connection goes on.
  EXPECT_EQ(waiting.Ask("GET", "/").value().body, "at once");
}

TEST_F(LaterTest, AnswersPipelinedRequestsInOrder) {
  LoopbackClient client = Connect();
  ASSERT_TRUE(client.Send(std::string(kAsk) + "GET / HTTP/1.1\r\nHost: h\r\n\r\n"));
  EXPECT_TRUE(Next()->Finish(Saying("first")));
  EXPECT_EQ(client.Receive().value().body, "first");
  EXPECT_EQ(client.Receive().value().body, "at once");
}

TEST_F(LaterTest, TakesAnAnswerOfTheThreadThatPutsItOff) {
  const auto server = HttpServer::Start({.threads = 1}, [] {
                        return [](const Request& request) -> Response {
                          request.deferrer->Defer(seconds(60), Saying("limit"))
                              ->Finish(Saying("at once after all"));
                          return {};
                        };
                      }).value();
  LoopbackClient client = LoopbackClient::Connect(server->port()).value();
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(client.Ask("GET", "/").value().body, "at once after all");
  }
}

TEST_F(LaterTest, AnswersAtTheLimitWhenNobodyElseDoes) {
  limit_ = milliseconds(20);
  LoopbackClient client = Connect();
  EXPECT_EQ(client.Ask("GET", "/later/1").value().body, "at the limit of /later/1");
  EXPECT_FALSE(Next()->Finish(Saying("too late")));
  EXPECT_EQ(client.Ask("GET", "/later/2").value().body, "at the limit of /later/2");
}

TEST_F(LaterTest, MeetsAShortLimitBesideALongOne) {
  LoopbackClient long_one = Connect();
  ASSERT_TRUE(long_one.Send(kAsk));
  const std::shared_ptr<Later> later = Next();
  limit_ = milliseconds(10);
  LoopbackClient short_one = Connect();
  EXPECT_EQ(short_one.Ask("GET", "/later/short").value().body, "at the limit of /later/short");
  EXPECT_TRUE(later->Finish(Saying("long")));
  EXPECT_EQ(long_one.Receive().value().body, "long");
}

TEST_F(LaterTest, TakesTheFirstAnswerAlone) {
  LoopbackClient client = Connect();
  ASSERT_TRUE(client.Send(kAsk));
  const std::shared_ptr<Later> later = Next();
  EXPECT_TRUE(later->Finish(Saying("first")));
  EXPECT_FALSE(later->Finish(Saying("second")));
  EXPECT_EQ(client.Receive().value().body, "first");
}

TEST_F(LaterTest, OutlivesAClientThatWentAway) {
  {
    LoopbackClient client = Connect();
    ASSERT_TRUE(client.Send(kAsk));
    later_ = Next();
  }
  EXPECT_TRUE(Next()->Finish(Saying("to nobody")));
  EXPECT_EQ(Connect().Ask("GET", "/").value().body, "at once");
}

TEST_F(LaterTest, TurnsAnExceptionInto500) {
  LoopbackClient client = Connect();
  ASSERT_TRUE(client.Send(kAsk));
  EXPECT_TRUE(Next()->Finish([]() -> Response { throw std::runtime_error("secret"); }));
  const Response answer = client.Receive().value();
  EXPECT_EQ(answer.status, 500);
  EXPECT_EQ(answer.body, "");
}

TEST_F(LaterTest, DoesNotHoldUpTheEndOfTheServer) {
  LoopbackClient client = Connect();
  ASSERT_TRUE(client.Send(kAsk));
  const std::shared_ptr<Later> later = Next();
  server_->Stop();
  EXPECT_FALSE(later->Finish(Saying("too late")));
  server_.reset();
  EXPECT_FALSE(later->Finish(Saying("much too late")));
}

TEST_F(LaterTest, AnswersManyFromManyThreads) {
  constexpr int kClients = 8;
  constexpr int kRounds = 50;
  std::mutex mutex;
  std::condition_variable_any changed;
  std::vector<std::shared_ptr<Later>> open;
  const auto server = HttpServer::Start({.threads = 2}, [&] {
                        return [&](const Request& request) -> Response {
                          const std::lock_guard lock(mutex);
                          open.push_back(request.deferrer->Defer(seconds(60), Saying("limit")));
                          changed.notify_all();
                          return {};
                        };
                      }).value();
  const auto finish = [&](const std::stop_token& stop) {
    std::unique_lock lock(mutex);
    while (changed.wait(lock, stop, [&] { return !open.empty(); })) {
      const std::shared_ptr<Later> later = std::move(open.back());
      open.pop_back();
      lock.unlock();
      EXPECT_TRUE(later->Finish(Saying("done")));
      lock.lock();
    }
  };
  std::jthread first(finish);
  std::jthread second(finish);
  std::vector<std::jthread> clients;
  clients.reserve(kClients);
  for (int i = 0; i < kClients; ++i) {
    clients.emplace_back([&] {
      LoopbackClient client = LoopbackClient::Connect(server->port()).value();
      for (int round = 0; round < kRounds; ++round) {
        EXPECT_EQ(client.Ask("POST", "/later", {}, "body").value().body, "done");
      }
    });
  }
}

}  // namespace
}  // namespace proviso::http_server

#include "io/http/client.h"

#include <atomic>
#include <cstdlib>
#include <thread>

#include "io/http/scripted_server.h"

namespace proviso::io {
namespace {

TEST(HttpClient, SendsTheRequestAsItIsAndReturnsTheAnswer) {
  std::string seen;
  const ScriptedServer server([&seen](const std::string& request) {
    seen = request;
    return Answer("12\n", "Content-Type: text/x.tlog.size\r\n", "409 Conflict");
  });
  HttpClient client({});
  const auto response = client.Send({.method = "POST",
                                     .url = server.Url("/add-checkpoint?a=b"),
                                     .headers = {{"X-One", "1"}, {"X-Empty", ""}},
                                     .body = "old 0\n"});
  ASSERT_TRUE(response) << ErrorOf(response);
  EXPECT_EQ(response->status, 409);
  EXPECT_EQ(response->content_type, "text/x.tlog.size");
  EXPECT_EQ(response->body, "12\n");
  EXPECT_TRUE(seen.starts_with("POST /add-checkpoint?a=b HTTP/1.1\r\n")) << seen;
  EXPECT_NE(seen.find("\r\nX-One: 1\r\n"), std::string::npos) << seen;
  EXPECT_NE(seen.find("\r\nX-Empty:"), std::string::npos) << seen;
  EXPECT_TRUE(seen.ends_with("\r\n\r\nold 0\n")) << seen;
  EXPECT_EQ(seen.find("Content-Type"), std::string::npos) << seen;
  EXPECT_EQ(seen.find("Expect"), std::string::npos) << seen;
}

TEST(HttpClient, KeepsAConnectionFromRequestToRequest) {
  const ScriptedServer server([](const std::string&) { return Answer("x"); });
  HttpClient client({});
  for (int round = 0; round < 3; ++round) {
    const auto get = client.Send({.url = server.Url("/")});
    ASSERT_TRUE(get) << ErrorOf(get);
    const auto post = client.Send({.method = "POST", .url = server.Url("/"), .body = "y"});
    ASSERT_TRUE(post) << ErrorOf(post);
  }
  EXPECT_EQ(server.connections(), 1);
}

TEST(HttpClient, ReturnsAnEmptyAnswerToHeadAndToAnEmptyPost) {
  std::string seen;
  const ScriptedServer server([&seen](const std::string& request) {
    seen = request;
    return "HTTP/1.1 204 No Content\r\n\r\n";
  });
  HttpClient client({});
  for (const char* method : {"HEAD", "POST", "DELETE"}) {
    const auto response = client.Send({.method = method, .url = server.Url("/")});
    ASSERT_TRUE(response) << method << ": " << ErrorOf(response);
    EXPECT_EQ(response->status, 204);
    EXPECT_EQ(response->body, "");
    EXPECT_TRUE(seen.starts_with(std::string(method) + " / ")) << seen;
  }
}

TEST(HttpClient, StopsReceivingAboveTheLimit) {
  // The server says that it sends as much as there can be: who believed it would wait for ever.
  const ScriptedServer declared([](const std::string&) {
    return "HTTP/1.1 200 OK\r\nContent-Length: 9000000000000000000\r\n\r\n" + std::string(101, 'x');
  });
  const ScriptedServer undeclared([](const std::string&) {
    return "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n65\r\n" + std::string(101, 'x');
  });
  HttpClient client({.timeout = std::chrono::seconds(20), .bytes_max = 100});
  for (const ScriptedServer* server : {&declared, &undeclared}) {
    const auto response = client.Send({.url = server->Url("/")});
    ASSERT_FALSE(response);
    EXPECT_EQ(response.error().code(), ErrorCode::kResourceExhausted);
    EXPECT_EQ(ErrorOf(response),
              "`" + server->Url("") + "`: expected an answer of at most 100 bytes, found more");
  }
  const ScriptedServer fitting([](const std::string&) { return Answer(std::string(100, 'x')); });
  EXPECT_TRUE(client.Send({.url = fitting.Url("/")}));
}

TEST(HttpClient, UndoesGzipWithinTheLimit) {
  // 1,000 bytes of `a`, as gzip writes them.
  const std::string packed(
      "\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\x4b\x4c\x1c\x05\xa3\x60"
      "\x14\x0c\x77\x00\x00\x03\xda\x38\x9a\xe8\x03\x00\x00",
      29);
  const ScriptedServer server(
      [&](const std::string&) { return Answer(packed, "Content-Encoding: gzip\r\n"); });
  HttpClient client({});
  const auto response = client.Send({.url = server.Url("/")});
  ASSERT_TRUE(response) << ErrorOf(response);
  EXPECT_EQ(response->body, std::string(1000, 'a'));
  HttpClient small({.bytes_max = 999});
  EXPECT_EQ(small.Send({.url = server.Url("/")}).error().code(), ErrorCode::kResourceExhausted);
}

TEST(HttpClient, SaysWhichServerDidNotAnswerAndWhy) {
  const ScriptedServer mute([](const std::string&) { return std::string(); });
  const ScriptedServer torn([](const std::string&) {
    return "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nabc";
  });
  const ScriptedServer slow([](const std::string&) {
    return "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc";  // and waits
  });
  HttpClient client({.timeout = std::chrono::milliseconds(300)});
  for (const ScriptedServer* server : {&mute, &torn, &slow}) {
    const auto response = client.Send({.url = server->Url("/secret?query")});
    ASSERT_FALSE(response);
    EXPECT_EQ(response.error().code(), ErrorCode::kUnavailable) << ErrorOf(response);
    EXPECT_TRUE(ErrorOf(response).starts_with("`" + server->Url("") + "`: no answer: "))
        << ErrorOf(response);
  }
  std::string nobody;
  {
    const ScriptedServer gone([](const std::string&) { return std::string(); });
    nobody = gone.Url("/");
  }
  EXPECT_EQ(client.Send({.url = nobody}).error().code(), ErrorCode::kUnavailable);
}

TEST(HttpClient, RefusesWhatIsNoHttpRequest) {
  HttpClient client({});
  const std::vector<HttpRequest> requests = {
      {.url = ""},
      {.url = "file:///etc/hostname"},
      {.url = "ftp://127.0.0.1/x"},
      {.url = "/tmp/x"},
      {.url = "http://user:s3cret@127.0.0.1/"},
      {.url = "http://127.0.0.1/\r\nX: y"},
      {.method = "GET /x", .url = "http://127.0.0.1/"},
      {.url = "http://127.0.0.1/", .headers = {{"A", "b\r\nC: d"}}},
      {.url = "http://127.0.0.1/", .headers = {{"A: b", "c"}}},
  };
  for (const HttpRequest& request : requests) {
    const auto response = client.Send(request);
    ASSERT_FALSE(response) << request.url;
    EXPECT_EQ(response.error().code(), ErrorCode::kInvalidArgument) << ErrorOf(response);
    EXPECT_EQ(ErrorOf(response).find("s3cret"), std::string::npos) << ErrorOf(response);
  }
}

TEST(HttpClient, FollowsFewRedirectsOfReadsAndNeverToAFile) {
  const ScriptedServer server([](const std::string& request) {
    const auto to = [](const std::string& where) {
      return Answer("moved", "Location: " + where + "\r\n", "302 Found");
    };
    if (request.find(" /end ") != std::string::npos) return Answer("arrived");
    if (request.find(" /once ") != std::string::npos) return to("/end");
    if (request.find(" /file ") != std::string::npos) return to("file:///etc/hostname");
    return to("/for-ever");
  });
  HttpClient client({});
  const auto followed = client.Send({.url = server.Url("/once")});
  ASSERT_TRUE(followed) << ErrorOf(followed);
  EXPECT_EQ(followed->body, "arrived");
  EXPECT_EQ(client.Send({.url = server.Url("/file")}).error().code(), ErrorCode::kUnavailable);
  EXPECT_EQ(client.Send({.url = server.Url("/for-ever")}).error().code(), ErrorCode::kUnavailable);
  const auto posted = client.Send({.method = "POST", .url = server.Url("/once"), .body = "x"});
  ASSERT_TRUE(posted) << ErrorOf(posted);
  EXPECT_EQ(posted->status, 302);
}

TEST(HttpClient, UsesNoProxyOfTheEnvironmentUnlessAsked) {
  const ScriptedServer server([](const std::string&) { return Answer("direct"); });
  const ScriptedServer proxy([](const std::string&) { return Answer("proxied"); });
  setenv("http_proxy", proxy.Url("").c_str(), 1);
  const auto direct = HttpClient({}).Send({.url = server.Url("/")});
  const auto proxied = HttpClient({.proxy_from_environment = true}).Send({.url = server.Url("/")});
  unsetenv("http_proxy");
  ASSERT_TRUE(direct && proxied);
  EXPECT_EQ(direct->body, "direct");
  EXPECT_EQ(proxied->body, "proxied");
}

TEST(HttpClient, EndsARequestThatWaitsWhenItIsStopped) {
  std::atomic<bool> asked{false};
  const ScriptedServer server([&asked](const std::string&) {
    asked = true;
    return "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc";  // and waits
  });
  HttpClient client({.timeout = std::chrono::minutes(10)});
  const std::jthread stopper([&] {
    while (!asked) std::this_thread::yield();
    client.Stop();
  });
  EXPECT_EQ(ErrorOf(client.Send({.url = server.Url("/")})), "`" + server.Url("") + "`: stopped");
  EXPECT_EQ(ErrorOf(client.Send({.url = server.Url("/")})), "`" + server.Url("") + "`: stopped");
}

}  // namespace
}  // namespace proviso::io

// What gateways send with their questions, the secret keys of customers among it, is nowhere in
// memory once they have their answer, and in no log.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <condition_variable>
#include <mutex>

#include "http_server/later.h"
#include "points/internal/example_table.h"
#include "points/internal/memory_search.h"
#include "points/internal/opa_bodies.h"
#include "points/point_server.h"

namespace proviso::points {
namespace {

using internal::HiddenText;
using internal::PrivatePage;

constexpr std::size_t kSecretBytes = 24;
constexpr char kBlank = '#';

// Sends `request` with `secret` in place of the blanks, and holds it nowhere else.
class SecretClient {
 public:
  explicit SecretClient(std::uint16_t port) : socket_(socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  }
  SecretClient(const SecretClient&) = delete;
  SecretClient& operator=(const SecretClient&) = delete;
  ~SecretClient() { close(socket_); }

  // Its bytes are sent in pieces of `piece`.
  void Send(std::string_view request, const HiddenText& secret, PrivatePage& page,
            std::size_t piece) {
    char* const bytes = page.bytes();
    std::size_t blanks = 0;
    for (std::size_t i = 0; i < request.size(); ++i) {
      bytes[i] = request[i] == kBlank ? secret.at(blanks++ % secret.size()) : request[i];
    }
    EXPECT_GT(blanks, 0U);
    for (std::size_t sent = 0; sent < request.size();) {
      const std::size_t next = std::min(piece, request.size() - sent);
      const ssize_t taken = send(socket_, bytes + sent, next, MSG_NOSIGNAL);
      ASSERT_GT(taken, 0);
      sent += static_cast<std::size_t>(taken);
    }
  }
  std::string Receive() {
    std::string answer(4096, '\0');
    const ssize_t got = recv(socket_, answer.data(), answer.size(), 0);
    answer.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    return answer;
  }

 private:
  int socket_;
};

class SecretsTest : public testing::Test {
 protected:
  static Listener RgwListener() {
    Listener listener{.address = "127.0.0.1:0",
                      .protocol = ProtocolKind::kOpa,
                      .prefix = "/v1/data/proviso",
                      .subscription = {Channel::Kind::kAdapter},
                      .service = {Channel::Kind::kConstant, "blob-store"},
                      .region = {Channel::Kind::kConstant, "nl-1"},
                      .operation = {Channel::Kind::kAdapter}};
    listener.opa.adapter = OpaAdapter::kRgw;
    return listener;
  }
  static std::string Body() {
    return internal::RgwBody({.method = "PUT", .secret = std::string(kSecretBytes, kBlank)});
  }
  static std::string Head(const char* extra) {
    return std::string("POST /v1/data/proviso HTTP/1.1\r\nHost: h\r\n") + extra + "\r\n";
  }
  std::size_t CopiesOfTheSecret() { return search_.Count(secret_, page_); }

  SystemClock clock_;
  std::mutex mutex_;
  std::string log_;
  HiddenText secret_{0x5EC7, kSecretBytes};
  PrivatePage page_;
  internal::MemorySearch search_;
  std::unique_ptr<PointServer> server_ =
      PointServer::Start({RgwListener()}, clock_,
                         {.access_log =
                              [this](const http_server::AccessRecord& record) {
                                const std::lock_guard lock(mutex_);
                                log_ +=
                                    std::string(record.method) + std::string(record.path) + "\n";
                              }})
          .value();
};

TEST_F(SecretsTest, AreFoundWhereTheyAre) {
  std::string held;
  for (std::size_t i = 0; i < secret_.size(); ++i) held += secret_.at(i);
  EXPECT_GE(CopiesOfTheSecret(), 1U);
  explicit_bzero(held.data(), held.size());
}

TEST_F(SecretsTest, OfABodyAreGoneWhenTheAnswerIsThere) {
  server_->Publish(internal::SnapshotOrDie(118, {}));
  const std::string body = Body();
  const std::string request =
      Head(("Content-Length: " + std::to_string(body.size()) + "\r\n").c_str()) + body;
  for (const std::size_t piece : {request.size(), std::size_t{100}}) {
    SecretClient client(server_->ports().at(0));
    client.Send(request, secret_, page_, piece);
    EXPECT_NE(client.Receive().find("{\"result\":true}"), std::string::npos);
    EXPECT_EQ(CopiesOfTheSecret(), 0U) << piece;
  }
  const std::lock_guard lock(mutex_);
  EXPECT_EQ(log_.find(secret_.at(0) + std::string(1, secret_.at(1)) + secret_.at(2)),
            std::string::npos);
}

TEST_F(SecretsTest, OfALargeChunkedBodyAreGoneToo) {
  server_->Publish(internal::SnapshotOrDie(118, {}));
  std::string body = Body();
  // Larger than any buffer at its first size.
  body.insert(body.size() - 2,
              ",\"more\":\"" + std::string(240, kBlank) + std::string(200'000, 'x') + "\"");
  std::string request = Head("Transfer-Encoding: chunked\r\n");
  for (std::size_t at = 0; at < body.size(); at += 7'000) {
    const std::string chunk = body.substr(at, 7'000);
    std::ostringstream size;
    size << std::hex << chunk.size();
    request += size.str() + "\r\n" + chunk + "\r\n";
  }
  request += "0\r\n\r\n";
  SecretClient client(server_->ports().at(0));
  client.Send(request, secret_, page_, 50'000);
  EXPECT_NE(client.Receive().find("{\"result\":true}"), std::string::npos);
  EXPECT_EQ(CopiesOfTheSecret(), 0U);
}

TEST_F(SecretsTest, OfABodyThatIsRefusedAreGoneToo) {
  const std::string body = Body() + "}";
  const std::string request =
      Head(("Content-Length: " + std::to_string(body.size()) + "\r\n").c_str()) + body;
  SecretClient client(server_->ports().at(0));
  client.Send(request, secret_, page_, request.size());
  EXPECT_NE(client.Receive().find("400 Bad Request"), std::string::npos);
  EXPECT_EQ(CopiesOfTheSecret(), 0U);
}

// `text` as gzip that packs nothing, with the checksum that it has once `secret` is in its blanks.
std::string StoredGzip(const std::string& text, const HiddenText& secret) {
  const auto little_endian = [](std::size_t value, int bytes) {
    std::string packed;
    for (int i = 0; i < bytes; ++i, value >>= 8U) packed += static_cast<char>(value & 0xFFU);
    return packed;
  };
  uLong checksum = crc32(0, nullptr, 0);
  std::size_t blanks = 0;
  for (const char letter : text) {
    const auto byte =
        static_cast<Bytef>(letter == kBlank ? secret.at(blanks++ % secret.size()) : letter);
    checksum = crc32(checksum, &byte, 1);
  }
  constexpr std::size_t kMost = 0xFFFF;
  return std::string("\x1f\x8b\x08\0\0\0\0\0\0\xff\x01", 11) + little_endian(text.size(), 2) +
         little_endian(text.size() ^ kMost, 2) + text + little_endian(checksum, 4) +
         little_endian(text.size(), 4);
}

TEST_F(SecretsTest, OfAPackedBodyAreGoneToo) {
  server_->Publish(internal::SnapshotOrDie(118, {}));
  const std::string whole = StoredGzip(Body(), secret_);
  ASSERT_EQ(std::ranges::count(whole, kBlank), kSecretBytes);
  for (const auto& [body, said] :
       {std::pair(whole, "{\"result\":true}"),
        std::pair(whole.substr(0, whole.size() - 20), "400 Bad Request")}) {
    SecretClient client(server_->ports().at(0));
    client.Send(
        Head(("Content-Encoding: gzip\r\nContent-Length: " + std::to_string(body.size()) + "\r\n")
                 .c_str()) +
            body,
        secret_, page_, PrivatePage::kBytes);
    EXPECT_NE(client.Receive().find(said), std::string::npos);
    EXPECT_EQ(CopiesOfTheSecret(), 0U) << said;
  }
}

TEST_F(SecretsTest, OfATargetAreGoneWithTheNextRequest) {
  SecretClient client(server_->ports().at(0));
  const std::string blanks(kSecretBytes, kBlank);
  client.Send("GET /v1/data/proviso?input=%7B%22key%22:%22" + blanks +
                  "%22%7D HTTP/1.1\r\nHost: h\r\nX-Auth-Token: " + blanks + "\r\n\r\n",
              secret_, page_, PrivatePage::kBytes);
  EXPECT_NE(client.Receive().find("{\"result\":false}"), std::string::npos);
  client.Send("GET /healthz?x=# HTTP/1.1\r\nHost: h\r\n\r\n", secret_, page_, PrivatePage::kBytes);
  EXPECT_NE(client.Receive().find("200 OK"), std::string::npos);
  EXPECT_EQ(CopiesOfTheSecret(), 0U);
}

TEST_F(SecretsTest, OfABodyAreGoneWhileItsAnswerIsPutOff) {
  std::mutex mutex;
  std::condition_variable changed;
  std::shared_ptr<http_server::Later> later;
  const auto server = http_server::HttpServer::Start({.threads = 1}, [&] {
                        return [&](const http_server::Request& request) -> http_server::Response {
                          const std::lock_guard lock(mutex);
                          later = request.deferrer->Defer(std::chrono::seconds(60), [] {
                            return http_server::Response{.status = 500};
                          });
                          changed.notify_all();
                          return {};
                        };
                      }).value();
  const std::string body = Body();
  SecretClient client(server->port());
  client.Send(Head(("Content-Length: " + std::to_string(body.size()) + "\r\n").c_str()) + body,
              secret_, page_, PrivatePage::kBytes);
  std::shared_ptr<http_server::Later> first;
  {
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return later != nullptr; });
    first = later;
  }
  // Another request shows that the thread is done with the first one.
  SecretClient other(server->port());
  other.Send("GET /?x=# HTTP/1.1\r\nHost: h\r\n\r\n", secret_, page_, PrivatePage::kBytes);
  {
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return later != first; });
  }
  EXPECT_EQ(CopiesOfTheSecret(), 0U);
}

// An OPA in a process of its own, so that what it is sent is not in this one's memory.
class OtherProcess {
 public:
  OtherProcess() : socket_(socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* const plain = reinterpret_cast<sockaddr*>(&address);
    EXPECT_EQ(bind(socket_, plain, size), 0);
    EXPECT_EQ(listen(socket_, 1), 0);
    EXPECT_EQ(getsockname(socket_, plain, &size), 0);
    port_ = ntohs(address.sin_port);
    child_ = fork();
    if (child_ == 0) Serve();
  }
  OtherProcess(const OtherProcess&) = delete;
  OtherProcess& operator=(const OtherProcess&) = delete;
  ~OtherProcess() {
    kill(child_, SIGKILL);
    waitpid(child_, nullptr, 0);
    close(socket_);
  }
  int port() const { return port_; }

 private:
  // Takes one request on one connection, whose body ends with its last brace.
  [[noreturn]] void Serve() const {
    const int connection = accept(socket_, nullptr, nullptr);
    char bytes[65536];
    for (ssize_t got = 1; got > 0;) {
      got = recv(connection, bytes, sizeof bytes, 0);
      if (got <= 0 || bytes[got - 1] != '}') continue;
      constexpr std::string_view kAnswer =
          "HTTP/1.1 200 OK\r\nContent-Length: 15\r\n\r\n{\"result\":true}";
      static_cast<void>(send(connection, kAnswer.data(), kAnswer.size(), MSG_NOSIGNAL));
    }
    _exit(0);
  }

  int socket_;
  int port_ = 0;
  pid_t child_ = 0;
};

TEST_F(SecretsTest, OfABodyAreGoneWhenTheAnswerOfAnUpstreamIsThere) {
  server_.reset();  // no thread while the process divides
  const OtherProcess upstream;
  Listener listener = RgwListener();
  listener.opa.upstream = "http://127.0.0.1:" + std::to_string(upstream.port()) + "/";
  listener.opa.upstream_limit = std::chrono::seconds(60);
  server_ = PointServer::Start({listener}, clock_).value();
  server_->Publish(internal::SnapshotOrDie(118, {}));
  const std::string body = Body();
  SecretClient client(server_->ports().at(0));
  client.Send(Head(("Content-Length: " + std::to_string(body.size()) + "\r\n").c_str()) + body,
              secret_, page_, PrivatePage::kBytes);
  EXPECT_NE(client.Receive().find("{\"result\":true}"), std::string::npos);
  EXPECT_EQ(CopiesOfTheSecret(), 0U);
}

}  // namespace
}  // namespace proviso::points

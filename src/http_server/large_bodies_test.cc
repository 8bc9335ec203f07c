// Bodies far above the limit: refused before they are there, and without the memory for them.
#include <gtest/gtest.h>

#include <fstream>
#include <string>

#include "http_server/http_server.h"
#include "http_server/loopback_client.h"

namespace proviso::http_server {
namespace {

constexpr std::size_t kHuge = 100'000'000;
constexpr std::size_t kPiece = 65'536;
// What sockets hold and what a sanitizer keeps of memory that was given back: far below a body.
constexpr std::size_t kMemoryMax = std::size_t{24} << 20U;
constexpr std::size_t kTakenMax = kHuge / 2;

// The most memory that this process had at a time since this was made.
class MostMemory {
 public:
  MostMemory() : begin_(FromNow()) {}
  std::size_t Grown() const {
    const std::size_t now = Now();
    return now > begin_ ? now - begin_ : 0;
  }

 private:
  static std::size_t Now() {
    std::ifstream status("/proc/self/status");
    for (std::string word; status >> word;) {
      if (word != "VmHWM:") continue;
      std::size_t kilobytes = 0;
      status >> kilobytes;
      return kilobytes * 1024;
    }
    ADD_FAILURE() << "no VmHWM";
    return 0;
  }
  static std::size_t FromNow() {
    std::ofstream("/proc/self/clear_refs") << "5";
    return Now();
  }
  std::size_t begin_ = 0;
};

class LargeBodies : public testing::Test {
 protected:
  LargeBodies() {
    server_ = HttpServer::Start({}, [] {
                return [](const Request&) { return Response{.status = 200}; };
              }).value();
  }

  // Sends `piece` again and again until the server ends the connection; how many bytes
  // it took. What it says comes before that: a connection that is ended may lose it.
  std::size_t Sent(LoopbackClient& client, const std::string& piece) {
    std::size_t sent = 0;
    while (sent < kHuge && client.Send(piece)) sent += piece.size();
    return sent;
  }

  std::unique_ptr<HttpServer> server_;
};

TEST_F(LargeBodies, AreRefusedByTheirLengthBeforeTheyCome) {
  const MostMemory memory;
  LoopbackClient client = LoopbackClient::Connect(server_->port()).value();
  ASSERT_TRUE(client.Send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: " + std::to_string(kHuge) +
                          "\r\n\r\n"));
  EXPECT_EQ(client.Receive().value().status, 413);
  EXPECT_LT(Sent(client, std::string(kPiece, 'x')), kTakenMax);
  EXPECT_LT(memory.Grown(), kMemoryMax);
}

TEST_F(LargeBodies, AreRefusedByTheSizeOfAChunkBeforeItComes) {
  const MostMemory memory;
  LoopbackClient client = LoopbackClient::Connect(server_->port()).value();
  ASSERT_TRUE(
      client.Send("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n5f5e100\r\n"));
  EXPECT_EQ(client.Receive().value().status, 413);
  EXPECT_LT(Sent(client, std::string(kPiece, 'x')), kTakenMax);
  EXPECT_LT(memory.Grown(), kMemoryMax);
}

TEST_F(LargeBodies, AreRefusedWhenTheirChunksPassTheLimit) {
  const MostMemory memory;
  LoopbackClient client = LoopbackClient::Connect(server_->port()).value();
  ASSERT_TRUE(client.Send("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"));
  const std::string chunk = "10000\r\n" + std::string(kPiece, 'x') + "\r\n";
  // The limit is one mebibyte, sixteen of these.
  for (int i = 0; i < 17; ++i) ASSERT_TRUE(client.Send(chunk)) << i;
  EXPECT_EQ(client.Receive().value().status, 413);
  EXPECT_LT(Sent(client, chunk), kTakenMax);
  EXPECT_LT(memory.Grown(), kMemoryMax);
}

TEST_F(LargeBodies, WithoutALengthAreNoBodies) {
  const MostMemory memory;
  LoopbackClient client = LoopbackClient::Connect(server_->port()).value();
  ASSERT_TRUE(client.Send("POST / HTTP/1.1\r\nHost: h\r\n\r\n" + std::string(kPiece, 'x')));
  EXPECT_EQ(client.Receive().value().status, 200);
  EXPECT_EQ(client.Receive().value().status, 414);
  EXPECT_LT(Sent(client, std::string(kPiece, 'x')), kTakenMax);
  EXPECT_LT(memory.Grown(), kMemoryMax);
}

}  // namespace
}  // namespace proviso::http_server

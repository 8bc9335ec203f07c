// What a gateway and we could read differently is refused, and nothing that arrives stops the
// server.
#include "base/random.h"
#include "http_server/http_server.h"
#include "http_server/loopback_client.h"

namespace proviso::http_server {
namespace {

class MalformedRequests : public testing::Test {
 protected:
  static Response Answer(const Request& request) {
    Response response;
    for (const Field& header : request.headers) {
      response.body += std::string(header.name) + "=" + std::string(header.value) + "|";
    }
    return response;
  }
  // All that comes back for `bytes`, until the server closes the connection.
  std::string Exchanged(std::string_view bytes) { return ExchangedWith(*server_, bytes); }
  static std::string ExchangedWith(const HttpServer& server, std::string_view bytes) {
    LoopbackClient client = LoopbackClient::Connect(server.port()).value();
    // The server may close before it took all of it.
    if (!client.Send(bytes)) return client.ReceiveUntilClosed().value();
    return client.ReceiveUntilClosed().value();
  }
  void ExpectServing() {
    LoopbackClient client = LoopbackClient::Connect(server_->port()).value();
    EXPECT_EQ(client.Ask("GET", "/").value().status, 200);
  }

  std::unique_ptr<HttpServer> server_ =
      HttpServer::Start({.header_bytes_max = 4096, .idle_timeout = std::chrono::milliseconds(300)},
                        [] { return &Answer; })
          .value();
};

std::size_t Occurrences(std::string_view text, std::string_view part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::string_view::npos;
       at = text.find(part, at + 1)) {
    ++count;
  }
  return count;
}

struct MalformedRequest {
  const char* what;
  std::string_view request;
};
using namespace std::string_view_literals;
const MalformedRequest kMalformed[] = {
    {"both lengths",
     "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\nTransfer-Encoding: "
     "chunked\r\n\r\n0\r\n\r\n"},
    {"both, other order",
     "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nContent-Length: "
     "4\r\n\r\n0\r\n\r\n"},
    {"two lengths", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\nContent-Length: 5\r\n\r\n"},
    {"two equal lengths",
     "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\ncontent-length: 2\r\n\r\nab"},
    {"list of lengths", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2, 2\r\n\r\nab"},
    {"signed length", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: +2\r\n\r\nab"},
    {"negative length", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: -1\r\n\r\n"},
    {"hexadecimal length", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 0x2\r\n\r\nab"},
    {"empty length", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: \r\n\r\n"},
    {"length on two lines", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n 2\r\n\r\nab"},
    {"space before the colon", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length : 2\r\n\r\nab"},
    {"unknown encoding",
     "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"},
    {"hidden encoding",
     "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n"},
    {"encoding twice",
     "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: "
     "x\r\n\r\n0\r\n\r\n"},
    {"tab in the encoding",
     "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: \vchunked\r\n\r\n0\r\n\r\n"},
    {"encoding in HTTP/1.0", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
    {"bad chunk size", "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n"},
    {"bad chunk end",
     "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n0\r\n\r\n"},
    {"no host", "GET / HTTP/1.1\r\n\r\n"},
    {"two hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"},
    {"no colon", "GET / HTTP/1.1\r\nHost: h\r\nnonsense\r\n\r\n"},
    {"only a colon", "GET / HTTP/1.1\r\nHost: h\r\n:\r\nX-A: b\r\n\r\n"},
    {"zero for a line", "GET / HTTP/1.1\r\nHost: h\r\n\0\r\nX-A: b\r\n\r\n"sv},
    {"zero before a line", "GET / HTTP/1.1\r\nHost: h\r\n\0X-B: b\r\nX-A: b\r\n\r\n"sv},
    {"head that ends with LF", "GET / HTTP/1.1\r\nHost: h\r\n\n"},
    {"request line that ends with LF", "GET / HTTP/1.1\nHost: h\r\n\r\n"},
    {"spaces in the target", "GET /a b HTTP/1.1\r\nHost: h\r\n\r\n"},
    {"two spaces", "GET  / HTTP/1.1\r\nHost: h\r\n\r\n"},
    {"no name", "GET / HTTP/1.1\r\nHost: h\r\n: value\r\n\r\n"},
    {"name with a space", "GET / HTTP/1.1\r\nHost: h\r\nX A: b\r\n\r\n"},
    {"name with a control", "GET / HTTP/1.1\r\nHost: h\r\nX\x01: b\r\n\r\n"},
    {"first header folded", "GET / HTTP/1.1\r\n Host: h\r\nHost: h\r\n\r\n"},
    {"folded header", "GET / HTTP/1.1\r\nHost: h\r\nX-Proviso-Sub: sub-2\r\n scription\r\n\r\n"},
    {"folded with a tab", "GET / HTTP/1.1\r\nHost: h\r\nX-A: b\r\n\tc\r\nX-D: e\r\n\r\n"},
    {"folded without words", "GET / HTTP/1.1\r\nHost: h\r\nX-A: b\r\n \r\nX-D: e\r\n\r\n"},
    {"bare CR in a value", "GET / HTTP/1.1\r\nHost: h\r\nX-A: b\rX-C: d\r\n\r\n"},
    {"bare LF", "GET / HTTP/1.1\r\nHost: h\r\nX-A: b\nX-C: d\r\n\r\n"},
    {"zero in a value", "GET / HTTP/1.1\r\nHost: h\r\nX-A: b\0c\r\n\r\n"sv},
    {"zero in a name", "GET / HTTP/1.1\r\nHost: h\r\nX-A\0: b\r\n\r\n"sv},
    {"zero in the path", "GET /a\0b HTTP/1.1\r\nHost: h\r\n\r\n"sv},
    {"zero in the query", "GET /a?b=c\0d HTTP/1.1\r\nHost: h\r\n\r\n"sv},
    {"zero in the method", "GE\0T / HTTP/1.1\r\nHost: h\r\n\r\n"sv},
    {"escaped zero", "GET /a%00b HTTP/1.1\r\nHost: h\r\n\r\n"},
    {"whole address", "GET http://h/ HTTP/1.1\r\nHost: h\r\n\r\n"},
    {"only a star", "OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n"},
    {"method that is no token", "G(T / HTTP/1.1\r\nHost: h\r\n\r\n"},
};

TEST_F(MalformedRequests, AreRefusedOnceAndTheConnectionIsClosed) {
  const std::string smuggled = "GET /smuggled HTTP/1.1\r\nHost: h\r\n\r\n";
  for (const auto& [what, request] : kMalformed) {
    const std::string answer = Exchanged(std::string(request) + smuggled);
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 400 ") || answer.starts_with("HTTP/1.0 400 "))
        << what << ": " << answer;
    EXPECT_EQ(Occurrences(answer, "HTTP/1."), 1U) << what << ": " << answer;
    EXPECT_EQ(Occurrences(answer, " 400 "), 1U) << what << ": " << answer;
    EXPECT_NE(answer.find("Connection: close"), std::string::npos) << what << ": " << answer;
  }
  ExpectServing();
}

TEST_F(MalformedRequests, GetTheirOwnStatusWhereThereIsOne) {
  const struct {
    std::string request;
    const char* status;
  } cases[] = {
      {"GET / HTTP/1.1\r\nHost: h\r\nExpect: the-unexpected\r\n\r\n", "417"},
      {"GET / HTTP/1.1\r\nHost: h\r\nX-A: " + std::string(5000, 'x') + "\r\n\r\n", "431"},
      {"GET /" + std::string(200'000, 'x') + " HTTP/1.1\r\nHost: h\r\n\r\n", "414"},
      {"GET / HTTP/1.1\r\nHost: h\r\nX-A: " + std::string(200'000, 'x') + "\r\n\r\n", "431"},
      {"GET / HTTP/2.0\r\nHost: h\r\n\r\n", "505"},
      {"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 99999999999999999999999\r\n\r\n", "413"},
      {"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 18446744073709551615\r\n\r\n", "413"},
  };
  for (const auto& [request, status] : cases) {
    const std::string answer = Exchanged(request);
    EXPECT_EQ(answer.substr(9, 3), status) << request.substr(0, 80) << "\n" << answer;
    EXPECT_EQ(answer.find("HTTP/1.1 200"), std::string::npos) << answer;
  }
  ExpectServing();
}

TEST_F(MalformedRequests, AreOutlivedWhateverTheyAre) {
  EXPECT_EQ(Exchanged(std::string(10U << 20U, 'x')).substr(0, 4), "HTTP");
  EXPECT_EQ(Exchanged("GET / HTTP/1.1\r\n" + std::string(10U << 20U, 'x')).substr(0, 4), "HTTP");
  std::string many = "GET / HTTP/1.1\r\nHost: h\r\n";
  for (int i = 0; i < 100'000; ++i) many += "a: b\r\n";
  EXPECT_EQ(Exchanged(many + "\r\n").substr(9, 3), "431");
  ExpectServing();
}

TEST_F(MalformedRequests, AreOutlivedAsNoise) {
  const std::string whole =
      "POST /a/b?c=d HTTP/1.1\r\nHost: h\r\nX-Proviso-Subscription: sub-1\r\n"
      "Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n4\r\nbody\r\n0\r\n\r\n";
  ASSERT_NE(Exchanged(whole).find("200 OK"), std::string::npos);
  // Noise that is no whole request is given up soon.
  const auto server = HttpServer::Start({.idle_timeout = std::chrono::milliseconds(20)}, [] {
                        return &Answer;
                      }).value();
  constexpr std::uint64_t kSeed = 20261122;
  SeededRandom random(kSeed);
  static constexpr std::string_view kOdd("\0\r\n\t :%\x7F\xFF;,0", 12);
  for (int round = 0; round < 400; ++round) {
    std::string noise = whole;
    for (std::uint64_t edits = 1 + random.Next() % 3; edits > 0; --edits) {
      const std::size_t at = random.Next() % noise.size();
      switch (random.Next() % 3) {
        case 0:
          noise[at] = kOdd[random.Next() % kOdd.size()];
          break;
        case 1:
          noise.insert(at, 1, kOdd[random.Next() % kOdd.size()]);
          break;
        default:
          noise.erase(at, 1);
      }
    }
    // A blank line at the end, so that a request that lacks one is whole; then the end is ours.
    const std::string answer = ExchangedWith(*server, noise + "\r\n\r\n");
    ASSERT_TRUE(answer.empty() || answer.starts_with("HTTP/1."))
        << "seed " << kSeed << " round " << round;
    if (answer.find(" 200 ") == std::string::npos) continue;
    // Whatever was accepted holds no header that hides another.
    // What comes after it is the answer to the noise behind it.
    constexpr std::string_view kLength = "Content-Length: ";
    const std::size_t size = std::stoul(answer.substr(answer.find(kLength) + kLength.size()));
    const std::string body = answer.substr(answer.find("\r\n\r\n") + 4, size);
    ASSERT_EQ(body.find('\r'), std::string::npos) << "seed " << kSeed << " round " << round;
  }
  ExpectServing();
}

}  // namespace
}  // namespace proviso::http_server

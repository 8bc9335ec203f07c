#include "http_server/internal/conversation.h"

#include "base/random.h"
#include "http_server/refusal.h"

namespace proviso::http_server {
namespace {

// The words of a conversation, in pieces that a test chooses.
class ConversationTest : public testing::Test {
 protected:
  ConversationTest() {
    desk_.header_bytes_max = 1024;
    desk_.limits = {.header_count_max = 20, .body_bytes_max = 100};
    desk_.date = "Tue, 01 Dec 2026 00:00:00 GMT";
    desk_.answer = [](const Request& request) {
      return Response{.status = 200,
                      .body = std::string(request.method) + " " + std::string(request.path) + " " +
                              std::string(request.FindHeader("X-A").value) + " " +
                              std::string(request.body)};
    };
  }
  std::string Said(const std::vector<std::string>& pieces) {
    Conversation conversation(desk_);
    std::string out;
    for (const std::string& piece : pieces) conversation.Take(piece, out);
    return out;
  }

  Desk desk_;
  static inline const std::string kTwo =
      "POST /a HTTP/1.1\r\nHost: h\r\nX-A: b\r\nTransfer-Encoding: chunked\r\n\r\n"
      "3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nX-T: t\r\n\r\n"
      "\r\nPUT /b HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nxyz"
      "GET /c HTTP/1.1\r\nHost: h\r\n\r\n";
};

TEST_F(ConversationTest, SaysTheSameHoweverTheBytesAreCut) {
  const std::string whole = Said({kTwo});
  EXPECT_NE(whole.find("POST /a b abcde"), std::string::npos) << whole;
  EXPECT_NE(whole.find("PUT /b  xyz"), std::string::npos);
  EXPECT_NE(whole.find("GET /c  "), std::string::npos);
  std::vector<std::string> bytes;
  for (const char byte : kTwo) bytes.emplace_back(1, byte);
  EXPECT_EQ(Said(bytes), whole);
  for (std::size_t cut = 1; cut < kTwo.size(); ++cut) {
    EXPECT_EQ(Said({kTwo.substr(0, cut), kTwo.substr(cut)}), whole) << "cut at " << cut;
  }
  constexpr std::uint64_t kSeed = 20261122;
  SeededRandom random(kSeed);
  for (int round = 0; round < 200; ++round) {
    std::vector<std::string> pieces;
    for (std::size_t at = 0; at < kTwo.size();) {
      const std::size_t size = 1 + random.Next() % 40;
      pieces.push_back(kTwo.substr(at, size));
      at += size;
    }
    ASSERT_EQ(Said(pieces), whole) << "seed " << kSeed << " round " << round;
  }
}

TEST_F(ConversationTest, ALineAfterAnEmptyOneIsJudgedTheSameHoweverItIsCut) {
  for (const std::string rest : {"\n", "\nGET / HTTP/1.1\r\nHost: h\r\n\r\n", "\r\n\n"}) {
    const std::string whole = Said({"\r\n" + rest});
    EXPECT_NE(whole.find("400"), std::string::npos) << whole;
    EXPECT_EQ(Said({"\r", "\n", rest}), whole);
    EXPECT_EQ(Said({"\r", "\n" + rest}), whole);
  }
}

TEST_F(ConversationTest, SaysNothingAfterTheLastAnswer) {
  Conversation conversation(desk_);
  std::string out;
  conversation.Take("GET / HTTP/1.1\r\nHost: h\r\nConnection: keep-alive, CLOSE\r\n\r\n", out);
  EXPECT_TRUE(conversation.over());
  const std::string said = out;
  EXPECT_NE(said.find("Connection: close"), std::string::npos);
  conversation.Take("GET / HTTP/1.1\r\nHost: h\r\n\r\n", out);
  EXPECT_EQ(out, said);
}

TEST_F(ConversationTest, SaysWhyItRefuses) {
  const std::string head = "POST /a HTTP/1.1\r\nHost: h\r\n";
  const std::string chunked = head + "Transfer-Encoding: chunked\r\n\r\n";
  const struct {
    std::string request;
    std::string_view code;
  } cases[] = {{"GET / HTTP/1.1\nHost: h\r\n\r\n", refusal::kBadLineEnd},
               {"GET /\r\n\r\n", refusal::kBadRequestLine},
               {"G(T / HTTP/1.1\r\nHost: h\r\n\r\n", refusal::kBadRequestLine},
               {"GET / HTTX/1.1\r\nHost: h\r\n\r\n", refusal::kBadRequestLine},
               {"GET / HTTP/2.0\r\nHost: h\r\n\r\n", refusal::kBadVersion},
               {"GET /a%zz HTTP/1.1\r\nHost: h\r\n\r\n", refusal::kBadTarget},
               {"GET /%00 HTTP/1.1\r\nHost: h\r\n\r\n", refusal::kBadTarget},
               {"GET http://h/ HTTP/1.1\r\nHost: h\r\n\r\n", refusal::kBadTarget},
               {head + "no colon\r\nA: b\r\n\r\n", refusal::kBadHeader},
               {head + "A: b\x01\r\n\r\n", refusal::kBadHeader},
               {"GET / HTTP/1.1\r\n\r\n", refusal::kBadFraming},
               {head + "Host: i\r\n\r\n", refusal::kBadFraming},
               {head + "Content-Length: x\r\n\r\n", refusal::kBadFraming},
               {head + "Expect: more\r\n\r\n", refusal::kBadExpectation},
               {chunked + "xyz\r\n", refusal::kBadChunk},
               {chunked + "ffffff\r\n", refusal::kBodyTooLarge},
               {head + "Content-Length: 99999999\r\n\r\n", refusal::kBodyTooLarge},
               {"GET /" + std::string(10'000, 'a'), refusal::kTargetTooLong},
               {head + "A: " + std::string(10'000, 'a'), refusal::kHeadTooLarge}};
  for (const auto& [request, code] : cases) {
    desk_.refusal_header = "X-Code";
    std::string logged;
    desk_.log = [&logged](const AccessRecord& record) { logged = record.refusal; };
    std::string out;
    Conversation conversation(desk_);
    conversation.Take(request, out);
    EXPECT_NE(out.find("\r\nX-Code: " + std::string(code) + "\r\n"), std::string::npos)
        << request.substr(0, 60) << "\n"
        << out;
    EXPECT_EQ(logged, code) << request.substr(0, 60);
    EXPECT_NE(RefusalInWords(code), "") << code;
  }
  std::string logged = "something";
  desk_.log = [&logged](const AccessRecord& record) { logged = record.refusal; };
  std::string out;
  Conversation(desk_).Take("GET / HTTP/1.1\r\nHost: h\r\n\r\n", out);
  EXPECT_EQ(out.find("X-Code"), std::string::npos);
  EXPECT_EQ(logged, "");
}

TEST_F(ConversationTest, TellsTheLogWhyAHandlerRefuses) {
  std::vector<std::string> logged;
  desk_.log = [&logged](const AccessRecord& record) { logged.emplace_back(record.refusal); };
  desk_.answer = [](const Request& request) -> Response {
    if (request.path != "/bad") return {};
    return {.status = 400, .refusal = refusal::kBadBody};
  };
  std::string out;
  Conversation(desk_).Take("GET /bad HTTP/1.1\r\nHost: h\r\n\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n",
                           out);
  EXPECT_EQ(logged, (std::vector<std::string>{"bad-body", ""}));
  EXPECT_NE(RefusalInWords(refusal::kBadBody), "");
}

TEST_F(ConversationTest, ForgetsTheRequestBeforeWhenTheNextOneIsRefused) {
  std::vector<std::string> logged;
  desk_.log = [&logged](const AccessRecord& record) {
    logged.push_back(std::string(record.method) + " " + std::string(record.path) + " " +
                     std::to_string(record.status));
  };
  const std::string said = Said({"HEAD /a HTTP/1.1\r\nHost: h\r\n\r\n", "nonsense\n"});
  EXPECT_NE(said.find("HTTP/1.1 400 "), std::string::npos);
  EXPECT_EQ(logged, (std::vector<std::string>{"HEAD /a 200", "  400"}));
}

TEST_F(ConversationTest, BoundsWhatAChunkedBodyMayCarryBesideItsData) {
  const std::string head = "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";
  const std::string trailers = "X-T: " + std::string(2000, 't') + "\r\n\r\n";
  EXPECT_NE(Said({head + "1\r\na\r\n0\r\n" + trailers}).find(" 431 "), std::string::npos);
  std::string many = head;
  for (int i = 0; i < 400; ++i) many += "0000000000000001\r\na\r\n";
  EXPECT_TRUE(Said({many}).find(" 431 ") != std::string::npos ||
              Said({many}).find(" 413 ") != std::string::npos);
  EXPECT_NE(Said({head + "00000000000000000001\r\n"}).find(" 413 "), std::string::npos);
  EXPECT_NE(Said({head + "1;ext=\x01\r\n"}).find(" 400 "), std::string::npos);
}

}  // namespace
}  // namespace proviso::http_server

#include "witness/client.h"

#include <functional>
#include <string>

#include "http_server/http_server.h"
#include "witness/http.h"
#include "witness/witness_fixture.h"

namespace proviso::witness {
namespace {

using http_server::Request;
using http_server::Response;

std::unique_ptr<http_server::HttpServer> Serve(std::function<Response(const Request&)> handler) {
  return http_server::HttpServer::Start({.threads = 1}, [handler] { return handler; }).value();
}
std::string UrlOf(const http_server::HttpServer& server) {
  return "http://127.0.0.1:" + std::to_string(server.port()) + "/";
}
Submission SubmissionOf(const TestTree& log, std::size_t size) {
  return {.log = log.verifier(),
          .note = log.Note(size),
          .tree = log.Head(size),
          .prove = [&log, size](std::uint64_t old_size) -> Result<std::vector<crypto::Hash>> {
            return log.Proof(old_size, size);
          }};
}

struct Served {
  WitnessFixture witness;
  std::unique_ptr<http_server::HttpServer> server =
      Serve([this](const Request& request) { return AnswerHttp(*witness, request); });
  io::HttpClient client{{}};

  Outcome Ask(const TestTree& log, std::size_t size, std::uint64_t known) {
    return AskForCosignature(client, UrlOf(*server), WitnessFixture::Key(), SubmissionOf(log, size),
                             known);
  }
};

TEST(AskForCosignature, GetsOneWhateverItBelievesTheWitnessToKnow) {
  const TestTree log;
  Served served;
  for (const std::size_t size : {1U, 4U, 4U, 5U, 33U}) {
    for (const std::uint64_t known : {0U, 1U, 3U, 4U, 40U}) {
      const Outcome outcome = served.Ask(log, size, known);
      ASSERT_EQ(outcome.kind, Outcome::Kind::kCosigned) << outcome.message;
      EXPECT_EQ(outcome.known_size, size);
      EXPECT_EQ(outcome.time, 1795339800U);
      const auto found =
          crypto::FindCosignatures(log.Note(size) + outcome.line.ToLine(), {WitnessFixture::Key()});
      ASSERT_TRUE(found);
      EXPECT_EQ(found->size(), 1U);
    }
  }
}

TEST(AskForCosignature, ProvesThatAnOlderCopyWasPutBack) {
  const TestTree log;
  Served served;
  ASSERT_EQ(served.Ask(log, 9, 0).kind, Outcome::Kind::kCosigned);
  const Outcome outcome = served.Ask(log, 7, 7);
  EXPECT_EQ(outcome.kind, Outcome::Kind::kAhead);
  EXPECT_EQ(outcome.known_size, 9U);
  EXPECT_TRUE(outcome.evidence.starts_with(log.Note(9))) << outcome.evidence;
}

TEST(AskForCosignature, ProvesThatTheLogHasTwoHistories) {
  const TestTree log;
  TestTree fork(kOrigin, 7, "other ");
  fork.BranchFrom(log, 5);
  Served served;
  ASSERT_EQ(served.Ask(log, 9, 0).kind, Outcome::Kind::kCosigned);
  for (const std::size_t size : {9U, 12U}) {
    const Outcome outcome = served.Ask(fork, size, 9);
    EXPECT_EQ(outcome.kind, Outcome::Kind::kSplit) << outcome.message;
    EXPECT_EQ(outcome.known_size, 9U);
    EXPECT_TRUE(outcome.evidence.starts_with(log.Note(9))) << outcome.evidence;
    EXPECT_NE(outcome.message.find("422"), std::string::npos) << outcome.message;
  }
}

TEST(AskForCosignature, SaysWhenTheWitnessDoesNotServeTheLog) {
  const TestTree unknown("log.example.org/two");
  const TestTree other_key(kOrigin, 8);
  Served served;
  const Outcome not_found = served.Ask(unknown, 3, 0);
  EXPECT_EQ(not_found.kind, Outcome::Kind::kNotServed);
  EXPECT_NE(not_found.message.find("must add the log's key"), std::string::npos);
  const Outcome forbidden = served.Ask(other_key, 3, 0);
  EXPECT_EQ(forbidden.kind, Outcome::Kind::kNotServed);
  EXPECT_NE(forbidden.message.find(other_key.verifier().ToText()), std::string::npos);
}

struct AnswerCase {
  std::string what;
  Response answer;
  Outcome::Kind kind;
  std::string said;
};

Response SizeAnswer(const std::string& size, const std::string& type = "text/x.tlog.size") {
  return {.status = 409, .headers = {{"Content-Type", type}}, .body = size};
}

// Servers that are no witnesses, older ones, and ones that lie: no answer of theirs is believed
// without a signature, and none is shown as it came.
TEST(AskForCosignature, BelievesNoAnswerThatIsNone) {
  const TestTree log;
  const std::string other_line =
      crypto::Cosign("another text\n", kWitnessName, KeyOf(11), 5).ToLine();
  const std::string stranger = crypto::Cosign(log.Note(4).substr(0, log.Note(4).find("\n\n") + 1),
                                              kWitnessName, KeyOf(12), 5)
                                   .ToLine();
  const std::vector<AnswerCase> cases = {
      {"empty", {.status = 200}, Outcome::Kind::kUnreachable, "did not sign"},
      {"no line", {.status = 200, .body = "ok\n"}, Outcome::Kind::kUnreachable, "malformed"},
      {"of another text",
       {.status = 200, .body = other_line},
       Outcome::Kind::kUnreachable,
       "does not hold"},
      {"of another key",
       {.status = 200, .body = stranger},
       Outcome::Kind::kUnreachable,
       "did not sign as"},
      {"a page",
       {.status = 500, .body = "<\x1b[31m>\nx"},
       Outcome::Kind::kUnreachable,
       "500: `<?[31m>`"},
      {"moved",
       {.status = 302, .headers = {{"Location", "/x"}}},
       Outcome::Kind::kUnreachable,
       "302"},
      {"bad request", {.status = 400, .body = "no\n"}, Outcome::Kind::kNotServed, "400: `no`"},
      {"a size of no type", SizeAnswer("3\n", "text/plain"), Outcome::Kind::kUnreachable,
       "text/x.tlog.size"},
      {"no size", SizeAnswer("03\n"), Outcome::Kind::kUnreachable, "leading zeros"},
      {"a size that goes on", SizeAnswer("3\n3\n"), Outcome::Kind::kUnreachable, "leading zeros"},
      {"the size that was given (older witnesses)", SizeAnswer("4\n"), Outcome::Kind::kSplit,
       "409"},
      {"the size that was given", SizeAnswer("2\n"), Outcome::Kind::kSplit, "409"},
      {"more than ours", SizeAnswer("9223372036854775807\n"), Outcome::Kind::kAhead,
       "9223372036854775807"},
      {"split", {.status = 422, .body = "no\n"}, Outcome::Kind::kSplit, "422: `no`"},
      {"too much",
       {.status = 200, .body = std::string(kAnswerBytesMax + 1, 'x')},
       Outcome::Kind::kUnreachable,
       "at most 65536 bytes"},
  };
  for (const AnswerCase& each : cases) {
    const auto server = Serve([&](const Request&) { return each.answer; });
    io::HttpClient client({.bytes_max = kAnswerBytesMax});
    const Outcome outcome =
        AskForCosignature(client, UrlOf(*server), WitnessFixture::Key(), SubmissionOf(log, 4), 4);
    EXPECT_EQ(outcome.kind, each.kind) << each.what << ": " << outcome.message;
    EXPECT_NE(outcome.message.find(each.said), std::string::npos)
        << each.what << ": " << outcome.message;
    EXPECT_EQ(outcome.evidence, "") << each.what;
  }
}

TEST(AskForCosignature, EndsWithAServerThatNamesAnotherSizeEachTime) {
  const TestTree log;
  int asked = 0;
  const auto server =
      Serve([&asked](const Request&) { return SizeAnswer(std::to_string(++asked % 4) + "\n"); });
  io::HttpClient client({});
  const Outcome outcome =
      AskForCosignature(client, UrlOf(*server), WitnessFixture::Key(), SubmissionOf(log, 4), 0);
  EXPECT_EQ(outcome.kind, Outcome::Kind::kUnreachable);
  EXPECT_LE(asked, 4);
}

// A server that shows what our log never signed, or what ours grew from, proves nothing.
TEST(AskForCosignature, TakesNoEvidenceThatIsNone) {
  const TestTree log;
  const TestTree other_key(kOrigin, 8, "other ");
  for (const std::string& shown : {other_key.Note(9), log.Note(3), log.Note(4), std::string("x")}) {
    const auto server = Serve([&](const Request& request) -> Response {
      if (request.method == "GET") return {.status = 200, .body = shown};
      return SizeAnswer("9\n");
    });
    io::HttpClient client({});
    const Outcome outcome =
        AskForCosignature(client, UrlOf(*server), WitnessFixture::Key(), SubmissionOf(log, 4), 0);
    EXPECT_EQ(outcome.kind, Outcome::Kind::kAhead);
    EXPECT_EQ(outcome.evidence, "") << shown;
  }
}

TEST(AskForCosignature, SaysThatNobodyAnswers) {
  const TestTree log;
  std::string url;
  {
    const auto gone = Serve([](const Request&) { return Response{}; });
    url = UrlOf(*gone);
  }
  io::HttpClient client({});
  const Outcome outcome =
      AskForCosignature(client, url, WitnessFixture::Key(), SubmissionOf(log, 4), 0);
  EXPECT_EQ(outcome.kind, Outcome::Kind::kUnreachable);
  EXPECT_NE(outcome.message.find("no answer"), std::string::npos);
}

}  // namespace
}  // namespace proviso::witness

#include "points/forward_auth.h"

#include <fstream>
#include <sstream>

#include "http_server/loopback_client.h"
#include "points/internal/point_test.h"
#include "points/outcome_headers.h"

namespace proviso::points {
namespace {

using http_server::Field;
using http_server::HeaderOf;
using http_server::Response;
using Fields = std::vector<Field>;

class ForwardAuthTest : public internal::PointTest {
 protected:
  // The headers of a question about a write, with one of them replaced, or dropped (`value` "-").
  static Fields Question(std::string_view name = "", std::string_view value = "") {
    Fields fields{{"X-Proviso-Subscription", "sub-1"},
                  {"X-Proviso-Service", "blob-store"},
                  {"X-Proviso-Region", "nl-1"},
                  {"X-Original-Method", "PUT"}};
    if (value == "-") {
      std::erase_if(fields, [name](const Field& field) { return field.name == name; });
    }
    for (Field& field : fields) {
      if (field.name == name) field.value = value;
    }
    return fields;
  }

  Response Ask(const Fields& headers) const { return AskWith(ForwardAuth(Listener{}), headers); }
  Response AskWith(ForwardAuth&& point, const Fields& headers, const Fields& query = {}) const {
    return AskWith(point, headers, query);
  }
  Response AskWith(ForwardAuth& point, const Fields& headers, const Fields& query = {}) const {
    return point.Answer(
        {.method = "GET", .path = "/authz/forward", .query = query, .headers = headers}, Sees());
  }
  static Response AskWithoutTable(Otherwise trouble, const Fields& headers) {
    return ForwardAuth({.trouble = trouble})
        .Answer({.method = "GET", .path = "/authz/forward", .headers = headers}, {.now = kNow});
  }
};

TEST_F(ForwardAuthTest, AllowsWithVerdictAndTableAlone) {
  const Response answer = Ask(Question("X-Original-Method", "GET"));
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, "");
  EXPECT_EQ(AllHeaders(answer).size(), 2U);
  EXPECT_EQ(HeaderOf(answer, "X-Proviso-Verdict"), "allow");
  EXPECT_EQ(HeaderOf(answer, "X-Proviso-Table"), "118");
}

TEST_F(ForwardAuthTest, DeniesAsTheDocumentShows) {
  std::ifstream file(PROVISO_SOURCE_DIR "/docs/formats/serve.md");
  const Response answer = Ask(Question());
  EXPECT_EQ(answer.status, 403);
  EXPECT_EQ(answer.body, "");
  std::size_t shown = 0;
  bool inside = false;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("HTTP/1.1 ")) inside = line == "HTTP/1.1 403 Forbidden";
    if (!inside || !line.starts_with("X-Proviso-")) continue;
    const std::size_t colon = line.find(": ");
    EXPECT_EQ(HeaderOf(answer, line.substr(0, colon)), line.substr(colon + 2));
    ++shown;
  }
  EXPECT_EQ(shown, AllHeaders(answer).size());
}

TEST_F(ForwardAuthTest, TellsARestrictedOneAloneWhereToAppeal) {
  const Listener listener{.unknown = Otherwise::kDeny,
                          .appeal = "https://provider.example/appeals"};
  EXPECT_EQ(HeaderOf(AskWith(ForwardAuth(listener), Question()), "X-Proviso-Appeal"),
            "https://provider.example/appeals");
  const Fields unknown = Question("X-Proviso-Service", "mail");
  EXPECT_EQ(HeaderOf(AskWith(ForwardAuth(listener), unknown), "X-Proviso-Appeal"), "");
}

TEST_F(ForwardAuthTest, SaysUntilWhen) {
  auto restriction = internal::MakeRestriction("decision-2/1", terms::Stage::kSuspended,
                                               {{"sub-1", "speech", "nl-1"}});
  restriction.until = ParseTime("2026-12-31T00:00:00Z").value();
  snapshot_ = internal::SnapshotOrDie(119, {restriction});
  const Response answer = Ask(Question("X-Proviso-Service", "speech"));
  EXPECT_EQ(HeaderOf(answer, "X-Proviso-Until"), "2026-12-31T00:00:00.000Z");
  EXPECT_EQ(HeaderOf(answer, "X-Proviso-Stage"), "suspended");
}

TEST_F(ForwardAuthTest, DeniesWhoeverDoesNotSayOnceWhoAsks) {
  const std::string long_id(256, 'x');
  Fields twice = Question();
  twice.insert(twice.begin(), {"x-proviso-subscription", "sub-2"});
  Fields same_twice = Question();
  same_twice.push_back(same_twice.front());
  for (const Fields& headers :
       {Question("X-Proviso-Subscription", "-"), Question("X-Proviso-Subscription", ""),
        Question("X-Proviso-Subscription", long_id), Question("X-Proviso-Subscription", "\xFFsub"),
        Question("X-Proviso-Subscription", "sub-2, sub-1"),
        Question("X-Proviso-Subscription", "sub-2,sub-1"),
        Question("X-Proviso-Subscription", "sub-2 sub-1"),
        Question("X-Proviso-Subscription", "sub-2\tsub-1"),
        Question("X-Proviso-Subscription", "sub-1\n"), twice, same_twice}) {
    for (const Response& answer :
         {Ask(headers),
          AskWith(ForwardAuth({.unknown = Otherwise::kAllow, .trouble = Otherwise::kAllow}),
                  headers),
          AskWithoutTable(Otherwise::kAllow, headers)}) {
      EXPECT_EQ(answer.status, 403);
      EXPECT_EQ(HeaderOf(answer, "X-Proviso-Verdict"), "deny");
      EXPECT_EQ(HeaderOf(answer, "X-Proviso-Reason"), "no subscription");
    }
  }
}

TEST_F(ForwardAuthTest, DeniesWhatIsSaidTwice) {
  const struct {
    const char* name;
    const char* reason;
  } cases[] = {{"x-proviso-service", "repeated service"},
               {"X-PROVISO-REGION", "repeated region"},
               {"X-Original-Method", "repeated operation"}};
  for (const auto& [name, reason] : cases) {
    Fields headers = Question("X-Original-Method", "GET");
    headers.push_back({name, "GET"});
    const Response answer = AskWith(ForwardAuth({.unknown = Otherwise::kAllow}), headers);
    EXPECT_EQ(answer.status, 403) << name;
    EXPECT_EQ(HeaderOf(answer, "X-Proviso-Reason"), reason);
  }
}

TEST_F(ForwardAuthTest, AnswersForTheUnknownAsConfigured) {
  const struct {
    const char* name;
    const char* value;
    const char* reason;
  } cases[] = {{"X-Proviso-Service", "mail", "unknown service"},
               {"X-Proviso-Service", "-", "unknown service"},
               {"X-Proviso-Service", "Blob-Store", "unknown service"},
               {"X-Proviso-Region", "xx-1", "unknown region"},
               {"X-Proviso-Region", "-", "unknown region"},
               {"X-Original-Method", "BREW", "unknown operation"},
               {"X-Original-Method", "-", "unknown operation"},
               // A client chooses its method, and must not choose what is allowed by it.
               {"X-Original-Method", "manage", "unknown operation"},
               {"X-Original-Method", "read", "unknown operation"}};
  for (const auto& [name, value, reason] : cases) {
    for (const Otherwise unknown : {Otherwise::kDeny, Otherwise::kAllow}) {
      const Response answer = AskWith(ForwardAuth({.unknown = unknown}), Question(name, value));
      EXPECT_EQ(answer.status, unknown == Otherwise::kAllow ? 200 : 403) << name << value;
      EXPECT_EQ(HeaderOf(answer, "X-Proviso-Verdict"),
                unknown == Otherwise::kAllow ? "allow" : "deny");
      EXPECT_EQ(HeaderOf(answer, "X-Proviso-Reason"), reason);
      EXPECT_EQ(HeaderOf(answer, "X-Proviso-Table"), "118");
    }
  }
}

TEST_F(ForwardAuthTest, DeniesBeforeTheFirstTableWhateverTroubleSays) {
  for (const Otherwise trouble : {Otherwise::kDeny, Otherwise::kAllow}) {
    const Response answer = AskWithoutTable(trouble, Question("X-Original-Method", "GET"));
    EXPECT_EQ(answer.status, 403);
    EXPECT_EQ(HeaderOf(answer, "X-Proviso-Verdict"), "deny");
    EXPECT_EQ(HeaderOf(answer, "X-Proviso-Reason"), "no table");
    EXPECT_EQ(HeaderOf(answer, "X-Proviso-Table"), "");
  }
}

TEST_F(ForwardAuthTest, AnswersInTroubleAsConfigured) {
  for (const Otherwise trouble : {Otherwise::kDeny, Otherwise::kAllow}) {
    const bool open = trouble == Otherwise::kAllow;
    const Response answer = ForwardAuth({.trouble = trouble}).Trouble(ReasonCode::kCannotDecide);
    EXPECT_EQ(answer.status, open ? 200 : 403);
    EXPECT_EQ(HeaderOf(answer, "X-Proviso-Verdict"), open ? "allow" : "deny");
    EXPECT_EQ(HeaderOf(answer, "X-Proviso-Reason"), "cannot decide");
  }
}

TEST_F(ForwardAuthTest, BelievesTheNamedChannelsOnly) {
  using Kind = Channel::Kind;
  ForwardAuth point({.subscription = {Kind::kHeader, "X-Tenant"},
                     .service = {Kind::kQuery, "service"},
                     .region = {Kind::kConstant, "nl-1"},
                     .operation = {Kind::kHeader, "X-Forwarded-Method"}});
  // The headers of the default listener are a client's here: they say sub-1, which is restricted.
  Fields headers = Question();
  headers.push_back({"X-Tenant", "sub-7"});
  headers.push_back({"X-Forwarded-Method", "PUT"});
  EXPECT_EQ(AskWith(point, headers, {{"service", "blob-store"}}).status, 200);
  headers[4].value = "sub-1";
  EXPECT_EQ(AskWith(point, headers, {{"service", "blob-store"}}).status, 403);
  EXPECT_EQ(AskWith(point, headers, {{"service", "speech"}}).status, 200);
  EXPECT_EQ(AskWith(point, headers, {{"service", "speech"}, {"service", "blob-store"}}).status,
            403);
}

TEST_F(ForwardAuthTest, TakesTheGatewaysNameOfTheOperationBeforeTheMethod) {
  using Kind = Channel::Kind;
  const struct {
    const char* name;
    const char* method;
    int status;
  } cases[] = {{"create", "GET", 403}, {"manage", "PUT", 200}, {"read", "POST", 200},
               {"", "PUT", 403},       {"", "GET", 200},       {"", "manage", 403},
               {"GET", "GET", 403},    {"Read", "GET", 403}};
  for (const auto& [name, method, status] : cases) {
    ForwardAuth point({.named_operation = {Kind::kHeader, "X-Proviso-Operation"}});
    Fields headers = Question("X-Original-Method", method);
    headers.push_back({"X-Proviso-Operation", name});
    EXPECT_EQ(AskWith(point, headers).status, status) << name << " " << method;
    headers.push_back({"X-Proviso-Operation", name});
    EXPECT_EQ(AskWith(point, headers).status, 403) << "twice";
  }
}

TEST_F(ForwardAuthTest, RefusesOtherMethodsThanGetAndHead) {
  ForwardAuth point{Listener{}};
  const Fields headers = Question("X-Original-Method", "GET");
  for (const char* method : {"POST", "PUT", "DELETE", "OPTIONS", "get"}) {
    const Response answer =
        point.Answer({.method = method, .path = "/authz/forward", .headers = headers}, Sees());
    EXPECT_EQ(answer.status, 405) << method;
    EXPECT_EQ(HeaderOf(answer, "Allow"), "GET, HEAD");
  }
  EXPECT_EQ(
      point.Answer({.method = "HEAD", .path = "/authz/forward", .headers = headers}, Sees()).status,
      200);
}

TEST_F(ForwardAuthTest, CoversItsPrefixAndAllBelow) {
  ForwardAuth point{Listener{}};
  for (const char* path : {"/authz/forward", "/authz/forward/", "/authz/forward/a/b"}) {
    EXPECT_TRUE(point.Covers(path)) << path;
  }
  for (const char* path : {"/authz/forwarded", "/authz", "/", "", "/x/authz/forward", "/healthz"}) {
    EXPECT_FALSE(point.Covers(path)) << path;
  }
}

TEST(OutcomeHeadersTest, AreTheSameForTheFirstAnswerAndThoseAfterIt) {
  const std::vector<http_server::ResponseHeader> always{{"Content-Type", "text/plain"}};
  const OutcomeHeading heading(always);
  Outcome outcome{.allowed = true, .code = {}, .reason = {}, .table = std::nullopt, .answer = {}};
  const auto written = [&](std::optional<std::uint64_t> table, ReasonCode code) {
    outcome.table = table;
    outcome.code = code;
    Response response;
    heading.AddTo(response, outcome, "");
    std::string text;
    for (const auto& header : AllHeaders(response)) text += header.name + ":" + header.value + ";";
    return text;
  };
  const auto plain = [&] {
    std::string text = "Content-Type:text/plain;";
    for (const auto& header : OutcomeHeaders(outcome, "")) {
      text += header.name + ":" + header.value + ";";
    }
    return text;
  };
  // Tables follow each other, one may be gone, and an older one may come back.
  for (const std::optional<std::uint64_t> table :
       {std::optional<std::uint64_t>(7), std::optional<std::uint64_t>(7),
        std::optional<std::uint64_t>(8), std::optional<std::uint64_t>(),
        std::optional<std::uint64_t>(0), std::optional<std::uint64_t>(7)}) {
    for (const ReasonCode code : {ReasonCode::kNone, ReasonCode::kExempt}) {
      for (const bool allowed : {true, false}) {
        outcome.allowed = allowed;
        const std::string text = written(table, code);
        EXPECT_EQ(text, plain());
        EXPECT_EQ(text.find("allow") != std::string::npos, allowed) << text;
      }
    }
  }
}

TEST(OutcomeHeadersTest, WriteValuesThatNoHeaderMayHoldAsQuestionMarks) {
  Outcome outcome{.allowed = false,
                  .code = ReasonCode::kRestricted,
                  .reason = "restricted",
                  .table = 7,
                  .answer = {}};
  outcome.answer.clause = "4\r\nX-Evil: \xC3\xA9" + std::string(1000, 'x');
  const Response answer{.status = 403, .headers = OutcomeHeaders(outcome, "")};
  EXPECT_EQ(HeaderOf(answer, "X-Proviso-Clause").substr(0, 14), "4??X-Evil: ??x");
  for (const auto& header : AllHeaders(answer)) {
    EXPECT_EQ(header.value.find_first_of("\r\n"), std::string::npos);
    EXPECT_LE(header.value.size(), 512U);
  }
}

}  // namespace
}  // namespace proviso::points

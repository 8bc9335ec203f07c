#include "points/opa.h"

#include <fstream>
#include <set>
#include <sstream>

#include "base/json.h"
#include "http_server/loopback_client.h"
#include "points/internal/gzipped.h"
#include "points/internal/opa_bodies.h"
#include "points/internal/point_test.h"

namespace proviso::points {
namespace {

using http_server::Field;
using http_server::HeaderOf;
using http_server::Request;
using http_server::Response;
using internal::KafkaBody;
using internal::MinioBody;
using internal::RgwBody;
using internal::TrinoBody;
using terms::Stage;
using Kind = Channel::Kind;

constexpr const char* kTrue = R"({"result":true})";
constexpr const char* kFalse = R"({"result":false})";

Listener ListenerFor(OpaAdapter adapter) {
  Listener listener{.protocol = ProtocolKind::kOpa,
                    .prefix = "/v1/data/proviso",
                    .subscription = {Kind::kAdapter},
                    .service = {Kind::kPath, "", 1},
                    .region = {Kind::kPath, "", 2},
                    .operation = {Kind::kAdapter},
                    .appeal = "https://provider.example/appeals"};
  listener.opa.adapter = adapter;
  if (adapter == OpaAdapter::kPlain) {
    listener.subscription = {Kind::kInput, "/user/id"};
    listener.named_operation = {Kind::kInput, "/operation"};
  }
  return listener;
}

class OpaTest : public internal::PointTest {
 protected:
  static constexpr const char* kPath = "/v1/data/proviso/blob-store/nl-1";

  Response Post(const Listener& listener, std::string_view body, std::string_view path = kPath) {
    OpaApi opa(listener, &tally_);
    return opa.Answer({.method = "POST", .path = path, .body = body}, Sees());
  }
  // A plain question, with `headers`.
  Response PostAs(const std::vector<Field>& headers, std::string_view body, std::string_view path) {
    OpaApi opa(ListenerFor(OpaAdapter::kPlain), &tally_);
    return opa.Answer({.method = "POST", .path = path, .headers = headers, .body = body}, Sees());
  }
  Response Post(OpaAdapter adapter, std::string_view body, std::string_view path = kPath) {
    return Post(ListenerFor(adapter), body, path);
  }
  // The body of the answer to a question of Ceph's gateway.
  std::string Rgw(const internal::RgwQuestion& question) {
    return Post(OpaAdapter::kRgw, RgwBody(question)).body;
  }
  // Puts everything of `subscription` in blob-store, nl-1 under `stage`.
  void Restrict(const char* subscription, Stage stage,
                enforcement::OperationSet operations = enforcement::kAllOperations) {
    enforcement::Restriction restriction =
        internal::MakeRestriction("decision-1/1", stage, {{subscription, "blob-store", "nl-1"}});
    restriction.operations = operations;
    snapshot_ = internal::SnapshotOrDie(118, {restriction});
  }
  // Every stage but notice, and a hold on what there is: who is restricted at all.
  template <typename Expect>
  void AtEachRestriction(const char* subscription, const Expect& expect) {
    for (const Stage stage : {Stage::kNoNew, Stage::kReadOnly, Stage::kSuspended}) {
      Restrict(subscription, stage);
      expect();
    }
    Restrict(subscription, Stage::kSuspended, enforcement::SetOf(enforcement::Operation::kDelete));
    expect();
  }

  Tally tally_;
};

constexpr const char* kWrite = R"({"input":{"user":{"id":"sub-1"},"operation":"write"}})";
constexpr const char* kRead = R"({"input":{"user":{"id":"sub-1"},"operation":"read"}})";

TEST_F(OpaTest, SaysABooleanBelowAllowAndAnObjectElsewhere) {
  const std::string allow = std::string(kPath) + "/allow";
  EXPECT_EQ(Post(OpaAdapter::kPlain, kWrite, allow).body, kFalse);
  EXPECT_EQ(Post(OpaAdapter::kPlain, kRead, allow).body, kTrue);
  EXPECT_EQ(Post(OpaAdapter::kPlain, kRead).body, R"({"result":{"allow":true,"table":118}})");
  const Response denied = Post(OpaAdapter::kPlain, kWrite);
  EXPECT_EQ(denied.status, 200);
  EXPECT_EQ(HeaderOf(denied, "Content-Type"), "application/json");
  const Json parsed = ParseJson(denied.body).value();
  const Json& result = *parsed.Find("result");
  EXPECT_EQ(*result.Find("allow")->AsBool(), false);
  EXPECT_EQ(result.StringOr("code", ""), "restricted");
  EXPECT_EQ(result.StringOr("reason", ""), "restricted by decision-1 under clause 4.2: read-only");
  EXPECT_EQ(result.StringOr("appeal", ""), "https://provider.example/appeals");
  EXPECT_EQ(result.StringOr("case", ""), "case-1");
  EXPECT_EQ(result.StringOr("stage", ""), "read-only");
  EXPECT_EQ(result.IntegerOr("status_code", 0), 403);
  EXPECT_EQ(result.Find("headers")->StringOr("X-Proviso-Code", ""), "restricted");
  EXPECT_EQ(result.Find("headers")->StringOr("X-Proviso-Case", ""), "case-1");
}

TEST_F(OpaTest, SaysTheBareValueInVersion0) {
  const std::string path = "/v0/data/proviso/blob-store/nl-1/allow";
  constexpr const char* kInput = R"({"user":{"id":"sub-1"},"operation":"write"})";
  EXPECT_EQ(Post(OpaAdapter::kPlain, kInput, path).body, "false");
  EXPECT_EQ(Post(OpaAdapter::kPlain, R"({"user":{"id":"sub-2"},"operation":"write"})", path).body,
            "true");
}

TEST_F(OpaTest, ReadsTheInputOfAGet) {
  OpaApi opa(ListenerFor(OpaAdapter::kPlain));
  const std::vector<Field> query{{"input", R"({"user":{"id":"sub-1"},"operation":"write"})"},
                                 {"pretty", "true"}};
  const Request request{
      .method = "GET", .path = "/v1/data/proviso/blob-store/nl-1/allow", .query = query};
  EXPECT_EQ(opa.Answer(request, Sees()).body, kFalse);
}

TEST_F(OpaTest, RefusesInTheWordsOfAnOpaAndWithoutAResult) {
  const struct {
    const char* body;
    const char* message;
  } cases[] = {
      {"{", "the body is no JSON"},        {"[]", "expected an object"},
      {"true", "expected an object"},      {R"({"input":{},"input":{}})", "`input` came twice"},
      {"{\"input\":\"\xFF\"}", "no JSON"},
  };
  for (const auto& [body, message] : cases) {
    for (const OpaAdapter adapter : {OpaAdapter::kPlain, OpaAdapter::kRgw, OpaAdapter::kMinio,
                                     OpaAdapter::kTrino, OpaAdapter::kKafka}) {
      const Response answer = Post(adapter, body);
      EXPECT_EQ(answer.status, 400) << body;
      EXPECT_EQ(answer.refusal, "bad-body") << body;
      EXPECT_EQ(HeaderOf(answer, "X-Proviso-Code"), "bad-body") << body;
      const Json failure = ParseJson(answer.body).value();
      EXPECT_EQ(failure.StringOr("code", ""), "invalid_parameter");
      EXPECT_NE(failure.StringOr("message", "").find(message), std::string::npos) << answer.body;
      EXPECT_EQ(failure.Find("result"), nullptr);
    }
  }
}

TEST_F(OpaTest, OpensABodyThatCameAsGzip) {
  const std::string path = std::string(kPath) + "/allow";
  for (const char* coding : {"gzip", "GZip", "x-gzip"}) {
    EXPECT_EQ(PostAs({{"Content-Encoding", coding}}, internal::Gzipped(kWrite), path).body, kFalse);
    EXPECT_EQ(PostAs({{"content-encoding", coding}}, internal::Gzipped(kRead), path).body, kTrue);
  }
  EXPECT_EQ(PostAs({{"Content-Encoding", "identity"}}, kWrite, path).body, kFalse);
  constexpr const char* kInput = R"({"user":{"id":"sub-1"},"operation":"write"})";
  EXPECT_EQ(PostAs({{"Content-Encoding", "gzip"}}, internal::Gzipped(kInput),
                   "/v0/data/proviso/blob-store/nl-1/allow")
                .body,
            "false");
}

TEST_F(OpaTest, RefusesABodyThatItCannotOpen) {
  const std::string write = internal::Gzipped(kWrite);
  const struct {
    std::vector<Field> headers;
    std::string body;
    int status;
  } cases[] = {
      {{{"Content-Encoding", "gzip"}}, kWrite, 400},
      {{{"Content-Encoding", "gzip"}}, "", 400},
      {{{"Content-Encoding", "gzip"}}, write.substr(0, write.size() - 1), 400},
      {{{"Content-Encoding", "gzip"}}, internal::Gzipped("{"), 400},
      {{{"Content-Encoding", "gzip"}}, internal::Gzipped(std::string(9'000'000, ' ')), 413},
      {{{"Content-Encoding", "deflate"}}, write, 415},
      {{{"Content-Encoding", "br"}}, kWrite, 415},
      {{{"Content-Encoding", "gzip, gzip"}}, internal::Gzipped(write), 415},
      {{{"Content-Encoding", "identity, gzip"}}, write, 415},
      {{{"Content-Encoding", ""}}, kWrite, 415},
      {{{"Content-Encoding", "gzip"}, {"Content-Encoding", "identity"}}, write, 415},
  };
  for (const auto& [headers, body, status] : cases) {
    const Response answer = PostAs(headers, body, kPath);
    EXPECT_EQ(answer.status, status) << headers.front().value;
    EXPECT_EQ(HeaderOf(answer, "Accept-Encoding"), status == 415 ? "gzip" : "");
    EXPECT_EQ(HeaderOf(answer, "X-Proviso-Code"), answer.refusal);
    EXPECT_EQ(answer.refusal, status == 413 ? "body-too-large" : "bad-body");
    const Json failure = ParseJson(answer.body).value();
    EXPECT_EQ(failure.StringOr("code", ""), "invalid_parameter");
    EXPECT_EQ(failure.Find("result"), nullptr);
  }
}

TEST_F(OpaTest, DeniesAQuestionThatNamesNobody) {
  for (const char* body : {"", "{}", R"({"input":null})", R"({"input":7})", R"({"input":{}})",
                           R"({"input":[]})", R"({"other":{"user":{"id":"sub-2"}}})"}) {
    for (const OpaAdapter adapter :
         {OpaAdapter::kRgw, OpaAdapter::kMinio, OpaAdapter::kTrino, OpaAdapter::kKafka}) {
      Listener open = ListenerFor(adapter);
      open.unknown = Otherwise::kAllow;
      open.trouble = Otherwise::kAllow;
      const Response answer = Post(open, body);
      EXPECT_EQ(answer.status, 200) << body;
      EXPECT_EQ(answer.body, kFalse) << OpaAdapterName(adapter) << body;
      EXPECT_EQ(HeaderOf(answer, "X-Proviso-Code"), "no-subscription");
    }
  }
}

TEST_F(OpaTest, BelievesNothingThatStandsTwice) {
  const auto code = [&](OpaAdapter adapter, std::string_view body) {
    const Response answer = Post(adapter, body);
    EXPECT_NE(answer.body.find("false"), std::string::npos) << body;
    return std::string(HeaderOf(answer, "X-Proviso-Code"));
  };
  EXPECT_EQ(code(OpaAdapter::kPlain,
                 R"({"input":{"user":{"id":"sub-2","id":"sub-1"},"operation":"write"}})"),
            "no-subscription");
  EXPECT_EQ(code(OpaAdapter::kPlain,
                 R"({"input":{"user":{"id":"sub-2"},"operation":"read","operation":"write"}})"),
            "repeated-word");
  EXPECT_EQ(code(OpaAdapter::kTrino,
                 R"({"input":{"context":{"identity":{"user":"sub-2"},"identity":{"user":"sub-1"}},
                     "action":{"operation":"ExecuteQuery"}}})"),
            "no-subscription");
  EXPECT_EQ(code(OpaAdapter::kKafka,
                 R"({"input":{"requestContext":{"principal":{"name":"sub-2"}},
                     "action":{"operation":"READ","operation":"WRITE"}}})"),
            "unknown-operation");
  std::string two_owners = RgwBody({.method = "PUT"});
  two_owners.insert(two_owners.find(R"("owner":)"), R"("owner":"proj-b",)");
  EXPECT_EQ(code(OpaAdapter::kRgw, two_owners), "no-subscription");
}

TEST_F(OpaTest, TellsHowItIs) {
  OpaApi opa(ListenerFor(OpaAdapter::kPlain));
  const std::vector<Field> bundles{{"bundles", ""}};
  const Sight sees = Sees();
  const auto health = [&](std::span<const Field> query, const Sight& sight) {
    return opa.Answer({.method = "GET", .path = "/health", .query = query}, sight).status;
  };
  EXPECT_EQ(health({}, {.now = kNow}), 200);
  EXPECT_EQ(health(bundles, {.now = kNow}), 500);
  EXPECT_EQ(health(bundles, sees), 200);
}

TEST_F(OpaTest, AnswersGetAndPostOnly) {
  OpaApi opa(ListenerFor(OpaAdapter::kPlain));
  for (const char* method : {"PUT", "PATCH", "DELETE", "HEAD"}) {
    const Response answer = opa.Answer({.method = method, .path = kPath}, {.now = kNow});
    EXPECT_EQ(answer.status, 405) << method;
    EXPECT_EQ(HeaderOf(answer, "Allow"), "GET, POST");
  }
}

TEST_F(OpaTest, SaysInTroubleWhatTheListenerSays) {
  for (const Otherwise trouble : {Otherwise::kDeny, Otherwise::kAllow}) {
    const bool open = trouble == Otherwise::kAllow;
    const auto body = [&](OpaAdapter adapter, std::string_view question) {
      Listener listener = ListenerFor(adapter);
      listener.trouble = trouble;
      listener.last_good = std::chrono::seconds(1);
      Sight stale = Sees();
      stale.age = std::chrono::seconds(2);
      const http_server::Request request{.method = "POST", .path = kPath, .body = question};
      const Response first = OpaApi(listener).Answer(request, {.now = kNow});
      EXPECT_EQ(HeaderOf(first, "X-Proviso-Verdict"), "deny");
      EXPECT_EQ(HeaderOf(first, "X-Proviso-Code"), "no-table");
      EXPECT_EQ(first.body.find("true"), std::string::npos);
      EXPECT_EQ(first.body.find("[0]"), std::string::npos);
      const Response answer = OpaApi(listener).Answer(request, stale);
      EXPECT_EQ(answer.status, 200);
      EXPECT_EQ(HeaderOf(answer, "X-Proviso-Code"), "stale-table");
      return answer.body;
    };
    EXPECT_EQ(body(OpaAdapter::kRgw, RgwBody({})), open ? kTrue : kFalse);
    EXPECT_EQ(body(OpaAdapter::kMinio, MinioBody("sub-2", "s3:GetObject")), open ? kTrue : kFalse);
    EXPECT_EQ(body(OpaAdapter::kKafka, KafkaBody("sub-2", "READ")), open ? kTrue : kFalse);
    EXPECT_EQ(
        body(OpaAdapter::kTrino, TrinoBody("sub-2", "FilterCatalogs",
                                           R"(,"filterResources":[{"catalog":{"name":"a"}}])")),
        open ? R"({"result":[0]})" : R"({"result":[]})");
  }
}

TEST_F(OpaTest, AsksAboutTheCallerAndTheOwnerOfTheBucket) {
  Restrict("proj-a", Stage::kSuspended);
  EXPECT_EQ(Rgw({.user = "proj-a", .owner = "proj-b"}), kFalse);
  EXPECT_EQ(Rgw({.user = "proj-b", .owner = "proj-a"}), kFalse);
  EXPECT_EQ(Rgw({.user = "proj-b", .owner = "proj-b"}), kTrue);
  EXPECT_EQ(Rgw({.user = "anonymous", .owner = "proj-a"}), kFalse);
  EXPECT_EQ(Rgw({.user = "anonymous", .owner = "proj-b"}), kTrue);
  Restrict("tenantb$proj-b", Stage::kSuspended);
  EXPECT_EQ(Rgw({.user = "tenantb$proj-b", .owner = "proj-c"}), kFalse);
}

TEST_F(OpaTest, CountsOneAnswerForCallerAndOwner) {
  EXPECT_EQ(Rgw({.user = "proj-b", .owner = "proj-c"}), kTrue);
  EXPECT_EQ(tally_.Counted(true, ReasonCode::kNone), 1U);
}

TEST_F(OpaTest, DeniesARgwRequestOfWhichItDoesNotLearnWhoseItIs) {
  EXPECT_EQ(Rgw({.uri = "/bk-a/o1", .owner = "-", .object = "o1"}), kFalse);
  EXPECT_EQ(Rgw({.owner = ""}), kFalse);
  EXPECT_EQ(Rgw({.user = ""}), kFalse);
  EXPECT_EQ(
      Rgw({.method = "PUT", .uri = "/bk-b", .user = "anonymous", .owner = "-", .object = "-"}),
      kFalse);
}

TEST_F(OpaTest, LeavesTheOperatorOfRgwAlone) {
  Restrict("root", Stage::kSuspended);
  const internal::RgwQuestion admin{
      .method = "POST", .uri = "/admin/user", .user = "root", .owner = "-", .object = "-"};
  EXPECT_EQ(Rgw(admin), kTrue);
  // A bucket of that name, where the operator's interface is elsewhere.
  EXPECT_EQ(Rgw({.uri = "/admin/o1", .user = "root", .owner = "root"}), kFalse);
  EXPECT_EQ(Rgw({.user = "root", .owner = "proj-b"}), kFalse);
  Listener listener = ListenerFor(OpaAdapter::kRgw);
  listener.opa.exempt = {"root"};
  const Response exempt = Post(listener, RgwBody({.user = "root", .owner = "proj-b"}));
  EXPECT_EQ(exempt.body, kTrue);
  EXPECT_EQ(HeaderOf(exempt, "X-Proviso-Code"), "exempt");
  // Without a table too: else nobody could mend anything.
  listener.trouble = Otherwise::kDeny;
  EXPECT_EQ(OpaApi(listener)
                .Answer({.method = "POST", .path = kPath, .body = RgwBody(admin)}, {.now = kNow})
                .body,
            kTrue);
}

TEST_F(OpaTest, LetsLoadBalancersAskWhetherRgwIsAlive) {
  internal::RgwQuestion probe{.uri = "/", .user = "anonymous", .owner = "-", .object = "-"};
  EXPECT_EQ(Rgw(probe), kTrue);
  probe.uri = "/swift/healthcheck";
  EXPECT_EQ(Rgw(probe), kTrue);
  probe.method = "POST";
  EXPECT_EQ(Rgw(probe), kFalse);
}

TEST_F(OpaTest, CutsTheNameOfAUserToItsSubscription) {
  Restrict("41", Stage::kSuspended);
  Listener listener = ListenerFor(OpaAdapter::kRgw);
  listener.opa.cut = {.until = "$", .prefix = "proj-"};
  const auto say = [&](std::string_view user, std::string_view owner) {
    return Post(listener, RgwBody({.user = user, .owner = owner})).body;
  };
  EXPECT_EQ(say("proj-41$proj-41", "proj-42"), kFalse);
  EXPECT_EQ(say("proj-42", "proj-41$x"), kFalse);
  EXPECT_EQ(say("proj-42", "proj-42"), kTrue);
  // A name without the prefix is nobody's; the operator's own buckets are open to callers.
  EXPECT_EQ(say("41", "proj-42"), kFalse);
  EXPECT_EQ(say("proj-42", "mirror"), kFalse);
  listener.opa.exempt = {"mirror"};
  EXPECT_EQ(say("proj-42", "mirror"), kTrue);
}

TEST_F(OpaTest, AsksForTheUserWhomAKeyOfMinioActsFor) {
  Restrict("proj-a", Stage::kSuspended);
  const auto say = [&](std::string_view account, std::string_view claims) {
    return Post(OpaAdapter::kMinio, MinioBody(account, "s3:GetObject", claims)).body;
  };
  EXPECT_EQ(say("proj-a", "{}"), kFalse);
  EXPECT_EQ(say("AK-INVENTED", R"({"parent":"proj-a"})"), kFalse);
  EXPECT_EQ(say("AK-INVENTED", R"({"parent":"proj-b"})"), kTrue);
  EXPECT_EQ(say("AK-INVENTED", R"({"parent":7})"), kFalse);
  EXPECT_EQ(say("", "{}"), kFalse);
}

TEST_F(OpaTest, AsksForWhomAnotherServiceSignedInToMinio) {
  Restrict("proj-a", Stage::kSuspended);
  Listener listener = ListenerFor(OpaAdapter::kMinio);
  listener.opa.exempt = {"root"};
  const auto say = [&](std::string_view claims) {
    return Post(listener, MinioBody("AK-INVENTED", "s3:GetObject", claims)).body;
  };
  EXPECT_EQ(say(R"({"accessKey":"AK-INVENTED","sub":"proj-a"})"), kFalse);
  EXPECT_EQ(say(R"({"accessKey":"AK-INVENTED","sub":"proj-b"})"), kTrue);
  EXPECT_EQ(say(R"({"accessKey":"AK-INVENTED","sub":7})"), kFalse);
  EXPECT_EQ(say(R"({"accessKey":"AK-INVENTED","ldapUser":"proj-a"})"), kFalse);
  // A key that such a user made acts for a made-up name.
  EXPECT_EQ(say(R"({"accessKey":"AK-INVENTED","parent":"Zm9v","sub":"proj-a"})"), kFalse);
  EXPECT_EQ(say(R"({"accessKey":"AK-INVENTED","parent":"Zm9v","ldapUser":"proj-a"})"), kFalse);
  // What another service says of somebody makes nobody the operator's own, and nobody another.
  EXPECT_EQ(say(R"({"accessKey":"AK-INVENTED","parent":"root","sub":"proj-a"})"), kFalse);
  EXPECT_EQ(say(R"({"accessKey":"AK-INVENTED","parent":"root","ldapUser":"proj-a"})"), kFalse);
  EXPECT_EQ(say(R"({"accessKey":"AK-INVENTED","sub":"proj-a","ldapUser":"proj-b"})"), kFalse);
  Restrict("root", Stage::kSuspended);
  EXPECT_EQ(say(R"({"accessKey":"AK-INVENTED","parent":"root"})"), kTrue);
  EXPECT_EQ(say(R"({"accessKey":"AK-INVENTED","sub":"root"})"), kFalse);
}

TEST_F(OpaTest, AnswersBatchesOfTrinoWithIndices) {
  const auto say = [&](std::string_view user, std::string_view operation, std::string_view rest) {
    return Post(OpaAdapter::kTrino, TrinoBody(user, operation, rest)).body;
  };
  constexpr const char* kThree =
      R"(,"filterResources":[{"catalog":{"name":"a"}},{"catalog":{"name":"b"}},)"
      R"({"catalog":{"name":"c"}}])";
  constexpr const char* kColumns =
      R"(,"filterResources":[{"table":{"catalogName":"c","schemaName":"s",)"
      R"("tableName":"t","columns":["x","y"]}}])";
  EXPECT_EQ(say("sub-2", "FilterCatalogs", kThree), R"({"result":[0,1,2]})");
  EXPECT_EQ(say("sub-2", "FilterCatalogs", R"(,"filterResources":[])"), R"({"result":[]})");
  EXPECT_EQ(say("sub-2", "FilterColumns", kColumns), R"({"result":[0,1]})");
  EXPECT_EQ(say("sub-2", "SomethingNew", kThree), R"({"result":[]})");
  Restrict("sub-1", Stage::kSuspended);
  EXPECT_EQ(say("sub-1", "FilterCatalogs", kThree), R"({"result":[]})");
  EXPECT_EQ(say("sub-1", "FilterColumns", kColumns), R"({"result":[]})");
}

TEST_F(OpaTest, AddsNoExpressionToAQueryOfTrino) {
  const auto say = [&](std::string_view user, std::string_view operation, std::string_view rest) {
    return Post(OpaAdapter::kTrino, TrinoBody(user, operation, rest)).body;
  };
  constexpr const char* kColumn = R"(,"resource":{"column":{"columnName":"x"}})";
  constexpr const char* kColumns = R"(,"filterResources":[{"column":{"columnName":"x"}}])";
  EXPECT_EQ(say("sub-2", "GetRowFilters", ""), R"({"result":[]})");
  EXPECT_EQ(say("sub-2", "GetColumnMask", kColumn), R"({"result":null})");
  EXPECT_EQ(say("sub-2", "GetColumnMask", kColumns), R"({"result":[]})");
  Restrict("sub-1", Stage::kSuspended);
  EXPECT_EQ(say("sub-1", "GetRowFilters", ""), kFalse);
  EXPECT_EQ(say("sub-1", "GetColumnMask", kColumns), kFalse);
}

TEST_F(OpaTest, LetsNobodyWhoIsRestrictedActAsAnotherUserOfTrino) {
  const auto say = [&](std::string_view user, std::string_view operation) {
    return Post(OpaAdapter::kTrino, TrinoBody(user, operation)).body;
  };
  AtEachRestriction("sub-1", [&] {
    EXPECT_EQ(say("sub-1", "ImpersonateUser"), kFalse);
    EXPECT_EQ(say("sub-2", "ImpersonateUser"), kTrue);
  });
}

TEST_F(OpaTest, LetsNobodyWhoIsRestrictedMakeUsersOrKeysOfMinio) {
  AtEachRestriction("proj-a", [&] {
    for (const char* action : {"admin:CreateServiceAccount", "admin:CreateUser"}) {
      EXPECT_EQ(Post(OpaAdapter::kMinio, MinioBody("proj-a", action)).body, kFalse) << action;
      EXPECT_EQ(Post(OpaAdapter::kMinio, MinioBody("proj-b", action)).body, kTrue) << action;
    }
    // What is lent acts for who borrows it.
    EXPECT_EQ(Post(OpaAdapter::kMinio, MinioBody("proj-a", "sts:AssumeRole")).body, kTrue);
  });
}

TEST_F(OpaTest, LetsNobodyWhoIsRestrictedSignInToKafkaAsAnother) {
  const auto say = [&](std::string_view user, std::string_view operation,
                       std::string_view resource) {
    return Post(OpaAdapter::kKafka, KafkaBody(user, operation, "name", resource)).body;
  };
  const std::vector<std::pair<const char*, const char*>> questions = {
      {"CREATE_TOKENS", "USER"}, {"DESCRIBE_TOKENS", "USER"},   {"DESCRIBE", "DELEGATION_TOKEN"},
      {"ALTER", "CLUSTER"},      {"CLUSTER_ACTION", "CLUSTER"},
  };
  AtEachRestriction("sub-1", [&] {
    for (const auto& [operation, resource] : questions) {
      EXPECT_EQ(say("sub-1", operation, resource), kFalse) << operation;
      EXPECT_EQ(say("sub-2", operation, resource), kTrue) << operation;
    }
  });
  Restrict("sub-1", Stage::kNoNew);
  EXPECT_EQ(say("sub-1", "ALTER", "TOPIC"), kTrue);
  EXPECT_EQ(say("sub-1", "DESCRIBE", "CLUSTER"), kTrue);
}

TEST_F(OpaTest, ReadsBothFormsOfAKafkaHeader) {
  for (const char* header : {"name", "data"}) {
    EXPECT_EQ(Post(OpaAdapter::kKafka, KafkaBody("sub-1", "WRITE", header)).body, kFalse);
    EXPECT_EQ(Post(OpaAdapter::kKafka, KafkaBody("sub-1", "READ", header)).body, kTrue);
  }
}

TEST_F(OpaTest, TakesNobodySignedInToKafkaForASubscription) {
  Listener listener = ListenerFor(OpaAdapter::kKafka);
  EXPECT_EQ(Post(listener, KafkaBody("ANONYMOUS", "READ")).body, kFalse);
  listener.opa.exempt = {"ANONYMOUS"};
  EXPECT_EQ(Post(listener, KafkaBody("ANONYMOUS", "READ")).body, kTrue);
}

TEST_F(OpaTest, TakesADistinguishedNameForASubscription) {
  Restrict("CN=client-a, O=Example", Stage::kSuspended);
  EXPECT_EQ(Post(OpaAdapter::kKafka, KafkaBody("CN=client-a, O=Example", "READ")).body, kFalse);
  EXPECT_EQ(Post(OpaAdapter::kKafka, KafkaBody("CN=client-b, O=Example", "READ")).body, kTrue);
}

// The rows of the table of operations below `heading` of the document: operation and words.
std::vector<std::pair<std::string, std::string>> TableBelow(const std::string& heading) {
  std::ifstream file(PROVISO_SOURCE_DIR "/docs/formats/serve.md");
  std::vector<std::pair<std::string, std::string>> rows;
  bool below = false;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with('#')) below = line == heading;
    if (!below || !line.starts_with("| `")) continue;
    const std::size_t bar = line.find('|', 1);
    const std::string name = line.substr(3, line.find('`', 3) - 3);
    rows.emplace_back(name, line.substr(bar + 1));
  }
  return rows;
}

std::vector<std::string> QuotedWords(const std::string& text) {
  std::vector<std::string> words;
  for (std::size_t at = text.find('`'); at != std::string::npos; at = text.find('`', at)) {
    const std::size_t end = text.find('`', at + 1);
    words.push_back(text.substr(at + 1, end - at - 1));
    at = end + 1;
  }
  return words;
}

// Reads `input` as the adapter does.
std::string OperationIn(OpaAdapter adapter, const std::string& body) {
  JsonOutline parser;
  const auto root = parser.Parse(body).value();
  const auto operation = ReadOpaInput(adapter, FindMember(root, "input").value).operation;
  return operation ? std::string(OperationName(*operation)) : "unknown";
}

TEST(OpaOperations, OfMinioTrinoAndKafkaAreThoseOfTheDocument) {
  std::set<std::string> seen;
  const auto check = [&seen](OpaAdapter adapter, const char* heading, auto body) {
    for (const auto& [operation, words] : TableBelow(heading)) {
      for (std::string word : QuotedWords(words)) {
        if (word.ends_with('*')) word.replace(word.size() - 1, 1, "Anything");
        EXPECT_EQ(OperationIn(adapter, body("sub-1", word)), operation) << word;
        seen.insert(word);
      }
    }
  };
  check(OpaAdapter::kMinio, "### MinIO: `minio`",
        [](auto who, auto& word) { return MinioBody(who, word); });
  check(OpaAdapter::kTrino, "### Trino: `trino`",
        [](auto who, auto& word) { return TrinoBody(who, word); });
  check(OpaAdapter::kKafka, "### Kafka: `kafka`",
        [](auto who, auto& word) { return KafkaBody(who, word); });
  EXPECT_GT(seen.size(), 90U);  // else the document was not found
}

TEST(OpaOperations, AreNoOtherWords) {
  for (const char* word : {"", "s3:*", "s3:", "*", "kms:CreateKey", "GetObject"}) {
    EXPECT_EQ(OperationIn(OpaAdapter::kMinio, MinioBody("sub-1", word)), "unknown") << word;
  }
  for (const char* word : {"", "selectfromcolumns", "FilterEverything", "read"}) {
    EXPECT_EQ(OperationIn(OpaAdapter::kTrino, TrinoBody("sub-1", word)), "unknown") << word;
  }
  for (const char* word : {"", "ALL", "ANY", "UNKNOWN", "read"}) {
    EXPECT_EQ(OperationIn(OpaAdapter::kKafka, KafkaBody("sub-1", word)), "unknown") << word;
  }
}

TEST(OpaOperations, OfRgwAreWhatItDoesWithARequest) {
  const struct {
    const char* operation;
    internal::RgwQuestion question;
  } cases[] = {
      {"read", {.method = "GET", .uri = "/", .owner = "-", .object = "-"}},
      {"read", {.method = "GET", .uri = "/bk-a", .params = "list-type=2&prefix=", .object = "-"}},
      {"read", {.method = "GET", .uri = "/bk-a", .params = "uploads", .object = "-"}},
      {"read", {.method = "HEAD"}},
      {"read", {.method = "GET", .params = "delete"}},
      {"create", {.method = "PUT", .uri = "/bk-b", .owner = "-", .object = "-"}},
      {"create", {.method = "PUT", .uri = "/swift/v1/bk-b", .owner = "-", .object = "-"}},
      {"write", {.method = "PUT"}},
      {"write", {.method = "PUT", .params = "partNumber=1&uploadId=2~x"}},
      {"write", {.method = "PUT", .uri = "/bk-a", .params = "acl", .object = "-"}},
      {"write", {.method = "PUT", .uri = "/bk-a", .params = "lifecycle", .object = "-"}},
      {"write", {.method = "POST", .params = "uploads"}},
      {"write", {.method = "POST", .params = "uploadId=2~x"}},
      {"write", {.method = "POST", .params = "restore"}},
      {"read", {.method = "POST", .params = "select&select-type=2"}},
      {"write", {.method = "POST", .params = "select&select-type=2&uploads"}},
      {"write", {.method = "POST", .params = "select"}},
      {"delete", {.method = "POST", .uri = "/bk-a", .params = "delete", .object = "-"}},
      {"delete", {.method = "POST", .uri = "/bk-a/", .params = "?x=1&delete=", .object = "-"}},
      {"delete", {.method = "POST", .uri = "/t:bk-a", .params = "%64elete%3D", .object = "-"}},
      // A parameter that S3 does not know there: a form that uploads an object.
      {"write", {.method = "POST", .params = "delete"}},
      {"write", {.method = "POST", .uri = "/bk-a", .params = "a%26delete", .object = "-"}},
      {"write", {.method = "POST", .uri = "/bk-a", .object = "-"}},
      // Swift knows no such parameter: it sets what the client says about the container.
      {"write", {.method = "POST", .uri = "/swift/v1/bk-a", .params = "delete", .object = "-"}},
      {"write", {.method = "POST", .uri = "/swift/v1/AUTH_x", .owner = "-", .object = "-"}},
      {"write", {.method = "POST", .uri = "/", .owner = "-", .object = "-"}},
      {"delete", {.method = "DELETE"}},
      {"delete", {.method = "DELETE", .params = "uploadId=2~x"}},
      {"delete", {.method = "DELETE", .uri = "/bk-a", .object = "-"}},
      {"write", {.method = "DELETE", .uri = "/bk-a", .params = "policy", .object = "-"}},
      {"write", {.method = "DELETE", .params = "tagging"}},
      // Deleted all the same, whatever stands behind it.
      {"delete", {.method = "DELETE", .params = "policy"}},
      {"delete", {.method = "DELETE", .uri = "/swift/v1/bk-a/o1", .params = "tagging"}},
      {"delete", {.method = "DELETE", .uri = "/swift/v1/bk-a", .params = "policy", .object = "-"}},
      {"write", {.method = "COPY", .uri = "/swift/v1/bk-a/o1"}},
      {"unknown", {.method = "PUT", .uri = "/", .owner = "-", .object = "-"}},
      {"unknown", {.method = "PATCH"}},
      {"unknown", {.method = "get"}},
  };
  for (const auto& [operation, question] : cases) {
    EXPECT_EQ(OperationIn(OpaAdapter::kRgw, RgwBody(question)), operation)
        << question.method << " " << question.uri << "?" << question.params;
  }
}

}  // namespace
}  // namespace proviso::points

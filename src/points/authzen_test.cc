#include "points/authzen.h"

#include "base/json.h"
#include "http_server/loopback_client.h"
#include "points/internal/point_test.h"

namespace proviso::points {
namespace {

using http_server::Field;
using http_server::HeaderOf;
using http_server::Response;
using Fields = std::vector<Field>;

class AuthzenTest : public internal::PointTest {
 protected:
  Response Post(std::string_view endpoint, std::string_view body) const {
    return PostTo(listener_, endpoint, body);
  }
  Response PostTo(const Listener& listener, std::string_view endpoint,
                  std::string_view body) const {
    const Fields headers{{"Content-Type", "application/json; charset=utf-8"},
                         {"X-Request-ID", "bfe9eb29"}};
    const std::string path = listener.prefix + std::string(endpoint);
    return Authzen(listener).Answer(
        {.method = "POST", .path = path, .headers = headers, .body = body}, Sees());
  }

  // A question about what sub-1 may do in nl-1.
  static std::string Question(const std::string& action,
                              const std::string& service = "blob-store") {
    return R"({"subject":{"type":"subscription","id":"sub-1"},"action":{"name":")" + action +
           R"("},"resource":{"type":"service","id":")" + service +
           R"(","properties":{"region":"nl-1"}}})";
  }

  Listener listener_ = ListenerOf(ProtocolKind::kAuthzen);
};

TEST_F(AuthzenTest, AllowsInFewWordsAndDeniesWithReasons) {
  const Response allowed = Post("/evaluation", Question("read"));
  EXPECT_EQ(allowed.status, 200);
  EXPECT_EQ(allowed.body, R"({"decision":true})");
  EXPECT_EQ(HeaderOf(allowed, "Content-Type"), "application/json");
  EXPECT_EQ(HeaderOf(allowed, "X-Request-ID"), "bfe9eb29");
  listener_.appeal = "https://provider.example/appeals";
  const Response denied = Post("/evaluation", Question("write"));
  EXPECT_EQ(denied.status, 200);
  EXPECT_EQ(
      denied.body,
      R"({"context":{"appeal":"https://provider.example/appeals","case":"case-1","clause":"4.2",)"
      R"("code":"restricted","reason":"restricted by decision-1 under clause 4.2: )"
      R"(read-only","restriction":"decision-1/1","stage":"read-only","table":118},)"
      R"("decision":false})");
}

TEST_F(AuthzenTest, RefusesWhatIsNoQuestion) {
  const char* const kBad[] = {
      "",
      "{",
      "[]",
      "null",
      R"("x")",
      R"({"action":{"name":"read"},"resource":{"type":"service","id":"x"}})",
      R"({"subject":{"type":"s","id":"x"},"resource":{"type":"service","id":"x"}})",
      R"({"subject":{"type":"s","id":"x"},"action":{"name":"read"}})",
      R"({"subject":{"id":"x"},"action":{"name":"read"},"resource":{"type":"s","id":"x"}})",
      R"({"subject":{"type":"s"},"action":{"name":"read"},"resource":{"type":"s","id":"x"}})",
      R"({"subject":{"type":"s","id":"x"},"action":{},"resource":{"type":"s","id":"x"}})",
      R"({"subject":{"type":"s","id":"x"},"action":{"name":1},"resource":{"type":"s","id":"x"}})",
      R"({"subject":"x","action":{"name":"read"},"resource":{"type":"s","id":"x"}})",
      R"({"subject":{"type":"s","id":"x"},"action":{"name":"a"},"resource":{"type":"s","id":"x"},)"
      R"("context":1})",
      R"({"subject":{"type":"s","id":"x","id":"y"},"action":{"name":"a"},)"
      R"("resource":{"type":"s","id":"x"}})",
      R"({"subject":{"type":"s","id":"x","properties":[]},"action":{"name":"a"},)"
      R"("resource":{"type":"s","id":"x"}})",
  };
  for (const char* body : kBad) {
    for (const char* endpoint : {"/evaluation", "/evaluations"}) {
      const Response answer = Post(endpoint, body);
      EXPECT_EQ(answer.status, 400) << body;
      EXPECT_EQ(answer.body.find("true"), std::string::npos) << body;
      EXPECT_EQ(answer.refusal, "bad-body") << body;
      EXPECT_EQ(HeaderOf(answer, "X-Proviso-Code"), "bad-body") << body;
      EXPECT_EQ(HeaderOf(answer, "X-Request-ID"), "bfe9eb29");
    }
  }
}

TEST_F(AuthzenTest, AnswersABatchInItsOrder) {
  const std::string batch =
      R"({"subject":{"type":"subscription","id":"sub-1"},)"
      R"("resource":{"type":"service","id":"blob-store","properties":{"region":"nl-1"}},)"
      R"("evaluations":[{"action":{"name":"read"}},{"action":{"name":"write"}},{},)"
      R"({"action":{"name":"delete"}}])";
  const auto decisions = [](const Response& answer) {
    std::string text;
    const Json body = ParseJson(answer.body).value();
    for (const Json& one : **body.ArrayAt("evaluations")) {
      text += one.BoolAt("decision").value() ? 'T' : 'F';
    }
    return text;
  };
  EXPECT_EQ(decisions(Post("/evaluations", batch + "}")), "TFFT");
  const auto with = [&](const std::string& semantic) {
    return decisions(Post("/evaluations",
                          batch + R"(,"options":{"evaluations_semantic":")" + semantic + "\"}}"));
  };
  EXPECT_EQ(with("execute_all"), "TFFT");
  EXPECT_EQ(with("deny_on_first_deny"), "TF");
  EXPECT_EQ(with("permit_on_first_permit"), "T");
}

TEST_F(AuthzenTest, FindsActionsAndResources) {
  EXPECT_EQ(Post("/search/action",
                 R"({"subject":{"type":"subscription","id":"sub-1"},"resource":{"type":"service",)"
                 R"("id":"blob-store","properties":{"region":"nl-1"}}})")
                .body,
            R"({"results":[{"name":"read"},{"name":"delete"},{"name":"manage"}]})");
  EXPECT_EQ(Post("/search/resource",
                 R"({"subject":{"type":"subscription","id":"sub-1"},"action":{"name":"write"},)"
                 R"("resource":{"type":"service","properties":{"region":"nl-1"}}})")
                .body,
            R"({"results":[{"id":"speech","properties":{"region":"nl-1"},"type":"service"},)"
            R"({"id":"threat-watch","properties":{"region":"nl-1"},"type":"service"}]})");
  EXPECT_EQ(Post("/search/subject", "{}").status, 404);
}

TEST_F(AuthzenTest, AnswersForTheTimeOfTheContextOnlyWhenToldTo) {
  std::string question = Question("write");
  question.pop_back();
  const auto ask = [&](const std::string& time) {
    return Post("/evaluation", question + R"(,"context":{"time":)" + time + "}}");
  };
  // The restriction begins at midnight of 2026-12-01.
  EXPECT_EQ(ask(R"("2026-11-30T23:59:59Z")").body.find("true"), std::string::npos);
  EXPECT_EQ(ask("7").status, 200);
  listener_.authzen.believes_time = true;
  EXPECT_NE(ask(R"("2026-11-30T23:59:59.999Z")").body.find("true"), std::string::npos);
  EXPECT_EQ(ask(R"("2026-12-01T00:00:00Z")").body.find("true"), std::string::npos);
  EXPECT_NE(ask(R"("2026-12-01T00:59+01:00")").body.find("true"), std::string::npos);
  EXPECT_EQ(ask(R"("2026-12-01T01:00+01:00")").body.find("true"), std::string::npos);
  EXPECT_EQ(ask(R"("2026-11-30T16:00-08:00")").body.find("true"), std::string::npos);
  for (const char* time :
       {"7", "null", R"("")", R"("now")", R"("2026-12-01")", R"("2026-12-01T00:00")",
        R"("2026-12-01T00:00+1:00")", R"("2026-12-01T00:00+24:00")", R"("2026-13-01T00:00Z")"}) {
    EXPECT_EQ(ask(time).status, 400) << time;
  }
}

TEST_F(AuthzenTest, SaysWhatItCannotDecideAsTheListenerIsToldTo) {
  const struct {
    Otherwise trouble;
    int status;
    const char* body;
  } cases[] = {{Otherwise::kDeny, 200,
                R"({"context":{"code":"stale-table","reason":"stale table"},"decision":false})"},
               {Otherwise::kAllow, 200,
                R"({"context":{"code":"stale-table","reason":"stale table"},"decision":true})"},
               {Otherwise::kGateway, 500, "stale table\n"}};
  listener_.last_good = std::chrono::seconds(1);
  Sight stale = Sees();
  stale.age = std::chrono::seconds(2);
  const auto ask = [&](const char* path, const Sight& sight) {
    const Fields headers{{"Content-Type", "application/json"}};
    return Authzen(listener_).Answer(
        {.method = "POST", .path = path, .headers = headers, .body = Question("read")}, sight);
  };
  for (const auto& [trouble, status, body] : cases) {
    listener_.trouble = trouble;
    for (const char* path : {"/access/v1/evaluation", "/access/v1/evaluations"}) {
      const Response answer = ask(path, stale);
      EXPECT_EQ(answer.status, status);
      EXPECT_EQ(answer.body, body);
      // Before the first table nothing else is known of anybody either.
      const Response first = ask(path, {.now = kNow});
      EXPECT_EQ(first.status, 200);
      EXPECT_EQ(first.body,
                R"({"context":{"code":"no-table","reason":"no table"},"decision":false})");
    }
    // Nothing can be found, whatever would be allowed.
    EXPECT_EQ(ask("/access/v1/search/action", stale).status, 500);
    EXPECT_EQ(ask("/access/v1/search/action", {.now = kNow}).status, 500);
  }
}

TEST_F(AuthzenTest, TakesASubjectOfAnotherTypeForNobody) {
  std::string question = Question("read");
  question.replace(question.find("subscription"), 12, "user");
  listener_.unknown = Otherwise::kAllow;
  EXPECT_NE(Post("/evaluation", question).body.find("no-subscription"), std::string::npos);
  listener_.authzen.subject_types = {"user"};
  EXPECT_EQ(Post("/evaluation", question).body, R"({"decision":true})");
}

TEST_F(AuthzenTest, FindsTheSubscriptionOfAUserInAProperty) {
  listener_.authzen.subject_types = {"user"};
  listener_.subscription = {Channel::Kind::kProperty, "tenant"};
  const auto ask = [&](const std::string& properties) {
    return Post("/evaluation", R"({"subject":{"type":"user","id":"alice","properties":)" +
                                   properties +
                                   R"(},"action":{"name":"write"},"resource":{"type":"service",)"
                                   R"("id":"blob-store","properties":{"region":"nl-1"}}})");
  };
  EXPECT_EQ(ask(R"({"tenant":"sub-2"})").body, R"({"decision":true})");
  EXPECT_NE(ask(R"({"tenant":"sub-1"})").body.find("restricted"), std::string::npos);
  EXPECT_NE(ask("{}").body.find("no-subscription"), std::string::npos);
  EXPECT_NE(ask(R"({"tenant":7})").body.find("no-subscription"), std::string::npos);
  EXPECT_EQ(ask(R"({"tenant":"sub-2","tenant":"sub-1"})").status, 400);
}

TEST_F(AuthzenTest, GoesOnWithASearchByTheTokenOfThatSearchAlone) {
  listener_.authzen.subjects = {"sub-1", "sub-2", "sub-3"};
  const std::string head =
      R"({"subject":{"type":"subscription"},"action":{"name":"read"},"resource":{"type":"service",)"
      R"("id":"speech","properties":{"region":"nl-1"}},"page":)";
  EXPECT_EQ(Post("/search/subject", head + R"({"limit":0}})").body.substr(0, 30),
            R"({"page":{"count":0,"next_token)");
  const Json first = ParseJson(Post("/search/subject", head + R"({"limit":2}})").body).value();
  const std::string token = first.Find("page")->StringAt("next_token").value();
  EXPECT_EQ(Post("/search/subject", head + R"({"token":")" + token + "\"}}").body,
            R"({"page":{"count":1,"next_token":""},)"
            R"("results":[{"id":"sub-3","type":"subscription"}]})");
  for (const std::string& page :
       {R"({"token":")" + token + R"(","limit":3})", R"({"token":")" + token + "0\"}",
        std::string(R"({"token":"x"})"), std::string(R"({"token":7})"),
        std::string(R"({"limit":-1})"), std::string(R"({"limit":"2"})"), std::string("[]")}) {
    EXPECT_EQ(Post("/search/subject", head + page + "}").status, 400) << page;
  }
}

// A clock of which each look takes some time.
class SlowClock {
 public:
  explicit SlowClock(std::chrono::milliseconds look) : look_(look) {}
  const UptimeClock* uptime() const { return &uptime_; }
  int looks() const { return looks_; }

 private:
  std::chrono::milliseconds look_;
  mutable int looks_ = 0;
  const UptimeClock uptime_ = [this] { return look_ * ++looks_; };
};

class AuthzenBudgetTest : public AuthzenTest {
 protected:
  // As many subscriptions as may be searched for, none of which may write.
  void SetUp() override {
    std::vector<enforcement::Target> targets;
    for (int i = 0; i < 10'000; ++i) {
      listener_.authzen.subjects.push_back("sub-" + std::to_string(i));
      targets.push_back({listener_.authzen.subjects.back(), "blob-store", "nl-1"});
    }
    snapshot_ = internal::SnapshotOrDie(
        118, {internal::MakeRestriction("decision-1/1", terms::Stage::kReadOnly, targets)});
  }
  Response Ask(std::string_view endpoint, const std::string& body, const SlowClock& clock) {
    const Fields headers{{"Content-Type", "application/json"}};
    const std::string path = listener_.prefix + std::string(endpoint);
    Sight sight = Sees();
    sight.uptime = clock.uptime();
    return Authzen(listener_, &tally_)
        .Answer({.method = "POST", .path = path, .headers = headers, .body = body}, sight);
  }
  static std::string Search(const std::string& action) {
    return R"({"subject":{"type":"subscription"},"action":{"name":")" + action +
           R"("},"resource":{"type":"service","id":"blob-store","properties":{"region":"nl-1"}}})";
  }
  static std::string Batch(std::size_t items) {
    std::string body = Question("read");
    body.back() = ',';
    body += R"("evaluations":[{})";
    for (std::size_t i = 1; i < items; ++i) body += ",{}";
    return body + "]}";
  }

  Tally tally_;
};

TEST_F(AuthzenBudgetTest, StopsASearchThatTakesTooLongWhateverTroubleSays) {
  for (const Otherwise trouble : {Otherwise::kDeny, Otherwise::kAllow, Otherwise::kGateway}) {
    listener_.trouble = trouble;
    const SlowClock clock(Budget::kTime / 4);
    const Response answer = Ask("/search/subject", Search("write"), clock);
    EXPECT_EQ(answer.status, 500);
    EXPECT_EQ(HeaderOf(answer, "X-Proviso-Code"), "cannot-decide");
    EXPECT_EQ(answer.body, "cannot decide in time\n");
    EXPECT_EQ(clock.looks(), 6) << "at the beginning, and after each thousand";
  }
  EXPECT_EQ(tally_.Counted(false, ReasonCode::kCannotDecide), 3U);
}

TEST_F(AuthzenBudgetTest, FinishesASearchThatIsFastEnough) {
  const SlowClock clock(Budget::kTime / 20);
  EXPECT_EQ(Ask("/search/subject", Search("write"), clock).body, R"({"results":[]})");
  EXPECT_EQ(tally_.Counted(false, ReasonCode::kCannotDecide), 0U);
}

TEST_F(AuthzenBudgetTest, LooksNoFurtherThanThePage) {
  const SlowClock clock(Budget::kTime);
  const Response answer = Ask("/search/subject", Search("read"), clock);
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(ParseJson(answer.body).value().ArrayAt("results").value()->size(),
            Authzen::kResultsMax);
  EXPECT_LE(clock.looks(), 2);
}

TEST_F(AuthzenBudgetTest, AnswersTheRestOfABatchThatTakesTooLongAsTroubleSays) {
  for (const Otherwise trouble : {Otherwise::kDeny, Otherwise::kAllow, Otherwise::kGateway}) {
    listener_.trouble = trouble;
    const SlowClock clock(Budget::kTime / 4);
    const Response answer = Ask("/evaluations", Batch(Authzen::kEvaluationsMax), clock);
    if (trouble == Otherwise::kGateway) {
      EXPECT_EQ(answer.status, 500);
      continue;
    }
    const Json body = ParseJson(answer.body).value();
    const Json::Array& decisions = **body.ArrayAt("evaluations");
    ASSERT_EQ(decisions.size(), Authzen::kEvaluationsMax);
    EXPECT_EQ(decisions.front(), Json::Of({{"decision", true}}));
    EXPECT_EQ(decisions.back().Find("context")->StringAt("code").value(), "cannot-decide");
    EXPECT_EQ(decisions.back().BoolAt("decision").value(), trouble == Otherwise::kAllow);
  }
}

TEST_F(AuthzenBudgetTest, LooksAtNoClockForOneQuestion) {
  const SlowClock clock(Budget::kTime);
  EXPECT_EQ(Ask("/evaluation", Question("read"), clock).body, R"({"decision":true})");
  EXPECT_EQ(clock.looks(), 0);
}

TEST(AuthzenListener, ReportsWhatItCannotUse) {
  const std::string head = "listeners:\n  - address: 127.0.0.1:8185\n    protocol: authzen\n";
  EXPECT_TRUE(ReadListeners(head, "serve.yaml"));
  internal::ExpectRefused(
      {{head + "    subscription: {header: X-Tenant}\n", "property: NAME"},
       {head + "    policy_decision_point: http://pdp.example.com\n", "https"},
       {head + "    policy_decision_point: https://pdp.example.com/?a\n", "https"},
       {head + "    operations: [{word: can_read, operation: reading}]\n", "`reading`"},
       {head + "    operations: [{word: a, operation: read}, {word: a, operation: write}]\n",
        "already"},
       {head + "    subjects: [a]\n    subscription: {property: tenant}\n", "subjects"},
       {head + "    exempt: [a]\n", "exempt"},
       {head + "    trouble: gate\n", "`gate`"}});
}

}  // namespace
}  // namespace proviso::points

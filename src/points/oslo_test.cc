#include "points/oslo.h"

#include <fstream>
#include <sstream>

#include "http_server/loopback_client.h"
#include "points/internal/point_test.h"
#include "points/oslo_operations.h"

namespace proviso::points {
namespace {

using http_server::Field;
using http_server::HeaderOf;
using http_server::Response;
using Fields = std::vector<Field>;

constexpr const char* kForm = "application/x-www-form-urlencoded";
constexpr const char* kJson = "application/json";

// What Glance 25.1 sends with `remote_content_type = application/json`, with invented ids.
std::string GlanceBody(const std::string& target_project, const std::string& caller_project) {
  return R"({"rule": "add_image", "target": {"project_id": ")" + target_project +
         R"(", "owner": ")" + target_project +
         R"(", "visibility": "private"}, "credentials": {"user_id": )"
         R"("5eed5eed5eed4eed8eed5eed5eed5eed", "user_domain_id": "default", )"
         R"("system_scope": null, "domain_id": null, )"
         R"("project_id": ")" +
         caller_project +
         R"(", "project_domain_id": "default", "roles": ["member", "reader"], )"
         R"("is_admin_project": true, "service_user_id": null, "service_user_domain_id": null, )"
         R"("service_project_id": null, "service_project_domain_id": null, "service_roles": []}})";
}

class OsloTest : public internal::PointTest {
 protected:
  Response Ask(const Listener& listener, std::string_view type, std::string_view body) const {
    return AskAt(listener, type, body, Sees());
  }
  static Response AskAt(const Listener& listener, std::string_view type, std::string_view body,
                        const Sight& sight) {
    const Fields headers{
        {"Host", "127.0.0.1:8191"},           {"User-Agent", "python-requests/2.28.1"},
        {"Accept-Encoding", "gzip, deflate"}, {"Accept", "*/*"},
        {"Connection", "keep-alive"},         {"Content-Type", type}};
    return Oslo(listener).Answer(
        {.method = "POST", .path = "/oslo/blob-store/nl-1", .headers = headers, .body = body},
        sight);
  }

  const Listener listener_ = ListenerOf(ProtocolKind::kOslo);
};

TEST_F(OsloTest, AnswersWithOneWordAlone) {
  EXPECT_EQ(Ask(listener_, kJson, GlanceBody("sub-2", "sub-2")).body, "True");
  const Response denied = Ask(listener_, kJson, GlanceBody("sub-1", "sub-1"));
  EXPECT_EQ(denied.body, "False");
  EXPECT_EQ(denied.status, 200);
}

TEST_F(OsloTest, SaysInHeadersWhatItDeniesFor) {
  Listener listener = listener_;
  listener.appeal = "https://provider.example/appeals";
  const Response denied = Ask(listener, kJson, GlanceBody("sub-1", "sub-1"));
  const struct {
    const char* name;
    const char* value;
  } said[] = {{"X-Proviso-Verdict", "deny"},
              {"X-Proviso-Code", "restricted"},
              {"X-Proviso-Reason", "restricted by decision-1 under clause 4.2: read-only"},
              {"X-Proviso-Restriction", "decision-1/1"},
              {"X-Proviso-Clause", "4.2"},
              {"X-Proviso-Case", "case-1"},
              {"X-Proviso-Stage", "read-only"},
              {"X-Proviso-Table", "118"},
              {"X-Proviso-Appeal", "https://provider.example/appeals"}};
  for (const auto& [name, value] : said) EXPECT_EQ(HeaderOf(denied, name), value) << name;
}

TEST_F(OsloTest, DeniesWhenTheCallerOrTheOwnerIsRestricted) {
  EXPECT_EQ(Ask(listener_, kJson, GlanceBody("sub-1", "sub-2")).body, "False");
  EXPECT_EQ(Ask(listener_, kJson, GlanceBody("sub-2", "sub-1")).body, "False");
  EXPECT_EQ(Ask(listener_, kJson, GlanceBody("sub-2", "sub-3")).body, "True");
}

TEST_F(OsloTest, ReadsTheFormOfKeystoneWithItsFlatKeys) {
  const std::string credentials =
      "&credentials=%7B%22user_id%22%3A+%22u1%22%2C+%22project_id%22%3A+%22sub-2%22%2C+"
      "%22roles%22%3A+%5B%22member%22%5D%7D";
  const auto ask = [&](const std::string& target) {
    return Ask(listener_, kForm,
               "rule=%22identity%3Aupdate_project%22&target=" + target + credentials)
        .body;
  };
  EXPECT_EQ(ask("%7B%22target.project.id%22%3A+%22sub-1%22%7D"), "False");
  EXPECT_EQ(ask("%7B%22target.project.id%22%3A+%22sub-2%22%7D"), "True");
  EXPECT_EQ(ask("%7B%22target%22%3A+%7B%22project%22%3A+%7B%22id%22%3A+%22sub-1%22%7D%7D%7D"),
            "False");
  EXPECT_EQ(ask("%7B%7D"), "True");
}

TEST_F(OsloTest, IsNotKeptFromAnOwnerByAFlatKeyThatSaysNothing) {
  for (const char* nothing : {"null", R"("")"}) {
    const std::string target = R"({"target.project.id":)" + std::string(nothing) +
                               R"(,"target":{"project":{"id":"sub-1"}}})";
    const std::string body = R"({"rule":"identity:update_project","target":)" + target +
                             R"(,"credentials":{"project_id":"sub-2"}})";
    EXPECT_EQ(Ask(listener_, kJson, body).body, "False") << body;
  }
}

TEST_F(OsloTest, DeniesWhoeverNamesNoProject) {
  for (const char* body :
       {R"({"rule":"list","target":{},"credentials":{}})",
        R"({"rule":"list","target":{"project_id":null},"credentials":{"project_id":""}})"}) {
    const Response answer = Ask(listener_, kJson, body);
    EXPECT_EQ(answer.body, "False") << body;
  }
}

TEST_F(OsloTest, LetsTheOperatorThroughEvenWithoutATable) {
  Listener listener = listener_;
  listener.oslo.exempt = {"ops"};
  listener.oslo.exempt_roles = {"service"};
  EXPECT_EQ(Ask(listener, kJson, GlanceBody("sub-1", "ops")).body, "True");
  EXPECT_EQ(AskAt(listener, kJson, GlanceBody("sub-1", "ops"), {.now = kNow}).body, "True");
  // An owner that is exempt exempts nobody else.
  EXPECT_EQ(Ask(listener, kJson, GlanceBody("ops", "sub-1")).body, "False");
  const auto with_roles = [&](const std::string& roles) {
    return Ask(listener, kJson,
               R"({"rule":"add_image","target":{},"credentials":{"project_id":"sub-1","roles":)" +
                   roles + "}}")
        .body;
  };
  EXPECT_EQ(with_roles(R"(["member","service"])"), "True");
  EXPECT_EQ(with_roles(R"(["member"])"), "False");
}

TEST_F(OsloTest, DeniesWhatItCannotRead) {
  const std::string good = GlanceBody("sub-2", "sub-2");
  const struct {
    const char* type;
    std::string body;
  } cases[] = {{kJson, ""},
               {kJson, "True"},
               {kJson, good.substr(0, 100)},
               {kJson, "[" + good + "]"},
               {"text/plain", good},
               {"application/jsonp", good},
               {kForm, good},
               {kForm, "rule=%22list%22&target=%7B%7D"},
               {kForm, "rule=%22list%22&target=%7&credentials=%7B%7D"},
               {kForm, "rule=list&target=%7B%7D&credentials=%7B%7D"},
               {kJson, R"({"rule":1,"target":{},"credentials":{"project_id":"sub-2"}})"},
               {kJson, R"({"rule":"list","target":[],"credentials":{"project_id":"sub-2"}})"},
               {kJson, R"({"rule":"list","target":{},"credentials":{"project_id":2}})"},
               // Two readers would take different ones.
               {kJson, R"({"rule":"list","rule":"list","target":{},"credentials":{}})"},
               {kJson, R"({"rule":"list","target":{"project_id":"sub-2","project_id":"sub-1"},)"
                       R"("credentials":{"project_id":"sub-2"}})"},
               {kJson, R"({"rule":"list","target":{},"credentials":{"project_id":"sub-2",)"
                       R"("project_id":"sub-1"}})"},
               {kForm,
                "rule=%22list%22&target=%7B%7D&credentials=%7B%22project_id%22%3A%22sub-2%22"
                "%7D&credentials=%7B%22project_id%22%3A%22sub-1%22%7D"}};
  for (const auto& [type, body] : cases) {
    Listener open = listener_;
    open.unknown = Otherwise::kAllow;
    open.trouble = Otherwise::kAllow;
    const Response answer = Ask(open, type, body);
    EXPECT_EQ(answer.body, "False") << type << body;
    EXPECT_EQ(answer.status, 200) << type << body;
  }
}

TEST_F(OsloTest, SaysTrueInTroubleOnlyWhenToldTo) {
  const std::string body = GlanceBody("sub-2", "sub-2");
  const Response closed = AskAt(listener_, kJson, body, {.now = kNow});
  EXPECT_EQ(closed.status, 503);
  EXPECT_EQ(closed.body, "False");
  EXPECT_EQ(Oslo(listener_).Trouble(ReasonCode::kCannotDecide).body, "False");
  Listener open = listener_;
  open.trouble = Otherwise::kAllow;
  EXPECT_EQ(Oslo(open).Trouble(ReasonCode::kCannotDecide).body, "True");
  EXPECT_EQ(AskAt(open, kJson, body, {.now = kNow}).body, "False") << "before the first table";
}

TEST_F(OsloTest, KnowsWhatRulesAreAbout) {
  using enforcement::Operation;
  const struct {
    const char* rule;
    std::optional<Operation> operation;
  } cases[] = {{"os_compute_api:servers:create", Operation::kCreate},
               {"os_compute_api:servers:create:attach_volume", Operation::kCreate},
               {"os_compute_api:servers:show", Operation::kRead},
               {"os_compute_api:servers:start", Operation::kInvoke},
               {"os_compute_api:servers:resize", Operation::kCreate},
               {"os_compute_api:os-attach-interfaces:delete", Operation::kDelete},
               {"os_compute_api:os-create-backup", Operation::kCreate},
               {"os_compute_api:os-pause-server:pause", Operation::kDelete},
               {"volume:create", Operation::kCreate},
               {"volume:extend", Operation::kCreate},
               {"volume:get_all", Operation::kRead},
               {"volume:attachment_create", Operation::kCreate},
               {"volume_extension:volume_actions:attach", Operation::kWrite},
               {"create_network:shared", Operation::kCreate},
               {"update_port:fixed_ips", Operation::kWrite},
               {"delete_router", Operation::kDelete},
               {"force_delete_server", Operation::kDelete},
               {"os_compute_api:os-force_delete-server", Operation::kDelete},
               {"get_network", Operation::kRead},
               {"add_image", Operation::kCreate},
               {"upload_image", Operation::kWrite},
               {"download_image", Operation::kRead},
               {"identity:list_regions", Operation::kRead},
               {"identity:ec2_create_credential", std::nullopt},
               {"context_is_admin", std::nullopt},
               {"", std::nullopt},
               {":", std::nullopt},
               {"CREATE", std::nullopt}};
  for (const auto& [rule, operation] : cases) {
    EXPECT_EQ(OperationOfRule(rule, {}), operation) << rule;
  }
  const WordOperations named{{.word = "add_image", .operation = Operation::kManage}};
  EXPECT_EQ(OperationOfRule("add_image", named), Operation::kManage);
  EXPECT_EQ(OperationOfRule("add_images", named), Operation::kCreate);
}

TEST_F(OsloTest, TakesVerbsForWhatTheDocumentSays) {
  std::ifstream file(PROVISO_SOURCE_DIR "/docs/formats/serve.md");
  std::stringstream text;
  text << file.rdbuf();
  const std::string document = text.str();
  std::istringstream lines(document.substr(document.find("| operation | verbs |")));
  std::size_t verbs = 0;
  for (std::string line; std::getline(lines, line) && line.starts_with('|');) {
    std::vector<std::string> words;
    std::istringstream parts(line);
    for (std::string part; std::getline(parts, part, '`');) words.push_back(part);
    if (words.size() < 2) continue;
    // Every second piece stood in backticks; the first of these is the operation.
    for (std::size_t i = 3; i < words.size(); i += 2, ++verbs) {
      EXPECT_EQ(OperationOfRule("volume:" + words[i], {}),
                enforcement::ParseOperation(words[1]).value())
          << words[i];
    }
  }
  EXPECT_EQ(verbs, kOsloVerbCount);
}

TEST(OsloListener, KnowsWhatServicesCanSend) {
  const std::string head = "listeners:\n  - address: 127.0.0.1:8184\n    protocol: oslo\n";
  const auto good = ReadListeners(head + "    exempt_roles: [service]\n", "serve.yaml");
  ASSERT_TRUE(good) << good.error().message();
  EXPECT_EQ(good->front().oslo.exempt_roles, std::vector<std::string>{"service"});
  internal::ExpectRefused(
      {{head + "    service: {header: X-Service}\n", "no headers"},
       {head + "    subscription: {header: X-Tenant}\n", "subscription"},
       {head + "    projects: [project_id]\n", "`project_id`"},
       {head + "    projects: []\n", "projects"},
       {head + "    trouble: gateway\n", "`gateway`"},
       {head + "    operations: [{word: a, property: b, value: c, operation: read}]\n",
        "property"}});
}

}  // namespace
}  // namespace proviso::points

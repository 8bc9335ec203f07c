// The requests of AuthZEN's certification scenario (tests/conformance/authzen_cases.json), answered
// from a table whose restrictions make its decisions.
#include <fstream>
#include <sstream>

#include "base/json.h"
#include "points/authzen.h"
#include "points/internal/example_table.h"

namespace proviso::points {
namespace {

using http_server::Field;
using http_server::Response;

std::string FileText(const std::string& path) {
  std::ifstream file(PROVISO_SOURCE_DIR "/" + path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

// Bob reads record-1 only; archived records are read-only to alice, who deletes record-1 softly
// only.
std::unique_ptr<const TableSnapshot> Fixture() {
  constexpr std::string_view kCatalogue = R"(
regions:
  - {id: active, name: Active}
  - {id: archived, name: Archived}
classes:
  - {id: records, name: Records, kind: level, unit: GB}
services:
  - {id: record-1, name: Record 1, class: records, regions: [active, archived]}
  - {id: record-2, name: Record 2, class: records, regions: [active, archived]}
)";
  enforcement::Restriction deletion = internal::MakeRestriction(
      "decision-1/3", terms::Stage::kSuspended, {{"alice", "record-1", "active"}});
  deletion.operations = SetOf(enforcement::Operation::kDelete);
  const std::vector<enforcement::Restriction> restrictions = {
      internal::MakeRestriction("decision-1/1", terms::Stage::kReadOnly,
                                {{"bob", "record-1", "active"}}),
      internal::MakeRestriction(
          "decision-1/2", terms::Stage::kReadOnly,
          {{"alice", "record-1", "archived"}, {"alice", "record-2", "archived"}}),
      deletion};
  const auto catalogue = catalogue::Catalogue::FromYaml(kCatalogue, "catalogue.yaml").value();
  return TableSnapshot::FromBytes(
             enforcement::DecisionTable::Compile(1, restrictions, catalogue, {}).value())
      .value();
}

class AuthzenScenario : public testing::Test {
 protected:
  Response Post(const Json& one, const std::string& body) {
    const std::string type = one.StringOr("content_type", "application/json");
    const std::vector<Field> headers{{"Content-Type", type}, {"X-Request-ID", "id-7"}};
    const std::string path = "/access/v1/" + one.StringAt("endpoint").value();
    return point_.Answer({.method = "POST", .path = path, .headers = headers, .body = body},
                         {.table = &snapshot_->table(), .now = kNow});
  }

  // The names that a search found, of the type asked for.
  static std::vector<std::string> Found(const Json& one, const Json& answer) {
    std::vector<std::string> names;
    for (const Json& result : **answer.ArrayAt("results")) {
      EXPECT_EQ(result.StringOr("type", ""), one.StringOr("type", result.StringOr("type", "")));
      names.push_back(result.StringOr("id", result.StringOr("name", "")));
    }
    return names;
  }
  static void CheckFound(const Json& one, const std::vector<std::string>& names) {
    const std::vector<std::string> includes = one.StringsAt("includes").value();
    for (const std::string& name : includes) {
      EXPECT_EQ(std::ranges::count(names, name), 1) << name;
    }
    const std::vector<std::string> excludes = one.StringsAt("excludes").value();
    for (const std::string& name : excludes) {
      EXPECT_EQ(std::ranges::count(names, name), 0) << name;
    }
    if (one.Find("exactly") != nullptr) {
      EXPECT_EQ(names, one.StringsAt("exactly").value());
    }
  }
  void CheckPages(const Json& one) {
    Json body = *one.Find("body");
    std::vector<std::string> names;
    for (std::size_t pages = 0; pages < 10; ++pages) {
      const Json answer = ParseJson(Post(one, body.Canonical()).body).value();
      for (const std::string& name : Found(one, answer)) names.push_back(name);
      const std::string token = answer.Find("page")->StringAt("next_token").value();
      if (token.empty()) break;
      body["page"] = Json::Of({{"token", token}});
    }
    EXPECT_EQ(names, one.StringsAt("pages").value());
  }
  static void CheckDecisions(const Json& one, const Json& answer) {
    const auto decisions = answer.ArrayAt("evaluations").value();
    if (const Json* count = one.Find("count")) {
      EXPECT_EQ(static_cast<std::int64_t>(decisions->size()), *count->AsInteger());
    }
    if (one.Find("decisions") == nullptr) return;
    const Json::Array& expected = *one.Find("decisions")->AsArray();
    ASSERT_EQ(decisions->size(), expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i) {
      EXPECT_EQ((*decisions)[i].BoolAt("decision").value(), *expected[i].AsBool()) << i;
    }
  }
  void Check(const Json& one) {
    const std::string body =
        one.Find("body") == nullptr ? one.StringOr("raw", "") : one.Find("body")->Canonical();
    const Response response = Post(one, body);
    ASSERT_EQ(response.status, one.IntegerOr("status", 200)) << response.body;
    EXPECT_EQ(AllHeaders(response).back().name, "X-Request-ID");
    EXPECT_EQ(AllHeaders(response).back().value, "id-7");
    if (response.status != 200) return;
    EXPECT_EQ(AllHeaders(response).front().value, "application/json");
    const Json answer = ParseJson(response.body).value();
    if (const Json* decision = one.Find("decision")) {
      EXPECT_EQ(answer.BoolAt("decision").value(), *decision->AsBool());
    } else if (answer.Find("evaluations") != nullptr) {
      CheckDecisions(one, answer);
    } else if (one.Find("pages") != nullptr) {
      CheckPages(one);
    } else {
      CheckFound(one, Found(one, answer));
    }
  }

  static inline const Time kNow = ParseTime("2026-12-01T00:00:00Z").value();
  std::unique_ptr<const TableSnapshot> snapshot_ = Fixture();
  Authzen point_{ReadListeners(FileText("tests/conformance/authzen_serve.yaml"), "serve.yaml")
                     .value()
                     .front()};
};

TEST_F(AuthzenScenario, IsAnsweredAsPublished) {
  const Json cases = ParseJson(FileText("tests/conformance/authzen_cases.json")).value();
  for (const Json& one : *cases.AsArray()) {
    SCOPED_TRACE(one.StringAt("id").value());
    Check(one);
  }
  EXPECT_EQ(cases.AsArray()->size(), 60U);
}

TEST_F(AuthzenScenario, IsDiscovered) {
  const Response response =
      point_.Answer({.method = "GET", .path = "/.well-known/authzen-configuration"}, {.now = kNow});
  EXPECT_EQ(response.status, 200);
  const Json metadata = ParseJson(response.body).value();
  EXPECT_EQ(metadata.StringAt("policy_decision_point").value(), "https://pdp.example.com");
  const std::string base = "https://pdp.example.com/access/v1/";
  EXPECT_EQ(metadata.StringAt("access_evaluation_endpoint").value(), base + "evaluation");
  EXPECT_EQ(metadata.StringAt("access_evaluations_endpoint").value(), base + "evaluations");
  EXPECT_EQ(metadata.StringAt("search_subject_endpoint").value(), base + "search/subject");
  EXPECT_EQ(metadata.StringAt("search_resource_endpoint").value(), base + "search/resource");
  EXPECT_EQ(metadata.StringAt("search_action_endpoint").value(), base + "search/action");
}

}  // namespace
}  // namespace proviso::points

#include "intake/internal/xarf.h"

#include <gtest/gtest.h>

#include <functional>
#include <set>

#include "intake/internal/schema_check.h"
#include "intake/internal/schema_formats.h"
#include "intake/internal/xarf_schemas.h"

namespace proviso::intake {
namespace {

// A valid report; each test breaks it in its own way.
Json Valid() {
  const Json house = Json::Of({{"org", "Example Rights Group"},
                               {"contact", "desk@rights.example"},
                               {"domain", "rights.example"}});
  Json evidence = Json::MakeArray();
  evidence.Append(Json::Of(
      {{"content_type", "text/plain"},
       {"payload", "cGxhbnRlZCBjYW5hcnk="},  // "planted canary"
       {"description", "What was seen"},
       {"hash", "sha256:b477ce02f95a8b44401aa9388bb0f574feb9fd1e7c28fb3f56763fcc1afd4698"}}));
  return Json::Of({{"xarf_version", "4.2.0"},
                   {"report_id", "4f0e6a52-8c0c-4b3e-9a62-1c5a1f6a7b10"},
                   {"timestamp", "2026-08-12T10:00:00+02:00"},
                   {"reporter", house},
                   {"sender", house},
                   {"source_identifier", "calls.customer.example"},
                   {"category", "reputation"},
                   {"type", "threat_intelligence"},
                   {"threat_type", "acceptable_use_violation"},
                   {"description", "The unit keeps calls in storage."},
                   {"tags", Json(Json::Array{"custom:aup_violation"})},
                   {"evidence", std::move(evidence)}});
}

std::string Refusal(const Json& document) {
  const Result<AbuseReport> read = ReadXarf(document.Pretty());
  return read ? "accepted" : read.error().message();
}

TEST(Xarf, KeepsWhatTheReportSaysAndNoPayload) {
  Json document = Valid();
  document["confidence"] = Json(Json::Fraction{"0.8"});
  document["made_up"] = "cGxhbnRlZCBjYW5hcnk=";
  document["_internal"] = Json::Of({{"ticket", "planted canary"}});
  const Result<AbuseReport> read = ReadXarf(document.Pretty());
  ASSERT_TRUE(read) << read.error().message();
  const Report& report = read->report;
  EXPECT_EQ(report.kind, ReportKind::kAbuseReport);
  EXPECT_EQ(report.text, "The unit keeps calls in storage.");
  EXPECT_EQ(report.outlet, "Example Rights Group");
  EXPECT_EQ(report.date, ParseDate("2026-08-12").value());
  EXPECT_EQ(report.details.StringOr("category", ""), "reputation");
  EXPECT_EQ(report.details.StringOr("threat_type", ""), "acceptable_use_violation");
  EXPECT_EQ(report.details.StringOr("confidence", ""), "0.8");
  EXPECT_EQ(report.details.StringsAt("other_members").value(), std::vector<std::string>{"made_up"});
  const Json& evidence = (*report.details.ArrayAt("evidence").value())[0];
  EXPECT_EQ(
      evidence,
      Json::Of({{"content_type", "text/plain"},
                {"description", "What was seen"},
                {"hash", "sha256:b477ce02f95a8b44401aa9388bb0f574feb9fd1e7c28fb3f56763fcc1afd4698"},
                {"size", 14}}));
  const std::string all = report.ToJson().Canonical();
  for (const char* const canary : {"planted canary", "cGxhbnRlZ", "ticket"}) {
    EXPECT_EQ(all.find(canary), std::string::npos) << canary;
  }
}

TEST(Xarf, HasASchemaForEachOfThe32Types) {
  std::set<std::string_view> names;
  for (const XarfSchema& schema : XarfSchemas()) {
    SchemaChecker checker;
    const Status added = checker.Add(schema.name, schema.text);
    EXPECT_TRUE(added) << added.error().message();
    names.insert(schema.name);
  }
  EXPECT_EQ(names.size(), 34U);  // with that of all reports and that of all content
}

TEST(Xarf, RefusesEachFaultWithItsPathAndReason) {
  const struct {
    const char* name;
    std::function<void(Json&)> break_it;
    const char* fault;
  } cases[] = {
      {"missing", [](Json& d) { d["report_id"] = Json(); },
       "`$.report_id`: expected string, found null"},
      {"uuid", [](Json& d) { d["report_id"] = "v2w3x4y5-1234-1234-1234-123456789012"; },
       "`$.report_id`: expected a value of the form uuid, found "
       "`v2w3x4y5-1234-1234-1234-123456789012`"},
      {"version", [](Json& d) { d["xarf_version"] = "5.0.0"; },
       "`$.xarf_version`: `5.0.0` does not match `^4\\.[0-9]+\\.[0-9]+$`"},
      {"time", [](Json& d) { d["timestamp"] = "yesterday"; },
       "`$.timestamp`: expected a value of the form date-time, found `yesterday`"},
      {"month", [](Json& d) { d["timestamp"] = "2026-13-01T00:00:00Z"; },
       "`$.timestamp`: expected a value of the form date-time, found `2026-13-01T00:00:00Z`"},
      {"email", [](Json& d) { d["reporter"]["contact"] = "nobody"; },
       "`$.reporter.contact`: expected a value of the form email, found `nobody`"},
      {"hostname", [](Json& d) { d["sender"]["domain"] = "-a b-"; },
       "`$.sender.domain`: expected a value of the form hostname, found `-a b-`"},
      {"more members", [](Json& d) { d["sender"]["type"] = "automated"; },
       "`$.sender.type`: is not allowed here"},
      {"long", [](Json& d) { d["reporter"]["org"] = std::string(201, 'x'); },
       "`$.reporter.org`: expected at most 200 characters, found 201"},
      {"category", [](Json& d) { d["category"] = "policy"; },
       "`$.category`: expected one of `messaging`, `content`, `copyright`, `connection`, "
       "`vulnerability`, `infrastructure`, `reputation`; found `policy`"},
      {"type", [](Json& d) { d["type"] = "spam"; },
       "`$.type`: category `reputation` has no type `spam`, but `blocklist`, "
       "`threat_intelligence`"},
      {"of the type", [](Json& d) { d["threat_type"] = 7; },
       "`$.threat_type`: expected string, found integer"},
      {"tags", [](Json& d) { d["tags"] = Json(Json::Array{"cve:CVE-2021-44228"}); },
       "`$.tags[0]`: `cve:CVE-2021-44228` does not match "
       "`^[a-z0-9][a-z0-9_+-]*:[a-z0-9][a-z0-9_+-]*$`"},
      {"many tags", [](Json& d) { d["tags"] = Json(Json::Array(21, Json("a:b"))); },
       "`$.tags`: expected at most 20 items, found 21"},
      {"confidence", [](Json& d) { d["confidence"] = Json(Json::Fraction{"1.5"}); },
       "`$.confidence`: expected at most 1.0, found `1.5`"},
      {"port", [](Json& d) { d["source_port"] = 0; },
       "`$.source_port`: expected at least 1, found `0`"},
      {"evidence", [](Json& d) { d["evidence"] = "x"; },
       "`$.evidence`: expected array, found string"},
      {"payload",
       [](Json& d) {
         d["evidence"] = Json(Json::Array{Json::Of({{"hash", "x"}})});
       },
       "`$.evidence[0].content_type`: is required and missing; `$.evidence[0].payload`: is "
       "required and missing; `$.evidence[0].hash`: `x` does not match "
       "`^(md5|sha1|sha256|sha512):[a-fA-F0-9]+$`"},
  };
  for (const auto& entry : cases) {
    Json document = Valid();
    entry.break_it(document);
    EXPECT_EQ(Refusal(document), "not a valid report in XARF v4: " + std::string(entry.fault))
        << entry.name;
  }
}

TEST(Xarf, TellsAllFaultsAtOnce) {
  Json document = Json::Of({{"xarf_version", "4.2.0"}, {"category", "content"}, {"type", "fraud"}});
  EXPECT_EQ(Refusal(document),
            "not a valid report in XARF v4: `$.report_id`: is required and missing; "
            "`$.timestamp`: is required and missing; `$.reporter`: is required and missing; "
            "`$.sender`: is required and missing; `$.source_identifier`: is required and missing; "
            "`$.url`: is required and missing; `$.fraud_type`: is required and missing");
}

TEST(Xarf, ATypeCanAskForMoreWhereSomethingHolds) {
  Json document = Valid();
  document["category"] = "connection";
  document["type"] = "ddos";
  document["protocol"] = "udp";
  document["first_seen"] = "2026-08-12T10:00:00Z";
  EXPECT_EQ(Refusal(document), "accepted");
  document["source_identifier"] = "192.0.2.7";
  EXPECT_EQ(Refusal(document),
            "not a valid report in XARF v4: `$.source_port`: is required and missing");
  document["source_port"] = 53;
  document["destination_ip"] = "192.0.2.777";
  EXPECT_EQ(Refusal(document),
            "not a valid report in XARF v4: `$.destination_ip`: expected ipv4 or ipv6, found "
            "`192.0.2.777`");
}

TEST(Xarf, RefusesOtherJsonWithAClearWord) {
  EXPECT_EQ(ReadXarf(R"({"Version":"3","ReporterInfo":{}})").error().code(),
            ErrorCode::kUnimplemented);
  EXPECT_EQ(ReadXarf(R"({"Version":"3","ReporterInfo":{}})").error().message(),
            "a report in XARF v3 (`$.Version`), which is not read; ask the sender for XARF v4");
  EXPECT_EQ(ReadXarf("[]").error().message(), "expected a JSON object with `xarf_version`");
  EXPECT_NE(
      Refusal(Json::Of({{"a", 1}})).find("is JSON that is no report; expected one JSON object"),
      std::string::npos);
  EXPECT_NE(Refusal(Json::Of({{"type", "x"}})).find("`$.xarf_version`: is required and missing"),
            std::string::npos);
}

TEST(Xarf, APayloadThatIsTooLargeIsRefusedAndOneThatIsNoBase64IsADefect) {
  Json document = Valid();
  Json::Array items = *document.ArrayAt("evidence").value();
  items[0]["payload"] = Base64Encode(Bytes(5'242'881));
  document["evidence"] = Json(items);
  EXPECT_EQ(Refusal(document),
            "not a valid report in XARF v4: `$.evidence[0].payload`: holds 5242881 bytes, more "
            "than 5242880");
  items[0]["payload"] = "planted canary";
  document["evidence"] = Json(items);
  const Result<AbuseReport> read = ReadXarf(document.Pretty());
  ASSERT_TRUE(read) << read.error().message();
  EXPECT_EQ(read->report.defects,
            std::vector<std::string>{"`$.evidence[0].payload` is no base64, so that its hash and "
                                     "size cannot be checked"});
}

TEST(Xarf, AHashThatDoesNotMatchIsADefect) {
  const Bytes abc{'a', 'b', 'c'};
  EXPECT_FALSE(HashDefect({0, "md5:900150983CD24FB0D6963F7D28E17F72", abc}));
  EXPECT_EQ(HashDefect({2, "md5:00", abc}),
            "`$.evidence[2].hash` does not match its payload: said `00`, computed "
            "`900150983cd24fb0d6963f7d28e17f72`");
}

TEST(SchemaFormats, HoldForWhatTheyName) {
  const struct {
    const char* format;
    std::vector<std::string> good;
    std::vector<std::string> bad;
  } cases[] = {
      {"date-time",
       {"2026-08-06T10:00:00Z", "2026-08-06T10:00:00.123+02:00", "2026-08-06t10:00:60z"},
       {"2026-08-06", "2026-08-06T10:00Z", "2026-08-06T24:00:00Z", "2026-08-06T10:00:00",
        "2026-08-06T10:00:00.Z", "2026-02-30T10:00:00Z"}},
      {"email", {"a.b+c@x.example"}, {"a", "@x.example", "a@", "a b@x.example", "a@x..example"}},
      {"hostname", {"x.example", "localhost", "xn--a-b.example"}, {"", "-x", "x_y", "a..b"}},
      {"uri",
       {"https://x.example/a?b=c#d", "magnet:?xt=urn:btih:abc", "urn:x:y"},
       {"x.example", "://x", "https://x example", "1http://x"}},
      {"ipv4", {"192.0.2.1"}, {"192.0.2", "192.0.2.256", "::1", "192.0.2.1 "}},
      {"ipv6", {"2001:db8::1", "::"}, {"2001:db8", "192.0.2.1", ":::"}},
      {"date", {"2026-08-06"}, {"2026-8-6"}},
  };
  for (const auto& entry : cases) {
    for (const auto& value : entry.good) EXPECT_TRUE(HasFormat(value, entry.format)) << value;
    for (const auto& value : entry.bad) EXPECT_FALSE(HasFormat(value, entry.format)) << value;
  }
}

TEST(SchemaChecker, RefusesASchemaWithAWordThatItDoesNotFollow) {
  SchemaChecker checker;
  const Status added = checker.Add("x", R"({"properties":{"a":{"oneOf":[]}}})");
  ASSERT_FALSE(added);
  EXPECT_EQ(added.error().message(), "read the schema `x`: the schema has the word `oneOf`");
}

}  // namespace
}  // namespace proviso::intake

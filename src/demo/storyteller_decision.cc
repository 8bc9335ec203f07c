// The second half of the story: a decision, nginx, the lift, the log.
#include <array>

#include "demo/storyteller.h"
#include "http_server/loopback_client.h"

namespace proviso::demo {
namespace {

namespace fs = std::filesystem;

// Folders that the gateway serves: which of them the decision of the story restricts.
struct Folder {
  const char* subscription;
  const char* service;
  const char* region;
  bool target;
  const char* why;
};

constexpr std::array kFolders = {
    Folder{"sub-em-archive-01", "blob-store", "nl-1", true, "the restricted storage"},
    Folder{"sub-em-language-02", "speech", "nl-1", true, "the restricted AI service"},
    Folder{"sub-em-archive-01", "threat-shield", "nl-1", false, "its security service"},
    Folder{"sub-em-archive-01", "blob-store", "ie-1", false, "its storage in another region"},
    Folder{"sub-em-college-05", "blob-store", "nl-1", false, "another part of the customer"},
    Folder{"sub-callcentre-recordings", "blob-store", "nl-1", false, "a neighbour with recordings"},
};

fs::path PathOf(const Folder& folder) {
  return fs::path(folder.subscription) / folder.service / folder.region / "file.txt";
}

std::string GatewayConfig(const fs::path& root, std::uint16_t port, std::uint16_t point) {
  std::string text =
      "worker_processes 1;\nevents { worker_connections 128; }\nhttp {\n  access_log off;\n";
  text += NginxProcess::HttpPaths(root);
  text += "  upstream proviso { server 127.0.0.1:" + std::to_string(point) +
          "; keepalive 16; }\n  server {\n    listen 127.0.0.1:" + std::to_string(port) + ";\n";
  text +=
      "    location ~ ^/(?<subscription>[^/]+)/(?<service>[^/]+)/(?<region>[^/]+)/ {\n"
      "      auth_request /_proviso;\n"
      "      auth_request_set $proviso_reason $upstream_http_x_proviso_reason;\n"
      "      auth_request_set $proviso_table $upstream_http_x_proviso_table;\n"
      "      add_header X-Proviso-Reason $proviso_reason always;\n"
      "      add_header X-Proviso-Table $proviso_table always;\n"
      "      dav_methods PUT DELETE MKCOL COPY MOVE;\n";
  text += "      root " + (root / "files").string() + ";\n    }\n";
  text +=
      "    location = /_proviso {\n"
      "      internal;\n"
      "      proxy_pass http://proviso/authz/forward;\n"
      "      proxy_http_version 1.1;\n"
      "      proxy_set_header Connection \"\";\n"
      "      proxy_pass_request_body off;\n"
      "      proxy_set_header Content-Length \"\";\n"
      "      proxy_set_header X-Proviso-Subscription $subscription;\n"
      "      proxy_set_header X-Proviso-Service $service;\n"
      "      proxy_set_header X-Proviso-Region $region;\n"
      "      proxy_set_header X-Original-Method $request_method;\n"
      "      proxy_connect_timeout 200ms; proxy_read_timeout 1s;\n"
      "    }\n  }\n}\n";
  return text;
}

Json DecisionFile(const std::vector<std::string>& findings, const Json& classes) {
  Json facts = Json::MakeArray();
  for (const std::string& finding : findings) facts.Append(finding);
  const Json restriction = Json::Of({{"unit", "example-signals-unit"},
                                     {"classes", classes},
                                     {"regions", Json(Json::Array{"nl-1"})},
                                     {"stage", "suspended"}});
  return Json::Of(
      {{"kind", "interim"},
       {"clause", "4.2"},
       {"summary", "A unit of the customer keeps recordings in bulk and transcribes them."},
       {"facts", facts},
       {"hearing", Json::Of({{"waived",
                              "The use grows by terabytes a day; a hearing is offered "
                              "within a week."}})},
       {"restrictions", Json(Json::Array{restriction})},
       {"keep_on", Json::Of({{"classes", Json(Json::Array{"security"})}})}});
}

}  // namespace

Status Storyteller::StartGateway() {
  const fs::path root = folder_ / "gateway";
  for (const Folder& folder : kFolders) {
    const fs::path path = root / "files" / PathOf(folder);
    PROVISO_TRY(environment_.files->CreateDirectories(path.parent_path()));
    PROVISO_TRY(environment_.files->WriteFile(path, AsBytes("An invented file.\n")));
  }
  std::vector<ReservedPort> ports;
  ports.push_back(PROVISO_TRY(ReservedPort::Take()));
  nginx_port_ = ports.front().number();
  const std::string config = GatewayConfig(root, nginx_port_, server_->ports().front());
  nginx_.emplace(PROVISO_TRY(NginxProcess::Start(root, config, std::move(ports))));
  Say("nginx at 127.0.0.1:" + std::to_string(nginx_port_) +
      " asks the decision point at 127.0.0.1:" + std::to_string(server_->ports().front()) +
      " before each request");
  return Probe(false);
}

Status Storyteller::Probe(bool restricted) {
  Json rows = Json::MakeArray();
  bool right = true;
  auto client = PROVISO_TRY(http_server::LoopbackClient::Connect(nginx_port_));
  for (const Folder& folder : kFolders) {
    const std::string target = "/" + PathOf(folder).string();
    const http_server::Response response = PROVISO_TRY(client.Ask("GET", target));
    const std::string reason(http_server::HeaderOf(response, "X-Proviso-Reason"));
    const std::string table(http_server::HeaderOf(response, "X-Proviso-Table"));
    const bool denied = restricted && folder.target;
    // A 403 without our reason and table number is somebody else's, and counts as failure.
    const bool expected = denied ? response.status == 403 && !reason.empty() && !table.empty()
                                 : response.status == 200 && reason.empty();
    right = right && expected;
    rows.Append(Json(Json::Array{std::to_string(response.status),
                                 expected ? "as expected" : "WRONG", "GET " + target, folder.why,
                                 reason.empty() ? "" : reason + " (table " + table + ")"}));
  }
  Show("probes", Json::Of({{"rows", rows}}));
  if (!right) return Fail(ErrorCode::kInternal, "the gateway did not answer as the story needs");
  return {};
}

Status Storyteller::RefusePlan() {
  const Json file = DecisionFile(findings_, Json(Json::Array{"object-storage", "security"}));
  const Json proposed = PROVISO_TRY(
      Act("anna", "decision propose", Json::Of({{"case", case_id_}, {"decision", file}})));
  const Result<Json> plan =
      Act("anna", "decision plan", Json::Of({{"decision", proposed.StringOr("id", "")}}));
  if (plan) {
    return Fail(ErrorCode::kInternal, "a plan that touches a kept service was not refused");
  }
  Say("refused, as it must be: " + plan.error().message());
  return {};
}

Status Storyteller::PlanDecision() {
  const Json file =
      DecisionFile(findings_, Json(Json::Array{"object-storage", "speech-to-text", "translation"}));
  const Json proposed = PROVISO_TRY(
      Act("anna", "decision propose", Json::Of({{"case", case_id_}, {"decision", file}})));
  decision_ = proposed.StringOr("id", "");
  Show("decision", PROVISO_TRY(Act("anna", "decision plan", Json::Of({{"decision", decision_}}))));
  return {};
}

Status Storyteller::Sign(const std::string& decision, const std::string& hash) {
  const Json args = Json::Of({{"decision", decision}, {"plan_hash", hash}});
  PROVISO_TRY(Act("ben", "decision sign", args));
  PROVISO_TRY(Act("cara", "decision sign", args));
  return {};
}

Result<Json> Storyteller::IssueStatement(const std::string& decision) {
  const Json shown = PROVISO_TRY(
      cast_->Ask(server_->instance(), "decision statement", Json::Of({{"decision", decision}})));
  Json args = Json::Of({{"decision", decision}});
  args["plan_hash"] = PROVISO_TRY(shown.StringAt("plan_hash"));
  args["statement_sha256"] = PROVISO_TRY(shown.StringAt("sha256"));
  return Act("lea", "statement issue", std::move(args));
}

Status Storyteller::SignAndState() {
  const Json shown = PROVISO_TRY(
      cast_->Ask(server_->instance(), "decision show", Json::Of({{"decision", decision_}})));
  const std::string hash = PROVISO_TRY(shown.StringAt("plan_hash"));
  PROVISO_TRY(Sign(decision_, hash));
  Say("Ben and Cara signed the hash of the plan: " + hash);
  const Json args = Json::Of({{"decision", decision_}, {"plan_hash", hash}});
  const Result<Json> early = Act("eva", "decision adopt", args);
  if (early) return Fail(ErrorCode::kInternal, "adopted without a statement");
  Say("refused, as it must be: " + early.error().message());
  const Json statement = PROVISO_TRY(IssueStatement(decision_));
  const std::string markdown = statement.StringOr("markdown", "");
  PROVISO_TRY(environment_.files->WriteFile(folder_ / "statement.md", AsBytes(markdown)));
  Say("Lea issued the statement of reasons: " + (folder_ / "statement.md").string());
  return {};
}

Status Storyteller::Adopt() {
  const Json shown = PROVISO_TRY(
      cast_->Ask(server_->instance(), "decision show", Json::Of({{"decision", decision_}})));
  const Time begin = environment_.clock->Now();
  PROVISO_TRY(Act("eva", "decision adopt",
                  Json::Of({{"decision", decision_},
                            {"plan_hash", PROVISO_TRY(shown.StringAt("plan_hash"))}})));
  const auto took = environment_.clock->Now() - begin;
  Say("Eva adopted it: in the log and in force after " + std::to_string(took.count()) + " ms");
  return Probe(true);
}

Status Storyteller::Lift() {
  const Json lifting = PROVISO_TRY(
      Act("anna", "decision lift",
          Json::Of({{"decision", decision_}, {"reason", "The customer ended the use."}})));
  const std::string id = lifting.StringOr("id", "");
  const Json planned = PROVISO_TRY(Act("anna", "decision plan", Json::Of({{"decision", id}})));
  const std::string hash = PROVISO_TRY(planned.StringAt("plan_hash"));
  PROVISO_TRY(Sign(id, hash));
  PROVISO_TRY(IssueStatement(id));
  PROVISO_TRY(Act("eva", "decision adopt", Json::Of({{"decision", id}, {"plan_hash", hash}})));
  Say(id + " lifts " + decision_ + ": planned, signed by two, stated, adopted");
  return Probe(false);
}

Status Storyteller::VerifyLog() {
  const Json report = PROVISO_TRY(cast_->Ask(server_->instance(), "log verify"));
  if (!report.BoolOr("ok", false)) {
    return Fail(ErrorCode::kDataLoss, "the log does not verify: " + report.Pretty());
  }
  Say(std::to_string(report.IntegerOr("size", 0)) + " entries hold, root " +
      report.StringOr("root", ""));
  return {};
}

}  // namespace proviso::demo

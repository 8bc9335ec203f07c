// A real nginx with auth_request before WebDAV folders.
#include <array>

#include "demo/storyteller.h"
#include "http_server/loopback_client.h"

namespace proviso::demo {
namespace {

namespace fs = std::filesystem;

// What is asked of the gateway, and in which phases of the story it is denied.
struct Request {
  const char* method;
  const char* subscription;
  const char* service;
  const char* region;
  bool in_interim;
  bool in_final;
  bool in_compute;
  const char* what;
};

constexpr std::array kRequests = {
    Request{"PUT", "sub-em-archive-01", "blob-store", "nl-1", false, true, true,
            "write to the restricted storage"},
    Request{"GET", "sub-em-archive-01", "blob-store", "nl-1", false, false, false,
            "read from it: the export window"},
    Request{"GET", "sub-em-language-02", "speech", "nl-1", false, true, true,
            "the restricted AI service"},
    Request{"MKCOL", "sub-em-language-02", "speech", "nl-1", true, true, true,
            "a new resource of it"},
    Request{"MKCOL", "sub-em-compute-03", "virtual-machines", "nl-1", false, false, true,
            "new compute"},
    Request{"GET", "sub-em-archive-01", "threat-shield", "nl-1", false, false, false,
            "its security service"},
    Request{"PUT", "sub-em-archive-01", "blob-store", "ie-1", false, false, false,
            "its storage in another region"},
    Request{"PUT", "sub-em-college-05", "blob-store", "nl-1", false, false, false,
            "another part of the customer"},
    Request{"PUT", "sub-callcentre-recordings", "blob-store", "nl-1", false, false, false,
            "a neighbour with recordings"},
};

fs::path FolderOf(const Request& request) {
  return fs::path(request.subscription) / request.service / request.region;
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

}  // namespace

Status Storyteller::StartGateway() {
  const fs::path root = folder_ / "gateway";
  for (const Request& request : kRequests) {
    const fs::path folder = root / "files" / FolderOf(request);
    PROVISO_TRY(environment_.files->CreateDirectories(folder));
    PROVISO_TRY(environment_.files->WriteFile(folder / "file.txt", AsBytes("An invented file.\n")));
  }
  std::vector<ReservedPort> ports;
  ports.push_back(PROVISO_TRY(ReservedPort::Take()));
  nginx_port_ = ports.front().number();
  const std::string config = GatewayConfig(root, nginx_port_, server_->ports().front());
  nginx_.emplace(PROVISO_TRY(NginxProcess::Start(root, config, std::move(ports))));
  Say("nginx at 127.0.0.1:" + std::to_string(nginx_port_) +
      " asks the decision point at 127.0.0.1:" + std::to_string(server_->ports().front()) +
      " before each request");
  return Probe(Phase::kOpen);
}

Status Storyteller::Probe(Phase phase) {
  ++probes_;  // what is written and made has a new name each time
  Json rows = Json::MakeArray();
  bool right = true;
  auto client = PROVISO_TRY(http_server::LoopbackClient::Connect(nginx_port_));
  for (const Request& request : kRequests) {
    const std::string method = request.method;
    std::string target = "/" + FolderOf(request).string() + "/";
    if (method == "GET") target += "file.txt";
    if (method == "PUT") target += "new-" + std::to_string(probes_) + ".txt";
    if (method == "MKCOL") target += "made-" + std::to_string(probes_) + "/";
    const http_server::Response response =
        PROVISO_TRY(client.Ask(method, target, {}, method == "PUT" ? "An invented file.\n" : ""));
    const std::string reason(http_server::HeaderOf(response, "X-Proviso-Reason"));
    const std::string table(http_server::HeaderOf(response, "X-Proviso-Table"));
    const bool denied = phase == Phase::kInterim   ? request.in_interim
                        : phase == Phase::kFinal   ? request.in_final
                        : phase == Phase::kCompute ? request.in_compute
                                                   : false;
    // A 403 without our reason and table number is somebody else's, and counts as failure.
    const int done = method == "GET" ? 200 : 201;
    const bool expected = denied ? response.status == 403 && !reason.empty() && !table.empty()
                                 : response.status == done && reason.empty();
    right = right && expected;
    rows.Append(Json(Json::Array{
        std::to_string(response.status), expected ? "as expected" : "WRONG", method + " " + target,
        request.what, reason.empty() ? "" : reason + " (table " + table + ")"}));
  }
  Show("probes", Json::Of({{"rows", rows}}));
  if (!right) return Fail(ErrorCode::kInternal, "the gateway did not answer as the story needs");
  return {};
}

}  // namespace proviso::demo

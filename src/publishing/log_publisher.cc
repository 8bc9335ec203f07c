#include "publishing/log_publisher.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "crypto/hash.h"
#include "publishing/internal/log_path.h"

namespace proviso::publishing {
namespace {

using http_server::Request;
using http_server::Response;

// The largest file of a log: a bundle of 256 entries of 65,535 bytes with their lengths.
constexpr std::uint64_t kFileBytesMax = 256U * (65'535U + 2U);
constexpr std::string_view kShortly = "public, max-age=2";
constexpr std::string_view kForEver = "public, max-age=31536000, immutable";

Response Refusal(int status, std::vector<http_server::ResponseHeader> headers = {}) {
  // What is not there now may be there a second later.
  headers.push_back({"Cache-Control", "no-store"});
  headers.push_back({"Access-Control-Allow-Origin", "*"});
  return {.status = status, .headers = std::move(headers)};
}

// Whether `tag` is one of those that the client has: "*", or a list of tags.
bool HasTag(const Request& request, const std::string& tag) {
  const auto header = request.FindHeader("If-None-Match");
  if (!header.once()) return false;
  return header.value == "*" || header.value.find(tag) != std::string_view::npos;
}

class Publishing {
 public:
  Publishing(io::FileSystem& files, const LogPublisherOptions& options)
      : files_(files), folder_(options.folder), prefix_(options.prefix + "/") {}

  Response Answer(const Request& request) const {
    if (!request.path.starts_with(prefix_)) return Refusal(404);
    const std::string path(request.path.substr(prefix_.size()));
    const LogPath kind = KindOfPath(path);
    if (kind == LogPath::kNone) return Refusal(404);
    if (request.method != "GET" && request.method != "HEAD") {
      return Refusal(405, {{"Allow", "GET, HEAD"}});
    }
    auto bytes = files_.ReadFile(folder_ / path, kFileBytesMax);
    if (!bytes) return Refusal(bytes.error().code() == ErrorCode::kNotFound ? 404 : 503);
    return Found(request, kind, *bytes);
  }

 private:
  static Response Found(const Request& request, LogPath kind, ByteView bytes) {
    const bool is_checkpoint = kind == LogPath::kCheckpoint;
    const std::string tag = '"' + crypto::Sha256(bytes).Hex().substr(0, 32) + '"';
    Response response;
    response.headers = {
        {"Content-Type", is_checkpoint ? "text/plain; charset=utf-8" : "application/octet-stream"},
        {"Cache-Control", std::string(is_checkpoint ? kShortly : kForEver)},
        {"ETag", tag},
        {"Access-Control-Allow-Origin", "*"},
        {"X-Content-Type-Options", "nosniff"}};
    if (HasTag(request, tag)) {
      response.status = 304;
    } else {
      response.body = AsText(bytes);
    }
    return response;
  }

  io::FileSystem& files_;
  const std::filesystem::path folder_;
  const std::string prefix_;
};

bool IsPrefix(std::string_view prefix) {
  const bool known = std::ranges::all_of(prefix, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.' || c == '/';
  });
  return prefix.empty() || (known && prefix.front() == '/' && prefix.back() != '/');
}

}  // namespace

Result<std::unique_ptr<LogPublisher>> LogPublisher::Start(io::FileSystem& files,
                                                          const LogPublisherOptions& options) {
  if (!IsPrefix(options.prefix)) {
    return Fail(ErrorCode::kInvalidArgument,
                "expected a prefix such as `/log`, which begins with a slash, ends with none, and "
                "has letters, digits, `-`, `_` and `.`, found `" +
                    options.prefix + "`");
  }
  auto server = PROVISO_TRY(http_server::HttpServer::Start(
      {.address = options.address, .threads = options.threads}, [&files, options] {
        return [publishing = Publishing(files, options)](const Request& request) {
          return publishing.Answer(request);
        };
      }));
  return std::unique_ptr<LogPublisher>(new LogPublisher(std::move(server)));
}

}  // namespace proviso::publishing

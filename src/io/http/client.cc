#include "io/http/client.h"

#include <curl/curl.h>

#include <algorithm>
#include <atomic>
#include <string_view>
#include <utility>

#include "io/internal/curl.h"

namespace proviso::io {
namespace {

struct CurlFree {
  void operator()(CURL* handle) const noexcept { curl_easy_cleanup(handle); }
  void operator()(CURLU* url) const noexcept { curl_url_cleanup(url); }
  void operator()(curl_slist* list) const noexcept { curl_slist_free_all(list); }
  void operator()(char* text) const noexcept { curl_free(text); }
};
template <typename T>
using CurlOwned = std::unique_ptr<T, CurlFree>;

bool IsLine(std::string_view text) {
  return std::ranges::none_of(text, [](char c) { return c == '\r' || c == '\n' || c == '\0'; });
}

bool IsToken(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
  });
}

struct Target {
  bool https = false;
  std::string server;  // scheme, host and port: what messages may name
};

// Part `part` of `url`; empty when it has none.
std::string PartOf(CURLU* url, CURLUPart part, unsigned int flags = 0) {
  char* text = nullptr;
  if (curl_url_get(url, part, &text, flags) != CURLUE_OK) return {};
  const CurlOwned<char> owned(text);
  return text;
}

Result<Target> ParseUrl(const std::string& text) {
  const CurlOwned<CURLU> url(curl_url());
  const auto refuse = [](const std::string& found) {
    return Fail(ErrorCode::kInvalidArgument,
                "expected an address that begins with https:// or http://, found `" + found + "`");
  };
  if (url == nullptr || !IsLine(text) ||
      curl_url_set(url.get(), CURLUPART_URL, text.c_str(), 0) != CURLUE_OK) {
    return refuse(text);
  }
  const std::string scheme = PartOf(url.get(), CURLUPART_SCHEME);
  if (scheme != "http" && scheme != "https") return refuse(text);
  if (!PartOf(url.get(), CURLUPART_USER).empty()) {
    return Fail(ErrorCode::kInvalidArgument, "expected an address without a user and a password");
  }
  return Target{.https = scheme == "https",
                .server = scheme + "://" + PartOf(url.get(), CURLUPART_HOST) + ":" +
                          PartOf(url.get(), CURLUPART_PORT, CURLU_DEFAULT_PORT)};
}

struct Receiving {
  std::string body;
  std::size_t bytes_max = 0;
  bool too_large = false;
};

std::size_t TakeBody(char* data, std::size_t size, std::size_t count, void* self) noexcept {
  auto& receiving = *static_cast<Receiving*>(self);
  const std::size_t bytes = size * count;
  if (bytes > receiving.bytes_max - receiving.body.size()) {
    receiving.too_large = true;
    return CURL_WRITEFUNC_ERROR;
  }
  receiving.body.append(data, bytes);
  return bytes;
}

int StopWhenTold(void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t) noexcept {
  return static_cast<const std::atomic<bool>*>(self)->load() ? 1 : 0;
}

}  // namespace

struct HttpClient::State {
  explicit State(Options given) : options(std::move(given)) {
    if (CurlIsReady()) handle.reset(curl_easy_init());
  }

  template <typename T>
  void Set(CURLoption option, T value) {
    // The options are known and of the right type; what a library without them would leave out is
    // reported by curl_easy_perform, or tested.
    if (curl_easy_setopt(handle.get(), option, value) != CURLE_OK) unset = true;
  }
  void SetLimits(const Target& target);
  Result<CurlOwned<curl_slist>> SetRequest(const HttpRequest& request);
  Error Explain(CURLcode code, const Target& target, const Receiving& receiving) const;

  const Options options;
  CurlOwned<CURL> handle;
  std::atomic<bool> stopped{false};
  bool unset = false;
  char reason[CURL_ERROR_SIZE] = {};
};

// Everything about the connection that does not come from the request.
void HttpClient::State::SetLimits(const Target& target) {
  // Resetting leaves open connections as they are.
  curl_easy_reset(handle.get());
  unset = false;
  reason[0] = '\0';
  Set(CURLOPT_ERRORBUFFER, &reason[0]);
  Set(CURLOPT_NOSIGNAL, 1L);
  Set(CURLOPT_PROTOCOLS_STR, "http,https");
  Set(CURLOPT_REDIR_PROTOCOLS_STR, target.https ? "https" : "http,https");
  Set(CURLOPT_TIMEOUT_MS, static_cast<long>(options.timeout.count()));
  Set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(options.connect_timeout.count()));
  Set(CURLOPT_ACCEPT_ENCODING, "gzip");
  Set(CURLOPT_USERAGENT, "proviso");
  if (!options.proxy_from_environment) Set(CURLOPT_PROXY, "");
  if (!options.ca_file.empty()) {
    Set(CURLOPT_CAINFO, options.ca_file.c_str());
    Set(CURLOPT_CAPATH, static_cast<const char*>(nullptr));
  }
  Set(CURLOPT_NOPROGRESS, 0L);
  Set(CURLOPT_XFERINFOFUNCTION, &StopWhenTold);
  Set(CURLOPT_XFERINFODATA, static_cast<void*>(&stopped));
  Set(CURLOPT_WRITEFUNCTION, &TakeBody);
}

// The list of headers must live until the answer is there.
Result<CurlOwned<curl_slist>> HttpClient::State::SetRequest(const HttpRequest& request) {
  if (!IsToken(request.method)) {
    return Fail(ErrorCode::kInvalidArgument,
                "expected a method such as GET, found `" + request.method + "`");
  }
  const bool reads = request.method == "GET" || request.method == "HEAD";
  Set(CURLOPT_URL, request.url.c_str());
  if (!request.body.empty() || !reads) {
    Set(CURLOPT_POST, 1L);
    Set(CURLOPT_POSTFIELDS, request.body.data());
    Set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
  }
  if (request.method == "HEAD") Set(CURLOPT_NOBODY, 1L);
  Set(CURLOPT_CUSTOMREQUEST, request.method.c_str());
  Set(CURLOPT_FOLLOWLOCATION, reads ? 1L : 0L);
  Set(CURLOPT_MAXREDIRS, static_cast<long>(options.redirects_max));
  // What libcurl would add by itself, and a server might not expect.
  std::vector<std::string> lines = {"Expect:", "Content-Type:"};
  for (const HttpHeader& header : request.headers) {
    if (!IsToken(header.name) || !IsLine(header.value)) {
      return Fail(ErrorCode::kInvalidArgument,
                  "expected a header of one line, found `" + header.name + "`");
    }
    lines.push_back(header.value.empty() ? header.name + ";" : header.name + ": " + header.value);
  }
  CurlOwned<curl_slist> list;
  for (const std::string& line : lines) {
    curl_slist* longer = curl_slist_append(list.get(), line.c_str());
    if (longer == nullptr) return Fail(ErrorCode::kInternal, "no memory for headers");
    static_cast<void>(list.release());
    list.reset(longer);
  }
  Set(CURLOPT_HTTPHEADER, list.get());
  return list;
}

Error HttpClient::State::Explain(CURLcode code, const Target& target,
                                 const Receiving& receiving) const {
  const std::string place = "`" + target.server + "`: ";
  if (receiving.too_large) {
    return {ErrorCode::kResourceExhausted, place + "expected an answer of at most " +
                                               std::to_string(receiving.bytes_max) +
                                               " bytes, found more"};
  }
  if (code == CURLE_ABORTED_BY_CALLBACK) return {ErrorCode::kUnavailable, place + "stopped"};
  std::string why = reason[0] != '\0' ? &reason[0] : curl_easy_strerror(code);
  if (code == CURLE_SSL_CACERT_BADFILE) {
    return {ErrorCode::kInvalidArgument,
            "`" + options.ca_file.string() + "`: expected certificates in PEM: " + std::move(why)};
  }
  return {ErrorCode::kUnavailable, place + "no answer: " + std::move(why)};
}

HttpClient::HttpClient(Options options) : state_(std::make_unique<State>(std::move(options))) {}
HttpClient::HttpClient(HttpClient&&) noexcept = default;
HttpClient& HttpClient::operator=(HttpClient&&) noexcept = default;
HttpClient::~HttpClient() = default;

Result<HttpResponse> HttpClient::Send(const HttpRequest& request) {
  State& state = *state_;
  if (state.handle == nullptr) return Fail(ErrorCode::kInternal, "libcurl cannot be used");
  const Target target = PROVISO_TRY(ParseUrl(request.url));
  if (state.stopped.load()) {
    return Fail(ErrorCode::kUnavailable, "`" + target.server + "`: stopped");
  }
  state.SetLimits(target);
  const CurlOwned<curl_slist> headers = PROVISO_TRY(state.SetRequest(request));
  Receiving receiving{.body = {}, .bytes_max = state.options.bytes_max};
  state.Set(CURLOPT_WRITEDATA, static_cast<void*>(&receiving));
  if (state.unset) {
    return Fail(ErrorCode::kUnimplemented, "libcurl lacks an option that we rely on");
  }
  const CURLcode code = curl_easy_perform(state.handle.get());
  if (code != CURLE_OK) return tl::unexpected(state.Explain(code, target, receiving));
  HttpResponse response;
  long status = 0;
  const char* type = nullptr;
  curl_easy_getinfo(state.handle.get(), CURLINFO_RESPONSE_CODE, &status);
  curl_easy_getinfo(state.handle.get(), CURLINFO_CONTENT_TYPE, &type);
  response.status = static_cast<int>(status);
  if (type != nullptr) response.content_type = type;
  response.body = std::move(receiving.body);
  return response;
}

void HttpClient::Stop() noexcept { state_->stopped.store(true); }

}  // namespace proviso::io

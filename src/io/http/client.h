#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"

namespace proviso::io {

struct HttpHeader {
  std::string name;
  std::string value;
};

struct HttpRequest {
  std::string method = "GET";
  std::string url;  // http or https
  std::vector<HttpHeader> headers = {};
  std::string body = {};
};

struct HttpResponse {
  int status = 0;
  std::string content_type;  // as sent; empty when there was none
  std::string body;          // gzip is undone
};

struct HttpClientOptions {
  std::chrono::milliseconds timeout{30'000};  // of a whole request, with its redirects
  std::chrono::milliseconds connect_timeout{10'000};
  std::size_t bytes_max = std::size_t{16} << 20U;  // of a body, after gzip is undone
  int redirects_max = 3;                           // of GET and HEAD; others are not redirected
  std::filesystem::path ca_file = {};              // PEM; empty: what the system trusts
  bool proxy_from_environment = false;
};

// Asks HTTP servers, one request after the other, and keeps connections open from one to the next.
// Speaks http and https alone, trusts no server whose certificate does not hold, and never goes
// from https to http. Reads no configuration of its own and no environment unless told to. For one
// thread at a time; Stop is thread-safe.
class HttpClient {
 public:
  using Options = HttpClientOptions;

  explicit HttpClient(Options options);
  HttpClient(HttpClient&&) noexcept;
  HttpClient& operator=(HttpClient&&) noexcept;
  ~HttpClient();

  // Any status is an answer. kInvalidArgument for a request that cannot be sent, kUnavailable with
  // the server and the reason when no whole answer came, kResourceExhausted above a limit.
  Result<HttpResponse> Send(const HttpRequest& request);

  // Ends the request under way within a second, and makes all later ones fail with kUnavailable.
  void Stop() noexcept;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace proviso::io

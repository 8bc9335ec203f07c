#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace proviso::http_server {

// A name with its value: a header, or a parameter of the query.
struct Field {
  std::string_view name;
  std::string_view value;
};

// How often a name occurs, and its first value. A value that decides something must occur once:
// a second one is how a client slips its own past a gateway that adds the true one.
struct Found {
  std::size_t count = 0;
  std::string_view value;

  bool once() const { return count == 1; }
};

class Deferrer;

// One HTTP request as a handler sees it. The views are valid during the call of the handler only.
struct Request {
  std::string_view method = {};  // as sent: "GET"
  std::string_view path = {};    // without the query, %-escapes decoded: "/authz/forward"
  std::span<const Field> query =
      {};  // in order, decoded; a parameter without `=` has an empty value
  std::span<const Field> headers =
      {};                      // in order, as sent; values have no control characters but tab
  std::string_view body = {};  // at most HttpServerOptions::body_bytes_max; overwritten afterwards
  Deferrer* deferrer = nullptr;  // to answer later; absent: it must be at once

  Found FindHeader(std::string_view name) const;  // ASCII case is ignored
  Found FindQuery(std::string_view name) const;
};

struct ResponseHeader {
  std::string name;
  std::string value;
};

// Headers that are the same in many answers, checked and written once.
class PreparedHeaders {
 public:
  PreparedHeaders() = default;
  explicit PreparedHeaders(std::vector<ResponseHeader> headers);

  const std::vector<ResponseHeader>& headers() const { return headers_; }
  bool sendable() const { return sendable_; }
  const std::string& lines() const { return lines_; }  // each begins with CR LF

 private:
  std::vector<ResponseHeader> headers_;
  std::string lines_;
  bool sendable_ = true;
};

// An answer. The server adds Date, Content-Length (0 for an empty body) and Connection itself. A
// header that could not be sent as one line makes the answer a 500 without any header.
struct Response {
  int status = 200;
  std::vector<ResponseHeader> headers = {};
  std::shared_ptr<const PreparedHeaders> prepared = nullptr;  // sent before `headers`
  std::string body = {};
  bool last = false;  // closes the connection after it
  // Why it refuses what was asked, for the access log (refusal.h); empty: it does not.
  std::string_view refusal = {};
};

// All that a handler says in headers, in the order in which they are sent.
std::vector<ResponseHeader> AllHeaders(const Response& response);

// One answered request for an access log. Neither query, nor headers, nor bodies: they may hold
// secrets.
struct AccessRecord {
  std::string_view method;
  std::string_view path;
  int status = 0;
  std::size_t request_body_bytes = 0;
  std::size_t response_body_bytes = 0;
  std::chrono::microseconds duration{};  // from the whole request to the end of the answer
  std::string_view refusal = {};         // why it was refused (refusal.h); empty: it was not
};

}  // namespace proviso::http_server

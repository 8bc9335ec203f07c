#pragma once

#include <chrono>
#include <cstddef>
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

// One HTTP request as a handler sees it. The views are valid during the call of the handler only.
struct Request {
  std::string_view method = {};  // as sent: "GET"
  std::string_view path = {};    // without the query, %-escapes decoded: "/authz/forward"
  std::span<const Field> query =
      {};  // in order, decoded; a parameter without `=` has an empty value
  std::span<const Field> headers =
      {};                      // in order, as sent; values have no control characters but tab
  std::string_view body = {};  // at most HttpServerOptions::body_bytes_max

  Found FindHeader(std::string_view name) const;  // ASCII case is ignored
  Found FindQuery(std::string_view name) const;
};

struct ResponseHeader {
  std::string name;
  std::string value;
};

// An answer. The server adds Date, Content-Length (0 for an empty body) and Connection itself. A
// header that could not be sent as one line makes the answer a 500 without any header.
struct Response {
  int status = 200;
  std::vector<ResponseHeader> headers = {};
  std::string body = {};
};

// One answered request for an access log. Neither query, nor headers, nor bodies: they may hold
// secrets.
struct AccessRecord {
  std::string_view method;
  std::string_view path;
  int status = 0;
  std::size_t request_body_bytes = 0;
  std::size_t response_body_bytes = 0;
  std::chrono::microseconds duration{};  // from the whole request to the end of the answer
};

}  // namespace proviso::http_server

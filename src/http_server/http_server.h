#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "http_server/message.h"

namespace proviso::http_server {

// Answers one request. Belongs to one thread of a server, so it may keep state without locks.
using Handler = std::function<Response(const Request&)>;
// Makes the handler of a thread: called once for each thread that answers, on that thread.
using HandlerFactory = std::function<Handler()>;

struct HttpServerOptions {
  // An IP address and a port, "127.0.0.1:8181" or "[::1]:8181"; port 0: any free one. Without TLS
  // only loopback addresses are served.
  std::string address = "127.0.0.1:0";
  int threads = 2;
  std::size_t connections_max = 1024;  // more wait until one of them ends
  // Where several servers share what a process may hold: this one's share now, which may change.
  // Null: no bound but connections_max. Must outlive the server.
  const std::atomic<std::size_t>* connections_share = nullptr;
  std::size_t header_bytes_max = 16384;    // request line and headers; above: 431, or 414
  std::size_t header_count_max = 100;      // above: 431
  std::size_t body_bytes_max = 1U << 20U;  // above: 413
  // A connection is closed that sends no whole request for so long, idle or slow.
  std::chrono::milliseconds idle_timeout{75'000};
  // ... and one that does not take its answer for so long.
  std::chrono::milliseconds answer_timeout{60'000};
  // How long Stop waits for answers that are on their way.
  std::chrono::milliseconds stop_grace{1'000};
  // The header that says why a request was refused before a handler saw it (refusal.h); empty:
  // none.
  std::string refusal_header = {};
  // Called after each answer, from the thread that gave it; several at a time. A
  // record is lost when it throws.
  std::function<void(const AccessRecord&)> access_log = nullptr;
};

// Whether HttpServer could be asked to listen on `address`; the errors of Start for what it says.
Status CheckAddress(std::string_view address);

// Where a server that listens on `address` is at `port`: "http://[::1]:8181".
std::string UrlOf(std::string_view address, std::uint16_t port);

// An HTTP/1.1 server for small answers: keep-alive, HEAD, chunked bodies, Expect: 100-continue.
// Refuses what two readers could understand differently (docs/decisions/0020-own-http-server.md).
// An exception out of a handler becomes a 500. Thread-safe.
class HttpServer {
 public:
  // kInvalidArgument for a bad address or option, kFailedPrecondition for an address beyond
  // loopback, kUnavailable when the address cannot be had.
  static Result<std::unique_ptr<HttpServer>> Start(HttpServerOptions options,
                                                   HandlerFactory make_handler);
  // All of that, but who connects waits until Begin. With the socket of `in_place_of`, where there
  // is one: while both live, either may answer, and nobody is refused when one of them ends.
  static Result<std::unique_ptr<HttpServer>> Prepare(HttpServerOptions options,
                                                     HandlerFactory make_handler,
                                                     const HttpServer* in_place_of = nullptr);
  void Begin();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;
  ~HttpServer();  // stops

  std::uint16_t port() const;
  std::uint64_t access_records_lost() const;
  std::size_t connections() const;  // open now

  // Takes no more connections, lets the answers on their way leave, closes the rest, and ends the
  // threads. A second call does nothing.
  void Stop();

 private:
  class Impl;
  explicit HttpServer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace proviso::http_server

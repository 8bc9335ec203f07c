#pragma once

#include <microhttpd.h>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "http_server/http_server.h"
#include "http_server/internal/target.h"

namespace proviso::http_server {

// What a request may measure; from HttpServerOptions.
struct Limits {
  std::size_t header_bytes_max = 0;
  std::size_t header_count_max = 0;
  std::size_t body_bytes_max = 0;
};

// One connection, and the request that it is at. Lives on the thread of its connection; only the
// atomic members are read elsewhere. Its memory is used again from request to request.
class Exchange {
 public:
  using Moment = std::chrono::steady_clock::time_point;

  Exchange(int socket, const Limits& limits) : limits_(limits), socket_(socket) {
    Wait(std::chrono::steady_clock::now());
  }
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;

  // A request line came in. `uri` is what stands between method and version.
  void Begin(const char* uri);

  // The headers are complete: checks them. 0, or the status to refuse the request with.
  int ReadHead(MHD_Connection* connection, const char* method, const char* version);

  // A part of the body came in. False: so much over the limit that no answer is worth the while.
  bool AppendBody(std::string_view part);
  bool body_too_large() const { return body_too_large_; }

  Request AsRequest() const;

  // The states of the connection, for the janitor: waiting for a whole request, or answering one.
  void Wait(Moment now) { Enter(false, now); }
  void Answer(Moment now) { Enter(true, now); }
  bool answering() const { return answering_.load(std::memory_order_acquire); }
  Moment since() const { return Moment(Moment::duration(since_.load(std::memory_order_acquire))); }
  int socket() const { return socket_; }

  bool head_read = false;  // of this request
  int status = 0;          // of the answer; 0 before there is one
  std::size_t answer_bytes = 0;
  Handler* handler = nullptr;  // of the thread of this connection

 private:
  static MHD_Result TakeHeader(void* self, MHD_ValueKind kind, const char* name,
                               std::size_t name_size, const char* value,
                               std::size_t value_size) noexcept;
  bool IsWhole(std::string_view method, std::string_view version, std::size_t head_bytes) const;
  int CheckFraming(bool http_1_0) const;
  void Enter(bool answering, Moment now) {
    since_.store(now.time_since_epoch().count(), std::memory_order_release);
    answering_.store(answering, std::memory_order_release);
  }

  const Limits limits_;
  const int socket_;
  std::atomic<Moment::rep> since_{0};
  std::atomic<bool> answering_{false};

  const char* uri_in_buffer_ = nullptr;
  std::string uri_;
  std::string method_;
  Target target_;
  std::vector<Field> headers_;
  std::string body_;
  bool body_too_large_ = false;
  std::size_t dropped_bytes_ = 0;  // of a body that is too large
};

}  // namespace proviso::http_server

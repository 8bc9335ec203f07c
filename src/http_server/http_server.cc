#include "http_server/http_server.h"

#include <microhttpd.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <condition_variable>
#include <list>
#include <mutex>
#include <thread>
#include <unordered_map>
#include <utility>

#include "base/check.h"
#include "http_server/internal/exchange.h"
#include "http_server/internal/listening_socket.h"

namespace proviso::http_server {
namespace {

using SteadyClock = std::chrono::steady_clock;

// What libmicrohttpd keeps beside the head of a request in the memory of a connection: its own
// records of the headers, and the head of the answer.
constexpr std::size_t kConnectionMemoryExtra = 16384;

Status CheckOptions(const HttpServerOptions& options) {
  const auto refuse = [](std::string message) {
    return Fail(ErrorCode::kInvalidArgument, std::move(message));
  };
  if (options.threads < 1 || options.threads > 256) {
    return refuse("expected 1 to 256 threads; found " + std::to_string(options.threads));
  }
  if (options.connections_max < static_cast<std::size_t>(options.threads) ||
      options.connections_max > 1'000'000) {
    return refuse("expected at least one connection a thread, and at most 1000000; found " +
                  std::to_string(options.connections_max));
  }
  if (options.header_bytes_max < 1024 || options.header_bytes_max > (1U << 20U)) {
    return refuse("expected a limit of 1024 to 1048576 bytes of headers; found " +
                  std::to_string(options.header_bytes_max));
  }
  if (options.body_bytes_max > (std::size_t{1} << 30U)) {
    return refuse("expected a limit of at most 1073741824 bytes of body; found " +
                  std::to_string(options.body_bytes_max));
  }
  if (options.idle_timeout.count() < 1 || options.answer_timeout.count() < 1) {
    return refuse("expected timeouts of a millisecond or more");
  }
  return {};
}

// Owns a response of libmicrohttpd, which counts references.
class LibraryResponse {
 public:
  LibraryResponse(const Response& response, bool last) {
    // An empty body is not copied; MHD_create_response_from_buffer wants a void* that it reads.
    response_ = MHD_create_response_from_buffer(
        response.body.size(), const_cast<char*>(response.body.data()), MHD_RESPMEM_MUST_COPY);
    complete_ = response_ != nullptr;
    for (const ResponseHeader& header : response.headers) {
      complete_ = complete_ && MHD_add_response_header(response_, header.name.c_str(),
                                                       header.value.c_str()) == MHD_YES;
    }
    if (last) {
      complete_ = complete_ && MHD_add_response_header(response_, "Connection", "close") == MHD_YES;
    }
  }
  LibraryResponse(const LibraryResponse&) = delete;
  LibraryResponse& operator=(const LibraryResponse&) = delete;
  ~LibraryResponse() {
    if (response_ != nullptr) MHD_destroy_response(response_);
  }
  bool complete() const { return complete_; }
  MHD_Response* get() const { return response_; }

 private:
  MHD_Response* response_ = nullptr;
  bool complete_ = false;
};

Response CallHandler(const Handler& handler, const Request& request) noexcept {
  try {
    return handler(request);
  } catch (...) {
    return {.status = MHD_HTTP_INTERNAL_SERVER_ERROR};
  }
}

}  // namespace

// The callbacks of libmicrohttpd arrive on its threads; each connection stays on one of them.
class HttpServer::Impl {
 public:
  Impl(HttpServerOptions options, HandlerFactory make_handler)
      : options_(std::move(options)),
        limits_{options_.header_bytes_max, options_.header_count_max, options_.body_bytes_max},
        make_handler_(std::move(make_handler)) {}
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;
  ~Impl() = default;

  Status Start();
  void Stop();
  std::uint16_t port() const { return port_; }
  std::uint64_t access_records_lost() const { return access_records_lost_.load(); }

 private:
  static void OnConnection(void* self, MHD_Connection* connection, void** context,
                           MHD_ConnectionNotificationCode what) noexcept;
  static void* OnRequestLine(void* self, const char* uri, MHD_Connection* connection) noexcept;
  static MHD_Result OnRequest(void* self, MHD_Connection* connection, const char* url,
                              const char* method, const char* version, const char* data,
                              std::size_t* data_size, void** context) noexcept;
  static void OnCompleted(void* self, MHD_Connection* connection, void** context,
                          MHD_RequestTerminationCode how) noexcept;

  MHD_Result Refuse(MHD_Connection* connection, Exchange& exchange, int status);
  MHD_Result Send(MHD_Connection* connection, Exchange& exchange, const Response& response,
                  bool last);
  static bool IsAnswering(const std::pair<const void* const, std::unique_ptr<Exchange>>& entry) {
    return entry.second->answering();
  }
  Handler* HandlerOfThisThread();
  void CloseOverdue(std::stop_token stop);

  const HttpServerOptions options_;
  const Limits limits_;
  const HandlerFactory make_handler_;
  std::uint16_t port_ = 0;
  MHD_Daemon* daemon_ = nullptr;
  std::atomic<bool> stopping_{false};
  std::atomic<std::uint64_t> access_records_lost_{0};

  // Guards the two containers, and that no socket of `exchanges_` is closed meanwhile. A condition
  // with a timeout and a stop token needs a standard mutex.
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::unordered_map<const void*, std::unique_ptr<Exchange>> exchanges_;
  std::list<std::pair<std::thread::id, Handler>> handlers_;
  std::jthread janitor_;
};

Status HttpServer::Impl::Start() {
  ListeningSocket socket = PROVISO_TRY(ListeningSocket::Open(options_.address));
  port_ = socket.port();
  const auto number = [](std::size_t value) { return static_cast<std::intptr_t>(value); };
  std::array<MHD_OptionItem, 8> items{{
      // The library closes the socket, when it cannot start too.
      {MHD_OPTION_LISTEN_SOCKET, socket.Release(), nullptr},
      {MHD_OPTION_CONNECTION_MEMORY_LIMIT,
       number(2 * options_.header_bytes_max + kConnectionMemoryExtra), nullptr},
      {MHD_OPTION_CONNECTION_LIMIT, number(options_.connections_max), nullptr},
      {MHD_OPTION_NOTIFY_CONNECTION,
       reinterpret_cast<std::intptr_t>(&HttpServer::Impl::OnConnection), this},
      {MHD_OPTION_URI_LOG_CALLBACK,
       reinterpret_cast<std::intptr_t>(&HttpServer::Impl::OnRequestLine), this},
      {MHD_OPTION_NOTIFY_COMPLETED, reinterpret_cast<std::intptr_t>(&HttpServer::Impl::OnCompleted),
       this},
      // One thread is none of a pool.
      {options_.threads > 1 ? MHD_OPTION_THREAD_POOL_SIZE : MHD_OPTION_END, options_.threads,
       nullptr},
      {MHD_OPTION_END, 0, nullptr},
  }};
  // Connections are timed by the janitor, in milliseconds and by whole requests: the timeout of
  // the library starts anew with each byte.
  daemon_ = MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_ITC, 0, nullptr, nullptr,
                             &HttpServer::Impl::OnRequest, this, MHD_OPTION_ARRAY, items.data(),
                             MHD_OPTION_END);
  if (daemon_ == nullptr) {
    return Fail(ErrorCode::kUnavailable, "cannot start the HTTP server on `" + options_.address +
                                             "`: too few threads, descriptors or memory");
  }
  janitor_ = std::jthread([this](std::stop_token stop) { CloseOverdue(std::move(stop)); });
  return {};
}

void HttpServer::Impl::Stop() {
  if (daemon_ == nullptr || stopping_.exchange(true)) return;
  {
    std::unique_lock lock(mutex_);
    // Each answer says from now on that it is the last of its connection.
    changed_.wait_for(lock, options_.stop_grace,
                      [this] { return std::ranges::none_of(exchanges_, IsAnswering); });
  }
  janitor_.request_stop();
  janitor_.join();
  MHD_stop_daemon(daemon_);
}

void HttpServer::Impl::CloseOverdue(std::stop_token stop) {
  using std::chrono::milliseconds;
  const milliseconds shortest = std::min(options_.idle_timeout, options_.answer_timeout);
  const milliseconds pause = std::clamp(shortest / 4, milliseconds(5), milliseconds(1000));
  std::unique_lock lock(mutex_);
  while (!stop.stop_requested()) {
    changed_.wait_for(lock, stop, pause, [] { return false; });
    const SteadyClock::time_point now = SteadyClock::now();
    for (const auto& [key, exchange] : exchanges_) {
      const milliseconds limit =
          exchange->answering() ? options_.answer_timeout : options_.idle_timeout;
      // The thread of the connection finds it ended, and closes it.
      if (now - exchange->since() > limit) shutdown(exchange->socket(), SHUT_RDWR);
    }
  }
}

Handler* HttpServer::Impl::HandlerOfThisThread() {
  const std::thread::id self = std::this_thread::get_id();
  {
    const std::lock_guard lock(mutex_);
    for (auto& [thread, handler] : handlers_) {
      if (thread == self) return &handler;
    }
  }
  Handler made;
  try {
    made = make_handler_();
  } catch (...) {
    return nullptr;
  }
  const std::lock_guard lock(mutex_);
  return &handlers_.emplace_back(self, std::move(made)).second;
}

void HttpServer::Impl::OnConnection(void* self, MHD_Connection* connection, void** context,
                                    MHD_ConnectionNotificationCode what) noexcept {
  Impl& server = *static_cast<Impl*>(self);
  const std::lock_guard lock(server.mutex_);
  if (what == MHD_CONNECTION_NOTIFY_STARTED) {
    const MHD_ConnectionInfo* const info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    auto exchange = std::make_unique<Exchange>(info->connect_fd, server.limits_);
    *context = exchange.get();
    server.exchanges_.emplace(*context, std::move(exchange));
    return;
  }
  // Called before the socket is closed, so its number is not in use again yet.
  server.exchanges_.erase(*context);
}

void* HttpServer::Impl::OnRequestLine(void*, const char* uri, MHD_Connection* connection) noexcept {
  const MHD_ConnectionInfo* const info =
      MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
  auto* const exchange = static_cast<Exchange*>(info->socket_context);
  exchange->Begin(uri);
  return exchange;
}

// tidy: the parameters are those of MHD_AccessHandlerCallback.
MHD_Result HttpServer::Impl::OnRequest(void* self, MHD_Connection* connection, const char*,
                                       const char* method, const char* version, const char* data,
                                       std::size_t* data_size, void** context) noexcept {
  Impl& server = *static_cast<Impl*>(self);
  Exchange& exchange = *static_cast<Exchange*>(*context);
  if (!exchange.head_read) {
    const int refusal = exchange.ReadHead(connection, method, version);
    return refusal == 0 ? MHD_YES : server.Refuse(connection, exchange, refusal);
  }
  if (*data_size > 0) {
    const bool go_on = exchange.AppendBody({data, *data_size});
    *data_size = 0;
    return go_on ? MHD_YES : MHD_NO;
  }
  if (exchange.body_too_large()) {
    return server.Refuse(connection, exchange, MHD_HTTP_CONTENT_TOO_LARGE);
  }
  if (exchange.handler == nullptr) exchange.handler = server.HandlerOfThisThread();
  exchange.Answer(SteadyClock::now());
  if (exchange.handler == nullptr) {
    return server.Refuse(connection, exchange, MHD_HTTP_INTERNAL_SERVER_ERROR);
  }
  return server.Send(connection, exchange, CallHandler(*exchange.handler, exchange.AsRequest()),
                     server.stopping_.load(std::memory_order_relaxed));
}

MHD_Result HttpServer::Impl::Refuse(MHD_Connection* connection, Exchange& exchange, int status) {
  exchange.Answer(SteadyClock::now());
  // What follows on the connection cannot be told apart from the rest of this request.
  return Send(connection, exchange, {.status = status}, true);
}

MHD_Result HttpServer::Impl::Send(MHD_Connection* connection, Exchange& exchange,
                                  const Response& response, bool last) {
  const LibraryResponse made(response, last);
  if (!made.complete() || response.status < 200 || response.status > 599) {
    const Response failure{.status = MHD_HTTP_INTERNAL_SERVER_ERROR};
    const LibraryResponse plain(failure, true);
    if (!plain.complete()) return MHD_NO;
    exchange.status = failure.status;
    return MHD_queue_response(connection, MHD_HTTP_INTERNAL_SERVER_ERROR, plain.get());
  }
  exchange.status = response.status;
  exchange.answer_bytes = response.body.size();
  return MHD_queue_response(connection, static_cast<unsigned>(response.status), made.get());
}

void HttpServer::Impl::OnCompleted(void* self, MHD_Connection*, void** context,
                                   MHD_RequestTerminationCode) noexcept {
  Impl& server = *static_cast<Impl*>(self);
  Exchange& exchange = *static_cast<Exchange*>(*context);
  const SteadyClock::time_point now = SteadyClock::now();
  if (server.options_.access_log && exchange.status != 0) {
    const Request request = exchange.AsRequest();
    const auto duration =
        std::chrono::duration_cast<std::chrono::microseconds>(now - exchange.since());
    try {
      server.options_.access_log({.method = request.method,
                                  .path = request.path,
                                  .status = exchange.status,
                                  .request_body_bytes = request.body.size(),
                                  .response_body_bytes = exchange.answer_bytes,
                                  .duration = duration});
    } catch (...) {
      // A log that cannot be written must not cost the answer.
      server.access_records_lost_.fetch_add(1, std::memory_order_relaxed);
    }
  }
  exchange.Wait(now);
  if (server.stopping_.load(std::memory_order_relaxed)) server.changed_.notify_all();
}

HttpServer::HttpServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
HttpServer::~HttpServer() { Stop(); }
std::uint16_t HttpServer::port() const { return impl_->port(); }
std::uint64_t HttpServer::access_records_lost() const { return impl_->access_records_lost(); }
void HttpServer::Stop() { impl_->Stop(); }

Result<std::unique_ptr<HttpServer>> HttpServer::Start(HttpServerOptions options,
                                                      HandlerFactory make_handler) {
  PROVISO_CHECK(make_handler != nullptr, "an HTTP server needs a handler");
  if (Status good = CheckOptions(options); !good) return tl::unexpected(std::move(good).error());
  auto impl = std::make_unique<Impl>(std::move(options), std::move(make_handler));
  if (Status started = impl->Start(); !started) {
    return tl::unexpected(std::move(started).error());
  }
  return std::unique_ptr<HttpServer>(new HttpServer(std::move(impl)));
}

}  // namespace proviso::http_server

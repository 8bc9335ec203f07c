#include "http_server/http_server.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <optional>
#include <utility>
#include <vector>

#include "base/check.h"
#include "http_server/internal/listening_socket.h"
#include "http_server/internal/worker.h"

namespace proviso::http_server {
namespace {

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

}  // namespace

// The first worker accepts, and gives each connection to the worker that has the fewest.
class HttpServer::Impl {
 public:
  Impl(HttpServerOptions options, HandlerFactory make_handler)
      : options_(std::move(options)), make_handler_(std::move(make_handler)) {}
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;
  ~Impl() = default;

  Status Prepare(const Impl* in_place_of) {
    if (in_place_of != nullptr && in_place_of->socket_) {
      socket_.emplace(PROVISO_TRY(in_place_of->socket_->Again()));
    } else {
      socket_.emplace(PROVISO_TRY(ListeningSocket::Open(options_.address)));
    }
    port_ = socket_->port();
    for (int i = 0; i < options_.threads; ++i) {
      workers_.push_back(std::make_unique<Worker>(options_, make_handler_, access_records_lost_));
    }
    for (const auto& worker : workers_) {
      const bool accepts = worker == workers_.front();
      const bool started = worker->Start([this, accepts](bool news) {
        // A socket that is not watched brings no news.
        if (accepts && (news || !watched_)) Accept();
      });
      if (!started) {
        Stop();
        return Fail(ErrorCode::kUnavailable, "cannot start the HTTP server on `" +
                                                 options_.address +
                                                 "`: too few threads, descriptors or memory");
      }
    }
    return {};
  }

  void Begin() {
    begun_.store(true, std::memory_order_release);
    workers_.front()->Wake();
  }

  void Stop() {
    if (stopping_.exchange(true)) return;
    for (const auto& worker : workers_) worker->BeginStopping();
    for (const auto& worker : workers_) worker->Join();
    socket_.reset();
  }

  std::uint16_t port() const { return port_; }
  std::uint64_t access_records_lost() const { return access_records_lost_.load(); }
  std::size_t Connections() const {
    std::size_t count = 0;
    for (const auto& worker : workers_) count += worker->connections();
    return count;
  }

 private:
  // On the thread of the first worker, each round.
  void Accept() {
    if (!begun_.load(std::memory_order_acquire)) return;
    bool full = false;
    while (!full) {
      full = Connections() >= ConnectionsMax();
      if (full) break;
      Descriptor accepted(
          accept4(socket_->descriptor(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
      if (accepted.number() < 0) {
        // Without descriptors the next round tries again: to be told at once would not help.
        full = errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM;
        if (errno == ECONNABORTED || errno == EINTR) continue;
        break;
      }
      const int yes = 1;
      setsockopt(accepted.number(), IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
      Least().Give(std::move(accepted));
    }
    if (full == watched_) {
      watched_ = !full;
      if (watched_) {
        workers_.front()->Watch(socket_->descriptor());
      } else {
        workers_.front()->Unwatch(socket_->descriptor());
      }
    }
  }

  std::size_t ConnectionsMax() const {
    if (options_.connections_share == nullptr) return options_.connections_max;
    return std::min(options_.connections_max,
                    options_.connections_share->load(std::memory_order_relaxed));
  }

  Worker& Least() {
    return **std::ranges::min_element(workers_, {},
                                      [](const auto& worker) { return worker->connections(); });
  }

  const HttpServerOptions options_;
  const HandlerFactory make_handler_;
  std::uint16_t port_ = 0;
  std::atomic<bool> begun_{false};
  std::atomic<bool> stopping_{false};
  std::atomic<std::uint64_t> access_records_lost_{0};
  std::optional<ListeningSocket> socket_;
  bool watched_ = false;  // of the first worker's thread
  std::vector<std::unique_ptr<Worker>> workers_;
};

HttpServer::HttpServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
HttpServer::~HttpServer() { Stop(); }
std::uint16_t HttpServer::port() const { return impl_->port(); }
std::size_t HttpServer::connections() const { return impl_->Connections(); }
std::uint64_t HttpServer::access_records_lost() const { return impl_->access_records_lost(); }
void HttpServer::Stop() { impl_->Stop(); }

void HttpServer::Begin() { impl_->Begin(); }

Result<std::unique_ptr<HttpServer>> HttpServer::Start(HttpServerOptions options,
                                                      HandlerFactory make_handler) {
  auto server = PROVISO_TRY(Prepare(std::move(options), std::move(make_handler)));
  server->Begin();
  return server;
}

Result<std::unique_ptr<HttpServer>> HttpServer::Prepare(HttpServerOptions options,
                                                        HandlerFactory make_handler,
                                                        const HttpServer* in_place_of) {
  PROVISO_CHECK(make_handler != nullptr, "an HTTP server needs a handler");
  if (Status good = CheckOptions(options); !good) return tl::unexpected(std::move(good).error());
  auto impl = std::make_unique<Impl>(std::move(options), std::move(make_handler));
  PROVISO_TRY(impl->Prepare(in_place_of == nullptr ? nullptr : in_place_of->impl_.get()));
  return std::unique_ptr<HttpServer>(new HttpServer(std::move(impl)));
}

}  // namespace proviso::http_server

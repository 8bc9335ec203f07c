#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/mutex.h"
#include "base/published.h"
#include "base/time.h"
#include "http_server/http_server.h"
#include "points/listener.h"
#include "points/sight.h"
#include "points/table_snapshot.h"
#include "points/tally.h"
#include "telemetry/request_figures.h"

namespace proviso::points {

struct PointServerOptions {
  int threads = 2;  // for each listener
  std::size_t connections_max = 16'384;
  // For all listeners; each has the same share of it. 0: as many as the process may have open, but
  // for a quarter, which is for everything else that it opens.
  std::size_t connections_in_all_max = 0;
  std::function<void(const http_server::AccessRecord&)> access_log = nullptr;
  // Milliseconds of a clock that never jumps; the computer's own when absent.
  UptimeClock uptime = nullptr;
  // Sees each verdict; must outlive the server. May be null.
  VerdictObserver* observer = nullptr;
};

// What one listener did since the process began.
struct ListenerFigures {
  std::string name;
  ProtocolKind protocol;
  Tally::Sums verdicts;
  telemetry::RequestFigures::Sums requests;
  std::size_t connections = 0;      // now
  std::size_t connections_max = 0;  // for now
  bool serves = false;              // false: it was there before a reload
};

// A decision point: listeners that answer from the newest table published to it. Thread-safe, but
// for Begin, Reload and Stop, which belong to one thread. Each listener also answers `/healthz`
// (200) and
// `/readyz` (200 once there is a table and until Drain, else 503).
class PointServer {
 public:
  // The errors of HttpServer::Start. `clock` must outlive the server.
  static Result<std::unique_ptr<PointServer>> Start(const std::vector<Listener>& listeners,
                                                    const Clock& clock,
                                                    const PointServerOptions& options = {});
  // All of that, but who connects waits until Begin: whoever publishes its first table before that
  // answers nobody without one.
  static Result<std::unique_ptr<PointServer>> Prepare(const std::vector<Listener>& listeners,
                                                      const Clock& clock,
                                                      const PointServerOptions& options = {});
  void Begin();
  PointServer(const PointServer&) = delete;
  PointServer& operator=(const PointServer&) = delete;
  ~PointServer() { Stop(); }

  // Every request that comes in after this returns is answered from `table`.
  void Publish(std::unique_ptr<const TableSnapshot> table);

  // Says that the table published last is the newest that there is. To be called again and again:
  // a listener may stop believing a table of which nobody says so, or never did.
  void Confirm();

  // How long ago that was; more than a century before the first time.
  std::chrono::milliseconds SinceConfirmed() const;
  // The clock that this is measured with: it never jumps.
  std::chrono::milliseconds Uptime() const { return shared_.uptime(); }

  // Reads what was published last. Must not outlive the server.
  Published<TableSnapshot>::Reader NewestTable() const {
    return Published<TableSnapshot>::Reader(shared_.published);
  }

  // How many tables were published.
  std::uint64_t published() const { return count_.load(std::memory_order_relaxed); }

  std::vector<std::uint16_t> ports() const;  // in the order of the listeners
  std::vector<Listener> listeners() const;   // that are served, each with its name

  // Serves `listeners` from now on. One that was served already goes on untouched, with its
  // connections; one that has another one's address takes its place, and nobody who connects
  // meanwhile is refused. When one of them cannot listen, nothing changes, and the error tells of
  // each that cannot.
  Status Reload(const std::vector<Listener>& listeners);

  std::vector<ListenerFigures> Figures() const;

  // `/readyz` says 503 from now on, and each answer that it is the last of its connection. Nothing
  // else changes: who still asks is answered.
  void Drain();

  void Stop();  // as HttpServer::Stop

 private:
  static constexpr std::chrono::milliseconds kNeverConfirmed = -std::chrono::years(1000);
  // What the handlers read; outlives the servers.
  struct Shared {
    Published<TableSnapshot> published;
    std::atomic<std::chrono::milliseconds> confirmed{kNeverConfirmed};
    UptimeClock uptime;
    std::atomic<bool> draining{false};
  };
  // What a listener counts, under its name and protocol, from reload to reload.
  struct Counts {
    telemetry::RequestFigures requests;
    Mutex mutex;
    std::list<Tally> tallies GUARDED_BY(mutex);  // one for each thread
  };
  struct Entry {
    Listener listener;
    Counts* counts = nullptr;
    std::unique_ptr<http_server::HttpServer> server;
  };
  class Handler;

  PointServer(const Clock& clock, PointServerOptions options);
  Counts* CountsOf(const Listener& listener);
  // Ready to begin, in the place of what has its address, of `leaving`.
  Result<Entry> Prepare(const Listener& listener, const std::vector<const Entry*>& leaving);
  // Those that are served and not among `listeners`; those that are not served yet.
  std::vector<const Entry*> Leaving(const std::vector<Listener>& listeners) const;
  Result<std::vector<Entry>> PrepareNew(const std::vector<Listener>& listeners);
  bool Serves(const Listener& listener) const;

  const Clock& clock_;
  const PointServerOptions options_;
  std::atomic<std::size_t> connections_share_{0};  // of each listener
  bool begun_ = false;
  Shared shared_;
  std::atomic<std::uint64_t> count_{0};
  mutable Mutex mutex_;
  std::map<std::pair<std::string, ProtocolKind>, std::unique_ptr<Counts>> counts_
      GUARDED_BY(mutex_);
  std::vector<Entry> entries_ GUARDED_BY(mutex_);  // changed by Reload alone
};

}  // namespace proviso::points

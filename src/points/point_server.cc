#include "points/point_server.h"

#include <sys/resource.h>
#include <time.h>

#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "points/protocol.h"

namespace proviso::points {
namespace {

using http_server::Request;
using http_server::Response;

Response Readiness(const TableSnapshot* snapshot, bool draining) {
  if (draining) return {.status = 503, .body = "stopping\n"};
  if (snapshot == nullptr) return {.status = 503, .body = "no table yet\n"};
  return {.status = 200, .body = "table " + std::to_string(snapshot->table().number()) + "\n"};
}

// Time while the computer sleeps counts too: a table is as old afterwards as it is.
std::chrono::milliseconds ComputerUptime() {
  timespec now{};
  ::clock_gettime(CLOCK_BOOTTIME, &now);
  return std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec));
}

// The listeners, each with a name of its own.
std::vector<Listener> Named(std::vector<Listener> listeners) {
  std::set<std::string> taken;
  for (Listener& listener : listeners) {
    const std::string wanted = listener.name.empty() ? listener.address : listener.name;
    listener.name = wanted;
    for (int count = 2; !taken.insert(listener.name).second; ++count) {
      listener.name = wanted + "#" + std::to_string(count);
    }
  }
  return listeners;
}

// Of the descriptors that this process may have, three quarters: tables, logs and whatever else it
// opens must not wait until a client goes away.
std::size_t ConnectionsOfProcess() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return PointServerOptions().connections_max;
  return static_cast<std::size_t>(limit.rlim_cur / 4 * 3);
}

bool TakesAnyPort(const Listener& listener) { return listener.address.ends_with(":0"); }

std::string InPlace(const Listener& listener, const Error& error) {
  return (listener.place.text.empty() ? "" : listener.place.text + ": ") + "listener `" +
         listener.name + "`: " + error.message();
}

}  // namespace

// Answers for one thread of one listener.
class PointServer::Handler {
 public:
  Handler(const Listener& listener, Tally* tally, std::shared_ptr<io::HttpPoster> upstream,
          const Shared& shared, const Clock& clock)
      : listener_(listener),
        protocol_(MakeProtocol(listener_, tally, std::move(upstream))),
        reader_(shared.published),
        shared_(&shared),
        clock_(&clock),
        tells_age_(listener_.last_good || (tally != nullptr && tally->observer() != nullptr)) {}

  Response operator()(const Request& request) {
    const bool draining = shared_->draining.load(std::memory_order_relaxed);
    Response response = Answer(request, draining);
    if (draining) response.last = true;
    return response;
  }

 private:
  Response Answer(const Request& request, bool draining) {
    if (protocol_->Covers(request.path)) return Ask(request);
    if (request.path == "/healthz") return {.status = 200, .body = "ok\n"};
    if (request.path == "/readyz") return Readiness(reader_.Get(), draining);
    return {.status = 404};
  }

  Response Ask(const Request& request) {
    try {
      const TableSnapshot* const snapshot = reader_.Get();
      return protocol_->Answer(request,
                               {.table = snapshot == nullptr ? nullptr : &snapshot->table(),
                                .now = clock_->Now(),
                                .age = tells_age_ ? Age() : std::chrono::milliseconds(0),
                                .uptime = &shared_->uptime});
    } catch (...) {
      // Out of memory, that is. What a 500 means is the gateway's to say, what this means is ours.
      return protocol_->Trouble(reader_.Get() == nullptr ? ReasonCode::kNoTable
                                                         : ReasonCode::kCannotDecide);
    }
  }

  std::chrono::milliseconds Age() const {
    return shared_->uptime() - shared_->confirmed.load(std::memory_order_relaxed);
  }

  const Listener listener_;
  std::unique_ptr<Protocol> protocol_;
  Published<TableSnapshot>::Reader reader_;
  const Shared* shared_;
  const Clock* clock_;
  const bool tells_age_;  // whether anybody looks at it: it costs a look at a clock
};

PointServer::PointServer(const Clock& clock, PointServerOptions options)
    : clock_(clock), options_(std::move(options)) {
  shared_.uptime = options_.uptime ? options_.uptime : ComputerUptime;
}

Result<std::unique_ptr<PointServer>> PointServer::Start(const std::vector<Listener>& listeners,
                                                        const Clock& clock,
                                                        const PointServerOptions& options) {
  auto point = PROVISO_TRY(Prepare(listeners, clock, options));
  point->Begin();
  return point;
}

Result<std::unique_ptr<PointServer>> PointServer::Prepare(const std::vector<Listener>& listeners,
                                                          const Clock& clock,
                                                          const PointServerOptions& options) {
  std::unique_ptr<PointServer> point(new PointServer(clock, options));
  PROVISO_TRY(point->Reload(listeners));
  return point;
}

void PointServer::Begin() {
  if (std::exchange(begun_, true)) return;
  const MutexLock lock(mutex_);
  for (const Entry& entry : entries_) entry.server->Begin();
}

PointServer::Counts* PointServer::CountsOf(const Listener& listener) {
  const MutexLock lock(mutex_);
  std::unique_ptr<Counts>& counts = counts_[{listener.name, listener.protocol}];
  if (counts == nullptr) counts = std::make_unique<Counts>();
  return counts.get();
}

Result<PointServer::Entry> PointServer::Prepare(const Listener& listener,
                                                const std::vector<const Entry*>& leaving) {
  Counts* const counts = CountsOf(listener);
  const auto upstream = PROVISO_TRY(StartUpstream(listener));
  const auto make_handler = [this, listener, counts, upstream] {
    Tally* tally = nullptr;
    {
      const MutexLock lock(counts->mutex);
      tally = &counts->tallies.emplace_back(options_.observer);
    }
    // A std::function can be copied, and what answers for a thread cannot.
    auto handler = std::make_shared<Handler>(listener, tally, upstream, shared_, clock_);
    return http_server::Handler([handler](const Request& request) { return (*handler)(request); });
  };
  const auto count = [counts, also = options_.access_log](const http_server::AccessRecord& record) {
    counts->requests.Count(record.status, record.duration);
    if (!record.refusal.empty()) counts->requests.CountRefused(record.refusal);
    if (also) also(record);
  };
  const auto before = std::ranges::find_if(leaving, [&](const Entry* entry) {
    return entry->listener.address == listener.address && !TakesAnyPort(listener);
  });
  auto server = PROVISO_TRY(http_server::HttpServer::Prepare(
      {.address = listener.address,
       .threads = options_.threads,
       .connections_max = options_.connections_max,
       .connections_share = &connections_share_,
       .body_bytes_max = BodyBytesMax(listener),
       .refusal_header = "X-Proviso-Code",
       .access_log = count},
      make_handler, before == leaving.end() ? nullptr : (*before)->server.get()));
  return Entry{.listener = listener, .counts = counts, .server = std::move(server)};
}

bool PointServer::Serves(const Listener& listener) const {
  const MutexLock lock(mutex_);
  return std::ranges::find(entries_, listener, &Entry::listener) != entries_.end();
}

std::vector<const PointServer::Entry*> PointServer::Leaving(
    const std::vector<Listener>& listeners) const {
  const MutexLock lock(mutex_);
  std::vector<const Entry*> leaving;
  for (const Entry& entry : entries_) {
    const bool stays = std::ranges::find(listeners, entry.listener) != listeners.end();
    if (!stays) leaving.push_back(&entry);
  }
  return leaving;
}

Result<std::vector<PointServer::Entry>> PointServer::PrepareNew(
    const std::vector<Listener>& listeners) {
  const std::vector<const Entry*> leaving = Leaving(listeners);
  std::vector<Entry> fresh;
  std::string failures;
  ErrorCode code = ErrorCode::kUnavailable;
  for (const Listener& listener : listeners) {
    if (Serves(listener)) continue;
    Result<Entry> prepared = Prepare(listener, leaving);
    if (prepared) {
      fresh.push_back(std::move(*prepared));
      continue;
    }
    code = prepared.error().code();
    failures += (failures.empty() ? "" : "\n") + InPlace(listener, prepared.error());
  }
  if (!failures.empty()) return Fail(code, failures);
  return fresh;
}

Status PointServer::Reload(const std::vector<Listener>& listeners) {
  const std::vector<Listener> wanted = Named(listeners);
  std::vector<Entry> fresh = PROVISO_TRY(PrepareNew(wanted));
  // Nothing fails from here on.
  const std::size_t in_all = options_.connections_in_all_max > 0 ? options_.connections_in_all_max
                                                                 : ConnectionsOfProcess();
  connections_share_ = std::max<std::size_t>(1, in_all / std::max<std::size_t>(1, wanted.size()));
  if (begun_) {
    for (const Entry& entry : fresh) entry.server->Begin();
  }
  std::vector<Entry> entries;
  entries.reserve(wanted.size());
  {
    const MutexLock lock(mutex_);
    for (const Listener& listener : wanted) {
      for (std::vector<Entry>* from : {&entries_, &fresh}) {
        const auto found = std::ranges::find_if(*from, [&](const Entry& entry) {
          return entry.server != nullptr && entry.listener == listener;
        });
        if (found == from->end()) continue;
        entries.push_back(std::move(*found));
        entries.back().listener = listener;  // it may stand elsewhere now
        break;
      }
    }
    std::swap(entries_, entries);
  }
  entries.clear();  // stops the rest: what they answer leaves
  return {};
}

void PointServer::Publish(std::unique_ptr<const TableSnapshot> table) {
  shared_.published.Publish(std::move(table));
  count_.fetch_add(1, std::memory_order_relaxed);
}

void PointServer::Confirm() {
  shared_.confirmed.store(shared_.uptime(), std::memory_order_relaxed);
}

std::chrono::milliseconds PointServer::SinceConfirmed() const {
  return shared_.uptime() - shared_.confirmed.load(std::memory_order_relaxed);
}

std::vector<std::uint16_t> PointServer::ports() const {
  const MutexLock lock(mutex_);
  std::vector<std::uint16_t> ports;
  ports.reserve(entries_.size());
  for (const Entry& entry : entries_) ports.push_back(entry.server->port());
  return ports;
}

std::vector<Listener> PointServer::listeners() const {
  const MutexLock lock(mutex_);
  std::vector<Listener> listeners;
  listeners.reserve(entries_.size());
  for (const Entry& entry : entries_) listeners.push_back(entry.listener);
  return listeners;
}

std::vector<ListenerFigures> PointServer::Figures() const {
  const MutexLock lock(mutex_);
  std::vector<ListenerFigures> figures;
  for (const auto& [key, counts] : counts_) {
    ListenerFigures& one = figures.emplace_back();
    one.name = key.first;
    one.protocol = key.second;
    one.requests = counts->requests.Add();
    {
      const MutexLock counts_lock(counts->mutex);
      for (const Tally& tally : counts->tallies) tally.AddTo(one.verdicts);
    }
    for (const Entry& entry : entries_) {
      if (entry.counts != counts.get()) continue;
      one.serves = true;
      one.connections += entry.server->connections();
      one.connections_max += std::min(options_.connections_max, connections_share_.load());
    }
  }
  return figures;
}

void PointServer::Drain() { shared_.draining.store(true, std::memory_order_relaxed); }

void PointServer::Stop() {
  const MutexLock lock(mutex_);
  for (const Entry& entry : entries_) entry.server->Stop();
}

}  // namespace proviso::points

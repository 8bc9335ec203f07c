#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

// A load on an HTTP server on loopback, from one thread: what the benchmarks of this room ask with.
namespace proviso::points::internal {

struct LoadPlan {
  std::uint16_t port = 0;
  std::string request;           // the bytes of one request
  std::size_t connections = 32;  // each asks again when it has its answer
  std::chrono::milliseconds length{2000};
  // Requests a second that are sent whether or not the answers before came; 0: as many as come
  // through. A request that finds no free connection waits, and its waiting counts.
  double rate = 0;
  std::size_t idle = 0;  // further connections that never ask
  std::size_t slow = 0;  // ... that send a byte of a request each second
  std::size_t rude = 0;  // ... that break off in the middle of a request: so many each 20 ms
};

struct LoadSeen {
  double seconds = 0;
  std::uint64_t answers = 0;
  std::uint64_t failures = 0;  // broken connections, and answers of another status than the first
  int status = 0;              // of the first answer
  double p50_us = 0;
  double p999_us = 0;

  double PerSecond() const { return seconds > 0 ? static_cast<double>(answers) / seconds : 0; }
};

// Runs the plan in this thread; `connected` is called when all connections are there. `seconds` is
// 0 when nothing could be connected.
LoadSeen RunLoad(const LoadPlan& plan, const std::function<void()>& connected);

// The same in a process of its own, so that its CPU time is not the server's: `program` is this
// one's path, which must call LoadMain when its first argument is "load".
class LoadProcess {
 public:
  LoadProcess(const std::string& program, const LoadPlan& plan);
  LoadProcess(const LoadProcess&) = delete;
  LoadProcess& operator=(const LoadProcess&) = delete;
  ~LoadProcess();             // ends it
  bool WaitUntilConnected();  // false: it could not connect
  LoadSeen Wait();            // until it is through its plan

 private:
  // Appends what it says next to `text`; false at the end.
  bool Read(std::string& text) const;

  int process_ = -1;
  int output_ = -1;
};
int LoadMain(int argc, char** argv);

// The whole answer to one request; empty when there is none.
std::string AnswerTo(std::uint16_t port, std::string_view request);

}  // namespace proviso::points::internal

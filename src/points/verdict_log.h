#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "base/bytes.h"
#include "base/mutex.h"
#include "base/random.h"
#include "base/time.h"
#include "io/files/descriptor.h"
#include "points/decider.h"
#include "points/tally.h"

namespace proviso::points {

struct VerdictLogOptions {
  std::filesystem::path file;
  // Subscriptions as they are; else as pseudonyms under a key that this process alone has.
  bool clear = false;
  std::size_t queue_max = 16384;  // verdicts that wait to be written; more are dropped
};

// Writes a line of JSON for each verdict (docs/formats/verdict-log.md), from a thread of its own:
// who decides never waits for a disk. Thread-safe.
class VerdictLog final : public VerdictObserver {
 public:
  static Result<std::unique_ptr<VerdictLog>> Open(VerdictLogOptions options, Random& random);
  VerdictLog(const VerdictLog&) = delete;
  VerdictLog& operator=(const VerdictLog&) = delete;
  ~VerdictLog() override;  // writes what waits

  void Saw(const Listener& listener, const Asked& asked, const Sight& sight,
           const Outcome& outcome) override;

  // Goes on in a new file under the same name, where somebody moved the old one away. The old one
  // is written on when it fails.
  Status Reopen();

  std::uint64_t written() const { return written_.load(std::memory_order_relaxed); }
  // Why the last verdict that is not in it is not, for people.
  std::string WhyDropped() const;
  // Because too many waited, or the disk took no more.
  std::uint64_t dropped() const { return dropped_.load(std::memory_order_relaxed); }

 private:
  struct Line {
    Time at;
    std::chrono::milliseconds age;
    std::string listener;
    ProtocolKind protocol;
    std::optional<std::string> subscription;
    std::string service;
    std::string region;
    std::optional<enforcement::Operation> operation;
    bool allowed;
    ReasonCode code;
    std::string restriction;
    std::optional<std::uint64_t> table;
  };

  VerdictLog(VerdictLogOptions options, std::shared_ptr<const io::Descriptor> file, Bytes key);
  void WriteUntilClosed();
  std::string InText(const Line& line) const;

  const VerdictLogOptions options_;
  const Bytes key_;
  Mutex mutex_;
  Condition changed_;
  std::shared_ptr<const io::Descriptor> file_ GUARDED_BY(mutex_);
  bool in_a_line_ GUARDED_BY(mutex_);  // whether what is there ends before the end of a line
  std::vector<Line> waiting_ GUARDED_BY(mutex_);
  bool closing_ GUARDED_BY(mutex_) = false;
  std::atomic<std::uint64_t> written_{0};
  std::atomic<std::uint64_t> dropped_{0};
  std::atomic<int> failure_{0};  // of the system, when the last one was dropped; 0: too many waited
  std::jthread writing_;
};

}  // namespace proviso::points

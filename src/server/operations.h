#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "points/point_server.h"
#include "points/table_follower.h"
#include "points/tally.h"
#include "server/log_news.h"
#include "service/data_directory.h"
#include "telemetry/journal.h"
#include "telemetry/service_manager.h"

namespace proviso::server {

struct OperationsOptions {
  std::string metrics = {};  // address of `/metrics`; empty: nowhere
  telemetry::Journal::Form log = telemetry::Journal::Form::kText;
  std::filesystem::path verdicts = {};  // the log of verdicts; empty: none
  bool verdicts_clear = false;
  std::string version = {};
};

// What runs beside a decision point, whatever process it is in: the journal, figures, the log of
// verdicts, and word to the program that started this one. Owns its threads.
class Operations {
 public:
  static Result<std::unique_ptr<Operations>> Start(const OperationsOptions& options,
                                                   const service::Environment& environment);
  Operations(const Operations&) = delete;
  Operations& operator=(const Operations&) = delete;
  ~Operations();

  telemetry::Journal& journal();
  points::VerdictObserver* observer();  // null without a log of verdicts
  std::uint16_t metrics_port() const;   // 0 without one

  // While it lives, what it was made with is watched. That and the Operations outlive it.
  class [[nodiscard]] Watching {
   public:
    explicit Watching(Operations& operations) : operations_(operations) {}
    Watching(const Watching&) = delete;
    Watching& operator=(const Watching&) = delete;
    ~Watching() { operations_.Unwatch(); }

   private:
    Operations& operations_;
  };
  // One at a time; null: there is none.
  struct Watched {
    points::PointServer* points = nullptr;
    const points::TableFollower* follower = nullptr;
    const std::atomic<std::uint64_t>* tables_restored = nullptr;
  };
  Watching Watch(const Watched& watched);

  // They listen. `what` is for people.
  void SayReady(const std::string& what);
  // Serves `listeners` from now on, and opens the log of verdicts anew. When anything is wrong with
  // `listeners`, all of them stay as they are, and the journal and a figure say so.
  void Reload(const Result<std::vector<points::Listener>>& listeners);
  void SayStopping(std::chrono::seconds drain);
  // What became of the log of this process; the figures have it from the first time on.
  void SayLog(const LogNews& news);
  // A line about a table.
  void SayTable(const points::TableNews& news);

 private:
  class Impl;
  void Unwatch();
  explicit Operations(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace proviso::server

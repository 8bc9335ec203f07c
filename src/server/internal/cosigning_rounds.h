#pragma once

#include <functional>
#include <string>
#include <thread>

#include "service/instance.h"

namespace proviso::server {

// Has the log's witnesses cosign new checkpoints while it lives; no command waits for them.
// `instance` must outlive it. Owns its thread.
class CosigningRounds {
 public:
  // Takes a line for each change at a witness. Called from a thread of this one's own.
  using Report = std::function<void(const std::string& line)>;
  CosigningRounds(service::Instance& instance, Report report);
  CosigningRounds(const CosigningRounds&) = delete;
  CosigningRounds& operator=(const CosigningRounds&) = delete;
  // Ends a round under way; the instance asks no witness after that.
  ~CosigningRounds();

 private:
  void RunUntil(const std::stop_token& stop);

  service::Instance& instance_;
  const Report report_;
  std::jthread thread_;
};

// Asks the witnesses once, before the log is written on: a log that was put back must not grow.
// kDataLoss says that this is so; whatever else is wrong, and what changed, is reported.
Status AskWitnessesFirst(service::Instance& instance, const CosigningRounds::Report& report);

}  // namespace proviso::server

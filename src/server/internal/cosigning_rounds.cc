#include "server/internal/cosigning_rounds.h"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <utility>

namespace proviso::server {
namespace {

// What networks of witnesses ask of a log: no more than one checkpoint a second.
constexpr std::chrono::seconds kCosigningPause{1};

}  // namespace

CosigningRounds::CosigningRounds(service::Instance& instance, Report report)
    : instance_(instance), report_(std::move(report)) {
  thread_ = std::jthread([this](const std::stop_token& stop) { RunUntil(stop); });
}

CosigningRounds::~CosigningRounds() {
  thread_.request_stop();
  instance_.StopCosigning();
  thread_.join();
}

void CosigningRounds::RunUntil(const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any pause;
  std::string last;
  std::unique_lock lock(mutex);
  while (!pause.wait_for(lock, stop, kCosigningPause, [] { return false; })) {
    if (stop.stop_requested()) return;
    if (!instance_.IsUsable()) continue;  // no checkpoint is published that could be cosigned
    const auto news = instance_.Cosign(true);
    if (!report_ || stop.stop_requested()) continue;
    for (const std::string& line : news ? *news : std::vector<std::string>()) report_(line);
    const std::string failure = news ? std::string() : news.error().message();
    // Once, and not each second: nothing else happens until somebody mends it.
    if (!failure.empty() && failure != last) report_("ALARM: " + failure);
    last = failure;
  }
}

Status AskWitnessesFirst(service::Instance& instance, const CosigningRounds::Report& report) {
  const auto news = instance.Cosign(false);
  if (!news && news.error().code() == ErrorCode::kDataLoss) {
    return tl::unexpected<Error>(news.error());
  }
  if (!report) return {};
  if (!news) report(news.error().message());
  for (const std::string& line : news ? *news : std::vector<std::string>()) report(line);
  return {};
}

}  // namespace proviso::server

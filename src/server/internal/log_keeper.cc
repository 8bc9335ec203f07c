#include "server/internal/log_keeper.h"

#include <algorithm>

namespace proviso::server {
namespace {

// Between attempts to go on: each reads the whole log.
constexpr std::chrono::milliseconds kPauseLeast{1'000};
constexpr std::chrono::milliseconds kPauseMost{60'000};

}  // namespace

LogNews TellStop(const ledger::Ledger::Stop& stop) {
  LogNews news{.stopped = true, .reason = stop.why.message(), .remedy = stop.remedy};
  if (stop.can_go_on) news.remedy += ", and this server goes on by itself";
  news.message = "the log has stopped, and no act is stored any more: " + news.reason + "; " +
                 news.remedy + "; gateways are answered from the table that there is";
  return news;
}

LogNews TellClosed(const Error& why) {
  LogNews news{.stopped = true,
               .reason = why.message(),
               .remedy = "mend that, and this server goes on by itself"};
  news.message = "the log cannot be opened, and no act is stored: " + news.reason + "; " +
                 news.remedy + "; gateways are answered from the table that there is";
  return news;
}

LogNews TellStillClosed(const Error& why) {
  return {.stopped = true,
          .message = "the log cannot be opened yet, and is tried again: " + why.message(),
          .reason = why.message()};
}

void LogKeeper::Look(Clock::time_point now) {
  TellHindrance();
  const auto stop = instance_.Stopped();
  if (const std::uint64_t damaged = instance_.DamagedParts(); damaged_ != damaged) {
    damaged_ = damaged;
    Say({.stopped = stop.has_value(), .damaged_parts = damaged});
  }
  if (stop && stop->why.message() != told_) {
    told_ = stop->why.message();
    failure_.clear();
    Say(TellStop(*stop));
    pause_ = kPauseLeast;
    next_ = now;
  }
  if (now >= next_) TryAt(now);
}

void LogKeeper::TellHindrance() {
  const auto hindrance = instance_.Hindered();
  if (hindrance.has_value() == hindered_) return;
  hindered_ = hindrance.has_value();
  if (hindrance) {
    Say({.message = "acts are refused, and change nothing: " + hindrance->message(),
         .reason = hindrance->message()});
  } else if (told_.empty()) {
    Say({.message = "acts are stored again"});
  }
}

void LogKeeper::TryAt(Clock::time_point now) {
  const Result<bool> went_on = instance_.GoOn();
  if (went_on && !instance_.Stopped() && !told_.empty()) {
    told_.clear();
    Say({.message = "the log goes on, and acts are stored again"});
  }
  if (went_on) {
    failure_.clear();
    pause_ = kPauseLeast;
  } else if (went_on.error().message() != failure_) {
    failure_ = went_on.error().message();
    Say({.stopped = !instance_.IsUsable(),
         .message = "not mended yet, and tried again: " + failure_,
         .reason = failure_});
  }
  next_ = now + pause_;
  if (!went_on) pause_ = std::min(pause_ * 2, kPauseMost);
}

void LogKeeper::Say(const LogNews& news) {
  if (report_) report_(news);
}

}  // namespace proviso::server

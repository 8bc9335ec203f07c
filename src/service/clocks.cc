// Whether the clocks of who signs, of this machine and of the log agree.
#include "service/internal/clocks.h"

#include <chrono>

namespace proviso::service {
namespace {

constexpr std::chrono::minutes kActAgeMax{10};
constexpr std::chrono::minutes kActAheadMax{2};
// As `log verify` warns of entries.
constexpr std::chrono::minutes kClocksDiffer{10};

constexpr std::string_view kCompareClocks =
    "one of the two clocks is wrong: compare `date -u` on the machine that signed and on the one "
    "that has the log";

bool IsBehindTheLog(Time now, const State& state) {
  return state.next_index > 0 && now < state.last_time - kClocksDiffer;
}

std::string NewestEntry(const State& state) {
  return "the log's newest entry, " + std::to_string(state.next_index - 1) + ", is of " +
         FormatTime(state.last_time);
}

}  // namespace

Status CheckActTime(const enforcement::Act& act, Time now, const State& state) {
  const bool is_old = act.at < now - kActAgeMax;
  if (!is_old && act.at <= now + kActAheadMax) return {};
  std::string text = "the act was signed at " + FormatTime(act.at) +
                     ", by the clock of who signed it, and here it is " + FormatTime(now) +
                     ": expected " +
                     (is_old ? "ten minutes between them at most" : "it two minutes ahead at most");
  if (is_old) text += "; if it was signed a while ago, sign it again; if not, ";
  if (!is_old) text += "; ";
  text += kCompareClocks;
  if (IsBehindTheLog(now, state)) {
    text += "; " + NewestEntry(state) + ", later than the clock here";
  }
  return Fail(ErrorCode::kPermissionDenied, text);
}

std::optional<std::string> ClockWarning(Time now, const State& state) {
  if (!IsBehindTheLog(now, state)) return std::nullopt;
  return "by the clock of this machine it is " + FormatTime(now) + ", and " + NewestEntry(state) +
         ": this clock is wrong, or the one that wrote that entry was; compare `date -u` with "
         "another machine before anything else is recorded";
}

}  // namespace proviso::service

#include "verifier/internal/entry_times.h"

#include <string>

namespace proviso::verifier {

void EntryTimes::See(std::uint64_t index, std::string_view text) {
  const Result<Time> time = ParseTime(text);
  if (!time) return;  // said already: it is no time
  if (!newest_ || *time >= *newest_) {
    newest_ = *time;
    newest_entry_ = index;
    return;
  }
  if (*time >= *newest_ - kMargin) return;
  if (found_.count++ == 0) {
    found_.first = TimesBackwards::Step{.entry = index,
                                        .time = std::string(text),
                                        .after_entry = newest_entry_,
                                        .after_time = FormatTime(*newest_)};
  }
  // Measured anew from here: an entry of a clock that was far ahead is blamed once, not every later
  // one.
  newest_ = *time;
  newest_entry_ = index;
}

}  // namespace proviso::verifier

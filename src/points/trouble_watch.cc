#include "points/trouble_watch.h"

#include <utility>

namespace proviso::points {

std::vector<TroubleWatch::News> TroubleWatch::Look(const std::vector<ListenerFigures>& figures,
                                                   std::chrono::milliseconds now) {
  std::vector<News> news;
  for (const ListenerFigures& listener : figures) {
    for (std::size_t i = 0; i < kReasonCodeCount; ++i) {
      const auto code = static_cast<ReasonCode>(i);
      if (!IsTrouble(code)) continue;
      const std::uint64_t count =
          listener.verdicts.Counted(true, code) + listener.verdicts.Counted(false, code);
      LookAt({.listener = listener.name, .code = std::string(ReasonCodeName(code))}, count, now,
             news);
    }
    for (const auto& [code, count] : listener.requests.refused) {
      LookAt({.listener = listener.name, .refusal = true, .code = code}, count, now, news);
    }
  }
  return news;
}

void TroubleWatch::LookAt(const News& kind, std::uint64_t count, std::chrono::milliseconds now,
                          std::vector<News>& news) {
  Seen& seen = seen_[{kind.listener, kind.code}];
  const auto tell = [&](bool begins) {
    news.push_back(kind);
    news.back().begins = begins;
    news.back().answers = count - seen.before;
  };
  if (count > seen.count) {
    if (!seen.troubled) {
      seen.before = seen.count;
      tell(true);
    }
    seen.troubled = true;
    seen.last = now;
    seen.count = count;
  } else if (seen.troubled && now - seen.last >= kQuiet) {
    seen.troubled = false;
    tell(false);
  }
}

}  // namespace proviso::points

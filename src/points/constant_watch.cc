#include "points/constant_watch.h"

#include <utility>

namespace proviso::points {

using enforcement::DecisionTable;

std::vector<ConstantWatch::News> ConstantWatch::Look(const std::vector<Listener>& listeners,
                                                     const DecisionTable& table) {
  std::vector<News> news;
  std::set<Word> unknown;
  const auto look = [&](const Listener& listener, const char* key, const Channel& channel,
                        std::uint32_t number) {
    if (channel.kind != Channel::Kind::kConstant || number != DecisionTable::kUnknown) return;
    const Word word{listener.name, key, channel.name};
    unknown.insert(word);
    if (told_.contains(word)) return;
    const std::string place = listener.place.text.empty() ? "" : listener.place.text + ": ";
    news.push_back({listener.name, place + "listener `" + listener.name + "`: table " +
                                       std::to_string(table.number()) + " knows no " + key + " `" +
                                       channel.name +
                                       "`; each question is answered as `unknown` says until one "
                                       "does, or until the listener has another constant"});
  };
  for (const Listener& listener : listeners) {
    look(listener, "service", listener.service, table.ServiceNumber(listener.service.name));
    look(listener, "region", listener.region, table.RegionNumber(listener.region.name));
  }
  told_ = std::move(unknown);
  return news;
}

}  // namespace proviso::points

#pragma once

#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "enforcement/decision_table.h"
#include "points/listener.h"

namespace proviso::points {

// Tells of services and regions that stand as constants in the listeners' file and that the table
// does not know: each question there is answered as `unknown` says. Once for each, until the table
// knows it. Belongs to one thread.
class ConstantWatch {
 public:
  struct News {
    std::string listener;
    std::string message;
  };
  std::vector<News> Look(const std::vector<Listener>& listeners,
                         const enforcement::DecisionTable& table);

 private:
  using Word = std::tuple<std::string, std::string, std::string>;  // listener, key, value
  std::set<Word> told_;
};

}  // namespace proviso::points

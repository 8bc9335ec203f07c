#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "points/decider.h"
#include "points/tally.h"

namespace proviso::points {

// Keeps verdicts, with copies of what they were made from, for who observes them: somebody else is
// still asked, and may change what is answered. Belongs to one thread.
class HeldVerdicts final : public VerdictObserver {
 public:
  void Saw(const Listener& listener, const Asked& asked, const Sight& sight,
           const Outcome& outcome) override;

  // The verdicts about one question.
  class Batch {
   public:
    // Shows them to `observer` as they were found, the last of them being what was found for the
    // whole question. Where something else was `answered`, it goes for each of them.
    void ShowTo(VerdictObserver& observer, const Listener& listener, const Outcome& answered) const;

   private:
    friend class HeldVerdicts;
    struct Verdict {
      std::optional<std::string> subscription;
      std::string service;
      std::string region;
      std::optional<enforcement::Operation> operation;
      Time now;
      std::chrono::milliseconds age;
      Outcome outcome;
    };
    std::vector<Verdict> verdicts_;
  };
  // Those that came since the last time.
  Batch Take();

 private:
  Batch batch_;
};

}  // namespace proviso::points

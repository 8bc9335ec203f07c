#include "points/held_verdicts.h"

#include <utility>

namespace proviso::points {

void HeldVerdicts::Saw(const Listener& /*listener*/, const Asked& asked, const Sight& sight,
                       const Outcome& outcome) {
  Batch::Verdict& verdict = batch_.verdicts_.emplace_back();
  if (asked.subscription) verdict.subscription = std::string(*asked.subscription);
  verdict.service = asked.service;
  verdict.region = asked.region;
  verdict.operation = asked.operation;
  verdict.now = sight.now;
  verdict.age = sight.age;
  verdict.outcome = outcome;
}

HeldVerdicts::Batch HeldVerdicts::Take() { return std::exchange(batch_, {}); }

void HeldVerdicts::Batch::ShowTo(VerdictObserver& observer, const Listener& listener,
                                 const Outcome& answered) const {
  if (verdicts_.empty()) return;
  const Outcome& found = verdicts_.back().outcome;
  const bool as_found = found.allowed == answered.allowed && found.code == answered.code;
  for (const Verdict& verdict : verdicts_) {
    Asked asked{.subscription = std::nullopt,
                .service = verdict.service,
                .region = verdict.region,
                .operation = verdict.operation,
                .repeated = {}};
    if (verdict.subscription) asked.subscription = *verdict.subscription;
    // The table may be gone; which one it was is in the outcome.
    observer.Saw(listener, asked, {.table = nullptr, .now = verdict.now, .age = verdict.age},
                 as_found ? verdict.outcome : answered);
  }
}

}  // namespace proviso::points

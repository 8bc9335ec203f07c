#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "enforcement/restriction.h"
#include "points/listener.h"
#include "points/reason_code.h"
#include "points/sight.h"
#include "points/tally.h"

namespace proviso::points {

// What a gateway asks, in the words that it used. The views live as long as the request.
struct Asked {
  // Absent: nobody is named, or more than one.
  std::optional<std::string_view> subscription;
  std::string_view service;
  std::string_view region;
  std::optional<enforcement::Operation> operation;  // absent: a word that is none
  // Which of service, region and operation came twice, and may be the client's; empty: none.
  std::string_view repeated;
  // Whether whoever handed the subscription on may have joined two into one, as gateways do with
  // headers.
  bool may_be_joined = true;
  bool operator==(const Asked&) const = default;
};

// What a listener says to one question.
struct Outcome {
  bool allowed = false;
  ReasonCode code = ReasonCode::kNone;
  std::string reason;                  // for people; empty when allowed for want of a restriction
  std::optional<std::uint64_t> table;  // the number of the table that answered; absent: none did
  // With restriction, clause, stage and the like when one denies; empty otherwise.
  enforcement::Answer answer;
};

// Decides for one listener what its gateways are told, whatever protocol they speak. Belongs to one
// thread.
class Decider {
 public:
  // `tally` may be null; both must outlive this.
  // Who counts answers: this, or whoever asks it, because more is asked before there is one.
  enum class Counting { kHere, kElsewhere };
  Decider(const Listener& listener, Tally* tally, Counting counting = Counting::kHere)
      : listener_(&listener), tally_(tally), counting_(counting) {}

  // Never fails; allocates nothing when it allows without a reason.
  Outcome Decide(const Asked& asked, const Sight& sight) const;

  // The first denial among the answers to several questions, or an allowance. One answer is
  // counted.
  Outcome DecideAll(std::span<const Asked> asked, const Sight& sight) const;

  // Allows what no restriction can be about, even without a table.
  Outcome Exempt(const Sight& sight) const;

  // Counts an answer that was found by a decider that does not count.
  void Count(const Outcome& outcome) const;

  // What is said when nothing can be found out: as the listener's `trouble` says, where it decides.
  Outcome Trouble(ReasonCode code) const;

 private:
  // Find, shown to who observes verdicts.
  Outcome Seen(const Asked& asked, const Sight& sight) const;
  void Show(const Asked& asked, const Sight& sight, const Outcome& outcome) const;
  Outcome Find(const Asked& asked, const Sight& sight) const;
  Outcome Unknown(ReasonCode code, const Sight& sight) const;
  Outcome InTrouble(ReasonCode code) const;

  const Listener* listener_;
  Tally* tally_;
  Counting counting_;
};

}  // namespace proviso::points

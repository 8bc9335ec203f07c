#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "enforcement/restriction.h"

namespace proviso::enforcement {

// One decision's coming into force.
struct Adoption {
  std::string decision;  // "decision-2"
  Time at;
  std::vector<Restriction> restrictions;  // none begins before `at`, whatever it says
  // Decisions whose place it takes: they end at the very instant at which it begins.
  std::vector<std::string> supersedes = {};
};

// Which restrictions are in force, as adoptions and lifts follow each other in the log. A value:
// no I/O, no clock. A decision is in force from its adoption, inclusive, until it is lifted or
// superseded, exclusive; for good, then: nothing that ends later brings it back.
class RestrictionsInForce {
 public:
  // kAlreadyExists when the decision was adopted before; kFailedPrecondition when what it
  // supersedes is not in force, or the change before came later. Then nothing changed.
  Status Adopt(const Adoption& adoption);
  // kFailedPrecondition when the decision is not in force, or the change before came later.
  Status Lift(std::string_view decision, Time at);

  // Those of the decisions in force at that instant, in the order of adoption: what the table of
  // that instant is compiled from. Their windows are for the reader to apply.
  std::vector<Restriction> At(Time at) const;
  // What a decision point answers whose table follows each change at once.
  Answer Decide(const Question& question) const { return DecideNaively(At(question.at), question); }

 private:
  struct Tenure {
    Adoption adoption;
    std::optional<Time> ended;
  };
  Tenure* FindInForce(std::string_view decision);
  Status CheckOrder(Time at) const;

  std::vector<Tenure> tenures_;
  std::optional<Time> last_change_;
};

// From an instant on, until another that is not in it; without an end: for good.
struct Window {
  Time from;
  std::optional<Time> until;
  bool operator==(const Window&) const = default;
};

// When some operations of one target change their answer.
struct AnswerChange {
  Target target;
  OperationSet operations = 0;  // that change in the very same windows
  std::vector<Window> windows;  // in order, apart from each other
  bool operator==(const AnswerChange&) const = default;
};

// What answers change between two tables, whichever restrictions bring it about. In the order of
// targets, then of each one's first operation; a target and operation is in at most one entry of a
// list.
struct TableDifference {
  std::vector<AnswerChange> denied;   // allowed before, denied after
  std::vector<AnswerChange> allowed;  // denied before, allowed after
  std::vector<AnswerChange> stays;    // denied before and after
};
// Of the time from `since` on: what is over needs no answer.
TableDifference DifferenceOf(const std::vector<Restriction>& before,
                             const std::vector<Restriction>& after, Time since);

}  // namespace proviso::enforcement

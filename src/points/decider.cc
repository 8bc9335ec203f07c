#include "points/decider.h"

#include <algorithm>
#include <utility>

#include "catalogue/yaml_map.h"

namespace proviso::points {
namespace {

using enforcement::DecisionTable;

// A gateway may join headers that came twice into one, with a comma: then it is two.
bool MayBeJoined(std::string_view value) {
  return std::ranges::any_of(value,
                             [](char byte) { return byte == ',' || byte == ' ' || byte == '\t'; });
}

bool NamesSubscription(const Asked& asked) {
  return asked.subscription && !catalogue::ForeignIdProblem(*asked.subscription) &&
         !(asked.may_be_joined && MayBeJoined(*asked.subscription));
}

// The words of the code: "no-table" is "no table".
std::string InWords(ReasonCode code) {
  std::string words(ReasonCodeName(code));
  for (char& letter : words) {
    if (letter == '-') letter = ' ';
  }
  return words;
}

// What is said without a table.
Outcome Without(bool allowed, ReasonCode code, std::string reason) {
  return {.allowed = allowed,
          .code = code,
          .reason = std::move(reason),
          .table = std::nullopt,
          .answer = {}};
}
Outcome Without(bool allowed, ReasonCode code) { return Without(allowed, code, InWords(code)); }

Outcome AllowedBy(const DecisionTable& table) {
  return {.allowed = true, .code = {}, .reason = {}, .table = table.number(), .answer = {}};
}

}  // namespace

Outcome Decider::Decide(const Asked& asked, const Sight& sight) const {
  Outcome outcome = Seen(asked, sight);
  Count(outcome);
  return outcome;
}

Outcome Decider::DecideAll(std::span<const Asked> asked, const Sight& sight) const {
  Outcome outcome =
      asked.empty() ? Without(false, ReasonCode::kNoSubscription) : Seen(asked.front(), sight);
  if (asked.empty()) Show({}, sight, outcome);
  for (std::size_t i = 1; i < asked.size() && outcome.allowed; ++i) {
    // Who reads or writes an object mostly owns its bucket.
    if (asked[i] != asked[i - 1]) outcome = Find(asked[i], sight);
    Show(asked[i], sight, outcome);
  }
  Count(outcome);
  return outcome;
}

Outcome Decider::Exempt(const Sight& sight) const {
  Outcome outcome = Without(true, ReasonCode::kExempt);
  if (sight.table != nullptr) outcome.table = sight.table->number();
  Show({}, sight, outcome);
  Count(outcome);
  return outcome;
}

Outcome Decider::Trouble(ReasonCode code) const {
  Outcome outcome = InTrouble(code);
  Count(outcome);
  return outcome;
}

Outcome Decider::InTrouble(ReasonCode code) const {
  return Without(TroubleDecides(code) && listener_->trouble == Otherwise::kAllow, code);
}

Outcome Decider::Unknown(ReasonCode code, const Sight& sight) const {
  Outcome outcome = Without(listener_->unknown == Otherwise::kAllow, code);
  outcome.table = sight.table->number();
  return outcome;
}

Outcome Decider::Seen(const Asked& asked, const Sight& sight) const {
  Outcome outcome = Find(asked, sight);
  Show(asked, sight, outcome);
  return outcome;
}

void Decider::Show(const Asked& asked, const Sight& sight, const Outcome& outcome) const {
  VerdictObserver* const observer = tally_ == nullptr ? nullptr : tally_->observer();
  if (observer != nullptr) observer->Saw(*listener_, asked, sight, outcome);
}

void Decider::Count(const Outcome& outcome) const {
  if (tally_ != nullptr && counting_ == Counting::kHere) {
    tally_->Count(outcome.allowed, outcome.code);
  }
}

Outcome Decider::Find(const Asked& asked, const Sight& sight) const {
  if (!NamesSubscription(asked)) {
    return Without(false, ReasonCode::kNoSubscription);
  }
  if (!asked.repeated.empty()) {
    return Without(false, ReasonCode::kRepeatedWord, "repeated " + std::string(asked.repeated));
  }
  if (sight.table == nullptr) return InTrouble(ReasonCode::kNoTable);
  if (listener_->last_good && sight.age > *listener_->last_good) {
    return InTrouble(ReasonCode::kStaleTable);
  }
  const DecisionTable& table = *sight.table;
  if (!asked.operation) return Unknown(ReasonCode::kUnknownOperation, sight);
  if (*asked.operation == enforcement::Operation::kManage) return AllowedBy(table);

  const enforcement::FastQuestion fast{.subscription = *asked.subscription,
                                       .service = table.ServiceNumber(asked.service),
                                       .region = table.RegionNumber(asked.region),
                                       .operation = *asked.operation,
                                       .at = sight.now.time_since_epoch().count()};
  if (fast.service == DecisionTable::kUnknown) return Unknown(ReasonCode::kUnknownService, sight);
  if (fast.region == DecisionTable::kUnknown) return Unknown(ReasonCode::kUnknownRegion, sight);
  // Nearly every answer is this one; it needs no description.
  if (table.Decide(fast).allowed) return AllowedBy(table);

  const enforcement::Question question{.subscription = std::string(*asked.subscription),
                                       .service = std::string(asked.service),
                                       .region = std::string(asked.region),
                                       .operation = *asked.operation,
                                       .at = sight.now};
  enforcement::Answer answer = table.Describe(question, /*unknown_allowed=*/false);
  std::string reason = answer.reason;
  return {.allowed = false,
          .code = ReasonCode::kRestricted,
          .reason = std::move(reason),
          .table = table.number(),
          .answer = std::move(answer)};
}

}  // namespace proviso::points

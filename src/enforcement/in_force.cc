#include "enforcement/in_force.h"

#include <algorithm>
#include <array>
#include <utility>

namespace proviso::enforcement {
namespace {

using Windows = std::vector<Window>;

bool EndsBefore(const Window& window, Time at) { return window.until && *window.until < at; }

// In order, each apart from the next; empty ones are gone.
Windows Merged(Windows windows) {
  std::erase_if(windows, [](const Window& one) { return one.until && *one.until <= one.from; });
  std::sort(windows.begin(), windows.end(),
            [](const Window& a, const Window& b) { return a.from < b.from; });
  Windows merged;
  for (const Window& window : windows) {
    if (merged.empty() || EndsBefore(merged.back(), window.from)) {
      merged.push_back(window);
      continue;
    }
    std::optional<Time>& end = merged.back().until;
    end = end && window.until ? std::optional(std::max(*end, *window.until)) : std::nullopt;
  }
  return merged;
}

// The times of `windows` that are in none of `others`. Both merged.
Windows Without(const Windows& windows, const Windows& others) {
  Windows rest;
  for (const Window& window : windows) {
    std::optional<Time> from = window.from;  // absent: nothing of this window is left
    for (const Window& other : others) {
      if (EndsBefore(other, *from) || (window.until && *window.until <= other.from)) continue;
      if (*from < other.from) rest.push_back({*from, other.from});
      from = other.until ? std::optional(std::max(*from, *other.until)) : std::nullopt;
      if (!from) break;
    }
    if (from && (!window.until || *from < *window.until)) rest.push_back({*from, window.until});
  }
  return rest;
}

// A restriction at one of its targets.
struct Hold {
  const Target* target = nullptr;
  const Restriction* by = nullptr;
};

std::vector<Hold> HoldsOf(const std::vector<Restriction>& restrictions) {
  std::vector<Hold> holds;
  for (const Restriction& restriction : restrictions) {
    for (const Target& target : restriction.targets) holds.push_back({&target, &restriction});
  }
  std::sort(holds.begin(), holds.end(),
            [](const Hold& a, const Hold& b) { return *a.target < *b.target; });
  return holds;
}

using DeniedWindows = std::array<Windows, kOperationCount>;

// When each operation of `target` is denied, from `since` on. Takes the holds of the target off the
// front of [`next`, `end`).
DeniedWindows TakeDenied(const Target& target, std::vector<Hold>::const_iterator& next,
                         std::vector<Hold>::const_iterator end, Time since) {
  DeniedWindows windows;
  for (; next != end && *next->target == target; ++next) {
    const OperationSet denied = Denied(next->by->stage, next->by->operations);
    for (std::size_t i = 0; i < windows.size(); ++i) {
      if (!Includes(denied, static_cast<Operation>(i))) continue;
      windows[i].push_back({std::max(next->by->from, since), next->by->until});
    }
  }
  for (Windows& one : windows) one = Merged(std::move(one));
  return windows;
}

// Adds what is in `windows` and not in `others`, operations of the same windows together; or, of
// what stays, what is in both.
enum class Part { kApart, kShared };
void AddChanges(const Target& target, const DeniedWindows& windows, const DeniedWindows& others,
                Part part, std::vector<AnswerChange>& changes) {
  const std::size_t first = changes.size();
  for (std::size_t i = 0; i < windows.size(); ++i) {
    Windows rest = Without(windows[i], others[i]);
    if (part == Part::kShared) rest = Without(windows[i], rest);
    if (rest.empty()) continue;
    const OperationSet operation = SetOf(static_cast<Operation>(i));
    const auto same =
        std::find_if(changes.begin() + static_cast<std::ptrdiff_t>(first), changes.end(),
                     [&](const auto& it) { return it.windows == rest; });
    if (same == changes.end()) {
      changes.push_back({target, operation, std::move(rest)});
    } else {
      same->operations = static_cast<OperationSet>(same->operations | operation);
    }
  }
}

}  // namespace

RestrictionsInForce::Tenure* RestrictionsInForce::FindInForce(std::string_view decision) {
  const auto found = std::find_if(tenures_.begin(), tenures_.end(), [&](const Tenure& tenure) {
    return tenure.adoption.decision == decision && !tenure.ended;
  });
  return found == tenures_.end() ? nullptr : &*found;
}

Status RestrictionsInForce::CheckOrder(Time at) const {
  if (!last_change_ || *last_change_ <= at) return {};
  return Fail(ErrorCode::kFailedPrecondition, "expected a change at " + FormatTime(*last_change_) +
                                                  " or later, found one at " + FormatTime(at));
}

Status RestrictionsInForce::Adopt(const Adoption& adoption) {
  PROVISO_TRY(CheckOrder(adoption.at));
  for (const Tenure& tenure : tenures_) {
    if (tenure.adoption.decision != adoption.decision) continue;
    return Fail(ErrorCode::kAlreadyExists, "`" + adoption.decision + "` was adopted before");
  }
  for (const std::string& id : adoption.supersedes) {
    if (FindInForce(id) != nullptr) continue;
    return Fail(ErrorCode::kFailedPrecondition,
                "expected a decision in force to supersede, found `" + id + "`");
  }
  for (const std::string& id : adoption.supersedes) {
    // Named twice, it has ended by now.
    if (Tenure* superseded = FindInForce(id)) superseded->ended = adoption.at;
  }
  tenures_.push_back({adoption, std::nullopt});
  for (Restriction& restriction : tenures_.back().adoption.restrictions) {
    restriction.from = std::max(restriction.from, adoption.at);
  }
  last_change_ = adoption.at;
  return {};
}

Status RestrictionsInForce::Lift(std::string_view decision, Time at) {
  PROVISO_TRY(CheckOrder(at));
  Tenure* lifted = FindInForce(decision);
  if (lifted == nullptr) {
    return Fail(ErrorCode::kFailedPrecondition,
                "expected a decision in force to lift, found `" + std::string(decision) + "`");
  }
  lifted->ended = at;
  last_change_ = at;
  return {};
}

std::vector<Restriction> RestrictionsInForce::At(Time at) const {
  std::vector<Restriction> in_force;
  for (const Tenure& tenure : tenures_) {
    if (at < tenure.adoption.at || (tenure.ended && *tenure.ended <= at)) continue;
    const auto& restrictions = tenure.adoption.restrictions;
    in_force.insert(in_force.end(), restrictions.begin(), restrictions.end());
  }
  return in_force;
}

TableDifference DifferenceOf(const std::vector<Restriction>& before,
                             const std::vector<Restriction>& after, Time since) {
  const std::vector<Hold> was = HoldsOf(before);
  const std::vector<Hold> is = HoldsOf(after);
  TableDifference difference;
  auto old = was.begin();
  auto now = is.begin();
  while (old != was.end() || now != is.end()) {
    const bool older = now == is.end() || (old != was.end() && *old->target < *now->target);
    const Target& target = older ? *old->target : *now->target;
    const DeniedWindows closed = TakeDenied(target, old, was.end(), since);
    const DeniedWindows closes = TakeDenied(target, now, is.end(), since);
    AddChanges(target, closes, closed, Part::kApart, difference.denied);
    AddChanges(target, closed, closes, Part::kApart, difference.allowed);
    AddChanges(target, closes, closed, Part::kShared, difference.stays);
  }
  return difference;
}

}  // namespace proviso::enforcement

#include <algorithm>
#include <limits>
#include <unordered_set>

#include "enforcement/decision_table.h"
#include "enforcement/internal/table_input.h"
#include "enforcement/internal/table_view.h"
#include "enforcement/internal/table_writer.h"

namespace proviso::enforcement {
namespace {

using internal::Slot;
using internal::SlotKind;
using internal::SubscriptionKey;
using internal::TableRule;

constexpr std::uint32_t kGone = std::numeric_limits<std::uint32_t>::max();

struct AddedRule {
  SubscriptionKey key{};
  TableRule rule;
  const std::string* subscription = nullptr;
};

bool KeyLess(SubscriptionKey a, SubscriptionKey b) {
  return std::pair(a.high, a.low) < std::pair(b.high, b.low);
}

SubscriptionKey KeyOfSlot(const Slot& slot) { return {slot.key_low, slot.key_high}; }

internal::TableRestriction ForTable(const internal::TableView& table,
                                    const internal::RestrictionRecord& record) {
  return {.from = record.from,
          .until = record.until,
          .id = table.TextAt(record.id),
          .clause = table.TextAt(record.clause),
          .of_case = table.TextAt(record.of_case),
          .stage = record.stage,
          .operations = record.operations,
          .denied = Denied(static_cast<terms::Stage>(record.stage),
                           static_cast<OperationSet>(record.operations))};
}

// Makes one table from the one before it, in one walk over its slots beside the rules that are new,
// both in the order of their keys. Lives for one call of DecisionTable::CompileFrom.
class Increment {
 public:
  Increment(const DecisionTable& table, const internal::TableView& before,
            const TableChange& change)
      : table_(table), before_(before), change_(change) {}

  // False when this cannot be told from the table before.
  Result<bool> Prepare(std::uint64_t number, const catalogue::Catalogue& catalogue);
  Result<Bytes> Run();

 private:
  bool KeepsItsNames(const catalogue::Catalogue& catalogue) const;
  Result<bool> FrameRestrictions();  // false when ids do not tell restrictions apart
  bool CollectAdded();               // false when a name is new, or two subscriptions have one key
  void CountSubscriptions();

  // Calls `old_slot(slot, added)` for each slot in use, where `added` are the new rules of its
  // subscription, and `fresh(added)` for those of each other subscription; in the order of keys.
  template <typename OldSlot, typename Fresh>
  void Walk(const OldSlot& old_slot, const Fresh& fresh) const;
  // Those that stay of `slot`, and `added`, in the order of TableWriter::Place.
  void MergeRules(const Slot& slot, std::span<const AddedRule> added);
  // True when the inline rules of `slot` stay as they are. Then its base is the new one.
  bool Renumber(Slot& slot) const;
  bool AnyStays(const Slot& slot) const;

  const DecisionTable& table_;
  const internal::TableView& before_;
  const TableChange& change_;
  internal::TableFrame frame_;
  std::vector<std::uint32_t> places_;  // of the restrictions before: where each is now, or kGone
  std::vector<AddedRule> added_;
  std::vector<TableRule> merged_;  // of one subscription
};

bool Increment::KeepsItsNames(const catalogue::Catalogue& catalogue) const {
  std::unordered_set<std::string_view> services;
  std::unordered_set<std::string_view> regions;
  for (const catalogue::Service& service : catalogue.services()) services.insert(service.id);
  for (const catalogue::Region& region : catalogue.regions()) regions.insert(region.id);
  for (const std::string_view name : services) {
    if (table_.ServiceNumber(name) == DecisionTable::kUnknown) return false;
  }
  for (const std::string_view name : regions) {
    if (table_.RegionNumber(name) == DecisionTable::kUnknown) return false;
  }
  // A name that is not in the catalogue goes with the last restriction that has it.
  return change_.removed.empty() ||
         (services.size() == before_.header.services && regions.size() == before_.header.regions);
}

Result<bool> Increment::FrameRestrictions() {
  std::unordered_set<std::string_view> removed(change_.removed.begin(), change_.removed.end());
  std::size_t found = 0;
  for (std::uint32_t i = 0; i < before_.header.restrictions; ++i) {
    const internal::RestrictionRecord record = before_.RestrictionAt(i);
    const std::string_view id = before_.TextAt(record.id);
    if (!removed.empty() && removed.contains(id)) {
      places_.push_back(kGone);
      ++found;
      continue;
    }
    places_.push_back(static_cast<std::uint32_t>(frame_.restrictions.size()));
    frame_.restrictions.push_back(ForTable(before_, record));
  }
  if (found < removed.size()) {
    return Fail(ErrorCode::kNotFound, "the decision table before has " + std::to_string(found) +
                                          " of the " + std::to_string(removed.size()) +
                                          " restrictions that are to be removed");
  }
  for (const Restriction* restriction : change_.added) {
    frame_.restrictions.push_back(internal::ForTable(*restriction));
  }
  return found == removed.size();
}

bool Increment::CollectAdded() {
  auto place = static_cast<std::uint32_t>(frame_.restrictions.size() - change_.added.size());
  for (const Restriction* restriction : change_.added) {
    const bool has_rules = frame_.restrictions[place].HasRules();
    for (const Target& target : restriction->targets) {
      const std::uint16_t service = table_.ServiceNumber(target.service);
      const std::uint16_t region = table_.RegionNumber(target.region);
      if (service == DecisionTable::kUnknown || region == DecisionTable::kUnknown) return false;
      if (!has_rules) continue;
      added_.push_back({internal::KeyOf(target.subscription, frame_.seed),
                        {place, service * before_.header.regions + region},
                        &target.subscription});
    }
    ++place;
  }
  std::sort(added_.begin(), added_.end(), [](const AddedRule& a, const AddedRule& b) {
    return a.key == b.key ? a.rule < b.rule : KeyLess(a.key, b.key);
  });
  for (std::size_t i = 1; i < added_.size(); ++i) {
    if (added_[i].key != added_[i - 1].key) continue;
    if (*added_[i].subscription != *added_[i - 1].subscription) return false;
  }
  const auto same = [](const AddedRule& a, const AddedRule& b) {
    return a.key == b.key && a.rule == b.rule;
  };
  added_.erase(std::unique(added_.begin(), added_.end(), same), added_.end());
  return true;
}

Result<bool> Increment::Prepare(std::uint64_t number, const catalogue::Catalogue& catalogue) {
  frame_.number = number;
  frame_.seed = before_.header.seed;
  // Another seed than the first was needed for two subscriptions that may be gone now.
  if (frame_.seed != internal::SeedOf(0) || !KeepsItsNames(catalogue)) return false;
  for (std::uint32_t i = 0; i < before_.header.services; ++i) {
    frame_.services.push_back(before_.TextAt(before_.ServiceAt(i)));
  }
  for (std::uint32_t i = 0; i < before_.header.regions; ++i) {
    frame_.regions.push_back(before_.TextAt(before_.RegionAt(i)));
  }
  if (!PROVISO_TRY(FrameRestrictions()) || !CollectAdded()) return false;
  frame_.spilled_guess = before_.header.spilled + added_.size();
  CountSubscriptions();
  return true;
}

template <typename OldSlot, typename Fresh>
void Increment::Walk(const OldSlot& old_slot, const Fresh& fresh) const {
  std::span<const AddedRule> left = added_;
  const auto take = [&] {  // the rules of the next new subscription
    std::size_t count = 1;
    while (count < left.size() && left[count].key == left.front().key) ++count;
    const std::span<const AddedRule> taken = left.first(count);
    left = left.subspan(count);
    return taken;
  };
  for (std::uint64_t i = 0; i < before_.header.slots; ++i) {
    const Slot slot = before_.SlotAt(i);
    if (slot.kind == SlotKind::kEmpty) continue;
    const SubscriptionKey key = KeyOfSlot(slot);
    while (!left.empty() && KeyLess(left.front().key, key)) fresh(take());
    if (!left.empty() && left.front().key == key) {
      old_slot(slot, take());
    } else {
      old_slot(slot, std::span<const AddedRule>{});
    }
  }
  while (!left.empty()) fresh(take());
}

void Increment::CountSubscriptions() {
  if (change_.removed.empty()) {  // nobody leaves: only those who come are looked up
    frame_.subscriptions = before_.header.subscriptions;
    for (std::size_t i = 0; i < added_.size(); ++i) {
      if (i > 0 && added_[i].key == added_[i - 1].key) continue;
      if (!table_.Knows(*added_[i].subscription)) ++frame_.subscriptions;
    }
    return;
  }
  Walk(
      [&](const Slot& slot, std::span<const AddedRule> added) {
        if (!added.empty() || AnyStays(slot)) ++frame_.subscriptions;
      },
      [&](std::span<const AddedRule>) { ++frame_.subscriptions; });
}

bool Increment::AnyStays(const Slot& slot) const {
  if (slot.kind == SlotKind::kInline) {
    return std::any_of(slot.rules, slot.rules + slot.rule_count, [&](std::uint32_t rule) {
      return places_[slot.base + internal::DeltaOf(rule)] != kGone;
    });
  }
  const auto first = static_cast<std::uint64_t>(slot.from_or_first);
  for (std::int64_t i = 0; i < slot.until_or_count; ++i) {
    if (places_[before_.SpilledAt(first + static_cast<std::uint64_t>(i)).restriction] != kGone) {
      return true;
    }
  }
  return false;
}

bool Increment::Renumber(Slot& slot) const {
  // Rules stand in the order of their restrictions: where the distance from the first to the last
  // is what it was, nothing between them is gone.
  const std::uint32_t distance = internal::DeltaOf(slot.rules[slot.rule_count - 1]);
  const std::uint32_t first = places_[slot.base];
  const std::uint32_t last = places_[slot.base + distance];
  if (first == kGone || last == kGone || last - first != distance) return false;
  slot.base = first;
  return true;
}

void Increment::MergeRules(const Slot& slot, std::span<const AddedRule> added) {
  merged_.clear();
  const auto keep = [&](std::uint32_t restriction, std::uint32_t cell) {
    if (places_[restriction] != kGone) merged_.push_back({places_[restriction], cell});
  };
  if (slot.kind == SlotKind::kInline) {
    for (std::size_t i = 0; i < slot.rule_count; ++i) {
      keep(slot.base + internal::DeltaOf(slot.rules[i]), internal::CellOf(slot.rules[i]));
    }
  } else {
    const auto first = static_cast<std::uint64_t>(slot.from_or_first);
    for (std::int64_t i = 0; i < slot.until_or_count; ++i) {
      const auto rule = before_.SpilledAt(first + static_cast<std::uint64_t>(i));
      keep(rule.restriction, rule.cell);
    }
  }
  for (const AddedRule& one : added) merged_.push_back(one.rule);
  std::sort(merged_.begin(), merged_.end());
}

Result<Bytes> Increment::Run() {
  internal::TableWriter writer(frame_);
  const bool all_stay = change_.removed.empty();
  Walk(
      [&](Slot slot, std::span<const AddedRule> added) {
        if (added.empty() && slot.kind == SlotKind::kInline && (all_stay || Renumber(slot))) {
          writer.PlaceInline(slot);
          return;
        }
        MergeRules(slot, added);
        if (!merged_.empty()) writer.Place(KeyOfSlot(slot), merged_);
      },
      [&](std::span<const AddedRule> added) {
        merged_.clear();
        for (const AddedRule& one : added) merged_.push_back(one.rule);
        writer.Place(added.front().key, merged_);
      });
  return writer.Finish();
}

}  // namespace

TableChange DecisionTable::ChangeTo(std::span<const Restriction* const> in_force) const {
  TableChange change;
  const internal::TableView view = internal::Lay(bytes_).value();
  for (std::uint32_t i = 0; i < view.header.restrictions; ++i) {
    const internal::TableRestriction here = ForTable(view, view.RestrictionAt(i));
    if (!in_force.empty() && internal::ForTable(*in_force.front()) == here) {
      in_force = in_force.subspan(1);
    } else {
      change.removed.emplace_back(here.id);
    }
  }
  change.added.assign(in_force.begin(), in_force.end());
  return change;
}

Result<std::optional<Bytes>> DecisionTable::CompileFrom(
    const DecisionTable& before, std::uint64_t number, const TableChange& change,
    const catalogue::Catalogue& catalogue, const std::vector<std::string>& keep_on_classes) {
  const internal::KeptOn kept_on(catalogue, keep_on_classes);
  for (const Restriction* restriction : change.added) {
    PROVISO_TRY(internal::CheckRestriction(*restriction));
    PROVISO_TRY(kept_on.Check(*restriction));
  }
  const internal::TableView view = internal::Lay(before.bytes_).value();
  Increment increment(before, view, change);
  if (!PROVISO_TRY(increment.Prepare(number, catalogue))) return std::optional<Bytes>();
  return std::optional<Bytes>(PROVISO_TRY(increment.Run()));
}

}  // namespace proviso::enforcement

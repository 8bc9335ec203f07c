#include <algorithm>
#include <array>
#include <cstring>
#include <unordered_map>

#include "enforcement/decision_table.h"
#include "enforcement/internal/subscription_key.h"
#include "enforcement/internal/table_layout.h"

namespace proviso::enforcement {
namespace {

using internal::RestrictionRecord;
using internal::Slot;
using internal::SlotKind;
using internal::SpilledRule;
using internal::SubscriptionKey;
using internal::TableHeader;
using internal::TextRef;

constexpr std::size_t kRulesMax = 1U << 30U;
constexpr std::uint64_t kSeedsTriedMax = 16;
constexpr std::uint64_t kSubscriptionsPerFilterWord = 4;  // 16 bits each
constexpr std::uint64_t kFilterWordsStep = 8;             // whole cache lines
constexpr std::uint64_t kSlotsPerSubscription = 2;

// A target that some restriction denies something on.
struct Rule {
  SubscriptionKey key{};
  std::uint32_t restriction = 0;
  std::uint32_t cell = 0;
  const std::string* subscription = nullptr;
};

// Names, numbered as they come and then in order: one look a target, not two.
class Names {
 public:
  std::uint32_t Add(std::string_view name) {
    // Neighbours mostly have the same name.
    if (!names_.empty() && names_[last_] == name) return last_;
    const auto [place, fresh] =
        numbers_.try_emplace(name, static_cast<std::uint32_t>(names_.size()));
    if (fresh) names_.push_back(name);
    last_ = place->second;
    return last_;
  }

  // Puts the names in order. Ranked() then says where a number that Add() gave has gone.
  void Sort() {
    ranks_.resize(names_.size());
    std::sort(names_.begin(), names_.end());
    for (std::uint32_t rank = 0; rank < names_.size(); ++rank) {
      ranks_[numbers_.at(names_[rank])] = rank;
    }
  }
  std::uint32_t Ranked(std::uint32_t number) const { return ranks_[number]; }
  const std::vector<std::string_view>& all() const { return names_; }
  std::uint32_t size() const { return static_cast<std::uint32_t>(names_.size()); }

 private:
  std::vector<std::string_view> names_;
  std::unordered_map<std::string_view, std::uint32_t> numbers_;
  std::vector<std::uint32_t> ranks_;
  std::uint32_t last_ = 0;
};

// The text of a table: each different string once.
class TextPool {
 public:
  TextRef Add(std::string_view text) {
    const auto [place, fresh] = places_.try_emplace(text, TextRef{});
    if (fresh) {
      place->second = {static_cast<std::uint32_t>(text_.size()),
                       static_cast<std::uint32_t>(text.size())};
      text_ += text;
    }
    return place->second;
  }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
  std::unordered_map<std::string_view, TextRef> places_;
};

std::int64_t Milliseconds(Time time) { return time.time_since_epoch().count(); }
std::int64_t EndOf(const Restriction& restriction) {
  return restriction.until ? Milliseconds(*restriction.until) : internal::kNoEnd;
}

// Compiles one table. Lives for one call of DecisionTable::Compile; refers to its arguments.
class Compiler {
 public:
  Compiler(std::uint64_t number, const std::vector<Restriction>& restrictions,
           const catalogue::Catalogue& catalogue)
      : number_(number), restrictions_(restrictions), catalogue_(catalogue) {}

  Result<Bytes> Run();

 private:
  Status CollectNames();
  Status CheckLimits() const;
  void CollectRules();
  bool SortRules();  // false when two subscriptions have one key
  void FillSlots();
  void Place(std::span<const Rule> rules);
  bool FitsInline(std::span<const Rule> rules) const;
  Bytes Write() const;

  std::uint64_t number_;
  const std::vector<Restriction>& restrictions_;
  const catalogue::Catalogue& catalogue_;
  Names services_;
  Names regions_;
  std::vector<std::uint32_t> cells_;  // of all targets of all restrictions, in their order
  std::uint64_t seed_ = 0;
  std::vector<Rule> rules_;
  std::uint32_t subscriptions_ = 0;
  std::vector<std::uint64_t> filter_;
  std::vector<Slot> slots_;
  std::vector<SpilledRule> spilled_;
};

// Names that only a restriction knows stay in the table: what was restricted stays restricted when
// the catalogue drops the service.
Status Compiler::CollectNames() {
  for (const catalogue::Service& service : catalogue_.services()) services_.Add(service.id);
  for (const catalogue::Region& region : catalogue_.regions()) regions_.Add(region.id);
  std::vector<std::pair<std::uint32_t, std::uint32_t>> places;
  for (const Restriction& restriction : restrictions_) {
    for (const Target& target : restriction.targets) {
      places.emplace_back(services_.Add(target.service), regions_.Add(target.region));
    }
  }
  services_.Sort();
  regions_.Sort();
  if (Status limits = CheckLimits(); !limits) return limits;
  cells_.reserve(places.size());
  for (const auto& [service, region] : places) {
    cells_.push_back(services_.Ranked(service) * regions_.size() + regions_.Ranked(region));
  }
  return {};
}

Status Compiler::CheckLimits() const {
  std::size_t targets = 0;
  std::size_t text = 0;
  for (const Restriction& restriction : restrictions_) {
    targets += restriction.targets.size();
    text += restriction.id.size() + restriction.clause.size();
  }
  for (const Names* names : {&services_, &regions_}) {
    if (names->size() >= DecisionTable::kUnknown) {
      return Fail(ErrorCode::kResourceExhausted,
                  "a decision table holds at most 65534 services and as many regions");
    }
    for (const std::string_view name : names->all()) text += name.size();
  }
  if (std::uint64_t{services_.size()} * regions_.size() > internal::kCellsMax) {
    return Fail(ErrorCode::kResourceExhausted,
                "a decision table holds at most 1048576 pairs of service and region, found " +
                    std::to_string(std::uint64_t{services_.size()} * regions_.size()));
  }
  if (targets > kRulesMax || text > UINT32_MAX) {
    return Fail(ErrorCode::kResourceExhausted,
                "a decision table holds at most 1073741824 targets and 4 GiB of text, found " +
                    std::to_string(targets) + " and " + std::to_string(text) + " bytes");
  }
  return {};
}

void Compiler::CollectRules() {
  rules_.clear();
  rules_.reserve(cells_.size());
  std::size_t place = 0;
  for (std::size_t i = 0; i < restrictions_.size(); ++i) {
    const Restriction& restriction = restrictions_[i];
    const std::size_t first = place;
    place += restriction.targets.size();
    if (!Denies(restriction.stage, Operation::kCreate)) continue;  // denies nothing
    if (EndOf(restriction) <= Milliseconds(restriction.from)) continue;
    for (std::size_t j = 0; j < restriction.targets.size(); ++j) {
      const std::string& subscription = restriction.targets[j].subscription;
      rules_.push_back({internal::KeyOf(subscription, seed_), static_cast<std::uint32_t>(i),
                        cells_[first + j], &subscription});
    }
  }
}

bool RuleLess(const Rule& a, const Rule& b) {
  if (a.key.high != b.key.high) return a.key.high < b.key.high;
  if (a.key.low != b.key.low) return a.key.low < b.key.low;
  if (a.restriction != b.restriction) return a.restriction < b.restriction;
  return a.cell < b.cell;
}

// Sorts by RuleLess: keys are even, so that dealing them out by their first bits leaves little.
void SortByKey(std::vector<Rule>& rules) {
  constexpr std::size_t kRulesPerPile = 16;
  const std::uint64_t piles = rules.size() / kRulesPerPile + 1;
  std::vector<std::size_t> starts(piles + 1, 0);
  for (const Rule& rule : rules) ++starts[internal::Spread(rule.key.high, piles) + 1];
  for (std::uint64_t pile = 0; pile < piles; ++pile) starts[pile + 1] += starts[pile];
  std::vector<std::size_t> next(starts.begin(), starts.end() - 1);
  std::vector<Rule> dealt(rules.size());
  for (const Rule& rule : rules) dealt[next[internal::Spread(rule.key.high, piles)]++] = rule;
  for (std::uint64_t pile = 0; pile < piles; ++pile) {
    std::sort(dealt.begin() + static_cast<std::ptrdiff_t>(starts[pile]),
              dealt.begin() + static_cast<std::ptrdiff_t>(starts[pile + 1]), RuleLess);
  }
  rules = std::move(dealt);
}

bool Compiler::SortRules() {
  SortByKey(rules_);
  for (std::size_t i = 1; i < rules_.size(); ++i) {
    if (rules_[i].key != rules_[i - 1].key) continue;
    if (*rules_[i].subscription != *rules_[i - 1].subscription) return false;
  }
  const auto same = [](const Rule& a, const Rule& b) {
    return a.key == b.key && a.restriction == b.restriction && a.cell == b.cell;
  };
  rules_.erase(std::unique(rules_.begin(), rules_.end(), same), rules_.end());
  return true;
}

void Compiler::FillSlots() {
  for (std::size_t i = 0; i < rules_.size(); ++i) {
    if (i == 0 || rules_[i].key != rules_[i - 1].key) ++subscriptions_;
  }
  const std::uint64_t words =
      (subscriptions_ + kSubscriptionsPerFilterWord - 1) / kSubscriptionsPerFilterWord;
  const std::uint64_t steps =
      std::max<std::uint64_t>(1, (words + kFilterWordsStep - 1) / kFilterWordsStep);
  filter_.assign(steps * kFilterWordsStep, 0);
  slots_.assign(std::max<std::uint64_t>(2, kSlotsPerSubscription * subscriptions_), Slot{});
  for (std::size_t first = 0; first < rules_.size();) {
    std::size_t end = first + 1;
    while (end < rules_.size() && rules_[end].key == rules_[first].key) ++end;
    Place(std::span(rules_).subspan(first, end - first));
    first = end;
  }
}

bool Compiler::FitsInline(std::span<const Rule> rules) const {
  if (rules.size() > internal::kInlineRulesMax) return false;
  const Restriction& first = restrictions_[rules.front().restriction];
  return std::all_of(rules.begin(), rules.end(), [&](const Rule& rule) {
    const Restriction& other = restrictions_[rule.restriction];
    return other.from == first.from && EndOf(other) == EndOf(first) &&
           rule.restriction - rules.front().restriction < internal::kDeltasMax;
  });
}

// `rules` are those of one subscription, by position of their restriction.
void Compiler::Place(std::span<const Rule> rules) {
  const SubscriptionKey key = rules.front().key;
  filter_[internal::Spread(key.low, filter_.size())] |= internal::FilterMask(key.high);
  std::uint64_t index = internal::Spread(key.high, slots_.size());
  while (slots_[index].kind != SlotKind::kEmpty) index = (index + 1) % slots_.size();
  Slot& slot = slots_[index];
  slot.key_low = key.low;
  slot.key_high = key.high;
  if (FitsInline(rules)) {
    const Restriction& first = restrictions_[rules.front().restriction];
    slot.kind = SlotKind::kInline;
    slot.rule_count = static_cast<std::uint8_t>(rules.size());
    slot.base = rules.front().restriction;
    slot.from_or_first = Milliseconds(first.from);
    slot.until_or_count = EndOf(first);
    for (std::size_t i = 0; i < rules.size(); ++i) {
      const auto stage = static_cast<std::uint32_t>(restrictions_[rules[i].restriction].stage);
      slot.rules[i] = internal::PackRule(rules[i].cell, stage, rules[i].restriction - slot.base);
    }
    return;
  }
  slot.kind = SlotKind::kSpilled;
  slot.from_or_first = static_cast<std::int64_t>(spilled_.size());
  slot.until_or_count = static_cast<std::int64_t>(rules.size());
  for (const Rule& rule : rules) {
    const Restriction& restriction = restrictions_[rule.restriction];
    spilled_.push_back({rule.cell, rule.restriction, static_cast<std::uint32_t>(restriction.stage),
                        0, Milliseconds(restriction.from), EndOf(restriction)});
  }
  std::sort(spilled_.end() - slot.until_or_count, spilled_.end(),
            [](const SpilledRule& a, const SpilledRule& b) {
              return std::pair(a.cell, a.restriction) < std::pair(b.cell, b.restriction);
            });
}

void Append(Bytes& bytes, const void* data, std::size_t size) {
  if (size == 0) return;
  const auto* from = static_cast<const std::uint8_t*>(data);
  bytes.insert(bytes.end(), from, from + size);
}
template <typename T>
void AppendAll(Bytes& bytes, const std::vector<T>& parts) {
  Append(bytes, parts.data(), parts.size() * sizeof(T));
}

Bytes Compiler::Write() const {
  TextPool pool;
  std::vector<RestrictionRecord> records;
  records.reserve(restrictions_.size());
  for (const Restriction& restriction : restrictions_) {
    records.push_back({Milliseconds(restriction.from), EndOf(restriction), pool.Add(restriction.id),
                       pool.Add(restriction.clause), static_cast<std::uint32_t>(restriction.stage),
                       0});
  }
  std::vector<TextRef> names;
  for (const std::string_view name : services_.all()) names.push_back(pool.Add(name));
  for (const std::string_view name : regions_.all()) names.push_back(pool.Add(name));

  TableHeader header{};
  std::memcpy(header.magic, internal::kMagic, sizeof header.magic);
  header.version = internal::kVersion;
  header.number = number_;
  header.seed = seed_;
  header.services = services_.size();
  header.regions = regions_.size();
  header.restrictions = static_cast<std::uint32_t>(records.size());
  header.subscriptions = subscriptions_;
  header.filter_words = filter_.size();
  header.slots = slots_.size();
  header.spilled = spilled_.size();
  header.text_bytes = pool.text().size();
  header.length = sizeof header + filter_.size() * 8 + slots_.size() * sizeof(Slot) +
                  spilled_.size() * sizeof(SpilledRule) +
                  records.size() * sizeof(RestrictionRecord) + names.size() * sizeof(TextRef) +
                  pool.text().size() + internal::kChecksumBytes;
  Bytes bytes;
  bytes.reserve(header.length);
  Append(bytes, &header, sizeof header);
  AppendAll(bytes, filter_);
  AppendAll(bytes, slots_);
  AppendAll(bytes, spilled_);
  AppendAll(bytes, records);
  AppendAll(bytes, names);
  Append(bytes, pool.text().data(), pool.text().size());
  const XXH128_hash_t sum = XXH3_128bits(bytes.data(), bytes.size());
  Append(bytes, &sum.low64, sizeof sum.low64);
  Append(bytes, &sum.high64, sizeof sum.high64);
  return bytes;
}

Result<Bytes> Compiler::Run() {
  if (Status names = CollectNames(); !names) return tl::unexpected(names.error());
  for (std::uint64_t attempt = 0; attempt < kSeedsTriedMax; ++attempt) {
    const std::array<std::uint64_t, 2> seeded = {number_, attempt};
    seed_ = XXH3_64bits(seeded.data(), sizeof seeded);
    CollectRules();
    if (!SortRules()) continue;
    FillSlots();
    return Write();
  }
  return Fail(ErrorCode::kInternal, "no seed tells all subscriptions of the table apart");
}

Status CheckKeepOn(const std::vector<Restriction>& restrictions,
                   const catalogue::Catalogue& catalogue,
                   const std::vector<std::string>& keep_on_classes) {
  std::unordered_map<std::string_view, std::string_view> kept;  // service -> class
  for (const catalogue::Service& service : catalogue.services()) {
    const auto found =
        std::find(keep_on_classes.begin(), keep_on_classes.end(), service.capability_class);
    if (found != keep_on_classes.end()) kept.emplace(service.id, *found);
  }
  if (kept.empty()) return {};
  for (const Restriction& restriction : restrictions) {
    for (const Target& target : restriction.targets) {
      const auto found = kept.find(target.service);
      if (found == kept.end()) continue;
      return Fail(ErrorCode::kFailedPrecondition, "restriction `" + restriction.id +
                                                      "` would touch service `" + target.service +
                                                      "` of class `" + std::string(found->second) +
                                                      "`, which stays on whatever is decided");
    }
  }
  return {};
}

}  // namespace

Result<Bytes> DecisionTable::Compile(std::uint64_t number,
                                     const std::vector<Restriction>& restrictions,
                                     const catalogue::Catalogue& catalogue,
                                     const std::vector<std::string>& keep_on_classes) {
  if (Status kept = CheckKeepOn(restrictions, catalogue, keep_on_classes); !kept) {
    return tl::unexpected(kept.error());
  }
  return Compiler(number, restrictions, catalogue).Run();
}

}  // namespace proviso::enforcement

#include <algorithm>
#include <array>
#include <cstring>
#include <set>
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
  SubscriptionKey key;
  std::uint32_t restriction;
  std::uint32_t cell;
  const std::string* subscription;
};

// Names in order, with their numbers.
class Names {
 public:
  explicit Names(const std::set<std::string_view>& sorted) : names_(sorted.begin(), sorted.end()) {
    for (std::size_t i = 0; i < names_.size(); ++i) {
      numbers_.emplace(names_[i], static_cast<std::uint32_t>(i));
    }
  }
  std::uint32_t NumberOf(std::string_view name) const { return numbers_.at(name); }
  const std::vector<std::string_view>& all() const { return names_; }
  std::uint32_t size() const { return static_cast<std::uint32_t>(names_.size()); }

 private:
  std::vector<std::string_view> names_;
  std::unordered_map<std::string_view, std::uint32_t> numbers_;
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
      : number_(number),
        restrictions_(restrictions),
        services_(ServiceNames(restrictions, catalogue)),
        regions_(RegionNames(restrictions, catalogue)) {}

  Result<Bytes> Run();

 private:
  static Names ServiceNames(const std::vector<Restriction>& restrictions,
                            const catalogue::Catalogue& catalogue);
  static Names RegionNames(const std::vector<Restriction>& restrictions,
                           const catalogue::Catalogue& catalogue);
  Status CheckLimits() const;
  void CollectRules();
  bool SortRules();  // false when two subscriptions have one key
  void FillSlots();
  void Place(std::span<const Rule> rules);
  bool FitsInline(std::span<const Rule> rules) const;
  Bytes Write() const;

  std::uint64_t number_;
  const std::vector<Restriction>& restrictions_;
  Names services_;
  Names regions_;
  std::uint64_t seed_ = 0;
  std::vector<Rule> rules_;
  std::uint32_t subscriptions_ = 0;
  std::vector<std::uint64_t> filter_;
  std::vector<Slot> slots_;
  std::vector<SpilledRule> spilled_;
};

// Names that only a restriction knows stay in the table: what was restricted stays restricted when
// the catalogue drops the service.
Names Compiler::ServiceNames(const std::vector<Restriction>& restrictions,
                             const catalogue::Catalogue& catalogue) {
  std::set<std::string_view> names;
  for (const catalogue::Service& service : catalogue.services()) names.insert(service.id);
  for (const Restriction& restriction : restrictions) {
    for (const Target& target : restriction.targets) names.insert(target.service);
  }
  return Names(names);
}

Names Compiler::RegionNames(const std::vector<Restriction>& restrictions,
                            const catalogue::Catalogue& catalogue) {
  std::set<std::string_view> names;
  for (const catalogue::Region& region : catalogue.regions()) names.insert(region.id);
  for (const Restriction& restriction : restrictions) {
    for (const Target& target : restriction.targets) names.insert(target.region);
  }
  return Names(names);
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
  for (std::size_t i = 0; i < restrictions_.size(); ++i) {
    const Restriction& restriction = restrictions_[i];
    if (!Denies(restriction.stage, Operation::kCreate)) continue;  // denies nothing
    if (EndOf(restriction) <= Milliseconds(restriction.from)) continue;
    for (const Target& target : restriction.targets) {
      rules_.push_back(
          {internal::KeyOf(target.subscription, seed_), static_cast<std::uint32_t>(i),
           services_.NumberOf(target.service) * regions_.size() + regions_.NumberOf(target.region),
           &target.subscription});
    }
  }
}

bool Compiler::SortRules() {
  std::sort(rules_.begin(), rules_.end(), [](const Rule& a, const Rule& b) {
    if (a.key.high != b.key.high) return a.key.high < b.key.high;
    if (a.key.low != b.key.low) return a.key.low < b.key.low;
    if (a.restriction != b.restriction) return a.restriction < b.restriction;
    return a.cell < b.cell;
  });
  for (std::size_t i = 1; i < rules_.size(); ++i) {
    const bool same_key = rules_[i].key == rules_[i - 1].key;
    if (same_key && *rules_[i].subscription != *rules_[i - 1].subscription) return false;
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
  if (Status limits = CheckLimits(); !limits) return tl::unexpected(limits.error());
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
  std::map<std::string_view, std::string_view> kept;  // service -> class
  for (const catalogue::Service& service : catalogue.services()) {
    const auto found =
        std::find(keep_on_classes.begin(), keep_on_classes.end(), service.capability_class);
    if (found != keep_on_classes.end()) kept.emplace(service.id, *found);
  }
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

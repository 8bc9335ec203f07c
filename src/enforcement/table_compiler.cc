#include <algorithm>
#include <unordered_map>

#include "enforcement/decision_table.h"
#include "enforcement/internal/subscription_key.h"
#include "enforcement/internal/table_input.h"
#include "enforcement/internal/table_layout.h"
#include "enforcement/internal/table_writer.h"

namespace proviso::enforcement {
namespace {

using internal::SubscriptionKey;
using internal::TableFrame;
using internal::TableRule;

constexpr std::size_t kRulesMax = 1U << 30U;
constexpr std::uint64_t kSeedsTriedMax = 16;

// A target that some restriction denies something on.
struct Rule {
  SubscriptionKey key{};
  TableRule rule;
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

// Compiles one table. Lives for one call of DecisionTable::Compile; refers to its arguments.
class Compiler {
 public:
  Compiler(std::uint64_t number, const std::vector<Restriction>& restrictions,
           const catalogue::Catalogue& catalogue)
      : restrictions_(restrictions), catalogue_(catalogue) {
    frame_.number = number;
  }

  Result<Bytes> Run();

 private:
  Status CollectNames();
  Status CheckLimits() const;
  void CollectRules();
  bool SortRules();  // false when two subscriptions have one key
  Result<Bytes> Write();

  const std::vector<Restriction>& restrictions_;
  const catalogue::Catalogue& catalogue_;
  TableFrame frame_;
  Names services_;
  Names regions_;
  std::vector<std::uint32_t> cells_;  // of all targets of all restrictions, in their order
  std::vector<Rule> rules_;
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
  frame_.services = services_.all();
  frame_.regions = regions_.all();
  PROVISO_TRY(CheckLimits());
  cells_.reserve(places.size());
  for (const auto& [service, region] : places) {
    cells_.push_back(services_.Ranked(service) * regions_.size() + regions_.Ranked(region));
  }
  return {};
}

Status Compiler::CheckLimits() const {
  for (const Names* names : {&services_, &regions_}) {
    if (names->size() < DecisionTable::kUnknown) continue;
    return Fail(ErrorCode::kResourceExhausted,
                "a decision table holds at most 65534 services and as many regions, found " +
                    std::to_string(names->size()));
  }
  const std::uint64_t cells = std::uint64_t{services_.size()} * regions_.size();
  if (cells > internal::kCellsMax) {
    return Fail(ErrorCode::kResourceExhausted,
                "a decision table holds at most 1048576 pairs of service and region, found " +
                    std::to_string(cells));
  }
  std::size_t targets = 0;
  for (const Restriction& restriction : restrictions_) targets += restriction.targets.size();
  if (targets > kRulesMax) {
    return Fail(
        ErrorCode::kResourceExhausted,
        "a decision table holds at most 1073741824 targets, found " + std::to_string(targets));
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
    if (!frame_.restrictions[i].HasRules()) continue;
    for (std::size_t j = 0; j < restriction.targets.size(); ++j) {
      const std::string& subscription = restriction.targets[j].subscription;
      rules_.push_back({internal::KeyOf(subscription, frame_.seed),
                        {static_cast<std::uint32_t>(i), cells_[first + j]},
                        &subscription});
    }
  }
}

bool RuleLess(const Rule& a, const Rule& b) {
  if (a.key.high != b.key.high) return a.key.high < b.key.high;
  if (a.key.low != b.key.low) return a.key.low < b.key.low;
  return a.rule < b.rule;
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
  const auto same = [](const Rule& a, const Rule& b) { return a.key == b.key && a.rule == b.rule; };
  rules_.erase(std::unique(rules_.begin(), rules_.end(), same), rules_.end());
  return true;
}

Result<Bytes> Compiler::Write() {
  frame_.subscriptions = 0;
  frame_.spilled_guess = 0;
  std::size_t first = 0;
  for (std::size_t i = 0; i < rules_.size(); ++i) {
    if (i + 1 < rules_.size() && rules_[i + 1].key == rules_[i].key) continue;
    ++frame_.subscriptions;
    const std::size_t count = i + 1 - first;
    if (count > internal::kInlineRulesMax) frame_.spilled_guess += count;
    first = i + 1;
  }
  internal::TableWriter writer(frame_);
  std::vector<TableRule> of_one;
  for (std::size_t i = 0; i < rules_.size(); ++i) {
    of_one.push_back(rules_[i].rule);
    if (i + 1 < rules_.size() && rules_[i + 1].key == rules_[i].key) continue;
    writer.Place(rules_[i].key, of_one);
    of_one.clear();
  }
  return writer.Finish();
}

Result<Bytes> Compiler::Run() {
  PROVISO_TRY(CollectNames());
  for (const Restriction& restriction : restrictions_) {
    frame_.restrictions.push_back(internal::ForTable(restriction));
  }
  for (std::uint64_t attempt = 0; attempt < kSeedsTriedMax; ++attempt) {
    frame_.seed = internal::SeedOf(attempt);
    CollectRules();
    if (SortRules()) return Write();
  }
  return Fail(ErrorCode::kInternal, "no seed tells all subscriptions of the table apart");
}

}  // namespace

Result<Bytes> DecisionTable::Compile(std::uint64_t number,
                                     const std::vector<Restriction>& restrictions,
                                     const catalogue::Catalogue& catalogue,
                                     const std::vector<std::string>& keep_on_classes) {
  const internal::KeptOn kept_on(catalogue, keep_on_classes);
  for (const Restriction& restriction : restrictions) {
    PROVISO_TRY(internal::CheckRestriction(restriction));
    PROVISO_TRY(kept_on.Check(restriction));
  }
  return Compiler(number, restrictions, catalogue).Run();
}

}  // namespace proviso::enforcement

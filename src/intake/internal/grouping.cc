#include "intake/internal/grouping.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <utility>

namespace proviso::intake {
namespace {

// Two articles further apart tell of two events, however alike they are.
constexpr int kDaysMax = 14;
// The bars of docs/formats/stories.md, section "Stories".
constexpr double kAllMin = 0.27;
constexpr double kDeedsMin = 0.16;
constexpr double kCentreMin = 0.30;
constexpr double kCentreDeedsMin = 0.18;
constexpr std::size_t kNamesMin = 1;
constexpr std::size_t kBondsMin = 2;

// Candidates: articles that share words that few articles hold.
constexpr std::size_t kKeyWords = 32;
constexpr std::size_t kPostingsFloor = 64;
constexpr std::size_t kPostingsShare = 200;  // of the articles, one in so many
constexpr double kNominateMin = 0.03;
constexpr std::size_t kCandidatesMax = 48;

using Postings = std::vector<std::vector<std::pair<std::uint32_t, double>>>;

std::vector<std::size_t> CountArticlesWith(std::span<const Placed> placed, std::size_t words) {
  std::vector<std::size_t> counts(words);
  for (const Placed& article : placed) {
    for (const Weight& weight : article.vector.all) ++counts[weight.word];
  }
  return counts;
}

// The heaviest words of an article that some other article holds, but not too many.
Weights KeyWords(const Weights& all, const std::vector<std::size_t>& counts, std::size_t most) {
  Weights keys;
  for (const Weight& weight : all) {
    if (counts[weight.word] >= 2 && counts[weight.word] <= most) keys.push_back(weight);
  }
  const auto heavier = [](const Weight& a, const Weight& b) {
    return a.weight != b.weight ? a.weight > b.weight : a.word < b.word;
  };
  const std::size_t kept = std::min(kKeyWords, keys.size());
  std::partial_sort(keys.begin(), keys.begin() + static_cast<std::ptrdiff_t>(kept), keys.end(),
                    heavier);
  keys.resize(kept);
  return keys;
}

// Finds pairs through an index of key words, so that strangers are never compared.
class BondFinder {
 public:
  BondFinder(std::span<const Placed> placed, std::size_t words)
      : placed_(placed), postings_(words), scores_(placed.size()) {}

  std::vector<Bond> Find() {
    const std::vector<std::size_t> counts = CountArticlesWith(placed_, postings_.size());
    const std::size_t most = std::max(kPostingsFloor, placed_.size() / kPostingsShare);
    std::vector<Bond> bonds;
    for (std::size_t place = 0; place < placed_.size(); ++place) {
      const Weights keys = KeyWords(placed_[place].vector.all, counts, most);
      for (const std::size_t other : Candidates(place, keys)) {
        Bond bond = Compare(placed_[other], placed_[place]);
        bond.a = other;
        bond.b = place;
        if (IsBond(bond)) bonds.push_back(std::move(bond));
      }
      for (const Weight& key : keys) {
        postings_[key.word].emplace_back(static_cast<std::uint32_t>(place), key.weight);
      }
    }
    return bonds;
  }

 private:
  std::vector<std::size_t> Candidates(std::size_t place, const Weights& keys) {
    std::vector<std::size_t> touched;
    for (const Weight& key : keys) {
      const auto& list = postings_[key.word];
      // Newest first, until the time window ends.
      for (auto posting = list.rbegin(); posting != list.rend(); ++posting) {
        const std::size_t other = posting->first;
        if ((placed_[place].day - placed_[other].day).count() > kDaysMax) break;
        if (scores_[other] == 0) touched.push_back(other);
        scores_[other] += key.weight * posting->second;
      }
    }
    std::vector<std::pair<double, std::size_t>> ranked;
    for (const std::size_t other : touched) {
      if (scores_[other] >= kNominateMin) ranked.emplace_back(-scores_[other], other);
      scores_[other] = 0;
    }
    const std::size_t kept = std::min(kCandidatesMax, ranked.size());
    std::partial_sort(ranked.begin(), ranked.begin() + static_cast<std::ptrdiff_t>(kept),
                      ranked.end());
    std::vector<std::size_t> candidates;
    for (std::size_t i = 0; i < kept; ++i) candidates.push_back(ranked[i].second);
    return candidates;
  }

  std::span<const Placed> placed_;
  Postings postings_;
  std::vector<double> scores_;
};

// A story while it grows.
struct Part {
  std::vector<std::size_t> members;
  Weights all;  // sums of the members' weights
  Weights deeds;
  std::vector<Join> joins;
};

double CentreCosine(const Weights& a, const Weights& b) {
  const double lengths = Length(a) * Length(b);
  return lengths > 0 ? Cosine(a, b) / lengths : 0;
}

// Joins parts by their strongest bonds first.
class Joiner {
 public:
  Joiner(std::span<const Placed> placed, std::vector<Bond> bonds)
      : bonds_(std::move(bonds)), part_of_(placed.size()), parts_(placed.size()) {
    std::iota(part_of_.begin(), part_of_.end(), std::size_t{0});
    for (std::size_t i = 0; i < placed.size(); ++i) {
      parts_[i] = {{i}, placed[i].vector.all, placed[i].vector.deeds, {}};
    }
    std::sort(bonds_.begin(), bonds_.end(), [](const Bond& a, const Bond& b) {
      const double left = a.all + a.deeds;
      const double right = b.all + b.deeds;
      return left != right ? left > right : std::pair(a.a, a.b) < std::pair(b.a, b.b);
    });
    for (const Bond& bond : bonds_) {
      bonded_[bond.a].push_back(bond.b);
      bonded_[bond.b].push_back(bond.a);
    }
  }

  std::vector<Group> Run() {
    // A join moves a centre, which may let in what was refused before: again until nothing moves.
    bool moved = true;
    while (moved) {
      moved = false;
      for (const Bond& bond : bonds_) moved = TryJoin(bond) || moved;
    }
    std::vector<Group> groups;
    for (Part& part : parts_) {
      if (part.members.empty()) continue;
      std::sort(part.members.begin(), part.members.end());
      groups.push_back({std::move(part.members), std::move(part.joins)});
    }
    std::sort(groups.begin(), groups.end(),
              [](const Group& a, const Group& b) { return a.members.front() < b.members.front(); });
    return groups;
  }

 private:
  // Bonds of members of `from` to members of `to`.
  std::size_t CountBonds(const Part& from, std::size_t to) const {
    std::size_t count = 0;
    for (const std::size_t member : from.members) {
      const auto others = bonded_.find(member);
      if (others == bonded_.end()) continue;
      for (const std::size_t other : others->second) count += part_of_[other] == to ? 1U : 0U;
    }
    return count;
  }

  bool TryJoin(const Bond& bond) {
    std::size_t into = part_of_[bond.a];
    std::size_t from = part_of_[bond.b];
    if (into == from) return false;
    if (parts_[into].members.size() < parts_[from].members.size()) std::swap(into, from);
    Join join{bond, 0, 1, parts_[into].members.size(), parts_[from].members.size()};
    if (join.size_a > 1 || join.size_b > 1) {
      join.centre = CentreCosine(parts_[into].all, parts_[from].all);
      const double deeds = CentreCosine(parts_[into].deeds, parts_[from].deeds);
      join.bonds = CountBonds(parts_[from], into);
      const bool near_centre = join.centre >= kCentreMin && deeds >= kCentreDeedsMin;
      // INVARIANT: one bond alone never joins what the centres do not: no chains.
      const bool well_bonded = join.bonds >= kBondsMin * join.size_b;
      if (!near_centre && !well_bonded) return false;
    }
    Absorb(into, from, std::move(join));
    return true;
  }

  void Absorb(std::size_t into, std::size_t from, Join join) {
    Part& kept = parts_[into];
    Part& gone = parts_[from];
    for (const std::size_t member : gone.members) part_of_[member] = into;
    kept.members.insert(kept.members.end(), gone.members.begin(), gone.members.end());
    kept.all = Sum(kept.all, gone.all);
    kept.deeds = Sum(kept.deeds, gone.deeds);
    kept.joins.insert(kept.joins.end(), gone.joins.begin(), gone.joins.end());
    kept.joins.push_back(std::move(join));
    gone = {};
  }

  std::vector<Bond> bonds_;
  std::map<std::size_t, std::vector<std::size_t>> bonded_;
  std::vector<std::size_t> part_of_;
  std::vector<Part> parts_;
};

}  // namespace

Bond Compare(const Placed& a, const Placed& b) {
  Bond bond;
  bond.all = Cosine(a.vector.all, b.vector.all);
  bond.deeds = Cosine(a.vector.deeds, b.vector.deeds);
  bond.names = SharedNames(a.vector, b.vector);
  bond.days = static_cast<int>(std::abs((b.day - a.day).count()));
  return bond;
}

bool IsBond(const Bond& bond) {
  return bond.days <= kDaysMax && bond.all >= kAllMin && bond.deeds >= kDeedsMin &&
         bond.names.size() >= kNamesMin;
}

std::vector<Bond> FindBonds(std::span<const Placed> placed, std::size_t words) {
  return BondFinder(placed, words).Find();
}

std::vector<Group> GroupArticles(std::span<const Placed> placed, std::size_t words) {
  return Joiner(placed, FindBonds(placed, words)).Run();
}

}  // namespace proviso::intake

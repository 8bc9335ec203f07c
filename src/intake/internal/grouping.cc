#include "intake/internal/grouping.h"

#include <algorithm>
#include <numeric>
#include <queue>
#include <set>
#include <unordered_map>
#include <utility>

#include "base/check.h"

namespace proviso::intake {
namespace {

// Two articles further apart tell of two events, however alike they are.
constexpr int kDaysMax = 14;
// The bars of docs/formats/stories.md, section "Stories".
constexpr double kLikenessMin = 0.32;
constexpr double kKinshipMin = 0.76;
constexpr double kCohesionMax = 0.50;
constexpr std::size_t kNamesMin = 1;
// Members of a story that the average is taken of: more change little and cost much.
constexpr std::size_t kAveragedMax = 24;

// Candidates: articles that share words that few articles hold.
constexpr std::size_t kKeyWords = 32;
constexpr std::size_t kPostingsFloor = 64;
constexpr std::size_t kPostingsShare = 200;  // of the articles, one in so many
constexpr double kNominateMin = 0.03;
constexpr double kCosineMin = 0.08;
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
  BondFinder(std::span<const Placed> placed, const ArticleVectors& vectors)
      : placed_(placed), vectors_(vectors), postings_(vectors.words()), scores_(placed.size()) {}

  std::vector<Bond> Find() {
    const std::vector<std::size_t> counts = CountArticlesWith(placed_, postings_.size());
    const std::size_t most = std::max(kPostingsFloor, placed_.size() / kPostingsShare);
    std::vector<Bond> bonds;
    for (std::size_t place = 0; place < placed_.size(); ++place) {
      const Weights keys = KeyWords(placed_[place].vector.all, counts, most);
      for (const std::size_t other : Candidates(place, keys)) {
        if (Cosine(placed_[other].vector.all, placed_[place].vector.all) < kCosineMin) continue;
        Bond bond = Compare(placed_[other], placed_[place], vectors_);
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
  const ArticleVectors& vectors_;
  Postings postings_;
  std::vector<double> scores_;
};

// A story while it grows.
struct Part {
  std::vector<std::size_t> members;
  std::set<std::size_t> bonded;  // other parts with which some member bonds
  std::vector<Join> joins;
  double cohesion = kCohesionMax;  // how alike its members are to each other, on average
  std::size_t version = 0;         // counts the changes of those that the average is taken of
};

// Two parts that may be joined, as they were when this was made.
struct Offer {
  double average;
  std::size_t a;  // a < b
  std::size_t b;
  std::size_t version_a;
  std::size_t version_b;

  bool operator<(const Offer& other) const {
    if (average != other.average) return average < other.average;
    return std::pair(a, b) > std::pair(other.a, other.b);
  }
};

// Joins parts, the ones that are most alike on average first.
class Joiner {
 public:
  Joiner(std::span<const Placed> placed, const ArticleVectors& vectors, std::vector<Bond> bonds)
      : placed_(placed), vectors_(vectors), bonds_(std::move(bonds)), parts_(placed.size()) {
    for (std::size_t i = 0; i < placed.size(); ++i) parts_[i].members = {i};
    bonds_of_.resize(placed.size());
    for (std::size_t i = 0; i < bonds_.size(); ++i) {
      const Bond& bond = bonds_[i];
      likeness_[Key(bond.a, bond.b)] = bond.likeness.value;
      bonds_of_[bond.a].push_back(i);
      bonds_of_[bond.b].push_back(i);
      parts_[bond.a].bonded.insert(bond.b);
      parts_[bond.b].bonded.insert(bond.a);
    }
    part_of_.resize(placed.size());
    std::iota(part_of_.begin(), part_of_.end(), std::size_t{0});
  }

  std::vector<Group> Run() {
    for (const Bond& bond : bonds_) MakeOffer(bond.a, bond.b);
    while (!offers_.empty()) {
      const Offer offer = offers_.top();
      offers_.pop();
      const bool stale = parts_[offer.a].version != offer.version_a ||
                         parts_[offer.b].version != offer.version_b ||
                         parts_[offer.a].members.empty() || parts_[offer.b].members.empty();
      if (!stale) Absorb(offer);
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
  static std::uint64_t Key(std::size_t a, std::size_t b) {
    return (static_cast<std::uint64_t>(std::min(a, b)) << 32U) | std::max(a, b);
  }

  double LikenessOf(std::size_t a, std::size_t b) {
    const auto [place, added] = likeness_.try_emplace(Key(a, b));
    if (added) {
      place->second = MeasureLikeness(placed_[a].vector, placed_[b].vector, vectors_).value;
    }
    return place->second;
  }

  static std::span<const std::size_t> Averaged(const Part& part) {
    return std::span(part.members).first(std::min(part.members.size(), kAveragedMax));
  }

  double Average(const Part& a, const Part& b) {
    double sum = 0;
    for (const std::size_t i : Averaged(a)) {
      for (const std::size_t j : Averaged(b)) sum += LikenessOf(i, j);
    }
    return sum / static_cast<double>(Averaged(a).size() * Averaged(b).size());
  }

  // INVARIANT: no pair counts for more than `kCohesionMax`, so that copies of one text, which are
  // alike as no two articles are, do not keep a story's other reports out.
  double Cohesion(const Part& part) {
    double sum = 0;
    std::size_t pairs = 0;
    const std::span<const std::size_t> members = Averaged(part);
    for (std::size_t i = 0; i < members.size(); ++i) {
      for (std::size_t j = i + 1; j < members.size(); ++j) {
        sum += std::min(kCohesionMax, LikenessOf(members[i], members[j]));
        ++pairs;
      }
    }
    return pairs == 0 ? kCohesionMax : sum / static_cast<double>(pairs);
  }

  void MakeOffer(std::size_t a, std::size_t b) {
    if (a > b) std::swap(a, b);
    const double average = Average(parts_[a], parts_[b]);
    // INVARIANT: one strong bond alone never joins what is not alike on average: no chains.
    if (average < kLikenessMin) return;
    // A story tells its event in words of its own: who joins must be nearly as alike to its reports
    // as these are to each other. Two single reports have nothing to be measured against.
    const bool singles = parts_[a].members.size() == 1 && parts_[b].members.size() == 1;
    const double cohesion = std::min(parts_[a].cohesion, parts_[b].cohesion);
    if (!singles && average < kKinshipMin * cohesion) return;
    offers_.push({average, a, b, parts_[a].version, parts_[b].version});
  }

  const Bond& StrongestBond(const Part& from, std::size_t into) const {
    const Bond* strongest = nullptr;
    for (const std::size_t member : from.members) {
      for (const std::size_t i : bonds_of_[member]) {
        const Bond& bond = bonds_[i];
        if (part_of_[bond.a == member ? bond.b : bond.a] != into) continue;
        const bool stronger =
            strongest == nullptr || bond.likeness.value > strongest->likeness.value;
        if (stronger) strongest = &bond;
      }
    }
    PROVISO_CHECK(strongest != nullptr, "two parts were joined that nothing bonds");
    return *strongest;
  }

  void Absorb(const Offer& offer) {
    const bool first_is_larger = parts_[offer.a].members.size() >= parts_[offer.b].members.size();
    const std::size_t into = first_is_larger ? offer.a : offer.b;
    const std::size_t from = first_is_larger ? offer.b : offer.a;
    Part& kept = parts_[into];
    Part gone = std::exchange(parts_[from], Part{});
    Join join{StrongestBond(gone, into), offer.average, kept.members.size(), gone.members.size()};
    const bool averages_change = kept.members.size() < kAveragedMax;
    for (const std::size_t member : gone.members) part_of_[member] = into;
    kept.members.insert(kept.members.end(), gone.members.begin(), gone.members.end());
    kept.joins.insert(kept.joins.end(), gone.joins.begin(), gone.joins.end());
    kept.joins.push_back(std::move(join));
    if (averages_change) {
      ++kept.version;
      kept.cohesion = Cohesion(kept);
    }
    kept.bonded.erase(from);
    gone.bonded.erase(into);
    std::set<std::size_t> anew;
    for (const std::size_t other : gone.bonded) {
      parts_[other].bonded.erase(from);
      parts_[other].bonded.insert(into);
      if (kept.bonded.insert(other).second) anew.insert(other);
    }
    if (averages_change) anew = kept.bonded;
    for (const std::size_t other : anew) MakeOffer(into, other);
  }

  std::span<const Placed> placed_;
  const ArticleVectors& vectors_;
  std::vector<Bond> bonds_;
  std::vector<std::vector<std::size_t>> bonds_of_;  // by member: places in `bonds_`
  std::unordered_map<std::uint64_t, double> likeness_;
  std::vector<std::size_t> part_of_;
  std::vector<Part> parts_;
  std::priority_queue<Offer> offers_;
};

}  // namespace

Bond Compare(const Placed& a, const Placed& b, const ArticleVectors& vectors) {
  Bond bond;
  bond.likeness = MeasureLikeness(a.vector, b.vector, vectors);
  bond.days = static_cast<int>(std::abs((b.day - a.day).count()));
  return bond;
}

bool IsBond(const Bond& bond) {
  return bond.days <= kDaysMax && bond.likeness.value >= kLikenessMin &&
         bond.likeness.names.size() >= kNamesMin;
}

std::vector<Bond> FindBonds(std::span<const Placed> placed, const ArticleVectors& vectors) {
  return BondFinder(placed, vectors).Find();
}

std::vector<Group> GroupArticles(std::span<const Placed> placed, const ArticleVectors& vectors) {
  return Joiner(placed, vectors, FindBonds(placed, vectors)).Run();
}

}  // namespace proviso::intake

// The algebra of restrictions, on made-up worlds: what it says is what a plain walk says.
#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <utility>

#include "base/check.h"
#include "base/random.h"
#include "enforcement/decision_table.h"
#include "enforcement/in_force.h"
#include "enforcement/internal/example_provider.h"
#include "enforcement/plan.h"

namespace proviso::enforcement {
namespace {

using terms::Stage;

constexpr std::uint64_t kWorlds = 1500;
constexpr std::int64_t kLastMoment = 40;  // few moments, so that edges meet often

Time At(std::int64_t ms) { return Time(std::chrono::milliseconds(ms)); }

std::string Show(const Question& question) {
  return question.subscription + " " + question.service + " " + question.region + " " +
         std::string(OperationName(question.operation)) + " at " +
         std::to_string(question.at.time_since_epoch().count());
}

struct Change {
  Adoption adoption;  // `restrictions` empty: a lift of `decision`
  bool lift() const { return adoption.restrictions.empty(); }
};

// A history that never breaks a rule: adoptions, lifts and supersessions at random moments.
class World {
 public:
  explicit World(std::uint64_t seed) : random_(seed) {
    Time at = At(5);
    for (std::uint64_t i = 1 + Below(6); i > 0; --i) {
      at += std::chrono::milliseconds(Below(6));  // often several at one instant
      Step(at);
    }
  }

  const std::vector<Change>& changes() const { return changes_; }
  std::uint64_t Below(std::uint64_t end) { return random_.Next() % end; }

  RestrictionsInForce History() const {
    RestrictionsInForce history;
    for (const Change& change : changes_) Do(change, history);
    return history;
  }
  static void Do(const Change& change, RestrictionsInForce& history) {
    const Adoption& adoption = change.adoption;
    const Status done =
        change.lift() ? history.Lift(adoption.decision, adoption.at) : history.Adopt(adoption);
    PROVISO_CHECK(done.has_value(), "a world keeps the rules");
  }

  // Some cells, at every edge of a window or a change, and a millisecond before and after it.
  std::vector<Question> Questions(int cells = 2) {
    std::set<std::int64_t> moments = {0, kLastMoment + 50};
    for (const Change& change : changes_) {
      AddEdges(change.adoption.at, moments);
      for (const Restriction& restriction : change.adoption.restrictions) {
        AddEdges(restriction.from, moments);
        if (restriction.until) AddEdges(*restriction.until, moments);
      }
    }
    std::vector<Question> questions;
    for (int cell = 0; cell < cells; ++cell) {
      const Target target = RandomTarget();
      for (const std::int64_t at : moments) {
        for (int i = 0; i < kOperationCount; ++i) {
          questions.push_back({target.subscription, target.service, target.region,
                               static_cast<Operation>(i), At(at)});
        }
      }
    }
    return questions;
  }

  std::vector<Restriction> RandomRestrictions(const std::string& decision) {
    std::vector<Restriction> restrictions(1 + Below(2));
    for (std::size_t i = 0; i < restrictions.size(); ++i) {
      Restriction& one = restrictions[i];
      one.id = decision + "/" + std::to_string(i + 1);
      one.clause = "4.2";
      one.stage = static_cast<Stage>(Below(4));
      if (Below(2) == 0) one.operations = static_cast<OperationSet>(1 + Below(kAllOperations));
      one.from = At(static_cast<std::int64_t>(Below(kLastMoment)));
      if (Below(2) == 0) one.until = one.from + std::chrono::milliseconds(Below(12));
      one.of_case = "case-" + std::to_string(Below(3));
      std::set<Target> targets;
      for (std::uint64_t n = 1 + Below(6); n > 0; --n) targets.insert(RandomTarget());
      one.targets.assign(targets.begin(), targets.end());
    }
    return restrictions;
  }

  Target RandomTarget() {
    static constexpr std::array<const char*, 2> kServices = {"blob-store", "speech"};
    static constexpr std::array<const char*, 2> kRegions = {"nl-1", "de-1"};
    return {"sub-" + std::to_string(Below(2)), kServices.at(Below(2)), kRegions.at(Below(2))};
  }

 private:
  static void AddEdges(Time at, std::set<std::int64_t>& moments) {
    for (const std::int64_t by : {-1, 0, 1}) moments.insert(at.time_since_epoch().count() + by);
  }

  std::string TakeOneInForce() {
    const auto taken = in_force_.begin() + static_cast<std::ptrdiff_t>(Below(in_force_.size()));
    std::string id = *taken;
    in_force_.erase(taken);
    return id;
  }

  void Step(Time at) {
    const std::uint64_t kind = in_force_.empty() ? 0 : Below(4);
    Change change;
    change.adoption.at = at;
    if (kind == 1) {
      change.adoption.decision = TakeOneInForce();
    } else {
      if (kind >= 2) change.adoption.supersedes.push_back(TakeOneInForce());
      if (kind == 3 && !in_force_.empty()) {
        change.adoption.supersedes.push_back(TakeOneInForce());
      }
      change.adoption.decision = "decision-" + std::to_string(++decisions_);
      change.adoption.restrictions = RandomRestrictions(change.adoption.decision);
      in_force_.push_back(change.adoption.decision);
    }
    changes_.push_back(std::move(change));
  }

  SeededRandom random_;
  std::vector<Change> changes_;
  std::vector<std::string> in_force_;
  int decisions_ = 0;
};

// What the words say, and no more: each decision counts from its adoption until the first change
// that lifts or supersedes it, each restriction in its window, cut to that.
bool DeniedByTheWords(const std::vector<Change>& changes, const Question& asked) {
  const Target target{asked.subscription, asked.service, asked.region};
  for (std::size_t i = 0; i < changes.size(); ++i) {
    const Adoption& adoption = changes[i].adoption;
    if (changes[i].lift() || asked.at < adoption.at) continue;
    bool ended = false;
    for (std::size_t later = i + 1; later < changes.size(); ++later) {
      const Adoption& other = changes[later].adoption;
      const bool ends = changes[later].lift()
                            ? other.decision == adoption.decision
                            : std::find(other.supersedes.begin(), other.supersedes.end(),
                                        adoption.decision) != other.supersedes.end();
      ended = ended || (ends && other.at <= asked.at);
    }
    if (ended) continue;
    for (const Restriction& one : adoption.restrictions) {
      const bool covers =
          std::find(one.targets.begin(), one.targets.end(), target) != one.targets.end() &&
          Includes(one.operations, asked.operation);
      const bool open = one.from <= asked.at && (!one.until || asked.at < *one.until);
      if (covers && open && Denies(one.stage, asked.operation)) return true;
    }
  }
  return false;
}

TEST(RestrictionWorlds, DenyWhatTheWordsSayAtEveryEdge) {
  std::size_t denied = 0;
  std::size_t allowed = 0;
  for (std::uint64_t seed = 1; seed <= kWorlds; ++seed) {
    World world(seed);
    const RestrictionsInForce history = world.History();
    for (const Question& question : world.Questions(1)) {
      const bool expected = DeniedByTheWords(world.changes(), question);
      (expected ? denied : allowed) += 1;
      ASSERT_EQ(!history.Decide(question).allowed, expected)
          << "seed " << seed << ": " << Show(question);
    }
  }
  EXPECT_GT(denied, 5'000U) << "the worlds are too tame to show anything";
  EXPECT_GT(allowed, 5'000U);
}

TEST(RestrictionWorlds, SupersedingIsLiftingAndAdoptingAtOneInstant) {
  std::size_t superseded = 0;
  for (std::uint64_t seed = 1; seed <= kWorlds; ++seed) {
    World world(seed);
    RestrictionsInForce apart;
    for (Change change : world.changes()) {
      for (const std::string& id : std::exchange(change.adoption.supersedes, {})) {
        ASSERT_TRUE(apart.Lift(id, change.adoption.at));
        ++superseded;
      }
      World::Do(change, apart);
    }
    const RestrictionsInForce history = world.History();
    for (const Question& question : world.Questions(1)) {
      const Answer expected = apart.Decide(question);
      const Answer answer = history.Decide(question);
      ASSERT_EQ(answer.restriction, expected.restriction)
          << "seed " << seed << ": " << Show(question);
    }
  }
  EXPECT_GT(superseded, 300U);
}

TEST(RestrictionWorlds, LiftingLeavesExactlyTheRest) {
  for (std::uint64_t seed = 1; seed <= kWorlds; ++seed) {
    World world(seed);
    const std::vector<Restriction> before = world.History().At(At(kLastMoment));
    if (before.empty()) continue;
    const RestrictionsInForce unlifted = world.History();
    RestrictionsInForce history = unlifted;
    const std::string& id = before[world.Below(before.size())].id;
    const std::string lifted = id.substr(0, id.find('/'));
    ASSERT_TRUE(history.Lift(lifted, At(kLastMoment)));
    std::vector<Restriction> rest = before;
    std::erase_if(rest, [&](const auto& one) { return one.id.starts_with(lifted + "/"); });
    for (const Question& question : world.Questions(1)) {
      const bool after = question.at >= At(kLastMoment);
      const Answer expected = DecideNaively(after ? rest : unlifted.At(question.at), question);
      ASSERT_EQ(history.Decide(question).restriction, expected.restriction)
          << "seed " << seed << ": " << Show(question);
    }
  }
}

TEST(RestrictionWorlds, TheOrderOfAdoptionChangesNoVerdict) {
  for (std::uint64_t seed = 1; seed <= kWorlds; ++seed) {
    World world(seed);
    const std::vector<Restriction> in_force = world.History().At(At(kLastMoment));
    std::vector<Restriction> other = in_force;
    for (std::size_t i = other.size(); i > 1; --i) std::swap(other[i - 1], other[world.Below(i)]);
    for (const Question& question : world.Questions(1)) {
      ASSERT_EQ(DecideNaively(other, question).allowed, DecideNaively(in_force, question).allowed)
          << "seed " << seed << ": " << Show(question);
    }
  }
}

// 1 when a difference says that the answer becomes a denial, -1 when it becomes an allowance.
int SaidBy(const TableDifference& difference, const Question& asked) {
  const Target target{asked.subscription, asked.service, asked.region};
  const auto listed = [&](const std::vector<AnswerChange>& changes) {
    return std::count_if(changes.begin(), changes.end(), [&](const AnswerChange& change) {
      return change.target == target && Includes(change.operations, asked.operation) &&
             std::any_of(change.windows.begin(), change.windows.end(), [&](const Window& window) {
               return window.from <= asked.at && (!window.until || asked.at < *window.until);
             });
    });
  };
  const auto denied = listed(difference.denied);
  const auto allowed = listed(difference.allowed);
  EXPECT_LE(denied + allowed, 1) << "said twice: " << Show(asked);
  return static_cast<int>(denied - allowed);
}

TEST(RestrictionWorlds, ADifferenceSaysExactlyWhichAnswersChange) {
  std::size_t changed = 0;
  for (std::uint64_t seed = 1; seed <= kWorlds; ++seed) {
    World world(seed);
    const std::vector<Restriction> before =
        world.History().At(At(5 + static_cast<std::int64_t>(world.Below(20))));
    const std::vector<Restriction> after = world.History().At(At(kLastMoment));
    const Time since = At(static_cast<std::int64_t>(world.Below(kLastMoment)));
    const TableDifference difference = DifferenceOf(before, after, since);
    for (const Question& question : world.Questions(1)) {
      const bool was = DecideNaively(before, question).allowed;
      const bool is = DecideNaively(after, question).allowed;
      const int expected = question.at < since ? 0 : static_cast<int>(was) - static_cast<int>(is);
      changed += expected == 0 ? 0U : 1U;
      ASSERT_EQ(SaidBy(difference, question), expected)
          << "seed " << seed << ": " << Show(question);
    }
  }
  EXPECT_GT(changed, 1'000U);
}

TEST(RestrictionWorlds, CompileToATableThatAnswersTheSame) {
  const catalogue::Catalogue catalogue = internal::ExampleCatalogue();
  for (std::uint64_t seed = 1; seed <= kWorlds / 4; ++seed) {
    World world(seed);
    const std::vector<Restriction> in_force = world.History().At(At(kLastMoment));
    const Bytes bytes = DecisionTable::Compile(seed, in_force, catalogue, {}).value();
    const DecisionTable table = DecisionTable::Open(bytes).value();
    for (const Question& question : world.Questions(1)) {
      const Answer expected = DecideNaively(in_force, question);
      const Answer answer = table.Describe(question, false);
      ASSERT_EQ(answer.restriction, expected.restriction)
          << "seed " << seed << ": " << Show(question);
      ASSERT_EQ(answer.of_case, expected.of_case) << "seed " << seed << ": " << Show(question);
      ASSERT_EQ(answer.until, expected.until) << "seed " << seed << ": " << Show(question);
    }
  }
}

// Asks of a decision at random; much of it cannot be planned.
class RandomPlans {
 public:
  explicit RandomPlans(std::uint64_t seed) : random_(seed) {
    inputs_.decision = "decision-9";
    inputs_.nonce = "00";
    inputs_.catalogue = &catalogue_;
    inputs_.customers = &customers_;
    inputs_.terms = &terms_;
    inputs_.clause = "4.2";
    inputs_.attributions = {{"sub-1", "attribution-1"}, {"sub-2", "attribution-2"}};
    if (Below(2) == 0) inputs_.keep_on_classes = {"speech-to-text"};
    if (Below(2) == 0) inputs_.keep_on_services = {"archive-store"};
    inputs_.restrictions.resize(1 + Below(2));
    for (RequestedRestriction& one : inputs_.restrictions) Fill(one);
  }

  PlanInputs& inputs() { return inputs_; }
  const terms::Terms& terms() const { return terms_; }
  std::uint64_t Below(std::uint64_t end) { return random_.Next() % end; }

  // A kept service by the words of terms and decision.
  bool KeepsOn(const catalogue::Service& service) const {
    return service.capability_class == "security" ||
           (service.capability_class == "speech-to-text" && !inputs_.keep_on_classes.empty()) ||
           (service.id == "archive-store" && !inputs_.keep_on_services.empty());
  }
  const catalogue::Catalogue& catalogue() const { return catalogue_; }

 private:
  void Fill(RequestedRestriction& one) {
    static constexpr std::array<const char*, 3> kClasses = {"object-storage", "speech-to-text",
                                                            "security"};
    static constexpr std::array<const char*, 4> kServices = {"blob-store", "archive-store",
                                                             "speech", "threat-watch"};
    one.subscriptions = {Below(2) == 0 ? "sub-1" : "sub-2"};
    if (Below(2) == 0) one.classes = {kClasses.at(Below(Below(8) == 0 ? 3 : 2))};
    if (one.classes.empty() || Below(4) == 0) {
      one.services = {kServices.at(Below(Below(8) == 0 ? 4 : 3))};
    }
    one.regions = {Below(2) == 0 ? "*" : "de-1"};
    one.stage = static_cast<Stage>(Below(4));
    const OperationSet denied = Denied(one.stage, kAllOperations);
    if (Below(2) == 0) {
      one.operations = static_cast<OperationSet>(Below(kAllOperations + 1) & denied);
      if (one.operations == 0) one.operations = kAllOperations;
    }
    if (Below(2) == 0) one.from = At(static_cast<std::int64_t>(Below(kLastMoment)));
    if (Below(2) == 0) {
      one.until = one.from.value_or(At(20)) + std::chrono::milliseconds(1 + Below(12));
    }
  }

  SeededRandom random_;
  catalogue::Catalogue catalogue_ = internal::ExampleCatalogue();
  catalogue::Customers customers_ = internal::ExampleCustomers();
  terms::Terms terms_ = internal::ExampleTerms();
  PlanInputs inputs_;
};

TEST(RestrictionWorlds, APlanNeverDeniesWhatIsKeptOn) {
  std::size_t formed = 0;
  std::size_t refused = 0;
  for (std::uint64_t seed = 1; seed <= kWorlds / 4; ++seed) {
    RandomPlans plans(seed);
    const Result<Plan> plan = ExpandRestriction(plans.inputs());
    (plan ? formed : refused) += 1;
    if (!plan) continue;
    for (const Restriction& restriction : plan->restrictions) {
      for (const Target& target : restriction.targets) {
        ASSERT_FALSE(plans.KeepsOn(*plans.catalogue().FindService(target.service)))
            << "seed " << seed << ": " << target.service;
      }
    }
    const std::vector<Restriction> in_force = RestrictionsOfPlan(plan->json, At(0)).value();
    for (const catalogue::Service& service : plans.catalogue().services()) {
      if (!plans.KeepsOn(service)) continue;
      for (const char* subscription : {"sub-1", "sub-2"}) {
        for (int i = 0; i < kOperationCount; ++i) {
          const Question question{subscription, service.id, "de-1", static_cast<Operation>(i),
                                  At(25)};
          ASSERT_TRUE(DecideNaively(in_force, question).allowed)
              << "seed " << seed << ": " << Show(question);
        }
      }
    }
  }
  EXPECT_GT(formed, 50U);
  EXPECT_GT(refused, 50U);
}

// The operations that a plan's JSON says for each target under `key`.
void AddSaid(const Json& restrictions, const char* key, std::map<Target, OperationSet>& said) {
  for (const Json& restriction : *restrictions.AsArray()) {
    for (const Json& target : *restriction.ArrayAt("targets").value()) {
      OperationSet& operations =
          said[{target.StringOr("subscription", ""), target.StringOr("service", ""),
                target.StringOr("region", "")}];
      const std::vector<std::string> names = target.StringsAt(key).value();
      for (const std::string& name : names) {
        operations = static_cast<OperationSet>(operations | SetOf(ParseOperation(name).value()));
      }
    }
  }
}

std::map<Target, OperationSet> Changed(const std::vector<AnswerChange>& changes) {
  std::map<Target, OperationSet> changed;
  for (const AnswerChange& change : changes) {
    OperationSet& operations = changed[change.target];
    operations = static_cast<OperationSet>(operations | change.operations);
  }
  return changed;
}

TEST(RestrictionWorlds, APlanSaysExactlyWhatItsAdoptionChanges) {
  std::size_t compared = 0;
  for (std::uint64_t seed = 1; seed <= kWorlds / 2; ++seed) {
    // An interim decision is in force alone; a final one may supersede it.
    RandomPlans interim(seed);
    interim.inputs().decision = "decision-1";
    const Result<Plan> first = ExpandRestriction(interim.inputs());
    RandomPlans plans(seed + kWorlds);
    const auto before =
        first ? RestrictionsOfPlan(first->json, At(0)).value() : std::vector<Restriction>();
    const bool supersedes = !before.empty() && plans.Below(2) == 0;
    if (supersedes) plans.inputs().supersedes = {{"decision-1", &before, 2}};
    const Result<Plan> plan = ExpandRestriction(plans.inputs());
    if (!plan) continue;
    ++compared;
    RestrictionsInForce history;
    if (!before.empty()) {
      ASSERT_TRUE(history.Adopt({.decision = "decision-1", .at = At(0), .restrictions = before}));
    }
    const Time now = At(1);
    const auto own = RestrictionsOfPlan(plan->json, now).value();
    Adoption adoption{.decision = "decision-9", .at = now, .restrictions = own};
    if (supersedes) adoption.supersedes = {"decision-1"};
    ASSERT_TRUE(history.Adopt(adoption));
    const TableDifference made = DifferenceOf(history.At(At(0)), history.At(now), now);
    std::map<Target, OperationSet> loses;
    AddSaid(*plan->json.Find("restrictions"), "loses", loses);
    std::erase_if(loses, [](const auto& item) { return item.second == 0; });
    // Where nothing was in force, the plan is the difference, to the letter.
    EXPECT_EQ(Changed(DifferenceOf({}, own, now).denied), loses) << "seed " << seed;
    std::map<Target, OperationSet> regains;
    if (supersedes) {
      AddSaid(*plan->json.Find("supersedes")->AsArray()->front().Find("restores"), "regains",
              regains);
      std::map<Target, OperationSet> all = regains;
      std::erase_if(all, [](const auto& item) { return item.second == 0; });
      EXPECT_EQ(Changed(DifferenceOf(before, {}, At(0)).allowed), all) << "seed " << seed;
    }
    // With others in force, nothing changes but what the plan says: it is lost or given back.
    for (const auto& [target, operations] : Changed(made.denied)) {
      ASSERT_EQ(operations & ~loses[target], 0) << "seed " << seed;
    }
    for (const auto& [target, operations] : Changed(made.allowed)) {
      ASSERT_EQ(operations & ~regains[target], 0) << "seed " << seed;
    }
  }
  EXPECT_GT(compared, 200U);
}

}  // namespace
}  // namespace proviso::enforcement

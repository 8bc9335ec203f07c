#include "base/random.h"
#include "enforcement/decision_table.h"
#include "enforcement/internal/example_provider.h"

namespace proviso::enforcement {
namespace {

Time At(std::int64_t ms) { return Time(std::chrono::milliseconds(ms)); }

Restriction Make(std::string id, std::vector<Target> targets) {
  return {.id = std::move(id),
          .clause = "4.2",
          .stage = terms::Stage::kSuspended,
          .from = At(1000),
          .until = std::nullopt,
          .targets = std::move(targets),
          .of_case = "case-1"};
}

// A log of decisions and lifts as it grows: few names and moments, so that restrictions meet.
class History {
 public:
  explicit History(std::uint64_t seed) : random_(seed), subscriptions_(2 + random_.Next() % 60) {}

  // Takes some away, and adds some behind.
  void Go() {
    for (std::uint64_t i = random_.Next() % 3; i > 0 && !in_force_.empty(); --i) {
      const auto place = static_cast<std::ptrdiff_t>(random_.Next() % in_force_.size());
      in_force_.erase(in_force_.begin() + place);
    }
    // Now and then so many that those of one subscription lie far apart.
    const std::uint64_t count = random_.Next() % 8 == 0 ? 140 : random_.Next() % 4;
    for (std::uint64_t i = 0; i < count; ++i) in_force_.push_back(MakeOne());
  }

  std::vector<const Restriction*> InForceInPlace() const {
    std::vector<const Restriction*> all;
    for (const Restriction& one : in_force_) all.push_back(&one);
    return all;
  }
  const std::vector<Restriction>& in_force() const { return in_force_; }

 private:
  Restriction MakeOne() {
    Restriction made = Make("decision-" + std::to_string(++made_) + "/1", {});
    made.clause = "4." + std::to_string(random_.Next() % 3);
    made.of_case = random_.Next() % 3 == 0 ? "" : "case-" + std::to_string(random_.Next() % 3);
    made.stage = static_cast<terms::Stage>(random_.Next() % 4);
    if (random_.Next() % 2 == 0) {
      made.operations = static_cast<OperationSet>(1 + random_.Next() % kAllOperations);
    }
    made.from = At(static_cast<std::int64_t>(random_.Next() % 2) * 1000);
    if (random_.Next() % 3 == 0) {
      made.until = At(static_cast<std::int64_t>(random_.Next() % 3) * 1000);  // or empty
    }
    static constexpr std::array<const char*, 3> kServices = {"blob-store", "speech", "machines"};
    static constexpr std::array<const char*, 2> kRegions = {"nl-1", "de-1"};
    for (std::uint64_t i = random_.Next() % 12; i > 0; --i) {
      made.targets.push_back({"sub-" + std::to_string(random_.Next() % subscriptions_),
                              kServices[random_.Next() % 3], kRegions[random_.Next() % 2]});
    }
    return made;
  }

  SeededRandom random_;
  std::uint64_t subscriptions_;
  std::uint64_t made_ = 0;
  std::vector<Restriction> in_force_;
};

TEST(TableIncrement, GivesTheVeryBytesOfACompilationFromEverything) {
  const catalogue::Catalogue catalogue = internal::ExampleCatalogue();
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    History history(seed);
    Bytes bytes = DecisionTable::Compile(0, {}, catalogue, {"security"}).value();
    for (std::uint64_t number = 1; number <= 20; ++number) {
      history.Go();
      const DecisionTable before = DecisionTable::Open(bytes).value();
      const TableChange change = before.ChangeTo(history.InForceInPlace());
      std::optional<Bytes> next =
          DecisionTable::CompileFrom(before, number, change, catalogue, {"security"}).value();
      ASSERT_TRUE(next) << "seed " << seed << " number " << number;
      const Bytes anew =
          DecisionTable::Compile(number, history.in_force(), catalogue, {"security"}).value();
      ASSERT_TRUE(*next == anew) << "seed " << seed << " number " << number;
      bytes = std::move(*next);
    }
  }
}

TEST(TableIncrement, TellsWhatChangedByIdAndTerms) {
  const auto make = [](std::string id) {
    return Make(std::move(id), {{"sub-1", "speech", "nl-1"}});
  };
  const Restriction a = make("a");
  const Restriction b = make("b");
  const Restriction c = make("c");
  Restriction longer = b;
  longer.until = At(9000);
  const Bytes bytes = DecisionTable::Compile(1, {a, b}, internal::ExampleCatalogue(), {}).value();
  const DecisionTable table = DecisionTable::Open(bytes).value();
  struct Case {
    std::vector<const Restriction*> in_force;
    std::vector<std::string> removed;
    std::vector<const Restriction*> added;
  };
  const std::vector<Case> cases = {
      {{&a, &b}, {}, {}},   {{&a, &b, &c}, {}, {&c}},        {{&b}, {"a"}, {}},
      {{}, {"a", "b"}, {}}, {{&a, &c, &b}, {"b"}, {&c, &b}}, {{&a, &longer}, {"b"}, {&longer}}};
  for (const Case& one : cases) {
    const TableChange change = table.ChangeTo(one.in_force);
    EXPECT_EQ(change.removed, one.removed);
    EXPECT_EQ(change.added, one.added);
  }
}

class TableIncrementRefusals : public testing::Test {
 protected:
  Result<std::optional<Bytes>> From(const std::vector<Restriction>& in_force,
                                    const TableChange& change,
                                    const catalogue::Catalogue& catalogue) {
    bytes_ = DecisionTable::Compile(1, in_force, internal::ExampleCatalogue(), {}).value();
    const DecisionTable before = DecisionTable::Open(bytes_).value();
    return DecisionTable::CompileFrom(before, 2, change, catalogue, {"security"});
  }

  Bytes bytes_;
};

TEST_F(TableIncrementRefusals, LeavesATableWithOtherNamesToACompilationFromEverything) {
  const Restriction known = Make("decision-1/1", {{"sub-1", "blob-store", "nl-1"}});
  const Restriction retired = Make("decision-1/1", {{"sub-1", "retired", "nl-1"}});
  const Restriction elsewhere = Make("decision-1/1", {{"sub-1", "speech", "xx-1"}});
  const TableChange first_goes = {.removed = {"decision-1/1"}, .added = {}};
  const catalogue::Catalogue catalogue = internal::ExampleCatalogue();
  EXPECT_FALSE(From({}, {.removed = {}, .added = {&retired}}, catalogue).value());
  EXPECT_FALSE(From({}, {.removed = {}, .added = {&elsewhere}}, catalogue).value());
  // Its name goes with it.
  EXPECT_FALSE(From({retired}, first_goes, catalogue).value());
  EXPECT_TRUE(From({known}, first_goes, catalogue).value());
  EXPECT_FALSE(From({known}, first_goes, internal::SmallestCatalogue()).value());
  // Which of two is meant?
  EXPECT_FALSE(From({known, known}, first_goes, catalogue).value());
  // What the table names and the catalogue does not is of a restriction that stays.
  EXPECT_TRUE(From({retired}, {.removed = {}, .added = {&known}}, catalogue).value());
}

TEST_F(TableIncrementRefusals, RefusesWhatACompilationRefuses) {
  const catalogue::Catalogue catalogue = internal::ExampleCatalogue();
  const Restriction kept = Make("decision-1/1", {{"sub-1", "threat-watch", "nl-1"}});
  const auto touches = From({}, {.removed = {}, .added = {&kept}}, catalogue);
  ASSERT_FALSE(touches);
  EXPECT_EQ(touches.error().code(), ErrorCode::kFailedPrecondition);
  Restriction blank = Make("decision-1/1", {{"sub-1", "blob-store", "nl-1"}});
  blank.clause = "";
  const auto bad = From({}, {.removed = {}, .added = {&blank}}, catalogue);
  ASSERT_FALSE(bad);
  EXPECT_EQ(bad.error().code(), ErrorCode::kInvalidArgument);
  const auto missing = From({}, {.removed = {"decision-9/1"}, .added = {}}, catalogue);
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code(), ErrorCode::kNotFound);
}

}  // namespace
}  // namespace proviso::enforcement

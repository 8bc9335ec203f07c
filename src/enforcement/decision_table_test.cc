#include "enforcement/decision_table.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <fstream>
#include <limits>
#include <set>
#include <sstream>

#include "base/random.h"
#include "enforcement/internal/example_provider.h"

namespace proviso::enforcement {
namespace {

using terms::Stage;

Time At(std::int64_t ms) { return Time(std::chrono::milliseconds(ms)); }

Restriction Make(std::string id, Stage stage, std::vector<Target> targets) {
  return {.id = std::move(id),
          .clause = "4.2",
          .stage = stage,
          .from = At(1000),
          .until = std::nullopt,
          .targets = std::move(targets),
          .of_case = "case-1"};
}

// A compiled table together with the bytes that it reads.
struct Compiled {
  Bytes bytes;
  DecisionTable table;
};

Compiled CompileOrDie(const std::vector<Restriction>& restrictions, std::uint64_t number = 7) {
  Bytes bytes =
      DecisionTable::Compile(number, restrictions, internal::ExampleCatalogue(), {"security"})
          .value();
  DecisionTable table = DecisionTable::Open(bytes).value();
  return {std::move(bytes), table};  // moving a vector leaves its elements where they are
}

void ExpectSame(const Answer& found, const Answer& expected, const std::string& what) {
  EXPECT_EQ(found.allowed, expected.allowed) << what;
  EXPECT_EQ(found.restriction, expected.restriction) << what;
  EXPECT_EQ(found.clause, expected.clause) << what;
  EXPECT_EQ(found.of_case, expected.of_case) << what;
  EXPECT_EQ(found.stage, expected.stage) << what;
  EXPECT_EQ(found.until, expected.until) << what;
  EXPECT_EQ(found.reason, expected.reason) << what;
}

std::string Show(const Question& question) {
  return question.subscription + " " + question.service + " " + question.region + " " +
         std::string(OperationName(question.operation)) + " at " +
         std::to_string(question.at.time_since_epoch().count());
}

// A made-up world: few names and few moments, so that restrictions meet often.
class World {
 public:
  explicit World(std::uint64_t seed) : random_(seed), subscriptions_(1 + random_.Next() % 40) {
    const catalogue::Catalogue catalogue = internal::ExampleCatalogue();
    for (const catalogue::Service& service : catalogue.services()) {
      if (service.capability_class != "security") services_.push_back(service.id);
    }
    for (const catalogue::Region& region : catalogue.regions()) regions_.push_back(region.id);
    const std::size_t count = random_.Next() % 12;
    for (std::size_t i = 0; i < count; ++i) restrictions_.push_back(MakeOne(i));
  }

  std::vector<Restriction>& restrictions() { return restrictions_; }
  SeededRandom& random() { return random_; }

  // Every moment at which something changes, and the ones beside it.
  std::vector<std::int64_t> Moments() const {
    std::set<std::int64_t> moments = {0, 5000};
    for (const Restriction& restriction : restrictions_) {
      for (const std::int64_t by : {-1, 0, 1}) {
        moments.insert(restriction.from.time_since_epoch().count() + by);
        if (restriction.until) moments.insert(restriction.until->time_since_epoch().count() + by);
      }
    }
    return {moments.begin(), moments.end()};
  }

  std::vector<Question> Questions() {
    std::vector<Question> questions;
    for (const std::int64_t at : Moments()) {
      for (int i = 0; i < 60; ++i) {
        Target target = RandomTarget(subscriptions_ + 3);  // some are in no restriction
        const auto operation = static_cast<Operation>(random_.Next() % kOperationCount);
        questions.push_back(
            {target.subscription, target.service, target.region, operation, At(at)});
      }
    }
    return questions;
  }

 private:
  Target RandomTarget(std::size_t subscriptions) {
    return {"sub-" + std::to_string(random_.Next() % subscriptions),
            services_[random_.Next() % services_.size()],
            regions_[random_.Next() % regions_.size()]};
  }

  OperationSet RandomOperations() {
    if (random_.Next() % 2 == 0) return kAllOperations;
    return static_cast<OperationSet>(1 + random_.Next() % kAllOperations);
  }

  Restriction MakeOne(std::size_t position) {
    Restriction restriction{
        .id = "decision-" + std::to_string(position) + "/1",
        .clause = "4." + std::to_string(position % 3),
        .stage = static_cast<Stage>(random_.Next() % 4),
        .operations = RandomOperations(),
        .from = At(static_cast<std::int64_t>(random_.Next() % 3) * 1000),
        .until = std::nullopt,
        .targets = {},
        .of_case = random_.Next() % 3 == 0 ? "" : "case-" + std::to_string(random_.Next() % 3)};
    if (random_.Next() % 2 == 0) {
      restriction.until =
          restriction.from + std::chrono::milliseconds(random_.Next() % 3 * 1000);  // or empty
    }
    const std::size_t targets = 1 + random_.Next() % 60;
    for (std::size_t i = 0; i < targets; ++i) {
      restriction.targets.push_back(RandomTarget(subscriptions_));
    }
    return restriction;
  }

  SeededRandom random_;
  std::size_t subscriptions_ = 0;
  std::vector<std::string> services_;
  std::vector<std::string> regions_;
  std::vector<Restriction> restrictions_;
};

constexpr std::uint64_t kWorlds = 150;

TEST(DecisionTable, AnswersLikeAPlainWalkOverAllRestrictions) {
  std::size_t denied = 0;
  for (std::uint64_t seed = 1; seed <= kWorlds; ++seed) {
    World world(seed);
    const Compiled compiled = CompileOrDie(world.restrictions());
    for (const Question& question : world.Questions()) {
      const Answer expected = DecideNaively(world.restrictions(), question);
      denied += expected.allowed ? 0U : 1U;
      ExpectSame(compiled.table.Describe(question, false), expected,
                 "seed " + std::to_string(seed) + ": " + Show(question));
    }
    ASSERT_FALSE(HasFailure()) << "seed " << seed;
  }
  EXPECT_GT(denied, 1000U) << "the worlds are too tame to show anything";
}

TEST(DecisionTable, AllowsOrDeniesTheSameInWhateverOrderDecisionsWereAdopted) {
  for (std::uint64_t seed = 1; seed <= kWorlds; ++seed) {
    World world(seed);
    std::vector<Restriction> other = world.restrictions();
    for (std::size_t i = other.size(); i > 1; --i) {
      std::swap(other[i - 1], other[world.random().Next() % i]);
    }
    const Compiled first = CompileOrDie(world.restrictions());
    const Compiled second = CompileOrDie(other);
    for (const Question& question : world.Questions()) {
      ASSERT_EQ(first.table.Describe(question, false).allowed,
                second.table.Describe(question, false).allowed)
          << "seed " << seed << ": " << Show(question);
    }
  }
}

TEST(DecisionTable, LiftingOneRestrictionLeavesTheOthers) {
  for (std::uint64_t seed = 1; seed <= kWorlds; ++seed) {
    World world(seed);
    if (world.restrictions().empty()) continue;
    std::vector<Restriction> rest = world.restrictions();
    rest.erase(rest.begin() + static_cast<std::ptrdiff_t>(world.random().Next() % rest.size()));
    const Compiled before = CompileOrDie(world.restrictions());
    const Compiled after = CompileOrDie(rest);
    for (const Question& question : world.Questions()) {
      const Answer now = after.table.Describe(question, false);
      ExpectSame(now, DecideNaively(rest, question), "seed " + std::to_string(seed));
      // Lifting only ever allows more.
      EXPECT_GE(now.allowed, before.table.Describe(question, false).allowed) << Show(question);
    }
    ASSERT_FALSE(HasFailure()) << "seed " << seed;
  }
}

TEST(DecisionTable, DeniesWhatEachStageDenies) {
  for (const Stage stage : {Stage::kNotice, Stage::kNoNew, Stage::kReadOnly, Stage::kSuspended}) {
    const Compiled compiled =
        CompileOrDie({Make("decision-1/1", stage, {{"sub-1", "blob-store", "nl-1"}})});
    for (int i = 0; i < kOperationCount; ++i) {
      const auto operation = static_cast<Operation>(i);
      const FastQuestion question{.subscription = "sub-1",
                                  .service = compiled.table.ServiceNumber("blob-store"),
                                  .region = compiled.table.RegionNumber("nl-1"),
                                  .operation = operation,
                                  .at = 1000};
      EXPECT_EQ(compiled.table.Decide(question).allowed, !Denies(stage, operation))
          << terms::StageName(stage) << " " << OperationName(operation);
    }
  }
}

TEST(DecisionTable, DeniesOnlyTheOperationsThatARestrictionCovers) {
  for (unsigned set = 1; set <= kAllOperations; ++set) {
    Restriction restriction =
        Make("decision-1/1", Stage::kSuspended, {{"sub-1", "blob-store", "nl-1"}});
    restriction.operations = static_cast<OperationSet>(set);
    const Compiled compiled = CompileOrDie({restriction});
    for (int i = 0; i < kOperationCount; ++i) {
      const auto operation = static_cast<Operation>(i);
      const Question question{"sub-1", "blob-store", "nl-1", operation, At(1000)};
      EXPECT_EQ(compiled.table.Describe(question, true).allowed,
                operation == Operation::kManage || !Includes(restriction.operations, operation))
          << set << " " << OperationName(operation);
    }
  }
}

TEST(DecisionTable, HoldsManyRulesOfOneSubscription) {
  // Beyond what a slot holds: the rules spill.
  std::vector<Restriction> restrictions;
  for (int i = 0; i < 3000; ++i) {
    Restriction restriction = Make("decision-" + std::to_string(i) + "/1", Stage::kReadOnly,
                                   {{"sub-1", i % 2 == 0 ? "blob-store" : "speech", "nl-1"}});
    restriction.from = At(1000 + i);
    restriction.until = At(1001 + i);
    restrictions.push_back(restriction);
  }
  const Compiled compiled = CompileOrDie(restrictions);
  for (int i = 0; i < 3000; i += 7) {
    const Question question{"sub-1", i % 2 == 0 ? "blob-store" : "speech", "nl-1",
                            Operation::kWrite, At(1000 + i)};
    ExpectSame(compiled.table.Describe(question, false), DecideNaively(restrictions, question),
               std::to_string(i));
  }
}

TEST(DecisionTable, NamesARestrictionFarFromTheFirstOfItsSubscription) {
  // Two restrictions of one window, further apart than the distance that a slot can hold.
  std::vector<Restriction> restrictions(5000, Make("decision-9/1", Stage::kNoNew, {}));
  restrictions.front() = Make("decision-1/1", Stage::kNoNew, {{"sub-1", "blob-store", "nl-1"}});
  restrictions.back() = Make("decision-2/1", Stage::kReadOnly, {{"sub-1", "blob-store", "nl-1"}});
  const Compiled compiled = CompileOrDie(restrictions);
  const Question question{"sub-1", "blob-store", "nl-1", Operation::kWrite, At(1000)};
  EXPECT_EQ(compiled.table.Describe(question, false).restriction, "decision-2/1");
}

TEST(DecisionTable, AllowsEverythingWhenNothingIsRestricted) {
  const Compiled compiled = CompileOrDie({}, 0);
  EXPECT_EQ(compiled.table.number(), 0U);
  for (const char* subscription :
       {"", "sub-1", "a very long subscription id, longer than others"}) {
    const Answer answer = compiled.table.Describe(
        {subscription, "blob-store", "nl-1", Operation::kWrite, At(0)}, false);
    EXPECT_TRUE(answer.allowed);
    EXPECT_EQ(answer.reason, "");
  }
}

TEST(DecisionTable, AnswersForUnknownNamesAsConfigured) {
  const Compiled compiled =
      CompileOrDie({Make("decision-1/1", Stage::kSuspended, {{"sub-1", "blob-store", "nl-1"}})});
  for (const bool allowed : {true, false}) {
    const Answer service =
        compiled.table.Describe({"sub-1", "no-such", "nl-1", Operation::kRead, At(1000)}, allowed);
    EXPECT_EQ(service.allowed, allowed);
    EXPECT_EQ(service.reason, "unknown service");
    const Answer region = compiled.table.Describe(
        {"sub-1", "blob-store", "no-such", Operation::kRead, At(1000)}, allowed);
    EXPECT_EQ(region.allowed, allowed);
    EXPECT_EQ(region.reason, "unknown region");
    EXPECT_TRUE(
        compiled.table
            .Describe({"sub-1", "no-such", "no-such", Operation::kManage, At(1000)}, allowed)
            .allowed);
  }
  const FastQuestion question{.subscription = "sub-1",
                              .service = DecisionTable::kUnknown,
                              .region = DecisionTable::kUnknown,
                              .operation = Operation::kRead,
                              .at = 1000};
  EXPECT_TRUE(compiled.table.Decide(question).allowed);
}

TEST(DecisionTable, KnowsNamesThatOnlyARestrictionHas) {
  const Compiled compiled =
      CompileOrDie({Make("decision-1/1", Stage::kSuspended, {{"sub-1", "retired", "old-1"}})});
  EXPECT_FALSE(
      compiled.table.Describe({"sub-1", "retired", "old-1", Operation::kRead, At(1000)}, true)
          .allowed);
}

TEST(DecisionTable, DescribesTheDenialWithoutNamingACustomer) {
  const Compiled compiled = CompileOrDie(
      {Make("decision-1/2", Stage::kSuspended, {{"example-ministry", "blob-store", "nl-1"}})}, 42);
  const Answer answer = compiled.table.Describe(
      {"example-ministry", "blob-store", "nl-1", Operation::kRead, At(1000)}, true);
  EXPECT_EQ(answer.reason, "restricted by decision-1 under clause 4.2: suspended");
  EXPECT_EQ(answer.restriction, "decision-1/2");
  EXPECT_EQ(answer.table, 42U);
}

TEST(DecisionTable, CannotBeCompiledAgainstAServiceThatIsKeptOn) {
  for (const Stage stage : {Stage::kNotice, Stage::kSuspended}) {
    const auto bytes = DecisionTable::Compile(
        1, {Make("decision-1/1", stage, {{"sub-1", "threat-watch", "nl-1"}})},
        internal::ExampleCatalogue(), {"security"});
    ASSERT_FALSE(bytes);
    EXPECT_EQ(bytes.error().code(), ErrorCode::kFailedPrecondition);
    EXPECT_NE(bytes.error().message().find("`threat-watch`"), std::string::npos);
  }
}

TEST(DecisionTable, ComesOutTheSameFromTheSameInput) {
  World world(3);
  EXPECT_EQ(CompileOrDie(world.restrictions()).bytes, CompileOrDie(world.restrictions()).bytes);
}

TEST(DecisionTable, RefusesATableThatIsCutShort) {
  const Bytes bytes =
      CompileOrDie({Make("decision-1/1", Stage::kSuspended, {{"sub-1", "blob-store", "nl-1"}})})
          .bytes;
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    const Bytes cut(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size));
    const auto table = DecisionTable::Open(cut);
    ASSERT_FALSE(table) << size;
    EXPECT_EQ(table.error().code(), ErrorCode::kDataLoss) << size;
  }
  Bytes longer = bytes;
  longer.push_back(0);
  EXPECT_FALSE(DecisionTable::Open(longer));
}

TEST(DecisionTable, RefusesATableWithAnyByteChanged) {
  Bytes bytes =
      CompileOrDie({Make("decision-1/1", Stage::kSuspended, {{"sub-1", "blob-store", "nl-1"}})})
          .bytes;
  for (std::uint8_t& byte : bytes) {
    for (const int flip : {0x01, 0x80, 0xFF}) {
      byte = static_cast<std::uint8_t>(byte ^ flip);
      EXPECT_FALSE(DecisionTable::Open(bytes)) << &byte - bytes.data();
      byte = static_cast<std::uint8_t>(byte ^ flip);
    }
  }
  EXPECT_TRUE(DecisionTable::Open(bytes));
}

TEST(DecisionTable, RefusesAnotherVersionAndSaysWhatToDo) {
  Bytes bytes = CompileOrDie({}).bytes;
  for (const auto& [version, said] : {std::pair{1, "has version 1, expected version 2: an older"},
                                      std::pair{3, "has version 3, expected version 2: a newer"}}) {
    bytes[8] = static_cast<std::uint8_t>(version);
    internal::WriteChecksum(bytes);
    const auto table = DecisionTable::Open(bytes);
    ASSERT_FALSE(table);
    EXPECT_EQ(table.error().code(), ErrorCode::kUnimplemented);
    EXPECT_NE(table.error().message().find(said), std::string::npos) << table.error().message();
    EXPECT_NE(table.error().message().find("`proviso log rebuild`"), std::string::npos);
  }
}

// A table with a right checksum over wrong content cannot lead Decide() outside: it is refused, or
// it answers; the sanitizers watch.
TEST(DecisionTable, NeverReadsOutsideEvenWhenTheChecksumIsForged) {
  World world(5);
  const Bytes good = CompileOrDie(world.restrictions()).bytes;
  const std::vector<Question> questions = world.Questions();
  std::size_t opened = 0;
  for (std::uint64_t seed = 1; seed <= 3000; ++seed) {
    SeededRandom random(seed);
    // Exactly as long as the table: a read beyond is a read beyond the allocation.
    auto bytes = std::make_unique<std::uint8_t[]>(good.size());
    std::copy(good.begin(), good.end(), bytes.get());
    const std::span<std::uint8_t> view(bytes.get(), good.size());
    for (std::uint64_t i = 0; i <= random.Next() % 3; ++i) {
      const bool in_header = random.Next() % 2 == 0;
      view[random.Next() % (in_header ? 128 : view.size())] =
          static_cast<std::uint8_t>(random.Next());
    }
    internal::WriteChecksum(view);
    const auto table = DecisionTable::Open(view);
    if (!table) continue;
    ++opened;
    for (std::size_t i = 0; i < questions.size(); i += 11) {
      static_cast<void>(table->Describe(questions[i], true));
    }
  }
  EXPECT_GT(opened, 100U) << "the forgeries are too coarse to show anything";
}

// The bytes of the worked example, as the document lists them: "00000080  41 de  | what it is".
Bytes BytesOfDocument() {
  std::ifstream file(PROVISO_SOURCE_DIR "/docs/formats/decision-table.md");
  Bytes bytes;
  for (std::string line; std::getline(file, line);) {
    if (line.size() < 10 || line.substr(8, 2) != "  ") continue;
    std::size_t offset = 0;
    if (std::sscanf(line.c_str(), "%8zx", &offset) != 1) continue;
    bytes.resize(std::max(bytes.size(), offset));  // zeros are left out
    if (offset < bytes.size()) return {};          // each byte is told once
    std::istringstream digits(line.substr(10, line.find('|') - 10));
    for (std::string two; digits >> two;) {
      bytes.push_back(static_cast<std::uint8_t>(std::stoi(two, nullptr, 16)));
    }
  }
  return bytes;
}

TEST(DecisionTable, MatchesTheWorkedExampleOfTheDocument) {
  const catalogue::Catalogue catalogue = internal::SmallestCatalogue();
  Restriction restriction =
      Make("decision-1/1", Stage::kReadOnly, {{"sub-1", "blob-store", "nl-1"}});
  restriction.from = ParseTime("2026-11-22T00:00:00Z").value();
  restriction.operations = SetOf(Operation::kCreate) | SetOf(Operation::kWrite);
  const Bytes bytes = DecisionTable::Compile(258, {restriction}, catalogue, {}).value();
  std::string dump;
  for (std::size_t i = 0; i < bytes.size(); i += 16) {
    const std::array<std::uint8_t, 4> offset = {0, 0, static_cast<std::uint8_t>(i >> 8U),
                                                static_cast<std::uint8_t>(i)};
    dump += HexEncode(offset) + " ";
    for (std::size_t j = i; j < std::min(i + 16, bytes.size()); ++j) {
      dump += " " + HexEncode({&bytes[j], 1});
    }
    dump += "\n";
  }
  EXPECT_EQ(BytesOfDocument(), bytes) << dump;
}

}  // namespace
}  // namespace proviso::enforcement

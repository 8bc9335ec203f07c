#include "enforcement/cessation.h"

#include <gtest/gtest.h>

namespace proviso::enforcement {
namespace {

Date Day(std::string_view text) { return ParseDate(text).value(); }

// The same amount on each day from `from` to before `to`.
DailySeries Flat(std::string_view from, std::string_view to, std::string_view amount) {
  DailySeries series{.first = Day(from), .values = {}};
  series.values.assign(static_cast<std::size_t>((Day(to) - Day(from)).count()),
                       Decimal::Parse(amount).value());
  return series;
}

class CessationTest : public testing::Test {
 protected:
  CessationTest() {
    inputs_.effective = ParseTime("2026-09-25T12:00:00Z").value();
    inputs_.metered_to = Day("2026-11-01");
    inputs_.restrictions = {Restriction{.id = "decision-1/1",
                                        .clause = "4.2",
                                        .stage = terms::Stage::kReadOnly,
                                        .from = inputs_.effective,
                                        .until = {},
                                        .targets = {storage_, speech_}}};
  }

  void Metered(const Target& target, const std::string& operation, DailySeries daily) {
    inputs_.use.push_back(
        {.target = target, .operation = operation, .unit = "h", .daily = std::move(daily)});
  }
  Cessation Compared() {
    Result<Cessation> made = CompareUse(inputs_);
    EXPECT_TRUE(made) << made.error().message();
    return *made;
  }

  const Target storage_{.subscription = "sub-1", .service = "blob", .region = "nl-1"};
  const Target speech_{.subscription = "sub-1", .service = "speech", .region = "nl-1"};
  const Target shield_{.subscription = "sub-1", .service = "shield", .region = "nl-1"};
  CessationInputs inputs_;
};

TEST_F(CessationTest, HoldsWhenNothingThatIsDeniedWasMetered) {
  Metered(speech_, "invoke", Flat("2026-08-01", "2026-09-26", "7"));
  const Cessation made = Compared();
  ASSERT_EQ(made.targets.size(), 2U);
  EXPECT_TRUE(made.ok());
  EXPECT_EQ(made.targets[1].before.ToString(), "7");
  EXPECT_EQ(made.targets[1].after.ToString(), "0");
}

TEST_F(CessationTest, CountsTheOperationsThatAreCoveredAlone) {
  Metered(speech_, "invoke", Flat("2026-08-01", "2026-11-01", "7"));
  EXPECT_FALSE(Compared().ok());
  inputs_.restrictions[0].operations = SetOf(Operation::kWrite);
  EXPECT_TRUE(Compared().ok()) << "read-only, of which `write` alone";
}

TEST_F(CessationTest, TheDayOfTheDecisionBelongsToBothSidesAndIsLeftOut) {
  Metered(speech_, "invoke", Flat("2026-09-25", "2026-09-26", "1000"));
  const Cessation made = Compared();
  EXPECT_EQ(made.before_to, Day("2026-09-25"));
  EXPECT_EQ(made.after_from, Day("2026-09-26"));
  EXPECT_EQ(made.targets[1].before, Decimal());
  EXPECT_EQ(made.targets[1].after, Decimal());
}

TEST_F(CessationTest, FailsForTheSmallestUseThatIsDenied) {
  Metered(speech_, "invoke", Flat("2026-10-01", "2026-10-02", "0.000000000000000001"));
  const Cessation made = Compared();
  EXPECT_FALSE(made.ok());
  EXPECT_FALSE(made.targets[1].ok);
  EXPECT_GT(made.targets[1].after, Decimal());
}

TEST_F(CessationTest, CountsOnlyTheOperationsThatTheStageDenies) {
  Metered(storage_, "write", Flat("2026-08-01", "2026-09-26", "5"));
  Metered(storage_, "read", Flat("2026-08-01", "2026-11-01", "3"));
  EXPECT_TRUE(Compared().ok()) << "reading is the export window";
  inputs_.restrictions[0].stage = terms::Stage::kSuspended;
  EXPECT_FALSE(Compared().ok()) << "a suspension denies reading too";
}

TEST_F(CessationTest, DataAtRestCountsApart) {
  Metered(storage_, "", Flat("2026-08-01", "2026-11-01", "3500000"));
  const Cessation made = Compared();
  EXPECT_TRUE(made.targets[0].ok);
  EXPECT_EQ(made.targets[0].at_rest->ToString(), "3500000");
  EXPECT_EQ(made.targets[0].after, Decimal());
}

TEST_F(CessationTest, WhatIsKeptMustGoOn) {
  Metered(shield_, "invoke", Flat("2026-08-01", "2026-11-01", "900"));
  EXPECT_TRUE(Compared().ok());
  inputs_.use.clear();
  Metered(shield_, "invoke", Flat("2026-08-01", "2026-09-26", "900"));
  const Cessation made = Compared();
  ASSERT_EQ(made.kept.size(), 1U);
  EXPECT_FALSE(made.kept[0].ok);
  EXPECT_FALSE(made.ok());
}

TEST_F(CessationTest, ComparesWholeWeeksOfTheSameLength) {
  inputs_.metered_to = Day("2026-10-19");
  const Cessation made = Compared();
  EXPECT_EQ((made.after_to - made.after_from).count(), 21);
  EXPECT_EQ((made.before_to - made.before_from).count(), 21);
}

TEST_F(CessationTest, SaysNothingBeforeMeteringReachesPastTheDecision) {
  inputs_.metered_to = Day("2026-09-26");
  const auto made = CompareUse(inputs_);
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().message(),
            "metering reaches to 2026-09-25, which tells nothing about the time after 2026-09-25; "
            "import a later delivery first");
}

}  // namespace
}  // namespace proviso::enforcement

#include "usage/lake_fixture.h"
#include "usage/series_builder.h"

namespace proviso::usage {
namespace {

using testing::GoodRow;
using testing::LakeTest;
using testing::Row;
using testing::With;

constexpr std::string_view kCatalogue = R"({
  "classes":[{"id":"object-storage","name":"Object storage","kind":"level","unit":"GB"},
             {"id":"speech-to-text","name":"Speech to text","kind":"flow","unit":"h"}],
  "regions":[{"id":"ie-1","name":"Ireland"},{"id":"nl-1","name":"Netherlands"}],
  "services":[{"id":"blob-store","name":"Blob Store","class":"object-storage",
               "regions":["nl-1","ie-1"],
               "meters":[{"service_name":"Blob Store","unit":"GB-Hours"},
                         {"service_name":"Blob Store","unit":"GB-Days","factor":"24"}]},
              {"id":"speech","name":"Speech","class":"speech-to-text","regions":["nl-1"],
               "meters":[{"service_name":"Speech","unit":"Minutes","factor":"0.016666666666666667"},
                         {"service_name":"Speech","unit":"Hours"}]}]})";

Row Speech(const std::string& quantity, const std::string& start, const std::string& end) {
  return With({{"ServiceName", "Speech"},
               {"ConsumedUnit", "Hours"},
               {"ConsumedQuantity", quantity},
               {"ChargePeriodStart", start},
               {"ChargePeriodEnd", end}});
}

class RollupTest : public LakeTest {
 protected:
  RollupTest() : catalogue_(*catalogue::Catalogue::FromJson(*ParseJson(kCatalogue))) {}

  ActiveDelivery Stage(const std::vector<Row>& rows) {
    const auto delivery = lake_.Stage(Csv(rows), {});
    EXPECT_TRUE(delivery) << delivery.error().message();
    ActiveDelivery active{delivery->sha256, {}};
    for (const PeriodRows& period : delivery->periods) active.periods.push_back(period.start);
    return active;
  }
  std::vector<Series> Roll(const Selection& selection) {
    const auto rollup = lake_.Rollup(selection, catalogue_);
    EXPECT_TRUE(rollup) << rollup.error().message();
    return rollup->series;
  }
  std::string Level(const Series& series, const char* day) {
    const auto value = series.daily.At(*ParseDate(day));
    return value ? value->ToString() : "absent";
  }
  catalogue::Catalogue catalogue_;
};

TEST_F(RollupTest, ALevelIsTheTimeWeightedMeanOfTheDay) {
  Selection selection;
  // 240 GB for 24 hours by the hour, and the same by the day.
  std::vector<Row> hours;
  for (int hour = 0; hour < 24; ++hour) {
    const std::string h = (hour < 10 ? "0" : "") + std::to_string(hour);
    hours.push_back(With({{"ChargePeriodStart", "2026-03-05T" + h + ":00:00Z"},
                          {"ChargePeriodEnd",
                           hour == 23 ? "2026-03-06T00:00:00Z" : "2026-03-05T" + h + ":59:59Z"}}));
  }
  hours.push_back(With({{"ConsumedUnit", "GB-Days"},
                        {"ConsumedQuantity", "240"},
                        {"ChargePeriodStart", "2026-03-07T00:00:00Z"},
                        {"ChargePeriodEnd", "2026-03-08T00:00:00Z"}}));
  hours.push_back(With({{"ConsumedQuantity", "240"},
                        {"ChargePeriodStart", "2026-03-08T00:00:00Z"},
                        {"ChargePeriodEnd", "2026-03-08T01:00:00Z"}}));
  selection.deliveries = {Stage(hours)};
  const auto all = Roll(selection);
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].subscription, "sub-1");
  EXPECT_EQ(all[0].capability_class, "object-storage");
  EXPECT_EQ(all[0].region, "nl-1");
  EXPECT_EQ(all[0].unit, "GB");
  EXPECT_EQ(FormatDate(all[0].daily.first), "2026-03-05");
  EXPECT_EQ(all[0].daily.values.size(), 4U);
  EXPECT_EQ(Level(all[0], "2026-03-05"), "240");
  EXPECT_EQ(Level(all[0], "2026-03-06"), "absent");
  EXPECT_EQ(Level(all[0], "2026-03-07"), "240");
  EXPECT_EQ(Level(all[0], "2026-03-08"), "10") << "an hour counts as an hour";
  // Unit-hours: 24*240 + 240*24 + 240.
  EXPECT_EQ(all[0].months.at(*ParseMonth("2026-03")).ToString(), "11760");
  EXPECT_TRUE(all[0].has_long_rows.empty());
}

TEST_F(RollupTest, ALevelIsRoundedHalfToEvenAtTheLastDigit) {
  Selection selection;
  std::vector<Row> rows;
  for (const auto& [subscription, quantity] :
       std::vector<std::pair<std::string, std::string>>{{"a", "0.000000000000000012"},
                                                        {"b", "0.000000000000000036"},
                                                        {"c", "-0.000000000000000036"},
                                                        {"d", "1"}}) {
    rows.push_back(With({{"SubAccountId", subscription}, {"ConsumedQuantity", quantity}}));
  }
  selection.deliveries = {Stage(rows)};
  const auto all = Roll(selection);
  ASSERT_EQ(all.size(), 4U);
  EXPECT_EQ(Level(all[0], "2026-03-05"), "0");
  EXPECT_EQ(Level(all[1], "2026-03-05"), "0.000000000000000002");
  EXPECT_EQ(Level(all[2], "2026-03-05"), "-0.000000000000000002");
  EXPECT_EQ(Level(all[3], "2026-03-05"), "0.041666666666666667");
}

TEST_F(RollupTest, AFlowAddsUpAndCorrectionsCount) {
  Selection selection;
  Row correction = Speech("-0.25", "2026-03-05T10:00:00Z", "2026-03-05T11:00:00Z");
  correction["ChargeClass"] = "Correction";
  Row minutes = Speech("30", "2026-03-05T12:00:00Z", "2026-03-05T13:00:00Z");
  minutes["ConsumedUnit"] = "Minutes";
  selection.deliveries = {
      Stage({Speech("1.5", "2026-03-05T10:00:00Z", "2026-03-05T11:00:00Z"), correction, minutes})};
  const auto all = Roll(selection);
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(Level(all[0], "2026-03-05"), "1.75000000000000001");
}

TEST_F(RollupTest, CountsOnlyMappedUsageThatWasUsed) {
  Selection selection;
  selection.deliveries = {
      Stage({GoodRow(), With({{"ChargeCategory", "Purchase"}}),
             With({{"CommitmentDiscountStatus", "Unused"}}), With({{"SubAccountId", ""}}),
             With({{"ConsumedQuantity", ""}}), With({{"ServiceName", "Other"}})})};
  const auto all = Roll(selection);
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(Level(all[0], "2026-03-05"), "10");
}

TEST_F(RollupTest, SplitsARowAtMidnightWhereThatIsExactAndNeverSpreadsALongOne) {
  Selection selection;
  selection.deliveries = {Stage({
      Speech("3", "2026-03-05T22:00:00Z", "2026-03-06T04:00:00Z"),    // 1 and 2
      Speech("6", "2026-03-05T23:30:00Z", "2026-03-06T00:30:00Z"),    // no whole hours
      Speech("100", "2026-03-01T00:00:00Z", "2026-04-01T00:00:00Z"),  // the month
      Speech("7", "2026-03-31T00:00:00Z", "2026-04-02T00:00:00Z"),    // crosses its end
  })};
  const auto all = Roll(selection);
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].daily.values.size(), 2U);
  EXPECT_EQ(Level(all[0], "2026-03-05"), "1");
  EXPECT_EQ(Level(all[0], "2026-03-06"), "2");
  EXPECT_EQ(all[0].months.size(), 1U);
  EXPECT_EQ(all[0].months.at(*ParseMonth("2026-03")).ToString(), "109");
  EXPECT_EQ(all[0].has_long_rows,
            (std::set<Month>{*ParseMonth("2026-03"), *ParseMonth("2026-04")}));
}

TEST_F(RollupTest, FiltersByWhatIsSelected) {
  Selection selection;
  selection.deliveries = {
      Stage({GoodRow(), With({{"SubAccountId", "sub-2"}}), With({{"SubAccountId", "o'; --"}}),
             With({{"RegionId", "ie-1"}}), With({{"RegionId", ""}}),
             Speech("1", "2026-03-05T10:00:00Z", "2026-03-05T11:00:00Z"),
             Speech("2", "2026-03-06T10:00:00Z", "2026-03-06T11:00:00Z"),
             Speech("3", "2026-03-07T10:00:00Z", "2026-03-07T11:00:00Z")})};
  EXPECT_EQ(Roll(selection).size(), 6U) << "a row without a region is a series of its own";
  Selection some = selection;
  some.subscriptions = {"sub-2", "o'; --"};
  ASSERT_EQ(Roll(some).size(), 2U);
  EXPECT_EQ(Roll(some)[0].subscription, "o'; --");
  some = selection;
  some.region = "ie-1";
  ASSERT_EQ(Roll(some).size(), 1U);
  some = selection;
  some.capability_class = "speech-to-text";
  some.from = *ParseDate("2026-03-06");
  some.to = *ParseDate("2026-03-07");
  ASSERT_EQ(Roll(some).size(), 1U);
  EXPECT_EQ(Roll(some)[0].daily.values.size(), 1U);
  EXPECT_EQ(Level(Roll(some)[0], "2026-03-06"), "2");
}

TEST_F(RollupTest, ADeliveryCountsForItsPeriodsInForceOnly) {
  const Row february = With({{"BillingPeriodStart", "2026-02-01T00:00:00Z"},
                             {"BillingPeriodEnd", "2026-03-01T00:00:00Z"},
                             {"ChargePeriodStart", "2026-02-05T10:00:00Z"},
                             {"ChargePeriodEnd", "2026-02-05T11:00:00Z"}});
  const ActiveDelivery old = Stage({GoodRow(), february});
  const ActiveDelivery restated = Stage({With({{"ConsumedQuantity", "480"}})});
  Selection selection;
  selection.deliveries = {{old.sha256, {*ParseDate("2026-02-01")}}, restated};
  const auto all = Roll(selection);
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(Level(all[0], "2026-02-05"), "10");
  EXPECT_EQ(Level(all[0], "2026-03-05"), "20");
}

TEST_F(RollupTest, GivesTheQueryAndItsParametersWithoutTheFolder) {
  Selection selection;
  selection.deliveries = {Stage({GoodRow()})};
  selection.region = "nl-1";
  selection.from = *ParseDate("2026-03-01");
  const auto rollup = lake_.Rollup(selection, catalogue_);
  ASSERT_TRUE(rollup);
  EXPECT_NE(rollup->query.find("read_parquet('{lake}/" + selection.deliveries[0].sha256),
            std::string::npos)
      << rollup->query;
  EXPECT_EQ(rollup->query.find(folder_.string()), std::string::npos);
  EXPECT_EQ(rollup->parameters,
            (std::vector<std::string>{"nl-1", "2026-03-01", "nl-1", "2026-03-01T00:00:00.000Z"}));
}

TEST_F(RollupTest, AnswersTheSameEveryTime) {
  std::vector<Row> rows;
  for (int i = 0; i < 3000; ++i) {
    rows.push_back(With({{"SubAccountId", "sub-" + std::to_string(i % 50)},
                         {"SkuId", "SKU-" + std::to_string(i % 7)},
                         {"ConsumedQuantity", "0." + std::to_string(i + 1)}}));
  }
  Selection selection;
  selection.deliveries = {Stage(rows)};
  const auto first = Roll(selection);
  const auto second = Roll(selection);
  ASSERT_EQ(first.size(), 50U);
  ASSERT_EQ(second.size(), 50U);
  for (std::size_t i = 0; i < first.size(); ++i) {
    EXPECT_EQ(first[i].subscription, second[i].subscription);
    EXPECT_EQ(first[i].daily, second[i].daily);
  }
}

TEST_F(RollupTest, RefusesAMissingOrUnnamedLakeFile) {
  Selection selection;
  selection.deliveries = {{std::string(64, 'a'), {*ParseDate("2026-03-01")}}};
  EXPECT_EQ(lake_.Rollup(selection, catalogue_).error().code(), ErrorCode::kDataLoss);
  selection.deliveries = {{"x' OR '1'='1", {*ParseDate("2026-03-01")}}};
  EXPECT_EQ(lake_.Rollup(selection, catalogue_).error().code(), ErrorCode::kInvalidArgument);
  selection.deliveries.clear();
  EXPECT_TRUE(lake_.Rollup(selection, catalogue_)->series.empty());
}

TEST_F(RollupTest, ListsUnmappedMetersLargestFirst) {
  Selection selection;
  selection.deliveries = {
      Stage({GoodRow(), With({{"ServiceName", "Small"}, {"ConsumedQuantity", "1"}}),
             With({{"ServiceName", "Large"}, {"ConsumedQuantity", "5"}}),
             With({{"ServiceName", "Large"}, {"ConsumedQuantity", "4"}})})};
  const auto unmapped = lake_.Unmapped(selection, catalogue_);
  ASSERT_TRUE(unmapped) << unmapped.error().message();
  ASSERT_EQ(unmapped->size(), 2U);
  EXPECT_EQ((*unmapped)[0].meter, (catalogue::MeterKey{"Large", "SKU-1", "Stored", "GB-Hours"}));
  EXPECT_EQ((*unmapped)[0].rows, 2U);
  EXPECT_EQ((*unmapped)[0].quantity.ToString(), "9");
  EXPECT_EQ((*unmapped)[1].meter.service_name, "Small");
}

TEST_F(RollupTest, SummarisesDeliveriesByPeriod) {
  const ActiveDelivery active = Stage({GoodRow(),
                                       With({{"SubAccountId", "sub-2"},
                                             {"ChargePeriodStart", "2026-03-09T00:00:00Z"},
                                             {"ChargePeriodEnd", "2026-03-10T00:00:00Z"}}),
                                       With({{"ChargeCategory", "Tax"}})});
  const auto lines = lake_.Summary({active});
  ASSERT_TRUE(lines) << lines.error().message();
  ASSERT_EQ(lines->size(), 1U);
  const PeriodSummary& line = lines->front();
  EXPECT_EQ(FormatDate(line.period), "2026-03-01");
  EXPECT_EQ(line.rows, 3U);
  EXPECT_EQ(line.usage_rows, 2U);
  EXPECT_EQ(line.subscriptions, 2U);
  EXPECT_EQ(FormatDate(*line.first_day), "2026-03-05");
  EXPECT_EQ(FormatDate(*line.last_day), "2026-03-09");
}

TEST(TimesRounded, IsExactWhereItCanBeAndRoundsHalfToEvenElse) {
  struct Case {
    std::string_view a;
    std::string_view b;
    std::string_view product;  // empty: does not fit
  };
  const std::vector<Case> cases = {
      {"1.5", "-2", "-3"},
      {"12345678901", "0.000000001", "12.345678901"},
      {"0.000000000000000001", "0.5", "0"},
      {"0.000000000000000003", "0.5", "0.000000000000000002"},
      {"-0.000000000000000003", "0.5", "-0.000000000000000002"},
      {"0.000000000000000001", "0.6", "0.000000000000000001"},
      {"99999999999", "999999999", "99999999899000000001"},
      {"99999999999999999999", "2", ""},
      {"99999999999999999999", "99999999999999999999", ""},
  };
  for (const Case& c : cases) {
    const auto product = TimesRounded(*Decimal::Parse(c.a), *Decimal::Parse(c.b));
    EXPECT_EQ(product ? product->ToString() : "", c.product) << c.a << " * " << c.b;
  }
}

}  // namespace
}  // namespace proviso::usage

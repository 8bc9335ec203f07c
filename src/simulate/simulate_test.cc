#include "simulate/simulate.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <map>
#include <set>

#include "catalogue/catalogue.h"
#include "crypto/hash.h"
#include "simulate/internal/focus_row.h"

namespace proviso::simulate {
namespace {

std::string ReadText(const std::string& path) {
  std::ifstream file(std::string(PROVISO_SOURCE_DIR "/") + path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

World ExampleWorld() { return ReadWorld(ReadText("examples/world.yaml"), "world.yaml").value(); }

catalogue::Customers ExampleCustomers() {
  return catalogue::Customers::FromYaml(ReadText("examples/customers.yaml"), "customers.yaml")
      .value();
}

World DocumentWorld() {
  const std::string document = ReadText("docs/formats/world.md");
  const std::size_t begin = document.find("```yaml\n") + 8;
  const std::string text = document.substr(begin, document.find("```", begin) - begin);
  return ReadWorld(text, "world.md").value();
}

catalogue::Customers DocumentCustomers() {
  return catalogue::Customers::FromYaml(
             "customers:\n"
             "  - id: ba-0001\n"
             "    name: Example Ministry, \"North\"\n"
             "    contract: {terms: acceptable-use, version: 2026-01, since: 2021-03-01}\n"
             "    units: [{id: unit-1, name: Example Unit, aliases: [\"the unit: one\"]}]\n"
             "    subscriptions: [{id: sub-0001, name: em-archive}]\n",
             "customers.yaml")
      .value();
}

// The files of a world: by month.
std::map<std::string, std::string> FilesOf(const World& world,
                                           const catalogue::Customers& customers,
                                           std::uint64_t seed) {
  std::map<std::string, std::string> files;
  const Status status =
      Generate(world, customers, seed, [&files](Month month, std::string_view csv) -> Status {
        files[FormatMonth(month)] += csv;
        return {};
      });
  EXPECT_TRUE(status) << status.error().message();
  return files;
}

// The fields of a line without quotes that span commas, which our lines never have in tests but
// where a test looks for them.
std::vector<std::string> FieldsOf(std::string_view line) {
  std::vector<std::string> fields(1);
  bool quoted = false;
  for (const char character : line) {
    if (character == '"') quoted = !quoted;
    if (character == ',' && !quoted) {
      fields.emplace_back();
    } else {
      fields.back() += character;
    }
  }
  return fields;
}

template <typename Take>
void ForEachRow(const std::map<std::string, std::string>& files, Take&& take) {
  for (const auto& [month, text] : files) {
    std::string_view left = text;
    ASSERT_EQ(left.substr(0, left.find('\n') + 1), FocusHeader()) << month;
    left.remove_prefix(left.find('\n') + 1);
    while (!left.empty()) {
      const std::size_t end = left.find('\n');
      ASSERT_NE(end, std::string_view::npos) << month << ": the last line has no end";
      take(month, FieldsOf(left.substr(0, end)));
      left.remove_prefix(end + 1);
    }
  }
}

std::size_t Column(std::string_view name) {
  const auto* found = std::find(kFocusColumns.begin(), kFocusColumns.end(), name);
  EXPECT_NE(found, kFocusColumns.end()) << name;
  return static_cast<std::size_t>(found - kFocusColumns.begin());
}

// The example without its crowd: what the story is about, quickly made.
World StoryWorld() {
  World world = ExampleWorld();
  world.background.customers = 0;
  return world;
}

// Made once: most tests ask them, and none changes them.
const std::map<std::string, std::string>& StoryFiles() {
  static const auto kFiles = FilesOf(StoryWorld(), ExampleCustomers(), 1);
  return kFiles;
}

// Sums of one meter of some subscriptions, by day.
class Usage {
 public:
  Usage(const std::map<std::string, std::string>& files, const std::set<std::string>& subscriptions,
        std::string_view service, std::string_view sku_meter, std::string_view region) {
    ForEachRow(files, [&](const std::string&, const std::vector<std::string>& row) {
      if (!subscriptions.contains(row[Column("SubAccountId")])) return;
      if (row[Column("ServiceName")] != service || row[Column("RegionId")] != region) return;
      if (!sku_meter.empty() && row[Column("SkuMeter")] != sku_meter) return;
      const Decimal quantity = Decimal::Parse(row[Column("ConsumedQuantity")]).value();
      Decimal& day = days_[row[Column("ChargePeriodStart")].substr(0, 10)];
      day = day.Plus(quantity).value();
    });
  }

  double On(const std::string& day) const {
    const auto found = days_.find(day);
    return found == days_.end() ? 0 : found->second.ToDouble();
  }
  double InMonth(std::string_view month) const {
    double sum = 0;
    for (const auto& [day, quantity] : days_) {
      if (day.starts_with(month)) sum += quantity.ToDouble();
    }
    return sum;
  }
  const std::map<std::string, Decimal>& days() const { return days_; }

 private:
  std::map<std::string, Decimal> days_;
};

const std::set<std::string>& UnitSubscriptions() {
  static const std::set<std::string> kIds = {"sub-em-archive-01", "sub-em-language-02",
                                             "sub-em-compute-03"};
  return kIds;
}

TEST(Simulate, SameWorldAndSeedGiveTheSameBytes) {
  const World world = DocumentWorld();
  const catalogue::Customers customers = DocumentCustomers();
  const auto files = FilesOf(world, customers, 1);
  EXPECT_EQ(files.size(), 2U);
  EXPECT_EQ(files, FilesOf(world, customers, 1));
  EXPECT_NE(files, FilesOf(world, customers, 2));
  // The same on every machine: a figure that was fixed once.
  crypto::Sha256Stream stream;
  for (const auto& [month, text] : files) stream.Update(AsBytes(text));
  EXPECT_EQ(stream.Finish().Hex(),
            "d6936e5b6092d1fef92ccc3986aae128e1bf86f08021402667b1fbe1e79d88bd");
}

TEST(Simulate, WritesTheFirstRowOfTheDocument) {
  const auto files = FilesOf(DocumentWorld(), DocumentCustomers(), 1);
  const std::string& text = files.at("2026-01");
  const std::size_t begin = text.find('\n') + 1;
  const std::string row = text.substr(begin, text.find('\n', begin) - begin);
  EXPECT_NE(ReadText("docs/formats/world.md").find("```csv\n" + row + "\n```"), std::string::npos)
      << row;
}

TEST(Simulate, OneActorMoreLeavesTheOtherRowsAsTheyAre) {
  World world = DocumentWorld();
  const catalogue::Customers customers = DocumentCustomers();
  const auto with = FilesOf(world, customers, 1);
  world.actors.clear();
  std::set<std::string> rows;
  ForEachRow(FilesOf(world, customers, 1), [&](const auto&, const auto& row) {
    rows.insert(row[Column("SubAccountId")] + row[Column("ConsumedQuantity")]);
  });
  EXPECT_FALSE(rows.empty());
  ForEachRow(with, [&](const auto&, const auto& row) {
    if (row[Column("SubAccountId")] == "sub-0001") return;
    EXPECT_TRUE(rows.contains(row[Column("SubAccountId")] + row[Column("ConsumedQuantity")]));
  });
}

TEST(Simulate, RefusesAnActorThatIsNoSubscription) {
  World world = DocumentWorld();
  world.actors.front().subscription = "sub-9999";
  const Status status =
      Generate(world, DocumentCustomers(), 1, [](Month, std::string_view) -> Status { return {}; });
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code(), ErrorCode::kInvalidArgument);
  EXPECT_NE(status.error().message().find("`sub-9999`"), std::string::npos);
}

TEST(Simulate, StopsWithTheErrorOfTheSink) {
  const Status status =
      Generate(DocumentWorld(), DocumentCustomers(), 1, [](Month, std::string_view) -> Status {
        return Fail(ErrorCode::kResourceExhausted, "the disk is full");
      });
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().message(), "the disk is full");
}

TEST(Simulate, RowsHaveTheShapeOfFocus) {
  const World world = StoryWorld();
  std::set<std::string> units;
  for (const Meter& meter : world.meters) units.insert(meter.unit);
  const std::set<std::string> empty = {"AvailabilityZone",
                                       "CapacityReservationId",
                                       "CapacityReservationStatus",
                                       "ChargeClass",
                                       "CommitmentDiscountCategory",
                                       "CommitmentDiscountId",
                                       "CommitmentDiscountName",
                                       "CommitmentDiscountQuantity",
                                       "CommitmentDiscountStatus",
                                       "CommitmentDiscountType",
                                       "CommitmentDiscountUnit",
                                       "ResourceName",
                                       "SkuPriceDetails",
                                       "Tags"};
  const auto files = FilesOf(world, ExampleCustomers(), 1);
  EXPECT_EQ(files.size(), 15U);
  ForEachRow(files, [&](const std::string& month, const std::vector<std::string>& row) {
    ASSERT_EQ(row.size(), kFocusColumns.size());
    for (std::size_t i = 0; i < row.size(); ++i) {
      const bool null = empty.contains(std::string(kFocusColumns.at(i)));
      ASSERT_EQ(row[i].empty(), null) << kFocusColumns.at(i);
    }
    ASSERT_EQ(row[Column("ChargeCategory")], "Usage");
    ASSERT_EQ(row[Column("ChargeFrequency")], "Usage-Based");
    ASSERT_EQ(row[Column("PricingCategory")], "Standard");
    ASSERT_TRUE(units.contains(row[Column("ConsumedUnit")]));
    ASSERT_EQ(row[Column("ConsumedQuantity")], row[Column("PricingQuantity")]);
    const Time start = ParseTime(row[Column("ChargePeriodStart")]).value();
    const Time end = ParseTime(row[Column("ChargePeriodEnd")]).value();
    ASSERT_LT(start, end);
    ASSERT_LE(ParseTime(row[Column("BillingPeriodStart")]).value(), start);
    ASSERT_GE(ParseTime(row[Column("BillingPeriodEnd")]).value(), end);
    ASSERT_TRUE(row[Column("BillingPeriodStart")].starts_with(month));
    const Decimal quantity = Decimal::Parse(row[Column("ConsumedQuantity")]).value();
    ASSERT_GT(quantity, Decimal());
    const Decimal price = Decimal::Parse(row[Column("ListUnitPrice")]).value();
    ASSERT_EQ(Decimal::Parse(row[Column("BilledCost")]).value(), quantity.Times(price).value());
  });
}

TEST(Simulate, QuotesFieldsThatHoldCommasAndQuotes) {
  const auto files = FilesOf(DocumentWorld(), DocumentCustomers(), 1);
  EXPECT_NE(files.at("2026-01").find(R"(,ba-0001,"Example Ministry, ""North""",Customer,)"),
            std::string::npos);
}

TEST(Simulate, ColumnsAreThoseOfFocusInItsOrder) {
  EXPECT_EQ(kFocusColumns.size(), 57U);
  EXPECT_TRUE(std::is_sorted(kFocusColumns.begin(), kFocusColumns.end()));
  EXPECT_EQ(std::set(kFocusColumns.begin(), kFocusColumns.end()).size(), 57U);
}

TEST(Simulate, WritesDaysHoursAndMonthsThatAddUp) {
  const auto& files = StoryFiles();
  int hours = 0;
  int months = 0;
  ForEachRow(files, [&](const auto&, const auto& row) {
    const Time start = ParseTime(row[Column("ChargePeriodStart")]).value();
    const Time end = ParseTime(row[Column("ChargePeriodEnd")]).value();
    if (end - start == std::chrono::hours{1}) {
      EXPECT_EQ(row[Column("SubAccountId")], "sub-shop-production");
      ++hours;
    } else if (end - start > std::chrono::hours{24}) {
      EXPECT_EQ(row[Column("SubAccountId")], "sub-court-hearings");
      ++months;
    }
  });
  EXPECT_EQ(hours, 2 * 4 * 24);
  EXPECT_EQ(months, 3 * 15);

  World daily = StoryWorld();
  for (Actor& actor : daily.actors) {
    for (Use& use : actor.uses) use.hourly.reset();
  }
  const Usage by_hour(files, {"sub-shop-production"}, "Virtual Machines", "", "nl-1");
  const Usage by_day(FilesOf(daily, ExampleCustomers(), 1), {"sub-shop-production"},
                     "Virtual Machines", "", "nl-1");
  EXPECT_EQ(by_hour.days(), by_day.days());
}

constexpr double kPetabyteHours = 1e6 * 24;  // of GB-Hours in a day

TEST(Simulate, StorageOfTheUnitPassesFivePetabytesAndReachesElevenAndAHalfByJuly) {
  const auto& files = StoryFiles();
  const Usage storage(files, UnitSubscriptions(), "Blob Store", "Data Stored", "nl-1");
  EXPECT_LT(storage.On("2026-03-01"), 5 * kPetabyteHours);
  EXPECT_GE(storage.On("2026-07-15"), 11.5 * kPetabyteHours);
  EXPECT_LE(storage.On("2026-07-15"), 11.55 * kPetabyteHours);
  const double a_day = (storage.On("2026-02-28") - storage.On("2025-08-01")) / kPetabyteHours / 211;
  EXPECT_NEAR(a_day * 1000, 9, 0.5);  // terabytes
}

TEST(Simulate, TranscriptionOfTheUnitRisesSixtyFourfoldFromJanuaryToJuly) {
  const auto& files = StoryFiles();
  const Usage speech(files, UnitSubscriptions(), "Speech", "", "nl-1");
  EXPECT_GE(speech.InMonth("2026-07"), 64 * speech.InMonth("2026-01"));
  EXPECT_GE(speech.InMonth("2026-07"), 8 * speech.InMonth("2026-03"));
  EXPECT_LE(speech.InMonth("2026-01"), 2 * speech.InMonth("2025-08"));
}

TEST(Simulate, TheRiseIsOnTheFreeTierUntilJune) {
  std::map<std::string, double> hours;
  std::map<std::string, double> cost;
  ForEachRow(StoryFiles(), [&](const std::string& month, const std::vector<std::string>& row) {
    if (row[Column("SubAccountId")] != "sub-em-language-02") return;
    if (row[Column("ServiceName")] != "Speech") return;
    hours[month] += Decimal::Parse(row[Column("ConsumedQuantity")]).value().ToDouble();
    cost[month] += Decimal::Parse(row[Column("EffectiveCost")]).value().ToDouble();
  });
  EXPECT_GT(hours["2026-05"], 15 * hours["2026-01"]);
  EXPECT_NEAR(cost["2026-05"] / cost["2026-01"], 1, 0.05);
  EXPECT_GT(cost["2026-06"], 30 * cost["2026-05"]);
}

TEST(Simulate, WhatComesInIsOneHourOfTelephonyForEachTranscribedHour) {
  for (const char* const path : {"examples/world.yaml", "examples/world-expiry.yaml"}) {
    World world = ReadWorld(ReadText(path), path).value();
    world.background.customers = 0;
    const auto files = FilesOf(world, ExampleCustomers(), 1);
    const Usage in(files, UnitSubscriptions(), "Data Transfer", "Data Transfer In", "nl-1");
    const Usage speech(files, UnitSubscriptions(), "Speech", "", "nl-1");
    EXPECT_NEAR(in.InMonth("2026-07") * 1000 / speech.InMonth("2026-07"), 57.5, 1) << path;
  }
}

TEST(Simulate, EightPetabytesLeaveInSixDaysAndThreeAndAHalfStay) {
  const auto& files = StoryFiles();
  const Usage out(files, UnitSubscriptions(), "Data Transfer", "Data Transfer Out", "nl-1");
  double gone = 0;
  for (int day = 7; day <= 12; ++day) {
    gone += out.On((day < 10 ? "2026-08-0" : "2026-08-") + std::to_string(day));
  }
  EXPECT_NEAR(gone / 1e6, 8, 0.1);
  EXPECT_LT(out.On("2026-08-06"), 1000);
  EXPECT_LT(out.On("2026-08-13"), 1000);
  const Usage storage(files, UnitSubscriptions(), "Blob Store", "Data Stored", "nl-1");
  EXPECT_NEAR(storage.On("2026-08-07") / kPetabyteHours, 11.5, 0.05);
  EXPECT_NEAR(storage.On("2026-08-14") / kPetabyteHours, 3.5, 0.05);
  const Usage ireland(files, UnitSubscriptions(), "Archive Store", "Data Stored", "ie-1");
  EXPECT_GT(ireland.On("2026-08-14"), ireland.On("2026-08-07"));
}

TEST(Simulate, WhatTheFinalDecisionStopsIsGoneFromTheNextDayAndNothingElse) {
  const auto& files = StoryFiles();
  const auto usage = [&](const char* service, const char* sku_meter) {
    return Usage(files, UnitSubscriptions(), service, sku_meter, "nl-1");
  };
  for (const Usage& stopped :
       {usage("Speech", ""), usage("Translator", ""), usage("Language Models", ""),
        usage("Blob Store", "Write Operations"), usage("Data Transfer", "Data Transfer In")}) {
    EXPECT_GT(stopped.On("2026-09-25"), 0);
    EXPECT_EQ(stopped.days().rbegin()->first, "2026-09-25");
  }
  const Usage stored = usage("Blob Store", "Data Stored");
  EXPECT_GT(stored.On("2026-09-25"), 0);
  EXPECT_EQ(stored.On("2026-09-25"), stored.On("2026-10-31"));
  for (const char* const kept : {"Threat Shield", "Key Vault", "Virtual Machines"}) {
    EXPECT_NEAR(usage(kept, "").On("2026-10-31") / usage(kept, "").On("2026-09-25"), 1, 0.05)
        << kept;
  }
}

TEST(Simulate, SixtyMachinesMoreRunForThePayrollAtTheEndOfTheMonth) {
  const Usage machines(StoryFiles(), {"sub-em-compute-03"}, "Virtual Machines", "", "nl-1");
  for (const std::string month : {"2026-09", "2026-10"}) {
    EXPECT_NEAR(machines.On(month + "-29") - machines.On(month + "-20"), 60 * 24, 300) << month;
  }
  EXPECT_NEAR(machines.On("2026-10-31") / machines.On("2026-10-20"), 1, 0.05);
}

TEST(Simulate, TheMinistryNeverUsesFaceRecognition) {
  ForEachRow(StoryFiles(), [](const auto&, const auto& row) {
    if (row[Column("BillingAccountId")] != "ba-example-ministry") return;
    EXPECT_NE(row[Column("ServiceName")], "Face Analysis");
  });
}

TEST(Simulate, SecurityOfTheCustomerStaysWithinThreePercent) {
  const auto& files = StoryFiles();
  for (const std::string region : {"nl-1", "ie-1"}) {
    const Usage shield(files, {"sub-em-security-07"}, "Threat Shield", "", region);
    ASSERT_EQ(shield.days().size(), 457U);
    for (const auto& [day, quantity] : shield.days()) {
      EXPECT_NEAR(quantity.ToDouble() / shield.On("2025-08-01"), 1, 0.03) << day;
    }
  }
}

// What a customer shows in region nl-1, as the table in docs/formats/world.md has it.
struct Shape {
  double stored = 0;                     // GB-Hours on 2026-07-15
  double ingress = 0;                    // GB in July
  std::map<std::string, double> speech;  // by month
  std::map<std::string, double> translation;

  static bool RisesEightfold(const std::map<std::string, double>& months) {
    const auto march = months.find("2026-03");
    const auto july = months.find("2026-07");
    return march != months.end() && july != months.end() && july->second >= 8 * march->second;
  }
  // The names of the checks that it meets.
  std::set<std::string> Meets() const {
    std::set<std::string> met;
    if (stored >= 5 * kPetabyteHours) met.insert("stored");
    if (RisesEightfold(speech)) met.insert("speech");
    if (RisesEightfold(translation)) met.insert("translation");
    const auto july = speech.find("2026-07");
    const double megabytes = july == speech.end() ? 0 : ingress * 1000 / july->second;
    if (megabytes >= 55 && megabytes <= 60) met.insert("ratio");
    return met;
  }
};

TEST(Simulate, LookAlikesHaveAPartOfTheShapeAndNoneAllOfIt) {
  std::map<std::string, Shape> shapes;
  ForEachRow(StoryFiles(), [&](const std::string& month, const std::vector<std::string>& row) {
    Shape& shape = shapes[row[Column("BillingAccountId")]];
    if (row[Column("RegionId")] != "nl-1") return;
    const double quantity = Decimal::Parse(row[Column("ConsumedQuantity")]).value().ToDouble();
    const bool that_day = row[Column("ChargePeriodStart")].starts_with("2026-07-15");
    if (row[Column("SkuId")] == "EX-BLOB-HOT" && that_day) shape.stored += quantity;
    if (row[Column("SkuId")] == "EX-NET-IN" && month == "2026-07") shape.ingress += quantity;
    if (row[Column("ServiceName")] == "Speech") shape.speech[month] += quantity;
    if (row[Column("ServiceName")] == "Translator") shape.translation[month] += quantity;
  });
  EXPECT_EQ(shapes.size(), ExampleCustomers().all().size());
  const std::map<std::string, std::set<std::string>> expected = {
      {"ba-example-ministry", {"stored", "speech", "translation", "ratio"}},
      {"ba-example-call-centre", {"ratio"}},
      {"ba-example-podcasts", {"speech", "translation"}},
      {"ba-example-backup", {"stored"}},
      {"ba-example-insurer", {"ratio"}},
      {"ba-example-court", {"speech"}},
  };
  for (const auto& [customer, shape] : shapes) {
    const auto found = expected.find(customer);
    EXPECT_EQ(shape.Meets(), found == expected.end() ? std::set<std::string>() : found->second)
        << customer;
  }
}

TEST(Simulate, CustomersFileHoldsTheCoreAndTheCrowd) {
  const World world = ExampleWorld();
  const catalogue::Customers core = ExampleCustomers();
  const Result<std::string> text = GenerateCustomers(world, core, 1);
  ASSERT_TRUE(text) << text.error().message();
  EXPECT_EQ(*text, GenerateCustomers(world, core, 1).value());
  const Result<catalogue::Customers> read = catalogue::Customers::FromYaml(*text, "customers.yaml");
  ASSERT_TRUE(read) << read.error().message();
  EXPECT_EQ(read->all().size(), core.all().size() + 240);
  for (std::size_t i = 0; i < core.all().size(); ++i) {
    const Json json = read->ToJson();
    EXPECT_EQ((*json.ArrayAt("customers").value())[i],
              (*core.ToJson().ArrayAt("customers").value())[i]);
  }
  EXPECT_EQ(read->FindCustomer("ba-example-017")->name, "Example Customer 017");
}

TEST(Simulate, RefusesAnIdThatTheCrowdAndTheCoreShare) {
  const std::string text =
      "customers: [{id: ba-example-001, name: Example, contract: {terms: a, version: b, since: "
      "2024-01-01}, subscriptions: [{id: sub-0001, name: s}]}]";
  const catalogue::Customers core = catalogue::Customers::FromYaml(text, "c.yaml").value();
  const Result<std::string> made = GenerateCustomers(DocumentWorld(), core, 1);
  ASSERT_FALSE(made);
  EXPECT_NE(made.error().message().find("ba-example-001"), std::string::npos);
}

TEST(Simulate, EveryRowOfTheCrowdBelongsToACustomerOfTheFile) {
  const World world = ExampleWorld();
  const catalogue::Customers core = ExampleCustomers();
  const catalogue::Customers all =
      catalogue::Customers::FromYaml(GenerateCustomers(world, core, 1).value(), "c.yaml").value();
  std::size_t rows = 0;
  const Status status = Generate(world, core, 1, [&](Month month, std::string_view csv) -> Status {
    if (FormatMonth(month) != "2026-01") return {};
    std::string_view left = csv;
    if (left.starts_with("Availability")) left.remove_prefix(left.find('\n') + 1);
    while (!left.empty()) {
      const std::vector<std::string> row = FieldsOf(left.substr(0, left.find('\n')));
      left.remove_prefix(left.find('\n') + 1);
      const auto* owner = all.CustomerOfSubscription(row[Column("SubAccountId")]);
      const std::string id = owner == nullptr ? "" : owner->id;
      EXPECT_EQ(id, row[Column("BillingAccountId")]);
      ++rows;
    }
    return {};
  });
  EXPECT_TRUE(status);
  EXPECT_GT(rows, 15'000U);
  EXPECT_LT(rows, 45'000U);
}

}  // namespace
}  // namespace proviso::simulate

#include "checks/check.h"

#include "base/random.h"

namespace proviso::checks {
namespace {

TEST(Check, ReadsAUsageCheck) {
  const Check check =
      ParseCheck(
          "usage(unit: \"Example Signals Unit\", class: object-storage, region: nl-1) "
          "at 2026-07-15 >= 5 PB")
          .value();
  EXPECT_EQ(check.form, Form::kUsage);
  EXPECT_EQ(check.scope, (Scope{Scope::Kind::kUnit, "Example Signals Unit"}));
  EXPECT_EQ(check.capability_class, "object-storage");
  EXPECT_EQ(check.region, "nl-1");
  EXPECT_EQ(FormatDate(check.at), "2026-07-15");
  EXPECT_EQ(check.comparison, Comparison::kAtLeast);
  EXPECT_EQ(check.threshold, Decimal::FromInteger(5));
  EXPECT_EQ(check.unit, "PB");
}

TEST(Check, ReadsAGrowthCheck) {
  const Check check = ParseCheck(
                          "growth(customer: example-ministry, class: speech-to-text) "
                          "from 2026-03 to 2026-07 < 8.5x")
                          .value();
  EXPECT_EQ(check.form, Form::kGrowth);
  EXPECT_EQ(check.scope, (Scope{Scope::Kind::kCustomer, "example-ministry"}));
  EXPECT_EQ(check.region, "");
  EXPECT_EQ(FormatMonth(check.from), "2026-03");
  EXPECT_EQ(FormatMonth(check.to), "2026-07");
  EXPECT_EQ(check.comparison, Comparison::kBelow);
  EXPECT_EQ(check.threshold, Decimal::Parse("8.5").value());
  EXPECT_EQ(check.unit, "x");
}

TEST(Check, HasOneCanonicalText) {
  const struct {
    const char* in;
    const char* out;
  } cases[] = {
      {"usage(class:object-storage,unit:u)at 2026-07-15>=5PB",
       "usage(unit: u, class: object-storage) at 2026-07-15 >= 5 PB"},
      {"  usage ( region : \"nl-1\" , class : c , customer : \"x\" )\n at 2026-07-15 <= 05.50 GB ",
       "usage(customer: x, class: c, region: nl-1) at 2026-07-15 <= 5.5 GB"},
      {"usage(subscription: \"a \\\"b\\\" \\\\c\", class: c) at 2024-02-29 > 1 hours",
       "usage(subscription: \"a \\\"b\\\" \\\\c\", class: c) at 2024-02-29 > 1 h"},
      {"usage(unit: \"Unité n° 7\", class: c) at 2026-07-15 > 3 characters",
       "usage(unit: \"Unité n° 7\", class: c) at 2026-07-15 > 3 characters"},
      {"growth(unit: u, class: c) from 2025-12 to 2026-01 > 8 x",
       "growth(unit: u, class: c) from 2025-12 to 2026-01 > 8x"},
  };
  for (const auto& [in, out] : cases) {
    const Result<Check> check = ParseCheck(in);
    ASSERT_TRUE(check) << in << ": " << check.error().message();
    EXPECT_EQ(PrintCheck(*check), out);
    EXPECT_EQ(ParseCheck(PrintCheck(*check)).value(), *check) << out;
  }
}

TEST(Check, RefusesWithPlaceAndRemedy) {
  const struct {
    const char* in;
    const char* error;
  } cases[] = {
      {"",
       "check, column 1: expected a form, found the end; expected one of `usage`, `growth`, "
       "`billed`, `contracted`, `co-moves`, `ratio`, `absent`"},
      {"usge(", "check, column 1: expected a form, found `usge`; did you mean `usage`?"},
      {"usage unit", "check, column 7: expected `(` after `usage`, found `unit`"},
      {"usage(unt: u)", "check, column 7: expected an argument, found `unt`; did you mean `unit`?"},
      {"usage(unit = u)", "check, column 12: unexpected `=`; did you mean `>=`?"},
      {"usage(unit u)", "check, column 12: expected `:` after `unit`, found `u`"},
      {"usage(unit: u, class: )", "check, column 23: expected a name after `class:`, found `)`"},
      {"usage(unit: u, unit: v)", "check, column 16: `unit` is given twice; keep one"},
      {"usage(unit: u, customer: v, class: c)",
       "check, column 16: expected one of `customer`, `subscription`, `unit`, found `customer` "
       "beside `unit`; write a check for each"},
      {"usage(class: c)",
       "check, column 15: expected whose records: one of `customer:`, `subscription:`, `unit:`"},
      {"usage(unit: u)", "check, column 14: expected a class, as in `class: object-storage`"},
      {"usage(unit: \"u", "check, column 13: a quoted name begins here and never ends; add a `\"`"},
      {"usage(unit: \"\\n\")",
       "check, column 15: expected `\\\"` or `\\\\`; a backslash escapes only these"},
      {"usage(unit: \"\", class: c)",
       "check, column 13: expected a name of 1 to 256 bytes, found 0"},
      {"usage(unit: \"\u00E9\", class: c) on", "check, column 28: expected `at`, found `on`"},
      {"usage(unit: u, class: c) at 2026-02-29 >= 1 B",
       "check, column 29: expected a day such as `2026-07-15`, found `2026-02-29`"},
      {"usage(unit: u, class: c) at 2026-07 >= 1 B",
       "check, column 29: expected a day such as `2026-07-15`, found `2026-07`"},
      {"usage(unit: u, class: c) at 2026-07-15 \u2265 1 B",
       "check, column 40: unexpected `\u2265`; did you mean `>=`?"},
      {"usage(unit: u, class: c) at 2026-07-15 5 PB",
       "check, column 40: expected one of `>=`, `>`, `<=`, `<`, found `5`"},
      {"usage(unit: u, class: c) at 2026-07-15 >= -5 PB",
       "check, column 43: expected a quantity such as `5 PB`, found `-5`"},
      {"usage(unit: u, class: c) at 2026-07-15 >= 5,5 PB",
       "check, column 44: expected a unit such as `PB`, `h` or `characters`, found `,`"},
      {"usage(unit: u, class: c) at 2026-07-15 >= 5",
       "check, column 44: expected a unit such as `PB`, `h` or `characters`, found the end"},
      {"usage(unit: u, class: c) at 2026-07-15 >= 5 pb",
       "check, column 45: expected a unit, found `pb`; did you mean `PB`?"},
      {"usage(unit: u, class: c) at 2026-07-15 >= 5KB",
       "check, column 44: expected a unit, found `KB`; did you mean `kB`?"},
      {"usage(unit: u, class: c) at 2026-07-15 >= 5 PB and more",
       "check, column 48: expected the check to end; write one statement a check, found `and`"},
      {"growth(unit: u, class: c) from 2026-07 to 2026-07 >= 8x",
       "check, column 43: expected a month after 2026-07, found 2026-07"},
      {"growth(unit: u, class: c) from 2026-13 to 2026-07 >= 8x",
       "check, column 32: expected a month such as `2026-07`, found `2026-13`"},
      {"growth(unit: u, class: c) from 2026-03 to 2026-07 >= 8",
       "check, column 55: expected `x` after the ratio, found the end; did you mean `8x`?"},
      {"growth(unit: u, class: c) from 2026-03 to 2026-07 >= 8%",
       "check, column 55: unexpected `%`"},
      {"usage(unit: 'u', class: c)", "check, column 13: unexpected `'`; write names as \"...\""},
      {"usage(unit: \"a\tb\", class: c)",
       "check, column 15: a quoted name holds a control character; remove it"},
      {"\xFF", "check: not valid UTF-8"},
  };
  for (const auto& [in, error] : cases) {
    const Result<Check> check = ParseCheck(in);
    ASSERT_FALSE(check) << in;
    EXPECT_EQ(check.error().code(), ErrorCode::kInvalidArgument) << in;
    EXPECT_EQ(check.error().message(), error) << in;
  }
}

TEST(Check, ReadsTheFormsOverRecordsAndSpans) {
  const Check billed =
      ParseCheck("billed(unit: u, class: c, region: r) from 2026-03 to 2026-07 >= 100000 EUR")
          .value();
  EXPECT_EQ(billed.form, Form::kBilled);
  EXPECT_EQ(billed.unit, "EUR");
  EXPECT_EQ(billed.threshold, Decimal::FromInteger(100000));
  const Check contracted = ParseCheck("contracted(unit: u, class: c) at 2026-07-15").value();
  EXPECT_EQ(contracted.form, Form::kContracted);
  EXPECT_FALSE(contracted.compares);
  EXPECT_EQ(FormatDate(contracted.at), "2026-07-15");
  const Check moves =
      ParseCheck("co-moves(unit: u, class: a, with: b) from 2026-03 to 2026-07 > -0.5").value();
  EXPECT_EQ(moves.form, Form::kCoMoves);
  EXPECT_EQ(moves.second_class, "b");
  EXPECT_EQ(moves.threshold, Decimal::Parse("-0.5").value());
  EXPECT_EQ(moves.unit, "");
  const Check ratio =
      ParseCheck("ratio(unit: u, class: a, per: b) from 2026-03 to 2026-03 <= 60 MB/hours").value();
  EXPECT_EQ(ratio.form, Form::kRatio);
  EXPECT_EQ(ratio.second_class, "b");
  EXPECT_EQ(ratio.unit, "MB/h");
  const Check absent = ParseCheck("absent(unit: u, class: c) from 2026-10 to 2026-10").value();
  EXPECT_EQ(absent.form, Form::kAbsent);
  EXPECT_FALSE(absent.compares);
}

TEST(Check, HasOneCanonicalTextOfTheLaterForms) {
  const struct {
    const char* in;
    const char* out;
  } cases[] = {
      {"billed(region:r,class:c,customer:x)from 2026-03 to 2026-03<00.50EUR",
       "billed(customer: x, class: c, region: r) from 2026-03 to 2026-03 < 0.5 EUR"},
      {"contracted ( class: c, unit: u ) at 2026-07-15",
       "contracted(unit: u, class: c) at 2026-07-15"},
      {"contracted(unit: u, class: c) at 2026-07-15 >= 100hours",
       "contracted(unit: u, class: c) at 2026-07-15 >= 100 h"},
      {"co-moves(with: b, region: r, class: a, unit: u) from 2026-03 to 2026-07 >=0.80",
       "co-moves(unit: u, class: a, with: b, region: r) from 2026-03 to 2026-07 >= 0.8"},
      {"co-moves(with: b, class: a, unit: u) from 2026-03 to 2026-07 < -0",
       "co-moves(unit: u, class: a, with: b) from 2026-03 to 2026-07 < 0"},
      {"ratio(unit: u, per: b, class: a) from 2026-03 to 2026-07 <= 60MB/hour",
       "ratio(unit: u, class: a, per: b) from 2026-03 to 2026-07 <= 60 MB/h"},
      {"absent(unit: u, class: c, region: \"r\") from 2026-03 to 2026-07",
       "absent(unit: u, class: c, region: r) from 2026-03 to 2026-07"},
  };
  for (const auto& [in, out] : cases) {
    const Result<Check> check = ParseCheck(in);
    ASSERT_TRUE(check) << in << ": " << check.error().message();
    EXPECT_EQ(PrintCheck(*check), out);
    EXPECT_EQ(ParseCheck(PrintCheck(*check)).value(), *check) << out;
  }
}

TEST(Check, RefusesTheLaterFormsWithPlaceAndRemedy) {
  const struct {
    const char* in;
    const char* error;
  } cases[] = {
      {"co-move(", "check, column 1: expected a form, found `co-move`; did you mean `co-moves`?"},
      {"biled(", "check, column 1: expected a form, found `biled`; did you mean `billed`?"},
      {"usage(unit: u, class: c, with: b)",
       "check, column 26: expected an argument, found `with`; expected one of `customer`, "
       "`subscription`, `unit`, `class`, `region`"},
      {"ratio(unit: u, class: c, with: b)",
       "check, column 26: expected an argument, found `with`; expected one of `customer`, "
       "`subscription`, `unit`, `class`, `region`, `per`"},
      {"co-moves(unit: u, class: a)",
       "check, column 27: expected a second class, as in `with: speech-to-text`"},
      {"ratio(unit: u, class: a, region: r)",
       "check, column 35: expected a second class, as in `per: speech-to-text`"},
      {"co-moves(unit: u, with: a, class: a)",
       "check, column 19: expected `with` to name another class than `class`, found `a` twice"},
      {"billed(unit: u, class: c) from 2026-03 to 2026-02 >= 1 EUR",
       "check, column 43: expected a month after 2026-03, or the same, found 2026-02"},
      {"co-moves(unit: u, class: a, with: b) from 2026-03 to 2026-03 >= 1",
       "check, column 54: expected a month after 2026-03, found 2026-03"},
      {"absent(unit: u, class: c) from 2006-03 to 2026-03",
       "check, column 43: expected at most 240 months, found 241"},
      {"billed(unit: u, class: c) from 2026-03 to 2026-07 >= 1",
       "check, column 55: expected a currency of three letters such as `EUR`, found the end"},
      {"billed(unit: u, class: c) from 2026-03 to 2026-07 >= 1 eur",
       "check, column 56: expected a currency, found `eur`; did you mean `EUR`?"},
      {"billed(unit: u, class: c) from 2026-03 to 2026-07 >= 1EURO",
       "check, column 55: expected a currency of three letters such as `EUR`, found `EURO`"},
      {"billed(unit: u, class: c) from 2026-03 to 2026-07 >= EUR",
       "check, column 54: expected an amount such as `100000 EUR`, found `EUR`"},
      {"billed(unit: u, class: c) from 2026-03 to 2026-07",
       "check, column 50: expected one of `>=`, `>`, `<=`, `<`, found the end"},
      {"contracted(unit: u, class: c) at 2026-07",
       "check, column 34: expected a day such as `2026-07-15`, found `2026-07`"},
      {"contracted(unit: u, class: c) at 2026-07-15 100 h",
       "check, column 45: expected one of `>=`, `>`, `<=`, `<`, found `100`"},
      {"co-moves(unit: u, class: a, with: b) from 2026-03 to 2026-07 >= 1.000000000000000001",
       "check, column 65: expected a number from -1 to 1 such as `0.8`, found "
       "`1.000000000000000001`"},
      {"co-moves(unit: u, class: a, with: b) from 2026-03 to 2026-07 >= 8e-1",
       "check, column 65: expected a number from -1 to 1 such as `0.8`, found `8e-1`"},
      {"co-moves(unit: u, class: a, with: b) from 2026-03 to 2026-07 >= 0.8 x",
       "check, column 69: expected the check to end; write one statement a check, found `x`"},
      {"ratio(unit: u, class: a, per: b) from 2026-03 to 2026-07 <= 60 MB",
       "check, column 64: expected a unit per unit such as `MB/h`, without spaces, found `MB`"},
      {"ratio(unit: u, class: a, per: b) from 2026-03 to 2026-07 <= 60 MB/h/h",
       "check, column 64: expected a unit per unit such as `MB/h`, without spaces, found `MB/h/h`"},
      {"ratio(unit: u, class: a, per: b) from 2026-03 to 2026-07 <= 60 MB/",
       "check, column 64: expected a unit per unit such as `MB/h`, without spaces, found `MB/`"},
      {"ratio(unit: u, class: a, per: b) from 2026-03 to 2026-07 <= 60mb/H",
       "check, column 63: expected a unit per unit, found `mb/H`; did you mean `MB/h`?"},
      {"absent(unit: u, class: c) from 2026-03 to 2026-07 >= 1 h",
       "check, column 51: expected the check to end; write one statement a check, found `>=`"},
  };
  for (const auto& [in, error] : cases) {
    const Result<Check> check = ParseCheck(in);
    ASSERT_FALSE(check) << in;
    EXPECT_EQ(check.error().code(), ErrorCode::kInvalidArgument) << in;
    EXPECT_EQ(check.error().message(), error) << in;
  }
}

TEST(Check, LimitsLengths) {
  const std::string tail = ", class: c) at 2026-07-15 >= 5 PB";
  EXPECT_TRUE(ParseCheck("usage(unit: " + std::string(kNameBytesMax, 'u') + tail));
  EXPECT_EQ(
      ParseCheck("usage(unit: " + std::string(kNameBytesMax + 1, 'u') + tail).error().message(),
      "check, column 13: expected a name of 1 to 256 bytes, found 257");
  EXPECT_EQ(ParseCheck(std::string(kCheckBytesMax + 1, ' ')).error().message(),
            "check: expected at most 1000 bytes, found 1001");
}

// A name of letters, quotes, backslashes and other characters, never empty.
std::string RandomName(SeededRandom& random) {
  static const std::vector<std::string> kPieces = {"a",          "Z",  "7",  "-", ".",      "/",
                                                   "_",          " ",  ":",  "(", "\u00E9", ",",
                                                   "\U0001F4E6", "\"", "\\", "'"};
  std::string name;
  for (std::uint64_t i = 0; i <= random.Next() % 12; ++i) {
    name += kPieces[random.Next() % kPieces.size()];
  }
  return name;
}

// A check of any form, as the parser could have made it.
Check RandomCheck(SeededRandom& random) {
  static const std::vector<std::string> kUnits = {"B", "PB", "KiB", "h", "characters", "tokens"};
  const auto unit = [&] { return kUnits[random.Next() % kUnits.size()]; };
  Check check;
  check.form = static_cast<Form>(random.Next() % 7);
  check.scope = {static_cast<Scope::Kind>(random.Next() % 3), RandomName(random)};
  check.capability_class = RandomName(random);
  const bool second = check.form == Form::kCoMoves || check.form == Form::kRatio;
  if (second) check.second_class = check.capability_class + RandomName(random);
  if (random.Next() % 2 == 0) check.region = RandomName(random);
  const Date day =
      ParseDate("2020-01-01").value() + std::chrono::days{static_cast<int>(random.Next() % 4000)};
  const bool of_day = check.form == Form::kUsage || check.form == Form::kContracted;
  if (of_day) {
    check.at = day;
  } else {
    check.from = MonthOf(day);
    check.to = check.from + std::chrono::months{1 + static_cast<int>(random.Next() % 30)};
  }
  check.compares =
      check.form != Form::kAbsent && (check.form != Form::kContracted || random.Next() % 2 == 0);
  if (!check.compares) return check;
  check.comparison = static_cast<Comparison>(random.Next() % 4);
  check.threshold = Decimal::FromUnits(static_cast<Int128>(random.Next()) *
                                       static_cast<Int128>(1 + random.Next() % 1000));
  if (of_day) check.unit = unit();
  if (check.form == Form::kGrowth) check.unit = "x";
  if (check.form == Form::kBilled) check.unit = random.Next() % 2 == 0 ? "EUR" : "JPY";
  if (check.form == Form::kRatio) check.unit = unit() + "/" + unit();
  if (check.form == Form::kCoMoves) {
    const auto units = static_cast<Int128>(random.Next() % (2 * Decimal::kUnit + 1));
    check.threshold = Decimal::FromUnits(units - Decimal::kUnit);
  }
  return check;
}

TEST(Check, ReadsBackWhateverItPrints) {
  constexpr std::uint64_t kSeed = 20261122;
  SeededRandom random(kSeed);
  for (int round = 0; round < 5000; ++round) {
    const Check check = RandomCheck(random);
    const std::string text = PrintCheck(check);
    const Result<Check> read = ParseCheck(text);
    ASSERT_TRUE(read) << "seed " << kSeed << ": " << text << ": " << read.error().message();
    ASSERT_EQ(*read, check) << "seed " << kSeed << ": " << text;
    ASSERT_EQ(PrintCheck(*read), text);
  }
}

TEST(Check, RefusesDamagedTextsWithAPlaceInThem) {
  constexpr std::uint64_t kSeed = 7;
  SeededRandom random(kSeed);
  const std::vector<std::string> whole = {
      "growth(unit: \"Example Unit\", class: speech-to-text, region: nl-1) "
      "from 2026-03 to 2026-07 >= 8x",
      "ratio(unit: u, class: object-storage, per: speech-to-text) from 2026-03 to 2026-07 "
      "<= 60 MB/h",
      "co-moves(unit: u, class: a, with: b) from 2026-03 to 2026-07 >= -0.8",
      "billed(customer: x, class: c) from 2026-03 to 2026-07 >= 100000 EUR",
      "contracted(subscription: s, class: c) at 2026-07-15 >= 100 h",
      "absent(unit: u, class: c) from 2026-03 to 2026-07"};
  for (int round = 0; round < 10000; ++round) {
    std::string text = whole[random.Next() % whole.size()];
    const std::size_t place = random.Next() % text.size();
    if (random.Next() % 2 == 0) {
      text.resize(place);
    } else {
      text[place] = static_cast<char>(32 + random.Next() % 95);
    }
    const Result<Check> check = ParseCheck(text);
    if (check) {
      EXPECT_EQ(ParseCheck(PrintCheck(*check)).value(), *check) << "seed " << kSeed << ": " << text;
      continue;
    }
    unsigned column = 0;
    ASSERT_EQ(std::sscanf(check.error().message().c_str(), "check, column %u:", &column), 1)
        << "seed " << kSeed << ": " << text;
    EXPECT_GE(column, 1U);
    EXPECT_LE(column, text.size() + 1) << "seed " << kSeed << ": " << text;
  }
}

}  // namespace
}  // namespace proviso::checks

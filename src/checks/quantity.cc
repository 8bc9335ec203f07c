#include "checks/quantity.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "checks/internal/suggest.h"

namespace proviso::checks {
namespace {

struct ByteUnit {
  std::string_view symbol;
  std::int64_t bytes;
};
constexpr std::array<ByteUnit, 11> kByteUnits{{
    {"B", 1},
    {"kB", 1'000},
    {"MB", 1'000'000},
    {"GB", 1'000'000'000},
    {"TB", 1'000'000'000'000},
    {"PB", 1'000'000'000'000'000},
    {"KiB", std::int64_t{1} << 10},
    {"MiB", std::int64_t{1} << 20},
    {"GiB", std::int64_t{1} << 30},
    {"TiB", std::int64_t{1} << 40},
    {"PiB", std::int64_t{1} << 50},
}};
constexpr std::size_t kDecimalUnits = 6;  // the first ones of the table
constexpr int kReadableDigits = 4;

const ByteUnit* FindByteUnit(std::string_view unit) {
  const auto* found = std::find_if(kByteUnits.begin(), kByteUnits.end(),
                                   [&](const ByteUnit& row) { return row.symbol == unit; });
  return found == kByteUnits.end() ? nullptr : found;
}

bool EqualIgnoringCase(std::string_view a, std::string_view b) {
  const auto lower = [](char character) {
    return character >= 'A' && character <= 'Z' ? static_cast<char>(character - 'A' + 'a')
                                                : character;
  };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [&](char x, char y) { return lower(x) == lower(y); });
}

tl::unexpected<Error> DoesNotFit(std::string_view unit, std::string_view class_unit) {
  return Fail(ErrorCode::kInvalidArgument,
              "`" + std::string(unit) + "` does not measure what is counted in `" +
                  std::string(class_unit) + "`" + Suggest(unit, UnitsFor(class_unit)));
}

// `amount` bytes-units of `from` in units of `to`. Exact, or refused.
Result<Decimal> ConvertBytes(Decimal amount, const ByteUnit& from, const ByteUnit& to) {
  // The ratio first, so that petabytes in petabytes never pass through a count of bytes.
  const Decimal numerator = Decimal::FromInteger(from.bytes);
  const Decimal denominator = Decimal::FromInteger(to.bytes);
  const Decimal ratio = PROVISO_TRY(numerator.DividedBy(denominator, Decimal::kScale));
  if (CompareProducts(ratio, denominator, numerator, Decimal::FromInteger(1)) == 0) {
    return amount.Times(ratio);
  }
  const Decimal bytes = PROVISO_TRY(amount.Times(numerator));
  const Decimal converted = PROVISO_TRY(bytes.DividedBy(denominator, Decimal::kScale));
  if (CompareProducts(converted, denominator, bytes, Decimal::FromInteger(1)) != 0) {
    return Fail(ErrorCode::kInvalidArgument,
                amount.ToString() + " " + std::string(from.symbol) + " has no exact value in " +
                    std::string(to.symbol) + "; write it in " + std::string(to.symbol));
  }
  return converted;
}

}  // namespace

std::string CanonicalUnit(std::string_view unit) {
  if (unit == "hour" || unit == "hours") return "h";
  return std::string(unit);
}

std::string_view UnitBySpelling(std::string_view unit) {
  if (FindByteUnit(unit) != nullptr) return {};
  for (const ByteUnit& row : kByteUnits) {
    if (EqualIgnoringCase(row.symbol, unit)) return row.symbol;
  }
  if (unit != "h" && EqualIgnoringCase("h", unit)) return "h";
  return {};
}

std::vector<std::string> UnitsFor(std::string_view class_unit) {
  if (FindByteUnit(class_unit) == nullptr) return {std::string(class_unit)};
  std::vector<std::string> units;
  units.reserve(kByteUnits.size());
  for (const ByteUnit& row : kByteUnits) units.emplace_back(row.symbol);
  return units;
}

Result<Decimal> ConvertQuantity(Decimal amount, std::string_view unit,
                                std::string_view class_unit) {
  if (CanonicalUnit(unit) == CanonicalUnit(class_unit)) return amount;
  const ByteUnit* from = FindByteUnit(unit);
  const ByteUnit* to = FindByteUnit(class_unit);
  if (from == nullptr || to == nullptr) return DoesNotFit(unit, class_unit);
  return ConvertBytes(amount, *from, *to);
}

RateUnits SplitRate(std::string_view unit) {
  const std::size_t slash = unit.find('/');
  if (slash == std::string_view::npos) return {.of = std::string(unit), .per = ""};
  return {.of = std::string(unit.substr(0, slash)), .per = std::string(unit.substr(slash + 1))};
}

std::string ReadableQuantity(Decimal amount, std::string_view class_unit) {
  Decimal shown = amount;
  std::string_view unit = class_unit;
  if (const ByteUnit* own = FindByteUnit(class_unit)) {
    for (std::size_t i = 0; i < kDecimalUnits; ++i) {
      const Result<Decimal> converted = ConvertBytes(amount, *own, kByteUnits[i]);
      if (!converted) continue;
      if (i > 0 && *converted < Decimal::FromInteger(1)) break;
      shown = *converted;
      unit = kByteUnits[i].symbol;
    }
  }
  const Result<Decimal> rounded = shown.DividedBy(Decimal::FromInteger(1), kReadableDigits);
  const bool exact = !rounded || *rounded == shown;
  return (exact ? "" : "about ") + (exact ? shown : *rounded).ToString() + " " + std::string(unit);
}

}  // namespace proviso::checks

#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "delivery/set_aside.h"
#include "usage/focus_columns.h"

namespace proviso::usage {

// What is worth telling about rows that are in the lake all the same.
enum class Oddity : std::uint8_t {
  kNullCost,
  kNegativeQuantity,
  kNullQuantity,
  kNoSubscription,
  kOutsideBillingPeriod,
  kLongerThanDay,
  kCrossesMidnight,
  kUnknownValue,
  kCount,
};
std::string_view OddityText(Oddity oddity);

// How the rows of a delivery, or of a part of it, fared.
struct Tally {
  std::uint64_t read = 0;
  std::uint64_t imported = 0;
  std::uint64_t skipped = 0;
  std::vector<delivery::Quarantined> quarantined;
  std::map<std::int64_t, std::uint64_t> periods;  // imported rows by billing period start (us)
  std::array<std::uint64_t, static_cast<std::size_t>(Oddity::kCount)> oddities{};

  void Add(Tally&& other);
};

// A value of a delivery, as text; absent: null.
using Cell = std::optional<std::string_view>;

// The cells of one row by place in LakeColumns(), and what they were found to be.
struct LakeRow {
  std::vector<Cell> cells;
  std::vector<Decimal> decimals;
  std::vector<Instant> instants;
  bool unknown_value = false;        // a forgiving column held something else, now null
  std::vector<std::string> scratch;  // where cells with doubled quotes are undone

  LakeRow();
};

// "12.5", "-3", "1.5E-3", exactly. kTooManyDigits when more than 18 digits after the point count,
// or more than 20 before it.
delivery::FaultReason ParseQuantity(std::string_view text, Decimal& out);
// "2024-09-01 00:00:00" or "2024-09-01T00:00:00Z", with up to six digits of a second. UTC.
delivery::FaultReason ParseInstant(std::string_view text, Instant& out);

// Checks rows against the rules of docs/formats/focus.md, and writes the good ones.
class RowCheck {
 public:
  RowCheck();
  // Fills in decimals and instants. A fault names the column.
  struct Fault {
    delivery::FaultReason reason = delivery::FaultReason::kNone;
    std::string_view column;
  };
  Fault Check(LakeRow& row) const;
  // Counts a row that passed.
  void Count(const LakeRow& row, Tally& tally) const;
  void Write(const LakeRow& row, ChunkWriter& out, std::size_t at) const;

 private:
  delivery::FaultReason CheckCell(const FocusColumn& column, std::size_t at, LakeRow& row) const;
  std::optional<Date> UsageDay(const LakeRow& row) const;

  std::vector<const FocusColumn*> columns_;
  // Places in LakeColumns().
  std::size_t period_start_;
  std::size_t period_end_;
  std::size_t start_;
  std::size_t end_;
  std::size_t category_;
  std::size_t charge_class_;
  std::size_t quantity_;
  std::size_t subscription_;
  std::size_t commitment_;
  std::vector<std::size_t> costs_;
};

}  // namespace proviso::usage

#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/decimal.h"
#include "base/time.h"

namespace proviso::checks {

inline constexpr std::size_t kCheckBytesMax = 1000;
inline constexpr std::size_t kNameBytesMax = 256;
inline constexpr int kSpanMonthsMax = 240;  // of every form but kGrowth

// Whose records a check reads.
struct Scope {
  enum class Kind { kCustomer, kSubscription, kUnit };
  Kind kind = Kind::kCustomer;
  std::string id;  // a unit may also be given by its name or alias
  bool operator==(const Scope&) const = default;
};
std::string_view ScopeKindName(Scope::Kind kind);  // "customer", "subscription", "unit"

enum class Comparison { kAtLeast, kAbove, kAtMost, kBelow };
std::string_view ComparisonName(Comparison comparison);  // ">=", ">", "<=", "<"

enum class Form {
  kUsage,       // usage(...) at 2026-07-15 >= 5 PB
  kGrowth,      // growth(...) from 2026-03 to 2026-07 >= 8x
  kBilled,      // billed(...) from 2026-03 to 2026-07 >= 100000 EUR
  kContracted,  // contracted(...) at 2026-07-15; and with >= 100 h
  kCoMoves,     // co-moves(..., with: B) from 2026-03 to 2026-07 >= 0.8
  kRatio,       // ratio(..., per: B) from 2026-03 to 2026-07 <= 60 MB/h
  kAbsent,      // absent(...) from 2026-03 to 2026-07
};
std::string_view FormName(Form form);  // "usage", "growth", "co-moves", ...

// One statement about records that a computation can decide (docs/formats/checks.md).
struct Check {
  Form form = Form::kUsage;
  Scope scope;
  std::string capability_class;
  std::string second_class;  // kCoMoves: `with`; kRatio: `per`; empty for the others
  std::string region;        // empty: all regions
  Date at{};                 // of forms that ask about a day: kUsage, kContracted
  Month from{};              // of the other forms; never after `to`
  Month to{};                // the last month asked about
  bool compares = true;      // false: no comparison is written (kAbsent, kContracted)
  Comparison comparison = Comparison::kAtLeast;
  Decimal threshold;
  std::string unit;  // as written: "PB", "h", "EUR", "MB/h"; "x" for kGrowth, empty for kCoMoves
  bool operator==(const Check&) const = default;
};

// Reads one check. kInvalidArgument as "check, column 12: what was expected and found; remedy".
Result<Check> ParseCheck(std::string_view text);

// The canonical text: ParseCheck(PrintCheck(c)) == c, and equal checks print the same.
std::string PrintCheck(const Check& check);

}  // namespace proviso::checks

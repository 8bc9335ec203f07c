#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/decimal.h"
#include "base/time.h"

namespace proviso::checks {

inline constexpr std::size_t kCheckBytesMax = 1000;
inline constexpr std::size_t kNameBytesMax = 256;

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
  kUsage,   // usage(...) at 2026-07-15 >= 5 PB
  kGrowth,  // growth(...) from 2026-03 to 2026-07 >= 8x
};
std::string_view FormName(Form form);  // "usage", "growth"

// One statement about records that a computation can decide (docs/formats/checks.md).
struct Check {
  Form form = Form::kUsage;
  Scope scope;
  std::string capability_class;
  std::string region;  // empty: all regions
  Date at{};           // kUsage
  Month from{};        // kGrowth; before `to`
  Month to{};          // kGrowth
  Comparison comparison = Comparison::kAtLeast;
  Decimal threshold;
  std::string unit;  // as written: "PB", "h", "characters"; "x" for kGrowth
  bool operator==(const Check&) const = default;
};

// Reads one check. kInvalidArgument as "check, column 12: what was expected and found; remedy".
Result<Check> ParseCheck(std::string_view text);

// The canonical text: ParseCheck(PrintCheck(c)) == c, and equal checks print the same.
std::string PrintCheck(const Check& check);

}  // namespace proviso::checks

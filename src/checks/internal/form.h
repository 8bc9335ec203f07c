#pragma once

#include <array>
#include <string_view>

#include "checks/check.h"

namespace proviso::checks {

// How a form is written. Parser and printer follow this table, so that they cannot disagree.
struct FormShape {
  enum class Span { kDay, kMonths, kTwoMonths };  // kTwoMonths: the second is a later one
  enum class Bound { kNone, kQuantity, kOptionalQuantity, kTimes, kMoney, kCorrelation, kRate };
  Form form;
  std::string_view name;
  Span span;
  Bound bound;
  std::string_view second_key;  // the argument that names a second class; empty: there is none
  bool limited;                 // to kSpanMonthsMax
};

inline constexpr std::array<FormShape, 7> kForms{{
    {Form::kUsage, "usage", FormShape::Span::kDay, FormShape::Bound::kQuantity, "", false},
    {Form::kGrowth, "growth", FormShape::Span::kTwoMonths, FormShape::Bound::kTimes, "", false},
    {Form::kBilled, "billed", FormShape::Span::kMonths, FormShape::Bound::kMoney, "", true},
    {Form::kContracted, "contracted", FormShape::Span::kDay, FormShape::Bound::kOptionalQuantity,
     "", false},
    {Form::kCoMoves, "co-moves", FormShape::Span::kTwoMonths, FormShape::Bound::kCorrelation,
     "with", true},
    {Form::kRatio, "ratio", FormShape::Span::kMonths, FormShape::Bound::kRate, "per", true},
    {Form::kAbsent, "absent", FormShape::Span::kMonths, FormShape::Bound::kNone, "", true},
}};

// The table is in the order of the enumeration.
constexpr const FormShape& ShapeOf(Form form) { return kForms[static_cast<std::size_t>(form)]; }

}  // namespace proviso::checks

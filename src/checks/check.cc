#include "checks/check.h"

#include "checks/internal/form.h"
#include "checks/internal/lexer.h"

namespace proviso::checks {
namespace {

std::string Quoted(std::string_view text) {
  std::string out = "\"";
  for (const char character : text) {
    if (character == '"' || character == '\\') out += '\\';
    out += character;
  }
  return out + "\"";
}

std::string PrintName(std::string_view name) {
  return IsBareWord(name) ? std::string(name) : Quoted(name);
}

}  // namespace

std::string_view ScopeKindName(Scope::Kind kind) {
  switch (kind) {
    case Scope::Kind::kCustomer:
      return "customer";
    case Scope::Kind::kSubscription:
      return "subscription";
    case Scope::Kind::kUnit:
      return "unit";
  }
  return "";
}

std::string_view ComparisonName(Comparison comparison) {
  switch (comparison) {
    case Comparison::kAtLeast:
      return ">=";
    case Comparison::kAbove:
      return ">";
    case Comparison::kAtMost:
      return "<=";
    case Comparison::kBelow:
      return "<";
  }
  return "";
}

std::string_view FormName(Form form) { return ShapeOf(form).name; }

std::string PrintCheck(const Check& check) {
  const FormShape& shape = ShapeOf(check.form);
  std::string out(shape.name);
  out += "(" + std::string(ScopeKindName(check.scope.kind)) + ": " + PrintName(check.scope.id);
  out += ", class: " + PrintName(check.capability_class);
  if (!shape.second_key.empty()) {
    out += ", " + std::string(shape.second_key) + ": " + PrintName(check.second_class);
  }
  if (!check.region.empty()) out += ", region: " + PrintName(check.region);
  out += ") ";
  out += shape.span == FormShape::Span::kDay
             ? "at " + FormatDate(check.at)
             : "from " + FormatMonth(check.from) + " to " + FormatMonth(check.to);
  if (!check.compares) return out;
  out += " " + std::string(ComparisonName(check.comparison)) + " " + check.threshold.ToString();
  if (check.unit.empty()) return out;
  return out + (shape.bound == FormShape::Bound::kTimes ? "" : " ") + check.unit;
}

}  // namespace proviso::checks

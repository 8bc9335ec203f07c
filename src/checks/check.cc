#include "checks/check.h"

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

std::string_view FormName(Form form) { return form == Form::kUsage ? "usage" : "growth"; }

std::string PrintCheck(const Check& check) {
  std::string out(FormName(check.form));
  out += "(" + std::string(ScopeKindName(check.scope.kind)) + ": " + PrintName(check.scope.id);
  out += ", class: " + PrintName(check.capability_class);
  if (!check.region.empty()) out += ", region: " + PrintName(check.region);
  out += ") ";
  if (check.form == Form::kUsage) {
    out += "at " + FormatDate(check.at);
  } else {
    out += "from " + FormatMonth(check.from) + " to " + FormatMonth(check.to);
  }
  out += " " + std::string(ComparisonName(check.comparison)) + " " + check.threshold.ToString();
  return out + (check.form == Form::kUsage ? " " : "") + check.unit;
}

}  // namespace proviso::checks

#include "checks/check.h"
#include "checks/internal/arguments.h"
#include "checks/internal/bound.h"
#include "checks/internal/form.h"
#include "checks/internal/suggest.h"
#include "checks/internal/token_reader.h"

namespace proviso::checks {
namespace {

// A parser of recursive descent without recursion: the language nests nothing.
Status ReadForm(TokenReader& reader, Check& check) {
  const Token token = reader.Take();
  std::vector<std::string> names;
  for (const FormShape& shape : kForms) {
    names.emplace_back(shape.name);
    if (token.kind != Token::Kind::kWord || token.text != shape.name) continue;
    check.form = shape.form;
    return reader.ExpectSymbol("(", "after `" + token.text + "`");
  }
  return BadCheck(token.column,
                  "expected a form, found " + Shown(token) + Suggest(token.text, names));
}

Status ReadMonths(TokenReader& reader, const FormShape& shape, Check& check) {
  PROVISO_TRY(reader.ExpectWord("from"));
  check.from = PROVISO_TRY(reader.ReadMonth());
  PROVISO_TRY(reader.ExpectWord("to"));
  const std::size_t column = reader.Peek().column;
  check.to = PROVISO_TRY(reader.ReadMonth());
  const bool same_allowed = shape.span == FormShape::Span::kMonths;
  if (check.to < check.from || (check.to == check.from && !same_allowed)) {
    return BadCheck(column, "expected a month after " + FormatMonth(check.from) +
                                (same_allowed ? ", or the same" : "") + ", found " +
                                FormatMonth(check.to));
  }
  const int months = static_cast<int>((check.to - check.from).count()) + 1;
  if (!shape.limited || months <= kSpanMonthsMax) return {};
  return BadCheck(column, "expected at most " + std::to_string(kSpanMonthsMax) + " months, found " +
                              std::to_string(months));
}

Status ReadSpan(TokenReader& reader, Check& check) {
  const FormShape& shape = ShapeOf(check.form);
  if (shape.span != FormShape::Span::kDay) return ReadMonths(reader, shape, check);
  PROVISO_TRY(reader.ExpectWord("at"));
  check.at = PROVISO_TRY(reader.ReadDate());
  return {};
}

}  // namespace

Result<Check> ParseCheck(std::string_view text) {
  TokenReader reader(PROVISO_TRY(CutIntoTokens(text)));
  Check check;
  PROVISO_TRY(ReadForm(reader, check));
  PROVISO_TRY(ReadArguments(reader, check));
  PROVISO_TRY(ReadSpan(reader, check));
  PROVISO_TRY(ReadBound(reader, check));
  if (reader.Peek().kind != Token::Kind::kEnd) {
    return TokenReader::Expected("the check to end; write one statement a check", reader.Peek());
  }
  return check;
}

}  // namespace proviso::checks

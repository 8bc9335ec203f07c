#include "checks/internal/bound.h"

#include <algorithm>
#include <optional>

#include "checks/internal/form.h"
#include "checks/quantity.h"

namespace proviso::checks {
namespace {

constexpr std::size_t kCurrencyLetters = 3;

Status ReadComparison(TokenReader& reader, Check& check) {
  const Token token = reader.Take();
  for (const Comparison comparison :
       {Comparison::kAtLeast, Comparison::kAbove, Comparison::kAtMost, Comparison::kBelow}) {
    if (token.kind != Token::Kind::kSymbol || token.text != ComparisonName(comparison)) continue;
    check.comparison = comparison;
    return {};
  }
  return TokenReader::Expected("one of `>=`, `>`, `<=`, `<`", token);
}

// A number, and what follows it without a space: "5", "5PB", "8x".
Result<std::optional<Token>> ReadNumber(TokenReader& reader, const std::string& what,
                                        Decimal& number) {
  const Token token = reader.Take();
  const std::size_t digits =
      std::min(token.text.find_first_not_of("0123456789."), token.text.size());
  const Result<Decimal> read = Decimal::Parse(std::string_view(token.text).substr(0, digits));
  if (token.kind != Token::Kind::kWord || digits == 0 || !read) {
    return TokenReader::Expected(what, token);
  }
  number = *read;
  if (digits == token.text.size()) return std::optional<Token>();
  return std::optional<Token>(Token{.kind = Token::Kind::kWord,
                                    .text = token.text.substr(digits),
                                    .column = token.column + digits});
}

// The number, and the word that has to follow it.
Result<Token> ReadNumberAndWord(TokenReader& reader, const std::string& what, Decimal& number) {
  const std::optional<Token> word = PROVISO_TRY(ReadNumber(reader, what, number));
  if (word) return *word;
  return reader.Take();
}

tl::unexpected<Error> Misspelled(const Token& token, std::string_view what,
                                 const std::string& meant) {
  return BadCheck(token.column, "expected " + std::string(what) + ", found `" + token.text +
                                    "`; did you mean `" + meant + "`?");
}

Status ReadQuantity(TokenReader& reader, Check& check) {
  const Token unit =
      PROVISO_TRY(ReadNumberAndWord(reader, "a quantity such as `5 PB`", check.threshold));
  if (unit.kind != Token::Kind::kWord || !IsBareWord(unit.text)) {
    return TokenReader::Expected("a unit such as `PB`, `h` or `characters`", unit);
  }
  if (const std::string_view meant = UnitBySpelling(unit.text); !meant.empty()) {
    return Misspelled(unit, "a unit", std::string(meant));
  }
  check.unit = CanonicalUnit(unit.text);
  return {};
}

Status ReadTimes(TokenReader& reader, Check& check) {
  const Token times =
      PROVISO_TRY(ReadNumberAndWord(reader, "a ratio such as `8x`", check.threshold));
  if (times.kind != Token::Kind::kWord || times.text != "x") {
    return BadCheck(times.column, "expected `x` after the ratio, found " + Shown(times) +
                                      "; did you mean `" + check.threshold.ToString() + "x`?");
  }
  check.unit = "x";
  return {};
}

bool IsLetter(char character) {
  return (character >= 'A' && character <= 'Z') || (character >= 'a' && character <= 'z');
}

Status ReadMoney(TokenReader& reader, Check& check) {
  const Token currency =
      PROVISO_TRY(ReadNumberAndWord(reader, "an amount such as `100000 EUR`", check.threshold));
  if (currency.kind != Token::Kind::kWord || currency.text.size() != kCurrencyLetters ||
      !std::all_of(currency.text.begin(), currency.text.end(), IsLetter)) {
    return TokenReader::Expected("a currency of three letters such as `EUR`", currency);
  }
  std::string upper = currency.text;
  for (char& letter : upper) {
    if (letter >= 'a') letter = static_cast<char>(letter - 'a' + 'A');
  }
  if (upper != currency.text) return Misspelled(currency, "a currency", upper);
  check.unit = upper;
  return {};
}

Status ReadCorrelation(TokenReader& reader, Check& check) {
  static constexpr auto kWhat = "a number from -1 to 1 such as `0.8`";
  const Token token = reader.Take();
  const bool plain = token.text.find_first_not_of("-0123456789.") == std::string::npos;
  const Result<Decimal> number = Decimal::Parse(token.text);
  const Decimal one = Decimal::FromInteger(1);
  if (token.kind != Token::Kind::kWord || !plain || !number || *number > one ||
      *number < Decimal::FromInteger(-1)) {
    return TokenReader::Expected(kWhat, token);
  }
  check.threshold = *number;
  check.unit.clear();
  return {};
}

// "MB/h": one slash, a unit on either side of it.
Status ReadRate(TokenReader& reader, Check& check) {
  const Token token =
      PROVISO_TRY(ReadNumberAndWord(reader, "a rate such as `60 MB/h`", check.threshold));
  const std::string_view text = token.text;
  const std::size_t slash = text.find('/');
  if (token.kind != Token::Kind::kWord || slash == std::string::npos ||
      !IsBareWord(text.substr(0, slash)) || !IsBareWord(text.substr(slash + 1)) ||
      text.find('/', slash + 1) != std::string::npos) {
    return TokenReader::Expected("a unit per unit such as `MB/h`, without spaces", token);
  }
  const RateUnits units = SplitRate(text);
  RateUnits meant = units;
  if (const auto unit = UnitBySpelling(units.of); !unit.empty()) meant.of = unit;
  if (const auto unit = UnitBySpelling(units.per); !unit.empty()) meant.per = unit;
  if (meant.of != units.of || meant.per != units.per) {
    return Misspelled(token, "a unit per unit", meant.of + "/" + meant.per);
  }
  check.unit = CanonicalUnit(units.of) + "/" + CanonicalUnit(units.per);
  return {};
}

}  // namespace

Status ReadBound(TokenReader& reader, Check& check) {
  const FormShape::Bound bound = ShapeOf(check.form).bound;
  const bool ends = reader.Peek().kind == Token::Kind::kEnd;
  check.compares =
      bound != FormShape::Bound::kNone && !(bound == FormShape::Bound::kOptionalQuantity && ends);
  if (!check.compares) return {};
  PROVISO_TRY(ReadComparison(reader, check));
  switch (bound) {
    case FormShape::Bound::kNone:
      return {};
    case FormShape::Bound::kQuantity:
    case FormShape::Bound::kOptionalQuantity:
      return ReadQuantity(reader, check);
    case FormShape::Bound::kTimes:
      return ReadTimes(reader, check);
    case FormShape::Bound::kMoney:
      return ReadMoney(reader, check);
    case FormShape::Bound::kCorrelation:
      return ReadCorrelation(reader, check);
    case FormShape::Bound::kRate:
      return ReadRate(reader, check);
  }
  return {};
}

}  // namespace proviso::checks

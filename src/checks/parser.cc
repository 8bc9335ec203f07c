#include <algorithm>
#include <optional>

#include "checks/check.h"
#include "checks/internal/lexer.h"
#include "checks/internal/suggest.h"
#include "checks/quantity.h"

namespace proviso::checks {
namespace {

std::string Shown(const Token& token) {
  return token.kind == Token::Kind::kEnd ? "the end" : "`" + token.text + "`";
}

// One argument of a form, with the place of its key.
struct Argument {
  std::string key;
  std::string value;
  std::size_t column = 0;
};

// A recursive-descent parser without recursion: the language nests nothing.
class Parser {
 public:
  explicit Parser(std::vector<Token> tokens) : tokens_(std::move(tokens)) {}

  Result<Check> Run() {
    Check check;
    PROVISO_TRY(ReadForm(check));
    PROVISO_TRY(ReadArguments(check));
    if (check.form == Form::kUsage) {
      PROVISO_TRY(ExpectWord("at"));
      check.at = PROVISO_TRY(ReadDate());
    } else {
      PROVISO_TRY(ReadMonths(check));
    }
    PROVISO_TRY(ReadComparison(check));
    PROVISO_TRY(check.form == Form::kUsage ? ReadQuantity(check) : ReadRatio(check));
    if (Peek().kind != Token::Kind::kEnd) {
      return Expected("the check to end; write one statement a check", Peek());
    }
    return check;
  }

 private:
  const Token& Peek() const { return tokens_[next_]; }
  Token Take() {
    Token token = tokens_[next_];
    if (token.kind != Token::Kind::kEnd) ++next_;
    return token;
  }
  static tl::unexpected<Error> Expected(const std::string& what, const Token& found) {
    return BadCheck(found.column, "expected " + what + ", found " + Shown(found));
  }

  Status ExpectSymbol(std::string_view symbol, const std::string& where) {
    const Token token = Take();
    if (token.kind == Token::Kind::kSymbol && token.text == symbol) return {};
    return Expected("`" + std::string(symbol) + "` " + where, token);
  }

  Status ExpectWord(const std::string& word) {
    const Token token = Take();
    if (token.kind == Token::Kind::kWord && token.text == word) return {};
    return Expected("`" + word + "`", token);
  }

  Status ReadForm(Check& check) {
    const Token token = Take();
    if (token.kind == Token::Kind::kWord && token.text == FormName(Form::kUsage)) {
      check.form = Form::kUsage;
    } else if (token.kind == Token::Kind::kWord && token.text == FormName(Form::kGrowth)) {
      check.form = Form::kGrowth;
    } else {
      return BadCheck(token.column, "expected a form, found " + Shown(token) +
                                        Suggest(token.text, {"usage", "growth"}));
    }
    return ExpectSymbol("(", "after `" + token.text + "`");
  }

  Result<Argument> ReadArgument() {
    static constexpr auto kKeys = {"customer", "subscription", "unit", "class", "region"};
    const Token key = Take();
    const std::vector<std::string> known(kKeys.begin(), kKeys.end());
    if (key.kind != Token::Kind::kWord ||
        std::find(known.begin(), known.end(), key.text) == known.end()) {
      return BadCheck(key.column,
                      "expected an argument, found " + Shown(key) + Suggest(key.text, known));
    }
    PROVISO_TRY(ExpectSymbol(":", "after `" + key.text + "`"));
    const Token value = Take();
    const bool bare = value.kind == Token::Kind::kWord && IsBareWord(value.text);
    if (!bare && value.kind != Token::Kind::kText) {
      return Expected("a name after `" + key.text + ":`", value);
    }
    if (value.text.empty() || value.text.size() > kNameBytesMax) {
      return BadCheck(value.column, "expected a name of 1 to " + std::to_string(kNameBytesMax) +
                                        " bytes, found " + std::to_string(value.text.size()));
    }
    return Argument{.key = key.text, .value = value.text, .column = key.column};
  }

  Status ReadArguments(Check& check) {
    std::vector<Argument> arguments;
    while (true) {
      Argument argument = PROVISO_TRY(ReadArgument());
      for (const Argument& earlier : arguments) {
        if (earlier.key != argument.key) continue;
        return BadCheck(argument.column, "`" + argument.key + "` is given twice; keep one");
      }
      arguments.push_back(std::move(argument));
      const Token separator = Take();
      if (separator.kind == Token::Kind::kSymbol && separator.text == ")") {
        return Assign(arguments, separator.column, check);
      }
      if (separator.kind != Token::Kind::kSymbol || separator.text != ",") {
        return Expected("`,` or `)`", separator);
      }
    }
  }

  static Status Assign(const std::vector<Argument>& arguments, std::size_t end, Check& check) {
    bool scoped = false;
    for (const Argument& argument : arguments) {
      if (argument.key == "class") {
        check.capability_class = argument.value;
      } else if (argument.key == "region") {
        check.region = argument.value;
      } else if (scoped) {
        return BadCheck(argument.column,
                        "expected one of `customer`, `subscription`, `unit`, found `" +
                            argument.key + "` beside `" +
                            std::string(ScopeKindName(check.scope.kind)) +
                            "`; write a check for each");
      } else {
        scoped = true;
        check.scope.kind = argument.key == "customer"       ? Scope::Kind::kCustomer
                           : argument.key == "subscription" ? Scope::Kind::kSubscription
                                                            : Scope::Kind::kUnit;
        check.scope.id = argument.value;
      }
    }
    if (!scoped) {
      return BadCheck(end, "expected whose records: one of `customer:`, `subscription:`, `unit:`");
    }
    if (check.capability_class.empty()) {
      return BadCheck(end, "expected a class, as in `class: object-storage`");
    }
    return {};
  }

  Result<Date> ReadDate() {
    const Token token = Take();
    const Result<Date> date = ParseDate(token.text);
    if (token.kind == Token::Kind::kWord && date) return *date;
    return Expected("a day such as `2026-07-15`", token);
  }

  Result<Month> ReadMonth() {
    const Token token = Take();
    const Result<Month> month = ParseMonth(token.text);
    if (token.kind == Token::Kind::kWord && month) return *month;
    return Expected("a month such as `2026-07`", token);
  }

  Status ReadMonths(Check& check) {
    PROVISO_TRY(ExpectWord("from"));
    check.from = PROVISO_TRY(ReadMonth());
    PROVISO_TRY(ExpectWord("to"));
    const std::size_t column = Peek().column;
    check.to = PROVISO_TRY(ReadMonth());
    if (check.from < check.to) return {};
    return BadCheck(column, "expected a month after " + FormatMonth(check.from) + ", found " +
                                FormatMonth(check.to));
  }

  Status ReadComparison(Check& check) {
    const Token token = Take();
    for (const Comparison comparison :
         {Comparison::kAtLeast, Comparison::kAbove, Comparison::kAtMost, Comparison::kBelow}) {
      if (token.kind != Token::Kind::kSymbol || token.text != ComparisonName(comparison)) continue;
      check.comparison = comparison;
      return {};
    }
    return Expected("one of `>=`, `>`, `<=`, `<`", token);
  }

  // A number, and what follows it without a space: "5", "5PB", "8x".
  Result<std::optional<Token>> ReadNumber(const std::string& what, Check& check) {
    const Token token = Take();
    const std::size_t digits =
        std::min(token.text.find_first_not_of("0123456789."), token.text.size());
    const Result<Decimal> number = Decimal::Parse(std::string_view(token.text).substr(0, digits));
    if (token.kind != Token::Kind::kWord || digits == 0 || !number) return Expected(what, token);
    check.threshold = *number;
    if (digits == token.text.size()) return std::optional<Token>();
    return std::optional<Token>(Token{.kind = Token::Kind::kWord,
                                      .text = token.text.substr(digits),
                                      .column = token.column + digits});
  }

  Status ReadQuantity(Check& check) {
    std::optional<Token> unit = PROVISO_TRY(ReadNumber("a quantity such as `5 PB`", check));
    if (!unit) unit = Take();
    if (unit->kind != Token::Kind::kWord || !IsBareWord(unit->text)) {
      return Expected("a unit such as `PB`, `h` or `characters`", *unit);
    }
    if (const std::string_view meant = UnitBySpelling(unit->text); !meant.empty()) {
      return BadCheck(unit->column, "expected a unit, found `" + unit->text + "`; did you mean `" +
                                        std::string(meant) + "`?");
    }
    check.unit = CanonicalUnit(unit->text);
    return {};
  }

  Status ReadRatio(Check& check) {
    std::optional<Token> times = PROVISO_TRY(ReadNumber("a ratio such as `8x`", check));
    if (!times) times = Take();
    if (times->kind != Token::Kind::kWord || times->text != "x") {
      return BadCheck(times->column, "expected `x` after the ratio, found " + Shown(*times) +
                                         "; did you mean `" + check.threshold.ToString() + "x`?");
    }
    check.unit = "x";
    return {};
  }

  std::vector<Token> tokens_;
  std::size_t next_ = 0;
};

}  // namespace

Result<Check> ParseCheck(std::string_view text) {
  return Parser(PROVISO_TRY(CutIntoTokens(text))).Run();
}

}  // namespace proviso::checks

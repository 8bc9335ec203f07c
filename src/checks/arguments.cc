#include "checks/internal/arguments.h"

#include <algorithm>

#include "checks/internal/form.h"
#include "checks/internal/suggest.h"

namespace proviso::checks {
namespace {

// One argument of a form, with the place of its key.
struct Argument {
  std::string key;
  std::string value;
  std::size_t column = 0;
};

std::vector<std::string> KeysOf(const FormShape& shape) {
  std::vector<std::string> keys = {"customer", "subscription", "unit", "class", "region"};
  if (!shape.second_key.empty()) keys.emplace_back(shape.second_key);
  return keys;
}

Result<Argument> ReadArgument(TokenReader& reader, const FormShape& shape) {
  const Token key = reader.Take();
  const std::vector<std::string> known = KeysOf(shape);
  if (key.kind != Token::Kind::kWord ||
      std::find(known.begin(), known.end(), key.text) == known.end()) {
    return BadCheck(key.column,
                    "expected an argument, found " + Shown(key) + Suggest(key.text, known));
  }
  PROVISO_TRY(reader.ExpectSymbol(":", "after `" + key.text + "`"));
  const Token value = reader.Take();
  const bool bare = value.kind == Token::Kind::kWord && IsBareWord(value.text);
  if (!bare && value.kind != Token::Kind::kText) {
    return TokenReader::Expected("a name after `" + key.text + ":`", value);
  }
  if (value.text.empty() || value.text.size() > kNameBytesMax) {
    return BadCheck(value.column, "expected a name of 1 to " + std::to_string(kNameBytesMax) +
                                      " bytes, found " + std::to_string(value.text.size()));
  }
  return Argument{.key = key.text, .value = value.text, .column = key.column};
}

Status AssignScope(const Argument& argument, Scope& scope) {
  if (!scope.id.empty()) {
    return BadCheck(argument.column, "expected one of `customer`, `subscription`, `unit`, found `" +
                                         argument.key + "` beside `" +
                                         std::string(ScopeKindName(scope.kind)) +
                                         "`; write a check for each");
  }
  scope.kind = argument.key == "customer"       ? Scope::Kind::kCustomer
               : argument.key == "subscription" ? Scope::Kind::kSubscription
                                                : Scope::Kind::kUnit;
  scope.id = argument.value;
  return {};
}

// `end` is where the arguments end.
Status Assign(const std::vector<Argument>& arguments, std::size_t end, Check& check) {
  const std::string second(ShapeOf(check.form).second_key);
  std::size_t second_column = 0;
  for (const Argument& argument : arguments) {
    if (argument.key == "class") {
      check.capability_class = argument.value;
    } else if (argument.key == "region") {
      check.region = argument.value;
    } else if (argument.key == second) {
      check.second_class = argument.value;
      second_column = argument.column;
    } else {
      PROVISO_TRY(AssignScope(argument, check.scope));
    }
  }
  if (check.scope.id.empty()) {
    return BadCheck(end, "expected whose records: one of `customer:`, `subscription:`, `unit:`");
  }
  if (check.capability_class.empty()) {
    return BadCheck(end, "expected a class, as in `class: object-storage`");
  }
  if (second.empty()) return {};
  if (check.second_class.empty()) {
    return BadCheck(end, "expected a second class, as in `" + second + ": speech-to-text`");
  }
  if (check.second_class != check.capability_class) return {};
  return BadCheck(second_column, "expected `" + second + "` to name another class than `class`" +
                                     ", found `" + check.second_class + "` twice");
}

}  // namespace

Status ReadArguments(TokenReader& reader, Check& check) {
  const FormShape& shape = ShapeOf(check.form);
  std::vector<Argument> arguments;
  while (true) {
    Argument argument = PROVISO_TRY(ReadArgument(reader, shape));
    for (const Argument& earlier : arguments) {
      if (earlier.key != argument.key) continue;
      return BadCheck(argument.column, "`" + argument.key + "` is given twice; keep one");
    }
    arguments.push_back(std::move(argument));
    const Token separator = reader.Take();
    if (separator.kind == Token::Kind::kSymbol && separator.text == ")") {
      return Assign(arguments, separator.column, check);
    }
    if (separator.kind != Token::Kind::kSymbol || separator.text != ",") {
      return TokenReader::Expected("`,` or `)`", separator);
    }
  }
}

}  // namespace proviso::checks

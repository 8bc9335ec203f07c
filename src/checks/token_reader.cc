#include "checks/internal/token_reader.h"

namespace proviso::checks {

std::string Shown(const Token& token) {
  return token.kind == Token::Kind::kEnd ? "the end" : "`" + token.text + "`";
}

Token TokenReader::Take() {
  Token token = tokens_[next_];
  if (token.kind != Token::Kind::kEnd) ++next_;
  return token;
}

tl::unexpected<Error> TokenReader::Expected(const std::string& what, const Token& found) {
  return BadCheck(found.column, "expected " + what + ", found " + Shown(found));
}

Status TokenReader::ExpectSymbol(std::string_view symbol, const std::string& where) {
  const Token token = Take();
  if (token.kind == Token::Kind::kSymbol && token.text == symbol) return {};
  return Expected("`" + std::string(symbol) + "` " + where, token);
}

Status TokenReader::ExpectWord(const std::string& word) {
  const Token token = Take();
  if (token.kind == Token::Kind::kWord && token.text == word) return {};
  return Expected("`" + word + "`", token);
}

Result<Date> TokenReader::ReadDate() {
  const Token token = Take();
  const Result<Date> date = ParseDate(token.text);
  if (token.kind == Token::Kind::kWord && date) return *date;
  return Expected("a day such as `2026-07-15`", token);
}

Result<Month> TokenReader::ReadMonth() {
  const Token token = Take();
  const Result<Month> month = ParseMonth(token.text);
  if (token.kind == Token::Kind::kWord && month) return *month;
  return Expected("a month such as `2026-07`", token);
}

}  // namespace proviso::checks

#include "checks/internal/lexer.h"

#include <algorithm>

#include "base/bytes.h"
#include "checks/check.h"

namespace proviso::checks {
namespace {

bool IsAlphanumeric(char character) {
  return (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z') ||
         (character >= '0' && character <= '9');
}

bool IsWordCharacter(char character) {
  return IsAlphanumeric(character) || character == '_' || character == '.' || character == '/' ||
         character == '-';
}

// Walks over the text once; counts characters, not bytes, for the columns.
class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}

  Result<std::vector<Token>> Run() {
    std::vector<Token> tokens;
    while (true) {
      while (!AtEnd() && (Peek() == ' ' || Peek() == '\t' || Peek() == '\n')) Advance();
      Token token = PROVISO_TRY(Next());
      const bool end = token.kind == Token::Kind::kEnd;
      tokens.push_back(std::move(token));
      if (end) return tokens;
    }
  }

 private:
  bool AtEnd() const { return offset_ >= text_.size(); }
  char Peek() const { return text_[offset_]; }
  void Advance() {
    ++offset_;
    while (!AtEnd() && (static_cast<unsigned char>(Peek()) & 0xC0U) == 0x80U) ++offset_;
    ++column_;
  }

  Result<Token> Next() {
    Token token{.kind = Token::Kind::kEnd, .text = "", .column = column_};
    if (AtEnd()) return token;
    if (Peek() == '"') return Text(std::move(token));
    if (IsWordCharacter(Peek())) {
      token.kind = Token::Kind::kWord;
      while (!AtEnd() && IsWordCharacter(Peek())) {
        token.text += Peek();
        Advance();
      }
      return token;
    }
    return Symbol(std::move(token));
  }

  Result<Token> Text(Token token) {
    token.kind = Token::Kind::kText;
    Advance();
    while (!AtEnd() && Peek() != '"') {
      if (Peek() == '\\') {
        Advance();
        if (AtEnd() || (Peek() != '"' && Peek() != '\\')) {
          return BadCheck(column_, "expected `\\\"` or `\\\\`; a backslash escapes only these");
        }
      }
      if (static_cast<unsigned char>(Peek()) < 0x20 || Peek() == 0x7F) {
        return BadCheck(column_, "a quoted name holds a control character; remove it");
      }
      const std::size_t start = offset_;
      Advance();
      token.text += text_.substr(start, offset_ - start);
    }
    if (AtEnd()) {
      return BadCheck(token.column, "a quoted name begins here and never ends; add a `\"`");
    }
    Advance();
    return token;
  }

  Result<Token> Symbol(Token token) {
    token.kind = Token::Kind::kSymbol;
    const std::size_t start = offset_;
    const bool angle = Peek() == '<' || Peek() == '>';
    const bool known = angle || Peek() == '(' || Peek() == ')' || Peek() == ',' || Peek() == ':';
    Advance();
    if (angle && !AtEnd() && Peek() == '=') Advance();
    token.text = text_.substr(start, offset_ - start);
    if (known) return token;
    std::string remedy;
    if (token.text == "\u2265" || token.text == "=") remedy = "; did you mean `>=`?";
    if (token.text == "\u2264") remedy = "; did you mean `<=`?";
    if (token.text == "'" || token.text == "\u201C") remedy = "; write names as \"...\"";
    if (static_cast<unsigned char>(token.text[0]) < 0x20) token.text = "a control character";
    return BadCheck(token.column, "unexpected `" + token.text + "`" + remedy);
  }

  std::string_view text_;
  std::size_t offset_ = 0;
  std::size_t column_ = 1;
};

}  // namespace

bool IsBareWord(std::string_view text) {
  return !text.empty() && IsAlphanumeric(text[0]) &&
         std::all_of(text.begin(), text.end(), IsWordCharacter);
}

tl::unexpected<Error> BadCheck(std::size_t column, const std::string& what) {
  return Fail(ErrorCode::kInvalidArgument, "check, column " + std::to_string(column) + ": " + what);
}

Result<std::vector<Token>> CutIntoTokens(std::string_view text) {
  if (text.size() > kCheckBytesMax) {
    return Fail(ErrorCode::kInvalidArgument, "check: expected at most " +
                                                 std::to_string(kCheckBytesMax) + " bytes, found " +
                                                 std::to_string(text.size()));
  }
  if (!IsUtf8(text)) return Fail(ErrorCode::kInvalidArgument, "check: not valid UTF-8");
  return Lexer(text).Run();
}

}  // namespace proviso::checks

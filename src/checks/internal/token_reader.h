#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "checks/internal/lexer.h"

namespace proviso::checks {

// "`found`", or "the end".
std::string Shown(const Token& token);

// Goes over the tokens of one check once, and says what it expected where it found another thing.
class TokenReader {
 public:
  explicit TokenReader(std::vector<Token> tokens) : tokens_(std::move(tokens)) {}

  const Token& Peek() const { return tokens_[next_]; }
  Token Take();
  static tl::unexpected<Error> Expected(const std::string& what, const Token& found);

  Status ExpectSymbol(std::string_view symbol, const std::string& where);
  Status ExpectWord(const std::string& word);
  Result<Date> ReadDate();
  Result<Month> ReadMonth();

 private:
  std::vector<Token> tokens_;
  std::size_t next_ = 0;
};

}  // namespace proviso::checks

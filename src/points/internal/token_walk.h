#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string_view>

#include "points/json_outline.h"

namespace proviso::points::internal {

// Walks over the tokens of a body whose texts have no escapes, and makes a node of each value and
// each key. Checks that they make one object, and that each token is what it begins like. What it
// does not know it leaves to a reader that does: it never accepts more than that.
class TokenWalk {
 public:
  using Node = JsonValue::Node;

  // False when another reader has to look: at what is no JSON, and at what is unusual. `tokens`
  // says where each begins: between two of them are the bytes of the first and blanks. There must
  // be room for a node for each.
  static bool Run(std::string_view body, std::span<const std::uint32_t> tokens, Node* nodes) {
    const char* const text = body.data();
    const std::uint32_t* at = tokens.data();
    const std::uint32_t* const end = at + tokens.size();
    // So there is a token behind each but this last, which needs none.
    if (tokens.size() < 2 || text[*at] != '{' || text[end[-1]] != '}') return false;
    Node* next = nodes;
    // JsonBody counts what is open at once and not empty, and refuses the first too many.
    std::array<Node*, JsonBody::kDepthMax - 1> open;  // NOLINT: filled as they are opened
    std::size_t depth = 0;
    bool in_object = false;
    while (true) {
      if (in_object) {
        if (text[at[0]] != '"' || text[at[1]] != ':') return false;
        const std::uint32_t quotes = EndOfText(text, at[0], at[1]);
        if (quotes == 0) return false;
        (next++)->Be(std::string_view(text + at[0] + 1, quotes - at[0] - 1));
        at += 2;
      }
      const char first = text[*at];
      if (first == '"') {
        const std::uint32_t quotes = EndOfText(text, at[0], at[1]);
        if (quotes == 0) return false;
        (next++)->Be(std::string_view(text + at[0] + 1, quotes - at[0] - 1));
      } else if (first == '{' || first == '[') {
        in_object = first == '{';
        if (depth == open.size()) return false;
        open[depth++] = next;
        (next++)->Be(in_object ? JsonKind::kObject : JsonKind::kArray);
        if (text[at[1]] != (in_object ? '}' : ']')) {
          ++at;
          if (!in_object) open[depth - 1]->AddOne();
          continue;
        }
      } else {
        if (at + 1 == end) return false;
        const std::optional<JsonKind> kind = KindOf(text + at[0], text + at[1]);
        if (!kind) return false;
        (next++)->Be(*kind);
      }
      ++at;
      // Whatever ends here, and the comma before the next.
      char byte = text[*at];
      for (; byte != ','; byte = text[*at]) {
        if (byte != (in_object ? '}' : ']')) return false;
        open[--depth]->EndBefore(next);
        ++at;
        if (depth == 0 || at == end) return depth == 0 && at == end;
        in_object = open[depth - 1]->kind() == JsonKind::kObject;
      }
      if (!in_object) open[depth - 1]->AddOne();
      ++at;
    }
  }

 private:
  static bool IsBlank(char byte) {
    return byte == ' ' || byte == '\n' || byte == '\r' || byte == '\t';
  }
  // What a number or a word has behind it.
  static bool EndsScalar(char byte) {
    return byte == ',' || byte == '}' || byte == ']' || IsBlank(byte);
  }

  // Where the text ends that has its quotes at `begin`, when the next token is at `next`; 0 when
  // something else stands there.
  static std::uint32_t EndOfText(const char* text, std::uint32_t begin, std::uint32_t next) {
    std::uint32_t end = next - 1;
    if (text[end] != '"') {
      while (IsBlank(text[end])) --end;
    }
    return end > begin && text[end] == '"' ? end : 0;
  }

  // What a token is that is neither a text nor opens anything; absent when that cannot be told.
  static std::optional<JsonKind> KindOf(const char* begin, const char* next) {
    switch (*begin) {
      case 't':
        return KindOfWord(begin, next, "true", JsonKind::kTrue);
      case 'f':
        return KindOfWord(begin, next, "false", JsonKind::kFalse);
      case 'n':
        return KindOfWord(begin, next, "null", JsonKind::kNull);
      default:
        return KindOfNumber(begin);
    }
  }

  template <std::size_t kSize>
  static std::optional<JsonKind> KindOfWord(const char* begin, const char* next,
                                            const char (&word)[kSize], JsonKind kind) {
    constexpr std::ptrdiff_t kLetters = kSize - 1;
    if (next - begin < kLetters || std::memcmp(begin, word, kLetters) != 0) return std::nullopt;
    if (!EndsScalar(begin[kLetters])) return std::nullopt;
    return kind;
  }

  // A whole number that 64 bits hold whatever its digits are.
  static std::optional<JsonKind> KindOfNumber(const char* byte) {
    constexpr std::ptrdiff_t kDigitsMax = 18;
    if (*byte == '-') ++byte;
    const char* const begin = byte;
    while (*byte >= '0' && *byte <= '9') ++byte;
    const std::ptrdiff_t digits = byte - begin;
    if (digits < 1 || digits > kDigitsMax || (*begin == '0' && digits > 1)) return std::nullopt;
    if (!EndsScalar(*byte)) return std::nullopt;
    return JsonKind::kNumber;
  }
};

}  // namespace proviso::points::internal

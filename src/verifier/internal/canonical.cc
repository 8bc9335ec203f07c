#include "verifier/internal/canonical.h"

#include <bit>
#include <cstdint>
#include <cstring>

#include "base/bytes.h"

namespace proviso::verifier {
namespace {

constexpr int kDepthMax = 64;
constexpr std::uint64_t kExactMax = std::uint64_t{1} << 53U;
constexpr std::uint64_t kOnes = 0x0101010101010101U;
constexpr std::uint64_t kHighs = 0x8080808080808080U;

constexpr std::uint64_t HasZeroByte(std::uint64_t word) { return (word - kOnes) & ~word & kHighs; }

// Marks the high bit of each byte that is a quote, a backslash or a control character: where a run
// of plain characters ends. Bytes above the lowest such one may be marked wrongly.
constexpr std::uint64_t EndsRun(std::uint64_t word) {
  return HasZeroByte(word ^ (kOnes * '"')) | HasZeroByte(word ^ (kOnes * '\\')) |
         HasZeroByte(word & (kOnes * 0xE0U));
}

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// The characters of a string between its quotes, whose form was checked.
std::string Decode(std::string_view raw) {
  std::string text;
  for (std::size_t i = 0; i < raw.size(); ++i) {
    if (raw[i] != '\\') {
      text += raw[i];
      continue;
    }
    switch (raw[++i]) {
      case 'b':
        text += '\b';
        break;
      case 'f':
        text += '\f';
        break;
      case 'n':
        text += '\n';
        break;
      case 'r':
        text += '\r';
        break;
      case 't':
        text += '\t';
        break;
      case 'u': {
        const auto digit = [&](std::size_t at) {
          return raw[at] <= '9' ? raw[at] - '0' : raw[at] - 'a' + 10;
        };
        text += static_cast<char>(16 * digit(i + 3) + digit(i + 4));
        i += 4;
        break;
      }
      default:
        text += raw[i];
    }
  }
  return text;
}

// RFC 8785, section 3.2.3, sorts by UTF-16 units. In UTF-8 that is the order of bytes, but that a
// character beyond U+FFFF (a surrogate pair, D800..DFFF; lead byte F0 and above) comes before
// U+E000..U+FFFF (lead bytes EE and EF).
bool SortsBefore(std::string_view a, std::string_view b) {
  std::size_t i = 0;
  while (i < a.size() && i < b.size() && a[i] == b[i]) ++i;
  if (i == a.size() || i == b.size()) return a.size() < b.size();
  const auto x = static_cast<unsigned char>(a[i]);
  const auto y = static_cast<unsigned char>(b[i]);
  const bool x_pair = x >= 0xF0;
  const bool y_pair = y >= 0xF0;
  if (x_pair != y_pair && x >= 0xEE && y >= 0xEE) return x_pair;
  return x < y;
}

bool KeysInOrder(std::string_view before, std::string_view after) {
  if (before.find('\\') == std::string_view::npos && after.find('\\') == std::string_view::npos) {
    return SortsBefore(before, after);
  }
  return SortsBefore(Decode(before), Decode(after));
}

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  std::optional<CanonicalFault> Read(std::vector<RawMember>& members) {
    if (!Object(0, &members)) return fault_;
    if (at_ != text_.size()) {
      (void)Refuse("text after the object");
      return fault_;
    }
    if (!ascii_ && !IsUtf8(text_)) {
      at_ = 0;
      (void)Refuse("invalid UTF-8");
      return fault_;
    }
    return std::nullopt;
  }

 private:
  bool Refuse(std::string what) {
    fault_ = CanonicalFault{at_, std::move(what)};
    return false;
  }
  bool Is(char c) const { return at_ < text_.size() && text_[at_] == c; }
  bool Take(char c) {
    if (!Is(c)) return false;
    ++at_;
    return true;
  }

  bool Object(int depth, std::vector<RawMember>* members) {
    if (depth >= kDepthMax) return Refuse("nested too deeply");
    if (!Take('{')) return Refuse("expected an object");
    if (Take('}')) return true;
    std::string_view before;
    for (bool first = true;; first = false) {
      RawMember member;
      if (!String(member.key)) return false;
      if (!first && !KeysInOrder(before, member.key)) {
        return Refuse("key `" + std::string(member.key.substr(0, 80)) +
                      "` is out of order or stands twice");
      }
      before = member.key;
      if (!Take(':')) return Refuse("expected `:`");
      const std::size_t begin = at_;
      if (!Value(depth + 1)) return false;
      member.value = text_.substr(begin, at_ - begin);
      if (members != nullptr) members->push_back(member);
      if (Take('}')) return true;
      if (!Take(',')) return Refuse("expected `,` or `}`");
    }
  }

  bool Array(int depth) {
    if (depth >= kDepthMax) return Refuse("nested too deeply");
    ++at_;
    if (Take(']')) return true;
    while (true) {
      if (!Value(depth + 1)) return false;
      if (Take(']')) return true;
      if (!Take(',')) return Refuse("expected `,` or `]`");
    }
  }

  bool Value(int depth) {
    if (at_ == text_.size()) return Refuse("expected a value");
    std::string_view ignored;
    switch (text_[at_]) {
      case '{':
        return Object(depth, nullptr);
      case '[':
        return Array(depth);
      case '"':
        return String(ignored);
      case 't':
        return Word("true");
      case 'f':
        return Word("false");
      case 'n':
        return Word("null");
      default:
        return Integer();
    }
  }

  bool Word(std::string_view word) {
    if (text_.substr(at_, word.size()) != word) return Refuse("expected a value");
    at_ += word.size();
    return true;
  }

  bool Integer() {
    const bool negative = Take('-');
    const std::size_t begin = at_;
    std::uint64_t value = 0;
    while (at_ < text_.size() && IsDigit(text_[at_])) {
      value = value * 10 + static_cast<std::uint64_t>(text_[at_] - '0');
      if (value > kExactMax) return Refuse("an integer beyond 2^53");
      ++at_;
    }
    if (at_ == begin) return Refuse("expected a value");
    const bool leading_zero = text_[begin] == '0' && (at_ - begin > 1 || negative);
    if (leading_zero) return Refuse("a number with a needless zero");
    if (Is('.') || Is('e') || Is('E')) return Refuse("a number that is no integer");
    return true;
  }

  bool String(std::string_view& raw) {
    if (!Take('"')) return Refuse("expected a string");
    const std::size_t begin = at_;
    while (true) {
      SkipPlain();
      if (at_ == text_.size()) return Refuse("a string without end");
      const auto c = static_cast<unsigned char>(text_[at_]);
      if (c == '"') break;
      if (c == '\\') {
        if (!Escape()) return false;
      } else if (c < 0x20) {
        return Refuse("a control character in a string");
      } else {
        ascii_ = ascii_ && c < 0x80;
        ++at_;
      }
    }
    raw = text_.substr(begin, at_ - begin);
    ++at_;
    return true;
  }

  void SkipPlain() {
    std::uint64_t word = 0;
    while (text_.size() - at_ >= sizeof word) {
      std::memcpy(&word, text_.data() + at_, sizeof word);
      const std::uint64_t ends = EndsRun(word);
      // The lowest byte that is marked is marked rightly; on x86 it is the first in the text.
      const auto plain = ends == 0 ? 64 : std::countr_zero(ends) & ~7;
      const std::uint64_t mask = plain == 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << plain) - 1;
      if ((word & mask & kHighs) != 0) ascii_ = false;
      at_ += static_cast<std::size_t>(plain) / 8;
      if (ends != 0) return;
    }
  }

  // The shortest form of each is the only one: RFC 8785, section 3.2.2.2.
  bool Escape() {
    constexpr std::string_view kShort = "\"\\bfnrt";
    const std::string_view rest = text_.substr(at_ + 1);
    if (!rest.empty() && kShort.find(rest[0]) != std::string_view::npos) {
      at_ += 2;
      return true;
    }
    constexpr std::string_view kHex = "0123456789abcdef";
    const bool four_digits = rest.size() >= 5 && rest.starts_with("u00") &&
                             (rest[3] == '0' || rest[3] == '1') &&
                             kHex.find(rest[4]) != std::string_view::npos;
    // \u0008, \u0009, \u000a, \u000c and \u000d have a short form.
    const bool has_short = four_digits && rest[3] == '0' &&
                           std::string_view("89acd").find(rest[4]) != std::string_view::npos;
    if (!four_digits || has_short) return Refuse("an escape that is not canonical");
    at_ += 6;
    return true;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  bool ascii_ = true;
  std::optional<CanonicalFault> fault_;
};

}  // namespace

std::optional<CanonicalFault> ReadCanonicalObject(std::string_view text,
                                                  std::vector<RawMember>& members) {
  members.clear();
  return Reader(text).Read(members);
}

}  // namespace proviso::verifier

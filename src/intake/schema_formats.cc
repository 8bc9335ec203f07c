#include "intake/internal/schema_formats.h"

#include <arpa/inet.h>
#include <regex.h>

#include <algorithm>
#include <array>

#include "base/time.h"
#include "intake/internal/words.h"

namespace proviso::intake {
namespace {

constexpr std::size_t kHostnameBytesMax = 253;
constexpr std::size_t kLabelBytesMax = 63;
constexpr std::size_t kPatternValueBytesMax = 10'000;

bool IsDigit(char letter) { return letter >= '0' && letter <= '9'; }
bool IsLetter(char letter) {
  return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z');
}
bool IsHexDigit(char letter) {
  return IsDigit(letter) || (letter >= 'a' && letter <= 'f') || (letter >= 'A' && letter <= 'F');
}

// Whether `value` is `shape`, in which `d` stands for a digit and `x` for a hexadecimal one.
bool HasShape(std::string_view value, std::string_view shape) {
  return value.size() == shape.size() &&
         std::equal(value.begin(), value.end(), shape.begin(), [](char letter, char wanted) {
           if (wanted == 'd') return IsDigit(letter);
           if (wanted == 'x') return IsHexDigit(letter);
           return letter == wanted;
         });
}

// RFC 3339, with any offset.
bool IsDateTime(std::string_view value) {
  constexpr std::string_view kShape = "dddd-dd-ddTdd:dd:dd";
  if (value.size() <= kShape.size()) return false;
  std::string head(value.substr(0, kShape.size()));
  if (head[10] == 't' || head[10] == ' ') head[10] = 'T';
  if (!HasShape(head, kShape) || !ParseDate(head.substr(0, 10))) return false;
  if (head.substr(11, 2) > "23" || head.substr(14, 2) > "59" || head.substr(17, 2) > "60") {
    return false;
  }
  std::string_view rest = value.substr(kShape.size());
  if (rest.starts_with('.')) {
    const std::size_t end = std::min(rest.find_first_not_of("0123456789", 1), rest.size());
    if (end == 1) return false;
    rest.remove_prefix(end);
  }
  if (rest == "Z" || rest == "z") return true;
  return (HasShape(rest, "+dd:dd") || HasShape(rest, "-dd:dd")) && rest.substr(1, 2) <= "23" &&
         rest.substr(4, 2) <= "59";
}

bool IsLabel(std::string_view label) {
  return !label.empty() && label.size() <= kLabelBytesMax && label.front() != '-' &&
         label.back() != '-' && std::all_of(label.begin(), label.end(), [](char letter) {
           return IsLetter(letter) || IsDigit(letter) || letter == '-';
         });
}

bool IsHostname(std::string_view value) {
  if (value.empty() || value.size() > kHostnameBytesMax) return false;
  const auto labels = SplitAt(value, ".");
  return std::all_of(labels.begin(), labels.end(), IsLabel);
}

bool IsVisible(char letter) { return letter > ' ' && letter < '\x7F'; }

bool IsEmail(std::string_view value) {
  const std::size_t at = value.rfind('@');
  if (at == std::string_view::npos || at == 0 || at > 64) return false;
  const std::string_view local = value.substr(0, at);
  return IsHostname(value.substr(at + 1)) && local.front() != '.' && local.back() != '.' &&
         std::all_of(local.begin(), local.end(), [](char letter) {
           return IsVisible(letter) &&
                  std::string_view("()<>[],;:@\\\"").find(letter) == std::string_view::npos;
         });
}

bool IsUri(std::string_view value) {
  const std::size_t colon = value.find(':');
  if (colon == std::string_view::npos || colon == 0 || !IsLetter(value[0])) return false;
  return std::all_of(value.begin(), value.begin() + static_cast<std::ptrdiff_t>(colon),
                     [](char letter) {
                       return IsLetter(letter) || IsDigit(letter) ||
                              std::string_view("+-.").find(letter) != std::string_view::npos;
                     }) &&
         std::all_of(value.begin(), value.end(), [](char letter) {
           return IsVisible(letter) &&
                  std::string_view("<>\"{}|\\^`").find(letter) == std::string_view::npos;
         });
}

bool IsAddress(std::string_view value, int family) {
  std::array<unsigned char, sizeof(in6_addr)> address{};
  const std::string text(value);
  return text.find('\0') == std::string::npos &&
         ::inet_pton(family, text.c_str(), address.data()) == 1;
}

class Expression {
 public:
  explicit Expression(const std::string& text)
      : understood_(::regcomp(&compiled_, text.c_str(), REG_EXTENDED | REG_NOSUB) == 0) {}
  Expression(const Expression&) = delete;
  Expression& operator=(const Expression&) = delete;
  ~Expression() {
    if (understood_) ::regfree(&compiled_);
  }

  std::optional<bool> Matches(const std::string& value) const {
    if (!understood_) return std::nullopt;
    return ::regexec(&compiled_, value.c_str(), 0, nullptr, 0) == 0;
  }

 private:
  regex_t compiled_{};
  bool understood_;
};

}  // namespace

bool HasFormat(std::string_view value, std::string_view format) {
  if (format == "date-time") return IsDateTime(value);
  if (format == "uuid") return HasShape(value, "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx");
  if (format == "email") return IsEmail(value);
  if (format == "hostname") return IsHostname(value);
  if (format == "uri") return IsUri(value);
  if (format == "ipv4") return IsAddress(value, AF_INET);
  if (format == "ipv6") return IsAddress(value, AF_INET6);
  if (format == "date") return ParseDate(value).has_value();
  return true;
}

std::optional<bool> MatchesPattern(const std::string& value, std::string_view pattern) {
  if (value.size() > kPatternValueBytesMax || value.find('\0') != std::string::npos) return false;
  // POSIX expressions have no short form for digits.
  std::string posix(pattern);
  for (std::size_t at = posix.find("\\d"); at != std::string::npos; at = posix.find("\\d", at)) {
    posix.replace(at, 2, "[0-9]");
  }
  return Expression(posix).Matches(value);
}

}  // namespace proviso::intake

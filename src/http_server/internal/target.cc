#include "http_server/internal/target.h"

#include <algorithm>

namespace proviso::http_server {
namespace {

int HexDigit(char digit) {
  if (digit >= '0' && digit <= '9') return digit - '0';
  if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
  if (digit >= 'A' && digit <= 'F') return digit - 'A' + 10;
  return -1;
}

// The byte that the escape at the beginning of `text` stands for; -1 when it is broken.
int Escaped(std::string_view text) {
  if (text.size() < 3) return -1;
  const int high = HexDigit(text[1]);
  const int low = HexDigit(text[2]);
  return high < 0 || low < 0 ? -1 : high * 16 + low;
}

// Decodes `text` onto the end of `storage`, which must not have to grow: views point into it.
bool DecodePath(std::string_view text, std::string& storage, std::string_view& decoded) {
  const std::size_t begin = storage.size();
  for (std::size_t i = 0; i < text.size(); ++i) {
    char byte = text[i];
    if (byte == '%') {
      const int value = Escaped(text.substr(i));
      if (value <= 0) return false;
      byte = static_cast<char>(value);
      i += 2;
    }
    storage.push_back(byte);
  }
  decoded = std::string_view(storage).substr(begin);
  return true;
}

// The same. Gateways hand on their clients' queries, whatever is in them: an escape that is broken
// stays as it is.
std::string_view DecodeQuery(std::string_view text, std::string& storage) {
  const std::size_t begin = storage.size();
  for (std::size_t i = 0; i < text.size(); ++i) {
    char byte = text[i] == '+' ? ' ' : text[i];
    const int value = byte == '%' ? Escaped(text.substr(i)) : -1;
    if (value >= 0) {
      byte = static_cast<char>(value);
      i += 2;
    }
    storage.push_back(byte);
  }
  return std::string_view(storage).substr(begin);
}

bool IsPlain(std::string_view text) {
  return std::ranges::none_of(text, [](char byte) { return byte == '%' || byte == '+'; });
}

void ParseQuery(std::string_view text, Target& target) {
  const auto decoded = [&target](std::string_view part) {
    return IsPlain(part) ? part : DecodeQuery(part, target.storage);
  };
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('&'), text.size());
    const std::string_view pair = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (pair.empty()) continue;
    const std::size_t equals = std::min(pair.find('='), pair.size());
    Field field{.name = decoded(pair.substr(0, equals)), .value = {}};
    field.value = decoded(pair.substr(std::min(equals + 1, pair.size())));
    target.query.push_back(field);
  }
}

}  // namespace

bool ParseTarget(std::string_view text, Target& target) {
  target.query.clear();
  target.storage.clear();
  target.storage.reserve(text.size());
  if (!text.starts_with('/')) return false;
  const auto is_no_uri_byte = [](char byte) {
    return static_cast<unsigned char>(byte) <= ' ' || byte == 0x7F;
  };
  if (std::ranges::any_of(text, is_no_uri_byte)) return false;
  const std::size_t end = std::min({text.find('?'), text.find('#'), text.size()});
  if (end < text.size() && text[end] == '#') return false;
  const std::string_view path = text.substr(0, end);
  if (IsPlain(path)) {
    target.path = path;
  } else if (!DecodePath(path, target.storage, target.path)) {
    return false;
  }
  if (end < text.size()) ParseQuery(text.substr(end + 1), target);
  return true;
}

}  // namespace proviso::http_server

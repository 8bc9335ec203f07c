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

// Decodes `text` onto the end of `storage`, which must not have to grow: views point into it.
bool Decode(std::string_view text, bool plus_is_space, std::string& storage,
            std::string_view& decoded) {
  if (text.find_first_of("%+") == std::string_view::npos) {
    decoded = text;
    return true;
  }
  const std::size_t begin = storage.size();
  for (std::size_t i = 0; i < text.size(); ++i) {
    char byte = text[i];
    if (byte == '+' && plus_is_space) byte = ' ';
    if (byte == '%') {
      if (text.size() - i < 3) return false;
      const int high = HexDigit(text[i + 1]);
      const int low = HexDigit(text[i + 2]);
      if (high < 0 || low < 0) return false;
      const int value = high * 16 + low;
      if (value < 0x20 || value == 0x7F) return false;
      byte = static_cast<char>(value);
      i += 2;
    }
    storage.push_back(byte);
  }
  decoded = std::string_view(storage).substr(begin);
  return true;
}

bool ParseQuery(std::string_view text, Target& target) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('&'), text.size());
    const std::string_view pair = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (pair.empty()) continue;
    const std::size_t equals = std::min(pair.find('='), pair.size());
    Field field;
    if (!Decode(pair.substr(0, equals), true, target.storage, field.name)) return false;
    const std::string_view value = pair.substr(std::min(equals + 1, pair.size()));
    if (!Decode(value, true, target.storage, field.value)) return false;
    target.query.push_back(field);
  }
  return true;
}

}  // namespace

bool ParseTarget(std::string_view text, Target& target) {
  target.query.clear();
  target.storage.clear();
  target.storage.reserve(text.size());
  if (!text.starts_with('/')) return false;
  const auto is_no_uri_byte = [](char byte) { return byte <= ' ' || byte == 0x7F; };
  // Bytes above 0x7F are negative here, so they are refused too: a URI escapes them.
  if (std::ranges::any_of(text, is_no_uri_byte)) return false;
  const std::size_t end = std::min({text.find('?'), text.find('#'), text.size()});
  if (end < text.size() && text[end] == '#') return false;
  if (!Decode(text.substr(0, end), false, target.storage, target.path)) return false;
  return end == text.size() || ParseQuery(text.substr(end + 1), target);
}

}  // namespace proviso::http_server

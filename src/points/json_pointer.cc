#include "points/json_pointer.h"

#include <algorithm>
#include <optional>
#include <string>

namespace proviso::points {
namespace {

using simdjson::dom::element;

// `~1` is a slash and `~0` a tilde.
std::string Unescaped(std::string_view token) {
  std::string text;
  for (std::size_t i = 0; i < token.size(); ++i) {
    if (token[i] != '~') {
      text += token[i];
    } else {
      text += token[++i] == '1' ? '/' : '~';
    }
  }
  return text;
}

// The number of an item that `token` is; absent when it is none.
std::optional<std::size_t> IndexOf(std::string_view token) {
  constexpr std::size_t kDigitsMax = 6;
  const bool is_number = !token.empty() && token.size() <= kDigitsMax &&
                         (token == "0" || token[0] != '0') &&
                         std::ranges::all_of(token, [](char c) { return c >= '0' && c <= '9'; });
  if (!is_number) return std::nullopt;
  std::size_t index = 0;
  for (const char digit : token) index = index * 10 + static_cast<std::size_t>(digit - '0');
  return index;
}

FoundMember FindItem(element array, std::size_t index) {
  FoundMember found;
  if (array.at(index).get(found.value) == simdjson::SUCCESS) found.count = 1;
  return found;
}

FoundValue FindItem(JsonValue array, std::size_t index) {
  const std::optional<JsonValue> item = array.item(index);
  if (!item) return {};
  return {.count = 1, .value = *item};
}

// Both readers' values are looked through in the same way.
template <typename Found, typename Value>
Found FindBelow(Value value, std::string_view token) {
  if (value.is_array()) {
    const std::optional<std::size_t> index = IndexOf(token);
    return index ? FindItem(value, *index) : Found{};
  }
  if (token.find('~') == std::string_view::npos) return FindMember(value, token);
  return FindMember(value, Unescaped(token));
}

template <typename Found, typename Value>
Found Follow(Value root, std::string_view pointer) {
  Found found{.count = 1, .value = root};
  while (found.once() && !pointer.empty()) {
    pointer.remove_prefix(1);
    const std::string_view token = pointer.substr(0, pointer.find('/'));
    pointer.remove_prefix(token.size());
    found = FindBelow<Found>(found.value, token);
  }
  return found;
}

}  // namespace

bool IsJsonPointer(std::string_view text) {
  if (!text.starts_with('/')) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '~' && (i + 1 == text.size() || (text[i + 1] != '0' && text[i + 1] != '1'))) {
      return false;
    }
  }
  return true;
}

FoundMember FindAt(element root, std::string_view pointer) {
  return Follow<FoundMember>(root, pointer);
}

FoundValue FindAt(JsonValue root, std::string_view pointer) {
  return Follow<FoundValue>(root, pointer);
}

http_server::Found FindTextAt(element root, std::string_view pointer) {
  const FoundMember found = FindAt(root, pointer);
  http_server::Found text{.count = found.count, .value = {}};
  if (found.count == 1 && found.value.get(text.value) != simdjson::SUCCESS) text.count = 0;
  return text;
}

http_server::Found FindTextAt(JsonValue root, std::string_view pointer) {
  const FoundValue found = FindAt(root, pointer);
  if (found.count != 1) return {.count = found.count, .value = {}};
  const std::optional<std::string_view> text = found.value.text();
  return text ? http_server::Found{.count = 1, .value = *text} : http_server::Found{};
}

}  // namespace proviso::points

#pragma once

#include <string>

#include "base/json.h"
#include "points/json_outline.h"

// What a reader of JSON found, for tests to compare: kinds, texts and how they are nested. Numbers
// are all the same.
namespace proviso::points::internal {

inline void ShowText(std::string_view text, std::string& shown) {
  shown += std::to_string(text.size()) + ':';
  shown += text;
}

inline void Show(JsonValue value, std::string& shown) {
  switch (value.kind()) {
    case JsonKind::kNull:
      shown += "null";
      return;
    case JsonKind::kFalse:
      shown += "false";
      return;
    case JsonKind::kTrue:
      shown += "true";
      return;
    case JsonKind::kNumber:
      shown += '#';
      return;
    case JsonKind::kString:
      ShowText(value.text().value(), shown);
      return;
    case JsonKind::kArray:
      shown += '[' + std::to_string(value.size()) + ' ';
      for (std::size_t i = 0; i < value.size(); ++i) {
        Show(value.item(i).value(), shown);
        shown += ',';
      }
      shown += ']';
      return;
    case JsonKind::kObject:
      shown += '{';
      value.ForEachMember([&shown](std::string_view key, JsonValue member) {
        ShowText(key, shown);
        shown += '=';
        Show(member, shown);
        shown += ',';
      });
      shown += '}';
      return;
  }
}

inline std::string Shown(const Result<JsonValue>& value) {
  if (!value) return "error: " + value.error().message();
  std::string shown;
  Show(*value, shown);
  return shown;
}

// Whether `ours` is what another reader found; members may stand in another order.
inline bool IsSame(JsonValue ours, const Json& theirs) {
  if (const auto* const members = theirs.AsObject()) {
    bool same = ours.is_object();
    std::size_t count = 0;
    ours.ForEachMember([&](std::string_view key, JsonValue value) {
      const Json* const found = theirs.Find(key);
      same = same && found != nullptr && IsSame(value, *found);
      ++count;
    });
    return same && count == members->size();
  }
  if (const auto* const items = theirs.AsArray()) {
    bool same = ours.is_array() && ours.size() == items->size();
    for (std::size_t i = 0; same && i < items->size(); ++i) {
      same = IsSame(ours.item(i).value(), (*items)[i]);
    }
    return same;
  }
  if (const std::string* const text = theirs.AsString()) return ours.text() == *text;
  if (const bool* const flag = theirs.AsBool()) return ours.is_bool() && ours.is_true() == *flag;
  return theirs.IsNull() ? ours.is_null() : ours.kind() == JsonKind::kNumber;
}

}  // namespace proviso::points::internal

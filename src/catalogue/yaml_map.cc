#include "catalogue/yaml_map.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "base/bytes.h"

namespace proviso::catalogue {
namespace {

const std::vector<YamlNode>& NoItems() {
  static const std::vector<YamlNode> none;
  return none;
}

bool IsControl(char character) {
  return static_cast<unsigned char>(character) < 0x20 || character == 0x7F;
}

std::string Quoted(std::string_view key) { return "`" + std::string(key) + "`"; }

}  // namespace

YamlMap::YamlMap(const YamlNode& node, std::string what, Faults& faults)
    : node_(node), what_(std::move(what)), faults_(faults) {
  if (node.kind() != YamlNode::Kind::kMap) {
    faults_.Add(node.line(), what_ + ": expected keys and values (`key: value`), found " +
                                 node.Describe() + "; docs/formats has examples");
  }
}

void YamlMap::Name(std::string_view id) {
  if (!id.empty()) what_ += " " + Quoted(id);
}

bool YamlMap::Has(std::string_view key) {
  known_.emplace(key);
  const YamlNode* value = node_.Find(key);
  return value != nullptr && value->kind() != YamlNode::Kind::kNull;
}

int YamlMap::Line(std::string_view key) const {
  for (const YamlMember& member : node_.members()) {
    if (member.key == key) return member.line;
  }
  return node_.line();
}

const YamlNode* YamlMap::Known(std::string_view key) {
  return Has(key) ? node_.Find(key) : nullptr;
}

const YamlNode* YamlMap::Required(std::string_view key) {
  const YamlNode* value = Known(key);
  // A key without value is there, and Finish() reports it.
  if (node_.kind() == YamlNode::Kind::kMap && node_.Find(key) == nullptr) {
    AddFault(key, Quoted(key) + " is missing; add it");
  }
  return value;
}

void YamlMap::AddFault(std::string_view key, std::string_view fault) {
  faults_.Add(Line(key), what_ + ": " + std::string(fault));
}

std::string YamlMap::TextOf(std::string_view key, const YamlNode& value) {
  if (value.kind() != YamlNode::Kind::kText) {
    AddFault(key, Quoted(key) + ": expected text, found " + value.Describe());
    return "";
  }
  const bool has_control =
      std::any_of(value.text().begin(), value.text().end(), [](char character) {
        return IsControl(character) && character != '\n' && character != '\t';
      });
  if (has_control) {
    AddFault(key, Quoted(key) + " holds control characters; remove them");
    return "";
  }
  return value.text();
}

std::string YamlMap::Text(std::string_view key) {
  const YamlNode* value = Required(key);
  if (value == nullptr) return "";
  if (value->kind() == YamlNode::Kind::kText && value->text().empty()) {
    AddFault(key, Quoted(key) + " is empty; give a text");
    return "";
  }
  return TextOf(key, *value);
}

std::string YamlMap::TextOr(std::string_view key, std::string_view otherwise) {
  const YamlNode* value = Known(key);
  return value == nullptr ? std::string(otherwise) : TextOf(key, *value);
}

std::string YamlMap::Id(std::string_view key) {
  std::string id = Text(key);
  if (id.empty()) return id;
  if (const auto problem = IdProblem(id)) AddFault(key, Quoted(key) + ": `" + id + "` " + *problem);
  return id;
}

std::string YamlMap::ForeignId(std::string_view key) {
  std::string id = Text(key);
  if (id.empty()) return id;
  if (const auto problem = ForeignIdProblem(id)) AddFault(key, Quoted(key) + " " + *problem);
  return id;
}

std::string YamlMap::Label(std::string_view key) { return ForeignId(key); }

std::int64_t YamlMap::IntegerOf(std::string_view key, const YamlNode& value, std::int64_t min,
                                std::int64_t max) {
  std::int64_t integer = 0;
  const std::string& text = value.text();
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), integer);
  const bool whole = error == std::errc() && end == text.data() + text.size();
  if (value.kind() != YamlNode::Kind::kText || !whole || integer < min || integer > max) {
    AddFault(key, Quoted(key) + ": expected an integer from " + std::to_string(min) + " to " +
                      std::to_string(max) + ", found " + value.Describe());
    return min;
  }
  return integer;
}

std::int64_t YamlMap::Integer(std::string_view key, std::int64_t min, std::int64_t max) {
  const YamlNode* value = Required(key);
  return value == nullptr ? min : IntegerOf(key, *value, min, max);
}

std::int64_t YamlMap::IntegerOr(std::string_view key, std::int64_t otherwise, std::int64_t min,
                                std::int64_t max) {
  const YamlNode* value = Known(key);
  return value == nullptr ? otherwise : IntegerOf(key, *value, min, max);
}

bool YamlMap::BoolOr(std::string_view key, bool otherwise) {
  const YamlNode* value = Known(key);
  if (value == nullptr) return otherwise;
  if (value->text() == "true") return true;
  if (value->text() != "false") {
    AddFault(key, Quoted(key) + ": expected true or false, found " + value->Describe());
  }
  return false;
}

Decimal YamlMap::DecimalOr(std::string_view key, Decimal otherwise) {
  const YamlNode* value = Known(key);
  if (value == nullptr) return otherwise;
  const Result<Decimal> decimal = Decimal::Parse(value->text());
  if (value->kind() == YamlNode::Kind::kText && decimal) return *decimal;
  AddFault(key, Quoted(key) +
                    ": expected an exact decimal such as 1.073741824 (at most 18 digits " +
                    "after the point), found " + value->Describe());
  return otherwise;
}

Date YamlMap::DateAt(std::string_view key) {
  const YamlNode* value = Required(key);
  if (value == nullptr) return {};
  const Result<Date> date = ParseDate(value->text());
  if (value->kind() == YamlNode::Kind::kText && date) return *date;
  AddFault(key, Quoted(key) + ": expected a date such as 2026-11-22, found " + value->Describe());
  return {};
}

std::optional<Time> YamlMap::TimeAt(std::string_view key) {
  const YamlNode* value = Known(key);
  if (value == nullptr) return std::nullopt;
  const Result<Time> time = ParseTime(value->text());
  if (value->kind() == YamlNode::Kind::kText && time) return *time;
  AddFault(key, Quoted(key) + ": expected a UTC time such as 2026-11-22T09:30:00Z, found " +
                    value->Describe());
  return std::nullopt;
}

std::vector<std::string> YamlMap::TextsOf(std::string_view key, const YamlNode& value) {
  std::vector<std::string> texts;
  if (value.kind() != YamlNode::Kind::kList) {
    AddFault(key, Quoted(key) + ": expected a list such as [a, b], found " + value.Describe());
    return texts;
  }
  for (const YamlNode& item : value.items()) {
    const bool is_text = item.kind() == YamlNode::Kind::kText && !item.text().empty();
    if (!is_text) {
      faults_.Add(item.line(), what_ + ": " + Quoted(key) + ": expected a list of texts, found " +
                                   item.Describe() + " in it");
    } else if (std::any_of(item.text().begin(), item.text().end(), IsControl)) {
      faults_.Add(item.line(), what_ + ": " + Quoted(key) +
                                   " holds a text with control characters; remove them");
    } else if (std::find(texts.begin(), texts.end(), item.text()) != texts.end()) {
      faults_.Add(item.line(), what_ + ": " + Quoted(key) + " lists " + item.Describe() +
                                   " twice; keep one of them");
    } else {
      texts.push_back(item.text());
    }
  }
  return texts;
}

std::vector<std::string> YamlMap::Texts(std::string_view key) {
  const YamlNode* value = Required(key);
  if (value == nullptr) return {};
  if (value->kind() == YamlNode::Kind::kList && value->items().empty()) {
    AddFault(key, Quoted(key) + " is an empty list; name at least one");
  }
  return TextsOf(key, *value);
}

std::vector<std::string> YamlMap::TextsOrNone(std::string_view key) {
  const YamlNode* value = Known(key);
  return value == nullptr ? std::vector<std::string>{} : TextsOf(key, *value);
}

const std::vector<YamlNode>& YamlMap::Items(std::string_view key) {
  if (Required(key) == nullptr) return NoItems();
  const std::vector<YamlNode>& items = ItemsOrNone(key);
  if (items.empty() && node_.Find(key)->kind() == YamlNode::Kind::kList) {
    AddFault(key, Quoted(key) + " is an empty list; add at least one item");
  }
  return items;
}

const std::vector<YamlNode>& YamlMap::ItemsOrNone(std::string_view key) {
  const YamlNode* value = Known(key);
  if (value == nullptr) return NoItems();
  if (value->kind() != YamlNode::Kind::kList) {
    AddFault(key,
             Quoted(key) + ": expected a list (each item after `- `), found " + value->Describe());
    return NoItems();
  }
  return value->items();
}

const YamlNode* YamlMap::Map(std::string_view key) {
  return Required(key) == nullptr ? nullptr : MapOrNone(key);
}

const YamlNode* YamlMap::MapOrNone(std::string_view key) {
  const YamlNode* value = Known(key);
  if (value == nullptr || value->kind() == YamlNode::Kind::kMap) return value;
  AddFault(key, Quoted(key) + ": expected keys and values below it, found " + value->Describe());
  return nullptr;
}

const YamlNode* YamlMap::Any(std::string_view key) { return Known(key); }

void YamlMap::Finish() {
  const std::vector<std::string> known(known_.begin(), known_.end());
  for (const YamlMember& member : node_.members()) {
    if (known_.contains(member.key)) {
      if (member.value.kind() != YamlNode::Kind::kNull) continue;
      faults_.Add(member.line,
                  what_ + ": " + Quoted(member.key) + " has no value; give one, or remove the key");
      continue;
    }
    faults_.Add(member.line,
                what_ + ": unknown key " + Quoted(member.key) + DidYouMean(member.key, known));
  }
}

void UniqueIds::Note(YamlMap& map, std::string_view key, const std::string& id) {
  if (id.empty()) return;
  const auto [first, is_new] = lines_.emplace(id, map.Line(key));
  if (is_new) return;
  const std::string place =
      first->second > 0 ? " on line " + std::to_string(first->second) : " already";
  map.AddFault(key, "`" + id + "` is taken" + place + "; choose another id, or remove one of them");
}

std::vector<std::string> UniqueIds::ids() const {
  std::vector<std::string> ids;
  for (const auto& [id, line] : lines_) ids.push_back(id);
  return ids;
}

std::optional<std::string> IdProblem(std::string_view id) {
  constexpr std::size_t kBytesMax = 64;
  if (id.empty()) return "is empty";
  if (id.size() > kBytesMax) return "is longer than 64 characters";
  const bool plain = std::all_of(id.begin(), id.end(), [](char character) {
    return (character >= 'A' && character <= 'Z') || (character >= 'a' && character <= 'z') ||
           (character >= '0' && character <= '9') || character == '.' || character == '_' ||
           character == '-';
  });
  if (!plain) return "may hold letters, digits, `.`, `_` and `-` only";
  return std::nullopt;
}

std::optional<std::string> ForeignIdProblem(std::string_view id) {
  constexpr std::size_t kBytesMax = 255;
  if (id.empty()) return "is empty";
  if (id.size() > kBytesMax) return "is longer than 255 bytes";
  if (!IsUtf8(id)) return "is not UTF-8";
  if (std::any_of(id.begin(), id.end(), IsControl)) return "holds control characters";
  if (id.front() == ' ' || id.back() == ' ') return "begins or ends with a space";
  return std::nullopt;
}

}  // namespace proviso::catalogue

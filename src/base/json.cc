#include "base/json.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "base/bytes.h"
#include "base/check.h"

namespace proviso {
namespace {

constexpr std::int64_t kExactMax = std::int64_t{1} << 53;

// RFC 8785, section 3.2.2.2.
void WriteString(std::string_view text, std::string& out) {
  out += '"';
  for (const char character : text) {
    const auto byte = static_cast<unsigned char>(character);
    switch (character) {
      case '"':
        out += "\\\"";
        break;
      case '\\':
        out += "\\\\";
        break;
      case '\b':
        out += "\\b";
        break;
      case '\f':
        out += "\\f";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\t':
        out += "\\t";
        break;
      default:
        if (byte < 0x20) {
          std::array<char, 8> escape{};
          std::snprintf(escape.data(), escape.size(), "\\u%04x", byte);
          out += escape.data();
        } else {
          out += character;
        }
    }
  }
  out += '"';
}

// UTF-16 order differs from byte order only between U+E000..U+FFFF and the planes above, whose
// lead bytes are 0xEE/0xEF and 0xF0..0xF4 (RFC 8785, section 3.2.3).
bool Utf16Less(std::string_view a, std::string_view b) {
  const auto [x, y] = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
  if (x == a.end() || y == b.end()) return x == a.end() && y != b.end();
  const auto left = static_cast<unsigned char>(*x);
  const auto right = static_cast<unsigned char>(*y);
  const bool left_high = left >= 0xEE;
  const bool right_high = right >= 0xEE;
  if (left_high && right_high && (left >= 0xF0) != (right >= 0xF0)) return left >= 0xF0;
  return left < right;
}

struct Layout {
  bool canonical = true;
  int indent = 0;
};

void Write(const Json& value, Layout layout, std::string& out);

void NewLine(Layout layout, std::string& out) {
  if (layout.canonical) return;
  out += '\n';
  out.append(static_cast<std::size_t>(layout.indent) * 2, ' ');
}

void WriteArray(const Json::Array& array, Layout layout, std::string& out) {
  out += '[';
  const Layout inner{.canonical = layout.canonical, .indent = layout.indent + 1};
  for (std::size_t i = 0; i < array.size(); ++i) {
    if (i > 0) out += ',';
    NewLine(inner, out);
    Write(array[i], inner, out);
  }
  if (!array.empty()) NewLine(layout, out);
  out += ']';
}

void WriteObject(const Json::Object& object, Layout layout, std::string& out) {
  std::vector<const Json::Object::value_type*> members;
  members.reserve(object.size());
  for (const auto& member : object) members.push_back(&member);
  if (layout.canonical) {
    std::sort(members.begin(), members.end(),
              [](const auto* a, const auto* b) { return Utf16Less(a->first, b->first); });
  }
  out += '{';
  const Layout inner{.canonical = layout.canonical, .indent = layout.indent + 1};
  for (std::size_t i = 0; i < members.size(); ++i) {
    if (i > 0) out += ',';
    NewLine(inner, out);
    WriteString(members[i]->first, out);
    out += layout.canonical ? ":" : ": ";
    Write(members[i]->second, inner, out);
  }
  if (!members.empty()) NewLine(layout, out);
  out += '}';
}

void Write(const Json& value, Layout layout, std::string& out) {
  if (value.IsNull()) {
    out += "null";
  } else if (const bool* boolean = value.AsBool()) {
    out += *boolean ? "true" : "false";
  } else if (const std::int64_t* integer = value.AsInteger()) {
    PROVISO_CHECK(!layout.canonical || (*integer <= kExactMax && *integer >= -kExactMax),
                  "an integer beyond 2^53 must be written as a string");
    out += std::to_string(*integer);
  } else if (const Json::Fraction* fraction = value.AsFraction()) {
    PROVISO_CHECK(!layout.canonical, "a fraction must be written as a string");
    out += fraction->text;
  } else if (const std::string* text = value.AsString()) {
    WriteString(*text, out);
  } else if (const Json::Array* array = value.AsArray()) {
    WriteArray(*array, layout, out);
  } else {
    WriteObject(*value.AsObject(), layout, out);
  }
}

// The begin of `text`, for a message: no letter is cut in two, as a fault may do.
std::string Excerpt(std::string_view text) {
  constexpr std::size_t kBytesMax = 40;
  text = text.substr(0, kBytesMax);
  while (!IsUtf8(text)) text.remove_suffix(1);
  return std::string(text);
}

// Builds a Json from nlohmann's parse events, and stops at the first thing that we refuse.
class Builder final : public nlohmann::json_sax<nlohmann::json> {
 public:
  explicit Builder(int depth_max) : depth_max_(depth_max) {}

  bool null() override { return Add(Json()); }
  bool boolean(bool value) override { return Add(Json(value)); }
  bool number_integer(number_integer_t value) override { return Add(Json(value)); }
  bool number_unsigned(number_unsigned_t value) override {
    if (value > static_cast<number_unsigned_t>(INT64_MAX)) {
      return Refuse("integer beyond 64 bits; write it as a string");
    }
    return Add(Json(static_cast<std::int64_t>(value)));
  }
  bool number_float(number_float_t /*value*/, const string_t& text) override {
    return Add(Json(Json::Fraction{text}));
  }
  bool string(string_t& value) override { return Add(Json(std::move(value))); }
  bool binary(binary_t& /*value*/) override { return Refuse("binary value; expected text"); }
  bool start_object(std::size_t /*size*/) override { return Open(Json::MakeObject()); }
  bool start_array(std::size_t /*size*/) override { return Open(Json::MakeArray()); }
  bool end_object() override { return Close(); }
  bool end_array() override { return Close(); }
  bool key(string_t& value) override {
    if (open_.back().Find(value) != nullptr) {
      return Refuse("duplicate key `" + Excerpt(value) + "`; keep one");
    }
    keys_.back() = std::move(value);
    return true;
  }
  bool parse_error(std::size_t position, const std::string& last_token,
                   const nlohmann::detail::exception& /*error*/) override {
    position_ = position;
    problem_ = "unexpected text near `" + Excerpt(last_token) +
               "`; expected JSON such as {\"name\": \"value\"}";
    return false;
  }

  Json TakeRoot() { return std::move(root_); }
  const std::string& problem() const { return problem_; }
  std::size_t position() const { return position_; }

 private:
  bool Refuse(std::string why) {
    problem_ = std::move(why);
    return false;
  }
  bool Open(Json container) {
    if (static_cast<int>(open_.size()) >= depth_max_) {
      return Refuse("nested too deeply; expected at most " + std::to_string(depth_max_) +
                    " levels");
    }
    open_.push_back(std::move(container));
    keys_.emplace_back();
    return true;
  }
  bool Close() {
    Json done = std::move(open_.back());
    open_.pop_back();
    keys_.pop_back();
    return Add(std::move(done));
  }
  bool Add(Json value) {
    if (open_.empty()) {
      root_ = std::move(value);
    } else if (open_.back().AsArray() != nullptr) {
      open_.back().Append(std::move(value));
    } else {
      open_.back()[keys_.back()] = std::move(value);
    }
    return true;
  }

  int depth_max_;
  Json root_;
  std::vector<Json> open_;
  std::vector<std::string> keys_;
  std::string problem_;
  std::size_t position_ = 0;
};

std::string Place(std::string_view text, std::size_t position) {
  const std::string_view before = text.substr(0, std::min(position, text.size()));
  const auto line = std::count(before.begin(), before.end(), '\n') + 1;
  const std::size_t last = before.rfind('\n');
  const std::size_t column = before.size() - (last == std::string_view::npos ? 0 : last + 1);
  return "line " + std::to_string(line) + ", column " + std::to_string(column);
}

tl::unexpected<Error> Expected(std::string_view key, std::string_view what) {
  return Fail(ErrorCode::kInvalidArgument,
              "expected `" + std::string(key) + "` to be " + std::string(what));
}

}  // namespace

Json Json::Of(std::vector<std::pair<std::string, Json>> members) {
  Object object;
  for (std::pair<std::string, Json>& member : members) {
    object.insert_or_assign(std::move(member.first), std::move(member.second));
  }
  return Json(std::move(object));
}

const Json* Json::Find(std::string_view key) const {
  const Object* object = AsObject();
  if (object == nullptr) return nullptr;
  const auto found = object->find(key);
  return found == object->end() ? nullptr : &found->second;
}

Json& Json::operator[](std::string_view key) {
  if (IsNull()) value_ = Object{};
  auto* object = std::get_if<Object>(&value_);
  PROVISO_CHECK(object != nullptr, "member set on a value that is no object");
  const auto found = object->find(key);
  if (found != object->end()) return found->second;
  return (*object)[std::string(key)];
}

void Json::Append(Json value) {
  if (IsNull()) value_ = Array{};
  auto* array = std::get_if<Array>(&value_);
  PROVISO_CHECK(array != nullptr, "append to a value that is no array");
  array->push_back(std::move(value));
}

Result<std::string> Json::StringAt(std::string_view key) const {
  const Json* member = Find(key);
  if (member == nullptr || member->AsString() == nullptr) return Expected(key, "a string");
  return *member->AsString();
}

Result<std::int64_t> Json::IntegerAt(std::string_view key) const {
  const Json* member = Find(key);
  if (member == nullptr || member->AsInteger() == nullptr) return Expected(key, "an integer");
  return *member->AsInteger();
}

Result<bool> Json::BoolAt(std::string_view key) const {
  const Json* member = Find(key);
  if (member == nullptr || member->AsBool() == nullptr) return Expected(key, "true or false");
  return *member->AsBool();
}

Result<const Json::Array*> Json::ArrayAt(std::string_view key) const {
  const Json* member = Find(key);
  if (member == nullptr || member->AsArray() == nullptr) return Expected(key, "an array");
  return member->AsArray();
}

Result<const Json::Object*> Json::ObjectAt(std::string_view key) const {
  const Json* member = Find(key);
  if (member == nullptr || member->AsObject() == nullptr) return Expected(key, "an object");
  return member->AsObject();
}

std::string Json::StringOr(std::string_view key, std::string_view otherwise) const {
  const Json* member = Find(key);
  const std::string* text = member == nullptr ? nullptr : member->AsString();
  return text == nullptr ? std::string(otherwise) : *text;
}

std::int64_t Json::IntegerOr(std::string_view key, std::int64_t otherwise) const {
  const Json* member = Find(key);
  const std::int64_t* integer = member == nullptr ? nullptr : member->AsInteger();
  return integer == nullptr ? otherwise : *integer;
}

bool Json::BoolOr(std::string_view key, bool otherwise) const {
  const Json* member = Find(key);
  const bool* boolean = member == nullptr ? nullptr : member->AsBool();
  return boolean == nullptr ? otherwise : *boolean;
}

Result<std::vector<std::string>> Json::StringsAt(std::string_view key) const {
  std::vector<std::string> strings;
  const Json* member = Find(key);
  if (member == nullptr || member->IsNull()) return strings;
  if (member->AsArray() == nullptr) return Expected(key, "an array of strings");
  for (const Json& item : *member->AsArray()) {
    if (item.AsString() == nullptr) return Expected(key, "an array of strings");
    strings.push_back(*item.AsString());
  }
  return strings;
}

std::string Json::Canonical() const {
  std::string out;
  Write(*this, {.canonical = true}, out);
  return out;
}

std::string Json::Pretty() const {
  std::string out;
  Write(*this, {.canonical = false}, out);
  return out;
}

Result<Json> ParseJson(std::string_view text, JsonLimits limits) {
  if (text.size() > limits.bytes_max) {
    return Fail(ErrorCode::kResourceExhausted, "JSON of " + std::to_string(text.size()) +
                                                   " bytes, expected at most " +
                                                   std::to_string(limits.bytes_max));
  }
  if (!IsUtf8(text)) {
    return Fail(ErrorCode::kInvalidArgument, "JSON is not valid UTF-8; save it as UTF-8");
  }
  if (text.find_first_not_of(" \t\r\n") == std::string_view::npos) {
    return Fail(ErrorCode::kInvalidArgument,
                "JSON: line 1, column 1: expected JSON, found nothing");
  }
  Builder builder(limits.depth_max);
  bool parsed = false;
  try {
    parsed = nlohmann::json::sax_parse(text.begin(), text.end(), &builder);
  } catch (const std::exception& error) {
    return Fail(ErrorCode::kInternal, std::string("JSON parser: ") + error.what());
  }
  if (!parsed) {
    const std::string place = builder.position() == 0 ? "" : Place(text, builder.position()) + ": ";
    return Fail(ErrorCode::kInvalidArgument, "JSON: " + place + builder.problem());
  }
  return builder.TakeRoot();
}

}  // namespace proviso

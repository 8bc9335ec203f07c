#pragma once

#include <concepts>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/result.h"

namespace proviso {

// A JSON value. Decimals, quantities and integers beyond 2^53 are strings in our formats, so a
// fraction read from outside is kept only as its text, and cannot be written canonically.
class Json {
 public:
  using Array = std::vector<Json>;
  using Object = std::map<std::string, Json, std::less<>>;
  struct Fraction {  // a number that is no integer, as it stood in the text
    std::string text;
    bool operator==(const Fraction&) const = default;
  };

  Json() = default;
  // Values become Json without a word, so that literals read as what they are.
  // NOLINTBEGIN(google-explicit-constructor)
  Json(std::nullptr_t) {}
  Json(bool value) : value_(value) {}
  Json(std::string value) : value_(std::move(value)) {}
  Json(std::string_view value) : value_(std::string(value)) {}
  Json(const char* value) : value_(std::string(value)) {}
  Json(Array value) : value_(std::move(value)) {}
  Json(Object value) : value_(std::move(value)) {}
  Json(Fraction value) : value_(std::move(value)) {}
  template <std::integral T>
  requires(!std::same_as<T, bool>) Json(T value) : value_(static_cast<std::int64_t>(value)) {}
  // NOLINTEND(google-explicit-constructor)

  static Json MakeArray() { return Json(Array{}); }
  static Json MakeObject() { return Json(Object{}); }
  // Json::Of({{"a", 1}, {"b", "x"}}) is the object {"a":1,"b":"x"}.
  static Json Of(std::vector<std::pair<std::string, Json>> members);

  bool IsNull() const { return std::holds_alternative<std::monostate>(value_); }
  const bool* AsBool() const { return std::get_if<bool>(&value_); }
  const std::int64_t* AsInteger() const { return std::get_if<std::int64_t>(&value_); }
  const std::string* AsString() const { return std::get_if<std::string>(&value_); }
  const Array* AsArray() const { return std::get_if<Array>(&value_); }
  const Object* AsObject() const { return std::get_if<Object>(&value_); }
  const Fraction* AsFraction() const { return std::get_if<Fraction>(&value_); }

  // The member `key`, or nullptr when this is no object or has none.
  const Json* Find(std::string_view key) const;
  // Sets a member. A null value becomes an object first; anything else is a bug.
  Json& operator[](std::string_view key);
  // Appends. A null value becomes an array first; anything else is a bug.
  void Append(Json value);

  // For reading our own formats: the member, or kInvalidArgument that names the key and says what
  // was expected. OrEmpty forms yield an empty value when the member is absent or null.
  Result<std::string> StringAt(std::string_view key) const;
  Result<std::int64_t> IntegerAt(std::string_view key) const;
  Result<bool> BoolAt(std::string_view key) const;
  Result<const Array*> ArrayAt(std::string_view key) const;
  Result<const Object*> ObjectAt(std::string_view key) const;
  std::string StringOr(std::string_view key, std::string_view otherwise) const;
  std::int64_t IntegerOr(std::string_view key, std::int64_t otherwise) const;
  bool BoolOr(std::string_view key, bool otherwise) const;
  // The strings of the array `key`; empty when absent; kInvalidArgument when it holds others.
  Result<std::vector<std::string>> StringsAt(std::string_view key) const;

  // RFC 8785. A fraction, or an integer beyond 2^53, is a bug here.
  std::string Canonical() const;
  // For people: two spaces a level.
  std::string Pretty() const;

  bool operator==(const Json&) const = default;

 private:
  std::variant<std::monostate, bool, std::int64_t, Fraction, std::string, Array, Object> value_;
};

struct JsonLimits {
  std::size_t bytes_max = 64U << 20U;
  int depth_max = 64;
};

// Parses one JSON text. kInvalidArgument with line and column; duplicate keys, invalid UTF-8 and
// integers beyond 64 bits are refused.
Result<Json> ParseJson(std::string_view text, JsonLimits limits = {});

}  // namespace proviso

#pragma once

#include <simdjson.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <iterator>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include "base/result.h"
#include "points/json_body.h"

namespace proviso::points {

// Those that have others within them are the last.
enum class JsonKind : std::uint8_t { kNull, kFalse, kTrue, kNumber, kString, kArray, kObject };

// A value of a body that a JsonOutline read; valid as long as that says. What a number is worth is
// not told.
class JsonValue {
 public:
  // Nodes stand in the order of the body; the key of a member stands before its value.
  class Node {
   public:
    Node() = default;
    void Be(JsonKind kind) { kind_and_size_ = Shifted(kind); }
    void Be(std::string_view text) {
      text_ = text.data();
      kind_and_size_ = Shifted(JsonKind::kString) | static_cast<std::uint32_t>(text.size());
    }
    // For what Be called an array or object.
    void AddOne() { ++kind_and_size_; }
    void EndBefore(const Node* next) { next_ = next; }

    JsonKind kind() const { return static_cast<JsonKind>(kind_and_size_ >> kSizeBits); }
    std::string_view text() const { return {text_, size()}; }  // of a string
    // How many bytes a string has, and how often AddOne was called.
    std::uint32_t size() const { return kind_and_size_ & kSizeMax; }
    // The first node behind this one and all within it.
    const Node* next() const { return kind() < JsonKind::kArray ? this + 1 : next_; }

   private:
    static constexpr std::uint32_t kSizeBits = 28;
    static constexpr std::uint32_t kSizeMax = (1U << kSizeBits) - 1;
    static_assert(JsonBody::kBytesMax <= kSizeMax);
    static constexpr std::uint32_t Shifted(JsonKind kind) {
      return static_cast<std::uint32_t>(kind) << kSizeBits;
    }
    union {
      const char* text_;  // of a string
      const Node* next_;  // of an array or object
    };
    std::uint32_t kind_and_size_;
  };

  JsonValue() = default;
  explicit JsonValue(const Node* node) : node_(node) {}

  JsonKind kind() const { return node_->kind(); }
  bool is_null() const { return kind() == JsonKind::kNull; }
  bool is_bool() const { return kind() == JsonKind::kTrue || kind() == JsonKind::kFalse; }
  bool is_true() const { return kind() == JsonKind::kTrue; }
  bool is_array() const { return kind() == JsonKind::kArray; }
  bool is_object() const { return kind() == JsonKind::kObject; }
  std::optional<std::string_view> text() const {
    if (kind() != JsonKind::kString) return std::nullopt;
    return node_->text();
  }
  // How many items an array has; 0 for anything else.
  std::size_t size() const { return is_array() ? node_->size() : 0; }
  std::optional<JsonValue> item(std::size_t index) const;

  // Calls `see(key, value)` for each member, in order; there are none in what is no object.
  template <typename See>
  void ForEachMember(See see) const {
    if (!is_object()) return;
    const Node* const end = node_->next();
    for (const Node* key = node_ + 1; key != end; key = key[1].next()) {
      see(key->text(), JsonValue(key + 1));
    }
  }

 private:
  const Node* node_ = nullptr;
};

// As FoundMember (json_body.h).
struct FoundValue {
  std::size_t count = 0;
  JsonValue value = {};  // the first; valid when count > 0

  bool once() const { return count == 1; }
};
FoundValue FindMember(JsonValue object, std::string_view name);

// Several at once: `kNames` is a constant array of names, so that to compare each with a key takes
// a few instructions and no call.
template <const auto& kNames>
auto FindMembers(JsonValue object) {
  constexpr std::size_t kCount = std::size(kNames);
  std::array<FoundValue, kCount> found;
  object.ForEachMember([&found](std::string_view key, JsonValue value) {
    const auto compare = [&]<std::size_t kAt>() {
      constexpr std::string_view kName = kNames[kAt];
      if (key.size() != kName.size()) return;
      if (std::memcmp(key.data(), kName.data(), kName.size()) != 0) return;
      if (found[kAt].count++ == 0) found[kAt].value = value;
    };
    [&compare]<std::size_t... kAt>(std::index_sequence<kAt...>) {
      (compare.template operator()<kAt>(), ...);
    }
    (std::make_index_sequence<kCount>());
  });
  return found;
}

// The text of a member that occurs once and is a string; empty otherwise.
std::string_view TextOf(const FoundValue& found);
std::string_view TextOf(JsonValue object, std::string_view name);

// Reads the JSON bodies of one thread as JsonBody does, and finds the same in them, with nothing
// copied where nothing has to be: texts stay where they are in a body that has no escapes and none
// but small whole numbers, as nearly all have. Anything else JsonBody reads.
class JsonOutline {
 public:
  JsonOutline() = default;
  JsonOutline(const JsonOutline&) = delete;
  JsonOutline& operator=(const JsonOutline&) = delete;
  ~JsonOutline() = default;

  // The root, valid until the next call of anything here, and as long as `body` is. The errors are
  // those of JsonBody::Parse.
  Result<JsonValue> Parse(std::string_view body);

  // The same by way of JsonBody alone: the simple way, for tests to compare with.
  Result<JsonValue> ParseByCopy(std::string_view body);

  // Overwrites what the last body left in memory.
  void Wipe();

 private:
  using Node = JsonValue::Node;
  static constexpr std::size_t kKeptNodesMax = 8192;

  // What may begin a token, in order; false when it cannot be told, or the body is not UTF-8.
  bool FindTokens(std::string_view body);
  // Room for that many; what was there is gone.
  void Reserve(std::size_t nodes);
  // Makes the nodes of what FindTokens found; false when JsonBody has to look.
  bool Walk(std::string_view body);
  void Copy(simdjson::dom::element value);

  std::unique_ptr<simdjson::internal::dom_parser_implementation> tokens_;
  std::unique_ptr<Node[]> nodes_;
  std::size_t nodes_max_ = 0;
  std::size_t node_count_ = 0;  // while JsonBody's are copied
  JsonBody copy_;
};

}  // namespace proviso::points

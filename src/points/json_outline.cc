#include "points/json_outline.h"

#include <algorithm>
#include <cstring>

#include "points/internal/token_walk.h"

namespace proviso::points {

using simdjson::dom::element;

namespace {
constexpr std::size_t kFirstBytes = 4096;
constexpr std::size_t kFirstNodes = 512;
}  // namespace

std::optional<JsonValue> JsonValue::item(std::size_t index) const {
  if (index >= size()) return std::nullopt;
  const Node* at = node_ + 1;
  for (; index > 0; --index) at = at->next();
  return JsonValue(at);
}

FoundValue FindMember(JsonValue object, std::string_view name) {
  FoundValue found;
  object.ForEachMember([&](std::string_view key, JsonValue value) {
    if (key.size() != name.size() || key != name) return;
    if (found.count++ == 0) found.value = value;
  });
  return found;
}

std::string_view TextOf(JsonValue object, std::string_view name) {
  return TextOf(FindMember(object, name));
}

std::string_view TextOf(const FoundValue& found) {
  if (!found.once()) return {};
  return found.value.text().value_or(std::string_view());
}

Result<JsonValue> JsonOutline::Parse(std::string_view body) {
  Wipe();
  if (body.size() <= JsonBody::kBytesMax && FindTokens(body) && Walk(body)) {
    return JsonValue(nodes_.get());
  }
  return ParseByCopy(body);
}

Result<JsonValue> JsonOutline::ParseByCopy(std::string_view body) {
  const element root = PROVISO_TRY(copy_.Parse(body));
  Reserve(body.size() / 2 + 2);
  node_count_ = 0;
  Copy(root);
  return JsonValue(nodes_.get());
}

void JsonOutline::Wipe() {
  copy_.Wipe();
  // Nodes hold nothing of a body but where it was.
  if (nodes_max_ > kKeptNodesMax) Reserve(0);
}

void JsonOutline::Reserve(std::size_t nodes) {
  if (nodes > 0 && nodes <= nodes_max_) return;
  nodes_ = nodes == 0 ? nullptr : std::make_unique_for_overwrite<Node[]>(nodes);
  nodes_max_ = nodes;
}

bool JsonOutline::FindTokens(std::string_view body) {
  // A text with an escape is not what it says, and its end is not the next quote.
  if (body.empty() || std::memchr(body.data(), '\\', body.size()) != nullptr) return false;
  simdjson::error_code problem = simdjson::SUCCESS;
  if (tokens_ == nullptr) {
    problem = simdjson::get_active_implementation()->create_dom_parser_implementation(
        std::max(body.size(), kFirstBytes), JsonBody::kDepthMax, tokens_);
  } else if (tokens_->capacity() < body.size()) {
    problem = tokens_->set_capacity(body.size());
  }
  if (problem != simdjson::SUCCESS) return false;
  // It reads no byte behind the last.
  problem = tokens_->stage1(reinterpret_cast<const std::uint8_t*>(body.data()), body.size(),
                            simdjson::stage1_mode::regular);
  WipeStackBelow();
  return problem == simdjson::SUCCESS;
}

bool JsonOutline::Walk(std::string_view body) {
  const std::size_t count = tokens_->n_structural_indexes;
  Reserve(std::max(count, kFirstNodes));
  return internal::TokenWalk::Run(body, {tokens_->structural_indexes.get(), count}, nodes_.get());
}

void JsonOutline::Copy(element value) {
  Node& node = nodes_[node_count_++];
  simdjson::dom::array items;
  simdjson::dom::object members;
  std::string_view text;
  bool flag = false;
  if (value.get(members) == simdjson::SUCCESS) {
    node.Be(JsonKind::kObject);
    for (const auto member : members) {
      node.AddOne();
      nodes_[node_count_++].Be(member.key);
      Copy(member.value);
    }
    node.EndBefore(&nodes_[node_count_]);
  } else if (value.get(items) == simdjson::SUCCESS) {
    node.Be(JsonKind::kArray);
    for (const element item : items) {
      node.AddOne();
      Copy(item);
    }
    node.EndBefore(&nodes_[node_count_]);
  } else if (value.get(text) == simdjson::SUCCESS) {
    node.Be(text);
  } else if (value.get(flag) == simdjson::SUCCESS) {
    node.Be(flag ? JsonKind::kTrue : JsonKind::kFalse);
  } else {
    node.Be(value.is_null() ? JsonKind::kNull : JsonKind::kNumber);
  }
}

}  // namespace proviso::points

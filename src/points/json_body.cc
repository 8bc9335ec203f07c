#include "points/json_body.h"

#include <string.h>

#include <algorithm>

namespace proviso::points {

using simdjson::dom::element;

namespace {
constexpr std::size_t kFirstBytes = 4096;
}  // namespace

[[gnu::noinline]] void WipeStackBelow() {
  constexpr std::size_t kDeepest = 2048;  // its frames take less than half of that
  char below[kDeepest];
  explicit_bzero(below, sizeof below);
}

FoundMember FindMember(element object, std::string_view name) {
  FoundMember found;
  simdjson::dom::object members;
  if (object.get(members) != simdjson::SUCCESS) return found;
  for (const auto member : members) {
    if (member.key != name) continue;
    if (found.count++ == 0) found.value = member.value;
  }
  return found;
}

std::string_view TextOf(element object, std::string_view name) {
  return TextOf(FindMember(object, name));
}

std::string_view TextOf(const FoundMember& found) {
  std::string_view text;
  if (!found.once() || found.value.get(text) != simdjson::SUCCESS) return {};
  return text;
}

Result<element> JsonBody::Parse(std::string_view body) {
  Wipe();
  if (body.size() > kBytesMax) {
    return Fail(ErrorCode::kInvalidArgument, "the body has " + std::to_string(body.size()) +
                                                 " bytes; at most " + std::to_string(kBytesMax) +
                                                 " are read");
  }
  // The parser reads whole words, beyond the end too.
  padded_.reserve(body.size() + simdjson::SIMDJSON_PADDING);
  padded_.assign(body);
  element root;
  simdjson::error_code problem = simdjson::SUCCESS;
  if (parser_.max_depth() != kDepthMax) problem = parser_.allocate(kFirstBytes, kDepthMax);
  if (problem == simdjson::SUCCESS) {
    problem = parser_.parse(padded_.data(), padded_.size(), /*realloc_if_needed=*/false).get(root);
    WipeStackBelow();
  }
  // The parser calls a number that it cannot hold by the same name as what is none.
  if (problem == simdjson::NUMBER_ERROR) {
    return Fail(
        ErrorCode::kInvalidArgument,
        "a number in the body cannot be read: it is none of JSON, or out of range; expected "
        "whole ones of 64 bits, and others up to 1.7e308");
  }
  if (problem != simdjson::SUCCESS) {
    return Fail(ErrorCode::kInvalidArgument,
                std::string("the body is no JSON: ") + simdjson::error_message(problem));
  }
  return root;
}

void JsonBody::Wipe() {
  if (padded_.empty()) return;
  // Texts take at most 5/3 of the body: a length of four bytes and a zero for a text of one.
  const std::size_t texts = std::min(padded_.size(), parser_.doc.capacity()) * 5 / 3;
  if (parser_.doc.string_buf != nullptr) explicit_bzero(parser_.doc.string_buf.get(), texts);
  explicit_bzero(padded_.data(), padded_.size());
  padded_.clear();
}

}  // namespace proviso::points

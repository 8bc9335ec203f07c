#include "points/authzen_question.h"

#include <algorithm>
#include <array>
#include <string>

#include "points/json_body.h"
#include "points/operations.h"

namespace proviso::points {
namespace {

using simdjson::dom::element;
using simdjson::dom::element_type;

tl::unexpected<Error> Malformed(std::string message) {
  return Fail(ErrorCode::kInvalidArgument, std::move(message));
}

// The member that was looked for as `name`; absent when there is none.
Result<std::optional<element>> Single(const FoundMember& found, std::string_view name) {
  if (found.count > 1) return Malformed("`" + std::string(name) + "` stands there twice");
  if (found.count == 0) return std::optional<element>();
  return std::optional<element>(found.value);
}

// The member `name` of `object`; absent when there is none.
Result<std::optional<element>> MemberOf(element object, std::string_view name) {
  return Single(FindMember(object, name), name);
}

// The text of the member `name` of the entity `key`, which must be there and not empty.
Result<std::string_view> RequiredText(const FoundMember& member, std::string_view key,
                                      std::string_view name) {
  const auto malformed = [&](const char* what) {
    return Malformed("`" + std::string(key) + "." + std::string(name) + "` is " + what);
  };
  const std::optional<element> found = PROVISO_TRY(Single(member, name));
  std::string_view text;
  if (!found) return malformed("missing");
  if (found->get(text) != simdjson::SUCCESS) return malformed("no string");
  if (text.empty()) return malformed("empty");
  return text;
}

struct EntityShape {
  std::string_view key;  // "subject"
  bool has_type = true;
  std::string_view id_key = "id";
  bool needs_id = true;
};

Result<std::optional<AuthzenEntity>> ReadEntity(const FoundMember& member,
                                                const EntityShape& shape) {
  const std::optional<element> found = PROVISO_TRY(Single(member, shape.key));
  if (!found) return std::optional<AuthzenEntity>();
  if (found->type() != element_type::OBJECT) {
    return Malformed("`" + std::string(shape.key) + "` is no object");
  }
  const std::array<std::string_view, 3> names = {"type", shape.id_key, "properties"};
  const auto [type, id, properties] = FindMembers(*found, names);
  AuthzenEntity entity;
  if (shape.has_type) entity.type = PROVISO_TRY(RequiredText(type, shape.key, "type"));
  if (shape.needs_id) entity.id = PROVISO_TRY(RequiredText(id, shape.key, shape.id_key));
  entity.properties = PROVISO_TRY(Single(properties, "properties"));
  if (entity.properties && entity.properties->type() != element_type::OBJECT) {
    return Malformed("`" + std::string(shape.key) + ".properties` is no object");
  }
  return std::optional<AuthzenEntity>(entity);
}

Result<std::optional<std::string_view>> ReadTime(const FoundMember& member) {
  const std::optional<element> context = PROVISO_TRY(Single(member, "context"));
  if (!context) return std::optional<std::string_view>();
  if (context->type() != element_type::OBJECT) return Malformed("`context` is no object");
  const FoundMember time = FindMember(*context, "time");
  std::string_view text;
  if (time.count == 0) return std::optional<std::string_view>();
  // What cannot be a time is for ParseContextTime to refuse, where a time matters.
  if (!time.once() || time.value.get(text) != simdjson::SUCCESS) text = {};
  return std::optional<std::string_view>(text);
}

// What an entity says at `channel`; absent when it says nothing that is a text.
Result<std::optional<std::string_view>> WordOf(const Channel& channel,
                                               const AuthzenEntity& entity) {
  if (channel.kind == Channel::Kind::kConstant)
    return std::optional<std::string_view>(channel.name);
  if (channel.name.empty()) return std::optional<std::string_view>(entity.id);
  if (!entity.properties) return std::optional<std::string_view>();
  const std::optional<element> found = PROVISO_TRY(MemberOf(*entity.properties, channel.name));
  std::string_view text;
  if (!found || found->get(text) != simdjson::SUCCESS) return std::optional<std::string_view>();
  return std::optional<std::string_view>(text);
}

bool IsAmong(std::string_view word, const std::vector<std::string>& words) {
  return std::ranges::find(words, word) != words.end();
}

// Whether the action has the property that `entry` is about, with its value.
Result<bool> HasProperty(const AuthzenEntity& action, const WordOperation& entry) {
  if (!action.properties) return false;
  const std::optional<element> found = PROVISO_TRY(MemberOf(*action.properties, entry.property));
  if (!found) return false;
  std::string_view text;
  if (found->get(text) == simdjson::SUCCESS) return text == entry.value;
  return simdjson::minify(*found) == entry.value;
}

// Reads a number of just `digits` digits off the front of `text`.
std::optional<int> TakeNumber(std::string_view& text, std::size_t digits) {
  if (text.size() < digits) return std::nullopt;
  int number = 0;
  for (std::size_t i = 0; i < digits; ++i) {
    if (text[i] < '0' || text[i] > '9') return std::nullopt;
    number = number * 10 + (text[i] - '0');
  }
  text.remove_prefix(digits);
  return number;
}

// The minutes that "-07:00" lies off UTC; absent when it is no offset.
std::optional<std::chrono::minutes> ParseOffset(std::string_view text) {
  if (text == "Z" || text == "z") return std::chrono::minutes(0);
  if (text.empty() || (text[0] != '+' && text[0] != '-')) return std::nullopt;
  const int sign = text[0] == '-' ? -1 : 1;
  text.remove_prefix(1);
  const std::optional<int> hours = TakeNumber(text, 2);
  if (!hours || *hours > 23 || !text.starts_with(':')) return std::nullopt;
  text.remove_prefix(1);
  const std::optional<int> minutes = TakeNumber(text, 2);
  if (!minutes || *minutes > 59 || !text.empty()) return std::nullopt;
  return std::chrono::minutes(sign * (*hours * 60 + *minutes));
}

}  // namespace

AuthzenEntities AuthzenEntities::Over(const AuthzenEntities& defaults) const {
  return {.subject = subject ? subject : defaults.subject,
          .action = action ? action : defaults.action,
          .resource = resource ? resource : defaults.resource,
          .time = time ? time : defaults.time};
}

Result<AuthzenEntities> ReadAuthzenEntities(element object, AuthzenSought sought) {
  if (object.type() != element_type::OBJECT) return Malformed("a question is no object");
  constexpr std::array<std::string_view, 4> kNames = {"subject", "action", "resource", "context"};
  const auto [subject, action, resource, context] = FindMembers(object, kNames);
  AuthzenEntities entities;
  entities.subject = PROVISO_TRY(ReadEntity(
      subject, EntityShape{.key = "subject", .needs_id = sought != AuthzenSought::kSubject}));
  if (sought != AuthzenSought::kAction) {
    const EntityShape shape{.key = "action", .has_type = false, .id_key = "name"};
    entities.action = PROVISO_TRY(ReadEntity(action, shape));
  }
  entities.resource = PROVISO_TRY(ReadEntity(
      resource, EntityShape{.key = "resource", .needs_id = sought != AuthzenSought::kResource}));
  entities.time = PROVISO_TRY(ReadTime(context));
  return entities;
}

Status CheckAuthzenEntities(const AuthzenEntities& entities, AuthzenSought sought) {
  if (!entities.subject) return Malformed("`subject` is missing");
  if (!entities.action && sought != AuthzenSought::kAction) {
    return Malformed("`action` is missing");
  }
  if (!entities.resource) return Malformed("`resource` is missing");
  return {};
}

Result<std::optional<enforcement::Operation>> AuthzenOperation(const Listener& listener,
                                                               const AuthzenEntity& action) {
  std::optional<enforcement::Operation> plain = OperationOf(action.id);
  for (const WordOperation& entry : listener.operations) {
    if (entry.word != action.id) continue;
    if (entry.property.empty()) {
      plain = entry.operation;
    } else if (PROVISO_TRY(HasProperty(action, entry))) {
      return std::optional(entry.operation);
    }
  }
  return plain;
}

Result<AuthzenAsked> AskedOf(const Listener& listener, const AuthzenEntities& entities) {
  const AuthzenOptions& options = listener.authzen;
  AuthzenAsked asked;
  asked.asked.may_be_joined = false;
  if (entities.subject && IsAmong(entities.subject->type, options.subject_types)) {
    asked.asked.subscription = PROVISO_TRY(WordOf(listener.subscription, *entities.subject));
  }
  if (entities.resource && IsAmong(entities.resource->type, options.resource_types)) {
    const auto service = PROVISO_TRY(WordOf(listener.service, *entities.resource));
    const auto region = PROVISO_TRY(WordOf(listener.region, *entities.resource));
    asked.asked.service = service.value_or("");
    asked.asked.region = region.value_or(options.region_otherwise);
  }
  if (entities.action) {
    asked.asked.operation = PROVISO_TRY(AuthzenOperation(listener, *entities.action));
  }
  if (options.believes_time && entities.time) {
    asked.at = ParseContextTime(*entities.time);
    if (!asked.at) return Malformed("`context.time` is no time, like `2026-12-01T09:30:00Z`");
  }
  return asked;
}

std::optional<Time> ParseContextTime(std::string_view text) {
  constexpr std::size_t kMinuteBytes = std::string_view("1985-10-26T01:22").size();
  if (text.size() <= kMinuteBytes) return std::nullopt;
  const std::size_t offset_at = text.find_first_of("Zz+-", kMinuteBytes);
  if (offset_at == std::string_view::npos) return std::nullopt;
  const auto offset = ParseOffset(text.substr(offset_at));
  const std::string_view seconds = text.substr(kMinuteBytes, offset_at - kMinuteBytes);
  const std::string utc = std::string(text.substr(0, kMinuteBytes)) +
                          std::string(seconds.empty() ? ":00" : seconds) + "Z";
  const Result<Time> time = ParseTime(utc);
  if (!offset || !time) return std::nullopt;
  return *time - *offset;
}

}  // namespace proviso::points

#pragma once

#include <simdjson.h>

#include <optional>
#include <string_view>

#include "base/result.h"
#include "base/time.h"
#include "enforcement/restriction.h"
#include "points/decider.h"
#include "points/listener.h"

namespace proviso::points {

// A subject, an action or a resource of an AuthZEN request. Views into the request.
struct AuthzenEntity {
  std::string_view type;  // empty for an action
  std::string_view id;    // the name of an action; empty when only searched for
  std::optional<simdjson::dom::element> properties = std::nullopt;
};

// What one request, or one item of a batch, names.
struct AuthzenEntities {
  std::optional<AuthzenEntity> subject;
  std::optional<AuthzenEntity> action;
  std::optional<AuthzenEntity> resource;
  std::optional<std::string_view> time;  // of the context

  // These, and what `defaults` has beyond them.
  AuthzenEntities Over(const AuthzenEntities& defaults) const;
};

// What of the entities a request is to find out, and so does not name.
enum class AuthzenSought { kNothing, kSubject, kResource, kAction };

// Reads the entities of `object`; those that are not there stay absent. kInvalidArgument for one
// that is ill-typed or incomplete, or stands there twice; the message quotes no value.
Result<AuthzenEntities> ReadAuthzenEntities(simdjson::dom::element object, AuthzenSought sought);

// kInvalidArgument when an entity is missing.
Status CheckAuthzenEntities(const AuthzenEntities& entities, AuthzenSought sought);

// A question of AuthZEN in our words.
struct AuthzenAsked {
  Asked asked;
  std::optional<Time> at;  // absent: now
};

// kInvalidArgument when a property that matters stands there twice, or the time is none.
Result<AuthzenAsked> AskedOf(const Listener& listener, const AuthzenEntities& entities);

// What `listener` takes an action for; absent: nothing that it knows.
Result<std::optional<enforcement::Operation>> AuthzenOperation(const Listener& listener,
                                                               const AuthzenEntity& action);

// The time of a context, "1985-10-26T01:22-07:00": RFC 3339, seconds optional.
std::optional<Time> ParseContextTime(std::string_view text);

}  // namespace proviso::points

// A confidential part handed to somebody outside.
#include <algorithm>
#include <array>

#include "review/commands.h"
#include "review/internal/refusal.h"

namespace proviso::review {
namespace {

constexpr std::array<std::string_view, 5> kPurposes = {"appeal", "audit", "court", "publication",
                                                       "request"};

struct SecretPart {
  std::string_view type;
  std::string_view part;
  std::string_view remedy;
};
constexpr std::array<SecretPart, 5> kSecretParts = {{
    {"log.initialised", "pseudonym_key", "nobody outside may compute pseudonyms"},
    {"report.received", "original", "it is a key; `proviso report show` shows what it opens"},
    {"hearing.opened", "code", "it belongs to a customer"},
    {"code.renewed", "code", "it belongs to a customer"},
    {"statement.issued", "appeal_code", "it belongs to a customer"},
}};

}  // namespace

Result<Event> Handle(const ReviewState& /*state*/, const DisclosePart& command, Actor actor) {
  PROVISO_TRY(CheckPerson(actor, "hand a part out"));
  for (const SecretPart& secret : kSecretParts) {
    if (secret.type == command.entry.type && secret.part == command.part) {
      return Fail(ErrorCode::kPermissionDenied,
                  "`" + command.part + "` of a `" + command.entry.type +
                      "` is not handed out: " + std::string(secret.remedy));
    }
  }
  if (std::ranges::find(kPurposes, command.purpose) == kPurposes.end()) {
    return Refuse(
        ErrorCode::kInvalidArgument, "a part is handed out for a purpose",
        {"`appeal`, `audit`, `court`, `publication` or `request`", Quoted(command.purpose)});
  }
  PROVISO_TRY(CheckLine("who gets it", command.to, kTitleBytesMax));
  const auto held = std::ranges::find(command.entry.held, command.part, &PartName::name);
  if (held == command.entry.held.end()) {
    return Fail(ErrorCode::kNotFound, "`" + command.part + "` of entry " +
                                          std::to_string(command.entry.index) +
                                          " is not here: it was erased, or never was");
  }
  return Event{.type = "part.disclosed",
               .open = Json::Of({{"entry", command.entry.index},
                                 {"part", command.part},
                                 {"digest", held->digest},
                                 {"purpose", command.purpose}}),
               .sealed = {{"details", Json::Of({{"to", command.to}})}}};
}

}  // namespace proviso::review

// Erasing confidential parts: proposed by one person, approved by another.
#include "review/erasure.h"

#include <algorithm>
#include <array>
#include <utility>

#include "crypto/hash.h"
#include "review/commands.h"
#include "review/internal/refusal.h"

namespace proviso::review {
namespace {

constexpr std::size_t kPartsMax = 32;
constexpr std::string_view kActPart = "act";
constexpr std::array<std::pair<ErasureBasis, std::string_view>, 4> kBases = {{
    {ErasureBasis::kRequest, "request"},
    {ErasureBasis::kRetention, "retention"},
    {ErasureBasis::kCourtOrder, "court-order"},
    {ErasureBasis::kMistake, "mistake"},
}};

struct NeededPart {
  std::string_view type;
  std::string_view part;
  std::string_view why;
};
constexpr std::array<NeededPart, 5> kAlwaysNeeded = {{
    {"log.initialised", "pseudonym_key", "every pseudonym is computed with it"},
    {"terms.imported", "terms", "decisions rest on each version of the terms"},
    {"hearing.opened", "code", "the customer answers by it, and it says nothing of anybody"},
    {"code.renewed", "code", "the customer answers by it, and it says nothing of anybody"},
    {"statement.issued", "appeal_code",
     "the customer appeals by it, and it says nothing of anybody"},
}};

tl::unexpected<Error> Needed(const ErasedEntry& entry, std::string_view part,
                             const std::string& why) {
  return Fail(ErrorCode::kFailedPrecondition, "`" + std::string(part) + "` of entry " +
                                                  std::to_string(entry.index) + " (" + entry.type +
                                                  ") stays: " + why);
}

// Neither over nor dropped: what it says takes effect, or still may.
bool IsLive(const Decision& decision) {
  if (decision.withdrawal) return false;
  return !decision.adopted() || decision.in_force();
}

Status CheckOfDecision(const ReviewState& state, const ErasedEntry& entry, std::string_view part) {
  const Decision* decision = state.FindDecision(entry.open.StringOr("decision", ""));
  if (decision == nullptr || !IsLive(*decision)) return {};
  const std::string remedy = decision->adopted() ? "which is in force; lift it first"
                                                 : "which is pursued; withdraw it first";
  if (entry.type == "decision.planned" && part == "plan" &&
      decision->planned_index == entry.index) {
    return Needed(entry, part, "it is the plan of " + decision->id + ", " + remedy);
  }
  if (entry.type == "statement.issued" && part == "statement" &&
      decision->plan_hash == entry.open.StringOr("plan_hash", "")) {
    return Needed(entry, part,
                  "it is what the customer was told of " + decision->id + ", " + remedy);
  }
  return {};
}

// What a customer has said is answered before it can be made to vanish.
Status CheckOfCustomer(const ReviewState& state, const ErasedEntry& entry, std::string_view part) {
  if (entry.type == "appeal.filed" && part == "text") {
    const Appeal* appeal = state.FindAppeal(entry.open.StringOr("appeal", ""));
    if (appeal != nullptr && !appeal->outcome) {
      return Needed(entry, part, appeal->id + " waits for a ruling; decide it first");
    }
  }
  if (entry.type == "hearing.answered" && part == "answer") {
    const Hearing* hearing = state.FindHearing(entry.open.StringOr("hearing", ""));
    if (hearing != nullptr && !hearing->acknowledged_at) {
      return Needed(entry, part, "the answer waits in " + hearing->id + "; acknowledge it first");
    }
  }
  return {};
}

Status CheckHeld(const ErasedEntry& entry, const PartName& part) {
  const auto held = std::ranges::find(entry.held, part.name, &PartName::name);
  const std::string place = "`" + part.name + "` of entry " + std::to_string(entry.index);
  if (held == entry.held.end()) {
    return Fail(ErrorCode::kNotFound,
                place + " is not here: it was erased, or the entry never had it; look with " +
                    "`proviso log open " + std::to_string(entry.index) + "`");
  }
  if (held->digest != part.digest) {
    return Refuse(ErrorCode::kInvalidArgument, place + " is another one",
                  {"the digest " + Quoted(held->digest), Quoted(part.digest)});
  }
  return {};
}

Status CheckAllErasable(const ReviewState& state, const ErasedEntry& entry,
                        const std::vector<PartName>& parts) {
  for (const PartName& part : parts) {
    PROVISO_TRY(CheckHeld(entry, part));
    PROVISO_TRY(CheckErasable(state, entry, part.name));
  }
  // What a person signed repeats what they wrote.
  const auto has_act = [](const std::vector<PartName>& all) {
    return std::ranges::find(all, kActPart, &PartName::name) != all.end();
  };
  if (has_act(entry.held) && !has_act(parts)) {
    return Fail(ErrorCode::kInvalidArgument,
                "the part `act` of entry " + std::to_string(entry.index) +
                    " holds the same words, as they were signed; it is erased with the others");
  }
  return {};
}

// A part is in one waiting proposal at most: once it is erased, nobody could approve another one.
// Older logs may have several; these are withdrawn.
Status CheckNotProposed(const ReviewState& state, const ProposeErasure& command) {
  for (const Erasure& earlier : state.erasures()) {
    if (!earlier.waits() || earlier.entry != command.entry.index) continue;
    const auto same = std::ranges::find_if(earlier.parts, [&](const PartName& part) {
      return std::ranges::find(command.parts, part.name, &PartName::name) != command.parts.end();
    });
    if (same == earlier.parts.end()) continue;
    return Fail(
        ErrorCode::kAlreadyExists,
        earlier.id + " waits with `" + same->name + "` of entry " + std::to_string(earlier.entry) +
            "; approve it, or take it back with `proviso erasure withdraw " + earlier.id + "`");
  }
  return {};
}

Result<const Erasure*> FindWaiting(const ReviewState& state, const std::string& id) {
  const Erasure* erasure = state.FindErasure(id);
  if (erasure == nullptr) {
    return Fail(ErrorCode::kNotFound,
                "there is no erasure " + Quoted(id) + "; `proviso erasure list` lists them");
  }
  if (erasure->done()) {
    return Fail(ErrorCode::kAlreadyExists, erasure->id + " was approved by " +
                                               erasure->approved_by + " at " +
                                               FormatTime(*erasure->erased_at));
  }
  if (!erasure->waits()) {
    return Fail(ErrorCode::kFailedPrecondition,
                erasure->id + " was withdrawn by " + erasure->withdrawn_by + " at " +
                    FormatTime(*erasure->withdrawn_at) + "; propose another one");
  }
  return erasure;
}

}  // namespace

std::string_view ErasureBasisName(ErasureBasis basis) {
  for (const auto& [value, name] : kBases) {
    if (value == basis) return name;
  }
  return "";
}

Result<ErasureBasis> ParseErasureBasis(std::string_view name) {
  for (const auto& [value, known] : kBases) {
    if (known == name) return value;
  }
  return Refuse(ErrorCode::kInvalidArgument, "parts are erased on a basis",
                {"`request`, `retention`, `court-order` or `mistake`", Quoted(name)});
}

Json PartsJson(const std::vector<PartName>& parts) {
  Json json = Json::MakeArray();
  for (const PartName& part : parts) {
    json.Append(Json::Of({{"digest", part.digest}, {"name", part.name}}));
  }
  return json;
}

Result<std::vector<PartName>> ParseParts(const Json& holder) {
  std::vector<PartName> parts;
  for (const Json& item : *PROVISO_TRY(holder.ArrayAt("parts"))) {
    PartName part;
    part.name = PROVISO_TRY(item.StringAt("name"));
    part.digest = PROVISO_TRY(item.StringAt("digest"));
    if (!crypto::Hash::FromHex(part.digest)) {
      return Fail(ErrorCode::kInvalidArgument, "expected a SHA-256, found `" + part.digest + "`");
    }
    if (!parts.empty() && parts.back().name >= part.name) {
      return Fail(ErrorCode::kInvalidArgument, "expected parts sorted by name, each once, found `" +
                                                   part.name + "` after `" + parts.back().name +
                                                   "`");
    }
    parts.push_back(std::move(part));
  }
  if (parts.empty() || parts.size() > kPartsMax) {
    return Fail(ErrorCode::kInvalidArgument, "expected 1 to " + std::to_string(kPartsMax) +
                                                 " parts, found " + std::to_string(parts.size()));
  }
  return parts;
}

bool ForgottenKeys::Lacks(const Erasure& erasure) const {
  if (!erasure.done() || erasure.entry >= entries) return false;
  if (erasure.erased_index > index || !missed) return true;
  return std::ranges::find(*missed, erasure.id) != missed->end();
}

Json Erasure::OpenJson() const {
  return Json::Of({{"erasure", id},
                   {"entry", entry},
                   {"about", about},
                   {"basis", ErasureBasisName(basis)},
                   {"parts", PartsJson(parts)}});
}

Status CheckErasable(const ReviewState& state, const ErasedEntry& entry, std::string_view part) {
  for (const NeededPart& needed : kAlwaysNeeded) {
    if (needed.type == entry.type && needed.part == part) {
      return Needed(entry, part, std::string(needed.why));
    }
  }
  const bool in_force = (entry.type == "catalogue.imported" && part == "catalogue") ||
                        (entry.type == "customers.imported" && part == "customers");
  if (in_force && entry.newest_of_its_type) {
    return Needed(entry, part, "it is the one in force; import another one first");
  }
  PROVISO_TRY(CheckOfDecision(state, entry, part));
  return CheckOfCustomer(state, entry, part);
}

Result<Event> Handle(const ReviewState& state, const ProposeErasure& command, Actor actor) {
  PROVISO_TRY(CheckPerson(actor, "propose an erasure"));
  Erasure erasure;
  erasure.id = state.NextErasureId();
  erasure.entry = command.entry.index;
  erasure.about = command.entry.type;
  erasure.parts = command.parts;
  erasure.basis = PROVISO_TRY(ParseErasureBasis(command.basis));
  PROVISO_TRY(CheckText("the reason", command.reason, kTextBytesMax));
  PROVISO_TRY(CheckAllErasable(state, command.entry, command.parts));
  PROVISO_TRY(CheckNotProposed(state, command));
  return Event{.type = "erasure.proposed",
               .open = erasure.OpenJson(),
               .sealed = {{"reason", Json(command.reason)}}};
}

Result<Event> Handle(const ReviewState& state, const ApproveErasure& command, Actor actor) {
  PROVISO_TRY(CheckPerson(actor, "approve an erasure"));
  const Erasure* erasure = PROVISO_TRY(FindWaiting(state, command.erasure));
  if (erasure->proposed_by == actor.person->pseudonym) {
    return Refuse(ErrorCode::kPermissionDenied, "evidence is not erased by one person alone",
                  {"somebody else than who proposed " + erasure->id, actor.person->Called()});
  }
  if (command.entry.index != erasure->entry || command.parts != erasure->parts) {
    return Fail(ErrorCode::kInvalidArgument,
                "the signed act is about other parts than " + erasure->id);
  }
  PROVISO_TRY(CheckAllErasable(state, command.entry, command.parts));
  return Event{.type = "part.erased", .open = erasure->OpenJson(), .sealed = {}};
}

Result<Event> Handle(const ReviewState& state, const WithdrawErasure& command, Actor actor) {
  PROVISO_TRY(CheckPerson(actor, "withdraw an erasure"));
  const Erasure* erasure = PROVISO_TRY(FindWaiting(state, command.erasure));
  PROVISO_TRY(CheckText("the reason", command.reason, kTextBytesMax));
  return Event{.type = "erasure.withdrawn",
               .open = Json::Of({{"erasure", erasure->id}}),
               .sealed = {{"reason", Json(command.reason)}}};
}

Result<Event> Handle(const ReviewState& state, const ForgetKeys& command, Actor actor) {
  PROVISO_TRY(CheckPerson(actor, "forget a folder of keys"));
  PROVISO_TRY(CheckText("the reason", command.reason, kTextBytesMax));
  Json missed = Json::MakeArray();
  for (const std::string& id : command.missed) {
    const Erasure* erasure = state.FindErasure(id);
    if (erasure == nullptr || !erasure->done()) {
      return Fail(ErrorCode::kInvalidArgument,
                  "there is no erasure " + Quoted(id) + " that is done");
    }
    missed.Append(id);
  }
  return Event{.type = "keys.forgotten",
               .open = Json::Of({{"entries", command.entries}, {"erasures", std::move(missed)}}),
               .sealed = {{"details", Json::Of({{"folder", command.folder}})},
                          {"reason", Json(command.reason)}}};
}

}  // namespace proviso::review

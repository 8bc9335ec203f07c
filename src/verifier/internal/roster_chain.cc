#include "verifier/internal/roster_chain.h"

#include <algorithm>
#include <array>
#include <vector>

#include "crypto/hash.h"

namespace proviso::verifier {
namespace {

constexpr std::array<std::string_view, 7> kRoles = {
    "administrator", "auditor", "decider", "enforcer", "intake", "liaison", "reviewer"};
constexpr std::int64_t kQuorumMin = 2;

tl::unexpected<Error> Bad(std::string what) { return Fail(ErrorCode::kDataLoss, std::move(what)); }

Status CheckMembers(const Json& json, std::set<std::string_view> known) {
  if (json.AsObject() == nullptr) return Bad("expected an object in the roster");
  for (const auto& [key, value] : *json.AsObject()) {
    if (known.erase(key) == 0) return Bad("unknown member `" + key + "` in the roster");
  }
  if (!known.empty()) {
    return Bad("the member `" + std::string(*known.begin()) + "` is missing in the roster");
  }
  return {};
}

Result<RosterPerson> ReadPerson(const Json& json) {
  RosterPerson person;
  const std::string key = PROVISO_TRY(json.StringAt("key"));
  person.key = PROVISO_TRY(crypto::PublicKey::FromText(key));
  const std::vector<std::string> roles = PROVISO_TRY(json.StringsAt("roles"));
  person.roles = std::set<std::string>(roles.begin(), roles.end());
  const bool in_order = person.roles.size() == roles.size() && std::ranges::is_sorted(roles);
  if (roles.empty() || !in_order) return Bad("expected different roles in alphabetical order");
  for (const std::string& role : roles) {
    if (std::ranges::find(kRoles, role) == kRoles.end()) {
      return Bad("unknown role `" + role + "`");
    }
  }
  return person;
}

Status ReadPeople(const Json& roster, RosterVersion& version) {
  std::set<crypto::PublicKey> keys;
  std::string before;
  for (const Json& json : *PROVISO_TRY(roster.ArrayAt("people"))) {
    PROVISO_TRY(CheckMembers(json, {"key", "pseudonym", "roles"}));
    const std::string pseudonym = PROVISO_TRY(json.StringAt("pseudonym"));
    if (!pseudonym.starts_with("p-")) {
      return Bad("expected a pseudonym that begins with `p-`, found `" + pseudonym + "`");
    }
    if (pseudonym <= before) {
      return Bad("`" + pseudonym + "` is out of order, or in the roster twice");
    }
    before = pseudonym;
    RosterPerson person = PROVISO_TRY_DOING(ReadPerson(json), "`" + pseudonym + "`");
    if (!keys.insert(person.key).second) {
      return Bad("the key of `" + pseudonym + "` belongs to somebody else too");
    }
    version.people.emplace(pseudonym, std::move(person));
  }
  return {};
}

Result<RosterVersion> ReadRoster(const Json& roster) {
  PROVISO_TRY(CheckMembers(roster, {"people", "previous", "quorum", "version"}));
  RosterVersion version;
  version.version = PROVISO_TRY(roster.IntegerAt("version"));
  version.quorum = PROVISO_TRY(roster.IntegerAt("quorum"));
  PROVISO_TRY(ReadPeople(roster, version));
  const auto people = static_cast<std::int64_t>(version.people.size());
  if (version.quorum < kQuorumMin || version.quorum > people) {
    return Bad("expected a quorum of 2 to " + std::to_string(people) + " people, found " +
               std::to_string(version.quorum));
  }
  version.hash = crypto::Sha256(roster.Canonical()).Hex();
  return version;
}

}  // namespace

const RosterPerson* RosterVersion::Find(std::string_view pseudonym) const {
  const auto found = people.find(pseudonym);
  return found == people.end() ? nullptr : &found->second;
}

Status RosterChain::CheckActor(std::string_view actor, const CheckedAct& act) const {
  if (!current_) return Bad("an act of `" + std::string(actor) + "` while no roster is in force");
  const RosterPerson* const person = current_->Find(actor);
  if (person == nullptr) {
    return Bad("`" + std::string(actor) + "` is not in the roster in force, version " +
               std::to_string(current_->version));
  }
  if (person->key != act.key) {
    return Bad("expected an act with the key of `" + std::string(actor) + "`, `" +
               person->key.ToText() + "`, found `" + act.key.ToText() + "`");
  }
  return {};
}

Status RosterChain::CheckFollows(const RosterVersion& next, const Json& roster) const {
  const std::int64_t expected = current_ ? current_->version + 1 : 1;
  if (next.version != expected) {
    return Bad("expected roster version " + std::to_string(expected) + ", found " +
               std::to_string(next.version));
  }
  const Json previous = current_ ? Json(current_->hash) : Json();
  if (*roster.Find("previous") != previous) {
    return Bad("expected the previous roster `" + previous.Canonical() + "`, found `" +
               roster.Find("previous")->Canonical() + "`");
  }
  return {};
}

// Before a roster is in force, the first proposals may come from anybody: they bind nobody until
// their own quorum has signed. Whoever is named as a person must be one of the proposal, though.
Status RosterChain::CheckProposer(const RosterVersion& next, const Json& roster,
                                  std::string_view actor, const CheckedAct& act) const {
  const Json* const shown = act.args.Find("roster");
  if (shown == nullptr || *shown != roster) return Bad("the act is about another roster");
  if (current_) return CheckActor(actor, act);
  if (!actor.starts_with("p-")) return {};
  const RosterPerson* person = next.Find(actor);
  if (person == nullptr && proposed_) person = proposed_->Find(actor);
  if (person == nullptr || person->key != act.key) {
    return Bad("expected an act with the key of `" + std::string(actor) + "`");
  }
  return {};
}

Status RosterChain::Propose(const Json& data, std::string_view actor, const CheckedAct& act) {
  const Json* const roster = data.Find("roster");
  if (roster == nullptr) return Bad("expected a `roster`, found none");
  RosterVersion next = PROVISO_TRY(ReadRoster(*roster));
  const std::string hash = PROVISO_TRY(data.StringAt("hash"));
  if (hash != next.hash) {
    return Bad("expected the roster hash `" + next.hash + "`, found `" + hash + "`");
  }
  PROVISO_TRY(CheckFollows(next, *roster));
  PROVISO_TRY(CheckProposer(next, *roster, actor, act));
  proposed_ = std::move(next);
  signatures_.clear();
  return {};
}

Status RosterChain::Sign(const Json& data, std::string_view actor, const CheckedAct& act) {
  const std::string hash = PROVISO_TRY(data.StringAt("hash"));
  const std::int64_t version = PROVISO_TRY(data.IntegerAt("version"));
  if (!proposed_ || proposed_->hash != hash || proposed_->version != version) {
    return Bad("a signature for the roster `" + hash + "`, which is not the one proposed");
  }
  if (act.args != Json::Of({{"hash", hash}, {"version", version}})) {
    return Bad("the act is about another roster");
  }
  const RosterVersion& electorate = current_ ? *current_ : *proposed_;
  const RosterPerson* const person = electorate.Find(actor);
  if (person == nullptr || person->key != act.key) {
    return Bad("the signature of `" + std::string(actor) +
               "` is not by a person of the roster that must sign, with that person's key");
  }
  if (!signatures_.emplace(actor).second) {
    return Bad("`" + std::string(actor) + "` has signed this roster already");
  }
  if (static_cast<std::int64_t>(signatures_.size()) < electorate.quorum) return {};
  const bool first = !current_;
  current_ = std::move(*proposed_);
  proposed_.reset();
  signatures_.clear();
  if (first && first_hash_ && *first_hash_ != current_->hash) {
    return Bad("expected the first roster `" + *first_hash_ + "`, found `" + current_->hash + "`");
  }
  return {};
}

Status RosterChain::Finish() const {
  if (!first_hash_ || current_) return {};
  return Bad("expected the first roster `" + *first_hash_ + "`, found none in force");
}

}  // namespace proviso::verifier

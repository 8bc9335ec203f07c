#include <algorithm>

#include "enforcement/roster.h"

namespace proviso::enforcement {
namespace {

constexpr int kQuorumFloor = 2;

Status CheckQuorum(const Roster& roster) {
  if (roster.quorum < kQuorumFloor) {
    return Fail(ErrorCode::kFailedPrecondition,
                "expected a quorum of 2 or more, found " + std::to_string(roster.quorum));
  }
  if (static_cast<std::size_t>(roster.quorum) > roster.people.size()) {
    return Fail(ErrorCode::kFailedPrecondition, "a quorum of " + std::to_string(roster.quorum) +
                                                    " needs as many people, found " +
                                                    std::to_string(roster.people.size()));
  }
  return {};
}

Status CheckPeople(const Roster& roster) {
  std::set<std::string_view> pseudonyms;
  std::set<std::string_view> ids;
  std::set<crypto::PublicKey> keys;
  for (const Person& person : roster.people) {
    if (!pseudonyms.insert(person.pseudonym).second ||
        (!person.id.empty() && !ids.insert(person.id).second)) {
      return Fail(ErrorCode::kFailedPrecondition,
                  "person `" + person.Called() + "` is in the roster twice; remove one");
    }
    if (!keys.insert(person.key).second) {
      return Fail(ErrorCode::kFailedPrecondition,
                  "key `" + person.key.ToText() +
                      "` belongs to two people; give each person a key of their own");
    }
    if (person.roles.empty()) {
      return Fail(ErrorCode::kFailedPrecondition,
                  "person `" + person.Called() + "` has no role; give one or leave them out");
    }
  }
  return {};
}

Status CheckSuccession(const Roster& next, const Roster* current) {
  const int expected = current == nullptr ? 1 : current->version + 1;
  if (next.version != expected) {
    return Fail(ErrorCode::kFailedPrecondition, "expected roster version " +
                                                    std::to_string(expected) + ", found " +
                                                    std::to_string(next.version));
  }
  std::optional<crypto::Hash> previous;
  if (current != nullptr) previous = current->ComputeHash();
  if (next.previous != previous) {
    const auto show = [](const std::optional<crypto::Hash>& hash) {
      return hash ? "`" + hash->Hex() + "`" : std::string("none");
    };
    return Fail(ErrorCode::kFailedPrecondition,
                "expected the previous hash " + show(previous) + ", found " + show(next.previous));
  }
  return {};
}

Status CheckProposer(const Roster* current, const Person* by) {
  if (current == nullptr) return {};  // nobody is in office yet
  if (by == nullptr || current->FindByKey(by->key) == nullptr) {
    return Fail(ErrorCode::kPermissionDenied,
                "a roster after the first is proposed by a person of the roster in force");
  }
  return MayPerform(*by, "roster propose");
}

struct Permission {
  std::string_view act;
  std::set<Role> roles;
};

// docs/formats/acts.md; a test compares.
std::vector<Permission> Permissions() {
  const std::set<Role> review = {Role::kReviewer};
  const std::set<Role> prepare = {Role::kReviewer, Role::kDecider};
  const std::set<Role> enforce = {Role::kEnforcer, Role::kDecider};
  const std::set<Role> administer = {Role::kAdministrator};
  const std::set<Role> read = {Role::kReviewer, Role::kDecider, Role::kAuditor};
  const std::set<Role> hear = {Role::kReviewer, Role::kDecider, Role::kLiaison, Role::kAuditor};
  const std::set<Role> anybody = {Role::kIntake,       Role::kReviewer, Role::kDecider,
                                  Role::kEnforcer,     Role::kLiaison,  Role::kAuditor,
                                  Role::kAdministrator};
  return {{"case open", review},
          {"claim add", review},
          {"case run", review},
          {"finding record", review},
          {"attribution record", review},
          {"case close", review},
          {"decision propose", prepare},
          {"decision plan", prepare},
          {"decision withdraw", prepare},
          {"decision sign", {Role::kDecider}},
          {"decision adopt", enforce},
          {"statement issue", {Role::kLiaison, Role::kReviewer, Role::kDecider}},
          {"decision lift", prepare},
          {"decision lift emergency", enforce},
          {"decision review", prepare},
          {"import catalogue", administer},
          {"import customers", administer},
          {"import terms", administer},
          {"roster propose", administer},
          {"report add", {Role::kIntake, Role::kReviewer}},
          {"report join", review},
          {"claim edit", review},
          {"claim drop", review},
          {"case reopen", review},
          {"case link", review},
          {"conflict declare", anybody},
          {"step agree", {Role::kReviewer, Role::kLiaison}},
          {"step record", {Role::kReviewer, Role::kLiaison}},
          {"hearing open", {Role::kLiaison, Role::kReviewer, Role::kDecider}},
          {"hearing answer", {Role::kLiaison}},
          {"hearing acknowledge", {Role::kLiaison, Role::kReviewer}},
          {"code renew", {Role::kLiaison, Role::kReviewer, Role::kDecider}},
          {"notice issue", {Role::kLiaison}},
          {"update schedule", {Role::kLiaison, Role::kReviewer}},
          {"appeal decide", {Role::kReviewer, Role::kDecider}},
          {"records register", {Role::kAdministrator, Role::kReviewer}},
          {"records import", {Role::kAdministrator, Role::kReviewer}},
          {"records read", read},
          {"report show", read},
          {"hearing show", hear},
          {"appeal show", hear},
          {"cessation", {Role::kReviewer, Role::kEnforcer, Role::kLiaison, Role::kAuditor}},
          {"erasure propose", {Role::kReviewer, Role::kLiaison, Role::kAdministrator}},
          {"erasure approve", {Role::kDecider, Role::kAuditor}},
          {"erasure forget", {Role::kDecider, Role::kAuditor}},
          {"erasure withdraw",
           {Role::kReviewer, Role::kLiaison, Role::kAdministrator, Role::kDecider, Role::kAuditor}},
          {"part disclose", {Role::kLiaison, Role::kAuditor}}};
}

std::string JoinRoles(const std::set<Role>& roles) {
  std::string text;
  for (const Role role : roles) {
    if (!text.empty()) text += " or ";
    text += RoleName(role);
  }
  return text;
}

}  // namespace

std::vector<std::string> RosterState::signed_by() const {
  return {signatures_.begin(), signatures_.end()};
}

Result<Event> RosterState::Propose(const Roster& next, const Person* by) const {
  PROVISO_TRY(CheckProposer(current(), by));
  PROVISO_TRY(CheckSuccession(next, current()));
  PROVISO_TRY(CheckPeople(next));
  PROVISO_TRY(CheckQuorum(next));
  return Event{.type = "roster.proposed",
               .open = Json::Of({{"roster", next.OpenJson()}, {"hash", next.ComputeHash().Hex()}}),
               .sealed = {{"names", next.SealedJson()}}};
}

Result<Event> RosterState::Sign(std::string_view hash_hex, const crypto::PublicKey& by) const {
  if (!proposed_) {
    return Fail(ErrorCode::kFailedPrecondition, "no roster is proposed; propose one first");
  }
  const std::string expected = proposed_->ComputeHash().Hex();
  if (hash_hex != expected) {
    return Fail(ErrorCode::kFailedPrecondition, "the proposed roster has hash `" + expected +
                                                    "`, found `" + std::string(hash_hex) +
                                                    "`; read it and sign again");
  }
  const Person* signer = electorate()->FindByKey(by);
  if (signer == nullptr) {
    return Fail(ErrorCode::kPermissionDenied,
                "key `" + by.ToText() + "` is not in the roster that must sign");
  }
  if (signatures_.contains(signer->pseudonym)) {
    return Fail(ErrorCode::kAlreadyExists, "`" + signer->Called() + "` has signed already");
  }
  return Event{.type = "roster.signed",
               .open = Json::Of({{"version", proposed_->version}, {"hash", expected}}),
               .sealed = {}};
}

Status RosterState::Apply(const RecordedEvent& recorded) {
  const Event& event = recorded.event;
  if (event.type == "roster.proposed") {
    const Json* open = event.open.Find("roster");
    if (open == nullptr) return Fail(ErrorCode::kDataLoss, "roster.proposed without `roster`");
    const auto names = event.sealed.find("names");
    auto roster = Roster::FromJson(*open, names == event.sealed.end() ? nullptr : &names->second);
    if (!roster) return tl::unexpected(std::move(roster).error().Context("read roster.proposed"));
    proposed_ = std::move(*roster);
    signatures_.clear();
    return {};
  }
  if (event.type != "roster.signed") return {};
  const std::string hash = PROVISO_TRY(event.open.StringAt("hash"));
  if (!proposed_ || proposed_->ComputeHash().Hex() != hash) {
    return Fail(ErrorCode::kDataLoss, "roster.signed for `" + hash + "`, which is not proposed");
  }
  const Roster& voters = *electorate();
  if (voters.FindByPseudonym(recorded.actor) == nullptr) {
    return Fail(ErrorCode::kDataLoss, "roster.signed by `" + recorded.actor +
                                          "`, who is not in the roster that must sign");
  }
  signatures_.insert(recorded.actor);
  if (signatures_.size() >= static_cast<std::size_t>(voters.quorum)) {
    current_ = std::move(proposed_);
    proposed_.reset();
    signatures_.clear();
  }
  return {};
}

std::set<Role> RolesFor(std::string_view name) {
  for (const Permission& permission : Permissions()) {
    if (permission.act == name) return permission.roles;
  }
  return {};
}

Status MayPerform(const Person& person, std::string_view name) {
  if (name == "roster sign") return {};  // RosterState::Sign knows who must sign
  const std::set<Role> roles = RolesFor(name);
  if (roles.empty()) {
    return Fail(ErrorCode::kPermissionDenied,
                "no role allows `" + std::string(name) + "`; docs/formats/acts.md lists the acts");
  }
  for (const Role role : roles) {
    if (person.roles.contains(role)) return {};
  }
  return Fail(ErrorCode::kPermissionDenied, "`" + std::string(name) + "` needs the role " +
                                                JoinRoles(roles) + ", which `" + person.Called() +
                                                "` does not have");
}

}  // namespace proviso::enforcement

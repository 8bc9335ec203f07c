#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/event.h"
#include "crypto/ed25519.h"
#include "crypto/hash.h"

namespace proviso::enforcement {

enum class Role { kIntake, kReviewer, kDecider, kEnforcer, kLiaison, kAuditor, kAdministrator };
std::string_view RoleName(Role role);  // "intake", "reviewer", ..., "liaison", ...
Result<Role> ParseRole(std::string_view name);

// The pseudonym of the person `id`: "p-" and the first 12 hex digits of
// HMAC-SHA-256(key, "person:" + id).
std::string PseudonymOf(std::string_view id, ByteView key);

struct Person {
  std::string pseudonym;  // "p-1f0c...": stands in the log; the same through all versions
  std::string id;         // "anna": confidential; empty when erased
  std::string name;       // confidential; empty when erased
  crypto::PublicKey key;
  std::set<Role> roles;

  // "Anna Example (p-1f0c...)" for messages to people; the pseudonym alone when the rest is erased.
  std::string Called() const;
};

// One version of the roster. Its hash covers version, quorum, previous hash, and the pseudonym,
// key and roles of each person: what the log shows in clear (docs/formats/roster.md).
struct Roster {
  int version = 0;
  int quorum = 2;                        // signatures that the next version needs; 2 or more
  std::optional<crypto::Hash> previous;  // hash of the version before; absent in the first
  std::vector<Person> people;

  crypto::Hash ComputeHash() const;
  const Person* FindByKey(const crypto::PublicKey& key) const;  // nullptr when there is none
  const Person* FindByPseudonym(std::string_view pseudonym) const;

  Json OpenJson() const;    // what the hash covers
  Json SealedJson() const;  // {"p-...":{"id","name"}}
  static Result<Roster> FromJson(const Json& open, const Json* sealed);

  // Reads docs/formats/roster.md. Faults as "FILE:LINE: what; remedy".
  static Result<Roster> FromYaml(std::string_view text, std::string_view file_name,
                                 ByteView pseudonym_key);
};

// The roster in force, and the version proposed after it. A proposal comes into force when the
// quorum of the version before it has signed its hash; the first, when its own quorum has.
class RosterState {
 public:
  const Roster* current() const { return current_ ? &*current_ : nullptr; }
  const Roster* proposed() const { return proposed_ ? &*proposed_ : nullptr; }
  std::vector<std::string> signed_by() const;  // pseudonyms, of the proposal
  // Whose quorum brings the proposal into force; nullptr when there is neither.
  const Roster* electorate() const { return current_ ? current() : proposed(); }

  // Acts "roster propose" {"roster": open JSON, "sealed"...} and "roster sign" {"version","hash"}.
  // Refusals: a version that does not follow, a wrong previous hash, a duplicate key or person,
  // a quorum below 2 or above the number of people, a signer outside of the version that must
  // sign, one person twice.
  Result<Event> Propose(const Roster& next, const Person* by) const;
  Result<Event> Sign(std::string_view hash_hex, const crypto::PublicKey& by) const;

  // Applies "roster.proposed" and "roster.signed"; ignores other types.
  Status Apply(const RecordedEvent& event);

 private:
  std::optional<Roster> current_;
  std::optional<Roster> proposed_;
  std::set<std::string> signatures_;
};

// The roles that allow the act `name` (table in docs/formats/acts.md): one is enough. Empty for
// "roster sign", which is for who must sign the roster, and for what is no act.
std::set<Role> RolesFor(std::string_view name);

// kPermissionDenied unless a role of `person` allows the act `name`.
Status MayPerform(const Person& person, std::string_view name);

}  // namespace proviso::enforcement

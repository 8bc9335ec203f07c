#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "base/json.h"
#include "crypto/ed25519.h"
#include "verifier/internal/act_check.h"

namespace proviso::verifier {

struct RosterPerson {
  crypto::PublicKey key;
  std::set<std::string> roles;
};

// One version of the roster, as the log shows it (docs/formats/roster.md).
struct RosterVersion {
  std::int64_t version = 0;
  std::int64_t quorum = 0;
  std::string hash;                                         // hexadecimal
  std::map<std::string, RosterPerson, std::less<>> people;  // by pseudonym

  const RosterPerson* Find(std::string_view pseudonym) const;
};

// Follows the rosters of a log: each version is signed by the quorum of the one before it, the
// first by its own. Refusals say what was expected and found.
class RosterChain {
 public:
  // `first_hash`: what the hash of the first version must be, when it is known.
  explicit RosterChain(std::optional<std::string> first_hash)
      : first_hash_(std::move(first_hash)) {}

  const RosterVersion* current() const { return current_ ? &*current_ : nullptr; }

  // Whether `act` is by `actor`, who must stand in the roster in force.
  Status CheckActor(std::string_view actor, const CheckedAct& act) const;
  // Events "roster.proposed" and "roster.signed" with their acts.
  Status Propose(const Json& data, std::string_view actor, const CheckedAct& act);
  Status Sign(const Json& data, std::string_view actor, const CheckedAct& act);
  // At the end of the log.
  Status Finish() const;

 private:
  Status CheckFollows(const RosterVersion& next, const Json& roster) const;
  Status CheckProposer(const RosterVersion& next, const Json& roster, std::string_view actor,
                       const CheckedAct& act) const;

  std::optional<std::string> first_hash_;
  std::optional<RosterVersion> current_;
  std::optional<RosterVersion> proposed_;
  std::set<std::string, std::less<>> signatures_;
};

}  // namespace proviso::verifier

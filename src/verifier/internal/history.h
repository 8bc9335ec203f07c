#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "crypto/note.h"
#include "verifier/internal/act_check.h"
#include "verifier/internal/case_people.h"
#include "verifier/internal/entry.h"
#include "verifier/internal/entry_acts.h"
#include "verifier/internal/problems.h"
#include "verifier/internal/roster_chain.h"

namespace proviso::verifier {

// The roles that allow an act, in alphabetical order; empty for acts that anybody may do, and for
// unknown ones (docs/formats/acts.md).
std::vector<std::string_view> RolesFor(std::string_view act_name);

// Checks what the entries say, in their order: that every act is signed by its actor, who is in the
// roster in force and has a role for it; that rosters follow one another by their quorums; that no
// decision is adopted without its plan, its statement, and the quorum that its terms require; that
// who had a part in a case hears no appeal of it, who declared a conflict does nothing in it, and
// nobody erases parts of entries alone. Entry types that it does not know it lets pass.
class History {
 public:
  History(const crypto::NoteVerifier& log, std::optional<std::string> first_roster_hash,
          Problems& problems)
      : log_(log), roster_(std::move(first_roster_hash)), problems_(problems) {}

  void Apply(std::uint64_t index, const Entry& entry);
  void Finish();

  const RosterVersion* roster() const { return roster_.current(); }
  std::uint64_t acts_checked() const { return acts_checked_; }
  std::uint64_t decisions_checked() const { return decisions_checked_; }

 private:
  struct Quorum {
    std::string digest;
    std::int64_t decision = 0;
    std::int64_t lift = 0;
  };
  struct Decision {
    std::string case_id;
    bool lift = false;  // as proposed
    std::string lifts;
    std::vector<std::string> supersedes;  // as proposed
    bool carries_out_appeal = false;
    std::set<std::string, std::less<>> preparers;
    std::string plan_hash;  // of the newest plan; empty before the first
    std::int64_t quorum = 0;
    std::int64_t lift_quorum = 0;  // what the terms of that plan ask for to lift it
    std::set<std::string, std::less<>> signers;
    bool stated = false;
    bool adopted = false;
    bool lifted = false;
    std::string superseded_by;  // empty: nothing took its place
    bool withdrawn = false;
    std::string lifter;  // in an emergency; empty: none
    bool lift_reviewed = false;

    bool InForce() const { return adopted && !lift && !lifted && superseded_by.empty(); }
  };
  struct Erasure {
    std::string proposer;
    std::string case_id;
    Json data;  // as it was proposed
    bool done = false;
    bool withdrawn = false;
  };
  struct Step;  // an entry with its act and data read
  struct Rule;  // what a type of entry asks for, beyond its act

  Status Check(std::uint64_t index, const Entry& entry);
  static const Rule* FindRule(std::string_view type);
  Status CheckActless(const Step& step, const EntryActs* acts) const;
  Status CheckAct(const Step& step, const EntryActs* acts);
  Status CheckRole(const Step& step, const CheckedAct& act) const;
  Status CheckLog(const Step& step);
  Status ProposeRoster(const Step& step);
  Status SignRoster(const Step& step);
  Status ImportTerms(const Step& step);
  Status ProposeDecision(const Step& step);
  Status PlanDecision(const Step& step);
  Status SignDecision(const Step& step);
  Status IssueStatement(const Step& step);
  Status AdoptDecision(const Step& step);
  Status ReviewLift(const Step& step);
  Status WithdrawDecision(const Step& step);
  Status LiftDecision(const Step& step);
  Status ProposeErasure(const Step& step);
  Status WithdrawErasure(const Step& step);
  Status EraseParts(const Step& step);
  Status ForgetKeys(const Step& step);
  Status DeclareConflict(const Step& step);
  Status FileAppeal(const Step& step);
  Status DecideAppeal(const Step& step);
  bool HasPart(const Step& step) const;
  void NoteParts(const Step& step);
  Result<Decision*> DecisionOf(const Step& step);
  Result<Decision*> PlannedDecisionOf(const Step& step);
  bool HasConflict(const Decision& decision, std::string_view person) const;
  Status CheckSigners(const Decision& decision) const;
  Status CheckSupersedes(const Step& step, const Decision& decision) const;
  Status NoteSupersedes(const Step& step, Decision& decision);
  Status EndSuperseded(const Step& step, const Decision& decision);
  Status CheckCarriesOut(const Step& step, const std::string& appeal, const std::string& lifts);
  std::int64_t QuorumFor(const Decision& decision, const Quorum& terms) const;

  const crypto::NoteVerifier& log_;
  RosterChain roster_;
  Problems& problems_;
  std::map<std::string, Quorum, std::less<>> terms_;  // by "id@version"
  std::map<std::string, Decision, std::less<>> decisions_;
  std::map<std::string, Erasure, std::less<>> erasures_;
  CasePeople people_;
  std::set<std::string, std::less<>> acts_;  // their body hashes: each act stands once
  std::uint64_t acts_checked_ = 0;
  std::uint64_t decisions_checked_ = 0;
};

}  // namespace proviso::verifier

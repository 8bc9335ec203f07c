#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "catalogue/catalogue.h"
#include "catalogue/customers.h"
#include "crypto/hash.h"
#include "enforcement/restriction.h"
#include "terms/terms.h"

namespace proviso::enforcement {

// One restriction as a decision file asks for it (docs/formats/decision.md).
struct RequestedRestriction {
  std::vector<std::string> subscriptions;  // these, or
  std::string unit;                        // the subscriptions attributed to this unit so far, or
  std::string customer;                    // all of this customer's: customer-wide, said so
  std::vector<std::string> classes;        // services of these classes, and/or
  std::vector<std::string> services;       // these services
  std::vector<std::string> regions;        // one or more; "*" for all where the service is sold
  terms::Stage stage = terms::Stage::kNotice;
  OperationSet operations = kAllOperations;  // all: what the stage denies
  std::optional<Time> from;                  // absent: the moment of adoption
  std::optional<Time> until;                 // absent: until lifted
};

// A decision in force whose place another takes.
struct Superseded {
  std::string decision;                                    // "decision-1"
  const std::vector<Restriction>* restrictions = nullptr;  // its own, all of them
  int lift_quorum = 0;                                     // how many its terms ask for to lift it
};

// What an expansion reads. Everything by value of the moment; no I/O.
struct PlanInputs {
  std::string decision;  // "decision-1"
  std::string nonce;     // 16 random bytes, hexadecimal: keeps the plan's hash from being guessed
  const catalogue::Catalogue* catalogue = nullptr;
  const catalogue::Customers* customers = nullptr;
  const terms::Terms* terms = nullptr;
  std::string clause;
  std::string terms_named;  // "id@version", as the decision says; empty: it does not
  std::vector<std::string> keep_on_classes;  // the decision's own, beside those of the terms
  std::vector<std::string> keep_on_services;
  std::map<std::string, std::string> attributions;      // subscription -> attribution id
  std::map<std::string, std::string> attributed_units;  // subscription -> unit id
  std::vector<RequestedRestriction> restrictions;
  std::vector<Superseded> supersedes;
  // What the decision says beside its targets, as an object: {"file": the decision file}. The plan
  // carries its RecordDigest, so that the signers sign it too.
  Json record;
};

// What a plan that lifts reads.
struct LiftInputs {
  std::string decision;  // "decision-2"
  std::string nonce;
  std::string lifted;                                      // "decision-1"
  const std::vector<Restriction>* restrictions = nullptr;  // those of `lifted`, all of them
  const terms::Terms* terms = nullptr;
  Json record;  // {"reason": why}
};

// Why a restriction cannot cover exactly these operations: one that the stage does not deny would
// be named for nothing. kInvalidArgument. Always fine with kAllOperations.
Status CheckOperations(terms::Stage stage, OperationSet operations);

// What binds a plan to `record`: the SHA-256, in hexadecimal, of the canonical JSON of the object
// with the plan's nonce added as "nonce". Empty for null: a plan that carries no record.
std::string RecordDigest(const Json& record, const std::string& nonce);

// The exact expansion of a decision on today's inventory (docs/formats/plan.md).
struct Plan {
  int quorum = 0;  // how many must sign it
  Json json;  // canonical content: targets with attribution, losses, dependents, inverse; kept; ...
  std::string hash;                       // hexadecimal SHA-256 of json.Canonical()
  std::vector<Restriction> restrictions;  // windows still open where `from` is absent
};

// kFailedPrecondition, with every reason, when a target is kept on, is not attributed, is not
// permitted by the clause, or is not bound by these terms; kNotFound for names that do not exist.
Result<Plan> ExpandRestriction(const PlanInputs& inputs);

// What of these must hold before anybody proposes it: the clause is one of the terms, and each
// subscription that is meant has its attribution. The rest is for the expansion. Reads customers,
// terms and catalogue; fails as ExpandRestriction does.
Status CheckProposable(const PlanInputs& inputs);

// The plan that lifts restrictions of a decision: its effect is exactly the inverse of theirs.
Result<Plan> ExpandLift(const LiftInputs& inputs);

// The restrictions of a plan read back from its JSON; windows without `from` begin at `adopted`.
Result<std::vector<Restriction>> RestrictionsOfPlan(const Json& plan, Time adopted);

}  // namespace proviso::enforcement

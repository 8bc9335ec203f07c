#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "terms/terms.h"

namespace proviso::enforcement {

enum class Operation { kCreate, kInvoke, kWrite, kRead, kDelete, kManage };
inline constexpr int kOperationCount = 6;
std::string_view OperationName(Operation operation);  // "create", "invoke", ...
Result<Operation> ParseOperation(std::string_view name);

// A set of operations: bit N for the operation with the value N.
using OperationSet = std::uint8_t;
inline constexpr OperationSet kAllOperations = (1U << kOperationCount) - 1U;
constexpr OperationSet SetOf(Operation operation) {
  return static_cast<OperationSet>(1U << static_cast<unsigned>(operation));
}
constexpr bool Includes(OperationSet operations, Operation operation) {
  return (operations & SetOf(operation)) != 0;
}

// Their names, in order: "create", "write".
std::vector<std::string> OperationNames(OperationSet operations);

// The truth table of docs/formats/restrictions.md, which a test reads. kManage is never denied.
bool Denies(terms::Stage stage, Operation operation);

// One cell of what a restriction covers.
struct Target {
  std::string subscription;
  std::string service;
  std::string region;
  auto operator<=>(const Target&) const = default;
};

// A restriction in force: what was adopted, with its window fixed.
struct Restriction {
  std::string id;      // "decision-1/1"
  std::string clause;  // "4.2"
  terms::Stage stage = terms::Stage::kNotice;
  OperationSet operations = kAllOperations;  // that it covers; see Denied()
  Time from;                                 // inclusive
  std::optional<Time> until;                 // exclusive; absent: until lifted
  std::vector<Target> targets;
  std::string of_case = {};  // "case-1"; empty: not told
};

// What a restriction denies: the operations that it covers and that its stage denies.
OperationSet Denied(terms::Stage stage, OperationSet covered);

// What a decision point is asked, and what it says.
struct Question {
  std::string subscription;
  std::string service;
  std::string region;
  Operation operation = Operation::kRead;
  Time at;
};

struct Answer {
  bool allowed = true;
  // Empty or absent when allowed.
  std::string restriction;
  std::string clause;
  std::optional<terms::Stage> stage;
  std::optional<Time> until;
  std::string reason;
  std::uint64_t table = 0;
  std::string of_case = {};  // the case that the restriction is of; empty: not told
};

// "restricted by decision-1 under clause 4.2: suspended": what an answer gives as its reason. Names
// no customer, and of the restriction's id only the decision before the slash.
std::string DenialReason(std::string_view restriction, std::string_view clause, terms::Stage stage);

// The oracle: a plain walk over all restrictions. Denied when any restriction whose window covers
// `at` covers the target and the operation, and its stage denies the operation; the one with the
// smallest id order (position in `restrictions`) is named.
Answer DecideNaively(const std::vector<Restriction>& restrictions, const Question& question);

}  // namespace proviso::enforcement

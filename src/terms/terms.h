#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"

namespace proviso::terms {

// What happens to a subscription's operations; docs/formats/restrictions.md has the table.
enum class Stage { kNotice, kNoNew, kReadOnly, kSuspended };
std::string_view StageName(Stage stage);  // "notice", "no-new", "read-only", "suspended"
Result<Stage> ParseStage(std::string_view name);

// What a clause lets the provider do about a breach.
struct PermittedRestriction {
  std::vector<std::string> classes;  // capability classes
  std::vector<Stage> stages;
};

struct Clause {
  std::string id;  // "4.2"
  std::string title;
  std::string text;
  std::vector<PermittedRestriction> restrictions;
};

// How many people must sign. Never below two: one person's key is not enough to restrict.
struct Quorum {
  static constexpr int kFloor = 2;
  int decision = kFloor;  // approvals of a plan that restricts
  int lift = kFloor;      // approvals of a plan that lifts
};

// One version of terms of service, as data. Immutable once made.
struct Terms {
  std::string id;       // "acceptable-use"
  std::string version;  // "2026-01"
  std::string title;
  std::vector<Clause> clauses;
  std::vector<std::string> keep_on_classes;  // stay on whatever is decided
  Quorum quorum;
  std::string appeal;  // where and until when to appeal, as the customer reads it

  // Reads docs/formats/terms.md; faults as in catalogue::Catalogue::FromYaml. A quorum below the
  // floor is a fault.
  static Result<Terms> FromYaml(std::string_view text, std::string_view file_name);
  static Result<Terms> FromJson(const Json& json);
  Json ToJson() const;

  const Clause* FindClause(std::string_view clause_id) const;  // nullptr when there is none
};

// True when `clause` permits `stage` on services of `capability_class`.
bool Permits(const Clause& clause, std::string_view capability_class, Stage stage);

}  // namespace proviso::terms

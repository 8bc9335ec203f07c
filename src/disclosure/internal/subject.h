#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "disclosure/statement.h"
#include "review/decision_file.h"

namespace proviso::disclosure {

// What a document about one decision speaks of, looked up and checked once. Points into the inputs.
struct Subject {
  const review::Decision* decision = nullptr;
  const review::Case* of = nullptr;
  const catalogue::Customer* customer = nullptr;
  std::optional<review::DecisionFile> file;  // absent for a lift
  // Of the plan, or, for a lift, those that it lifts.
  std::vector<enforcement::Restriction> restrictions;
};

// Fails as RenderStatement does.
Result<Subject> FindSubject(const StatementInputs& inputs, std::string_view decision);

}  // namespace proviso::disclosure

#pragma once

#include <string>
#include <string_view>

#include "base/json.h"
#include "pages/internal/markup.h"

namespace proviso::pages {

// How a value of a closed list is shown: never by colour alone.
struct Sign {
  std::string_view css;   // sets the colour
  std::string_view icon;  // SVG inside a view box of 16 by 16, in currentColor
  std::string word;
};

Sign OutcomeSign(std::string_view outcome);  // of a finding; empty: no finding yet
Sign ResultSign(std::string_view result);    // of a check
Sign StageSign(std::string_view stage);      // of a restriction, or "kept"
Sign StepSign(std::string_view status);      // of an agreed step
Sign DecisionSign(std::string_view status);  // of a decision
Sign AppealSign(std::string_view outcome);   // empty: open
Sign OkSign(bool ok, std::string_view yes, std::string_view no);

// The icon and its word.
void DrawSign(const Sign& sign, Markup& out);
// The icon alone, for places that say the word beside it.
void DrawIcon(const Sign& sign, Markup& out);

// The operations that a restriction is narrowed to, "create, write"; empty: all that its stage
// denies.
std::string NarrowedTo(const Json& restriction);

// "claim.added" as "Claim added", "company_statement" as "Company statement".
std::string InWords(std::string_view name);

}  // namespace proviso::pages

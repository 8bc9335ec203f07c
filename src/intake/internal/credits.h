#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace proviso::intake {

// The agencies and papers that `paragraphs` credit, in the order of the text and each once: in the
// dateline ("AMSTERDAM, 6 Aug 2026 (Example Wire) -") and in lines of their own at the beginning or
// end ("(Example Wire)", "First published by the Example Herald.", "Additional reporting by ...").
// A paper that the story cites in its sentences is a source and no credit.
std::vector<std::string> CreditsIn(const std::vector<std::string>& paragraphs);

// The agency in the parentheses of a dateline that begins `paragraph`; empty when there is none.
std::string_view AgencyOfDateline(std::string_view paragraph);

// What stands between the place and the agency of a dateline, where there is one: a date, perhaps.
std::string_view DayOfDateline(std::string_view paragraph);

void AddOnce(std::string_view name, std::vector<std::string>& names);

}  // namespace proviso::intake

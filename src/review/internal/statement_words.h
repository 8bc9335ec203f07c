#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "checks/outcome.h"
#include "enforcement/restriction.h"
#include "review/case.h"

namespace proviso::review {

// Text of people as one line of Markdown that shows it as it is.
std::string Inline(std::string_view text);
// The same as a quotation of its own, ending in a new line.
std::string Quotation(std::string_view text);
// "Blob Store (`blob-store`)"; "`blob-store`" when there is no name.
std::string Named(std::string_view name, std::string_view id);
// "a, b and c".
std::string Listed(const std::vector<std::string>& items);
// Text as code, whatever it holds.
std::string Code(std::string_view text);
std::string DateInWords(Date day);  // "22 November 2026"
// "22 November 2026, 09:30 UTC", with seconds where they are not zero.
std::string TimeInWords(Time time);

std::string_view OutcomeInWords(checks::Outcome outcome);
std::string_view EvidenceInWords(EvidenceClass evidence_class);
// What a stage stops and leaves, by the truth table of the operations.
std::vector<std::string> OperationsInWords(terms::Stage stage, bool denied);

}  // namespace proviso::review

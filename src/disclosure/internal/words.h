#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "checks/outcome.h"
#include "disclosure/document.h"
#include "enforcement/restriction.h"
#include "review/case.h"

namespace proviso::disclosure {

// "Blob Store (`blob-store`)"; the id alone when there is no name, the name when there is no id.
Text Named(std::string_view name, std::string_view id);
// "a, b and c".
Text Listed(const std::vector<Text>& items);
// "1 letter", "2 letters".
std::string Counted(std::size_t count, std::string_view one, std::string_view many);
// `text` with the digits of its figures in groups of three, from five digits on: "27,062,516.964
// h". Days, months and what stands in backticks stay.
std::string WithGroupedFigures(std::string_view text);
std::string DateInWords(Date day);  // "22 November 2026"
// "22 November 2026, 09:30 UTC", with seconds where they are not zero.
std::string TimeInWords(Time time);

std::string_view OutcomeInWords(checks::Outcome outcome);
std::string_view EvidenceInWords(review::EvidenceClass evidence_class);
// What a restriction stops, by the truth table of the operations.
enforcement::OperationSet StoppedBy(const enforcement::Restriction& restriction);
Json OperationsJson(const enforcement::Restriction& restriction);  // ["create","write"]
// "read-only", or "read-only (create, write)" when it stops less than its stage does.
std::string StageInWords(const enforcement::Restriction& restriction);
// "; " between them; empty when there is none.
std::string OperationsInWords(enforcement::OperationSet operations);
// "published article", "letters", ...; empty for kinds that no document may count.
std::string_view ReportsInWords(std::string_view kind, bool one);

}  // namespace proviso::disclosure

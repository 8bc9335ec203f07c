#pragma once

#include <string>
#include <vector>

#include "base/json.h"
#include "intake/claim_drafts.h"
#include "service/state.h"

namespace proviso::service {

// The name, in DATA/reports, of what is sealed under `key`.
std::string SealedReportName(ByteView key);
// What the seal of a report's original is bound to.
std::string SealContext(const std::string& report);

// All reports, grouped: [{"id","reports","why","echoes","origins","disagreements"}].
// What is made is kept with the instance until a report comes in or is erased.
struct Context;
Result<Json> StoriesJson(const Context& context);

// The claims that the reports of a case could come to. kNotFound, kFailedPrecondition.
Result<std::vector<intake::ClaimDraft>> DraftsOf(const State& state, const std::string& case_id);
// Where a draft stands, as a claim names it; the quote is left out.
review::ClaimSource SourceOf(const intake::ClaimDraft& draft);
// What a draft is about, as far as its sentence says.
Json AboutOf(const intake::ClaimDraft& draft);

}  // namespace proviso::service

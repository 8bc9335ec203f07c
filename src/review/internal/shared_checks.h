#pragma once

#include <optional>
#include <string>

#include "base/json.h"
#include "review/state.h"

namespace proviso::review {

// Rules that a command and each replay ask alike, with the time of either.

// A code is renewed for a hearing that the customer can still answer, ...
Status CheckRenewable(const Hearing& hearing, Time now);
// ... or for a restriction that was stated, is pursued, and can still be appealed against.
Status CheckRenewable(const Decision& decision, Time now);

// A later record of a step says another outcome, and which one it corrects. `corrects`: empty when
// the record says nothing of it.
Status CheckStepRecord(const AgreedStep& step, bool met, const std::string& corrects);

// What a customer itself gives us is a letter. `from_customer`: empty when it came from elsewhere.
Status CheckFromCustomer(const std::string& kind, const std::string& from_customer);

// A finding says what the checks had drafted. `said`: nullptr in entries of before that was kept;
// `drafted`: what it says.
Status CheckDrafted(const Claim& claim, const Json* said,
                    const std::optional<checks::Outcome>& drafted);

}  // namespace proviso::review

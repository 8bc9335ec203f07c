#pragma once

#include <optional>
#include <string_view>

#include "disclosure/statement.h"

namespace proviso::disclosure {

// The other documents that come from the one decision record (docs/formats/notices.md). What each
// may show is said by the table of disclosure/audience.h. The same inputs give the same bytes.
// kNotFound for an id that does not exist; the other failures of RenderStatement where a document
// tells what a plan says.

// To the customer: what is intended, on which facts, and how to answer until the end of `until`.
// kFailedPrecondition for a lift, and for a decision that is adopted.
Result<Document> RenderIntent(const StatementInputs& inputs, std::string_view decision, Date until);

// To the customer: that the answer came in, what happens next, and the answer itself.
// kFailedPrecondition when there is no answer.
Result<Document> RenderAcknowledgement(const StatementInputs& inputs, std::string_view hearing);

// To the customer: what came of an appeal. kFailedPrecondition when it is not decided.
Result<Document> RenderAppealAnswer(const StatementInputs& inputs, std::string_view appeal);

// To staff, about an adopted decision or lift, in general words. `ask_at` says where to ask; empty:
// in general words too. kFailedPrecondition when the decision is not adopted.
Result<Document> RenderStaff(const StatementInputs& inputs, std::string_view decision,
                             std::string_view ask_at);

// To the public, about an adopted decision or lift: what was found, what is alleged, and what was
// not reviewed, apart. kFailedPrecondition when the decision is not adopted.
Result<Document> RenderPublic(const StatementInputs& inputs, std::string_view decision);

// How a case stands at `now`.
struct UpdateRequest {
  std::string_view case_id;
  Audience audience = Audience::kPublic;
  Time now{};
  std::optional<Date> next = std::nullopt;  // when the next update is due; absent: none is promised
  // The day, by now come or past, for which an update was promised that is not given yet: this one
  // is it. Absent: there is none.
  std::optional<Date> promised = std::nullopt;
};
// Needs no terms. To the customer: kFailedPrecondition when the case has to do with none, or with
// more than one.
Result<Document> RenderUpdate(const StatementInputs& inputs, const UpdateRequest& request);

}  // namespace proviso::disclosure

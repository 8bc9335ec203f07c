#pragma once

#include <string>
#include <string_view>

#include "catalogue/catalogue.h"
#include "catalogue/customers.h"
#include "review/state.h"
#include "terms/terms.h"

namespace proviso::review {

// What a statement is written from.
struct StatementInputs {
  const ReviewState* state = nullptr;
  const catalogue::Catalogue* catalogue = nullptr;
  const catalogue::Customers* customers = nullptr;
  const terms::Terms* terms = nullptr;  // those of the plan
};

// The statement of reasons to the customer: plain Markdown, from the decision's newest plan
// (docs/formats/statement.md). Shows nothing of other customers. The same inputs give the same
// bytes. kFailedPrecondition when there is no plan yet, or it speaks to more than one customer;
// kNotFound when there is no such decision.
Result<std::string> RenderStatement(const StatementInputs& inputs, std::string_view decision);

}  // namespace proviso::review

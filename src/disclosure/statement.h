#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "catalogue/catalogue.h"
#include "catalogue/customers.h"
#include "disclosure/document.h"
#include "review/state.h"
#include "terms/terms.h"

namespace proviso::disclosure {

// What every document is written from.
struct StatementInputs {
  const review::ReviewState* state = nullptr;
  const catalogue::Catalogue* catalogue = nullptr;
  const catalogue::Customers* customers = nullptr;
  const terms::Terms* terms = nullptr;  // those of the decision's plan
  // The day on which the document goes out. Absent: its text names no day, and tells the end of the
  // appeal in words.
  std::optional<Date> day = std::nullopt;
  // The moment at which it goes out: what is in force is told as of it. Absent: the moment of the
  // last change to the decision.
  std::optional<Time> now = std::nullopt;
};

// The statement of reasons to the customer, from the decision's newest plan
// (docs/formats/statement.md). Shows nothing of other customers. The same inputs give the same
// bytes. kFailedPrecondition when there is no plan yet, or it speaks to more than one customer;
// kNotFound when there is no such decision; kInvalidArgument when the terms are not the plan's.
Result<Document> RenderStatement(const StatementInputs& inputs, std::string_view decision);

// What a reader of a statement must know that the text itself cannot say: whether it was issued at
// all, and what became of the decision since.
std::string StatementNote(const review::Decision& decision);

}  // namespace proviso::disclosure

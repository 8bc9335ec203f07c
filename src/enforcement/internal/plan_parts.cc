#include "enforcement/internal/plan_parts.h"

#include <array>

#include "enforcement/restriction.h"

namespace proviso::enforcement::internal {
namespace {

constexpr std::array<Operation, 5> kLosable = {Operation::kCreate, Operation::kInvoke,
                                               Operation::kWrite, Operation::kRead,
                                               Operation::kDelete};

}  // namespace

Json OperationsDenied(terms::Stage stage) {
  Json array = Json::MakeArray();
  for (const Operation operation : kLosable) {
    if (Denies(stage, operation)) array.Append(OperationName(operation));
  }
  return array;
}

std::string TermsName(const terms::Terms& terms) { return terms.id + "@" + terms.version; }

}  // namespace proviso::enforcement::internal

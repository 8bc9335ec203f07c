#include "enforcement/restriction.h"

#include <algorithm>
#include <array>

namespace proviso::enforcement {
namespace {

constexpr std::array<std::string_view, kOperationCount> kOperationNames = {
    "create", "invoke", "write", "read", "delete", "manage"};

}  // namespace

std::string_view OperationName(Operation operation) {
  return kOperationNames.at(static_cast<std::size_t>(operation));
}

Result<Operation> ParseOperation(std::string_view name) {
  const auto* found = std::find(kOperationNames.begin(), kOperationNames.end(), name);
  if (found == kOperationNames.end()) {
    return Fail(ErrorCode::kInvalidArgument,
                "unknown operation `" + std::string(name) +
                    "`; expected create, invoke, write, read, delete or manage");
  }
  return static_cast<Operation>(found - kOperationNames.begin());
}

std::vector<std::string> OperationNames(OperationSet operations) {
  std::vector<std::string> names;
  for (int i = 0; i < kOperationCount; ++i) {
    const auto operation = static_cast<Operation>(i);
    if (Includes(operations, operation)) names.emplace_back(OperationName(operation));
  }
  return names;
}

bool Denies(terms::Stage stage, Operation operation) {
  // A customer can always reach the own account, notices, appeal and billing.
  if (operation == Operation::kManage) return false;
  switch (stage) {
    case terms::Stage::kNotice:
      return false;
    case terms::Stage::kNoNew:
      return operation == Operation::kCreate;
    case terms::Stage::kReadOnly:
      return operation == Operation::kCreate || operation == Operation::kInvoke ||
             operation == Operation::kWrite;
    case terms::Stage::kSuspended:
      return true;
  }
  return true;
}

OperationSet Denied(terms::Stage stage, OperationSet covered) {
  OperationSet denied = 0;
  for (int i = 0; i < kOperationCount; ++i) {
    const auto operation = static_cast<Operation>(i);
    if (Includes(covered, operation) && Denies(stage, operation)) {
      denied = static_cast<OperationSet>(denied | SetOf(operation));
    }
  }
  return denied;
}

std::string DenialReason(std::string_view restriction, std::string_view clause,
                         terms::Stage stage) {
  std::string decision(restriction.substr(0, restriction.find('/')));
  return "restricted by " + decision + " under clause " + std::string(clause) + ": " +
         std::string(terms::StageName(stage));
}

Answer DecideNaively(const std::vector<Restriction>& restrictions, const Question& question) {
  for (const Restriction& restriction : restrictions) {
    const bool in_window =
        restriction.from <= question.at && (!restriction.until || question.at < *restriction.until);
    if (!in_window || !Includes(restriction.operations, question.operation) ||
        !Denies(restriction.stage, question.operation)) {
      continue;
    }
    const Target asked{question.subscription, question.service, question.region};
    if (std::find(restriction.targets.begin(), restriction.targets.end(), asked) ==
        restriction.targets.end()) {
      continue;
    }
    return Answer{.allowed = false,
                  .restriction = restriction.id,
                  .clause = restriction.clause,
                  .stage = restriction.stage,
                  .until = restriction.until,
                  .reason = DenialReason(restriction.id, restriction.clause, restriction.stage),
                  .table = 0,
                  .of_case = restriction.of_case};
  }
  return Answer{};
}

}  // namespace proviso::enforcement

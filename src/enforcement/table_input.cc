#include "enforcement/internal/table_input.h"

#include <algorithm>
#include <string_view>

namespace proviso::enforcement::internal {
namespace {

// They go into headers of answers, where one line is one line.
bool IsOneLine(std::string_view text) {
  return std::none_of(text.begin(), text.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) == 0x7F;
  });
}

const char* FindTextFault(std::string_view text, bool may_be_blank) {
  if (text.empty() && !may_be_blank) return "is blank";
  if (!IsOneLine(text)) return "has a control character";
  return nullptr;
}

// What is wrong with `restriction`, as the end of a sentence, or nothing.
std::string FindFault(const Restriction& restriction) {
  if (const char* fault = FindTextFault(restriction.id, false)) return std::string("id ") + fault;
  if (const char* fault = FindTextFault(restriction.clause, false)) {
    return std::string("clause ") + fault;
  }
  if (const char* fault = FindTextFault(restriction.of_case, true)) {
    return std::string("case ") + fault;
  }
  if (static_cast<std::uint32_t>(restriction.stage) > kStageMax) return "stage does not exist";
  if (restriction.operations == 0) return "operations are none; expected at least one";
  if ((restriction.operations & ~unsigned{kAllOperations}) != 0) {
    return "operations include one that does not exist";
  }
  for (const Target& target : restriction.targets) {
    if (target.subscription.empty()) return "target has a blank subscription";
    if (target.service.empty()) return "target has a blank service";
    if (target.region.empty()) return "target has a blank region";
  }
  return "";
}

}  // namespace

std::uint64_t SeedOf(std::uint64_t attempt) { return XXH3_64bits(&attempt, sizeof attempt); }

TableRestriction ForTable(const Restriction& restriction) {
  return {.from = restriction.from.time_since_epoch().count(),
          .until = restriction.until ? restriction.until->time_since_epoch().count() : kNoEnd,
          .id = restriction.id,
          .clause = restriction.clause,
          .of_case = restriction.of_case,
          .stage = static_cast<std::uint32_t>(restriction.stage),
          .operations = restriction.operations,
          .denied = Denied(restriction.stage, restriction.operations)};
}

Status CheckRestriction(const Restriction& restriction) {
  const std::string fault = FindFault(restriction);
  if (fault.empty()) return {};
  return Fail(ErrorCode::kInvalidArgument,
              "no decision table can hold restriction `" + restriction.id + "`: its " + fault);
}

KeptOn::KeptOn(const catalogue::Catalogue& catalogue, const std::vector<std::string>& classes) {
  for (const catalogue::Service& service : catalogue.services()) {
    const auto found = std::find(classes.begin(), classes.end(), service.capability_class);
    if (found != classes.end()) classes_.emplace(service.id, *found);
  }
}

Status KeptOn::Check(const Restriction& restriction) const {
  if (classes_.empty()) return {};
  for (const Target& target : restriction.targets) {
    const auto found = classes_.find(target.service);
    if (found == classes_.end()) continue;
    return Fail(ErrorCode::kFailedPrecondition, "restriction `" + restriction.id +
                                                    "` would touch service `" + target.service +
                                                    "` of class `" + std::string(found->second) +
                                                    "`, which stays on whatever is decided");
  }
  return {};
}

}  // namespace proviso::enforcement::internal

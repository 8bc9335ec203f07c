#include "disclosure/audience.h"

#include <array>

namespace proviso::disclosure {
namespace {

constexpr Sight kS = Sight::kShown;
constexpr Sight kP = Sight::kWherePublished;
constexpr Sight kH = Sight::kHidden;

// In the order of Field.
constexpr std::array kRules{
    Rule{Field::kCaseAndDecisionIds, "ids of case and decision", kS, kS, kS},
    Rule{Field::kCustomerName, "customer's name", kS, kP, kP},
    Rule{Field::kCustomerId, "customer's id", kS, kH, kH},
    Rule{Field::kUnitName, "unit's name", kS, kP, kP},
    Rule{Field::kUnitId, "unit's id", kS, kH, kH},
    Rule{Field::kSubscriptions, "subscriptions", kS, kH, kH},
    Rule{Field::kServices, "services", kS, kH, kH},
    Rule{Field::kCapabilityClasses, "capability classes", kS, kS, kS},
    Rule{Field::kRegions, "regions", kS, kH, kH},
    Rule{Field::kAlsoHit, "that what is not restricted is hit too", kS, kS, kS},
    Rule{Field::kStage, "stage and operations", kS, kS, kS},
    Rule{Field::kWindow, "since when and until when", kS, kS, kS},
    Rule{Field::kClause, "clause, its title and text", kS, kS, kS},
    Rule{Field::kTerms, "terms and their version", kS, kS, kS},
    Rule{Field::kContract, "since when the terms bind", kS, kH, kH},
    Rule{Field::kSummary, "summary of the decision", kS, kH, kH},
    Rule{Field::kWhyIncompatible, "why it is incompatible with the clause", kS, kH, kH},
    Rule{Field::kLiftReason, "reason of a lift", kS, kH, kH},
    Rule{Field::kClaimText, "text of a claim", kS, kH, kH},
    Rule{Field::kPublishedSentence, "sentence of a published article", kS, kS, kS},
    Rule{Field::kOutcome, "outcome of a claim", kS, kS, kS},
    Rule{Field::kFindingReason, "reason of a finding", kS, kH, kH},
    Rule{Field::kComputation, "checks, computed figures, metering", kS, kH, kH},
    Rule{Field::kAttribution, "attributions", kS, kH, kH},
    Rule{Field::kCorrespondence, "correspondence", kH, kH, kH},
    Rule{Field::kReportCounts, "number and kinds of reports", kS, kH, kH},
    Rule{Field::kReportDocument, "titles, texts and details of reports", kH, kH, kH},
    Rule{Field::kReporter, "authors, outlets, letter writers, tips", kH, kH, kH},
    Rule{Field::kOwnLetter, "sentence of a letter that the customer itself gave us", kS, kH, kH},
    Rule{Field::kAgreedSteps, "agreed steps", kS, kH, kH},
    Rule{Field::kHearingDates, "that there is a hearing, and its days", kS, kS, kS},
    Rule{Field::kHearingText, "how the customer was heard, or why not", kS, kH, kH},
    Rule{Field::kCustomerAnswer, "customer's answer", kS, kH, kH},
    Rule{Field::kAppealText, "text of an appeal", kS, kH, kH},
    Rule{Field::kAppealOutcome, "that there is an appeal, and its outcome", kS, kS, kS},
    Rule{Field::kAppealReason, "reason of the answer to an appeal", kS, kH, kH},
    Rule{Field::kSignerCount, "number of people who signed", kS, kS, kS},
    Rule{Field::kPeople, "names and pseudonyms of people", kH, kH, kH},
    Rule{Field::kPlanHash, "hash of the plan", kS, kS, kS},
    Rule{Field::kCaseTitle, "title of the case", kH, kH, kH},
    Rule{Field::kCaseNotes, "reasons of closing, reopening, linking, dropping", kH, kH, kH},
    Rule{Field::kOtherCustomers, "other customers, and what of theirs is hit", kH, kH, kH},
};

constexpr bool InTheOrderOfFields() {
  for (std::size_t i = 0; i < kRules.size(); ++i) {
    if (kRules[i].field != static_cast<Field>(i)) return false;
  }
  return kRules.back().field == Field::kOtherCustomers;
}
static_assert(InTheOrderOfFields(), "a rule for each field, in their order");

}  // namespace

std::string_view AudienceName(Audience audience) {
  constexpr std::array<std::string_view, 3> kNames{"customer", "staff", "public"};
  return kNames[static_cast<std::size_t>(audience)];
}

std::string_view SightName(Sight sight) {
  constexpr std::array<std::string_view, 3> kNames{"shown", "where published", "hidden"};
  return kNames[static_cast<std::size_t>(sight)];
}

std::span<const Rule> Rules() { return kRules; }

Sight SightOf(Audience audience, Field field) {
  const Rule& rule = kRules[static_cast<std::size_t>(field)];
  switch (audience) {
    case Audience::kCustomer:
      return rule.customer;
    case Audience::kStaff:
      return rule.staff;
    case Audience::kPublic:
      return rule.everybody;
  }
  return Sight::kHidden;
}

}  // namespace proviso::disclosure

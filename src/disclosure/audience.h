#pragma once

#include <span>
#include <string_view>

namespace proviso::disclosure {

// Who reads a document.
enum class Audience { kCustomer, kStaff, kPublic };
std::string_view AudienceName(Audience audience);  // "customer", "staff", "public"

// How far an audience may see something.
enum class Sight {
  kShown,
  kWherePublished,  // only as far as an article that was joined to the case says it already
  kHidden,
};
std::string_view SightName(Sight sight);  // "shown", "where published", "hidden"

// Everything that a document could tell of a case.
enum class Field {
  kCaseAndDecisionIds,
  kCustomerName,
  kCustomerId,
  kUnitName,
  kUnitId,
  kSubscriptions,
  kServices,
  kCapabilityClasses,
  kRegions,
  kAlsoHit,
  kStage,
  kWindow,
  kClause,
  kTerms,
  kContract,
  kSummary,
  kWhyIncompatible,
  kLiftReason,
  kClaimText,
  kPublishedSentence,
  kOutcome,
  kFindingReason,
  kComputation,
  kAttribution,
  kCorrespondence,
  kReportCounts,
  kReportDocument,
  kReporter,
  kOwnLetter,
  kAgreedSteps,
  kHearingDates,
  kHearingText,
  kCustomerAnswer,
  kAppealText,
  kAppealOutcome,
  kAppealReason,
  kSignerCount,
  kPeople,
  kPlanHash,
  kCaseTitle,
  kCaseNotes,
  kOtherCustomers,
};

// One line of the table.
struct Rule {
  Field field;
  std::string_view name;  // as in docs/formats/notices.md
  Sight customer;
  Sight staff;
  Sight everybody;  // the public
};
// The table: who may see what. The only place that says so.
std::span<const Rule> Rules();

Sight SightOf(Audience audience, Field field);

}  // namespace proviso::disclosure

#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "intake/report.h"

namespace proviso::intake {

// A report that takes part in the grouping. `report` is not null and outlives the call.
struct StoryMember {
  std::string id;  // "report-7"
  const Report* report;
  Time received;
};

// A report whose text is taken from an earlier one of the same story.
struct Echo {
  std::string of;  // the earlier by date, then by arrival, unless it credits the other's outlet
  std::string by;
  std::string why;  // one sentence with the figures and the longest run of words that both share
  int containment_per_mille = 0;  // shared three-word runs, of those of the shorter text
  bool reversed = false;          // `of` came in after `by`
};

enum class OriginKind {
  kReporting,  // an investigation or report of one outlet, or of several together
  kStatement,  // what an organisation says itself
};
std::string_view OriginKindName(OriginKind kind);  // "reporting", "statement"

// An independent source at the root of a story.
struct Origin {
  OriginKind kind = OriginKind::kReporting;
  std::string name;                   // "Example Herald and Example Post", "Example Cloud"
  std::vector<std::string> cited_by;  // report ids
  std::string why;     // the sentence that cites it, and where: "report-8, byte 120: `...`"
  std::string report;  // the report that is this origin, when it came in itself; else empty
};

// What one report says where another says something else.
struct Version {
  std::string report;
  std::string value;      // "11,500 terabytes"
  std::string quote;      // the sentence
  std::size_t begin = 0;  // of `value` in Report.text
  std::size_t end = 0;
};

// Sentences of reports of one story that are about the same thing and differ.
struct Disagreement {
  std::string about;  // "date", "figure", "name"
  std::vector<Version> versions;
};

// Reports of one event (docs/formats/stories.md).
struct Story {
  std::string id;                    // "story-7" where "report-7" is its lowest report
  std::vector<std::string> reports;  // ids by number
  std::vector<Echo> echoes;
  std::vector<Origin> origins;
  std::vector<Disagreement> disagreements;
  std::string why;  // for each report after the first, what joined it, with the figures
};

// Every member is in exactly one story; stories come by number. The order of `members` changes
// nothing; the same members give the same stories.
std::vector<Story> GroupStories(std::span<const StoryMember> members);

}  // namespace proviso::intake

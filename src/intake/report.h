#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/time.h"

namespace proviso::intake {

// What kind of document came in. Each is counted one by one, however alike they are.
enum class ReportKind { kArticle, kAbuseReport, kLegalNotice, kLetter };
std::string_view ReportKindName(ReportKind kind);  // "article", "abuse-report", ...
Result<ReportKind> ParseReportKind(std::string_view name);

// One incoming document as it was read. The original is kept unchanged elsewhere, by its hash.
struct Report {
  ReportKind kind = ReportKind::kArticle;
  std::string title;  // empty where the document does not say; so below
  // UTF-8; paragraphs are parted by one blank line. Places of claims and echoes are byte offsets
  // in it.
  std::string text;
  std::string outlet;
  std::string author;
  std::string language;  // "en"
  std::string url;
  std::optional<Date> date;
  std::vector<std::string> credits;  // agencies and papers that byline, dateline or footer credit
  std::vector<std::string> defects;  // what is wrong with the document, though it was taken
  Json details;                      // of an abuse report: category, type, ...; null otherwise

  // For the log: all of it. The same report gives the same bytes.
  Json ToJson() const;
  static Result<Report> FromJson(const Json& json);
};

}  // namespace proviso::intake

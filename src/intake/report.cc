#include "intake/report.h"

#include <algorithm>
#include <array>
#include <utility>

namespace proviso::intake {
namespace {

constexpr std::array<std::pair<ReportKind, std::string_view>, 4> kNames{{
    {ReportKind::kArticle, "article"},
    {ReportKind::kAbuseReport, "abuse-report"},
    {ReportKind::kLegalNotice, "legal-notice"},
    {ReportKind::kLetter, "letter"},
}};

Json ListOf(const std::vector<std::string>& texts) {
  Json list = Json::MakeArray();
  for (const std::string& text : texts) list.Append(text);
  return list;
}

// Whether `json` can be written canonically, which a number with a fraction cannot.
bool IsCanonical(const Json& json) {
  if (json.AsFraction() != nullptr) return false;
  if (const Json::Array* array = json.AsArray()) {
    return std::all_of(array->begin(), array->end(), IsCanonical);
  }
  if (const Json::Object* object = json.AsObject()) {
    return std::all_of(object->begin(), object->end(),
                       [](const auto& member) { return IsCanonical(member.second); });
  }
  return true;
}

}  // namespace

std::string_view ReportKindName(ReportKind kind) {
  for (const auto& [known, name] : kNames) {
    if (known == kind) return name;
  }
  return "article";
}

Result<ReportKind> ParseReportKind(std::string_view name) {
  for (const auto& [kind, known] : kNames) {
    if (known == name) return kind;
  }
  return Fail(ErrorCode::kInvalidArgument,
              "no kind of report is called `" + std::string(name) +
                  "`; there are `article`, `abuse-report`, `legal-notice` and `letter`");
}

Json Report::ToJson() const {
  Json json = Json::Of({{"kind", ReportKindName(kind)},
                        {"title", title},
                        {"text", text},
                        {"outlet", outlet},
                        {"author", author},
                        {"language", language},
                        {"url", url},
                        {"credits", ListOf(credits)},
                        {"defects", ListOf(defects)},
                        {"details", details}});
  json["date"] = date ? Json(FormatDate(*date)) : Json();
  return json;
}

Result<Report> Report::FromJson(const Json& json) {
  Report report;
  const std::string kind = PROVISO_TRY(json.StringAt("kind"));
  report.kind = PROVISO_TRY(ParseReportKind(kind));
  report.title = PROVISO_TRY(json.StringAt("title"));
  report.text = PROVISO_TRY(json.StringAt("text"));
  report.outlet = PROVISO_TRY(json.StringAt("outlet"));
  report.author = PROVISO_TRY(json.StringAt("author"));
  report.language = PROVISO_TRY(json.StringAt("language"));
  report.url = PROVISO_TRY(json.StringAt("url"));
  report.credits = PROVISO_TRY(json.StringsAt("credits"));
  report.defects = PROVISO_TRY(json.StringsAt("defects"));
  if (const Json* date = json.Find("date"); date != nullptr && !date->IsNull()) {
    const std::string text = PROVISO_TRY(json.StringAt("date"));
    report.date = PROVISO_TRY_DOING(ParseDate(text), "`date`");
  }
  if (const Json* details = json.Find("details"); details != nullptr && !details->IsNull()) {
    if (details->AsObject() == nullptr || !IsCanonical(*details)) {
      return Fail(ErrorCode::kInvalidArgument,
                  "`details`: expected an object without numbers that have a fraction");
    }
    report.details = *details;
  }
  return report;
}

}  // namespace proviso::intake

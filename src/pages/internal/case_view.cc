#include "pages/internal/case_view.h"

#include <algorithm>

#include "pages/case_page.h"
#include "pages/internal/check_words.h"
#include "pages/internal/figures.h"
#include "pages/internal/terms.h"

namespace proviso::pages {

const Json::Array& Items(const Json& json, std::string_view key) {
  static const Json::Array none;
  const Json* member = json.Find(key);
  const Json::Array* array = member == nullptr ? nullptr : member->AsArray();
  return array == nullptr ? none : *array;
}

std::string TextOf(const Json& json, std::string_view key) { return json.StringOr(key, ""); }

const Json& Member(const Json& json, std::string_view key) {
  static const Json null;
  const Json* member = json.Find(key);
  return member == nullptr ? null : *member;
}

CaseView::CaseView(const Json& json) : json_(json) {
  AddAnchors("reports", "report");
  AddAnchors("claims", "claim");
  AddAnchors("attributions", "attribution");
  AddAnchors("decisions", "decision");
  AddAnchors("steps", "step");
  AddAnchors("hearing", "hearing");
  AddAnchors("appeals", "appeal");
  for (const Json& report : Items(json_, "reports")) reports_[TextOf(report, "id")] = &report;
  // A finding is shown with its claim.
  for (const Json& claim : Items(json_, "claims")) {
    const std::string finding = TextOf(Member(claim, "finding"), "id");
    const std::string anchor = Anchor(TextOf(claim, "id"));
    if (!finding.empty() && !anchor.empty()) anchors_.emplace(finding, anchor);
  }
  for (const Json& event : Items(json_, "timeline")) {
    latest_ = std::max(latest_, TextOf(event, "at"));
  }
}

void CaseView::AddAnchors(std::string_view key, std::string_view prefix) {
  std::size_t number = 0;
  for (const Json& item : Items(json_, key)) {
    if (++number > kPageItemsMax) return;
    const std::string id = TextOf(item, "id");
    if (!id.empty()) anchors_.emplace(id, std::string(prefix) + "-" + std::to_string(number));
  }
}

std::string CaseView::Person(std::string_view pseudonym) const {
  return Member(json_, "people").StringOr(pseudonym, pseudonym);
}

std::string CaseView::Name(std::string_view kind, std::string_view id) const {
  return NameOf(names(), kind, id);
}

std::string CaseView::Anchor(std::string_view id) const {
  const auto found = anchors_.find(id);
  return found == anchors_.end() ? std::string() : found->second;
}

const Json* CaseView::Report(std::string_view id) const {
  const auto found = reports_.find(id);
  return found == reports_.end() ? nullptr : found->second;
}

std::string CaseView::ReportName(std::string_view id) const {
  const Json* report = Report(id);
  if (report == nullptr) return {};
  std::string name = report->StringOr("outlet", TextOf(*report, "author"));
  return name.empty() ? InWords(TextOf(*report, "kind")) : name;
}

std::string CaseView::NameOfAny(std::string_view id) const {
  for (const std::string_view kind :
       {"units", "subscriptions", "services", "regions", "customers"}) {
    std::string name = TextOf(Member(Member(json_, "names"), kind), id);
    if (!name.empty()) return name;
  }
  return TextOf(Member(json_, "people"), id);
}

std::string CaseView::RanOut(const Json& decision) const {
  std::string last;
  for (const Json& restriction : Restrictions(decision)) {
    const std::string until = TextOf(restriction, "until");
    if (until.empty()) return {};
    last = std::max(last, until);
  }
  return last < latest_ ? last : std::string();
}

bool CaseView::InForce(const Json& decision) const {
  return decision.BoolOr("in_force", false) && RanOut(decision).empty();
}

const Json::Array& Restrictions(const Json& decision) {
  const Json::Array& planned = Items(Member(decision, "plan"), "restrictions");
  return planned.empty() ? Items(Member(decision, "file"), "restrictions") : planned;
}

void CaseView::LinkId(std::string_view id, Markup& out) const {
  const std::string anchor = Anchor(id);
  if (anchor.empty()) {
    out.Leaf("bdi", id);
  } else {
    out.Leaf("a", {{"href", "#" + anchor}}, id);
  }
}

void CaseView::LinkReport(std::string_view id, Markup& out) const {
  LinkId(id, out);
  const Json* report = Report(id);
  if (report == nullptr) return;
  const std::string outlet = report->StringOr("outlet", TextOf(*report, "author"));
  if (!outlet.empty()) out.Text(", ").Leaf("bdi", outlet);
  if (const std::string date = TextOf(*report, "date"); !date.empty()) {
    out.Text(", ");
    DrawDay(date, out);
  }
}

void CaseView::NameAndId(std::string_view kind, std::string_view id, Markup& out) const {
  const std::string name = Name(kind, id);
  out.Leaf("bdi", {{"title", name == id ? "" : id}}, name);
}

void DrawTime(std::string_view time, Markup& out) {
  if (!ParseTime(time)) return DrawDay(time, out);
  out.Leaf("time", {{"datetime", time}}, TimeInWords(time));
}

void DrawDay(std::string_view date_or_time, Markup& out) {
  const std::string_view day = date_or_time.substr(0, 10);
  if (ParseDate(day)) {
    out.Leaf("time", {{"datetime", day}}, DayInWords(day));
  } else if (!date_or_time.empty()) {
    out.Leaf("bdi", date_or_time);
  }
}

void OpenDetails(std::string_view summary, Markup& out) {
  out.Open("details", {{"class", "paper"}}).Leaf("summary", summary);
}

void DrawHash(std::string_view hash, Markup& out) { out.Leaf("code", {{"class", "hash"}}, hash); }

void OpenTable(std::string_view caption, std::initializer_list<std::string_view> heads,
               Markup& out) {
  out.Open("div",
           {{"class", "scroll"}, {"role", "group"}, {"tabindex", "0"}, {"aria-label", caption}});
  out.Open("table").Leaf("caption", caption);
  if (heads.size() > 0) {
    out.Open("thead").Open("tr");
    for (const std::string_view head : heads) out.Leaf("th", {{"scope", "col"}}, head);
    out.Close(2);
  }
  out.Open("tbody");
}

void CloseTable(Markup& out) { out.Close(3); }

void OpenTerm(std::string_view term, Markup& out) { out.Open("div").Leaf("dt", term).Open("dd"); }

void DrawMore(std::size_t all, std::string_view what, Markup& out) {
  if (all <= kPageItemsMax) return;
  out.Leaf(
      "p", {{"class", "quiet"}},
      std::to_string(all - kPageItemsMax) + " more " + std::string(what) + " are not shown here.");
}

}  // namespace proviso::pages

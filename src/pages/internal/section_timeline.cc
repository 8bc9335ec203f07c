#include <algorithm>
#include <array>

#include "pages/case_page.h"
#include "pages/internal/figures.h"
#include "pages/internal/prose.h"
#include "pages/internal/sections.h"
#include "pages/internal/terms.h"

namespace proviso::pages {
namespace {

// Steps on the way, which say little to a reader who was not there. They stand in the full table.
constexpr std::array<std::string_view, 5> kTechnical{
    "case.evaluated", "claim.added", "claim.edited", "decision.planned", "report.joined"};

bool IsTechnical(const Json& event) {
  const std::string type = TextOf(event, "type");
  return std::find(kTechnical.begin(), kTechnical.end(), type) != kTechnical.end();
}

std::string WhatOf(const Json& event) {
  const std::string text = TextOf(event, "text");
  return text.empty() ? InWords(TextOf(event, "type")) : text;
}

// What one person did in a row stands in one line.
void DrawDayOf(const CaseView& view, const std::vector<const Json*>& events, Markup& out) {
  std::string actor;
  bool open = false;
  for (const Json* event : events) {
    const std::string by = TextOf(*event, "actor");
    if (open && by == actor) {
      out.Text("; ");
    } else {
      if (open) out.Close();
      out.Open("li").Leaf("bdi", view.Person(by)).Text(": ");
      actor = by;
      open = true;
    }
    DrawProse(view, WhatOf(*event), out);
  }
  if (open) out.Close();
}

void DrawDays(const CaseView& view, const Json::Array& events, Markup& out) {
  out.Open("ol", {{"class", "days"}});
  std::size_t i = 0;
  const std::size_t end = std::min(events.size(), kPageItemsMax);
  while (i < end) {
    const std::string day = TextOf(events[i], "at").substr(0, 10);
    std::vector<const Json*> told;
    for (; i < end && TextOf(events[i], "at").substr(0, 10) == day; ++i) {
      if (!IsTechnical(events[i])) told.push_back(&events[i]);
    }
    if (told.empty()) continue;
    out.Open("li").Open("p", {{"class", "day"}});
    DrawDay(day, out);
    out.Close().Open("ul");
    DrawDayOf(view, told, out);
    out.Close(2);
  }
  out.Close();
}

void DrawAll(const CaseView& view, const Json::Array& events, Markup& out) {
  OpenDetails("All " + Counted(events.size(), "event") + ", with the entries of the log", out);
  OpenTable("Events of the case in the log", {"Entry", "When", "Who", "What", "About"}, out);
  for (std::size_t i = 0; i < events.size() && i < kPageItemsMax; ++i) {
    const Json& event = events[i];
    out.Open("tr").Leaf("th", {{"scope", "row"}, {"class", "number"}},
                        std::to_string(event.IntegerOr("index", 0)));
    out.Open("td");
    DrawTime(TextOf(event, "at"), out);
    out.Close().Open("td").Leaf("bdi", view.Person(TextOf(event, "actor"))).Close();
    out.Leaf("td", InWords(TextOf(event, "type"))).Open("td", {{"dir", "auto"}});
    DrawProse(view, TextOf(event, "text"), out);
    out.Close(2);
  }
  CloseTable(out);
  out.Close();
}

}  // namespace

void DrawTimeline(const CaseView& view, Markup& out) {
  const Json::Array& events = Items(view.json(), "timeline");
  DrawDays(view, events, out);
  DrawAll(view, events, out);
  DrawMore(events.size(), "events", out);
}

}  // namespace proviso::pages

#include <algorithm>

#include "base/decimal.h"
#include "pages/case_page.h"
#include "pages/internal/figures.h"
#include "pages/internal/sections.h"
#include "pages/internal/terms.h"

namespace proviso::pages {
namespace {

constexpr double kBarWidth = 120;

void DrawStepChecks(const Json& step, Markup& out) {
  for (const Json& check : Items(step, "checks")) {
    const Json& result = Member(check, "result");
    out.Open("p", {{"class", "quiet"}});
    if (result.AsObject() != nullptr) {
      DrawSign(ResultSign(TextOf(result, "result")), out);
      const std::string value = TextOf(result, "value");
      if (!value.empty()) out.Text(" " + ShownQuantity(value, TextOf(result, "unit")));
    } else {
      out.Text("not evaluated yet");
    }
    out.Void("br").Leaf("code", TextOf(check, "check")).Close();
  }
}

// Two bars on one scale. The figures stand beside them as text.
void DrawBeforeAfter(const std::string& before, const std::string& after, Markup& out) {
  const Result<Decimal> first = Decimal::Parse(before);
  const Result<Decimal> second = Decimal::Parse(after);
  if (!first || !second) return;
  const double largest = std::max({first->ToDouble(), second->ToDouble(), 1e-18});
  const auto width = [&](const Decimal& value) {
    return Coordinate(std::clamp(value.ToDouble() / largest, 0.0, 1.0) * kBarWidth);
  };
  out.Open("svg", {{"class", "bars"}, {"viewBox", "0 0 120 22"}, {"aria-hidden", "true"}});
  out.Void("rect", {{"class", "bar-track"}, {"width", "120"}, {"height", "9"}});
  out.Void("rect", {{"class", "bar-before"}, {"width", width(*first)}, {"height", "9"}});
  out.Void("rect", {{"class", "bar-track"}, {"y", "12"}, {"width", "120"}, {"height", "9"}});
  out.Void("rect",
           {{"class", "bar-after"}, {"y", "12"}, {"width", width(*second)}, {"height", "9"}});
  out.Close();
}

void DrawWhere(const CaseView& view, const Json& row, Markup& out) {
  out.Open("th", {{"scope", "row"}});
  view.NameAndId("subscriptions", TextOf(row, "subscription"), out);
  out.Close().Leaf("td", view.Name("services", TextOf(row, "service")));
  out.Leaf("td", view.Name("regions", TextOf(row, "region")));
}

void DrawUse(const Json& row, Markup& out) {
  const std::string unit = TextOf(row, "unit");
  const std::string before = TextOf(row, "before");
  const std::string after = TextOf(row, "after");
  out.Leaf("td", {{"class", "number"}}, ShownQuantity(before, unit));
  out.Leaf("td", {{"class", "number"}}, ShownQuantity(after, unit));
  out.Open("td");
  DrawBeforeAfter(before, after, out);
  out.Close();
}

void DrawCeased(const CaseView& view, const Json& report, Markup& out) {
  const Json::Array& targets = Items(report, "targets");
  if (!targets.empty()) {
    OpenTable("Use of what was restricted",
              {"Subscription", "Service", "Region", "Before", "After", "Bars", "Outcome"}, out);
    for (std::size_t i = 0; i < targets.size() && i < kPageItemsMax; ++i) {
      out.Open("tr");
      DrawWhere(view, targets[i], out);
      DrawUse(targets[i], out);
      const bool at_rest = targets[i].BoolOr("at_rest", false);
      out.Open("td");
      DrawSign(OkSign(targets[i].BoolOr("ok", false), at_rest ? "At rest" : "Ceased", "Still used"),
               out);
      out.Leaf("p", {{"class", "quiet"}, {"dir", "auto"}}, TextOf(targets[i], "why")).Close(2);
    }
    CloseTable(out);
    DrawMore(targets.size(), "targets", out);
  }
  const Json::Array& kept = Items(report, "kept");
  if (kept.empty()) return;
  OpenTable("Use of what was kept on",
            {"Subscription", "Service", "Region", "Before", "After", "Bars", "Outcome"}, out);
  for (std::size_t i = 0; i < kept.size() && i < kPageItemsMax; ++i) {
    out.Open("tr");
    DrawWhere(view, kept[i], out);
    DrawUse(kept[i], out);
    out.Open("td");
    DrawSign(OkSign(kept[i].BoolOr("ok", false), "Still runs", "Stopped"), out);
    out.Close(2);
  }
  CloseTable(out);
}

void DrawInputHashes(const Json& report, Markup& out) {
  if (Items(report, "inputs").empty()) return;
  out.Open("details").Leaf("summary", "Inputs").Open("ul");
  for (const Json& input : Items(report, "inputs")) {
    if (input.AsString() == nullptr) continue;
    out.Open("li");
    DrawHash(*input.AsString(), out);
    out.Close();
  }
  out.Close(2);
}

}  // namespace

void DrawSteps(const CaseView& view, Markup& out) {
  const Json::Array& steps = Items(view.json(), "steps");
  OpenTable("Steps agreed with the customer", {"Step", "Due", "Status", "Agreed", "Outcome"}, out);
  for (std::size_t i = 0; i < steps.size() && i < kPageItemsMax; ++i) {
    const Json& step = steps[i];
    const std::string id = TextOf(step, "id");
    out.Open("tr", {{"id", "step-" + std::to_string(i + 1)}}).Open("th", {{"scope", "row"}});
    out.Leaf("span", {{"class", "id"}}, id).Text(" ").Leaf("bdi", TextOf(step, "text"));
    out.Close().Open("td");
    DrawDay(TextOf(step, "due"), out);
    out.Close().Open("td");
    DrawSign(StepSign(TextOf(step, "status")), out);
    out.Close().Open("td");
    DrawDay(TextOf(step, "agreed_at"), out);
    out.Text(" by ").Leaf("bdi", view.Person(TextOf(step, "agreed_by"))).Close();
    out.Open("td").Leaf("p", {{"dir", "auto"}}, TextOf(step, "reason"));
    DrawStepChecks(step, out);
    out.Close(2);
  }
  CloseTable(out);
  DrawMore(steps.size(), "steps", out);
}

void DrawHearing(const CaseView& view, Markup& out) {
  std::size_t number = 0;
  for (const Json& hearing : Items(view.json(), "hearing")) {
    if (++number > kPageItemsMax) return;
    out.Open("article", {{"class", "hearing"}, {"id", "hearing-" + std::to_string(number)}});
    out.Open("h3").Leaf("bdi", TextOf(hearing, "id")).Text(" on ");
    out.Leaf("bdi", TextOf(hearing, "decision")).Text(": " + TextOf(hearing, "status")).Close();
    out.Open("ol", {{"class", "course"}}).Open("li").Leaf("strong", "Notice of intent").Text(" ");
    DrawTime(TextOf(hearing, "opened_at"), out);
    out.Text(", answer until ");
    DrawDay(TextOf(hearing, "until"), out);
    out.Text(", SHA-256 ");
    DrawHash(TextOf(hearing, "notice_sha256"), out);
    out.Close().Open("li");
    const std::string answered = TextOf(hearing, "answered_at");
    if (answered.empty()) {
      out.Text("No answer yet");
    } else {
      out.Leaf("strong", "Answer").Text(" ");
      DrawTime(answered, out);
      out.Open("blockquote", {{"dir", "auto"}}).Leaf("p", TextOf(hearing, "answer")).Close();
    }
    out.Close();
    if (const std::string at = TextOf(hearing, "acknowledged_at"); !at.empty()) {
      out.Open("li").Leaf("strong", "Acknowledged").Text(" ");
      DrawTime(at, out);
      out.Close();
    }
    out.Close(2);
  }
}

void DrawCessation(const CaseView& view, Markup& out) {
  std::size_t number = 0;
  for (const Json& report : Items(view.json(), "cessation")) {
    if (++number > kPageItemsMax) return;
    out.Open("article", {{"class", "cessation"}}).Open("h3").Text("After ");
    out.Leaf("bdi", TextOf(report, "decision")).Close().Open("p");
    DrawSign(OkSign(report.BoolOr("ok", false), "Use has ceased, kept services run",
                    "Not as decided: see below"),
             out);
    out.Close().Open("p", {{"class", "quiet"}}).Text("Metering from ");
    DrawDay(TextOf(report, "from"), out);
    out.Text(" to ");
    DrawDay(TextOf(report, "to"), out);
    out.Text(". The decision took effect ");
    DrawTime(TextOf(report, "effective"), out);
    out.Text(". The upper bar is before, the lower one after.").Close();
    DrawCeased(view, report, out);
    DrawInputHashes(report, out);
    out.Close();
  }
}

bool HasRelated(const CaseView& view) {
  for (const std::string_view key : {"links", "reopened", "conflicts"}) {
    if (!Items(view.json(), key).empty()) return true;
  }
  return false;
}

void DrawRelated(const CaseView& view, Markup& out) {
  out.Open("ul", {{"class", "plain"}});
  for (const Json& link : Items(view.json(), "links")) {
    out.Open("li").Leaf("strong", TextOf(link, "case")).Text(", linked ");
    DrawDay(TextOf(link, "at"), out);
    out.Text(": ").Leaf("bdi", TextOf(link, "reason")).Close();
  }
  for (const Json& reopened : Items(view.json(), "reopened")) {
    out.Open("li").Leaf("strong", "Reopened").Text(" ");
    DrawDay(TextOf(reopened, "at"), out);
    out.Text(" by ").Leaf("bdi", view.Person(TextOf(reopened, "by"))).Text(": ");
    out.Leaf("bdi", TextOf(reopened, "reason")).Close();
  }
  for (const Json& conflict : Items(view.json(), "conflicts")) {
    out.Open("li").Leaf("strong", "Conflict of interest").Text(" declared by ");
    out.Leaf("bdi", view.Person(TextOf(conflict, "by"))).Text(", ");
    DrawDay(TextOf(conflict, "at"), out);
    out.Close();
  }
  out.Close();
}

void DrawTimeline(const CaseView& view, Markup& out) {
  const Json::Array& events = Items(view.json(), "timeline");
  OpenTable("Events of the case in the log", {"Entry", "When", "Who", "What", "About"}, out);
  for (std::size_t i = 0; i < events.size() && i < kPageItemsMax; ++i) {
    const Json& event = events[i];
    out.Open("tr").Leaf("th", {{"scope", "row"}, {"class", "number"}},
                        std::to_string(event.IntegerOr("index", 0)));
    out.Open("td");
    DrawTime(TextOf(event, "at"), out);
    out.Close().Open("td").Leaf("bdi", view.Person(TextOf(event, "actor"))).Close();
    out.Leaf("td", InWords(TextOf(event, "type")));
    out.Leaf("td", {{"dir", "auto"}}, TextOf(event, "text")).Close();
  }
  CloseTable(out);
  DrawMore(events.size(), "events", out);
}

}  // namespace proviso::pages

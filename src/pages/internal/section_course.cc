#include <algorithm>
#include <vector>

#include "base/decimal.h"
#include "pages/case_page.h"
#include "pages/internal/check_words.h"
#include "pages/internal/figures.h"
#include "pages/internal/prose.h"
#include "pages/internal/sections.h"
#include "pages/internal/terms.h"

namespace proviso::pages {
namespace {

constexpr double kBarWidth = 120;

void DrawStepChecks(const CaseView& view, const Json& step, Markup& out) {
  for (const Json& check : Items(step, "checks")) {
    const Json& result = Member(check, "result");
    const bool evaluated = result.AsObject() != nullptr;
    const bool full = evaluated && !TextOf(result, "check").empty();
    out.Leaf("p", ReadCheck(full ? result : check, view.names()).title);
    out.Open("p", {{"class", "quiet"}});
    if (evaluated) {
      DrawSign(ResultSign(TextOf(result, "result")), out);
      const std::string value = TextOf(result, "value");
      if (!value.empty()) out.Text(" " + ShownQuantity(value, TextOf(result, "unit")));
      if (const std::string why = TextOf(result, "why"); !why.empty()) {
        out.Text(": ");
        DrawProse(view, why, out);
      }
    } else {
      out.Text("not evaluated yet");
    }
    out.Close();
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
  out.Close().Open("td").Text(view.Name("services", TextOf(row, "service")));
  out.Leaf("span", {{"class", "id"}}, view.Name("regions", TextOf(row, "region"))).Close();
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

using Rows = std::vector<const Json*>;

bool IsZero(const std::string& decimal) {
  const Result<Decimal> value = Decimal::Parse(decimal);
  return value && value->ToDouble() == 0;
}

// Nothing was used before, and nothing after: such a row shows that the plan is broad, no more.
bool IsIdle(const Json& row) {
  return row.BoolOr("ok", false) && IsZero(TextOf(row, "before")) && IsZero(TextOf(row, "after")) &&
         TextOf(row, "at_rest").empty() && !row.BoolOr("at_rest", false);
}

void DrawOutcome(const CaseView& view, const Json& row, bool kept, Markup& out) {
  const bool ok = row.BoolOr("ok", false);
  const std::string at_rest = TextOf(row, "at_rest");
  const bool rests = row.BoolOr("at_rest", false) || !at_rest.empty();
  const std::string why = TextOf(row, "why");
  out.Open("td", {{"class", "outcome"}});
  DrawSign(kept ? OkSign(ok, "Still runs", "Stopped")
                : OkSign(ok, rests ? "At rest" : "Ceased", "Still used"),
           out);
  if (!at_rest.empty() && !kept) {
    out.Leaf("p", {{"class", "quiet"}}, ShownQuantity(at_rest, TextOf(row, "unit")) + " held");
  }
  if (!why.empty() && !ok) {
    out.Open("p", {{"class", "quiet"}, {"dir", "auto"}});
    DrawProse(view, why, out);
    out.Close();
  }
  out.Close();
}

void DrawRows(const CaseView& view, const Rows& rows, bool kept, Markup& out) {
  OpenTable(kept ? "Use of what was kept on, average of a day"
                 : "Use of what was restricted, average of a day",
            {"Subscription", "Service", "Before", "After", "Bars", "Outcome"}, out);
  for (std::size_t i = 0; i < rows.size() && i < kPageItemsMax; ++i) {
    out.Open("tr");
    DrawWhere(view, *rows[i], out);
    DrawUse(*rows[i], out);
    DrawOutcome(view, *rows[i], kept, out);
    out.Close();
  }
  CloseTable(out);
  DrawMore(rows.size(), "rows", out);
}

void DrawFolded(const CaseView& view, const Rows& rows, bool kept, Markup& out) {
  if (rows.empty()) return;
  const std::string count = std::to_string(rows.size());
  OpenDetails(kept ? count + " that were kept on still run"
                   : count + " more that are restricted were used neither before nor after",
              out);
  DrawRows(view, rows, kept, out);
  out.Close();
}

// What matters stands open: what was restricted and in use, and what should run and does not.
void DrawCeased(const CaseView& view, const Json& report, Markup& out) {
  Rows used;
  Rows idle;
  for (const Json& row : Items(report, "targets")) (IsIdle(row) ? idle : used).push_back(&row);
  Rows running;
  Rows stopped;
  for (const Json& row : Items(report, "kept")) {
    (row.BoolOr("ok", false) ? running : stopped).push_back(&row);
  }
  if (!used.empty()) DrawRows(view, used, false, out);
  if (!stopped.empty()) DrawRows(view, stopped, true, out);
  DrawFolded(view, idle, false, out);
  DrawFolded(view, running, true, out);
}

void DrawDays(const Json& period, Markup& out) {
  if (TextOf(period, "from").empty()) {
    out.Text("as many days");
    return;
  }
  DrawDay(TextOf(period, "from"), out);
  out.Text(" to ");
  DrawDay(TextOf(period, "to"), out);
}

void DrawInputHashes(const Json& report, Markup& out) {
  if (Items(report, "inputs").empty()) return;
  OpenDetails("Inputs", out);
  out.Open("ul");
  for (const Json& input : Items(report, "inputs")) {
    if (input.AsString() == nullptr) continue;
    out.Open("li");
    DrawHash(*input.AsString(), out);
    out.Close();
  }
  out.Close(2);
}

void DrawNoticeOfIntent(const Json& hearing, Markup& out) {
  out.Open("li").Leaf("strong", "Notice of intent").Text(" ");
  DrawTime(TextOf(hearing, "opened_at"), out);
  out.Text(", to be answered until ");
  DrawDay(TextOf(hearing, "until"), out);
  DrawFoldedDocument(TextOf(hearing, "notice"), TextOf(hearing, "notice_sha256"), "The notice",
                     out);
  out.Close();
}

void DrawAnswer(const CaseView& view, const Json& hearing, Markup& out) {
  const std::string answered = TextOf(hearing, "answered_at");
  out.Open("li");
  if (answered.empty()) {
    out.Text("No answer yet").Close();
    return;
  }
  out.Leaf("strong", "Answer").Text(" ");
  DrawTime(answered, out);
  if (const std::string by = TextOf(hearing, "answered_by"); !by.empty()) {
    out.Text(" by ").Leaf("bdi", view.Person(by));
  }
  out.Open("blockquote", {{"class", "letter"}, {"dir", "auto"}});
  DrawLetter(TextOf(hearing, "answer"), out);
  out.Close(2);
}

void DrawOneHearing(const CaseView& view, const Json& hearing, std::size_t number, Markup& out) {
  out.Open("article", {{"class", "hearing"}, {"id", "hearing-" + std::to_string(number)}});
  out.Open("h3").Text("On ");
  view.LinkId(TextOf(hearing, "decision"), out);
  out.Text(": " + TextOf(hearing, "status")).Close();
  out.Open("ol", {{"class", "course"}});
  DrawNoticeOfIntent(hearing, out);
  DrawAnswer(view, hearing, out);
  if (const std::string at = TextOf(hearing, "acknowledged_at"); !at.empty()) {
    out.Open("li").Leaf("strong", "Acknowledged").Text(" ");
    DrawTime(at, out);
    const std::string by = TextOf(hearing, "acknowledged_by");
    if (!by.empty()) out.Text(" by ").Leaf("bdi", view.Person(by));
    DrawFoldedDocument(TextOf(hearing, "acknowledgement"), "", "The acknowledgement", out);
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
    for (const Json& earlier : Items(step, "corrected")) {
      out.Open("p", {{"class", "quiet"}}).Text("Corrected: recorded ");
      DrawDay(TextOf(earlier, "at"), out);
      out.Text(" as " + TextOf(earlier, "outcome") + ", ");
      out.Leaf("bdi", TextOf(earlier, "reason")).Close();
    }
    DrawStepChecks(view, step, out);
    out.Close(2);
  }
  CloseTable(out);
  DrawMore(steps.size(), "steps", out);
}

void DrawHearing(const CaseView& view, Markup& out) {
  std::size_t number = 0;
  for (const Json& hearing : Items(view.json(), "hearing")) {
    if (++number > kPageItemsMax) return;
    DrawOneHearing(view, hearing, number, out);
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
    out.Close().Open("p", {{"class", "quiet"}}).Text("Before: ");
    DrawDays(Member(report, "before"), out);
    out.Text(". After: ");
    DrawDays(report.Find("after") == nullptr ? report : Member(report, "after"), out);
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
    out.Leaf("bdi", TextOf(reopened, "reason"));
    if (const std::string ended = TextOf(reopened, "had_ended"); !ended.empty()) {
      out.Text(" It had been closed with: ").Leaf("bdi", ended);
    }
    out.Close();
  }
  for (const Json& conflict : Items(view.json(), "conflicts")) {
    out.Open("li").Leaf("strong", "Conflict of interest").Text(" declared by ");
    out.Leaf("bdi", view.Person(TextOf(conflict, "by"))).Text(", ");
    DrawDay(TextOf(conflict, "at"), out);
    out.Close();
  }
  out.Close();
}

}  // namespace proviso::pages

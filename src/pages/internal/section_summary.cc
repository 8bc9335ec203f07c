#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "pages/case_page.h"
#include "pages/internal/figures.h"
#include "pages/internal/sections.h"
#include "pages/internal/terms.h"

namespace proviso::pages {
namespace {

constexpr std::array<std::string_view, 7> kOutcomeOrder{"supported",
                                                        "partly_supported",
                                                        "not_supported",
                                                        "contradicted",
                                                        "undeterminable",
                                                        "records_missing",
                                                        ""};
constexpr std::size_t kPendingMax = 12;
constexpr std::size_t kNamesInAHeadline = 3;

bool IsDropped(const Json& claim) { return Member(claim, "dropped").AsObject() != nullptr; }

std::string OutcomeOf(const Json& claim) { return TextOf(Member(claim, "finding"), "outcome"); }

std::string InSmallLetters(std::string text) {
  if (!text.empty() && text[0] >= 'A' && text[0] <= 'Z') {
    text[0] = static_cast<char>(text[0] - 'A' + 'a');
  }
  return text;
}

// "9 claims: 3 supported, 1 contradicted".
std::string Tally(const Json::Array& claims) {
  std::map<std::string, std::size_t> counts;
  std::size_t all = 0;
  for (const Json& claim : claims) {
    if (IsDropped(claim)) continue;
    ++counts[OutcomeOf(claim)];
    ++all;
  }
  std::string text = Counted(all, "claim");
  std::string gap = ": ";
  for (const std::string_view outcome : kOutcomeOrder) {
    const auto found = counts.find(std::string(outcome));
    if (found == counts.end()) continue;
    text += gap + std::to_string(found->second) + " " +
            (outcome.empty() ? "without a finding yet" : InSmallLetters(OutcomeSign(outcome).word));
    gap = ", ";
  }
  return text + ".";
}

// "8 reports of 3 events, from 4 origins. 9 claims: ..."
void DrawLede(const CaseView& view, Markup& out) {
  const Json& json = view.json();
  const std::size_t reports = Items(json, "reports").size();
  const std::size_t stories = Items(json, "stories").size();
  std::size_t origins = 0;
  for (const Json& story : Items(json, "stories")) origins += Items(story, "origins").size();
  std::string text;
  if (reports > 0) {
    text = Counted(reports, "report");
    if (stories > 0) text += " of " + Counted(stories, "event");
    if (origins > 0) text += ", from " + Counted(origins, "independent origin");
    text += ". ";
  }
  if (!Items(json, "claims").empty()) text += Tally(Items(json, "claims"));
  if (!text.empty()) out.Leaf("p", {{"class", "lede"}}, text);
}

void DrawOutcomes(const CaseView& view, Markup& out) {
  const Json::Array& claims = Items(view.json(), "claims");
  if (claims.empty()) return;
  out.Open("div", {{"class", "found"}}).Leaf("h2", {{"class", "small"}}, "What was found");
  out.Open("ul", {{"class", "summary"}});
  for (std::size_t i = 0; i < claims.size() && i < kPageItemsMax; ++i) {
    if (IsDropped(claims[i])) continue;
    out.Open("li");
    DrawSign(OutcomeSign(OutcomeOf(claims[i])), out);
    out.Open("span");
    if (claims[i].BoolOr("denial", false)) {
      out.Leaf("span", {{"class", "tag"}}, "Denial").Text(" ");
    }
    out.Leaf("a", {{"href", "#claim-" + std::to_string(i + 1)}, {"dir", "auto"}},
             claims[i].StringOr("text", "The text was erased"));
    out.Close(2);
  }
  out.Close(2);
}

using Names = std::set<std::string>;

// "Blob Store, Speech" in bold for the eye, "in Netherlands" after it.
void DrawNames(const Names& services, const Names& regions, Markup& out) {
  bool first = true;
  for (const std::string& service : services) {
    out.Text(first ? " " : ", ").Leaf("bdi", service);
    first = false;
  }
  first = true;
  for (const std::string& region : regions) {
    out.Text(first ? " in " : ", ").Leaf("bdi", region);
    first = false;
  }
}

// "Netherlands", "Ireland and Netherlands", "4 regions".
std::string InOneWord(const Names& names, std::string_view what) {
  if (names.size() > kNamesInAHeadline) return Counted(names.size(), what);
  std::string text;
  std::size_t left = names.size();
  for (const std::string& name : names) {
    text += name;
    if (--left > 0) text += left == 1 ? " and " : ", ";
  }
  return text;
}

// One line of what a plan does: a stage in a window.
struct Line {
  std::string stage;
  std::string operations;  // that it is narrowed to; empty: all that the stage denies
  std::string from;        // empty: from adoption
  std::string until;       // empty: until lifted
  auto operator<=>(const Line&) const = default;
};
struct Covered {
  Names services;
  Names regions;
};
using Lines = std::map<Line, Covered>;

Lines LinesOf(const CaseView& view, const Json& plan) {
  Lines lines;
  for (const Json& restriction : Items(plan, "restrictions")) {
    Covered& covered = lines[{.stage = TextOf(restriction, "stage"),
                              .operations = NarrowedTo(restriction),
                              .from = TextOf(restriction, "from"),
                              .until = TextOf(restriction, "until")}];
    for (const Json& target : Items(restriction, "targets")) {
      covered.services.insert(view.Name("services", TextOf(target, "service")));
      covered.regions.insert(view.Name("regions", TextOf(target, "region")));
    }
  }
  return lines;
}

bool IsOver(const CaseView& view, const Line& line) {
  return !line.until.empty() && line.until <= view.latest();
}
bool IsToCome(const CaseView& view, const Line& line) {
  return !view.latest().empty() && line.from > view.latest();
}

// "7 services in Netherlands": of the lines that `counts` takes.
template <typename Counts>
std::string Extent(const Lines& lines, const Counts& counts) {
  Covered all;
  for (const auto& [line, covered] : lines) {
    if (!counts(line)) continue;
    all.services.insert(covered.services.begin(), covered.services.end());
    all.regions.insert(covered.regions.begin(), covered.regions.end());
  }
  if (all.services.empty()) return {};
  return Counted(all.services.size(), "service") + " in " + InOneWord(all.regions, "region");
}

// What the plan does, one line for each stage and window, and what it keeps.
void DrawStages(const CaseView& view, const Json& plan, const Lines& lines, Markup& out) {
  Names kept;
  for (const Json& item : Items(plan, "kept")) {
    kept.insert(view.Name("services", TextOf(item, "service")));
  }
  if (lines.empty()) return;
  out.Open("ul", {{"class", "stages"}});
  for (const auto& [line, covered] : lines) {
    out.Open("li");
    DrawSign(StageSign(line.stage), out);
    out.Open("span");
    DrawNames(covered.services, covered.regions, out);
    if (!line.operations.empty()) out.Text(", " + line.operations + " only");
    if (IsToCome(view, line)) {
      out.Text(", from ");
      DrawDay(line.from, out);
    }
    if (!line.until.empty()) {
      out.Text(IsOver(view, line) ? ", ended " : ", until ");
      DrawDay(line.until, out);
    }
    out.Close(2);
  }
  if (!kept.empty()) {
    out.Open("li");
    DrawSign(StageSign("kept"), out);
    DrawNames(kept, {}, out);
    out.Close();
  }
  out.Close();
}

// What people wrote about a decision, below what follows from its plan.
void DrawSummaryOf(const Json& decision, Markup& out) {
  const std::string summary = TextOf(Member(decision, "file"), "summary");
  if (summary.empty()) return;
  out.Open("p", {{"class", "quiet own-words"}}).Text("Its summary: ");
  out.Leaf("bdi", summary).Close();
}

void DrawMetered(const CaseView& view, const std::string& decision, Markup& out) {
  for (const Json& report : Items(view.json(), "cessation")) {
    if (TextOf(report, "decision") != decision) continue;
    out.Open("p", {{"class", "metered"}}).Text("Metering since: ");
    DrawSign(
        OkSign(report.BoolOr("ok", false), "use has ceased, kept services run", "not as decided"),
        out);
    out.Text(" ").Leaf("a", {{"href", "#cessation"}}, "Figures").Close();
  }
}

// "7 services in Netherlands are restricted", from the plan that was adopted.
std::string Headline(const CaseView& view, const Lines& lines) {
  const auto goes_on = [&](const Line& line) {
    return !IsOver(view, line) && !IsToCome(view, line) && line.stage != "notice";
  };
  const auto is_to_come = [&](const Line& line) { return IsToCome(view, line); };
  if (const std::string now = Extent(lines, goes_on); !now.empty()) {
    return now + (now.starts_with("1 service ") ? " is" : " are") + " restricted";
  }
  if (const std::string later = Extent(lines, is_to_come); !later.empty()) {
    return later + " will be restricted";
  }
  return lines.empty() ? "The plan was erased" : "A notice, which stops nothing";
}

void DrawHeadline(const CaseView& view, const Json& decision, const Lines& lines, Markup& out) {
  out.Open("p").Leaf("strong", Headline(view, lines)).Text(" by ");
  view.LinkId(TextOf(decision, "id"), out);
  out.Text(", " + TextOf(decision, "kind"));
  if (const std::string at = TextOf(decision, "adopted_at"); !at.empty()) {
    out.Text(", in force since ");
    DrawDay(at, out);
  }
  const bool until_lifted = std::any_of(lines.begin(), lines.end(),
                                        [](const auto& line) { return line.first.until.empty(); });
  out.Text(until_lifted ? ", until it is lifted." : ".").Close();
}

void DrawInForce(const CaseView& view, Markup& out) {
  out.Leaf("h2", {{"class", "small"}}, "In force");
  bool any = false;
  for (const Json& decision : Items(view.json(), "decisions")) {
    if (!view.InForce(decision)) continue;
    const Json& plan = Member(decision, "plan");
    const Lines lines = LinesOf(view, plan);
    DrawHeadline(view, decision, lines, out);
    DrawStages(view, plan, lines, out);
    DrawSummaryOf(decision, out);
    DrawMetered(view, TextOf(decision, "id"), out);
    any = true;
  }
  if (!any) out.Leaf("p", "No decision is in force.");
}

// Restrictions that were in force and are not any more.
void DrawEnded(const CaseView& view, Markup& out) {
  bool any = false;
  for (const Json& decision : Items(view.json(), "decisions")) {
    const std::string ran_out = decision.BoolOr("in_force", false) ? view.RanOut(decision) : "";
    const std::string lifted = TextOf(decision, "lifted_at");
    const std::string superseded = TextOf(decision, "superseded_at");
    if (ran_out.empty() && lifted.empty() && superseded.empty()) continue;
    if (!any) out.Leaf("h2", {{"class", "small"}}, "No longer in force").Open("ul");
    any = true;
    out.Open("li");
    view.LinkId(TextOf(decision, "id"), out);
    out.Text(!lifted.empty() ? ", lifted " : !superseded.empty() ? ", superseded " : ", ran out ");
    DrawDay(!lifted.empty() ? lifted : !superseded.empty() ? superseded : ran_out, out);
    if (!superseded.empty()) {
      out.Text(" by ");
      view.LinkId(TextOf(decision, "superseded_by"), out);
    }
    for (const Json& appeal : Items(view.json(), "appeals")) {
      if (lifted.empty() || TextOf(appeal, "decision") != TextOf(decision, "id")) continue;
      if (TextOf(appeal, "lift").empty()) continue;
      out.Text(" after ");
      view.LinkId(TextOf(appeal, "id"), out);
    }
    const std::string extent = Extent(LinesOf(view, Member(decision, "plan")),
                                      [](const Line& line) { return line.stage != "notice"; });
    if (!extent.empty()) out.Text(": ").Leaf("bdi", extent);
    out.Text(".");
    DrawSummaryOf(decision, out);
    out.Close();
  }
  if (any) out.Close();
}

// The lines of what is pending; more than a screen of them are counted.
class Pending {
 public:
  Pending(const CaseView& view, Markup& out) : view_(view), out_(out) {}

  void Add(std::string_view id, std::string_view what, const std::string& day,
           const std::string& text) {
    if (++count_ > kPendingMax) return;
    if (count_ == 1) out_.Open("ul");
    out_.Open("li");
    view_.LinkId(id, out_);
    out_.Text(" " + std::string(what));
    if (!day.empty()) {
      out_.Text(" ");
      DrawDay(day, out_);
    }
    if (!text.empty()) out_.Text(": ").Leaf("bdi", text);
    out_.Close();
  }

  void End() {
    if (count_ == 0) {
      out_.Leaf("p", "Nothing is pending.");
      return;
    }
    out_.Close();
    if (count_ > kPendingMax) {
      out_.Leaf("p", {{"class", "quiet"}},
                "And " + std::to_string(count_ - kPendingMax) + " more.");
    }
  }

 private:
  const CaseView& view_;
  Markup& out_;
  std::size_t count_ = 0;
};

void AddDecisions(const CaseView& view, Pending& pending) {
  for (const Json& decision : Items(view.json(), "decisions")) {
    const std::string status = TextOf(decision, "status");
    if (status != "proposed" && status != "planned" && status != "signed") continue;
    pending.Add(TextOf(decision, "id"), "was " + status + ", and is not adopted", "",
                TextOf(Member(decision, "file"), "summary"));
  }
}

void AddProceedings(const CaseView& view, Pending& pending) {
  const Json& json = view.json();
  for (const Json& step : Items(json, "steps")) {
    const std::string status = TextOf(step, "status");
    if (status != "open" && status != "overdue") continue;
    pending.Add(TextOf(step, "id"), status == "open" ? "is due" : "was due", TextOf(step, "due"),
                TextOf(step, "text"));
  }
  for (const Json& hearing : Items(json, "hearing")) {
    if (!TextOf(hearing, "answered_at").empty()) continue;
    pending.Add(TextOf(hearing, "id"), "can be answered until", TextOf(hearing, "until"), "");
  }
  for (const Json& appeal : Items(json, "appeals")) {
    const std::string outcome = TextOf(appeal, "outcome");
    if (outcome.empty()) {
      pending.Add(TextOf(appeal, "id"), "is not decided; filed", TextOf(appeal, "filed_at"), "");
    } else if (outcome == "reversed" && TextOf(appeal, "lift").empty()) {
      pending.Add(TextOf(appeal, "id"), "was won; the lift is to come", "", "");
    }
  }
  for (const Json& update : Items(json, "updates")) {
    const std::string status = TextOf(update, "status");
    // What is overdue asks for attention, and stands there.
    if (status == "given" || status == "overdue") continue;
    pending.Add(TextOf(update, "id"), "to " + TextOf(update, "audience") + " is due",
                TextOf(update, "due"), "");
  }
}

// What takes a ground from a decision in force: it comes first.
void AddAttention(const CaseView& view, Pending& pending) {
  for (const Json& item : Items(view.json(), "attention")) {
    const std::string decision = TextOf(item, "decision");
    pending.Add(decision.empty() ? TextOf(item, "update") : decision, "needs attention since",
                TextOf(item, "at"),
                TextOf(item, "text") + " (by " + view.Person(TextOf(item, "by")) + ")");
  }
}

void DrawPending(const CaseView& view, Markup& out) {
  out.Leaf("h2", {{"class", "small"}}, "Pending");
  Pending pending(view, out);
  AddAttention(view, pending);
  if (view.json().BoolOr("open", true)) {
    for (const Json& claim : Items(view.json(), "claims")) {
      if (IsDropped(claim) || !OutcomeOf(claim).empty()) continue;
      pending.Add(TextOf(claim, "id"), "has no finding", "", TextOf(claim, "text"));
    }
    AddDecisions(view, pending);
  }
  AddProceedings(view, pending);
  pending.End();
}

void DrawCourse(const CaseView& view, Markup& out) {
  const Json& json = view.json();
  out.Open("p", {{"class", "quiet"}});
  const Json::Object* customers = Member(Member(json, "names"), "customers").AsObject();
  if (customers != nullptr && customers->size() == 1) {
    out.Text("Customer: ").Leaf("bdi", view.NameOfAny(customers->begin()->first)).Text(". ");
  }
  out.Text("Opened ");
  DrawDay(TextOf(json, "opened_at"), out);
  out.Text(" by ").Leaf("bdi", view.Person(TextOf(json, "opened_by"))).Text(".");
  for (const Json& reopened : Items(json, "reopened")) {
    out.Text(" Reopened ");
    DrawDay(TextOf(reopened, "at"), out);
    out.Text(".");
  }
  if (const std::string closed = TextOf(json, "closed_at"); !closed.empty()) {
    out.Text(" Closed ");
    DrawDay(closed, out);
    const std::string reason = TextOf(json, "close_reason");
    if (!reason.empty()) out.Text(": ").Leaf("bdi", reason);
    out.Text(".");
  }
  if (!view.latest().empty()) {
    out.Text(" As it stood ");
    DrawDay(view.latest(), out);
    out.Text(".");
  }
  out.Close();
}

}  // namespace

void DrawSummary(const CaseView& view, Markup& out) {
  const Json& json = view.json();
  out.Open("p", {{"class", "kicker"}}).Leaf("bdi", TextOf(json, "id"));
  out.Text(json.BoolOr("open", true) ? ", open" : ", closed").Close();
  out.Leaf("h1", {{"dir", "auto"}}, json.StringOr("title", "The title was erased"));
  DrawCourse(view, out);
  DrawLede(view, out);
  out.Open("div", {{"class", "glance"}});
  DrawOutcomes(view, out);
  out.Open("div", {{"class", "standing"}});
  DrawInForce(view, out);
  DrawPending(view, out);
  DrawEnded(view, out);
  out.Close(2);
}

}  // namespace proviso::pages

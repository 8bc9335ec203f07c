#pragma once

#include "pages/internal/case_view.h"
#include "pages/internal/markup.h"

namespace proviso::pages {

// The top of the page, from its <h1> on: what the case is, what was found, what is in force, what
// is pending.
void DrawSummary(const CaseView& view, Markup& out);

// The sections of a case page, in its order. Each writes what stands below its <h2>; headings begin
// at <h3>. None of them is asked when the case has nothing for it.
void DrawStory(const CaseView& view, Markup& out);
void DrawDisagreements(const CaseView& view, Markup& out);
void DrawClaims(const CaseView& view, Markup& out);
void DrawAttributions(const CaseView& view, Markup& out);
void DrawSteps(const CaseView& view, Markup& out);
void DrawHearing(const CaseView& view, Markup& out);
void DrawDecisions(const CaseView& view, Markup& out);
void DrawAppeals(const CaseView& view, Markup& out);
void DrawCessation(const CaseView& view, Markup& out);
void DrawRelated(const CaseView& view, Markup& out);
void DrawTimeline(const CaseView& view, Markup& out);

bool HasDisagreements(const CaseView& view);
bool HasRelated(const CaseView& view);

// The reports of one story by date, with an arrow from each echo to what it copies, as SVG. Drawn
// for a width of the view box; ids begin with `prefix`.
struct EchoGraphOptions {
  int width = 720;
  std::string_view prefix = "echo";
};
std::string RenderEchoGraph(const CaseView& view, const Json& story,
                            const EchoGraphOptions& options);

// The plan of a decision as a matrix, one table for each region.
void DrawPlan(const CaseView& view, const Json& plan, Markup& out);

}  // namespace proviso::pages

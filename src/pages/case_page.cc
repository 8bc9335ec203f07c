#include "pages/case_page.h"

#include <array>

#include "pages/internal/case_view.h"
#include "pages/internal/figures.h"
#include "pages/internal/markup.h"
#include "pages/internal/page_style.h"
#include "pages/internal/sections.h"
#include "pages/internal/terms.h"

namespace proviso::pages {
namespace {

struct Section {
  std::string_view anchor;
  std::string_view title;
  std::string_view key;    // the array that it shows; empty: `has` says
  std::string_view empty;  // said when there is nothing; empty: the section is left out
  void (*draw)(const CaseView&, Markup&);
  bool (*has)(const CaseView&);
};

bool HasStory(const CaseView& view) {
  return !Items(view.json(), "reports").empty() || !Items(view.json(), "stories").empty();
}

constexpr std::array<Section, 11> kSections{{
    {"story", "Story", "", "", DrawStory, HasStory},
    {"disagreements", "Where the reports disagree", "", "", DrawDisagreements, HasDisagreements},
    {"claims", "Claims and findings", "claims", "There are no claims yet.", DrawClaims, nullptr},
    {"attributions", "Attributions", "attributions",
     "No subscription is attributed to anybody yet.", DrawAttributions, nullptr},
    {"steps", "Agreed steps", "steps", "", DrawSteps, nullptr},
    {"hearing", "Hearing", "hearing", "", DrawHearing, nullptr},
    {"decisions", "Decisions", "decisions", "No decision has been proposed.", DrawDecisions,
     nullptr},
    {"appeals", "Appeals", "appeals", "", DrawAppeals, nullptr},
    {"cessation", "What happened afterwards", "cessation", "", DrawCessation, nullptr},
    {"related", "Related and earlier cases", "", "", DrawRelated, HasRelated},
    {"timeline", "Timeline", "timeline", "", DrawTimeline, nullptr},
}};

bool Has(const Section& section, const CaseView& view) {
  return section.has != nullptr ? section.has(view) : !Items(view.json(), section.key).empty();
}

void DrawHead(const CaseView& view, Markup& out) {
  const std::string title = TextOf(view.json(), "id") + ": " + TextOf(view.json(), "title");
  const std::string policy = "default-src 'none'; style-src 'sha256-" +
                             std::string(PageStyleHash()) +
                             "'; base-uri 'none'; form-action 'none'";
  out.Open("head").Void("meta", {{"charset", "utf-8"}});
  out.Void("meta", {{"http-equiv", "Content-Security-Policy"}, {"content", policy}});
  out.Void("meta", {{"name", "viewport"}, {"content", "width=device-width, initial-scale=1"}});
  out.Void("meta", {{"name", "referrer"}, {"content", "no-referrer"}});
  out.Void("meta", {{"name", "robots"}, {"content", "noindex"}});
  out.Void("meta", {{"name", "color-scheme"}, {"content", "light dark"}});
  out.Leaf("title", title).Open("style").Trusted(PageStyle()).Close(2);
}

void DrawContents(const CaseView& view, Markup& out) {
  out.Open("nav", {{"aria-label", "Sections"}}).Open("ul");
  for (const Section& section : kSections) {
    if (!Has(section, view) && section.empty.empty()) continue;
    out.Open("li").Leaf("a", {{"href", "#" + std::string(section.anchor)}}, section.title).Close();
  }
  out.Open("li").Leaf("a", {{"href", "#verify"}}, "How to verify").Close(3);
}

void DrawSections(const CaseView& view, Markup& out) {
  for (const Section& section : kSections) {
    const bool has = Has(section, view);
    if (!has && section.empty.empty()) continue;
    const std::string heading = std::string(section.anchor) + "-heading";
    out.Open("section", {{"id", section.anchor}, {"aria-labelledby", heading}});
    out.Leaf("h2", {{"id", heading}}, section.title);
    if (has) {
      section.draw(view, out);
    } else {
      out.Leaf("p", section.empty);
    }
    out.Close();
    if (out.size() > kPageBytesMax) return;
  }
}

void DrawFooter(const CaseView& view, const PageOptions& options, Markup& out) {
  const Json& verify = Member(view.json(), "verify");
  out.Open("footer", {{"id", "verify"}}).Leaf("h2", "How to verify");
  out.Leaf(
      "p",
      "Every step on this page is an entry in a log that nobody can change without leaving "
      "a trace. Whoever has the log folder can check it, without trust in this page: FOLDER is "
      "the copy of the log, KEY the key below, better asked of somebody else than the page.");
  out.Open("pre", {{"tabindex", "0"}});
  out.Leaf("code", "proviso log verify --log FOLDER --vkey 'KEY'").Close();
  out.Open("dl", {{"class", "facts tall"}});
  if (verify.Find("size") != nullptr) {
    OpenTerm("Entries of the log when the page was written", out);
    out.Text(std::to_string(verify.IntegerOr("size", 0))).Close(2);
  }
  for (const auto& [key, term] :
       {std::pair("root", "Root of its tree"), std::pair("origin", "Name of the log"),
        std::pair("vkey", "Key that its checkpoints are signed with")}) {
    const std::string value = TextOf(verify, key);
    if (value.empty()) continue;
    OpenTerm(term, out);
    DrawHash(value, out);
    out.Close(2);
  }
  out.Close();
  const std::string made =
      options.generated_at.empty() ? "" : ", " + TimeInWords(options.generated_at);
  out.Leaf("p", {{"class", "quiet"}},
           (options.product.empty() ? "Proviso" : options.product) + made);
  out.Close();
}

}  // namespace

Result<std::string> RenderCasePage(const Json& case_json, const PageOptions& options) {
  if (TextOf(case_json, "id").empty()) {
    return Fail(ErrorCode::kInvalidArgument,
                "case: expected an object with an `id`; give what `proviso case show --json` "
                "prints");
  }
  const CaseView view(case_json);
  Markup out;
  out.Trusted("<!doctype html>\n").Open("html", {{"lang", "en"}});
  DrawHead(view, out);
  out.Open("body").Leaf("a", {{"class", "skip"}, {"href", "#content"}}, "Skip to the content");
  out.Open("div", {{"class", "frame"}}).Open("header", {{"class", "masthead"}});
  DrawSummary(view, out);
  out.Close().Open("div", {{"class", "columns"}});
  DrawContents(view, out);
  out.Open("div").Open("main", {{"id", "content"}, {"tabindex", "-1"}});
  DrawSections(view, out);
  out.Close();
  DrawFooter(view, options, out);
  out.Close(5);
  if (out.size() > kPageBytesMax) {
    return Fail(ErrorCode::kResourceExhausted, "page of `" + TextOf(case_json, "id") +
                                                   "`: more than " + std::to_string(kPageBytesMax) +
                                                   " bytes; use `proviso case show --json`");
  }
  return out.Take() + "\n";
}

}  // namespace proviso::pages

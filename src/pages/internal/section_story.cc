#include <algorithm>

#include "pages/case_page.h"
#include "pages/internal/check_words.h"
#include "pages/internal/figures.h"
#include "pages/internal/sections.h"
#include "pages/internal/terms.h"

namespace proviso::pages {
namespace {

constexpr std::size_t kDrawnStoriesMax = 50;

std::string Counted(std::size_t count, std::string_view what) {
  return std::to_string(count) + " " + std::string(what) + (count == 1 ? "" : "s");
}

// Two drawings of one graph: the style sheet shows the one that fits the screen.
void DrawGraph(const CaseView& view, const Json& story, std::size_t number, Markup& out) {
  const std::string prefix = "story-" + std::to_string(number);
  out.Open("figure", {{"class", "graph"}});
  out.Open("div", {{"class", "wide"}})
      .Trusted(RenderEchoGraph(view, story, {.width = 820, .prefix = prefix + "-wide"}))
      .Close();
  out.Open("div", {{"class", "narrow"}})
      .Trusted(RenderEchoGraph(view, story, {.width = 360, .prefix = prefix + "-narrow"}))
      .Close();
  out.Leaf("figcaption",
           "An arrow goes from a report to what it copies, with the share of its text that stands "
           "there too. A diamond is an origin; a dashed one was cited and never received.");
  out.Close();
}

void DrawEchoes(const CaseView& view, const Json& story, Markup& out) {
  const Json::Array& echoes = Items(story, "echoes");
  if (echoes.empty()) return;
  OpenTable("Echoes and why", {"Report", "Copies", "Share", "Why"}, out);
  for (std::size_t i = 0; i < echoes.size() && i < kPageItemsMax; ++i) {
    out.Open("tr").Open("td");
    view.LinkReport(TextOf(echoes[i], "by"), out);
    out.Close().Open("td");
    view.LinkReport(TextOf(echoes[i], "of"), out);
    const std::int64_t share = echoes[i].IntegerOr("containment_per_mille", -1);
    out.Close().Leaf("td", {{"class", "number"}},
                     share < 0 ? "" : ShownNumber(static_cast<double>(share) / 10) + " %");
    out.Leaf("td", TextOf(echoes[i], "why")).Close();
  }
  CloseTable(out);
  DrawMore(echoes.size(), "echoes", out);
}

void DrawOrigins(const CaseView& view, const Json& story, Markup& out) {
  const Json::Array& origins = Items(story, "origins");
  if (origins.empty()) return;
  OpenTable("Origins and why", {"Origin", "Report", "Cited by", "Why"}, out);
  for (std::size_t i = 0; i < origins.size() && i < kPageItemsMax; ++i) {
    out.Open("tr").Leaf("th", {{"scope", "row"}}, TextOf(origins[i], "name")).Open("td");
    const std::string report = TextOf(origins[i], "report");
    if (report.empty()) {
      out.Text("cited, not received");
    } else {
      view.LinkReport(report, out);
    }
    out.Close().Open("td");
    bool first = true;
    for (const Json& by : Items(origins[i], "cited_by")) {
      if (by.AsString() == nullptr) continue;
      if (!first) out.Text(", ");
      view.LinkId(*by.AsString(), out);
      first = false;
    }
    out.Close().Leaf("td", TextOf(origins[i], "why")).Close();
  }
  CloseTable(out);
}

// The language of a report where it looks like one: "en", "pt-BR".
std::string LanguageOf(const Json& report) {
  const std::string language = TextOf(report, "language");
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  const std::size_t end = std::min(language.find('-'), language.size());
  if (end != 2 || language.size() > 6) return {};
  const bool letters = std::all_of(language.begin(), language.end(),
                                   [&](char c) { return c == '-' || is_letter(c); });
  return letters ? language : std::string();
}

void DrawReports(const CaseView& view, Markup& out) {
  const Json::Array& reports = Items(view.json(), "reports");
  if (reports.empty()) return;
  out.Leaf("h3", "All reports");
  OpenTable("Reports received", {"Report", "Kind", "Title", "From", "Dated", "Received", "SHA-256"},
            out);
  for (std::size_t i = 0; i < reports.size() && i < kPageItemsMax; ++i) {
    const Json& report = reports[i];
    const std::string id = TextOf(report, "id");
    out.Open("tr", {{"id", "report-" + std::to_string(i + 1)}})
        .Leaf("th", {{"scope", "row"}, {"class", "key"}}, id);
    out.Leaf("td", InWords(TextOf(report, "kind")));
    out.Leaf("td", {{"lang", LanguageOf(report)}, {"dir", "auto"}}, TextOf(report, "title"));
    const std::string outlet = TextOf(report, "outlet");
    const std::string author = TextOf(report, "author");
    out.Leaf("td", outlet + (outlet.empty() || author.empty() ? "" : ", ") + author);
    out.Open("td");
    DrawDay(TextOf(report, "date"), out);
    out.Close().Open("td");
    DrawTime(TextOf(report, "received_at"), out);
    out.Close().Open("td");
    DrawHash(TextOf(report, "sha256"), out);
    out.Close(2);
  }
  CloseTable(out);
  DrawMore(reports.size(), "reports", out);
}

void DrawOneStory(const CaseView& view, const Json& story, std::size_t number, Markup& out) {
  const std::size_t reports = Items(story, "reports").size();
  const std::size_t origins = Items(story, "origins").size();
  out.Open("article", {{"class", "story"}});
  out.Leaf("h3", InWords(TextOf(story, "id")) + ": " + Counted(reports, "report") +
                     (origins == 0 ? "" : ", " + Counted(origins, "origin")));
  if (const std::string why = TextOf(story, "why"); !why.empty()) {
    out.Leaf("p", {{"dir", "auto"}}, "Grouped because: " + why + ".");
  }
  if (reports > 1) DrawGraph(view, story, number, out);
  DrawOrigins(view, story, out);
  DrawEchoes(view, story, out);
  out.Close();
}

void DrawValues(const CaseView& view, const Json& disagreement, Markup& out) {
  out.Open("div", {{"class", "side"}});
  for (const Json& value : Items(disagreement, "values")) {
    out.Open("div", {{"class", "version"}});
    out.Leaf("p", {{"class", "figure"}, {"dir", "auto"}}, TextOf(value, "value"));
    if (const std::string quote = TextOf(value, "quote"); !quote.empty()) {
      out.Open("blockquote", {{"dir", "auto"}}).Leaf("p", quote).Close();
    }
    out.Open("p", {{"class", "quiet"}});
    view.LinkReport(TextOf(value, "report"), out);
    out.Close(2);
  }
  out.Close();
}

}  // namespace

void DrawStory(const CaseView& view, Markup& out) {
  const Json::Array& stories = Items(view.json(), "stories");
  std::size_t number = 0;
  for (const Json& story : stories) {
    if (++number > kDrawnStoriesMax) break;
    DrawOneStory(view, story, number, out);
  }
  if (stories.size() > kDrawnStoriesMax) {
    out.Leaf("p", {{"class", "quiet"}},
             std::to_string(stories.size() - kDrawnStoriesMax) + " more stories are not shown.");
  }
  DrawReports(view, out);
}

bool HasDisagreements(const CaseView& view) {
  for (const Json& story : Items(view.json(), "stories")) {
    if (!Items(story, "disagreements").empty()) return true;
  }
  return false;
}

void DrawDisagreements(const CaseView& view, Markup& out) {
  std::size_t drawn = 0;
  for (const Json& story : Items(view.json(), "stories")) {
    for (const Json& disagreement : Items(story, "disagreements")) {
      if (++drawn > kPageItemsMax) return;
      out.Leaf("h3", {{"dir", "auto"}}, TextOf(disagreement, "about"));
      DrawValues(view, disagreement, out);
    }
  }
}

}  // namespace proviso::pages

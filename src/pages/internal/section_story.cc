#include <algorithm>
#include <set>
#include <vector>

#include "pages/case_page.h"
#include "pages/internal/check_words.h"
#include "pages/internal/figures.h"
#include "pages/internal/prose.h"
#include "pages/internal/sections.h"
#include "pages/internal/terms.h"

namespace proviso::pages {
namespace {

constexpr std::size_t kDrawnStoriesMax = 50;

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
  OpenTable("Echoes and why", {"Report", "Repeats", "Share", "Why"}, out);
  for (std::size_t i = 0; i < echoes.size() && i < kPageItemsMax; ++i) {
    out.Open("tr").Open("td");
    DrawProse(view, TextOf(echoes[i], "by"), out);
    out.Close().Open("td");
    DrawProse(view, TextOf(echoes[i], "of"), out);
    const std::int64_t share = echoes[i].IntegerOr("containment_per_mille", -1);
    out.Close().Leaf("td", {{"class", "number"}},
                     share < 0 ? "" : ShownNumber(static_cast<double>(share) / 10) + " %");
    out.Open("td");
    DrawProse(view, TextOf(echoes[i], "why"), out);
    out.Close(2);
  }
  CloseTable(out);
  DrawMore(echoes.size(), "echoes", out);
}

// The report that is the origin gives it its name; where it is cited alone, those who cite it do.
std::string NameOfOrigin(const CaseView& view, const Json& origin) {
  const std::string of_report = view.ReportName(TextOf(origin, "report"));
  return of_report.empty() ? TextOf(origin, "name") : of_report;
}

void DrawOrigins(const CaseView& view, const Json& story, Markup& out) {
  const Json::Array& origins = Items(story, "origins");
  if (origins.empty()) return;
  OpenTable("Origins and why", {"Origin", "Report", "Cited by", "Why"}, out);
  for (std::size_t i = 0; i < origins.size() && i < kPageItemsMax; ++i) {
    const std::string report = TextOf(origins[i], "report");
    out.Open("tr").Leaf("th", {{"scope", "row"}}, NameOfOrigin(view, origins[i])).Open("td");
    if (report.empty()) {
      out.Text("cited, not received");
    } else {
      view.LinkId(report, out);
    }
    out.Close().Open("td");
    bool first = true;
    for (const Json& by : Items(origins[i], "cited_by")) {
      if (by.AsString() == nullptr) continue;
      if (!first) out.Text(", ");
      DrawProse(view, *by.AsString(), out);
      first = false;
    }
    out.Close().Open("td");
    DrawProse(view, TextOf(origins[i], "why"), out);
    out.Close(2);
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
  OpenTable("Reports received", {"Report", "Title", "From", "Dated", "Received"}, out);
  for (std::size_t i = 0; i < reports.size() && i < kPageItemsMax; ++i) {
    const Json& report = reports[i];
    out.Open("tr", {{"id", "report-" + std::to_string(i + 1)}})
        .Open("th", {{"scope", "row"}, {"class", "key"}})
        .Text(TextOf(report, "id"))
        .Leaf("span", {{"class", "id"}}, InWords(TextOf(report, "kind")))
        .Close();
    out.Open("td").Leaf("p", {{"lang", LanguageOf(report)}, {"dir", "auto"}},
                        report.StringOr("title", "Without a title"));
    out.Open("p", {{"class", "quiet fine"}}).Text("SHA-256 ");
    DrawHash(TextOf(report, "sha256"), out);
    out.Close(2);
    const std::string outlet = TextOf(report, "outlet");
    const std::string author = TextOf(report, "author");
    const bool both = !outlet.empty() && !author.empty() && outlet != author;
    std::string from = outlet.empty() ? author : outlet;
    if (both) from.append(", ").append(author);
    out.Leaf("td", from);
    out.Open("td");
    DrawDay(TextOf(report, "date"), out);
    out.Close().Open("td");
    DrawDay(TextOf(report, "received_at"), out);
    out.Close(2);
  }
  CloseTable(out);
  DrawMore(reports.size(), "reports", out);
}

// "Example Courier, Example Bulletin and Example Herald".
std::string Listed(const std::vector<std::string>& names) {
  std::string text;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i > 0) text += i + 1 == names.size() ? " and " : ", ";
    text += names[i];
  }
  return text;
}

// How the reports of a story stand to each other, in a sentence or two; the figures behind it are
// for those who want them.
void DrawGrouping(const CaseView& view, const Json& story, Markup& out) {
  std::set<std::string> copies;
  for (const Json& echo : Items(story, "echoes")) copies.insert(TextOf(echo, "by"));
  std::vector<std::string> origins;
  for (const Json& origin : Items(story, "origins")) {
    origins.push_back(NameOfOrigin(view, origin));
  }
  std::string text = "These reports tell of the same event.";
  if (!copies.empty()) {
    text += " " + std::to_string(copies.size()) + " of the " +
            std::to_string(Items(story, "reports").size()) +
            (copies.size() == 1 ? " repeats" : " repeat") + " what another says.";
  }
  if (!origins.empty()) {
    text += origins.size() == 1 ? " All goes back to " : " What is new comes from ";
    text += Listed(origins) + ".";
  }
  out.Leaf("p", {{"dir", "auto"}}, text);
}

void DrawWhyGrouped(const CaseView& view, const Json& story, Markup& out) {
  const std::string why = TextOf(story, "why");
  if (why.empty()) return;
  OpenDetails("Why these reports were grouped", out);
  out.Open("ul");
  std::string_view rest = why;
  for (std::size_t i = 0; !rest.empty() && i < kPageItemsMax; ++i) {
    const std::size_t end = std::min(rest.find(". "), rest.size());
    out.Open("li");
    DrawProse(view, rest.substr(0, end), out);
    out.Close();
    rest.remove_prefix(std::min(end + 2, rest.size()));
  }
  out.Close(2);
}

// A story that only one report tells needs neither a drawing nor tables.
void DrawSingle(const CaseView& view, const Json& story, Markup& out) {
  for (const Json& id : Items(story, "reports")) {
    if (id.AsString() == nullptr) continue;
    const Json* report = view.Report(*id.AsString());
    const std::string title = report == nullptr ? "" : TextOf(*report, "title");
    out.Open("p");
    view.LinkReport(*id.AsString(), out);
    if (!title.empty()) out.Text(": ").Leaf("bdi", title);
    out.Text(". No other report tells of it.").Close();
  }
}

void DrawOneStory(const CaseView& view, const Json& story, std::size_t number, Markup& out) {
  const std::size_t reports = Items(story, "reports").size();
  const std::size_t origins = Items(story, "origins").size();
  out.Open("article", {{"class", "story"}});
  out.Leaf("h3", "Event " + std::to_string(number) + ": " + Counted(reports, "report") +
                     (origins == 0 || reports < 2 ? "" : ", " + Counted(origins, "origin")));
  if (reports < 2) {
    DrawSingle(view, story, out);
  } else {
    DrawGrouping(view, story, out);
    DrawGraph(view, story, number, out);
    DrawOrigins(view, story, out);
    DrawEchoes(view, story, out);
    DrawWhyGrouped(view, story, out);
  }
  out.Close();
}

// One value of a disagreement, with all that give it.
struct Version {
  std::string value;
  std::vector<const Json*> said;
};

// "6 August 2026" and "6 August" are one value.
bool SameValue(const std::string& a, const std::string& b) {
  const std::string& shorter = a.size() < b.size() ? a : b;
  const std::string& longer = a.size() < b.size() ? b : a;
  if (!longer.starts_with(shorter)) return false;
  const std::string rest = longer.substr(shorter.size());
  return rest.empty() || (rest.size() == 5 && rest[0] == ' ' &&
                          rest.find_first_not_of("0123456789", 1) == std::string::npos);
}

std::vector<Version> VersionsOf(const Json& disagreement) {
  std::vector<Version> versions;
  std::size_t count = 0;
  for (const Json& value : Items(disagreement, "values")) {
    if (++count > kPageItemsMax) break;
    const std::string text = TextOf(value, "value");
    const auto same = std::find_if(versions.begin(), versions.end(), [&](const Version& version) {
      return SameValue(version.value, text);
    });
    if (same == versions.end()) {
      versions.push_back({text, {&value}});
    } else {
      same->said.push_back(&value);
      if (text.size() > same->value.size()) same->value = text;
    }
  }
  return versions;
}

// Reports disagree when no report gives both values: whoever gives both speaks of two things.
bool BetweenReports(const std::vector<Version>& versions) {
  for (const Version& a : versions) {
    for (const Version& b : versions) {
      if (&a == &b) continue;
      const bool shared = std::any_of(a.said.begin(), a.said.end(), [&](const Json* first) {
        return std::any_of(b.said.begin(), b.said.end(), [&](const Json* second) {
          return TextOf(*first, "report") == TextOf(*second, "report");
        });
      });
      if (!shared) return true;
    }
  }
  return false;
}

void DrawVersions(const CaseView& view, const std::vector<Version>& versions, Markup& out) {
  out.Open("div", {{"class", "side"}});
  for (const Version& version : versions) {
    out.Open("div", {{"class", "version"}});
    out.Leaf("p", {{"class", "figure"}, {"dir", "auto"}}, version.value);
    for (const Json* said : version.said) {
      if (const std::string quote = TextOf(*said, "quote"); !quote.empty()) {
        out.Open("blockquote", {{"dir", "auto"}}).Leaf("p", quote).Close();
      }
      out.Open("p", {{"class", "quiet"}});
      view.LinkReport(TextOf(*said, "report"), out);
      out.Close();
    }
    out.Close();
  }
  out.Close();
}

void DrawDisagreement(const CaseView& view, const Json& disagreement, Markup& out) {
  const std::vector<Version> versions = VersionsOf(disagreement);
  std::string values;
  for (const Version& version : versions) values += (values.empty() ? "" : " or ") + version.value;
  const std::string title = InWords(TextOf(disagreement, "about")) + ": " + values;
  if (BetweenReports(versions)) {
    out.Leaf("h3", {{"dir", "auto"}}, title);
    DrawVersions(view, versions, out);
    return;
  }
  OpenDetails(title + " (perhaps of different things: one report gives both)", out);
  DrawVersions(view, versions, out);
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
      DrawDisagreement(view, disagreement, out);
    }
  }
}

}  // namespace proviso::pages

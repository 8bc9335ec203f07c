#include "cli/told.h"

#include <cstdio>
#include <memory>

#include "cli/terminal.h"

namespace proviso::cli {
namespace {

void PrintProbes(const Json& shown) {
  std::vector<std::vector<std::string>> rows;
  for (const Json& row : *shown.Find("rows")->AsArray()) {
    std::vector<std::string> cells;
    for (const Json& cell : *row.AsArray()) cells.push_back(*cell.AsString());
    cells[0] = cells[0].starts_with('2') ? Green(cells[0]) : Red(cells[0]);
    if (cells[1] == "WRONG") cells[1] = Red(cells[1]);
    rows.push_back(std::move(cells));
  }
  std::printf("%s", FormatTable({"ANSWER", "", "REQUEST", "WHAT IT IS", "REASON"}, rows).c_str());
}

// `text` with its later lines under the first one.
std::string Indented(const std::string& text) {
  std::string out;
  for (const char c : text) {
    out += c;
    if (c == '\n') out += "     ";
  }
  return out;
}

void Show(const std::string& kind, const Json& shown) {
  if (kind == "case") PrintCase(shown);
  if (kind == "decision") PrintDecision(shown);
  if (kind == "probes") PrintProbes(shown);
  if (kind == "reports") PrintReports(shown);
  if (kind == "cessation") PrintCessation(shown);
}

}  // namespace

demo::Telling PrintedTelling() {
  auto number = std::make_shared<int>(0);
  return {.begin =
              [number](const std::string& step) {
                std::printf("\n%s\n", Bold(std::to_string(++*number) + ". " + step).c_str());
                std::fflush(stdout);
              },
          .say = [](const std::string& text) { std::printf("   %s\n", Indented(text).c_str()); },
          .show = Show,
          .end =
              [](const std::string&, bool ok, double seconds) {
                std::printf("   %s %s\n", ok ? Green("done").c_str() : Red("failed").c_str(),
                            Dim("in " + std::to_string(seconds).substr(0, 5) + " s").c_str());
                std::fflush(stdout);
              },
          .progress = TerminalProgress()};
}

demo::Telling SilentTelling() {
  return {.begin = [](const std::string&) {},
          .say = [](const std::string&) {},
          .show = [](const std::string&, const Json&) {},
          .end = [](const std::string&, bool, double) {},
          .progress = {}};
}

void PrintSummary(const Json& summary) {
  if (!summary.BoolOr("ok", false)) {
    std::printf("\n%s\n", Red("The story did not come to its end.").c_str());
    return;
  }
  std::printf("\n%s everything lies in %s; delete it when you have seen enough.\n",
              Green("All of it held:").c_str(), summary.StringOr("folder", "").c_str());
  const std::string page = summary.StringOr("page", "");
  if (!page.empty()) std::printf("Open the case in a browser: %s\n", Bold(page).c_str());
  std::printf("Try next:\n");
  for (const Json& command : *summary.Find("try")->AsArray()) {
    std::printf("  %s\n", command.AsString()->c_str());
  }
}

}  // namespace proviso::cli

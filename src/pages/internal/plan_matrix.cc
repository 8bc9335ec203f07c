#include <map>
#include <set>

#include "pages/case_page.h"
#include "pages/internal/figures.h"
#include "pages/internal/sections.h"
#include "pages/internal/terms.h"

namespace proviso::pages {
namespace {

constexpr std::size_t kCellsMax = 20000;  // of all matrices of a plan

using Ids = std::set<std::string, std::less<>>;

struct Cell {
  std::string stage;  // "kept" for a kept service
  std::string until;
  bool restored = false;
};

struct Matrix {
  Ids subscriptions;
  std::map<std::pair<std::string, std::string>, std::vector<Cell>> cells;
};

struct PlanTables {
  std::map<std::string, Matrix> regions;
  Ids services;
  Ids kept_services;
  Ids dependents;
  std::size_t cells = 0;
};

void ReadTargets(const Json& restriction, bool restored, PlanTables& tables) {
  for (const Json& target : Items(restriction, "targets")) {
    if (++tables.cells > kCellsMax) return;
    const std::string subscription = TextOf(target, "subscription");
    const std::string service = TextOf(target, "service");
    Matrix& matrix = tables.regions[TextOf(target, "region")];
    matrix.subscriptions.insert(subscription);
    tables.services.insert(service);
    matrix.cells[{subscription, service}].push_back(
        {TextOf(restriction, "stage"), TextOf(restriction, "until"), restored});
    for (const Json& dependent : Items(target, "depended_on_by")) {
      if (dependent.AsString() != nullptr) tables.dependents.insert(*dependent.AsString());
    }
  }
}

// A kept service without a region is kept in all of them.
void ReadKept(const Json& plan, PlanTables& tables) {
  for (const Json& kept : Items(plan, "kept")) {
    const std::string subscription = TextOf(kept, "subscription");
    const std::string service = TextOf(kept, "service");
    const std::string region = TextOf(kept, "region");
    tables.kept_services.insert(service);
    for (auto& [name, matrix] : tables.regions) {
      if (!region.empty() && region != name) continue;
      if (++tables.cells > kCellsMax) return;
      matrix.subscriptions.insert(subscription);
      matrix.cells[{subscription, service}].push_back({"kept", {}, false});
    }
  }
}

PlanTables ReadPlan(const Json& plan) {
  PlanTables tables;
  for (const Json& restriction : Items(plan, "restrictions")) {
    ReadTargets(restriction, false, tables);
  }
  for (const Json& restored : Items(plan, "restores")) ReadTargets(restored, true, tables);
  ReadKept(plan, tables);
  for (const Json& dependent : Items(Member(plan, "affects"), "dependents")) {
    if (dependent.AsString() != nullptr) tables.dependents.insert(*dependent.AsString());
  }
  for (const std::string& kept : tables.kept_services) tables.services.erase(kept);
  return tables;
}

void DrawCell(const std::vector<Cell>* cells, Markup& out) {
  if (cells == nullptr) {
    out.Open("td", {{"class", "untouched"}}).Leaf("span", {{"class", "unseen"}}, "not touched");
    out.Open("span", {{"aria-hidden", "true"}}).Text("\xC2\xB7").Close(2);
    return;
  }
  out.Open("td");
  for (const Cell& cell : *cells) {
    Sign sign = StageSign(cell.stage);
    if (cell.restored) sign.word = "Restored, was " + sign.word;
    DrawSign(sign, out);
    if (!cell.until.empty()) {
      out.Open("span", {{"class", "quiet until"}}).Text("until ");
      DrawDay(cell.until, out);
      out.Close();
    }
  }
  out.Close();
}

void DrawMatrix(const CaseView& view, const PlanTables& tables, const std::string& region,
                Markup& out) {
  const Matrix& matrix = tables.regions.at(region);
  const std::string caption = "Plan for " + view.Name("regions", region);
  out.Open("div",
           {{"class", "scroll"}, {"role", "group"}, {"tabindex", "0"}, {"aria-label", caption}});
  out.Open("table", {{"class", "matrix"}}).Leaf("caption", caption).Open("thead").Open("tr");
  out.Leaf("th", {{"scope", "col"}}, "Subscription");
  std::vector<std::string> services(tables.services.begin(), tables.services.end());
  services.insert(services.end(), tables.kept_services.begin(), tables.kept_services.end());
  for (const std::string& service : services) {
    out.Leaf("th", {{"scope", "col"}}, view.Name("services", service));
  }
  out.Close(2).Open("tbody");
  for (const std::string& subscription : matrix.subscriptions) {
    out.Open("tr").Open("th", {{"scope", "row"}});
    view.NameAndId("subscriptions", subscription, out);
    out.Close();
    for (const std::string& service : services) {
      const auto found = matrix.cells.find({subscription, service});
      DrawCell(found == matrix.cells.end() ? nullptr : &found->second, out);
    }
    out.Close();
  }
  out.Close(3);
}

}  // namespace

void DrawPlan(const CaseView& view, const Json& plan, Markup& out) {
  if (plan.AsObject() == nullptr) return;
  const PlanTables tables = ReadPlan(plan);
  for (const auto& [region, matrix] : tables.regions) DrawMatrix(view, tables, region, out);
  if (tables.cells > kCellsMax) {
    out.Leaf("p", {{"class", "note"}}, "The plan has more targets than are shown here.");
  }
  if (tables.dependents.empty()) return;
  out.Open("p").Leaf("strong", "Others who depend on a target:").Text(" ");
  bool first = true;
  for (const std::string& dependent : tables.dependents) {
    if (!first) out.Text(", ");
    view.NameAndId("subscriptions", dependent, out);
    first = false;
  }
  out.Close();
}

}  // namespace proviso::pages

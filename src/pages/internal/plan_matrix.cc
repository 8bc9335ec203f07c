#include <compare>
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
  std::string operations;  // "create, write"; empty: all that the stage denies
  bool restored = false;
  auto operator<=>(const Cell&) const = default;
};

using Cells = std::map<std::string, std::vector<Cell>>;  // by service

struct Matrix {
  std::map<std::string, Cells> subscriptions;
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
    tables.services.insert(service);
    matrix.subscriptions[subscription][service].push_back({TextOf(restriction, "stage"),
                                                           TextOf(restriction, "until"),
                                                           NarrowedTo(restriction), restored});
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
      matrix.subscriptions[subscription][service].push_back({"kept", {}, {}, false});
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
    if (!cell.operations.empty()) {
      out.Leaf("span", {{"class", "quiet"}}, " " + cell.operations + " only");
    }
    if (!cell.until.empty()) {
      out.Open("span", {{"class", "quiet until"}}).Text("until ");
      DrawDay(cell.until, out);
      out.Close();
    }
  }
  out.Close();
}

// Subscriptions that are treated alike share a column.
using Columns = std::map<Cells, std::vector<std::string>>;

void DrawRow(const CaseView& view, const std::string& service, const Columns& columns,
             Markup& out) {
  out.Open("tr").Leaf("th", {{"scope", "row"}}, view.Name("services", service));
  for (const auto& [cells, subscriptions] : columns) {
    const auto found = cells.find(service);
    DrawCell(found == cells.end() ? nullptr : &found->second, out);
  }
  out.Close();
}

void DrawMatrix(const CaseView& view, const PlanTables& tables, const std::string& region,
                Markup& out) {
  Columns columns;
  Ids services;
  for (const auto& [subscription, cells] : tables.regions.at(region).subscriptions) {
    columns[cells].push_back(subscription);
    for (const auto& [service, cell] : cells) services.insert(service);
  }
  const std::string caption = "Plan for " + view.Name("regions", region);
  out.Open("div",
           {{"class", "scroll"}, {"role", "group"}, {"tabindex", "0"}, {"aria-label", caption}});
  out.Open("table", {{"class", "matrix"}}).Leaf("caption", caption).Open("thead").Open("tr");
  out.Leaf("th", {{"scope", "col"}}, "Service");
  for (const auto& [cells, subscriptions] : columns) {
    out.Open("th", {{"scope", "col"}});
    for (std::size_t i = 0; i < subscriptions.size(); ++i) {
      const std::string name = view.Name("subscriptions", subscriptions[i]);
      if (i > 0) out.Text(", ");
      out.Leaf("bdi", {{"title", name == subscriptions[i] ? "" : subscriptions[i]}}, name);
    }
    out.Close();
  }
  out.Close(2).Open("tbody");
  for (const Ids* of : {&tables.services, &tables.kept_services}) {
    for (const std::string& service : *of) {
      if (services.contains(service)) DrawRow(view, service, columns, out);
    }
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
    out.Leaf("bdi", {{"title", dependent}}, view.Name("subscriptions", dependent));
    first = false;
  }
  out.Close();
}

}  // namespace proviso::pages

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>

#include "pages/internal/figures.h"
#include "pages/internal/plot_panel.h"
#include "pages/internal/sections.h"

namespace proviso::pages {
namespace {

constexpr std::size_t kNodesMax = 60;
constexpr std::size_t kArrowsMax = 300;
constexpr double kRow = 58;
constexpr double kTop = 30;
constexpr double kTextSize = 13;
constexpr double kNameSize = 14;
constexpr double kBoldSize = 15.5;  // what bold letters of that size are as wide as
constexpr int kWideFrom = 560;

struct Node {
  std::string id;  // of the report; of an origin that no report brought, its name
  std::string date;
  std::string head;  // outlet or kind
  std::string title;
  std::string role;  // "origin", "echo", "cited, not received", ""
  bool origin = false;
  bool received = true;
};

struct Arrow {
  std::size_t from = 0;  // the echo
  std::size_t to = 0;    // what it copies
  std::string label;
  bool cited = false;
};

struct Graph {
  std::vector<Node> nodes;
  std::vector<Arrow> arrows;
  std::size_t left_out = 0;
};

Node ReportNode(const CaseView& view, const std::string& id) {
  Node node;
  node.id = id;
  const Json* report = view.Report(id);
  if (report == nullptr) {
    node.head = id;
    return node;
  }
  node.date = report->StringOr("date", TextOf(*report, "received_at"));
  node.head = report->StringOr("outlet", report->StringOr("author", ""));
  if (node.head.empty()) node.head = ClassInWords(TextOf(*report, "kind"));
  node.title = TextOf(*report, "title");
  return node;
}

// Origins without a report of their own stand first: they are before everything that was received.
void AddNodes(const CaseView& view, const Json& story, Graph& graph) {
  for (const Json& origin : Items(story, "origins")) {
    if (!TextOf(origin, "report").empty()) continue;
    Node node;
    node.id = TextOf(origin, "name");
    node.head = node.id;
    node.role = "origin";
    node.title = "cited, not received";
    node.origin = true;
    node.received = false;
    graph.nodes.push_back(std::move(node));
  }
  std::vector<Node> reports;
  for (const Json& id : Items(story, "reports")) {
    if (id.AsString() != nullptr) reports.push_back(ReportNode(view, *id.AsString()));
  }
  std::stable_sort(reports.begin(), reports.end(),
                   [](const Node& a, const Node& b) { return a.date < b.date; });
  graph.nodes.insert(graph.nodes.end(), reports.begin(), reports.end());
  if (graph.nodes.size() > kNodesMax) {
    graph.left_out = graph.nodes.size() - kNodesMax;
    graph.nodes.resize(kNodesMax);
  }
}

std::string Share(const Json& echo) {
  const std::int64_t per_mille = echo.IntegerOr("containment_per_mille", -1);
  if (per_mille < 0 || per_mille > 1000) return {};
  return std::to_string((per_mille + 5) / 10) + " %";
}

Graph ReadGraph(const CaseView& view, const Json& story) {
  Graph graph;
  AddNodes(view, story, graph);
  std::map<std::string, std::size_t, std::less<>> places;
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) places.emplace(graph.nodes[i].id, i);
  const auto add = [&](const std::string& from, const std::string& to, Arrow arrow) {
    const auto echo = places.find(from);
    const auto copied = places.find(to);
    if (echo == places.end() || copied == places.end() || echo == copied) return false;
    arrow.from = echo->second;
    arrow.to = copied->second;
    if (graph.arrows.size() < kArrowsMax) graph.arrows.push_back(std::move(arrow));
    return true;
  };
  for (const Json& echo : Items(story, "echoes")) {
    const std::string by = TextOf(echo, "by");
    if (!add(by, TextOf(echo, "of"), {.label = Share(echo)})) continue;
    graph.nodes[places.find(by)->second].role = "echo";
  }
  for (const Json& origin : Items(story, "origins")) {
    const auto own = places.find(TextOf(origin, "report"));
    if (own != places.end()) {
      graph.nodes[own->second].origin = true;
      graph.nodes[own->second].role = "origin";
      continue;
    }
    for (const Json& by : Items(origin, "cited_by")) {
      if (by.AsString() == nullptr) continue;
      add(*by.AsString(), TextOf(origin, "name"), {.label = {}, .cited = true});
    }
  }
  return graph;
}

struct Places {
  bool wide = false;
  double width = 0;
  double node_x = 0;
  double Y(std::size_t row) const { return kTop + kRow * static_cast<double>(row); }
};

// Arrows leave to the left and come back: the further, the wider, up to the edge.
void DrawArrow(const Arrow& arrow, const Places& places, Markup& svg) {
  const double from = places.Y(arrow.from);
  const double to = places.Y(arrow.to);
  const auto rows = std::abs(static_cast<double>(arrow.from) - static_cast<double>(arrow.to));
  const double room = places.node_x - 14;
  // The middle of such a curve lies at three quarters of its handles.
  const double bulge = std::min(room / 0.75, (places.wide ? 44 : 22) + rows * 22);
  const std::string x = Coordinate(places.node_x - 9);
  const std::string handle = Coordinate(places.node_x - bulge);
  svg.Void("path", {{"class", arrow.cited ? "eg-arrow eg-cited" : "eg-arrow"},
                    {"d", "M" + x + " " + Coordinate(from) + "C" + handle + " " + Coordinate(from) +
                              " " + handle + " " + Coordinate(to) + " " +
                              Coordinate(places.node_x - 15) + " " + Coordinate(to)}});
  const std::string tail = Coordinate(places.node_x - 18);
  svg.Void("path", {{"class", "eg-head"},
                    {"d", "M" + x + " " + Coordinate(to) + "L" + tail + " " + Coordinate(to - 5) +
                              "L" + tail + " " + Coordinate(to + 5) + "Z"}});
  if (arrow.label.empty() || !places.wide) return;
  DrawText({places.node_x - bulge * 0.75, (from + to) / 2 + 4.5, "eg-share", "middle"}, arrow.label,
           svg);
}

void DrawMark(const Node& node, double x, double y, Markup& svg) {
  if (!node.origin) {
    svg.Void("circle", {{"class", node.role.empty() ? "eg-node eg-other" : "eg-node"},
                        {"cx", Coordinate(x)},
                        {"cy", Coordinate(y)},
                        {"r", "6"}});
    return;
  }
  svg.Void("path", {{"class", node.received ? "eg-origin" : "eg-origin eg-unseen"},
                    {"d", "M" + Coordinate(x - 9) + " " + Coordinate(y) + "l9 -9 9 9 -9 9Z"}});
}

void DrawNode(const Node& node, std::size_t row, const Places& places, Markup& svg) {
  const double y = places.Y(row);
  DrawMark(node, places.node_x, y, svg);
  const double x = places.node_x + 22;
  const double room = std::max(60.0, places.width - x);
  std::string head = node.head;
  if (!node.date.empty()) {
    const Result<Date> day = ParseDate(std::string_view(node.date).substr(0, 10));
    if (day && places.wide) {
      DrawText({0, y + 4.5, "eg-date"}, DateInWords(*day), svg);
    } else if (day) {
      head = DayAndMonth(*day) + ", " + head;
    }
  }
  const std::string role = node.role.empty() ? "" : " \xC2\xB7 " + node.role;
  const double for_role = TextWidth(role, kNameSize);
  const std::string shown = Fitted(head, std::max(room - for_role, kNameSize), kBoldSize);
  svg.Open("text", {{"class", "eg-name"}, {"x", Coordinate(x)}, {"y", Coordinate(y - 2)}});
  svg.Text(shown).Leaf("tspan", {{"class", "eg-role"}}, role).Close();
  DrawText({x, y + 16, "eg-title"}, Fitted(node.title, room, kTextSize), svg);
}

std::string Description(const Graph& graph) {
  std::string text;
  for (const Node& node : graph.nodes) {
    text += (text.empty() ? "" : " ") + node.head + ", " +
            (node.date.empty() ? "no date" : DayInWords(node.date)) +
            (node.role.empty() ? "." : ": " + node.role + ".");
  }
  for (const Arrow& arrow : graph.arrows) {
    text += " " + graph.nodes[arrow.from].head + (arrow.cited ? " cites " : " copies ") +
            graph.nodes[arrow.to].head + (arrow.label.empty() ? "." : ", " + arrow.label + ".");
  }
  return text;
}

}  // namespace

std::string RenderEchoGraph(const CaseView& view, const Json& story,
                            const EchoGraphOptions& options) {
  const Graph graph = ReadGraph(view, story);
  Places places;
  places.width = options.width;
  places.wide = options.width >= kWideFrom;
  const bool arrows = !graph.arrows.empty();
  places.node_x = places.wide ? (arrows ? 270 : 150) : (arrows ? 84 : 14);
  const double rows = static_cast<double>(graph.nodes.size()) + (graph.left_out > 0 ? 0.6 : 0);
  const std::string width = Coordinate(places.width);
  const std::string height = Coordinate(kTop + kRow * std::max(rows, 1.0) - 14);
  const std::string prefix(options.prefix);
  Markup svg;
  svg.Open("svg", {{"xmlns", "http://www.w3.org/2000/svg"},
                   {"class", "pv-plot eg"},
                   {"role", "img"},
                   {"aria-labelledby", prefix + "-title " + prefix + "-desc"},
                   {"viewBox", "0 0 " + width + " " + height},
                   {"width", width},
                   {"height", height}});
  svg.Leaf("title", {{"id", prefix + "-title"}}, "Reports by date, and what each copies");
  svg.Leaf("desc", {{"id", prefix + "-desc"}}, Description(graph));
  for (const Arrow& arrow : graph.arrows) DrawArrow(arrow, places, svg);
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) DrawNode(graph.nodes[i], i, places, svg);
  if (graph.left_out > 0) {
    DrawText({places.node_x + 22, places.Y(graph.nodes.size()) - 8, "eg-title"},
             std::to_string(graph.left_out) + " more are not drawn", svg);
  }
  svg.Close();
  return svg.Take();
}

}  // namespace proviso::pages

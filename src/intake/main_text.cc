#include "intake/internal/main_text.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <initializer_list>
#include <optional>

#include "intake/internal/text_blocks.h"

namespace proviso::intake {
namespace {

using NodeIndex = std::uint32_t;

// Text that is shorter is no paragraph, and decides nothing.
constexpr std::size_t kParagraphBytesMin = 25;
// A result that is shorter makes the next, less strict attempt be tried.
constexpr std::size_t kArticleBytesMin = 500;
constexpr int kAncestorsMax = 5;

bool IsAny(std::string_view text, std::initializer_list<std::string_view> names) {
  return std::find(names.begin(), names.end(), text) != names.end();
}

bool HasAny(std::string_view text, std::initializer_list<std::string_view> parts) {
  return std::any_of(parts.begin(), parts.end(), [&](std::string_view part) {
    return text.find(part) != std::string_view::npos;
  });
}

// Class and id of an element, in lower case.
std::string NameOf(const HtmlNode& node) {
  std::string name(node.Attribute("class"));
  name += ' ';
  name += node.Attribute("id");
  for (char& letter : name) {
    if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter - 'A' + 'a');
  }
  return name;
}

bool IsNeverText(const HtmlNode& node) {
  return IsAny(node.tag,
               {"script", "style",  "noscript", "template", "iframe",   "object",     "embed",
                "svg",    "canvas", "video",    "audio",    "button",   "input",      "select",
                "option", "nav",    "footer",   "aside",    "textarea", "figcaption", "menu",
                "head",   "label",  "dialog",   "link",     "math"});
}

bool IsHidden(const HtmlNode& node) {
  if (node.attributes.empty()) return false;
  for (const auto& [name, value] : node.attributes) {
    if (name == "hidden") return true;
    if (name == "aria-hidden" && value == "true") return true;
    if (name == "style" && (value.find("display:none") != std::string::npos ||
                            value.find("display: none") != std::string::npos)) {
      return true;
    }
  }
  return false;
}

// Names that pages give to what stands around an article.
bool LooksUnlikely(const HtmlNode& node, const std::string& name) {
  if (IsAny(node.tag, {"html", "body", "a", "article", "main"})) return false;
  if (IsAny(node.Attribute("role"),
            {"menu", "menubar", "complementary", "navigation", "alert", "alertdialog", "dialog"})) {
    return true;
  }
  if (!HasAny(name,
              {"-ad-",         "ai2html",    "banner",    "breadcrumb", "combx",     "comment",
               "community",    "cover-wrap", "disqus",    "extra",      "footer",    "gdpr",
               "header",       "legends",    "menu",      "related",    "remark",    "replies",
               "rss",          "shoutbox",   "sidebar",   "skyscraper", "social",    "sponsor",
               "supplemental", "ad-break",   "agegate",   "pagination", "pager",     "popup",
               "newsletter",   "share",      "sharing",   "promo",      "subscribe", "caption",
               "byline",       "cookie",     "recommend", "trending",   "outbrain",  "taboola",
               "most-read",    "toolbar",    "dateline",  "bio"})) {
    return false;
  }
  return !HasAny(name, {"article", "body", "column", "content", "main", "shadow"}) ||
         HasAny(name, {"related", "newsletter", "comment", "sidebar", "recommend", "promo"});
}

int WeightOfName(const std::string& name) {
  int weight = 0;
  if (HasAny(name,
             {"-ad-",    "hidden",   "hid",    "banner",   "combx",    "comment", "com-",
              "contact", "footer",   "gdpr",   "masthead", "media",    "meta",    "outbrain",
              "promo",   "related",  "scroll", "share",    "shoutbox", "sidebar", "skyscraper",
              "sponsor", "shopping", "tags",   "widget"})) {
    weight -= 25;
  }
  if (HasAny(name, {"article", "body", "content", "entry", "hentry", "h-entry", "main", "page",
                    "pagination", "post", "text", "blog", "story"})) {
    weight += 25;
  }
  return weight;
}

int WeightOfTag(std::string_view tag) {
  if (tag == "article" || tag == "main") return 10;
  if (tag == "div") return 5;
  if (IsAny(tag, {"pre", "td", "blockquote"})) return 3;
  if (IsAny(tag, {"address", "ol", "ul", "dl", "dd", "dt", "li", "form"})) return -3;
  if (IsAny(tag, {"h1", "h2", "h3", "h4", "h5", "h6", "th"})) return -5;
  return 0;
}

// How strict one attempt is.
struct Strictness {
  bool drop_hidden = true;
  bool drop_unlikely = true;
  bool weigh_names = true;
  bool drop_sparse = true;
};

// What a node holds that was not removed, itself and below.
struct NodeFacts {
  std::size_t text_bytes = 0;
  std::size_t link_bytes = 0;
  std::size_t commas = 0;
  std::size_t own_bytes = 0;  // text that stands in no block further down
  std::size_t own_commas = 0;
  std::size_t paragraphs = 0;
  std::size_t images = 0;
  std::size_t items = 0;
  std::size_t inputs = 0;
  bool has_blocks = false;
  std::optional<double> score;
};

// One attempt to find the article of a page.
class Attempt {
 public:
  Attempt(const HtmlTree& tree, Strictness strictness)
      : tree_(tree),
        strictness_(strictness),
        removed_(tree.nodes.size(), false),
        facts_(tree.nodes.size()) {}

  std::vector<std::string> Run() {
    Remove();
    CountFacts();
    Vote();
    const std::optional<NodeIndex> top = Top();
    if (!top) return {};
    const std::vector<NodeIndex> roots = WithNeighbours(*top);
    if (strictness_.drop_sparse) {
      for (const NodeIndex root : roots) DropSparse(root);
    }
    return Paragraphs(roots);
  }

 private:
  const HtmlNode& Node(NodeIndex index) const { return tree_.nodes[index]; }
  double LinkDensity(NodeIndex index) const {
    const NodeFacts& facts = facts_[index];
    if (facts.text_bytes == 0) return 0;
    return static_cast<double>(facts.link_bytes) / static_cast<double>(facts.text_bytes);
  }

  void Remove() {
    for (NodeIndex i = 0; i < tree_.nodes.size(); ++i) {
      const HtmlNode& node = Node(i);
      if (i != 0 && removed_[node.parent]) {
        removed_[i] = true;
        continue;
      }
      if (node.IsText()) continue;
      removed_[i] = IsNeverText(node) || (strictness_.drop_hidden && IsHidden(node)) ||
                    (strictness_.drop_unlikely && !node.attributes.empty() &&
                     LooksUnlikely(node, NameOf(node)));
    }
  }

  void CountFacts() {
    for (auto& facts : facts_) facts = NodeFacts{.score = facts.score};
    for (NodeIndex i = static_cast<NodeIndex>(tree_.nodes.size()); i-- > 0;) {
      if (removed_[i]) continue;
      const HtmlNode& node = Node(i);
      NodeFacts& facts = facts_[i];
      if (node.IsText()) {
        const std::string text = WithSingleSpaces(node.text);
        facts.text_bytes = facts.own_bytes = text.size();
        facts.commas = facts.own_commas = CountCommas(text);
      } else if (node.tag == "a") {
        facts.link_bytes = facts.text_bytes;
      }
      if (i != 0) AddToParent(node, facts, facts_[node.parent]);
    }
  }

  static std::size_t CountCommas(std::string_view text) {
    return static_cast<std::size_t>(std::count(text.begin(), text.end(), ','));
  }

  static void AddToParent(const HtmlNode& node, const NodeFacts& facts, NodeFacts& parent) {
    parent.text_bytes += facts.text_bytes;
    parent.link_bytes += facts.link_bytes;
    parent.commas += facts.commas;
    parent.paragraphs += facts.paragraphs + (node.tag == "p" ? 1 : 0);
    parent.images += facts.images + (node.tag == "img" ? 1 : 0);
    parent.items += facts.items + (node.tag == "li" ? 1 : 0);
    parent.inputs += facts.inputs + (node.tag == "input" ? 1 : 0);
    if (IsBlockTag(node.tag) || facts.has_blocks) parent.has_blocks = true;
    if (IsBlockTag(node.tag)) return;
    parent.own_bytes += facts.own_bytes;
    parent.own_commas += facts.own_commas;
  }

  // Each paragraph gives points to the elements around it, fewer the further out they are.
  void Vote() {
    for (NodeIndex i = 0; i < tree_.nodes.size(); ++i) {
      const HtmlNode& node = Node(i);
      const NodeFacts& facts = facts_[i];
      if (removed_[i] || !IsBlockTag(node.tag) || facts.own_bytes < kParagraphBytesMin) continue;
      if (IsAny(node.tag, {"h1", "li", "dt", "dd", "th", "form"}) && facts.own_commas == 0) {
        continue;
      }
      const double points = 1.0 + static_cast<double>(facts.own_commas) +
                            static_cast<double>(std::min<std::size_t>(facts.own_bytes / 100, 3));
      const bool holds_runs =
          facts.has_blocks && !IsAny(node.tag, {"p", "pre", "td", "blockquote"});
      NodeIndex ancestor = holds_runs ? i : node.parent;
      for (int level = 0; level < kAncestorsMax && ancestor != 0; ++level) {
        const double divider = level == 0 ? 1 : level == 1 ? 2 : level * 3;
        ScoreOf(ancestor) += points / divider;
        ancestor = Node(ancestor).parent;
      }
    }
    for (NodeIndex i = 0; i < tree_.nodes.size(); ++i) {
      if (facts_[i].score) *facts_[i].score *= 1 - LinkDensity(i);
    }
  }

  double& ScoreOf(NodeIndex index) {
    std::optional<double>& score = facts_[index].score;
    if (!score) {
      const HtmlNode& node = Node(index);
      score = WeightOfTag(node.tag) + (strictness_.weigh_names ? WeightOfName(NameOf(node)) : 0);
    }
    return *score;
  }

  // The element with most points; or one further out that several of the best share.
  std::optional<NodeIndex> Top() const {
    std::vector<NodeIndex> best;
    for (NodeIndex i = 0; i < tree_.nodes.size(); ++i) {
      if (facts_[i].score && !removed_[i]) best.push_back(i);
    }
    if (best.empty()) return std::nullopt;
    std::stable_sort(best.begin(), best.end(),
                     [&](NodeIndex a, NodeIndex b) { return *facts_[a].score > *facts_[b].score; });
    if (best.size() > 5) best.resize(5);
    return Climb(SharedByTheBest(best));
  }

  NodeIndex SharedByTheBest(const std::vector<NodeIndex>& best) const {
    constexpr std::size_t kSharersMin = 3;
    const double high = *facts_[best[0]].score;
    std::vector<NodeIndex> near;
    for (std::size_t i = 1; i < best.size(); ++i) {
      if (*facts_[best[i]].score >= high * 0.75) near.push_back(best[i]);
    }
    if (near.size() < kSharersMin) return best[0];
    for (NodeIndex outer = Node(best[0]).parent; outer != 0 && Node(outer).tag != "body";
         outer = Node(outer).parent) {
      const auto below = std::count_if(near.begin(), near.end(),
                                       [&](NodeIndex node) { return IsBelow(node, outer); });
      if (static_cast<std::size_t>(below) >= kSharersMin) return outer;
    }
    return best[0];
  }

  bool IsBelow(NodeIndex node, NodeIndex outer) const {
    while (node != 0 && node != outer) node = Node(node).parent;
    return node == outer;
  }

  // Goes outwards while the points rise, and out of elements that hold nothing else.
  NodeIndex Climb(NodeIndex top) const {
    const double score = facts_[top].score.value_or(0);
    double last = score;
    for (NodeIndex outer = Node(top).parent; outer != 0 && Node(outer).tag != "body";
         outer = Node(outer).parent) {
      const std::optional<double>& points = facts_[outer].score;
      if (!points) continue;
      if (*points < score / 3) break;
      if (*points > last) {
        top = outer;
        break;
      }
      last = *points;
    }
    while (Node(top).parent != 0 && Node(Node(top).parent).tag != "body" &&
           ElementsIn(Node(top).parent) == 1) {
      top = Node(top).parent;
    }
    return top;
  }

  std::size_t ElementsIn(NodeIndex index) const {
    const auto& children = Node(index).children;
    return static_cast<std::size_t>(
        std::count_if(children.begin(), children.end(),
                      [&](NodeIndex child) { return !Node(child).IsText() && !removed_[child]; }));
  }

  // The article and those beside it that read like parts of it, in the order of the page.
  std::vector<NodeIndex> WithNeighbours(NodeIndex top) const {
    const NodeIndex parent = Node(top).parent;
    if (top == 0 || Node(top).tag == "body") return {top};
    const double score = facts_[top].score.value_or(0);
    const double threshold = std::max(10.0, score * 0.2);
    const std::string_view name = Node(top).Attribute("class");
    std::vector<NodeIndex> roots;
    for (const NodeIndex child : Node(parent).children) {
      if (removed_[child] || Node(child).IsText()) continue;
      const NodeFacts& facts = facts_[child];
      const double bonus =
          !name.empty() && Node(child).Attribute("class") == name ? score * 0.2 : 0;
      const bool alike = facts.score && *facts.score + bonus >= threshold;
      const bool prose =
          Node(child).tag == "p" && facts.text_bytes > 80 && LinkDensity(child) < 0.25;
      if (child == top || alike || prose) roots.push_back(child);
    }
    return roots;
  }

  // Takes out lists, tables and boxes that hold links and forms rather than sentences.
  void DropSparse(NodeIndex root) {
    std::vector<NodeIndex> pending(Node(root).children.rbegin(), Node(root).children.rend());
    while (!pending.empty()) {
      const NodeIndex next = pending.back();
      pending.pop_back();
      if (removed_[next] || Node(next).IsText()) continue;
      if (IsSparse(next)) {
        removed_[next] = true;
        continue;
      }
      pending.insert(pending.end(), Node(next).children.rbegin(), Node(next).children.rend());
    }
  }

  bool IsSparse(NodeIndex index) const {
    const HtmlNode& node = Node(index);
    const NodeFacts& facts = facts_[index];
    if (IsAny(node.tag, {"h1"})) return true;
    if (!IsAny(node.tag, {"form", "fieldset", "table", "ul", "ol", "div", "section", "header"})) {
      return false;
    }
    const int weight = strictness_.weigh_names ? WeightOfName(NameOf(node)) : 0;
    if (weight < 0) return true;
    if (facts.commas >= 10) return false;
    const bool list = node.tag == "ul" || node.tag == "ol";
    const double density = LinkDensity(index);
    return (facts.images > 1 && facts.paragraphs * 2 < facts.images && facts.text_bytes < 200) ||
           (!list && facts.items > facts.paragraphs + 5) ||
           facts.inputs * 3 > facts.paragraphs + 1 ||
           (!list && facts.text_bytes < kParagraphBytesMin && facts.images != 1) ||
           (weight < 25 && density > 0.2 && facts.text_bytes > 0) || density > 0.5;
  }

  std::vector<std::string> Paragraphs(const std::vector<NodeIndex>& roots) const {
    std::vector<std::string> paragraphs;
    for (const NodeIndex root : roots) {
      for (TextBlock& block : TextBlocks(tree_, root, removed_)) {
        // A line that is nothing but a link leads elsewhere.
        if (block.link_bytes * 10 >= block.text.size() * 9) continue;
        paragraphs.push_back(std::move(block.text));
      }
    }
    return paragraphs;
  }

  const HtmlTree& tree_;
  const Strictness strictness_;
  std::vector<bool> removed_;
  std::vector<NodeFacts> facts_;
};

std::size_t BytesOf(const std::vector<std::string>& paragraphs) {
  std::size_t bytes = 0;
  for (const std::string& paragraph : paragraphs) bytes += paragraph.size();
  return bytes;
}

}  // namespace

std::vector<std::string> MainText(const HtmlTree& tree) {
  std::vector<std::string> longest;
  for (const Strictness strictness : {Strictness{}, Strictness{.drop_unlikely = false},
                                      Strictness{.drop_unlikely = false, .weigh_names = false},
                                      Strictness{.drop_hidden = false,
                                      .drop_unlikely = false,
                                      .weigh_names = false,
                                      .drop_sparse = false}}) {
    std::vector<std::string> paragraphs = Attempt(tree, strictness).Run();
    const std::size_t bytes = BytesOf(paragraphs);
    if (bytes > BytesOf(longest)) longest = std::move(paragraphs);
    if (bytes >= kArticleBytesMin) break;
  }
  return longest;
}

}  // namespace proviso::intake

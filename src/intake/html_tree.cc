#include "intake/internal/html_tree.h"

#include <gumbo.h>

#include <memory>

namespace proviso::intake {
namespace {

struct FreeOutput {
  void operator()(GumboOutput* output) const {
    gumbo_destroy_output(&kGumboDefaultOptions, output);
  }
};

struct Pending {
  const GumboNode* node;
  std::uint32_t parent;
  std::size_t depth;
};

HtmlNode Convert(const GumboNode& node, std::uint32_t parent) {
  HtmlNode made;
  made.parent = parent;
  if (node.type != GUMBO_NODE_ELEMENT && node.type != GUMBO_NODE_TEMPLATE) {
    if (node.type == GUMBO_NODE_TEXT || node.type == GUMBO_NODE_WHITESPACE ||
        node.type == GUMBO_NODE_CDATA) {
      made.text = node.v.text.text;
    }
    return made;
  }
  const GumboElement& element = node.v.element;
  made.tag = gumbo_normalized_tagname(element.tag);
  if (made.tag.empty()) made.tag = "unknown";
  for (unsigned int i = 0; i < element.attributes.length; ++i) {
    const auto* attribute = static_cast<const GumboAttribute*>(element.attributes.data[i]);
    made.attributes.emplace_back(attribute->name, attribute->value);
  }
  return made;
}

const GumboVector* ChildrenOf(const GumboNode& node) {
  if (node.type == GUMBO_NODE_DOCUMENT) return &node.v.document.children;
  if (node.type == GUMBO_NODE_ELEMENT || node.type == GUMBO_NODE_TEMPLATE) {
    return &node.v.element.children;
  }
  return nullptr;
}

Error Above(std::string_view what, std::size_t limit) {
  return Error(ErrorCode::kResourceExhausted,
               "the page has more than " + std::to_string(limit) + " " + std::string(what));
}

}  // namespace

std::string_view HtmlNode::Attribute(std::string_view name) const {
  for (const auto& [known, value] : attributes) {
    if (known == name) return value;
  }
  return {};
}

std::string HtmlTree::TextOf(std::uint32_t node) const {
  std::string text;
  std::vector<std::uint32_t> pending{node};
  while (!pending.empty()) {
    const HtmlNode& next = nodes[pending.back()];
    pending.pop_back();
    text += next.text;
    pending.insert(pending.end(), next.children.rbegin(), next.children.rend());
  }
  return text;
}

Result<HtmlTree> ParseHtml(std::string_view page) {
  const std::unique_ptr<GumboOutput, FreeOutput> output(
      gumbo_parse_with_options(&kGumboDefaultOptions, page.data(), page.size()));
  if (!output || output->root == nullptr) {
    return Fail(ErrorCode::kInternal, "the page could not be read as HTML");
  }
  HtmlTree tree;
  std::vector<Pending> pending{{output->root, 0, 0}};
  while (!pending.empty()) {
    const Pending next = pending.back();
    pending.pop_back();
    if (next.depth > HtmlTree::kDepthMax) {
      return tl::unexpected(Above("elements inside each other", HtmlTree::kDepthMax));
    }
    if (tree.nodes.size() >= HtmlTree::kNodesMax) {
      return tl::unexpected(Above("elements and texts", HtmlTree::kNodesMax));
    }
    const auto index = static_cast<std::uint32_t>(tree.nodes.size());
    tree.nodes.push_back(Convert(*next.node, next.parent));
    if (index != 0) tree.nodes[next.parent].children.push_back(index);
    const GumboVector* children = ChildrenOf(*next.node);
    if (children == nullptr) continue;
    for (unsigned int i = children->length; i > 0; --i) {
      pending.push_back(
          {static_cast<const GumboNode*>(children->data[i - 1]), index, next.depth + 1});
    }
  }
  return tree;
}

}  // namespace proviso::intake

#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace proviso::intake {

// One element or one run of text of a page.
struct HtmlNode {
  std::string tag;   // lower case; empty for text, and for elements of other markup (svg, math)
  std::string text;  // of a run of text, as UTF-8
  std::vector<std::pair<std::string, std::string>> attributes;
  std::vector<std::uint32_t> children;
  std::uint32_t parent = 0;

  bool IsText() const { return tag.empty(); }
  // The value of an attribute, empty when there is none.
  std::string_view Attribute(std::string_view name) const;
};

// A page as a browser would read it. Node 0 is the root; each node stands before its children, so
// that a walk over the indexes is a walk from the top down. Immutable.
struct HtmlTree {
  static constexpr std::size_t kNodesMax = 1'000'000;
  static constexpr std::size_t kDepthMax = 1'000;

  std::vector<HtmlNode> nodes;

  // All text below a node, as it stands.
  std::string TextOf(std::uint32_t node) const;
};

// Reads a page of UTF-8. kResourceExhausted above a limit; any other text is a page.
Result<HtmlTree> ParseHtml(std::string_view page);

}  // namespace proviso::intake

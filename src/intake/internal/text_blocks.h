#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "intake/internal/html_tree.h"

namespace proviso::intake {

// One paragraph of a page.
struct TextBlock {
  std::string text;            // white space made single
  std::size_t link_bytes = 0;  // how much of it are links
  std::string tag;             // of the element that it stands in
};

// Whether elements of this name begin a new paragraph.
bool IsBlockTag(std::string_view tag);

// Appends `text` to `to` with all white space, no-break spaces too, as single spaces; signs without
// width are dropped. Nothing but a space stands between what was appended before and after.
void AppendWithSingleSpaces(std::string_view text, std::string& to);
std::string WithSingleSpaces(std::string_view text);

// The paragraphs below `root`, without what stands below nodes that are `removed`.
std::vector<TextBlock> TextBlocks(const HtmlTree& tree, std::uint32_t root,
                                  const std::vector<bool>& removed);

// Paragraphs parted by one blank line.
std::string JoinParagraphs(const std::vector<std::string>& paragraphs);

}  // namespace proviso::intake

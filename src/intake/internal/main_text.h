#pragma once

#include <string>
#include <vector>

#include "intake/internal/html_tree.h"

namespace proviso::intake {

// The paragraphs of a page's main text: what a reader came for, without menus, lists of other
// articles, comments and calls to subscribe. Empty when the page has no running text.
//
// By density of text and of links, in the way of the readers that browsers have: paragraphs vote
// for the elements around them, the element with most votes is the article, and its neighbours
// join when they look alike.
std::vector<std::string> MainText(const HtmlTree& tree);

}  // namespace proviso::intake

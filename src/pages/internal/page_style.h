#pragma once

#include <string>
#include <string_view>

namespace proviso::pages {

// The style sheet of a case page: the rules of the plots included.
std::string PageStyle();

// Its SHA-256 in Base64, for the content security policy, which allows this style and no other. A
// test computes it anew.
std::string_view PageStyleHash();

}  // namespace proviso::pages

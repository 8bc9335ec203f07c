#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace proviso::checks {

// "; did you mean `x`?" with the candidate nearest to `word`, or "; expected one of `a`, `b`" when
// none is near and they are few; empty otherwise.
std::string Suggest(std::string_view word, const std::vector<std::string>& candidates);

}  // namespace proviso::checks

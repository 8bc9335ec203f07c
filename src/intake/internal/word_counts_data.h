#pragma once

#include <string_view>

namespace proviso::intake {

// data/word_counts.tsv, which CMake makes part of the program.
std::string_view WordCountsText();

}  // namespace proviso::intake

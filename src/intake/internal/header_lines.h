#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "intake/report.h"

namespace proviso::intake {

// Reads the `Name: value` lines at the top of a document into `report`, up to the first line that
// is neither one that is known nor blank. A value that is not
// understood becomes a defect. Gives the number of lines that were read, with
// blank ones before them.
std::size_t TakeHeaderLines(const std::vector<std::string_view>& lines, Report& report);

}  // namespace proviso::intake

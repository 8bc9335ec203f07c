#pragma once

#include <cstdint>
#include <string>

namespace proviso::verifier {

// Appends `entries` to a log and prints, million by million, what an append costs; then verifies
// the log. Figures go to `output`. The exit code of the program.
int MeasureGrowth(std::uint64_t entries, const std::string& output);

}  // namespace proviso::verifier

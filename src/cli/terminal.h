#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "service/request.h"

namespace proviso::cli {

// Text of columns, each as wide as its widest cell; the last is not padded. Counts
// code points, and no colour sequences.
std::string FormatTable(const std::vector<std::string>& head,
                        const std::vector<std::vector<std::string>>& rows);

// "Anna Example (p-1f0c...)" by the members `names` and `people` of `answer`; `pseudonym` alone
// without a name.
std::string Called(const Json& answer, const std::string& pseudonym);

// The texts of an array, "a, b"; empty when `list` is none.
std::string Joined(const Json* list);

// "1,234,567": thousands apart, for people.
std::string WithThousands(std::string_view digits);

// One line of eight-level blocks for `values` (empty where absent), scaled from zero to the
// largest; at most `width` columns, each the mean of its share.
std::string Sparkline(const std::vector<double>& values, std::size_t width);

// True when standard output is a terminal that may be coloured (NO_COLOR is respected).
bool MayColour();
// `text` in bold, green or red where MayColour().
std::string Bold(std::string_view text);
std::string Green(std::string_view text);
std::string Red(std::string_view text);
std::string Dim(std::string_view text);

// Shows progress on standard error: a bar that moves on a terminal, silence elsewhere.
service::Progress TerminalProgress();

// Asks on the terminal, without showing what is typed. kUnavailable when there is no terminal.
Result<std::string> AskSecret(std::string_view prompt);

}  // namespace proviso::cli

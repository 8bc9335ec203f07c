#pragma once

#include "base/json.h"
#include "demo/telling.h"

namespace proviso::cli {

// The demo, printed step by step, with progress on a terminal.
demo::Telling PrintedTelling();
// The demo, for --json: nothing but its summary is printed.
demo::Telling SilentTelling();
// Where everything lies and what to try next.
void PrintSummary(const Json& summary);

// Answers of use cases, for people.
void PrintCase(const Json& answer);
// What of `answer` waits for a person to look at it; nothing when nothing does.
void PrintAttention(const Json& answer);
void PrintDecision(const Json& answer);
void PrintReports(const Json& answer);
void PrintCessation(const Json& answer);

}  // namespace proviso::cli

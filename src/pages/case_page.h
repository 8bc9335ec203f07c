#pragma once

#include <string>

#include "base/json.h"
#include "base/result.h"

namespace proviso::pages {

// Of the written page.
inline constexpr std::size_t kPageBytesMax = 24U << 20U;
// Rows or parts of one kind; the page says how many more there are.
inline constexpr std::size_t kPageItemsMax = 2000;

struct PageOptions {
  std::string generated_at;  // as it shall stand in the footer; empty: not said
  std::string product;       // "Proviso 0.1.0"
};

// One case as one HTML file: no script, nothing loaded from elsewhere, for screens of any width,
// dark and light, and for paper. `case_json` is what `proviso case show --json` prints
// (docs/formats/page.md); members that are absent are left out, or said to be none. All texts in it
// may be hostile. kInvalidArgument when it is no object with an `id`; kResourceExhausted above
// kPageBytesMax. The same values give the same bytes.
Result<std::string> RenderCasePage(const Json& case_json, const PageOptions& options);

}  // namespace proviso::pages

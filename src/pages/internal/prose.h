#pragma once

#include <string_view>

#include "pages/internal/case_view.h"
#include "pages/internal/markup.h"

namespace proviso::pages {

// A sentence that this program composed, such as why a check holds: ids become names, or links to
// where the page shows them; dates and comparisons become words, long numbers get their commas.
// What stands in backticks becomes a name, code, or, when it holds spaces, a quotation.
void DrawProse(const CaseView& view, std::string_view text, Markup& out);

// A letter as it was written, in paragraphs. A line that ends early, where the next word would have
// had room, ends there; all others run on.
void DrawLetter(std::string_view text, Markup& out);

// A document of this program's own, such as a statement of reasons, from its Markdown: headings,
// paragraphs, lists, quotations, tables and code in lines. All else is shown as written; there are
// no links and no raw markup. Its first heading gets `level`, 2 to 6.
void DrawDocument(std::string_view text, int level, Markup& out);

// The same, folded under `title`, with its SHA-256 below it; the hash alone where there is no text,
// and nothing where there is neither. Stands below an <h3>.
void DrawFoldedDocument(std::string_view text, std::string_view sha256, std::string_view title,
                        Markup& out);

}  // namespace proviso::pages

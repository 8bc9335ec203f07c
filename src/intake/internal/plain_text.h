#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "intake/report.h"

namespace proviso::intake {

// Reads an article, a letter or a legal notice that is plain text: header lines, a title, a byline,
// paragraphs. docs/formats/report.md says how. kInvalidArgument when there is no text.
Result<Report> ReadPlainText(std::string_view text, ReportKind kind);

// Whether the header lines that `text` begins with are those of a legal notice.
bool NamesALaw(std::string_view text);

// Takes "By Jane Doe, Example Herald, 6 August 2026" apart into what `report` does not have yet.
// False when `line` is no such line.
bool TakeByline(std::string_view line, Report& report);

// Takes out of the end of `paragraphs` what belongs to a page and not to the text: calls to reply,
// to subscribe, to share. Says so in `defects`.
void DropLeftovers(std::vector<std::string>& paragraphs, std::vector<std::string>& defects);

}  // namespace proviso::intake

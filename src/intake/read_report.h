#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "base/bytes.h"
#include "intake/report.h"

namespace proviso::intake {

// A document as it came in.
struct IncomingFile {
  std::string name;  // for messages only
  Bytes bytes;
  std::optional<ReportKind> kind;  // absent: found out from the bytes
};

inline constexpr std::size_t kReportFileBytesMax = std::size_t{20} << 20U;
inline constexpr std::size_t kReportTextBytesMax = 400'000;
// Of a title, an outlet, an author, an address.
inline constexpr std::size_t kReportFieldBytesMax = 1'000;

// Reads a document from a stranger (docs/formats/report.md): an article as HTML or text, a letter
// or a legal notice, an abuse report in XARF v4. What parses its bytes runs in a sandbox. Errors
// say where in the file something is wrong, and what to do; what can be lived with is a defect of
// the report. The same bytes give the same report. Thread-safe.
Result<Report> ReadReport(const IncomingFile& file);

}  // namespace proviso::intake

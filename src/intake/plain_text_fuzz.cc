// Articles, letters and legal notices as text, with the `Name: value` lines that they begin with.
#include "intake/internal/plain_text.h"
#include "intake/report_oracle.h"

namespace proviso::intake {

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  proviso::fuzz::Input input(data, size);
  const ReportKind kinds[] = {ReportKind::kArticle, ReportKind::kLegalNotice, ReportKind::kLetter};
  const ReportKind kind = kinds[input.Choose(3)];
  const std::string_view text = input.rest();
  if (!proviso::IsUtf8(text) || text.find('\0') != std::string_view::npos) return 0;
  static_cast<void>(NamesALaw(text));
  const auto report = ReadPlainText(text, kind);
  if (!report) return 0;
  CheckReport(*report);
  PROVISO_CHECK(report->kind == kind, "another kind");
  CheckIsTakenFrom(text, report->text);
  CheckIsTakenFrom(text, report->title);
  // The same text with other line ends is the same report.
  std::string windows;
  for (const char letter : text) {
    if (letter == '\r') return 0;
    windows += letter == '\n' ? std::string("\r\n") : std::string(1, letter);
  }
  const auto again = ReadPlainText(windows, kind);
  PROVISO_CHECK(again.has_value() && again->ToJson() == report->ToJson(), "line ends matter");
  return 0;
}

}  // namespace proviso::intake

#pragma once

#include <string>
#include <string_view>

#include "base/bytes.h"
#include "fuzz/fuzzing.h"
#include "intake/internal/text_blocks.h"
#include "intake/report.h"

namespace proviso::intake {

// What holds of each report that a fuzzer gets, whatever it came from.
inline void CheckReport(const Report& report) {
  for (const std::string* text : {&report.title, &report.text, &report.outlet, &report.author,
                                  &report.language, &report.url}) {
    PROVISO_CHECK(IsUtf8(*text), "not UTF-8");
  }
  // A claim's place is an offset in the text: its paragraphs have one form.
  PROVISO_CHECK(report.text.find("\n\n\n") == std::string::npos, report.text);
  PROVISO_CHECK(!report.text.starts_with('\n') && !report.text.ends_with('\n'), report.text);
  const std::string json = report.ToJson().Canonical();
  const Result<Report> again = Report::FromJson(ParseJson(json).value());
  PROVISO_CHECK(again.has_value(), again.error().message());
  PROVISO_CHECK(again->ToJson().Canonical() == json, "the log would give another report");
}

// Nothing is made up: the letters of `text`, white space aside, stand in `original` in their order.
inline void CheckIsTakenFrom(std::string_view original, std::string_view text) {
  const std::string from = WithSingleSpaces(original);
  std::size_t at = 0;
  for (const char letter : WithSingleSpaces(text)) {
    if (letter == ' ') continue;
    at = from.find(letter, at);
    PROVISO_CHECK(at != std::string::npos, text);
    ++at;
  }
}

}  // namespace proviso::intake

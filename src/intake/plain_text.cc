#include "intake/internal/plain_text.h"

#include <algorithm>
#include <array>

#include "intake/internal/credits.h"
#include "intake/internal/dates.h"
#include "intake/internal/header_lines.h"
#include "intake/internal/text_blocks.h"
#include "intake/internal/words.h"

namespace proviso::intake {
namespace {

// A text with a longer line was not wrapped by hand: there each line is a paragraph.
constexpr std::size_t kWrappedCharactersMax = 100;
// In a wrapped text a line that ends earlier was ended on purpose.
constexpr std::size_t kFullLineCharactersMin = 45;
constexpr std::size_t kTitleCharactersMax = 150;
constexpr std::size_t kBylineBytesMax = 160;
constexpr std::size_t kBylinesMax = 3;
// One line of plain text that is longer is no text that a person wrote.
constexpr std::size_t kLineBytesMax = 100'000;

// Whole paragraphs, in lower case, that pages leave behind at the end of a text.
constexpr std::array<std::string_view, 12> kLeftovers{"source link",
                                                      "leave a reply",
                                                      "leave a comment",
                                                      "related posts",
                                                      "related articles",
                                                      "advertisement",
                                                      "share this",
                                                      "read more",
                                                      "subscribe",
                                                      "follow us",
                                                      "your email address will not be published",
                                                      "required fields are marked"};

std::vector<std::string_view> LinesOf(std::string_view text) {
  std::vector<std::string_view> lines;
  while (true) {
    const std::size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    lines.push_back(line);
    if (end == std::string_view::npos) return lines;
    text.remove_prefix(end + 1);
  }
}

// The paragraphs of `lines`, and after how many of them the first blank line came.
struct Paragraphs {
  std::vector<std::string> texts;
  bool first_stands_apart = false;  // a blank line follows the first
};

Paragraphs ParagraphsOf(const std::vector<std::string_view>& lines) {
  const bool wrapped = std::none_of(lines.begin(), lines.end(), [](std::string_view line) {
    return CountCharacters(line) > kWrappedCharactersMax;
  });
  Paragraphs found;
  bool open = false;  // the next line goes on with the last paragraph
  for (const std::string_view line : lines) {
    const std::string text = WithSingleSpaces(line);
    if (text.empty()) {
      if (found.texts.size() == 1) found.first_stands_apart = true;
      open = false;
      continue;
    }
    if (open) {
      found.texts.back() += ' ' + text;
    } else {
      found.texts.push_back(text);
    }
    open = wrapped && CountCharacters(text) >= kFullLineCharactersMin;
  }
  return found;
}

// Whether a paragraph that stands apart at the top is a title: short, and no sentence or greeting.
bool LooksLikeTitle(std::string_view paragraph) {
  if (CountCharacters(paragraph) > kTitleCharactersMax) return false;
  const std::string lower = Lower(paragraph);
  if (lower.starts_with("by ") || lower.starts_with("dear ") || lower.starts_with("to ")) {
    return false;
  }
  if (DayNamed(paragraph) || !AgencyOfDateline(paragraph).empty()) return false;
  constexpr std::string_view kEnds = ".,;:";
  return kEnds.find(paragraph.back()) == std::string_view::npos;
}

// "Jane Doe": words that begin with a capital or a letter beyond ASCII, small ones such as "van".
bool LooksLikeName(std::string_view text) {
  const std::vector<std::string_view> words = SplitWords(text);
  if (words.empty() || words.size() > 6) return false;
  const char first = words.front()[0];
  const char last = words.back()[0];
  return !(first >= 'a' && first <= 'z') && !(last >= 'a' && last <= 'z') &&
         text.find_first_of(".!?:\"") == std::string_view::npos;
}

// The text of a line such as "Published: 6 August 2026" after its first word.
std::string_view AfterPublished(std::string_view line) {
  for (const std::string_view word : {"published", "updated", "posted"}) {
    if (!Lower(line).starts_with(word)) continue;
    line.remove_prefix(word.size());
    if (line.starts_with(':')) line.remove_prefix(1);
    line = Trimmed(line);
    if (line.starts_with("on ")) line.remove_prefix(3);
    return Trimmed(line);
  }
  return line;
}

// Takes bylines and lines with nothing but a date from the top of `paragraphs`.
void TakeBylines(std::vector<std::string>& paragraphs, Report& report) {
  for (std::size_t i = 0; i < kBylinesMax && paragraphs.size() > 1; ++i) {
    const std::string_view line = paragraphs.front();
    if (!TakeByline(line, report)) {
      const std::optional<Date> day = DayNamed(AfterPublished(line));
      if (!day || report.date) return;
      report.date = day;
    }
    paragraphs.erase(paragraphs.begin());
  }
}

bool IsLeftover(std::string_view paragraph) {
  constexpr std::size_t kLeftoverBytesMax = 120;
  if (paragraph.size() > kLeftoverBytesMax) return false;
  const std::string lower = Lower(paragraph);
  return std::any_of(kLeftovers.begin(), kLeftovers.end(), [&](std::string_view leftover) {
    return std::string_view(lower).starts_with(leftover);
  });
}

Status CheckLines(const std::vector<std::string_view>& lines) {
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (lines[i].size() <= kLineBytesMax) continue;
    return Fail(ErrorCode::kInvalidArgument,
                "line " + std::to_string(i + 1) + " is longer than " +
                    std::to_string(kLineBytesMax) +
                    " bytes; part the text into paragraphs, each on lines of its own");
  }
  return {};
}

}  // namespace

bool TakeByline(std::string_view line, Report& report) {
  if (line.size() > kBylineBytesMax || !(line.starts_with("By ") || line.starts_with("BY "))) {
    return false;
  }
  std::vector<std::string_view> parts = SplitAt(line.substr(3), ",");
  std::optional<Date> day = DayNamed(parts.back());
  if (day) {
    parts.pop_back();
  } else if (parts.size() > 2) {
    // "August 6, 2026" was cut in two.
    const std::string_view* const before = &parts[parts.size() - 2];
    day = DayNamed(std::string(*before) + " " + std::string(parts.back()));
    if (day) parts.resize(parts.size() - 2);
  }
  if (parts.empty() || parts.size() > 2 ||
      !std::all_of(parts.begin(), parts.end(), LooksLikeName)) {
    return false;
  }
  if (report.author.empty()) report.author = parts[0];
  if (parts.size() == 2 && report.outlet.empty()) report.outlet = parts[1];
  if (day && !report.date) report.date = day;
  return true;
}

void DropLeftovers(std::vector<std::string>& paragraphs, std::vector<std::string>& defects) {
  std::size_t dropped = 0;
  while (paragraphs.size() > 1 && IsLeftover(paragraphs.back())) {
    paragraphs.pop_back();
    ++dropped;
  }
  if (dropped == 0) return;
  defects.push_back(std::to_string(dropped) + (dropped == 1 ? " paragraph" : " paragraphs") +
                    " at the end, left over from a page, left out");
}

bool NamesALaw(std::string_view text) {
  Report report;
  TakeHeaderLines(LinesOf(text.substr(0, kLineBytesMax)), report);
  return report.details.Find("law") != nullptr;
}

Result<Report> ReadPlainText(std::string_view text, ReportKind kind) {
  Report report;
  report.kind = kind;
  std::vector<std::string_view> lines = LinesOf(text);
  PROVISO_TRY(CheckLines(lines));
  const std::size_t headers = TakeHeaderLines(lines, report);
  lines.erase(lines.begin(), lines.begin() + static_cast<std::ptrdiff_t>(headers));
  auto [paragraphs, first_stands_apart] = ParagraphsOf(lines);
  if (paragraphs.empty()) {
    return Fail(ErrorCode::kInvalidArgument, "there is no text; expected at least one paragraph");
  }
  if (report.title.empty() && paragraphs.size() > 1 && first_stands_apart &&
      LooksLikeTitle(paragraphs.front())) {
    report.title = paragraphs.front();
    paragraphs.erase(paragraphs.begin());
  }
  TakeBylines(paragraphs, report);
  if (!report.date) report.date = DayNamed(DayOfDateline(paragraphs.front()));
  DropLeftovers(paragraphs, report.defects);
  report.credits = CreditsIn(paragraphs);
  report.text = JoinParagraphs(paragraphs);
  return report;
}

}  // namespace proviso::intake

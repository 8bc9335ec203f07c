#include "pages/internal/prose.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "base/time.h"
#include "pages/internal/check_words.h"
#include "pages/internal/figures.h"

namespace proviso::pages {
namespace {

constexpr std::size_t kGroupedFrom = 5;  // digits; a year has four
constexpr std::string_view kDigits = "0123456789";

bool IsNumber(std::string_view word) {
  const std::size_t digits = std::min(word.find_first_not_of(kDigits), word.size());
  if (digits == 0) return false;
  if (digits == word.size()) return true;
  return word[digits] == '.' && digits + 1 < word.size() &&
         word.find_first_not_of(kDigits, digits + 1) == std::string_view::npos;
}

// A word that is no name: a comparison, a date, a month, a number, a class. Itself where it is none
// of them.
std::string WordInWords(const CaseView& view, std::string_view word) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 4> kComparisons{
      {{">=", "at least"}, {"<=", "at most"}, {">", "more than"}, {"<", "less than"}}};
  for (const auto& [sign, words] : kComparisons) {
    if (word == sign) return std::string(words);
  }
  if (const Result<Date> date = ParseDate(word)) return DateInWords(*date);
  if (const Result<Month> month = ParseMonth(word)) return MonthInWords(*month);
  if (IsNumber(word)) {
    return word.find('.') >= kGroupedFrom && word.size() >= kGroupedFrom ? GroupedNumber(word)
                                                                         : std::string(word);
  }
  if (word.ends_with('x') && IsNumber(word.substr(0, word.size() - 1))) {
    return std::string(word.substr(0, word.size() - 1)) + " times";
  }
  if (Member(view.json(), "class_units").Find(word) != nullptr) {
    std::string words(word);
    std::replace(words.begin(), words.end(), '-', ' ');
    return words;
  }
  return std::string(word);
}

// What an id stands for, when the case knows it; false otherwise.
bool DrawId(const CaseView& view, std::string_view id, Markup& out) {
  const std::string anchor = view.Anchor(id);
  const std::string report = view.ReportName(id);
  if (!anchor.empty()) {
    out.Leaf("a", {{"href", "#" + anchor}, {"title", report.empty() ? "" : id}},
             report.empty() ? id : report);
    return true;
  }
  const std::string name = view.NameOfAny(id);
  if (name.empty()) return false;
  out.Leaf("bdi", {{"title", name == id ? "" : id}}, name);
  return true;
}

void DrawWord(const CaseView& view, std::string_view word, Markup& out) {
  const std::size_t begin = std::min(word.find_first_not_of("(["), word.size());
  const std::size_t last = word.find_last_not_of(".,:;)]");
  const std::size_t end = last == std::string_view::npos || last < begin ? word.size() : last + 1;
  const std::string_view core = word.substr(begin, end - begin);
  out.Text(word.substr(0, begin));
  if (!DrawId(view, core, out)) out.Text(WordInWords(view, core));
  out.Text(word.substr(end));
}

void DrawPlain(const CaseView& view, std::string_view text, Markup& out) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    if (end > 0) DrawWord(view, text.substr(0, end), out);
    if (end < text.size()) out.Text(" ");
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

using Lines = std::vector<std::string_view>;

Lines LinesOf(std::string_view text) {
  Lines lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    lines.push_back(line);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

bool IsBlank(std::string_view line) { return line.find_first_not_of(" \t") == line.npos; }

// `text` without the backslashes that keep Markdown from reading a mark.
std::string Unescaped(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool escapes =
        text[i] == '\\' && i + 1 < text.size() &&
        std::string_view("\\`*_{}[]()#+-.!|<>&~").find(text[i + 1]) != std::string_view::npos;
    if (!escapes) out += text[i];
  }
  return out;
}

void DrawInline(std::string_view text, Markup& out) {
  while (!text.empty()) {
    const std::size_t begin = text.find('`');
    const std::size_t end = begin == text.npos ? text.npos : text.find('`', begin + 1);
    if (end == text.npos) {
      out.Text(Unescaped(text));
      return;
    }
    out.Text(Unescaped(text.substr(0, begin)));
    out.Leaf("code", text.substr(begin + 1, end - begin - 1));
    text.remove_prefix(end + 1);
  }
}

// The lines of one paragraph, those that run on joined; `width` is that of the longest line of all.
void DrawParagraph(const Lines& lines, std::size_t width, bool markdown, Markup& out) {
  out.Open("p", {{"dir", "auto"}});
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (markdown) {
      DrawInline(lines[i], out);
    } else {
      out.Text(lines[i]);
    }
    if (i + 1 == lines.size()) break;
    const std::size_t word = std::min(lines[i + 1].find(' '), lines[i + 1].size());
    if (lines[i].size() + 1 + word <= width) {
      out.Void("br");
    } else {
      out.Text(" ");
    }
  }
  out.Close();
}

void DrawParagraphs(const Lines& lines, bool markdown, Markup& out) {
  std::size_t width = 0;
  for (const std::string_view line : lines) width = std::max(width, line.size());
  Lines paragraph;
  for (const std::string_view line : lines) {
    if (!IsBlank(line)) {
      paragraph.push_back(line);
    } else if (!paragraph.empty()) {
      DrawParagraph(std::exchange(paragraph, {}), width, markdown, out);
    }
  }
  if (!paragraph.empty()) DrawParagraph(paragraph, width, markdown, out);
}

// Reads the blocks of a document one after the other.
class Document {
 public:
  Document(std::string_view text, int level, Markup& out)
      : lines_(LinesOf(text)), level_(level), last_level_(level - 1), out_(out) {}

  void Draw() {
    while (at_ < lines_.size()) {
      const std::string_view line = lines_[at_];
      if (IsBlank(line)) {
        ++at_;
      } else if (HeadingMarks(line) > 0) {
        DrawHeading(line);
      } else if (line.starts_with("> ") || line == ">") {
        DrawQuotation();
      } else if (line.starts_with("- ")) {
        DrawList();
      } else if (line.starts_with("|")) {
        DrawTable();
      } else {
        DrawParagraphs(Take([](std::string_view next) {
                         return !IsBlank(next) && HeadingMarks(next) == 0 &&
                                next.find_first_of(">|") != 0 && !next.starts_with("- ");
                       }),
                       true, out_);
      }
    }
  }

 private:
  static std::size_t HeadingMarks(std::string_view line) {
    const std::size_t marks = std::min(line.find_first_not_of('#'), line.size());
    return marks > 0 && marks <= 6 && marks < line.size() && line[marks] == ' ' ? marks : 0;
  }

  // This line, and those after it for which `belongs` holds.
  template <typename Belongs>
  Lines Take(const Belongs& belongs) {
    Lines taken{lines_[at_++]};
    while (at_ < lines_.size() && belongs(lines_[at_])) taken.push_back(lines_[at_++]);
    return taken;
  }

  // Headings of the page must not skip a level, whatever those of the document do.
  void DrawHeading(std::string_view line) {
    const std::size_t marks = HeadingMarks(line);
    last_level_ = std::min({level_ + static_cast<int>(marks) - 1, last_level_ + 1, 6});
    heading_ = Unescaped(line.substr(marks + 1));
    out_.Leaf("h" + std::to_string(last_level_), heading_);
    ++at_;
  }

  void DrawQuotation() {
    Lines lines = Take([](std::string_view next) { return next.starts_with('>'); });
    for (std::string_view& line : lines) line.remove_prefix(line.starts_with("> ") ? 2 : 1);
    out_.Open("blockquote");
    DrawParagraphs(lines, true, out_);
    out_.Close();
  }

  void DrawList() {
    out_.Open("ul");
    for (const std::string_view line :
         Take([](std::string_view next) { return next.starts_with("- "); })) {
      out_.Open("li");
      DrawInline(line.substr(2), out_);
      out_.Close();
    }
    out_.Close();
  }

  void DrawRow(std::string_view line, std::string_view cell_tag) {
    line.remove_prefix(1);
    if (line.ends_with('|')) line.remove_suffix(1);
    out_.Open("tr");
    while (!line.empty()) {
      std::size_t end = line.find('|');
      while (end != line.npos && end > 0 && line[end - 1] == '\\') end = line.find('|', end + 1);
      end = std::min(end, line.size());
      std::string_view cell = line.substr(0, end);
      while (cell.starts_with(' ')) cell.remove_prefix(1);
      while (cell.ends_with(' ')) cell.remove_suffix(1);
      out_.Open(cell_tag, {{"scope", cell_tag == "th" ? "col" : ""}});
      DrawInline(cell, out_);
      out_.Close();
      line.remove_prefix(std::min(end + 1, line.size()));
    }
    out_.Close();
  }

  void DrawTable() {
    const Lines rows = Take([](std::string_view next) { return next.starts_with("|"); });
    OpenTable(heading_.empty() ? "Table" : heading_, {}, out_);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (rows[i].find_first_not_of("|-: ") == std::string_view::npos) continue;
      DrawRow(rows[i], i == 0 ? "th" : "td");
    }
    CloseTable(out_);
  }

  Lines lines_;
  std::size_t at_ = 0;
  int level_;
  int last_level_;
  std::string heading_;
  Markup& out_;
};

// Cut like any other text, with a note.
void DrawCut(std::string_view text, Markup& out) {
  if (text.size() <= kTextBytesMax) return;
  out.Leaf("p", "[cut: " + std::to_string(text.size() - kTextBytesMax) + " more bytes]");
}

}  // namespace

void DrawProse(const CaseView& view, std::string_view text, Markup& out) {
  std::string_view rest = text.substr(0, kTextBytesMax);
  while (!rest.empty()) {
    const std::size_t begin = rest.find('`');
    const std::size_t end = begin == rest.npos ? rest.npos : rest.find('`', begin + 1);
    if (end == rest.npos) {
      DrawPlain(view, rest, out);
      break;
    }
    DrawPlain(view, rest.substr(0, begin), out);
    const std::string_view inner = rest.substr(begin + 1, end - begin - 1);
    if (inner.find(' ') != inner.npos) {
      out.Leaf("q", inner);
    } else if (!DrawId(view, inner, out)) {
      out.Leaf("code", inner);
    }
    rest.remove_prefix(end + 1);
  }
  if (text.size() > kTextBytesMax) {
    out.Text(" [cut: " + std::to_string(text.size() - kTextBytesMax) + " more bytes]");
  }
}

void DrawLetter(std::string_view text, Markup& out) {
  DrawParagraphs(LinesOf(text.substr(0, kTextBytesMax)), false, out);
  DrawCut(text, out);
}

void DrawDocument(std::string_view text, int level, Markup& out) {
  Document(text.substr(0, kTextBytesMax), level, out).Draw();
  DrawCut(text, out);
}

void DrawFoldedDocument(std::string_view text, std::string_view sha256, std::string_view title,
                        Markup& out) {
  const auto draw_hash = [&] {
    if (sha256.empty()) return;
    out.Open("p", {{"class", "quiet fine"}}).Text("SHA-256 ");
    DrawHash(sha256, out);
    out.Close();
  };
  if (text.empty()) return draw_hash();
  OpenDetails(title, out);
  out.Open("div", {{"class", "document"}});
  DrawDocument(text, 4, out);
  out.Close();
  draw_hash();
  out.Close();
}

}  // namespace proviso::pages

#include <algorithm>
#include <string>

#include "disclosure/document.h"

namespace proviso::disclosure {
namespace {

// As a line of its own, or the beginning of one, where a dash would begin a list.
enum class Place { kLine, kCell };

bool IsDigit(char character) { return character >= '0' && character <= '9'; }
bool IsOfWord(char character) {
  return IsDigit(character) || (character >= 'a' && character <= 'z') ||
         (character >= 'A' && character <= 'Z');
}

// Whether a backslash must stand at `at`, for the line to begin no list, rule, heading or fence.
bool BeginsABlock(std::string_view line, std::size_t at) {
  const char character = line[at];
  if (at == 0) return std::string_view("-+=~>#").find(character) != std::string_view::npos;
  if (character != '.' && character != ')') return false;
  return std::all_of(line.begin(), line.begin() + static_cast<std::ptrdiff_t>(at), IsDigit);
}

// Whether the character at `at` could begin markup inside of a line. A lone sign, such as that of
// "a < b", "R & D" or "#5", reads better bare.
bool IsSpecial(std::string_view text, std::size_t at) {
  const char next = at + 1 < text.size() ? text[at + 1] : ' ';
  switch (text[at]) {
    case '\\':
    case '`':
    case '[':
    case '|':
      return true;
    case '*':
      return at == 0 || text[at - 1] != ' ' || next != ' ';
    case '_':  // inside of a word it is no emphasis
      return at == 0 || !IsOfWord(text[at - 1]) || !IsOfWord(next);
    case '<':  // a tag, or an address
      return IsOfWord(next) || next == '/' || next == '!' || next == '?';
    case '&':  // an entity
      return IsOfWord(next) || next == '#';
    case '#':  // what ends a heading
      return text.find_first_not_of("# ", at) == std::string_view::npos;
    default:
      return false;
  }
}

std::string Escaped(std::string_view text, bool begins) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (IsSpecial(text, i) || (begins && BeginsABlock(text, i))) out += '\\';
    out += text[i];
  }
  return out;
}

// As code, whatever it holds: the fence is longer than each run of backticks inside.
std::string Fenced(std::string_view text, Place place) {
  std::size_t longest = 0;
  std::size_t run = 0;
  for (const char character : text) {
    run = character == '`' ? run + 1 : 0;
    longest = std::max(longest, run);
  }
  const std::string fence(longest + 1, '`');
  const std::string pad = longest > 0 ? " " : "";
  std::string inside;
  for (const char character : text) {
    if (character == '|' && place == Place::kCell) inside += '\\';
    inside += character;
  }
  return fence + pad + inside + pad + fence;
}

std::string Inline(const Text& text, Place place) {
  std::string out;
  for (const Span& span : text.spans()) {
    std::string_view words = span.text;
    const bool begins = out.empty();
    if (begins && words.starts_with(' ')) words.remove_prefix(1);
    out += span.code ? Fenced(words, place) : Escaped(words, begins);
  }
  return out;
}

std::string Markdown(const Heading& block) {
  return std::string(static_cast<std::size_t>(block.level), '#') + " " +
         Inline(block.text, Place::kLine) + "\n";
}
std::string Markdown(const Paragraph& block) { return Inline(block.text, Place::kLine) + "\n"; }
std::string Markdown(const List& block) {
  std::string out;
  for (const Text& item : block.items) out += "- " + Inline(item, Place::kLine) + "\n";
  return out;
}
std::string Markdown(const Quotation& block) {
  std::string out;
  for (const Text& line : block.lines) {
    out += line.empty() ? ">\n" : "> " + Inline(line, Place::kLine) + "\n";
  }
  return out;
}
std::string Row(const std::vector<Text>& cells) {
  std::string out = "|";
  for (const Text& cell : cells) out += " " + Inline(cell, Place::kCell) + " |";
  return out + "\n";
}
std::string Markdown(const Table& block) {
  std::string out = Row(block.head) + "|";
  for (std::size_t i = 0; i < block.head.size(); ++i) out += "---|";
  out += "\n";
  for (const std::vector<Text>& row : block.rows) out += Row(row);
  return out;
}

}  // namespace

std::string ToMarkdown(const Document& document) {
  std::string out = "# " + Inline(document.title, Place::kLine) + "\n";
  for (const Block& block : document.blocks) {
    out += "\n" + std::visit([](const auto& known) { return Markdown(known); }, block);
  }
  return out;
}

}  // namespace proviso::disclosure

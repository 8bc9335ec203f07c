#include "intake/internal/prose.h"

#include <algorithm>
#include <array>
#include <cstdint>

namespace proviso::intake {
namespace {

constexpr std::size_t kWordBytesMax = 40;
constexpr std::size_t kPluralBytesMin = 4;
constexpr std::size_t kQuoteBytesMax = 4000;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsAsciiLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool IsSpace(char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r'; }

// The UTF-8 character at `at` as a code point and its length; broken bytes count as one character.
struct Character {
  std::uint32_t code = 0;
  std::size_t bytes = 1;
};

Character CharacterAt(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[at + i]); };
  const unsigned char first = byte(0);
  const std::size_t bytes = first < 0x80   ? 1
                            : first < 0xC2 ? 1
                            : first < 0xE0 ? 2
                            : first < 0xF0 ? 3
                                           : 4;
  if (bytes == 1 || at + bytes > text.size()) return {first, 1};
  std::uint32_t code = first & (0xFFU >> (bytes + 1));
  for (std::size_t i = 1; i < bytes; ++i) code = (code << 6U) | (byte(i) & 0x3FU);
  return {code, bytes};
}

bool IsWordCharacter(std::uint32_t code) {
  if (code < 0x80) {
    const char c = static_cast<char>(code);
    return IsDigit(c) || IsAsciiLetter(c);
  }
  if (code == 0xAA || code == 0xB5 || code == 0xBA) return true;
  if (code < 0xC0 || code == 0xD7 || code == 0xF7) return false;
  const bool punctuation =
      (code >= 0x2000 && code <= 0x2BFF) || (code >= 0x3000 && code <= 0x3004) ||
      (code >= 0x3008 && code <= 0x3020) || (code >= 0xFE00 && code <= 0xFE0F) ||
      (code >= 0xFF00 && code <= 0xFF0F) || code >= 0x1F000;
  return !punctuation;
}

bool IsCapital(std::uint32_t code) {
  return (code >= 'A' && code <= 'Z') || (code >= 0xC0 && code <= 0xDE && code != 0xD7) ||
         (code >= 0x410 && code <= 0x42F);
}

bool IsApostrophe(std::uint32_t code) { return code == '\'' || code == 0x2019 || code == 0x2018; }

void AppendLower(std::string& out, std::string_view text, std::size_t at, Character c) {
  if (c.code >= 'A' && c.code <= 'Z') {
    out += static_cast<char>(c.code + ('a' - 'A'));
  } else if (c.code >= 0xC0 && c.code <= 0xDE && c.code != 0xD7) {
    out += '\xC3';
    out += static_cast<char>(text[at + 1] + 0x20);
  } else if (c.code >= 0x410 && c.code <= 0x42F) {
    const std::uint32_t lower = c.code + 0x20;
    out += static_cast<char>(0xC0U | (lower >> 6U));
    out += static_cast<char>(0x80U | (lower & 0x3FU));
  } else {
    out += text.substr(at, c.bytes);
  }
}

// The English plural, as far as its letters show it.
void CutPlural(std::string& word) {
  if (word.size() < kPluralBytesMin || !word.ends_with('s')) return;
  const char before = word[word.size() - 2];
  const char third = word[word.size() - 3];
  if (word.ends_with("ies") && word[word.size() - 4] != 'a' && word[word.size() - 4] != 'e') {
    word.resize(word.size() - 3);
    word += 'y';
  } else if ((before == 'e' && third != 'a' && third != 'e' && third != 'o') ||
             (before != 'u' && before != 's' && before != '\'')) {
    word.pop_back();
  }
}

// Where the word that begins at `at` ends; its letters in lower case go to `out`.
std::size_t ReadWord(std::string_view text, std::size_t at, std::string& out) {
  while (at < text.size()) {
    if (IsDigit(text[at]) || IsAsciiLetter(text[at])) {  // most are
      const bool capital = text[at] >= 'A' && text[at] <= 'Z';
      out += static_cast<char>(capital ? text[at] + ('a' - 'A') : text[at]);
      ++at;
      continue;
    }
    const Character c = CharacterAt(text, at);
    if (IsWordCharacter(c.code)) {
      AppendLower(out, text, at, c);
      at += c.bytes;
      continue;
    }
    if (at + c.bytes >= text.size()) break;
    const Character next = CharacterAt(text, at + c.bytes);
    const bool digits = !out.empty() && IsDigit(out.back()) && next.code < 0x80 &&
                        IsDigit(static_cast<char>(next.code));
    const bool next_letter =
        IsWordCharacter(next.code) && !(next.code < 0x80 && IsDigit(static_cast<char>(next.code)));
    if (digits && (c.code == '.' || c.code == ',')) {
      if (c.code == '.') out += '.';
    } else if (IsApostrophe(c.code) && next_letter) {
      out += '\'';
    } else {
      break;
    }
    at += c.bytes;
  }
  return at;
}

struct Mark {
  std::string_view open;
  std::string_view close;
};
constexpr std::array<Mark, 5> kMarks = {{{"\xE2\x80\x9C", "\xE2\x80\x9D"},
                                         {"\xC2\xAB", "\xC2\xBB"},
                                         {"\xE2\x80\x9E", "\xE2\x80\x9C"},
                                         {"\"", "\""},
                                         {"\xE2\x80\x98", "\xE2\x80\x99"}}};

bool LetterAt(std::string_view text, std::size_t at) {
  return at < text.size() && IsWordCharacter(CharacterAt(text, at).code);
}

// Where `mark` closes the quotation whose words begin at `from`; npos when nothing does.
std::size_t FindClose(std::string_view text, std::size_t from, std::size_t limit, Mark mark) {
  std::size_t at = text.find(mark.close, from);
  // The closing single mark is also the apostrophe.
  while (at < limit && mark.close == kMarks.back().close &&
         LetterAt(text, at + mark.close.size())) {
    at = text.find(mark.close, at + 1);
  }
  return at < limit ? at : std::string_view::npos;
}

std::string_view WordBefore(std::string_view text, std::size_t at) {
  std::size_t begin = at;
  while (begin > 0 && !IsSpace(text[begin - 1]) && text[begin - 1] != '(' &&
         text[begin - 1] != '"') {
    --begin;
  }
  return text.substr(begin, at - begin);
}

constexpr std::array<std::string_view, 40> kAbbreviations = {
    "mr",   "mrs", "ms",  "dr",  "prof",   "st",   "no",   "nos", "vs",  "gen",
    "sen",  "rep", "gov", "lt",  "col",    "sgt",  "capt", "hon", "rev", "e.g",
    "i.e",  "cf",  "al",  "fig", "art",    "sec",  "para", "jan", "feb", "aug",
    "sept", "oct", "nov", "dec", "approx", "dept", "est",  "mt",  "ft",  "messrs"};
// These may also end a sentence: the next word decides.
constexpr std::array<std::string_view, 10> kSoftAbbreviations = {
    "inc", "corp", "ltd", "co", "u.s", "u.k", "u.n", "a.m", "p.m", "etc"};
constexpr std::array<std::string_view, 24> kStarters = {
    "the",   "a",     "an",    "it",      "he",        "she", "they", "we",
    "in",    "but",   "on",    "this",    "that",      "its", "his",  "her",
    "their", "these", "those", "however", "according", "at",  "and",  "when"};

template <std::size_t N>
bool IsOneOf(const std::array<std::string_view, N>& list, std::string_view word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

// Whether the full stop at `stop` ends a sentence, given that capital or digit follows at `next`.
bool StopEnds(std::string_view text, std::size_t stop, std::size_t next) {
  const std::string word = LowerCase(WordBefore(text, stop));
  if (word.size() == 1 && IsAsciiLetter(word[0])) return false;  // an initial
  if (word == "no") return !IsDigit(text[next]);
  if (IsOneOf(kAbbreviations, word)) return false;
  const bool letters_with_stops = word.size() == 3 && word[1] == '.';
  if (!IsOneOf(kSoftAbbreviations, word) && !letters_with_stops) return true;
  std::string following;
  ReadWord(text, next, following);
  return IsOneOf(kStarters, following);
}

bool IsClosing(std::uint32_t code) {
  return code == ')' || code == ']' || code == '"' || code == '\'' || code == 0x201D ||
         code == 0x2019 || code == 0xBB || code == 0x201C;
}
bool IsOpening(std::uint32_t code) {
  return code == '(' || code == '[' || code == '"' || code == '\'' || code == 0x201C ||
         code == 0x2018 || code == 0xAB || code == 0x201E;
}

// The end of the sentence whose last mark stands at `at`, or 0 when none ends there.
std::size_t SentenceEnd(std::string_view text, std::size_t at, const std::vector<Span>& quotes) {
  std::size_t end = at;
  while (end < text.size() && (text[end] == '.' || text[end] == '!' || text[end] == '?')) ++end;
  std::size_t after = end;
  while (after < text.size() && IsClosing(CharacterAt(text, after).code)) {
    after += CharacterAt(text, after).bytes;
  }
  if (after < text.size() && !IsSpace(text[after])) return 0;
  if (after == end && IsInside(quotes, at)) return 0;
  std::size_t next = after;
  while (next < text.size() && IsSpace(text[next])) ++next;
  if (next >= text.size()) return after;
  while (next < text.size() && IsOpening(CharacterAt(text, next).code)) {
    next += CharacterAt(text, next).bytes;
  }
  if (next >= text.size()) return after;
  const Character c = CharacterAt(text, next);
  const bool begins = IsCapital(c.code) || (c.code < 0x80 && IsDigit(static_cast<char>(c.code))) ||
                      (c.code >= 0x80 && IsWordCharacter(c.code));
  if (!begins) return 0;
  if (text[at] == '.' && end == at + 1 && after == end && !StopEnds(text, at, next)) return 0;
  return after;
}

void AppendTrimmed(std::vector<Span>& spans, std::string_view text, std::size_t begin,
                   std::size_t end) {
  while (begin < end && IsSpace(text[begin])) ++begin;
  while (end > begin && IsSpace(text[end - 1])) --end;
  if (begin < end) spans.push_back({begin, end});
}

constexpr std::array<std::string_view, 26> kBoilerplate = {"source link",
                                                           "leave a reply",
                                                           "your email address will not",
                                                           "required fields",
                                                           "all rights reserved",
                                                           "sign up for",
                                                           "sign up to",
                                                           "subscribe to",
                                                           "follow us",
                                                           "read more",
                                                           "read also",
                                                           "related:",
                                                           "related stories",
                                                           "related articles",
                                                           "share this",
                                                           "advertisement",
                                                           "this article was originally",
                                                           "this story was originally",
                                                           "editor's note",
                                                           "copyright",
                                                           "click here",
                                                           "download our app",
                                                           "have a tip",
                                                           "support our journalism",
                                                           "get our newsletter",
                                                           "more on this story"};
constexpr std::size_t kBoilerplateBytesMax = 400;

}  // namespace

std::vector<Word> ReadWords(std::string_view text) {
  std::vector<Word> words;
  std::size_t at = 0;
  while (at < text.size()) {
    const Character c = CharacterAt(text, at);
    if (!IsWordCharacter(c.code)) {
      at += c.bytes;
      continue;
    }
    Word word;
    word.capital = IsCapital(c.code);
    word.place.begin = at;
    at = ReadWord(text, at, word.text);
    word.place.end = at;
    if (word.text.ends_with("'s")) word.text.resize(word.text.size() - 2);
    CutPlural(word.text);
    if (word.text.size() <= kWordBytesMax) words.push_back(std::move(word));
  }
  return words;
}

std::vector<Span> SplitParagraphs(std::string_view text) {
  std::vector<Span> paragraphs;
  std::size_t begin = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '\n') continue;
    std::size_t last = at;
    while (last > begin && (text[last - 1] == ' ' || text[last - 1] == '\r')) --last;
    const bool blank = at + 1 < text.size() && (text[at + 1] == '\n' || text[at + 1] == '\r');
    const char before = last > begin ? text[last - 1] : '\n';
    const bool ended = before == '.' || before == '!' || before == '?' || before == '"' ||
                       before == '\x9D' || before == ':' || before == '\n';
    if (!blank && !ended) continue;
    AppendTrimmed(paragraphs, text, begin, at);
    begin = at + 1;
  }
  AppendTrimmed(paragraphs, text, begin, text.size());
  return paragraphs;
}

std::vector<Span> QuotedSpans(std::string_view text) {
  std::vector<Span> spans;
  for (const Span paragraph : SplitParagraphs(text)) {
    std::size_t at = paragraph.begin;
    while (at < paragraph.end) {
      const auto mark = std::find_if(kMarks.begin(), kMarks.end(), [&](const Mark& candidate) {
        return text.substr(at).starts_with(candidate.open);
      });
      const bool single = mark != kMarks.end() && mark->open == kMarks.back().open;
      if (mark == kMarks.end() || (single && at > 0 && LetterAt(text, at - 1))) {
        at += CharacterAt(text, at).bytes;
        continue;
      }
      const std::size_t from = at + mark->open.size();
      const std::size_t close = FindClose(text, from, paragraph.end, *mark);
      if (close == std::string_view::npos && single) {
        at = from;
        continue;
      }
      const std::size_t end = close == std::string_view::npos ? paragraph.end : close;
      if (end > from && end - from <= kQuoteBytesMax) spans.push_back({from, end});
      at = close == std::string_view::npos ? end : close + mark->close.size();
    }
  }
  return spans;
}

std::vector<Span> SplitSentences(std::string_view text) {
  const std::vector<Span> quotes = QuotedSpans(text);
  std::vector<Span> sentences;
  for (const Span paragraph : SplitParagraphs(text)) {
    const std::string_view to_here = text.substr(0, paragraph.end);
    std::size_t begin = paragraph.begin;
    std::size_t at = begin;
    while (at < paragraph.end) {
      const char c = text[at];
      const std::size_t end =
          c == '.' || c == '!' || c == '?' ? SentenceEnd(to_here, at, quotes) : 0;
      if (end == 0) {
        ++at;
        continue;
      }
      AppendTrimmed(sentences, text, begin, end);
      begin = at = end;
    }
    AppendTrimmed(sentences, text, begin, paragraph.end);
  }
  return sentences;
}

std::vector<Span> BoilerplateSpans(std::string_view text) {
  std::vector<Span> spans;
  for (const Span paragraph : SplitParagraphs(text)) {
    if (paragraph.end - paragraph.begin > kBoilerplateBytesMax) continue;
    const std::string lower = LowerCase(TextOf(text, paragraph));
    const bool found =
        std::any_of(kBoilerplate.begin(), kBoilerplate.end(),
                    [&](std::string_view phrase) { return lower.starts_with(phrase); });
    if (found) spans.push_back(paragraph);
  }
  return spans;
}

bool IsInside(const std::vector<Span>& spans, std::size_t place) {
  const auto after =
      std::upper_bound(spans.begin(), spans.end(), place,
                       [](std::size_t value, const Span& span) { return value < span.begin; });
  return after != spans.begin() && place < std::prev(after)->end;
}

std::string LowerCase(std::string_view text) {
  std::string lower;
  lower.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const Character c = CharacterAt(text, at);
    if (c.code == 0x2019 || c.code == 0x2018) {
      lower += '\'';
    } else if (c.code < 0x80 && IsSpace(static_cast<char>(c.code))) {
      lower += ' ';
    } else {
      AppendLower(lower, text, at, c);
    }
    at += c.bytes;
  }
  return lower;
}

std::string OneLine(std::string_view text) {
  std::string line;
  for (const char c : text) {
    if (!IsSpace(c)) {
      line += c;
    } else if (!line.empty() && line.back() != ' ') {
      line += ' ';
    }
  }
  if (line.ends_with(' ')) line.pop_back();
  return line;
}

}  // namespace proviso::intake

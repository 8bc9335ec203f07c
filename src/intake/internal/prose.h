#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace proviso::intake {

// Bytes [begin, end) of a text.
struct Span {
  std::size_t begin = 0;
  std::size_t end = 0;
  bool operator==(const Span&) const = default;
};

inline std::string_view TextOf(std::string_view text, Span span) {
  return text.substr(span.begin, span.end - span.begin);
}

// A word of a text: a run of letters and digits. `text` is in lower case, without `'s`, without
// the s of a plural and, in a number, without the commas between thousands.
struct Word {
  std::string text;
  Span place;
  bool capital = false;  // begins with a capital letter
};

// What tools/word_counts.py does for the background counts.
std::vector<Word> ReadWords(std::string_view text);

// Sentences in order, without the white space around them. Abbreviations, initials, decimals and
// full stops inside a quotation do not end one.
std::vector<Span> SplitSentences(std::string_view text);

// What stands between quotation marks, without the marks. A mark that nobody closes reaches to the
// end of its paragraph.
std::vector<Span> QuotedSpans(std::string_view text);

// Paragraphs in order; a line break after a full stop parts them too.
std::vector<Span> SplitParagraphs(std::string_view text);

// Paragraphs that pages put around articles: invitations to subscribe, comment forms, ...
std::vector<Span> BoilerplateSpans(std::string_view text);

// Whether `place` lies inside one of `spans`, which are sorted and do not overlap.
bool IsInside(const std::vector<Span>& spans, std::size_t place);

// White space becomes a space, and typographic apostrophes become plain ones.
std::string LowerCase(std::string_view text);
// White space runs become one space.
std::string OneLine(std::string_view text);

}  // namespace proviso::intake

#include "intake/internal/names.h"

#include <algorithm>
#include <array>

#include "intake/internal/measures.h"

namespace proviso::intake {
namespace {

constexpr std::array<std::string_view, 12> kLegalForms = {
    "the", "inc", "ltd",       "corp",     "plc",     "gmbh",
    "llc", "co",  "newspaper", "magazine", "journal", "limited"};
// Capitalised at the start of sentences, and never the start of a name that we look for.
constexpr std::array<std::string_view, 44> kNoNames = {
    "in",    "on",   "at",    "by",    "it",        "its",     "he",    "she",   "they",
    "we",    "i",    "a",     "an",    "this",      "that",    "these", "those", "but",
    "and",   "some", "when",  "after", "according", "earlier", "last",  "his",   "her",
    "their", "our",  "if",    "as",    "for",       "while",   "since", "mr",    "mrs",
    "ms",    "dr",   "under", "about", "however",   "nobody",  "there", "what"};

template <std::size_t N>
bool IsOneOf(const std::array<std::string_view, N>& list, std::string_view word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

bool IsWordByte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool OnlySpace(std::string_view gap) {
  return gap == " " || gap == "\n" || gap == " +" || gap == "\xC2\xA0" || gap == " & " ||
         gap == "-";
}

}  // namespace

std::vector<Name> ReadNames(std::string_view sentence) {
  const std::vector<Word> words = ReadWords(sentence);
  std::vector<Name> names;
  std::size_t at = 0;
  while (at < words.size()) {
    const bool number_name =
        words[at].place.begin > 0 && sentence[words[at].place.begin - 1] == '+';
    const std::string lower = LowerCase(TextOf(sentence, words[at].place));
    if (!number_name && (!words[at].capital || IsOneOf(kNoNames, lower))) {
      ++at;
      continue;
    }
    std::size_t last = at;
    for (std::size_t next = at + 1; next < words.size(); ++next) {
      const std::string_view gap = sentence.substr(
          words[next - 1].place.end, words[next].place.begin - words[next - 1].place.end);
      if (!OnlySpace(gap)) break;
      const bool possessive = TextOf(sentence, words[next - 1].place).ends_with("'s") ||
                              TextOf(sentence, words[next - 1].place).ends_with("\xE2\x80\x99s");
      if (possessive) break;
      if (words[next].capital) {
        last = next;
      } else if (words[next].text != "of" && words[next].text != "for" &&
                 words[next].text != "de") {
        break;
      }
    }
    Span place{words[at].place.begin - (number_name ? 1U : 0U), words[last].place.end};
    std::string_view text = TextOf(sentence, place);
    for (const std::string_view tail : {"'s", "\xE2\x80\x99s"}) {
      if (text.ends_with(tail)) text.remove_suffix(tail.size());
    }
    place.end = place.begin + text.size();
    // "Thursday" and "May" name nobody.
    const bool time = std::all_of(words.begin() + static_cast<std::ptrdiff_t>(at),
                                  words.begin() + static_cast<std::ptrdiff_t>(last + 1),
                                  [](const Word& word) { return IsMonthOrWeekday(word.text); });
    if (LowerCase(text) != "the" && !time) names.push_back({OneLine(text), place});
    at = last + 1;
  }
  return names;
}

std::string NameKey(std::string_view name) {
  std::string key;
  const std::vector<Word> words = ReadWords(name);
  for (const Word& word : words) {
    if (words.size() > 1 && IsOneOf(kLegalForms, word.text)) continue;
    key += (key.empty() ? "" : " ") + LowerCase(TextOf(name, word.place));
  }
  for (const std::string_view tail : {"'s"}) {
    if (key.ends_with(tail)) key.resize(key.size() - tail.size());
  }
  return key;
}

std::size_t FindPhrase(std::string_view text, std::string_view phrase, std::size_t from) {
  if (phrase.empty()) return std::string_view::npos;
  for (std::size_t at = text.find(phrase, from); at != std::string_view::npos;
       at = text.find(phrase, at + 1)) {
    const std::size_t end = at + phrase.size();
    const bool begins = at == 0 || !IsWordByte(text[at - 1]) || !IsWordByte(phrase.front());
    const bool ends = end == text.size() || !IsWordByte(text[end]) || !IsWordByte(phrase.back());
    if (begins && ends) return at;
  }
  return std::string_view::npos;
}

bool HasPhrase(std::string_view text, std::string_view phrase) {
  return FindPhrase(text, phrase) != std::string_view::npos;
}

}  // namespace proviso::intake

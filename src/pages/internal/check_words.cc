#include "pages/internal/check_words.h"

#include <map>
#include <utility>

#include "pages/internal/figures.h"

namespace proviso::pages {
namespace {

constexpr std::size_t kWordsMax = 200;

// The words of a check's text; what stands in quotes, and each mark of ( ) : , is one of them.
std::vector<std::string> Words(std::string_view text) {
  std::vector<std::string> words;
  std::string word;
  const auto end_word = [&] {
    if (!word.empty()) words.push_back(std::exchange(word, {}));
  };
  bool quoted = false;
  for (std::size_t i = 0; i < text.size() && words.size() < kWordsMax; ++i) {
    const char c = text[i];
    if (quoted && c == '\\' && i + 1 < text.size()) {
      word += text[++i];
    } else if (c == '"') {
      quoted = !quoted;
    } else if (quoted || std::string_view(" (),:").find(c) == std::string_view::npos) {
      word += c;
    } else {
      end_word();
      if (c != ' ') words.emplace_back(1, c);
    }
  }
  end_word();
  return words;
}

struct Parts {
  std::map<std::string, std::string, std::less<>> arguments;
  std::vector<std::string> tail;  // the words after the closing bracket
};

Parts Split(const std::vector<std::string>& words) {
  Parts parts;
  std::size_t i = 0;
  while (i < words.size() && words[i] != ")") {
    if (i + 2 < words.size() && words[i + 1] == ":") parts.arguments[words[i]] = words[i + 2];
    ++i;
  }
  for (++i; i < words.size(); ++i) parts.tail.push_back(words[i]);
  return parts;
}

std::string_view ComparisonInWords(std::string_view comparison) {
  if (comparison == ">=") return "at least";
  if (comparison == ">") return "more than";
  if (comparison == "<=") return "at most";
  if (comparison == "<") return "less than";
  return {};
}

std::string Asked(const std::vector<std::string>& tail) {
  for (std::size_t i = 0; i < tail.size(); ++i) {
    const std::string_view comparison = ComparisonInWords(tail[i]);
    if (comparison.empty()) continue;
    std::string words(comparison);
    for (std::size_t j = i + 1; j < tail.size(); ++j) {
      const bool ratio = tail[j].ends_with('x') && tail[j].find_first_of("0123456789") == 0;
      const bool number = tail[j].find_first_not_of("0123456789.") == std::string::npos;
      words += " " + (ratio    ? tail[j].substr(0, tail[j].size() - 1) + " times"
                      : number ? GroupedNumber(tail[j])
                               : tail[j]);
    }
    return words;
  }
  return {};
}

std::vector<Period> Periods(const std::vector<std::string>& tail) {
  std::vector<Period> periods;
  for (const std::string& word : tail) {
    if (const Result<Date> date = ParseDate(word)) {
      periods.push_back(
          {*date, *date + std::chrono::days(1), DateInWords(*date), DayAndMonth(*date)});
    } else if (const Result<Month> month = ParseMonth(word)) {
      periods.push_back({FirstDay(*month), EndDay(*month), MonthInWords(*month),
                         ShortMonth(*month) + " " + std::to_string(int{month->year()})});
    }
  }
  return periods;
}

std::string ArgumentOf(const Parts& parts, std::string_view name) {
  const auto found = parts.arguments.find(name);
  return found == parts.arguments.end() ? std::string() : found->second;
}

// " of Example Signals Unit in nl-1".
std::string ScopeInWords(const Parts& parts, const Json* names) {
  std::string scope;
  for (const auto& [argument, kind] :
       {std::pair("unit", "units"), std::pair("subscription", "subscriptions"),
        std::pair("customer", "customers")}) {
    const std::string id = ArgumentOf(parts, argument);
    if (!id.empty()) scope += " of " + NameOf(names, kind, id);
  }
  const std::string region = ArgumentOf(parts, "region");
  return region.empty() ? scope : scope + " in " + NameOf(names, "regions", region);
}

std::string WhenInWords(const std::vector<Period>& periods) {
  if (periods.empty()) return {};
  if (periods.size() == 1 || periods[0] == periods[1]) return ", " + periods[0].words;
  return ", " + periods[0].words + " to " + periods[1].words;
}

std::string InLowerCase(std::string text) {
  if (!text.empty() && text[0] >= 'A' && text[0] <= 'Z') {
    text[0] = static_cast<char>(text[0] - 'A' + 'a');
  }
  return text;
}

// What is asked about, before whose it is and when; empty for a form that is not known here.
std::string TopicInWords(std::string_view form, const CheckWords& words) {
  std::string first = ClassInWords(words.capability_class);
  const std::string second = InLowerCase(ClassInWords(words.second_class));
  if (form == "usage") return first;
  if (form == "growth") return "Growth of " + InLowerCase(first);
  if (form == "billed") return "Billed" + (first.empty() ? "" : " for " + InLowerCase(first));
  if (form == "contracted") return "Contract" + (first.empty() ? "" : " for " + InLowerCase(first));
  if (form == "co-moves") return first + " moving with " + second;
  if (form == "ratio") return first + " per " + second;
  if (form == "absent") return "No " + InLowerCase(first);
  return {};
}

std::string Title(const Parts& parts, const CheckWords& words, const Json& result,
                  const Json* names) {
  const std::string topic = TopicInWords(result.StringOr("form", ""), words);
  if (topic.empty()) return {};
  return topic + ScopeInWords(parts, names) + WhenInWords(words.periods) +
         (words.asked.empty() ? "" : ": " + words.asked);
}

}  // namespace

std::string ClassInWords(std::string_view capability_class) {
  std::string words(capability_class);
  for (char& c : words) {
    if (c == '-' || c == '_') c = ' ';
  }
  if (!words.empty() && words[0] >= 'a' && words[0] <= 'z') {
    words[0] = static_cast<char>(words[0] - 'a' + 'A');
  }
  return words;
}

std::string NameOf(const Json* names, std::string_view kind, std::string_view id) {
  const Json* of_kind = names == nullptr ? nullptr : names->Find(kind);
  if (of_kind == nullptr) return std::string(id);
  return of_kind->StringOr(id, id);
}

CheckWords ReadCheck(const Json& check_result, const Json* names) {
  const std::string text = check_result.StringOr("check", "");
  const Parts parts = Split(Words(text));
  CheckWords words;
  words.capability_class = ArgumentOf(parts, "class");
  words.second_class = ArgumentOf(parts, "with") + ArgumentOf(parts, "per");
  words.asked = Asked(parts.tail);
  words.periods = Periods(parts.tail);
  words.title = Title(parts, words, check_result, names);
  if (words.title.empty()) words.title = text.empty() ? "A check without a text" : text;
  return words;
}

}  // namespace proviso::pages

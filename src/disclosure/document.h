#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/json.h"
#include "disclosure/audience.h"

namespace proviso::disclosure {

// A run of characters in one manner. What stands in `text` is shown as it is: never markup.
struct Span {
  std::string text;
  bool code = false;
  bool operator==(const Span&) const = default;
};

// One line of words. Whatever goes in is made safe to show (CleanText), so that all renderings
// say the same.
class Text {
 public:
  Text() = default;
  // Sentences become Text without a word, so that documents read as what they say.
  // NOLINTBEGIN(google-explicit-constructor)
  Text(std::string_view plain) { Add(plain, false); }
  Text(const std::string& plain) : Text(std::string_view(plain)) {}
  Text(const char* plain) : Text(std::string_view(plain)) {}
  // NOLINTEND(google-explicit-constructor)
  static Text Code(std::string_view code);

  Text& operator+=(const Text& more);
  friend Text operator+(Text first, const Text& second) { return first += second; }

  const std::vector<Span>& spans() const { return spans_; }
  bool empty() const { return spans_.empty(); }
  std::string Plain() const;  // without any markup
  bool operator==(const Text&) const = default;

 private:
  void Add(std::string_view text, bool code);
  std::vector<Span> spans_;  // neighbours differ in manner; none is empty
};

struct Heading {
  int level = 2;  // 2 or 3; the title of the document is level 1
  Text text;
  bool operator==(const Heading&) const = default;
};
struct Paragraph {
  Text text;
  bool operator==(const Paragraph&) const = default;
};
struct List {
  std::vector<Text> items;
  bool operator==(const List&) const = default;
};
// Somebody else's words, line by line.
struct Quotation {
  std::vector<Text> lines;
  bool operator==(const Quotation&) const = default;
};
struct Table {
  std::vector<Text> head;
  std::vector<std::vector<Text>> rows;  // as many cells as the head has
  bool operator==(const Table&) const = default;
};
using Block = std::variant<Heading, Paragraph, List, Quotation, Table>;

// A text that the provider gives out, built once and rendered in three ways that say the same.
struct Document {
  std::string kind;  // "statement", "intent", "acknowledgement", "staff", "public", "update", ...
  Audience audience = Audience::kCustomer;
  Text title;
  std::vector<Block> blocks;
  Json data = Json::MakeObject();  // the same as values, for programs

  void Section(std::string_view words) { blocks.emplace_back(Heading{2, words}); }
  void Say(const Text& text) { blocks.emplace_back(Paragraph{text}); }
  void Itemise(std::vector<Text> items);  // nothing when there are none
  void Quote(std::string_view text);      // nothing when it is empty
};

// The Markdown (CommonMark with the tables of GFM) that is hashed and issued.
std::string ToMarkdown(const Document& document);
// One page that loads nothing: styles inside, for light, dark and paper; a policy that forbids all
// else. Text is escaped and stands in directions of its own.
std::string ToHtml(const Document& document);
// docs/formats/notices.md.
Json ToJson(const Document& document);

}  // namespace proviso::disclosure

#pragma once

#include <cstddef>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace proviso::pages {

// Texts are cut here, with a note of how much was left out.
inline constexpr std::size_t kTextBytesMax = 64U << 10U;

// `text` as it may stand in text and in quoted attributes, of HTML and of SVG: markup characters as
// entities; bytes that are no UTF-8 as U+FFFD; control characters, and those that reorder or hide
// text, as "[U+202E]", so that a reader sees them and they do nothing.
std::string Escaped(std::string_view text);

// About what `text` is wide at `size`, as Escaped() shows it, in the wider ones of the usual fonts.
double TextWidth(std::string_view text, double size);
// `text`, or its first characters and an ellipsis, not wider than `width` by that measure.
std::string Fitted(std::string_view text, double width, double size);

// Writes HTML and SVG that is well-formed: elements close in order, and whatever was not written in
// this program goes through Escaped().
class Markup {
 public:
  // An attribute with an empty value is left out.
  using Attributes = std::initializer_list<std::pair<std::string_view, std::string_view>>;

  Markup& Open(std::string_view tag, Attributes attributes = {});
  Markup& Close();
  // Closes `count` elements.
  Markup& Close(int count);
  Markup& Void(std::string_view tag, Attributes attributes = {});
  Markup& Text(std::string_view text);
  // One element that holds text only.
  Markup& Leaf(std::string_view tag, Attributes attributes, std::string_view text);
  Markup& Leaf(std::string_view tag, std::string_view text) { return Leaf(tag, {}, text); }
  // Markup of this program's own.
  Markup& Trusted(std::string_view markup);

  std::size_t size() const { return out_.size(); }
  // What was written. Everything that was opened must be closed.
  std::string Take();

 private:
  void Start(std::string_view tag, Attributes attributes);

  std::string out_;
  std::vector<std::string> open_;
};

}  // namespace proviso::pages

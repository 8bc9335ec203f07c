#include "intake/internal/text_blocks.h"

#include <algorithm>
#include <array>

namespace proviso::intake {
namespace {

constexpr std::array<std::string_view, 40> kBlockTags{
    "address", "article", "aside",   "blockquote", "body", "caption",  "center",     "dd",
    "details", "dialog",  "div",     "dl",         "dt",   "fieldset", "figcaption", "figure",
    "footer",  "form",    "h1",      "h2",         "h3",   "h4",       "h5",         "h6",
    "header",  "hr",      "html",    "li",         "main", "nav",      "ol",         "p",
    "pre",     "section", "summary", "table",      "td",   "th",       "tr",         "ul"};

unsigned char AsByte(char letter) { return static_cast<unsigned char>(letter); }

// How many bytes of white space, or of signs without width, begin `text`.
struct Blank {
  std::size_t bytes = 0;
  bool has_width = true;
};
Blank BlankAt(std::string_view text) {
  if (text[0] == ' ' || (text[0] >= '\t' && text[0] <= '\r')) return {1, true};
  if (AsByte(text[0]) < ' ' || text[0] == '\x7F') return {1, false};  // controls
  if (text.starts_with("\xC2\xA0")) return {2, true};                 // no-break space
  if (text.starts_with("\xC2\xAD")) return {2, false};                // soft hyphen
  if (text.starts_with("\xE2\x80\x8B")) return {3, false};            // zero width space
  if (text.starts_with("\xEF\xBB\xBF")) return {3, false};            // byte order mark
  const bool wide = text.size() >= 3 && text.starts_with("\xE2\x80") && AsByte(text[2]) >= 0x80 &&
                    AsByte(text[2]) <= 0x8A;  // U+2000 to U+200A
  if (wide || text.starts_with("\xE2\x80\xAF")) return {3, true};
  return {};
}

// Walks a part of a page and cuts it into paragraphs.
class BlockCutter {
 public:
  BlockCutter(const HtmlTree& tree, const std::vector<bool>& removed)
      : tree_(tree), removed_(removed) {}

  void Walk(std::uint32_t root) {
    struct Step {
      std::uint32_t node;
      bool leaving;
    };
    std::vector<Step> steps{{root, false}};
    while (!steps.empty()) {
      const Step step = steps.back();
      steps.pop_back();
      const HtmlNode& node = tree_.nodes[step.node];
      if (step.leaving) {
        Leave(node);
        continue;
      }
      if (removed_[step.node]) continue;
      if (node.IsText()) {
        Take(node.text);
        continue;
      }
      Enter(node);
      steps.push_back({step.node, true});
      for (auto child = node.children.rbegin(); child != node.children.rend(); ++child) {
        steps.push_back({*child, false});
      }
    }
    Flush();
  }

  std::vector<TextBlock> TakeBlocks() { return std::move(blocks_); }

 private:
  void Enter(const HtmlNode& node) {
    if (IsBlockTag(node.tag)) {
      Flush();
      tags_.push_back(node.tag);
    } else if (node.tag == "br") {
      // Two of them in a row end a paragraph.
      if (after_break_) Flush();
      after_break_ = true;
      AppendWithSingleSpaces(" ", current_.text);
    } else if (node.tag == "a") {
      ++links_;
    }
  }

  void Leave(const HtmlNode& node) {
    if (IsBlockTag(node.tag)) {
      Flush();
      tags_.pop_back();
    } else if (node.tag == "a" && links_ > 0) {
      --links_;
    }
  }

  void Take(std::string_view text) {
    const std::size_t before = current_.text.size();
    AppendWithSingleSpaces(text, current_.text);
    const std::size_t added = current_.text.size() - before;
    if (links_ > 0) current_.link_bytes += added;
    if (added > 1 || (added == 1 && current_.text.back() != ' ')) after_break_ = false;
  }

  void Flush() {
    after_break_ = false;
    if (!current_.text.empty() && current_.text.back() == ' ') current_.text.pop_back();
    if (!current_.text.empty()) {
      current_.tag = tags_.empty() ? std::string() : tags_.back();
      blocks_.push_back(std::move(current_));
    }
    current_ = TextBlock();
  }

  const HtmlTree& tree_;
  const std::vector<bool>& removed_;
  std::vector<TextBlock> blocks_;
  TextBlock current_;
  std::vector<std::string> tags_;
  std::size_t links_ = 0;
  bool after_break_ = false;
};

}  // namespace

bool IsBlockTag(std::string_view tag) {
  return std::binary_search(kBlockTags.begin(), kBlockTags.end(), tag);
}

void AppendWithSingleSpaces(std::string_view text, std::string& to) {
  while (!text.empty()) {
    const Blank blank = BlankAt(text);
    if (blank.bytes == 0) {
      to += text[0];
      text.remove_prefix(1);
      continue;
    }
    if (blank.has_width && !to.empty() && to.back() != ' ') to += ' ';
    text.remove_prefix(blank.bytes);
  }
}

std::string WithSingleSpaces(std::string_view text) {
  std::string single;
  AppendWithSingleSpaces(text, single);
  if (!single.empty() && single.back() == ' ') single.pop_back();
  return single;
}

std::vector<TextBlock> TextBlocks(const HtmlTree& tree, std::uint32_t root,
                                  const std::vector<bool>& removed) {
  BlockCutter cutter(tree, removed);
  cutter.Walk(root);
  return cutter.TakeBlocks();
}

std::string JoinParagraphs(const std::vector<std::string>& paragraphs) {
  std::string text;
  for (const std::string& paragraph : paragraphs) {
    if (!text.empty()) text += "\n\n";
    text += paragraph;
  }
  return text;
}

}  // namespace proviso::intake

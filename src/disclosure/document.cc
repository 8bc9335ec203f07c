#include "disclosure/document.h"

#include <algorithm>

#include "disclosure/internal/clean_text.h"

namespace proviso::disclosure {
namespace {

Json Lines(const std::vector<Text>& lines) {
  Json::Array out;
  for (const Text& line : lines) out.emplace_back(line.Plain());
  return out;
}

Json BlockJson(const Heading& block) {
  return Json::Of({{"type", "heading"}, {"level", block.level}, {"text", block.text.Plain()}});
}
Json BlockJson(const Paragraph& block) {
  return Json::Of({{"type", "paragraph"}, {"text", block.text.Plain()}});
}
Json BlockJson(const List& block) {
  return Json::Of({{"type", "list"}, {"items", Lines(block.items)}});
}
Json BlockJson(const Quotation& block) {
  return Json::Of({{"type", "quotation"}, {"lines", Lines(block.lines)}});
}
Json BlockJson(const Table& block) {
  Json::Array rows;
  for (const std::vector<Text>& row : block.rows) rows.emplace_back(Lines(row));
  return Json::Of({{"type", "table"}, {"head", Lines(block.head)}, {"rows", std::move(rows)}});
}

}  // namespace

Text Text::Code(std::string_view code) {
  Text text;
  text.Add(code, true);
  return text;
}

void Text::Add(std::string_view text, bool code) {
  // Words that are put together meet at their blanks; code stands by itself.
  std::string clean = CleanText(text, !code);
  if (clean.empty()) return;
  if (!spans_.empty() && spans_.back().code == code) {
    spans_.back().text += clean;
  } else {
    spans_.push_back({std::move(clean), code});
  }
}

Text& Text::operator+=(const Text& more) {
  for (const Span& span : more.spans_) Add(span.text, span.code);
  return *this;
}

std::string Text::Plain() const {
  std::string out;
  for (const Span& span : spans_) out += span.text;
  return out;
}

void Document::Itemise(std::vector<Text> items) {
  if (!items.empty()) blocks.emplace_back(List{std::move(items)});
}

void Document::Quote(std::string_view text) {
  Quotation quotation;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    quotation.lines.emplace_back(CleanText(text.substr(0, end), false));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  if (!quotation.lines.empty()) blocks.emplace_back(std::move(quotation));
}

Json ToJson(const Document& document) {
  Json::Array blocks;
  for (const Block& block : document.blocks) {
    blocks.push_back(std::visit([](const auto& known) { return BlockJson(known); }, block));
  }
  return Json::Of({{"format", "proviso-notice/1"},
                   {"kind", document.kind},
                   {"audience", AudienceName(document.audience)},
                   {"language", "en"},
                   {"title", document.title.Plain()},
                   {"data", document.data},
                   {"blocks", std::move(blocks)}});
}

}  // namespace proviso::disclosure

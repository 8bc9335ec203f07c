#include <string>

#include "base/bytes.h"
#include "crypto/hash.h"
#include "disclosure/document.h"

namespace proviso::disclosure {
namespace {

constexpr std::string_view kStyle =
    ":root{color-scheme:light dark}"
    "body{font:1rem/1.5 system-ui,sans-serif;max-width:46rem;margin:2rem auto;padding:0 1rem;"
    "overflow-wrap:anywhere;background:#fff;color:#1a1a1a}"
    "h1,h2,h3{line-height:1.25}h2{margin-top:2rem}"
    "blockquote{margin:1rem 0;padding:.1rem 1rem;border-left:.25rem solid #767676}"
    "blockquote p{margin:.5rem 0}"
    "code{font-family:ui-monospace,monospace;font-size:.95em;unicode-bidi:isolate}"
    "table{border-collapse:collapse;width:100%;overflow-wrap:break-word}"
    "td:first-child,table code{overflow-wrap:anywhere}"
    "th,td{border:1px solid #767676;padding:.4rem .6rem;text-align:start;vertical-align:top}"
    "@media screen and (max-width:34rem){table{font-size:.88rem}th,td{padding:.3rem .35rem}}"
    "@media(prefers-color-scheme:dark){body{background:#151515;color:#eee}}"
    "@media print{body{margin:0;max-width:none;background:#fff;color:#000}"
    "h2,h3{break-after:avoid}blockquote,tr,li{break-inside:avoid}}";

std::string Escaped(std::string_view text) {
  std::string out;
  for (const char character : text) {
    switch (character) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += character;
    }
  }
  return out;
}

std::string Inline(const Text& text) {
  std::string out;
  for (const Span& span : text.spans()) {
    out += span.code ? "<code>" + Escaped(span.text) + "</code>" : Escaped(span.text);
  }
  return out;
}

std::string Html(const Heading& block) {
  const std::string tag = "h" + std::to_string(block.level);
  return "<" + tag + ">" + Inline(block.text) + "</" + tag + ">\n";
}
std::string Html(const Paragraph& block) { return "<p>" + Inline(block.text) + "</p>\n"; }
std::string Html(const List& block) {
  std::string out = "<ul>\n";
  for (const Text& item : block.items) out += "<li>" + Inline(item) + "</li>\n";
  return out + "</ul>\n";
}
std::string Html(const Quotation& block) {
  std::string out = "<blockquote>\n";
  // Words of others may be written from right to left.
  for (const Text& line : block.lines) {
    if (!line.empty()) out += "<p dir=\"auto\">" + Inline(line) + "</p>\n";
  }
  return out + "</blockquote>\n";
}
std::string Html(const Table& block) {
  std::string out = "<table>\n<thead><tr>";
  for (const Text& cell : block.head) out += "<th scope=\"col\">" + Inline(cell) + "</th>";
  out += "</tr></thead>\n<tbody>\n";
  for (const std::vector<Text>& row : block.rows) {
    out += "<tr>";
    for (const Text& cell : row) out += "<td dir=\"auto\">" + Inline(cell) + "</td>";
    out += "</tr>\n";
  }
  return out + "</tbody>\n</table>\n";
}

}  // namespace

std::string ToHtml(const Document& document) {
  // Only this very style is let through; a style or a script that slipped in would do nothing.
  const std::string policy = "default-src 'none'; style-src 'sha256-" +
                             Base64Encode(crypto::Sha256(kStyle).bytes) +
                             "'; base-uri 'none'; form-action 'none'";
  std::string out = "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n";
  out += "<meta http-equiv=\"Content-Security-Policy\" content=\"" + policy + "\">\n";
  out += "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n";
  out += "<meta name=\"referrer\" content=\"no-referrer\">\n";
  out += "<title>" + Escaped(document.title.Plain()) + "</title>\n";
  out += "<style>" + std::string(kStyle) + "</style>\n</head>\n<body>\n<main>\n";
  out += "<h1>" + Inline(document.title) + "</h1>\n";
  for (const Block& block : document.blocks) {
    out += std::visit([](const auto& known) { return Html(known); }, block);
  }
  return out + "</main>\n</body>\n</html>\n";
}

}  // namespace proviso::disclosure

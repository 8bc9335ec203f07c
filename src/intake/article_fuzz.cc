// Articles as pages of HTML: what a report says stands in the page, and the log keeps it whole.
#include "intake/internal/article_html.h"
#include "intake/internal/html_tree.h"
#include "intake/report_oracle.h"

namespace proviso::intake {

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view page = proviso::fuzz::Input(data, size).rest();
  if (!proviso::IsUtf8(page) || page.find('\0') != std::string_view::npos) return 0;
  const auto tree = ParseHtml(page);
  if (!tree) return 0;
  for (std::size_t i = 0; i < tree->nodes.size(); ++i) {
    for (const std::uint32_t child : tree->nodes[i].children) {
      PROVISO_CHECK(child > i && tree->nodes[child].parent == i, "no walk from the top down");
    }
  }
  const auto lines = HtmlAsPlainText(page);
  if (lines) CheckIsTakenFrom(tree->TextOf(0), *lines);
  const auto report = ReadHtmlArticle(page);
  if (!report) return 0;
  CheckReport(*report);
  CheckIsTakenFrom(tree->TextOf(0), report->text);
  return 0;
}

}  // namespace proviso::intake

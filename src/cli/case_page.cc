// A case as a page in a file.
#include "pages/case_page.h"

#include "cli/internal/act_command.h"
#include "cli/internal/new_file.h"
#include "cli/invocation.h"
#include "pages/plot.h"

namespace proviso::cli {

Status WriteCasePage(const Invocation& invocation, const Json& shown, const std::string& path) {
  pages::PageOptions options;
  options.generated_at = FormatTime(invocation.environment.clock->Now());
  options.product = std::string("Proviso ") + PROVISO_VERSION;
  const std::string html = PROVISO_TRY(pages::RenderCasePage(shown, options));
  return WriteNewFile(invocation, path, AsBytes(html));
}

Result<std::size_t> WriteCasePlots(const Invocation& invocation, const Json& shown,
                                   const std::filesystem::path& folder) {
  PROVISO_TRY(invocation.environment.files->CreateDirectories(folder));
  pages::PlotOptions options;
  options.names = shown.Find("names");
  options.class_units = shown.Find("class_units");
  std::size_t written = 0;
  for (const char* part : {"claims", "steps"}) {
    for (const Json& whose : ItemsOf(shown, part)) {
      const Json::Array& checks = ItemsOf(whose, "checks");
      for (std::size_t i = 0; i < checks.size(); ++i) {
        const Json* result = checks[i].Find("result");
        if (result == nullptr || result->IsNull()) continue;
        const std::string name =
            whose.StringOr("id", "") + "-check-" + std::to_string(i + 1) + ".svg";
        const std::string svg = pages::RenderPlot(*result, options);
        PROVISO_TRY(invocation.environment.files->WriteFile(folder / name, AsBytes(svg), 0600));
        ++written;
      }
    }
  }
  return written;
}

}  // namespace proviso::cli

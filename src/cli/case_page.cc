// A case as a page in a file.
#include "pages/case_page.h"

#include "cli/invocation.h"

namespace proviso::cli {

Status WriteCasePage(const Invocation& invocation, const Json& shown, const std::string& path) {
  pages::PageOptions options;
  options.generated_at = FormatTime(invocation.environment.clock->Now());
  options.product = std::string("Proviso ") + PROVISO_VERSION;
  const std::string html = PROVISO_TRY(pages::RenderCasePage(shown, options));
  return invocation.environment.files->WriteFile(path, AsBytes(html), 0600);
}

}  // namespace proviso::cli

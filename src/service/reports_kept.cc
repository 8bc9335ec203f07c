#include "service/internal/reports_kept.h"

#include <set>

#include "service/internal/kept_files.h"
#include "service/internal/stories.h"

namespace proviso::service {

Status RemoveUnrecordedReports(const Instance::Core& core) {
  std::set<std::string> recorded;
  for (const review::ReceivedReport& report : core.state.review.reports()) {
    const Bytes key = PROVISO_TRY(HexDecode(report.original_key));
    recorded.insert(SealedReportName(key));
  }
  // A key that is lost, and not erased, leaves its original: a backup may still have the key.
  const bool knows_all = KnowsAllOriginals(core.state);
  io::FileSystem& files = *core.environment.files;
  const std::filesystem::path folder = core.directory / "reports";
  if (!PROVISO_TRY(files.Exists(folder))) return {};
  const std::vector<std::string> names = PROVISO_TRY(files.List(folder));
  for (const std::string& name : names) {
    const bool ours = (name.ends_with(".sealed") && knows_all) || io::IsTemporaryName(name);
    if (ours && !recorded.contains(name)) PROVISO_TRY(files.Remove(folder / name));
  }
  return {};
}

}  // namespace proviso::service

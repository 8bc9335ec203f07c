#include "verifier/log_source.h"

namespace proviso::verifier {

Result<Bytes> FolderSource::Read(const std::string& path, std::uint64_t bytes_max) {
  return files_.ReadFile(folder_ / path, bytes_max);
}

Result<std::vector<std::string>> FolderSource::List(const std::string& folder) {
  return files_.List(folder.empty() ? folder_ : folder_ / folder);
}

}  // namespace proviso::verifier

#include "io/files/temporary_folder.h"

#include <cstdlib>
#include <string>
#include <system_error>

#include "io/internal/posix.h"

namespace proviso::io {

Result<TemporaryFolder> TemporaryFolder::Make(const std::filesystem::path& parent) {
  std::error_code error;
  const std::filesystem::path base =
      parent.empty() ? std::filesystem::temp_directory_path(error) : parent;
  if (error) return tl::unexpected<Error>(PosixError("find the temporary folder", error.value()));
  std::string name = (base / "proviso-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) {
    return tl::unexpected<Error>(PosixError("create a folder in", base, errno));
  }
  return TemporaryFolder(name);
}

TemporaryFolder::TemporaryFolder(TemporaryFolder&& other) noexcept : path_(std::move(other.path_)) {
  other.path_.clear();
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;  // Nothing better can be done in a destructor.
  if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
}

}  // namespace proviso::io

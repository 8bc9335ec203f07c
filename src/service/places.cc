// Where folders lie to one another, and what they may be called.
#include "service/internal/places.h"

namespace proviso::service {

bool IsInside(const std::filesystem::path& inner, const std::filesystem::path& outer) {
  // Under whatever name: of what does not exist yet, as far as it does.
  const auto place = [](const std::filesystem::path& path) {
    std::error_code failure;
    std::filesystem::path found = std::filesystem::weakly_canonical(path, failure);
    return failure ? path.lexically_normal() : found;
  };
  const std::filesystem::path relative = place(inner).lexically_relative(place(outer));
  return !relative.empty() && *relative.begin() != "..";
}

Status CheckName(const std::filesystem::path& path) {
  if (IsUtf8(path.string())) return {};
  return Fail(ErrorCode::kInvalidArgument,
              "expected a path in UTF-8, for it is kept in a JSON file; give another one");
}

Status CheckDirectoryMode(const std::filesystem::path& directory) {
  namespace fs = std::filesystem;
  std::error_code failure;
  const fs::file_status status = fs::status(directory, failure);
  if (failure || !fs::exists(status)) return {};
  if ((status.permissions() & fs::perms::others_write) == fs::perms::none) return {};
  return Fail(ErrorCode::kPermissionDenied,
              "everybody may write into the data directory `" + directory.string() +
                  "`, and put other files in the place of its own; run: chmod o-w " +
                  directory.string());
}

}  // namespace proviso::service

#include "cli/internal/new_file.h"

#include <system_error>

namespace proviso::cli {
namespace {

namespace fs = std::filesystem;

// Links resolved as far as there is something; as it is spelt where that cannot be told.
fs::path Resolved(const fs::path& path) {
  std::error_code failure;
  fs::path resolved = fs::weakly_canonical(path, failure);
  return failure ? fs::absolute(path, failure).lexically_normal() : resolved;
}

bool IsWithin(const fs::path& folder, const fs::path& path) {
  const fs::path relative = Resolved(path).lexically_relative(Resolved(folder));
  return !relative.empty() && *relative.begin() != "..";
}

}  // namespace

Status CheckNewFile(const Invocation& invocation, const std::string& path, const fs::path& log) {
  std::error_code failure;
  // The link itself, and not what it leads to.
  const fs::file_status status = fs::symlink_status(path, failure);
  if (fs::exists(status)) {
    return Fail(ErrorCode::kAlreadyExists, "`" + path + "` exists; name a new file");
  }
  fs::path folder = fs::path(path).parent_path();
  if (folder.empty()) folder = ".";
  if (!fs::is_directory(folder, failure)) {
    return Fail(ErrorCode::kNotFound, "`" + path + "`: expected a folder that takes it, but `" +
                                          folder.string() + "` is no folder; make one first");
  }
  const bool is_ours = IsWithin(invocation.data / "log", folder);
  if (is_ours || (!log.empty() && IsWithin(log, folder))) {
    return Fail(ErrorCode::kInvalidArgument,
                "`" + path + "`: `" + (is_ours ? invocation.data / "log" : log).string() +
                    "` takes the log's own files alone; name a file elsewhere");
  }
  return {};
}

bool IsSameFile(const std::string& one, const std::string& other) {
  return Resolved(one) == Resolved(other);
}

Status WriteNewFile(const Invocation& invocation, const std::string& path, ByteView bytes) {
  PROVISO_TRY(CheckNewFile(invocation, path));
  return invocation.environment.files->WriteFile(path, bytes, 0600);
}

}  // namespace proviso::cli

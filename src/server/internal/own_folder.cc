#include "server/internal/own_folder.h"

#include <sys/stat.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <string>

namespace proviso::server {
namespace {

namespace fs = std::filesystem;

constexpr std::array<std::uint8_t, 1> kProbe{'\n'};

Error Refused(std::string_view option, const std::string& what) {
  return {ErrorCode::kFailedPrecondition, "`" + std::string(option) + "`: " + what};
}

// mkdir(2) heeds the umask, which must not decide who reads.
Status Make(const fs::path& folder, std::string_view option, int mode) {
  if (::mkdir(folder.c_str(), static_cast<mode_t>(mode)) == 0 &&
      ::chmod(folder.c_str(), static_cast<mode_t>(mode)) == 0) {
    return {};
  }
  const std::string reason = std::strerror(errno);
  return tl::unexpected<Error>(
      Refused(option, "cannot make the folder `" + folder.string() + "`: " + reason +
                          "; make it, or the folder that it lies in, or name another one"));
}

}  // namespace

Status PrepareFolder(io::FileSystem& files, const fs::path& folder, std::string_view option,
                     int mode) {
  if (folder.empty()) {
    return tl::unexpected<Error>(
        Refused(option, "expected a folder, found nothing; name one, or leave the option out"));
  }
  struct stat info {};
  if (::stat(folder.c_str(), &info) != 0) {
    PROVISO_TRY(Make(folder, option, mode));
  } else if (!S_ISDIR(info.st_mode)) {
    return tl::unexpected<Error>(Refused(option, "expected a folder at `" + folder.string() +
                                                     "`, found a file; name another place"));
  }
  const fs::path probe = folder / "probe";
  const Status written = files.WriteFile(probe, ByteView(kProbe), 0600);
  if (written) return files.Remove(probe);
  if (written.error().code() == ErrorCode::kResourceExhausted) return {};
  return tl::unexpected<Error>(Refused(option, "cannot write in the folder `" + folder.string() +
                                                   "`: " + written.error().message() +
                                                   "; let this user write there"));
}

}  // namespace proviso::server

#include "io/files/replace_file.h"

namespace proviso::io {

Status ReplaceFileDurably(FileSystem& files, const std::filesystem::path& path, ByteView bytes,
                          int mode) {
  // Its name is always the same, so that what a crash left of one goes with the next.
  const std::filesystem::path fresh = path.string() + ".new";
  PROVISO_TRY(files.WriteFile(fresh, bytes, mode));
  // Before it takes the old one's place: a name may survive a power cut without the bytes.
  PROVISO_TRY(files.SyncFile(fresh));
  PROVISO_TRY(files.Rename(fresh, path));
  return files.SyncDirectory(path.parent_path());
}

}  // namespace proviso::io

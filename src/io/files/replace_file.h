#pragma once

#include <filesystem>

#include "io/files/file_system.h"

namespace proviso::io {

// WriteFileDurably for a file that is there already: a crash meanwhile leaves the old one or the
// new one, whole.
Status ReplaceFileDurably(FileSystem& files, const std::filesystem::path& path, ByteView bytes,
                          int mode = 0644);

}  // namespace proviso::io

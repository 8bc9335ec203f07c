#pragma once

#include <filesystem>
#include <string_view>

#include "io/files/file_system.h"

namespace proviso::server {

// Makes `folder` with `mode` when it is missing, and tries whether files can be written there, so
// that a wrong one is told at the start. `option` is what named it. A full disk is no failure: room
// may come.
Status PrepareFolder(io::FileSystem& files, const std::filesystem::path& folder,
                     std::string_view option, int mode);

}  // namespace proviso::server

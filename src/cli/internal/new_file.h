#pragma once

#include <filesystem>
#include <string>

#include "cli/invocation.h"

namespace proviso::cli {

// Whether a command may make the file `path` for its user: nothing stands there, not even a link
// that leads nowhere; its folder exists, and is neither the log's own nor below `log`, another log
// that the command reads. To be asked before anything is done that would be for nothing.
Status CheckNewFile(const Invocation& invocation, const std::string& path,
                    const std::filesystem::path& log = {});

// Whether two paths name one file, however they are spelt.
bool IsSameFile(const std::string& one, const std::string& other);

// CheckNewFile, then writes it, for its user alone.
Status WriteNewFile(const Invocation& invocation, const std::string& path, ByteView bytes);

}  // namespace proviso::cli

#pragma once

#include <filesystem>

#include "base/result.h"
#include "io/files/descriptor.h"

namespace proviso::io {

// Opens a file for reading. kInvalidArgument for a pipe, a socket or a device, which could make
// the reader wait for ever, and for a folder. Thread-safe.
Result<Descriptor> OpenRegularFile(const std::filesystem::path& path);

}  // namespace proviso::io

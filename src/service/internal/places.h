#pragma once

#include <filesystem>

#include "base/bytes.h"

namespace proviso::service {

// True for `outer` itself too. Links are followed; neither path need exist.
bool IsInside(const std::filesystem::path& inner, const std::filesystem::path& outer);
// kInvalidArgument for a path that no JSON file can hold.
Status CheckName(const std::filesystem::path& path);
// kPermissionDenied when everybody may write into a data directory: who can, puts another log or
// another decision table in the place of this one. A group may be trusted with it. Nothing is said
// of a directory that does not exist yet.
Status CheckDirectoryMode(const std::filesystem::path& directory);

}  // namespace proviso::service

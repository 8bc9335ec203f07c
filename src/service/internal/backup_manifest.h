#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "io/files/file_system.h"

namespace proviso::service {

// What a backup consists of (docs/formats/backup.md).
struct BackupFile {
  std::string path;  // within the backup: "lake/01ab....parquet"
  std::uint64_t bytes = 0;
  std::string sha256;
};
struct BackupManifest {
  std::string origin;
  std::string vkey;
  std::uint64_t size = 0;  // of the log
  std::string checkpoint;  // signed, of that size
  std::string made_at;
  std::string database;  // path of the log's database
  std::vector<BackupFile> files;

  const BackupFile* Find(std::string_view path) const;
  std::string ToText() const;
  // kDataLoss for anything that ToText() cannot have written, such as a path that leads elsewhere.
  static Result<BackupManifest> FromText(std::string_view text);
};

inline constexpr std::string_view kManifestName = "manifest.json";
inline constexpr std::string_view kPartKeysName = "part.keys";
// Folders of a data directory whose files never change under one name.
inline constexpr std::array<std::string_view, 4> kKeptFolders = {"lake", "quarantine", "records",
                                                                 "reports"};
// "lake/..." and so on.
bool IsKeptPath(std::string_view path);

// kNotFound when there is none.
Result<BackupManifest> ReadManifest(io::FileSystem& files, const std::filesystem::path& folder);

}  // namespace proviso::service

#include "service/internal/backup_manifest.h"

#include <algorithm>

#include "crypto/hash.h"

namespace proviso::service {
namespace {

constexpr std::string_view kFormat = "proviso-backup/v1";
constexpr std::uint64_t kManifestBytesMax = std::uint64_t{256} << 20U;

tl::unexpected<Error> Damaged(const std::string& what) {
  return Fail(ErrorCode::kDataLoss, "the manifest of the backup: expected " + what);
}

bool IsPlainName(std::string_view name) {
  return !name.empty() && name.front() != '.' && name.find('/') == std::string_view::npos;
}

// Only what a backup writes: nothing that a changed manifest could lead a restore to.
bool IsOfABackup(std::string_view path) {
  if (path == "proviso.json" || path == "table/current") return true;
  if (path.starts_with("log-") && path.ends_with(".db")) return IsPlainName(path);
  return IsKeptPath(path) && IsPlainName(path.substr(path.find('/') + 1));
}

Result<BackupFile> ReadFileOf(const Json& json) {
  BackupFile file;
  file.path = PROVISO_TRY(json.StringAt("path"));
  const std::int64_t bytes = PROVISO_TRY(json.IntegerAt("bytes"));
  file.sha256 = PROVISO_TRY(json.StringAt("sha256"));
  if (!IsOfABackup(file.path)) return Damaged("files of a backup, found `" + file.path + "`");
  if (bytes < 0 || !crypto::Hash::FromHex(file.sha256)) {
    return Damaged("size and SHA-256 of `" + file.path + "`");
  }
  file.bytes = static_cast<std::uint64_t>(bytes);
  return file;
}

}  // namespace

bool IsKeptPath(std::string_view path) {
  const std::size_t slash = path.find('/');
  if (slash == std::string_view::npos) return false;
  return std::ranges::find(kKeptFolders, path.substr(0, slash)) != kKeptFolders.end();
}

const BackupFile* BackupManifest::Find(std::string_view path) const {
  const auto found = std::ranges::find(files, path, &BackupFile::path);
  return found == files.end() ? nullptr : &*found;
}

std::string BackupManifest::ToText() const {
  Json listed = Json::MakeArray();
  for (const BackupFile& file : files) {
    listed.Append(Json::Of({{"bytes", file.bytes}, {"path", file.path}, {"sha256", file.sha256}}));
  }
  return Json::Of({{"checkpoint", checkpoint},
                   {"database", database},
                   {"files", std::move(listed)},
                   {"format", kFormat},
                   {"made_at", made_at},
                   {"origin", origin},
                   {"size", size},
                   {"vkey", vkey}})
             .Canonical() +
         "\n";
}

Result<BackupManifest> BackupManifest::FromText(std::string_view text) {
  const auto json = ParseJson(text, {.bytes_max = kManifestBytesMax});
  if (!json) {
    return Fail(ErrorCode::kDataLoss,
                "the manifest of the backup is damaged: " + json.error().message());
  }
  if (json->StringOr("format", "") != kFormat) {
    return Damaged("format `" + std::string(kFormat) + "`, found `" + json->StringOr("format", "") +
                   "`");
  }
  BackupManifest manifest;
  manifest.origin = PROVISO_TRY(json->StringAt("origin"));
  manifest.vkey = PROVISO_TRY(json->StringAt("vkey"));
  manifest.checkpoint = PROVISO_TRY(json->StringAt("checkpoint"));
  manifest.made_at = PROVISO_TRY(json->StringAt("made_at"));
  manifest.database = PROVISO_TRY(json->StringAt("database"));
  const std::int64_t size = PROVISO_TRY(json->IntegerAt("size"));
  if (size < 0) return Damaged("a size, found " + std::to_string(size));
  manifest.size = static_cast<std::uint64_t>(size);
  for (const Json& file : *PROVISO_TRY(json->ArrayAt("files"))) {
    manifest.files.push_back(PROVISO_TRY(ReadFileOf(file)));
  }
  if (manifest.Find(manifest.database) == nullptr || manifest.Find("proviso.json") == nullptr) {
    return Damaged("the log's database and proviso.json among its files");
  }
  return manifest;
}

Result<BackupManifest> ReadManifest(io::FileSystem& files, const std::filesystem::path& folder) {
  const auto found = files.ReadFile(folder / kManifestName, kManifestBytesMax);
  if (!found && found.error().code() == ErrorCode::kNotFound) {
    return Fail(ErrorCode::kNotFound,
                "`" + folder.string() + "` is no backup: it has no `" + std::string(kManifestName) +
                    "`; give the folder that `proviso backup` wrote, not that of its --keys");
  }
  const Bytes bytes = PROVISO_TRY(found);
  return PROVISO_TRY_DOING(BackupManifest::FromText(AsText(bytes)), folder.string());
}

}  // namespace proviso::service

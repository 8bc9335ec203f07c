// Where keys of confidential parts lie apart from backups: each erasure reaches all of these.
#include "service/internal/backup_places.h"

#include <algorithm>

#include "ledger/backup.h"
#include "service/internal/backup_manifest.h"

namespace proviso::service {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kPlacesName = "backup-places.json";
constexpr std::uint64_t kPlacesBytesMax = std::uint64_t{1} << 20U;
constexpr std::uint64_t kPartKeysBytesMax = std::uint64_t{1} << 34U;

std::uint64_t ErasuresDone(const State& state) {
  const auto& all = state.review.erasures();
  return static_cast<std::uint64_t>(
      std::count_if(all.begin(), all.end(), [](const auto& erasure) { return erasure.done(); }));
}

Status WritePlaces(const Instance::Core& core, const std::vector<BackupPlace>& places) {
  Json listed = Json::MakeArray();
  for (const BackupPlace& place : places) {
    listed.Append(Json::Of({{"erasures", place.erasures}, {"folder", place.folder.string()}}));
  }
  return io::WriteFileDurably(*core.environment.files, core.directory / kPlacesName,
                              AsBytes(Json::Of({{"places", std::move(listed)}}).Pretty() + "\n"),
                              0600);
}

Status NoteWritten(const Instance::Core& core, const fs::path& folder) {
  std::vector<BackupPlace> places = PROVISO_TRY(ReadBackupPlaces(core));
  for (BackupPlace& place : places) {
    if (place.folder == folder) place.erasures = ErasuresDone(core.state);
  }
  return WritePlaces(core, places);
}

}  // namespace

Result<std::vector<BackupPlace>> ReadBackupPlaces(const Instance::Core& core) {
  std::vector<BackupPlace> places;
  const fs::path path = core.directory / kPlacesName;
  if (!PROVISO_TRY(core.environment.files->Exists(path))) return places;
  const Bytes bytes = PROVISO_TRY(core.environment.files->ReadFile(path, kPlacesBytesMax));
  const Json json = PROVISO_TRY_DOING(ParseJson(AsText(bytes)), path.string());
  for (const Json& item : *PROVISO_TRY(json.ArrayAt("places"))) {
    BackupPlace place;
    place.folder = PROVISO_TRY(item.StringAt("folder"));
    place.erasures = static_cast<std::uint64_t>(PROVISO_TRY(item.IntegerAt("erasures")));
    places.push_back(std::move(place));
  }
  return places;
}

Status RememberBackupPlace(const Instance::Core& core, const fs::path& folder) {
  std::vector<BackupPlace> places = PROVISO_TRY(ReadBackupPlaces(core));
  if (std::ranges::find(places, folder, &BackupPlace::folder) != places.end()) return {};
  places.push_back({.folder = folder, .erasures = 0});
  return WritePlaces(core, places);
}

Status WritePartKeys(const Instance::Core& core, const fs::path& folder) {
  io::FileSystem& files = *core.environment.files;
  PROVISO_TRY(files.CreateDirectories(folder));
  const fs::path path = folder / kPartKeysName;
  const std::uint64_t size = core.ledger->latest().size;
  if (PROVISO_TRY(files.Exists(path))) {
    const Bytes bytes = PROVISO_TRY(files.ReadFile(path, kPartKeysBytesMax));
    const auto there = ledger::ParsePartKeys(bytes);
    if (!there || there->origin != core.config.origin) {
      return Fail(ErrorCode::kFailedPrecondition,
                  "`" + path.string() + "` is not a file of keys of the log `" +
                      core.config.origin + "`; give another folder, or remove it");
    }
    if (there->size > size) {
      return Fail(ErrorCode::kFailedPrecondition,
                  "`" + path.string() + "` has the keys of a log of " +
                      std::to_string(there->size) + " entries, this one has " +
                      std::to_string(size) +
                      ": is the directory that this one was restored from still in use? Give "
                      "another folder");
    }
  }
  const ledger::PartKeys keys = PROVISO_TRY(ledger::ReadPartKeys(core.ledger->options(), size));
  PROVISO_TRY(io::WriteFileDurably(files, path, ledger::FormatPartKeys(keys), 0600));
  return NoteWritten(core, folder);
}

Result<Json> CatchUpBackupPlaces(const Instance::Core& core) {
  Json unreached = Json::MakeArray();
  const std::vector<BackupPlace> places = PROVISO_TRY(ReadBackupPlaces(core));
  for (const BackupPlace& place : places) {
    if (place.erasures >= ErasuresDone(core.state)) continue;
    // A folder that is gone is not made again in its place: a disk may be missing there.
    const bool there = PROVISO_TRY(core.environment.files->Exists(place.folder / kPartKeysName));
    const Status written = there ? WritePartKeys(core, place.folder)
                                 : Status(Fail(ErrorCode::kNotFound, "there is no part.keys"));
    if (written) continue;
    unreached.Append(
        Json::Of({{"folder", place.folder.string()}, {"why", written.error().message()}}));
  }
  return unreached;
}

}  // namespace proviso::service

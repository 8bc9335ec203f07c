// Where keys of confidential parts lie apart from backups: each erasure reaches all of these.
#include "service/internal/backup_places.h"

#include <algorithm>
#include <compare>
#include <optional>
#include <set>
#include <tuple>

#include "io/files/replace_file.h"
#include "ledger/backup.h"
#include "ledger/opening.h"
#include "service/internal/backup_manifest.h"
#include "service/internal/erasures.h"

namespace proviso::service {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kPlacesName = "backup-places.json";
constexpr std::string_view kTrialName = ".part.keys.trial";
constexpr std::uint64_t kPlacesBytesMax = std::uint64_t{1} << 20U;

std::uint64_t ErasuresDone(const State& state) {
  const auto& all = state.review.erasures();
  return static_cast<std::uint64_t>(
      std::count_if(all.begin(), all.end(), [](const auto& erasure) { return erasure.done(); }));
}

// Which of those that are done it is, in their order: 1 for the first.
std::uint64_t NumberOf(const State& state, const review::Erasure& erasure) {
  const auto& all = state.review.erasures();
  return static_cast<std::uint64_t>(std::count_if(all.begin(), all.end(), [&](const auto& other) {
    return other.done() && other.erased_index <= erasure.erased_index;
  }));
}

Status WritePlaces(const Instance::Core& core, const std::vector<BackupPlace>& places) {
  return WriteBackupPlaces(*core.environment.files, core.directory, places);
}

// A process that died within writing left keys there, which no erasure would reach.
Status RemoveUnfinished(io::FileSystem& files, const fs::path& folder) {
  const std::vector<std::string> names = PROVISO_TRY(files.List(folder));
  for (const std::string& name : names) {
    if (io::IsTemporaryName(name)) PROVISO_TRY(files.Remove(folder / name));
  }
  return {};
}

Status NoteWritten(const Instance::Core& core, const fs::path& folder) {
  std::vector<BackupPlace> places = PROVISO_TRY(ReadBackupPlaces(core));
  for (BackupPlace& place : places) {
    if (place.folder != folder) continue;
    place.erasures = ErasuresDone(core.state);
    place.entries = core.ledger->latest().size;
  }
  return WritePlaces(core, places);
}

std::strong_ordering Compare(const ledger::PartKey& a, const ledger::PartKey& b) {
  return std::tie(a.position, a.name) <=> std::tie(b.position, b.name);
}

bool ComesFirst(const ledger::PartKey& a, const ledger::PartKey& b) { return Compare(a, b) < 0; }

// The part.keys that is there, fit to be written anew by this log; absent when there is none.
Result<std::optional<ledger::PartKeys>> ReadOwnKeys(const Instance::Core& core,
                                                    const fs::path& path, std::uint64_t size) {
  io::FileSystem& files = *core.environment.files;
  if (!PROVISO_TRY(files.Exists(path))) return std::optional<ledger::PartKeys>();
  const Bytes bytes = PROVISO_TRY(files.ReadFile(path, ledger::kPartKeysBytesMax));
  auto there = ledger::ParsePartKeys(bytes);
  if (!there) {
    return Fail(ErrorCode::kFailedPrecondition,
                "`" + path.string() + "`: " + there.error().message() +
                    "; put a good copy of it in its place, or move it elsewhere and keep it, for "
                    "it may have keys that are nowhere else: `proviso backup` then writes those "
                    "that are here");
  }
  if (there->origin != core.config.origin) {
    return Fail(ErrorCode::kFailedPrecondition,
                "`" + path.string() + "` has the keys of the log `" + there->origin +
                    "`, expected `" + core.config.origin + "`; give another folder");
  }
  if (there->size > size) {
    return Fail(ErrorCode::kFailedPrecondition,
                "`" + path.string() + "` has the keys of a log of " + std::to_string(there->size) +
                    " entries, this one has " + std::to_string(size) +
                    ": is the directory that this one was restored from still in use? Give "
                    "another folder");
  }
  std::ranges::sort(there->keys, ComesFirst);
  return std::optional<ledger::PartKeys>(std::move(*there));
}

Result<bool> IsDamagedHere(const Instance::Core& core, const ledger::PartKey& key) {
  const ledger::OpenedEntry entry =
      PROVISO_TRY(ledger::OpenEntry(core.ledger->options(), key.position));
  const auto part = std::ranges::find(entry.parts, key.name, &ledger::OpenedPart::name);
  return part != entry.parts.end() && part->state == ledger::PartState::kDamaged;
}

// What is to be written to `folder`: the keys that are here, and those that are there alone and
// were not erased. A directory that was restored has no part for some of them; another copy of the
// backup may.
Result<ledger::PartKeys> KeysFor(const Instance::Core& core, const fs::path& folder) {
  const fs::path path = folder / kPartKeysName;
  const std::uint64_t size = core.ledger->latest().size;
  const auto there = PROVISO_TRY(ReadOwnKeys(core, path, size));
  ledger::PartKeys keys = PROVISO_TRY(ledger::ReadPartKeys(core.ledger->options(), size));
  if (!there) return keys;
  std::ranges::sort(keys.keys, ComesFirst);
  std::vector<ledger::PartKey> there_alone;
  auto own = keys.keys.begin();
  for (const ledger::PartKey& key : there->keys) {
    while (own != keys.keys.end() && ComesFirst(*own, key)) ++own;
    const bool is_here = own != keys.keys.end() && Compare(*own, key) == 0;
    if (is_here && own->secret != key.secret) {
      // INVARIANT: the key of a part that is damaged here does not replace one that may open it.
      if (PROVISO_TRY(IsDamagedHere(core, key))) {
        own->secret = key.secret;
        continue;
      }
      return Fail(ErrorCode::kFailedPrecondition,
                  "`" + path.string() + "` has the keys of another history of this log: `" +
                      key.name + "` of entry " + std::to_string(key.position) +
                      " is another one there. Two directories were written on with one key; give "
                      "another folder, and find out which one is right");
    }
    const bool stays = !is_here && ErasureOf(core.state, key.position, key.name) == nullptr;
    if (stays) there_alone.push_back(key);
  }
  keys.keys.insert(keys.keys.end(), there_alone.begin(), there_alone.end());
  std::ranges::sort(keys.keys, ComesFirst);
  return keys;
}

Status WritePartKeys(const Instance::Core& core, const fs::path& folder) {
  const ledger::PartKeys keys = PROVISO_TRY(KeysFor(core, folder));
  io::FileSystem& files = *core.environment.files;
  PROVISO_TRY(
      io::ReplaceFileDurably(files, folder / kPartKeysName, ledger::FormatPartKeys(keys), 0600));
  PROVISO_TRY(RemoveUnfinished(files, folder));
  return NoteWritten(core, folder);
}

// The erasures whose keys are still in `folder`; none when nothing of this log can be read there.
std::set<std::string> ErasedThatOpen(const Instance::Core& core, const fs::path& folder) {
  std::set<std::string> erased;
  const auto bytes =
      core.environment.files->ReadFile(folder / kPartKeysName, ledger::kPartKeysBytesMax);
  if (!bytes) return erased;
  const auto keys = ledger::ParsePartKeys(*bytes);
  if (!keys || keys->origin != core.config.origin) return erased;
  for (const ledger::PartKey& key : keys->keys) {
    const review::Erasure* erasure = ErasureOf(core.state, key.position, key.name);
    if (erasure != nullptr) erased.insert(erasure->id);
  }
  return erased;
}

// The entry that tells of the newest backup, where erasures should have reached its keys and the
// list of places is lost. Rare, so the log is read for it.
Result<std::optional<std::uint64_t>> BackupNobodyRemembers(const Instance::Core& core) {
  std::optional<std::uint64_t> newest;
  if (ErasuresDone(core.state) == 0) return newest;
  if (PROVISO_TRY(core.environment.files->Exists(core.directory / kPlacesName))) return newest;
  PROVISO_TRY(core.ledger->Replay(0, [&](const RecordedEvent& event) -> Status {
    if (event.event.type == "backup.begun") newest = event.index;
    return {};
  }));
  return newest;
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
    if (item.Find("entries") != nullptr) {
      place.entries = static_cast<std::uint64_t>(PROVISO_TRY(item.IntegerAt("entries")));
    }
    places.push_back(std::move(place));
  }
  return places;
}

Status WriteBackupPlaces(io::FileSystem& files, const fs::path& directory,
                         const std::vector<BackupPlace>& places) {
  Json listed = Json::MakeArray();
  for (const BackupPlace& place : places) {
    Json item = Json::Of({{"erasures", place.erasures}, {"folder", place.folder.string()}});
    if (place.entries) item["entries"] = *place.entries;
    listed.Append(std::move(item));
  }
  return io::ReplaceFileDurably(files, directory / kPlacesName,
                                AsBytes(Json::Of({{"places", std::move(listed)}}).Pretty() + "\n"),
                                0600);
}

Status CheckBackupPlace(const Instance::Core& core, const fs::path& folder) {
  io::FileSystem& files = *core.environment.files;
  PROVISO_TRY(files.CreateDirectories(folder));
  static_cast<void>(PROVISO_TRY(KeysFor(core, folder)));
  const fs::path trial = folder / kTrialName;
  PROVISO_TRY(files.WriteFile(trial, {}, 0600));
  return files.Remove(trial);
}

Status AddBackupPlace(const Instance::Core& core, const fs::path& folder) {
  const std::vector<BackupPlace> before = PROVISO_TRY(ReadBackupPlaces(core));
  const bool is_known = std::ranges::find(before, folder, &BackupPlace::folder) != before.end();
  // First, so that no key file is ever forgotten.
  std::vector<BackupPlace> places = before;
  if (!is_known) {
    places.push_back({.folder = folder, .erasures = 0});
    PROVISO_TRY(WritePlaces(core, places));
  }
  Status written = WritePartKeys(core, folder);
  if (written || is_known) return written;
  const auto there = core.environment.files->Exists(folder / kPartKeysName);
  if (!there || *there) return written;
  if (before.empty()) {
    PROVISO_TRY(core.environment.files->Remove(core.directory / kPlacesName));
  } else {
    PROVISO_TRY(WritePlaces(core, before));
  }
  return written;
}

ledger::PartKeys KeysInPlace(const Instance::Core& core, const fs::path& folder) {
  auto there = ReadOwnKeys(core, folder / kPartKeysName, core.ledger->latest().size);
  return there && *there ? std::move(**there) : ledger::PartKeys();
}

Result<BackupPlace> FindForgettable(const Instance::Core& core, const fs::path& folder) {
  const std::vector<BackupPlace> places = PROVISO_TRY(ReadBackupPlaces(core));
  const auto found = std::ranges::find(places, folder, &BackupPlace::folder);
  if (found == places.end()) {
    std::string known;
    for (const BackupPlace& place : places) {
      known += (known.empty() ? "" : ", ") + ("`" + place.folder.string() + "`");
    }
    return Fail(ErrorCode::kNotFound,
                "no keys are remembered in `" + folder.string() +
                    "`; expected one of: " + (known.empty() ? "none" : known));
  }
  const fs::path path = folder / kPartKeysName;
  if (!PROVISO_TRY(core.environment.files->Exists(path))) return *found;
  return Fail(ErrorCode::kFailedPrecondition,
              "`" + path.string() + "` is there, and opens parts of backups; destroy it first");
}

std::vector<std::string> MissedErasures(const State& state, const BackupPlace& place) {
  std::vector<std::string> missed;
  for (const review::Erasure& erasure : state.review.erasures()) {
    if (!erasure.done() || (place.entries && erasure.entry >= *place.entries)) continue;
    if (NumberOf(state, erasure) > place.erasures) missed.push_back(erasure.id);
  }
  return missed;
}

Status ForgetBackupPlace(const Instance::Core& core, const fs::path& folder) {
  std::vector<BackupPlace> places = PROVISO_TRY(ReadBackupPlaces(core));
  std::erase_if(places, [&](const BackupPlace& place) { return place.folder == folder; });
  return WritePlaces(core, places);
}

Result<Json> TakeBackForgotten(const Instance::Core& core) {
  Json taken = Json::MakeArray();
  std::set<fs::path> known;
  for (const BackupPlace& place : PROVISO_TRY(ReadBackupPlaces(core))) known.insert(place.folder);
  const auto& all = core.state.review.forgotten_keys();
  for (auto forgotten = all.rbegin(); forgotten != all.rend(); ++forgotten) {
    if (forgotten->folder.empty() || !known.insert(forgotten->folder).second) continue;
    const std::set<std::string> opens = ErasedThatOpen(core, forgotten->folder);
    if (opens.empty()) continue;
    Json erasures = Json::MakeArray();
    for (const std::string& id : opens) erasures.Append(id);
    // Where it cannot be written now, it is remembered all the same, and told as not reached.
    static_cast<void>(AddBackupPlace(core, forgotten->folder));
    taken.Append(Json::Of({{"at", FormatTime(forgotten->at)},
                           {"by", forgotten->by},
                           {"erasures", std::move(erasures)},
                           {"folder", forgotten->folder},
                           {"index", forgotten->index}}));
  }
  return taken;
}

Result<Json> ForgottenWithout(const Instance::Core& core, const review::Erasure& erasure) {
  Json without = Json::MakeArray();
  const std::vector<BackupPlace> places = PROVISO_TRY(ReadBackupPlaces(core));
  for (const review::ForgottenKeys& forgotten : core.state.review.forgotten_keys()) {
    if (!forgotten.Lacks(erasure)) continue;
    const auto again = std::ranges::find(places, fs::path(forgotten.folder), &BackupPlace::folder);
    if (again != places.end() && again->erasures >= NumberOf(core.state, erasure)) continue;
    without.Append(
        Json::Of({{"at", FormatTime(forgotten.at)},
                  {"by", forgotten.by},
                  {"folder", forgotten.folder},
                  {"index", forgotten.index},
                  {"reason", forgotten.reason},
                  {"sure", forgotten.missed || erasure.erased_index > forgotten.index}}));
  }
  return without;
}

Result<Json> CatchUpBackupPlaces(const Instance::Core& core) {
  Json unreached = Json::MakeArray();
  const std::vector<BackupPlace> places = PROVISO_TRY(ReadBackupPlaces(core));
  const std::optional<std::uint64_t> backup = PROVISO_TRY(BackupNobodyRemembers(core));
  if (backup) {
    unreached.Append(
        Json::Of({{"folder", Json()},
                  {"why", "log entry " + std::to_string(*backup) +
                              " tells of a backup, and nobody remembers here where its keys are; "
                              "back up once more with --keys and that folder"}}));
  }
  // Whoever keeps dumps keeps keys in them, and nothing here knows where.
  if (!core.config.store.empty() && ErasuresDone(core.state) > 0) {
    unreached.Append(
        Json::Of({{"folder", Json()},
                  {"why",
                   "the log lies in a database server: what was dumped or archived from it keeps "
                   "its keys; write them anew and destroy the older ones, "
                   "docs/guides/several-servers.md"}}));
  }
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

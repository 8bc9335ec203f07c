#include "ledger/internal/tile_files.h"

#include <algorithm>
#include <charconv>
#include <set>

#include "base/check.h"
#include "ledger/checkpoint.h"
#include "ledger/entry.h"
#include "ledger/merkle.h"

namespace proviso::ledger {
namespace {

namespace fs = std::filesystem;

constexpr const char* kCheckpointName = "checkpoint";
// Temporary, so that readers of the log pass over it.
constexpr const char* kFreshCheckpointName = ".tmp-checkpoint";
constexpr const char* kAddendaMarker = "addenda.v1";
// Temporary names, so that readers of the log pass over them.
constexpr std::string_view kAppenderPrefix = ".tmp-appender-";
constexpr std::string_view kFencedOffPrefix = ".tmp-fenced-off-";

// After a power cut a file may be shorter than it was, and blocks of it may be zeros.
bool IsTornCopy(ByteView found, ByteView wanted) {
  if (found.size() > wanted.size()) return false;
  for (std::size_t i = 0; i < found.size(); ++i) {
    if (found[i] != wanted[i] && found[i] != 0) return false;
  }
  return true;
}

// Some of the first lines of a note, also when they are whole, are no note.
bool IsTornNote(std::string_view note) {
  const std::size_t text_end = note.find("\n\n");
  return text_end == std::string_view::npos || text_end + 2 == note.size() || note.back() != '\n' ||
         note.find('\0') != std::string_view::npos;
}

}  // namespace

Status TileFiles::Prepare() {
  PROVISO_TRY(files_.CreateDirectories(folder_));
  const fs::path marker = folder_ / kAddendaMarker;
  const auto found = files_.ReadFile(marker, 0);
  if (found) return {};
  if (found.error().code() == ErrorCode::kNotFound) return files_.WriteFile(marker, {});
  // Where nothing may be read, the marker is not to blame.
  if (found.error().code() == ErrorCode::kPermissionDenied) {
    return tl::unexpected<Error>(found.error());
  }
  met_other_ = true;
  // Too large a file is damage here, and no want of room that goes by.
  const bool is_other = found.error().code() == ErrorCode::kResourceExhausted;
  return Fail(is_other ? ErrorCode::kDataLoss : found.error().code(),
              found.error().message() + "; expected an empty file: remove `" + marker.string() +
                  "`, it will be made again; or " + std::string(kRebuildRemedy));
}

Status TileFiles::MendMarker() {
  PROVISO_TRY(files_.CreateDirectories(folder_));
  const fs::path marker = folder_ / kAddendaMarker;
  const auto found = files_.ReadFile(marker, 0);
  if (found) return {};
  if (found.error().code() == ErrorCode::kPermissionDenied) {
    return tl::unexpected<Error>(found.error());
  }
  if (found.error().code() != ErrorCode::kNotFound) PROVISO_TRY(files_.RemoveTree(marker));
  return files_.WriteFile(marker, {});
}

Status TileFiles::Write(const fs::path& path, ByteView bytes) {
  Status written = files_.WriteFile(path, bytes);
  if (written || written.error().code() != ErrorCode::kNotFound) return written;
  PROVISO_TRY(files_.CreateDirectories(path.parent_path()));
  return files_.WriteFile(path, bytes);
}

Status TileFiles::Put(const std::string& path, ByteView bytes) {
  const fs::path whole = folder_ / path;
  const auto found = files_.ReadFile(whole, kBundleBytesMax);
  if (!found && found.error().code() != ErrorCode::kNotFound) {
    return tl::unexpected<Error>(found.error());
  }
  if (found) {
    if (std::ranges::equal(*found, bytes)) return {};
    if (!IsTornCopy(*found, bytes)) {
      met_other_ = true;
      return Fail(
          ErrorCode::kDataLoss,
          "`" + whole.string() +
              "` differs from what the database holds: is it another log's? Compare it with "
              "a copy; " +
              std::string(kRebuildRemedy));
    }
  }
  return Write(whole, bytes);
}

Status TileFiles::PutFull(const std::string& path, ByteView bytes) {
  PROVISO_TRY(Put(path, bytes));
  return files_.RemoveTree(folder_ / PartialFolder(path));
}

Status TileFiles::FenceOffOthers(std::int64_t appender) {
  const std::string own = std::string(kAppenderPrefix) + std::to_string(appender);
  const fs::path away = folder_ / (std::string(kFencedOffPrefix) + std::to_string(appender));
  for (const std::string& name : PROVISO_TRY(files_.List(folder_))) {
    if (!name.starts_with(kAppenderPrefix) || name == own) continue;
    // In one step: what its appender writes there at this moment finds no folder any more.
    Status moved = files_.Rename(folder_ / name, away);
    if (!moved && moved.error().code() != ErrorCode::kNotFound) return moved;
    PROVISO_TRY(files_.RemoveTree(away));
  }
  PROVISO_TRY(files_.CreateDirectories(folder_ / own));
  fenced_ = folder_ / own;
  return {};
}

Status TileFiles::PublishCheckpoint(const std::string& note) {
  const fs::path public_name = folder_ / kCheckpointName;
  if (fenced_.empty()) return files_.WriteFile(public_name, AsBytes(note));
  PROVISO_TRY(files_.WriteFile(fenced_ / kCheckpointName, AsBytes(note)));
  return files_.Rename(fenced_ / kCheckpointName, public_name);
}

Status TileFiles::PublishCheckpointDurably(const std::string& note) {
  const fs::path fresh =
      fenced_.empty() ? folder_ / kFreshCheckpointName : fenced_ / kCheckpointName;
  PROVISO_TRY(files_.WriteFile(fresh, AsBytes(note)));
  PROVISO_TRY(files_.SyncFile(fresh));
  PROVISO_TRY(files_.Rename(fresh, folder_ / kCheckpointName));
  return files_.SyncDirectory(folder_);
}

Result<std::optional<std::string>> TileFiles::PublishedCheckpoint() {
  const auto bytes = files_.ReadFile(folder_ / kCheckpointName, kCheckpointBytesMax);
  if (!bytes && bytes.error().code() == ErrorCode::kNotFound) return std::optional<std::string>();
  if (!bytes) return tl::unexpected<Error>(bytes.error());
  std::string note(AsText(*bytes));
  if (IsTornNote(note)) return std::optional<std::string>();
  return std::optional(std::move(note));
}

std::vector<fs::path> TileFiles::FoldersOf(std::span<const std::string> paths) const {
  std::set<fs::path> folders = {folder_};
  for (const std::string& path : paths) {
    fs::path parent = fs::path(path).parent_path();
    while (!parent.empty() && folders.insert(folder_ / parent).second) {
      parent = parent.parent_path();
    }
  }
  return {folders.begin(), folders.end()};
}

Status TileFiles::Sync(std::span<const std::string> paths) {
  for (const std::string& path : paths) PROVISO_TRY(files_.SyncFile(folder_ / path));
  PROVISO_TRY(files_.SyncFile(folder_ / kCheckpointName));
  PROVISO_TRY(files_.SyncFile(folder_ / kAddendaMarker));
  return SyncNames(paths);
}

Status TileFiles::WriteBack(std::span<const std::string> paths) {
  for (const std::string& path : paths) PROVISO_TRY(files_.WriteBack(folder_ / path));
  PROVISO_TRY(files_.WriteBack(folder_ / kCheckpointName));
  PROVISO_TRY(files_.WriteBack(folder_ / kAddendaMarker));
  return SyncNames(paths);
}

Status TileFiles::SyncNames(std::span<const std::string> paths) {
  for (const fs::path& folder : FoldersOf(paths)) {
    PROVISO_TRY(files_.SyncDirectory(folder));
  }
  return files_.SyncDirectory(folder_.parent_path());
}

Status TileFiles::RemoveLeftovers(std::span<const std::string> paths) {
  for (const fs::path& folder : FoldersOf(paths)) {
    const auto names = files_.List(folder);
    if (!names && names.error().code() == ErrorCode::kNotFound) continue;
    if (!names) return tl::unexpected<Error>(names.error());
    for (const std::string& name : *names) {
      // A folder is another appender's, and not for the taking: FenceOffOthers.
      if (!io::IsTemporaryName(name) || name.starts_with(kAppenderPrefix)) continue;
      PROVISO_TRY(files_.RemoveTree(folder / name));
    }
  }
  return {};
}

Result<bool> TileFiles::Begins(const TileId& tile, std::span<const crypto::Hash> hashes) {
  const auto found = files_.ReadFile(folder_ / TilePath(tile), kBundleBytesMax);
  if (!found && found.error().code() == ErrorCode::kNotFound) return false;
  const Bytes bytes = PROVISO_TRY(found);
  const Bytes wanted = TileBytes(hashes);
  return bytes.size() >= wanted.size() && std::equal(wanted.begin(), wanted.end(), bytes.begin());
}

Result<std::uint64_t> TileFiles::WidestTileThatBegins(std::uint64_t index,
                                                      std::span<const crypto::Hash> hashes) {
  const TileId full{.level = 0, .index = index};
  if (PROVISO_TRY(Begins(full, hashes))) return kTileWidth;
  const auto names = files_.List(folder_ / PartialFolder(TilePath(full)));
  if (!names && names.error().code() == ErrorCode::kNotFound) return std::uint64_t{0};
  std::uint64_t widest = 0;
  for (const std::string& name : PROVISO_TRY(names)) {
    std::uint64_t width = 0;
    const auto [end, problem] = std::from_chars(name.data(), name.data() + name.size(), width);
    const bool is_width = problem == std::errc() && end == name.data() + name.size();
    if (!is_width || width <= widest || width >= kTileWidth) continue;
    if (PROVISO_TRY(Begins({.level = 0, .index = index, .width = width}, hashes))) widest = width;
  }
  return widest;
}

Status TileFiles::RemoveTiles() { return files_.RemoveTree(folder_ / "tile"); }

ByteView BundlePrefix(ByteView bundle, std::uint64_t width) {
  ByteView rest = bundle;
  for (std::uint64_t i = 0; i < width; ++i) {
    PROVISO_CHECK(TakeFromBundle(rest).has_value(), "expected a bundle with that many entries");
  }
  return bundle.first(bundle.size() - rest.size());
}

}  // namespace proviso::ledger

#include "ledger/internal/tile_files.h"

#include <algorithm>
#include <set>

#include "base/check.h"

namespace proviso::ledger {
namespace {

namespace fs = std::filesystem;

// A bundle of 256 entries of 65,535 bytes, each with its length.
constexpr std::uint64_t kFileBytesMax = kTileWidth * 65'537;
constexpr std::uint64_t kCheckpointBytesMax = std::uint64_t{1} << 20U;
constexpr const char* kCheckpointName = "checkpoint";
constexpr const char* kAddendaMarker = "addenda.v1";

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
  if (PROVISO_TRY(files_.Exists(folder_ / kAddendaMarker))) return {};
  return files_.WriteFile(folder_ / kAddendaMarker, {});
}

Status TileFiles::Write(const fs::path& path, ByteView bytes) {
  Status written = files_.WriteFile(path, bytes);
  if (written || written.error().code() != ErrorCode::kNotFound) return written;
  PROVISO_TRY(files_.CreateDirectories(path.parent_path()));
  return files_.WriteFile(path, bytes);
}

Status TileFiles::Put(const std::string& path, ByteView bytes) {
  const fs::path whole = folder_ / path;
  const auto found = files_.ReadFile(whole, kFileBytesMax);
  if (!found && found.error().code() != ErrorCode::kNotFound) {
    return tl::unexpected<Error>(found.error());
  }
  if (found) {
    if (std::ranges::equal(*found, bytes)) return {};
    if (!IsTornCopy(*found, bytes)) {
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

Status TileFiles::PublishCheckpoint(const std::string& note) {
  return files_.WriteFile(folder_ / kCheckpointName, AsBytes(note));
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
      if (io::IsTemporaryName(name)) PROVISO_TRY(files_.Remove(folder / name));
    }
  }
  return {};
}

Status TileFiles::RemoveAll() {
  // Nobody may find a checkpoint without its tiles.
  PROVISO_TRY(files_.Remove(folder_ / kCheckpointName));
  return files_.RemoveTree(folder_ / "tile");
}

ByteView BundlePrefix(ByteView bundle, std::uint64_t width) {
  std::size_t end = 0;
  for (std::uint64_t i = 0; i < width; ++i) {
    PROVISO_CHECK(end + 2 <= bundle.size(), "expected a bundle with that many entries");
    end += 2 + ((std::size_t{bundle[end]} << 8U) | bundle[end + 1]);
  }
  return bundle.first(end);
}

}  // namespace proviso::ledger

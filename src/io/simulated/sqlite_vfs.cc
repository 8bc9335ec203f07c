#include "io/simulated/sqlite_vfs.h"

#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <map>
#include <vector>

#include "base/mutex.h"
#include "io/simulated/sqlite_locks.h"

namespace proviso::io {
namespace {

constexpr int kSectorBytes = 512;
constexpr int kPathBytesMax = 512;
constexpr std::int64_t kStartOfClock =
    210'866'803'200'000;  // 1970 in milliseconds, as SQLite counts

}  // namespace

// The state behind a SimulatedVfs, which SQLite's functions find through sqlite3_vfs::pAppData.
class SimulatedSystem {
 public:
  explicit SimulatedSystem(SimulatedDisk& on) : disk(on) {}

  // The code for SQLite, and the errno value that it asks for afterwards.
  int Failed(const Error& error, int code) {
    if (error.code() == ErrorCode::kResourceExhausted) {
      last_errno = ENOSPC;
    } else {
      last_errno = error.code() == ErrorCode::kPermissionDenied ? EROFS : EIO;
    }
    return code;
  }
  int Answer(const Status& status, int code) {
    return status ? SQLITE_OK : Failed(status.error(), code);
  }

  SimulatedDisk& disk;
  std::string name;
  sqlite3_vfs vfs{};
  SqliteLocks locks;
  std::atomic<int> last_errno = 0;
  std::atomic<std::int64_t> clock = kStartOfClock;
  std::atomic<std::uint64_t> unnamed = 0;
};

namespace {

// One open file, in memory that SQLite gives and takes.
struct OpenFile : sqlite3_file {
  SimulatedSystem* system = nullptr;
  SimulatedDisk::File file;
  std::string path;
  bool removed_on_close = false;
  bool name_unsynced = false;  // a new journal, whose name is synced with its first bytes
};

OpenFile& Of(sqlite3_file* file) { return *static_cast<OpenFile*>(file); }
SimulatedSystem& Of(sqlite3_vfs* vfs) { return *static_cast<SimulatedSystem*>(vfs->pAppData); }

std::filesystem::path FolderOf(const std::string& path) {
  return std::filesystem::path(path).parent_path();
}

int Close(sqlite3_file* file) {
  OpenFile& open = Of(file);
  open.system->locks.Forget(file);
  if (open.removed_on_close) static_cast<void>(open.system->disk.Remove(open.path));
  std::destroy_at(&open);
  return SQLITE_OK;
}

int Read(sqlite3_file* file, void* to, int bytes, sqlite3_int64 offset) {
  OpenFile& open = Of(file);
  const auto size = static_cast<std::size_t>(bytes);
  const auto found = open.system->disk.Read(open.file, static_cast<std::uint64_t>(offset), size);
  if (!found) return open.system->Failed(found.error(), SQLITE_IOERR_READ);
  auto* start = static_cast<std::uint8_t*>(to);
  std::ranges::copy(*found, start);
  std::fill(start + found->size(), start + size, std::uint8_t{0});
  return found->size() < size ? SQLITE_IOERR_SHORT_READ : SQLITE_OK;
}

int Write(sqlite3_file* file, const void* from, int bytes, sqlite3_int64 offset) {
  OpenFile& open = Of(file);
  const ByteView view(static_cast<const std::uint8_t*>(from), static_cast<std::size_t>(bytes));
  const Status written =
      open.system->disk.Write(open.file, static_cast<std::uint64_t>(offset), view);
  if (written) return SQLITE_OK;
  const bool full = written.error().code() == ErrorCode::kResourceExhausted;
  return open.system->Failed(written.error(), full ? SQLITE_FULL : SQLITE_IOERR_WRITE);
}

int Truncate(sqlite3_file* file, sqlite3_int64 size) {
  OpenFile& open = Of(file);
  return open.system->Answer(open.system->disk.Resize(open.file, static_cast<std::uint64_t>(size)),
                             SQLITE_IOERR_TRUNCATE);
}

int Sync(sqlite3_file* file, int /*flags*/) {
  OpenFile& open = Of(file);
  const Status synced = open.system->disk.Sync(open.file);
  if (!synced) return open.system->Failed(synced.error(), SQLITE_IOERR_FSYNC);
  if (!open.name_unsynced) return SQLITE_OK;
  open.name_unsynced = false;
  return open.system->Answer(open.system->disk.SyncFolder(FolderOf(open.path)),
                             SQLITE_IOERR_DIR_FSYNC);
}

int FileSize(sqlite3_file* file, sqlite3_int64* size) {
  OpenFile& open = Of(file);
  const auto found = open.system->disk.Size(open.file);
  if (!found) return open.system->Failed(found.error(), SQLITE_IOERR_FSTAT);
  *size = static_cast<sqlite3_int64>(*found);
  return SQLITE_OK;
}

int Lock(sqlite3_file* file, int level) {
  return Of(file).system->locks.Lock(Of(file).path, file, level) ? SQLITE_OK : SQLITE_BUSY;
}

int Unlock(sqlite3_file* file, int level) {
  Of(file).system->locks.Unlock(Of(file).path, file, level);
  return SQLITE_OK;
}

int CheckReservedLock(sqlite3_file* file, int* reserved) {
  *reserved = Of(file).system->locks.IsReserved(Of(file).path) ? 1 : 0;
  return SQLITE_OK;
}

int FileControl(sqlite3_file* /*file*/, int /*operation*/, void* /*argument*/) {
  return SQLITE_NOTFOUND;
}

int SectorSize(sqlite3_file* /*file*/) { return kSectorBytes; }

// What the real one claims on Linux, and nothing else.
int DeviceCharacteristics(sqlite3_file* file) {
  return Of(file).system->disk.powersafe_overwrite() ? SQLITE_IOCAP_POWERSAFE_OVERWRITE : 0;
}

int ShmMap(sqlite3_file* file, int region, int bytes, int extend, void volatile** at) {
  OpenFile& open = Of(file);
  SqliteLocks& locks = open.system->locks;
  *at = locks.Region(open.path, file, region);
  if (*at != nullptr || extend == 0) return SQLITE_OK;
  const Status grown = open.system->disk.Share(open.path + "-shm");
  if (!grown) return open.system->Failed(grown.error(), SQLITE_IOERR_SHMSIZE);
  *at = locks.MakeRegion(open.path, file, region, static_cast<std::size_t>(bytes));
  return SQLITE_OK;
}

int ShmLock(sqlite3_file* file, int first, int count, int flags) {
  SqliteLocks& locks = Of(file).system->locks;
  const SqliteLocks::Slots slots{.first = first, .count = count};
  const bool alone = (flags & SQLITE_SHM_EXCLUSIVE) != 0;
  if ((flags & SQLITE_SHM_UNLOCK) != 0) {
    locks.ReleaseSlots(Of(file).path, file, slots);
    return SQLITE_OK;
  }
  return locks.TakeSlots(Of(file).path, file, slots, alone) ? SQLITE_OK : SQLITE_BUSY;
}

void ShmBarrier(sqlite3_file* /*file*/) { std::atomic_thread_fence(std::memory_order_seq_cst); }

int ShmUnmap(sqlite3_file* file, int /*remove*/) {
  Of(file).system->locks.Unmap(Of(file).path, file);
  return SQLITE_OK;
}

constexpr sqlite3_io_methods kMethods = {.iVersion = 2,
                                         .xClose = Close,
                                         .xRead = Read,
                                         .xWrite = Write,
                                         .xTruncate = Truncate,
                                         .xSync = Sync,
                                         .xFileSize = FileSize,
                                         .xLock = Lock,
                                         .xUnlock = Unlock,
                                         .xCheckReservedLock = CheckReservedLock,
                                         .xFileControl = FileControl,
                                         .xSectorSize = SectorSize,
                                         .xDeviceCharacteristics = DeviceCharacteristics,
                                         .xShmMap = ShmMap,
                                         .xShmLock = ShmLock,
                                         .xShmBarrier = ShmBarrier,
                                         .xShmUnmap = ShmUnmap,
                                         .xFetch = nullptr,
                                         .xUnfetch = nullptr};

int Open(sqlite3_vfs* vfs, const char* path, sqlite3_file* file, int flags, int* out_flags) {
  SimulatedSystem& system = Of(vfs);
  file->pMethods = nullptr;
  const std::string name =
      path != nullptr ? path : "/.unnamed-" + std::to_string(system.unnamed.fetch_add(1));
  bool made = false;
  const auto opened = (flags & SQLITE_OPEN_CREATE) != 0 ? system.disk.OpenOrCreate(name, &made)
                                                        : system.disk.Open(name);
  if (!opened) return system.Failed(opened.error(), SQLITE_CANTOPEN);
  OpenFile* open = std::construct_at(static_cast<OpenFile*>(file));
  open->system = &system;
  open->file = *opened;
  open->path = name;
  open->removed_on_close = (flags & SQLITE_OPEN_DELETEONCLOSE) != 0;
  const int journals = SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_SUPER_JOURNAL | SQLITE_OPEN_WAL;
  open->name_unsynced = made && (flags & journals) != 0;
  open->pMethods = &kMethods;
  if (out_flags != nullptr) *out_flags = flags;
  return SQLITE_OK;
}

int Delete(sqlite3_vfs* vfs, const char* path, int sync_folder) {
  SimulatedSystem& system = Of(vfs);
  const Status removed = system.disk.Remove(path);
  if (!removed && removed.error().code() == ErrorCode::kNotFound) {
    return SQLITE_IOERR_DELETE_NOENT;
  }
  if (!removed) return system.Failed(removed.error(), SQLITE_IOERR_DELETE);
  if (sync_folder == 0) return SQLITE_OK;
  return system.Answer(system.disk.SyncFolder(FolderOf(path)), SQLITE_IOERR_DIR_FSYNC);
}

// As the real one: a file that is empty is no journal.
int Access(sqlite3_vfs* vfs, const char* path, int flags, int* found) {
  SimulatedSystem& system = Of(vfs);
  const auto exists = system.disk.Exists(path);
  *found = exists && *exists ? 1 : 0;
  if (*found == 0 || flags != SQLITE_ACCESS_EXISTS) return SQLITE_OK;
  const auto file = system.disk.Open(path);
  const auto size = file ? system.disk.Size(*file) : Result<std::uint64_t>(std::uint64_t{0});
  if (size && *size == 0) *found = 0;
  return SQLITE_OK;
}

int FullPathname(sqlite3_vfs* /*vfs*/, const char* path, int bytes_max, char* to) {
  sqlite3_snprintf(bytes_max, to, "%s", path);
  return SQLITE_OK;
}

int Randomness(sqlite3_vfs* /*vfs*/, int bytes, char* to) {
  std::memset(to, 7, static_cast<std::size_t>(bytes));
  return bytes;
}

int Sleep(sqlite3_vfs* vfs, int microseconds) {
  Of(vfs).clock += microseconds / 1000 + 1;
  return microseconds;
}

int CurrentTime(sqlite3_vfs* vfs, sqlite3_int64* now) {
  *now = Of(vfs).clock.fetch_add(1);
  return SQLITE_OK;
}

int LastError(sqlite3_vfs* vfs, int /*bytes*/, char* /*text*/) { return Of(vfs).last_errno; }

}  // namespace

SimulatedVfs::SimulatedVfs(SimulatedDisk& disk) : system_(std::make_unique<SimulatedSystem>(disk)) {
  system_->name = "simulated-" + std::to_string(reinterpret_cast<std::uintptr_t>(system_.get()));
  sqlite3_vfs& vfs = system_->vfs;
  vfs.iVersion = 2;
  vfs.szOsFile = sizeof(OpenFile);
  vfs.mxPathname = kPathBytesMax;
  vfs.zName = system_->name.c_str();
  vfs.pAppData = system_.get();
  vfs.xOpen = Open;
  vfs.xDelete = Delete;
  vfs.xAccess = Access;
  vfs.xFullPathname = FullPathname;
  vfs.xRandomness = Randomness;
  vfs.xSleep = Sleep;
  vfs.xGetLastError = LastError;
  vfs.xCurrentTimeInt64 = CurrentTime;
  sqlite3_vfs_register(&vfs, 0);
}

SimulatedVfs::~SimulatedVfs() { sqlite3_vfs_unregister(&system_->vfs); }

const std::string& SimulatedVfs::name() const { return system_->name; }

SeededSqlite::SeededSqlite(int seed) {
  sqlite3_test_control(SQLITE_TESTCTRL_PRNG_SAVE);
  sqlite3_test_control(SQLITE_TESTCTRL_PRNG_SEED, seed, nullptr);
}

SeededSqlite::~SeededSqlite() {
  sqlite3_test_control(SQLITE_TESTCTRL_PRNG_SEED, 0, nullptr);
  sqlite3_test_control(SQLITE_TESTCTRL_PRNG_RESTORE);
}

}  // namespace proviso::io

#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/mutex.h"
#include "base/random.h"

namespace proviso::io {

// For tests: a disk in memory that knows, for every file and folder, what would survive a power cut
// and what was only written. Files behave as POSIX says; what a sync promises is all that it
// promises: Sync makes the bytes and the length of one file durable and not its name, SyncFolder
// the names in one folder and not what lies behind them. docs/decisions/0015-crash-simulation.md
// says what is modelled. All chance comes from the seed. Paths are plain, without `.` and `..`.
// Thread-safe; must outlive the file systems over it.
class SimulatedDisk {
 public:
  using NodeId = std::uint64_t;
  using Path = std::filesystem::path;

  enum class Operation {
    kOpen,
    kRead,
    kLook,
    kShare,  // memory that processes share through a file that nobody syncs
    kWrite,
    kResize,
    kSync,
    kSyncFolder,
    kCreate,
    kRename,
    kRemove
  };
  struct Step {
    std::uint64_t number = 0;  // counts from 0
    Operation operation = Operation::kLook;
    std::string path;
    bool Changes() const { return operation >= Operation::kWrite; }
  };
  // Asked before each operation, by the thread that does it: an errno value to fail with, or 0. A
  // write that is made to fail has written a part; a sync that is made to fail has kept an unknown
  // part, and later ones will not try the rest again. May call Clone and CutPower.
  using Watch = std::function<int(const Step&)>;

  struct Options {
    std::uint64_t seed = 1;
    // A write never damages bytes beside it. Otherwise whatever shares a sector with an unfinished
    // write may become anything.
    bool powersafe_overwrite = true;
    // Canaries: such syncs answer that all is well and do nothing.
    bool ignores_syncs = false;
    bool ignores_folder_syncs = false;
  };

  // Which of the operations that no sync covers survive a power cut.
  enum class Survival {
    kNothing,
    kEverything,
    kPrefix,        // the first ones; the last of them torn
    kAnything,      // any of them, in any combination, some torn
    kNamesAlone,    // every name, and none of the bytes behind them
    kBytesAlone,    // the bytes of every file, and any of the names
    kNamesInOrder,  // the first names, and any of the bytes
    kZeros,         // the length of every file, with zeros for the bytes
  };
  static constexpr int kSurvivals = 8;

  explicit SimulatedDisk(const Options& options);
  SimulatedDisk(const SimulatedDisk&) = delete;
  SimulatedDisk& operator=(const SimulatedDisk&) = delete;
  ~SimulatedDisk() = default;

  void SetWatch(Watch watch);
  // The same disk once more, without the watch; chance goes on from `seed`.
  std::unique_ptr<SimulatedDisk> Clone(std::uint64_t seed) const;
  // From now on every operation fails and nothing changes any more.
  void CutPower();
  // What a machine finds that starts again after the power cut. Open files are open no longer.
  void Restart(Survival survival);
  // As if only the process had died: all stays as processes saw it, with no more on the disk.
  void RestartProcess();
  std::uint64_t steps() const;
  bool powersafe_overwrite() const { return options_.powersafe_overwrite; }

  // A file that is open, or may be: the path is for messages.
  struct File {
    NodeId node = 0;
    std::string path;
  };
  Result<File> Open(const Path& path);
  // Opens, making the file when there is none; `made` says whether it was.
  Result<File> OpenOrCreate(const Path& path, bool* made = nullptr);
  // Fewer bytes at the end of the file.
  Result<Bytes> Read(const File& file, std::uint64_t offset, std::uint64_t bytes_max);
  Result<std::uint64_t> Size(const File& file);
  Status Write(const File& file, std::uint64_t offset, ByteView bytes);
  Status Resize(const File& file, std::uint64_t size);
  Status Sync(const File& file);
  Status Share(const Path& path);  // the step alone: the memory is the caller's

  Status SyncFolder(const Path& path);
  Status MakeFolder(const Path& path);  // kAlreadyExists when it stands
  Status Rename(const Path& from, const Path& to);
  Status Remove(const Path& path);  // a file, or a folder that is empty
  Result<bool> Exists(const Path& path);
  Result<bool> IsFolder(const Path& path);
  Result<std::vector<std::string>> List(const Path& path);

  // What processes see, without a step: all files by path, or the bytes of one.
  std::map<std::string, Bytes> Files() const;
  std::optional<Bytes> Look(const Path& path) const;

 private:
  struct Node {
    bool folder = false;
    Bytes bytes, durable_bytes;
    std::map<std::string, NodeId> names, durable_names;
  };
  struct NameChange {
    NodeId folder = 0;
    std::string name;
    NodeId node = 0;  // kNobody: the name goes
  };
  // Something done that no sync covers: a write, a new length, or names that change together.
  struct Pending {
    NodeId file = 0;
    std::uint64_t offset = 0;
    Bytes bytes;
    std::optional<std::uint64_t> size;
    std::vector<NameChange> names;
  };
  struct Place {
    NodeId folder = 0;
    std::string name;
    NodeId node = 0;
  };
  static constexpr NodeId kNobody = 0;
  static constexpr NodeId kRoot = 1;

  // Counts the step, asks the watch, and says whether the power is on.
  int Begin(Operation operation, const Path& path) EXCLUDES(mutex_);
  Result<File> OpenNode(const Path& path, bool create, bool* made) EXCLUDES(mutex_);
  Result<Place> Find(const Path& path) const REQUIRES(mutex_);
  Result<NodeId> FindFolder(const Path& path) const REQUIRES(mutex_);
  Result<NodeId> FindFolder(const Path& path, std::span<const std::string> parts) const
      REQUIRES(mutex_);
  NodeId Make(const Place& place, bool folder) REQUIRES(mutex_);
  void ChangeNames(std::vector<NameChange> changes) REQUIRES(mutex_);
  void FailSync(NodeId file) REQUIRES(mutex_);
  void KeepNames(const Pending& pending) REQUIRES(mutex_);
  void Keep(const Pending& pending) REQUIRES(mutex_);
  void KeepTorn(const Pending& pending) REQUIRES(mutex_);
  void KeepLength(const Pending& pending) REQUIRES(mutex_);
  void DamageNeighbours(const Pending& pending) REQUIRES(mutex_);
  void Survive(const Pending& pending, Survival survival, bool before, bool last) REQUIRES(mutex_);
  void RemoveUnreachable() REQUIRES(mutex_);
  std::uint64_t Dice(std::uint64_t sides) REQUIRES(mutex_);

  const Options options_;
  mutable Mutex mutex_;
  Watch watch_ GUARDED_BY(mutex_);
  bool power_ GUARDED_BY(mutex_) = true;
  std::uint64_t steps_ GUARDED_BY(mutex_) = 0;
  SeededRandom random_ GUARDED_BY(mutex_);
  NodeId next_node_ GUARDED_BY(mutex_) = kRoot + 1;
  std::map<NodeId, Node> nodes_ GUARDED_BY(mutex_);
  std::vector<Pending> pending_ GUARDED_BY(mutex_);
};

}  // namespace proviso::io

#include "io/simulated/disk.h"

#include <algorithm>
#include <cerrno>
#include <utility>

#include "io/internal/posix.h"

namespace proviso::io {
namespace {

tl::unexpected<Error> Failed(std::string_view doing, const SimulatedDisk::Path& path, int reason) {
  return tl::unexpected<Error>(PosixError(doing, path, reason));
}

std::vector<std::string> Parts(const SimulatedDisk::Path& path) {
  // By hand: a path takes its text apart at each step, and there are millions of them.
  std::vector<std::string> parts;
  const std::string& text = path.native();
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('/', at), text.size());
    if (end > at) parts.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return parts;
}

void Put(Bytes& file, std::uint64_t offset, ByteView bytes) {
  if (file.size() < offset + bytes.size()) file.resize(offset + bytes.size());
  std::ranges::copy(bytes, file.begin() + static_cast<std::ptrdiff_t>(offset));
}

}  // namespace

SimulatedDisk::SimulatedDisk(const Options& options) : options_(options), random_(options.seed) {
  nodes_[kRoot].folder = true;
}

void SimulatedDisk::SetWatch(Watch watch) {
  const MutexLock lock(mutex_);
  watch_ = std::move(watch);
}

std::unique_ptr<SimulatedDisk> SimulatedDisk::Clone(std::uint64_t seed) const {
  Options options = options_;
  options.seed = seed;
  auto copy = std::make_unique<SimulatedDisk>(options);
  const MutexLock lock(mutex_);
  const MutexLock other(copy->mutex_);
  copy->next_node_ = next_node_;
  copy->nodes_ = nodes_;
  copy->pending_ = pending_;
  return copy;
}

void SimulatedDisk::CutPower() {
  const MutexLock lock(mutex_);
  power_ = false;
}

std::uint64_t SimulatedDisk::steps() const {
  const MutexLock lock(mutex_);
  return steps_;
}

int SimulatedDisk::Begin(Operation operation, const Path& path) {
  Watch watch;
  Step step{.number = 0, .operation = operation, .path = path.string()};
  {
    const MutexLock lock(mutex_);
    if (!power_) return EIO;
    step.number = steps_++;
    watch = watch_;
  }
  const int error = watch ? watch(step) : 0;
  const MutexLock lock(mutex_);
  return power_ ? error : EIO;
}

Result<SimulatedDisk::NodeId> SimulatedDisk::FindFolder(const Path& path) const {
  return FindFolder(path, Parts(path));
}

Result<SimulatedDisk::NodeId> SimulatedDisk::FindFolder(const Path& path,
                                                        std::span<const std::string> parts) const {
  NodeId at = kRoot;
  for (const std::string& part : parts) {
    const auto& names = nodes_.at(at).names;
    const auto found = names.find(part);
    if (found == names.end()) return Failed("find", path, ENOENT);
    at = found->second;
    if (!nodes_.at(at).folder) return Failed("find", path, ENOTDIR);
  }
  return at;
}

Result<SimulatedDisk::Place> SimulatedDisk::Find(const Path& path) const {
  const std::vector<std::string> parts = Parts(path);
  if (parts.empty()) return Failed("use", path, EISDIR);
  const std::span<const std::string> folders = std::span(parts).first(parts.size() - 1);
  const NodeId folder = PROVISO_TRY(FindFolder(path, folders));
  Place place{.folder = folder, .name = parts.back(), .node = kNobody};
  const auto& names = nodes_.at(place.folder).names;
  const auto found = names.find(place.name);
  if (found != names.end()) place.node = found->second;
  return place;
}

void SimulatedDisk::ChangeNames(std::vector<NameChange> changes) {
  for (const NameChange& change : changes) {
    auto& names = nodes_.at(change.folder).names;
    if (change.node == kNobody) {
      names.erase(change.name);
    } else {
      names[change.name] = change.node;
    }
  }
  pending_.push_back(
      {.file = kNobody, .offset = 0, .bytes = {}, .size = {}, .names = std::move(changes)});
}

SimulatedDisk::NodeId SimulatedDisk::Make(const Place& place, bool folder) {
  const NodeId node = next_node_++;
  nodes_[node].folder = folder;
  ChangeNames({{.folder = place.folder, .name = place.name, .node = node}});
  return node;
}

Result<SimulatedDisk::File> SimulatedDisk::OpenNode(const Path& path, bool create, bool* made) {
  {
    const MutexLock lock(mutex_);
    Place place = PROVISO_TRY(Find(path));
    if (place.node != kNobody || !create) {
      if (place.node == kNobody) return Failed("open", path, ENOENT);
      if (nodes_.at(place.node).folder) return Failed("open", path, EISDIR);
      return File{.node = place.node, .path = path.string()};
    }
  }
  if (const int error = Begin(Operation::kCreate, path); error != 0) {
    return Failed("create", path, error);
  }
  const MutexLock lock(mutex_);
  const Place place = PROVISO_TRY(Find(path));
  if (made != nullptr) *made = true;
  return File{.node = place.node == kNobody ? Make(place, false) : place.node,
              .path = path.string()};
}

Result<SimulatedDisk::File> SimulatedDisk::Open(const Path& path) {
  if (const int error = Begin(Operation::kOpen, path); error != 0) {
    return Failed("open", path, error);
  }
  return OpenNode(path, false, nullptr);
}

Result<SimulatedDisk::File> SimulatedDisk::OpenOrCreate(const Path& path, bool* made) {
  if (const int error = Begin(Operation::kOpen, path); error != 0) {
    return Failed("open", path, error);
  }
  return OpenNode(path, true, made);
}

Result<Bytes> SimulatedDisk::Read(const File& file, std::uint64_t offset, std::uint64_t bytes_max) {
  if (const int error = Begin(Operation::kRead, file.path); error != 0) {
    return Failed("read", file.path, error);
  }
  const MutexLock lock(mutex_);
  const Bytes& bytes = nodes_.at(file.node).bytes;
  const std::uint64_t from = std::min<std::uint64_t>(offset, bytes.size());
  const std::uint64_t to = from + std::min<std::uint64_t>(bytes_max, bytes.size() - from);
  return Bytes(bytes.begin() + static_cast<std::ptrdiff_t>(from),
               bytes.begin() + static_cast<std::ptrdiff_t>(to));
}

Result<std::uint64_t> SimulatedDisk::Size(const File& file) {
  if (const int error = Begin(Operation::kLook, file.path); error != 0) {
    return Failed("look at", file.path, error);
  }
  const MutexLock lock(mutex_);
  return std::uint64_t{nodes_.at(file.node).bytes.size()};
}

Status SimulatedDisk::Write(const File& file, std::uint64_t offset, ByteView bytes) {
  const int error = Begin(Operation::kWrite, file.path);
  const MutexLock lock(mutex_);
  if (error != 0 && !power_) return Failed("write", file.path, error);
  const ByteView done = error == 0 ? bytes : bytes.first(Dice(bytes.size() + 1));
  if (!done.empty()) {
    Put(nodes_.at(file.node).bytes, offset, done);
    pending_.push_back({.file = file.node,
                        .offset = offset,
                        .bytes = Bytes(done.begin(), done.end()),
                        .size = {},
                        .names = {}});
  }
  if (error != 0) return Failed("write", file.path, error);
  return {};
}

Status SimulatedDisk::Resize(const File& file, std::uint64_t size) {
  if (const int error = Begin(Operation::kResize, file.path); error != 0) {
    return Failed("resize", file.path, error);
  }
  const MutexLock lock(mutex_);
  nodes_.at(file.node).bytes.resize(size);
  pending_.push_back({.file = file.node, .offset = 0, .bytes = {}, .size = size, .names = {}});
  return {};
}

Status SimulatedDisk::Sync(const File& file) {
  const int error = Begin(Operation::kSync, file.path);
  const MutexLock lock(mutex_);
  if (error != 0) {
    if (power_) FailSync(file.node);
    return Failed("sync", file.path, error);
  }
  if (options_.ignores_syncs) return {};
  // Not the bytes as they are seen: what an earlier sync failed to write is forgotten.
  for (const Pending& pending : pending_) {
    if (pending.file == file.node) Keep(pending);
  }
  std::erase_if(pending_, [&](const Pending& pending) { return pending.file == file.node; });
  return {};
}

// Keeps some of what was written and forgets about the rest, which the cache may go on to show.
void SimulatedDisk::FailSync(NodeId file) {
  for (const Pending& pending : pending_) {
    if (pending.file == file && Dice(2) == 0) Keep(pending);
  }
  std::erase_if(pending_, [&](const Pending& pending) { return pending.file == file; });
  if (Dice(4) == 0) nodes_.at(file).bytes = nodes_.at(file).durable_bytes;
}

Status SimulatedDisk::Share(const Path& path) {
  if (const int error = Begin(Operation::kShare, path); error != 0) {
    return Failed("map", path, error);
  }
  return {};
}

Status SimulatedDisk::SyncFolder(const Path& path) {
  if (const int error = Begin(Operation::kSyncFolder, path); error != 0) {
    return Failed("sync folder", path, error);
  }
  const MutexLock lock(mutex_);
  const NodeId folder = PROVISO_TRY(FindFolder(path));
  if (options_.ignores_folder_syncs) return {};
  const auto concerns = [&](const Pending& pending) {
    return std::ranges::any_of(pending.names,
                               [&](const NameChange& name) { return name.folder == folder; });
  };
  for (const Pending& pending : pending_) {
    if (concerns(pending)) KeepNames(pending);
  }
  std::erase_if(pending_, concerns);
  return {};
}

Status SimulatedDisk::MakeFolder(const Path& path) {
  if (const int error = Begin(Operation::kCreate, path); error != 0) {
    return Failed("create folder", path, error);
  }
  const MutexLock lock(mutex_);
  const Place place = PROVISO_TRY(Find(path));
  if (place.node != kNobody) return Failed("create folder", path, EEXIST);
  Make(place, true);
  return {};
}

Status SimulatedDisk::Rename(const Path& from, const Path& to) {
  if (const int error = Begin(Operation::kRename, from); error != 0) {
    return Failed("rename", from, error);
  }
  const MutexLock lock(mutex_);
  const Place source = PROVISO_TRY(Find(from));
  const Place target = PROVISO_TRY(Find(to));
  if (source.node == kNobody) return Failed("rename", from, ENOENT);
  ChangeNames({{.folder = source.folder, .name = source.name, .node = kNobody},
               {.folder = target.folder, .name = target.name, .node = source.node}});
  return {};
}

Status SimulatedDisk::Remove(const Path& path) {
  if (const int error = Begin(Operation::kRemove, path); error != 0) {
    return Failed("remove", path, error);
  }
  const MutexLock lock(mutex_);
  const Place place = PROVISO_TRY(Find(path));
  if (place.node == kNobody) return Failed("remove", path, ENOENT);
  if (!nodes_.at(place.node).names.empty()) return Failed("remove", path, ENOTEMPTY);
  ChangeNames({{.folder = place.folder, .name = place.name, .node = kNobody}});
  return {};
}

Result<bool> SimulatedDisk::Exists(const Path& path) {
  if (const int error = Begin(Operation::kLook, path); error != 0) {
    return Failed("look at", path, error);
  }
  const MutexLock lock(mutex_);
  if (Parts(path).empty()) return true;
  const auto place = Find(path);
  return place && place->node != kNobody;
}

Result<bool> SimulatedDisk::IsFolder(const Path& path) {
  if (const int error = Begin(Operation::kLook, path); error != 0) {
    return Failed("look at", path, error);
  }
  const MutexLock lock(mutex_);
  return FindFolder(path).has_value();
}

Result<std::vector<std::string>> SimulatedDisk::List(const Path& path) {
  if (const int error = Begin(Operation::kLook, path); error != 0) {
    return Failed("list", path, error);
  }
  const MutexLock lock(mutex_);
  std::vector<std::string> names;
  for (const auto& [name, node] : nodes_.at(PROVISO_TRY(FindFolder(path))).names) {
    names.push_back(name);
  }
  return names;
}

std::optional<Bytes> SimulatedDisk::Look(const Path& path) const {
  const MutexLock lock(mutex_);
  const auto place = Find(path);
  if (!place || place->node == kNobody) return std::nullopt;
  return nodes_.at(place->node).bytes;
}

std::map<std::string, Bytes> SimulatedDisk::Files() const {
  const MutexLock lock(mutex_);
  std::map<std::string, Bytes> files;
  std::vector<std::pair<std::string, NodeId>> folders = {{"", kRoot}};
  while (!folders.empty()) {
    const auto [prefix, folder] = std::move(folders.back());
    folders.pop_back();
    for (const auto& [name, id] : nodes_.at(folder).names) {
      const Node& node = nodes_.at(id);
      if (node.folder) {
        folders.emplace_back(prefix + "/" + name, id);
      } else {
        files[prefix + "/" + name] = node.bytes;
      }
    }
  }
  return files;
}

}  // namespace proviso::io

// What a SimulatedDisk holds after a power cut.

#include <algorithm>
#include <set>

#include "io/simulated/disk.h"

namespace proviso::io {
namespace {

constexpr std::uint64_t kSectorBytes = 512;

}  // namespace

std::uint64_t SimulatedDisk::Dice(std::uint64_t sides) { return random_.Next() % sides; }

void SimulatedDisk::KeepNames(const Pending& pending) {
  for (const NameChange& change : pending.names) {
    auto& names = nodes_.at(change.folder).durable_names;
    if (change.node == kNobody) {
      names.erase(change.name);
    } else {
      names[change.name] = change.node;
    }
  }
}

void SimulatedDisk::Keep(const Pending& pending) {
  KeepNames(pending);
  if (pending.file == kNobody) return;
  Bytes& file = nodes_.at(pending.file).durable_bytes;
  if (pending.size) {
    file.resize(*pending.size);
    return;
  }
  file.resize(std::max<std::uint64_t>(file.size(), pending.offset + pending.bytes.size()));
  std::ranges::copy(pending.bytes, file.begin() + static_cast<std::ptrdiff_t>(pending.offset));
}

// A file that had grown keeps its length, with zeros in the place of bytes that never came.
void SimulatedDisk::KeepLength(const Pending& pending) {
  if (pending.file == kNobody || pending.size) return Keep(pending);
  Bytes& file = nodes_.at(pending.file).durable_bytes;
  file.resize(std::max<std::uint64_t>(file.size(), pending.offset + pending.bytes.size()));
}

// Whatever shares a sector with an unfinished write, where the disk promises nothing about it.
void SimulatedDisk::DamageNeighbours(const Pending& pending) {
  Bytes& file = nodes_.at(pending.file).durable_bytes;
  const std::uint64_t end = pending.offset + pending.bytes.size();
  const auto damage = [&](std::uint64_t from, std::uint64_t to) REQUIRES(mutex_) {
    for (std::uint64_t at = from; at < std::min<std::uint64_t>(to, file.size()); ++at) {
      file[at] = static_cast<std::uint8_t>(random_.Next());
    }
  };
  if (Dice(2) == 0) damage(pending.offset / kSectorBytes * kSectorBytes, pending.offset);
  if (Dice(2) == 0) damage(end, (end + kSectorBytes - 1) / kSectorBytes * kSectorBytes);
}

// Some sectors of a write, or its first bytes; a change of names or of length is whole or absent.
void SimulatedDisk::KeepTorn(const Pending& pending) {
  if (pending.file == kNobody || pending.size) {
    if (Dice(2) == 0) Keep(pending);
    return;
  }
  const std::uint64_t size = pending.bytes.size();
  const auto part = [&](std::uint64_t from, std::uint64_t to) REQUIRES(mutex_) {
    Pending kept{.file = pending.file,
                 .offset = pending.offset + from,
                 .bytes = {},
                 .size = {},
                 .names = {}};
    kept.bytes.assign(pending.bytes.begin() + static_cast<std::ptrdiff_t>(from),
                      pending.bytes.begin() + static_cast<std::ptrdiff_t>(to));
    if (from < to) Keep(kept);
  };
  if (Dice(3) == 0) {
    part(0, Dice(size + 1));
  } else {
    const std::uint64_t end = pending.offset + size;
    for (std::uint64_t at = pending.offset; at < end;) {
      const std::uint64_t next = std::min(end, (at / kSectorBytes + 1) * kSectorBytes);
      if (Dice(2) == 0) part(at - pending.offset, next - pending.offset);
      at = next;
    }
  }
  if (Dice(2) == 0) KeepLength(pending);
  if (!options_.powersafe_overwrite) DamageNeighbours(pending);
}

void SimulatedDisk::Survive(const Pending& pending, Survival survival, bool before, bool last) {
  const bool is_name = pending.file == kNobody;
  const auto any = [&]() REQUIRES(mutex_) {
    const std::uint64_t fate = Dice(3);
    if (fate == 0) Keep(pending);
    if (fate == 1) KeepTorn(pending);
  };
  switch (survival) {
    case Survival::kNothing:
      return;
    case Survival::kEverything:
      return Keep(pending);
    case Survival::kPrefix:
      if (before) Keep(pending);
      if (last) KeepTorn(pending);
      return;
    case Survival::kAnything:
      return any();
    case Survival::kNamesAlone:
      if (is_name) Keep(pending);
      return;
    case Survival::kBytesAlone:
      if (!is_name || Dice(2) == 0) Keep(pending);
      return;
    case Survival::kNamesInOrder:
      if (!is_name) return any();
      if (before) Keep(pending);
      return;
    case Survival::kZeros:
      return KeepLength(pending);
  }
}

void SimulatedDisk::Restart(Survival survival) {
  const MutexLock lock(mutex_);
  const std::uint64_t cut = Dice(pending_.size() + 1);
  for (std::uint64_t i = 0; i < pending_.size(); ++i) {
    Survive(pending_[i], survival, i < cut, i == cut);
  }
  pending_.clear();
  for (auto& [id, node] : nodes_) {
    node.bytes = node.durable_bytes;
    node.names = node.durable_names;
  }
  RemoveUnreachable();
  power_ = true;
}

void SimulatedDisk::RestartProcess() {
  const MutexLock lock(mutex_);
  power_ = true;
}

void SimulatedDisk::RemoveUnreachable() {
  std::set<NodeId> reached = {kRoot};
  std::vector<NodeId> folders = {kRoot};
  while (!folders.empty()) {
    const Node& folder = nodes_.at(folders.back());
    folders.pop_back();
    for (const auto& [name, id] : folder.names) {
      if (reached.insert(id).second) folders.push_back(id);
    }
  }
  std::erase_if(nodes_, [&](const auto& item) { return !reached.contains(item.first); });
}

}  // namespace proviso::io

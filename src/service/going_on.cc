// How a data directory goes on by itself after its disk failed or was full.
#include <algorithm>
#include <array>
#include <filesystem>
#include <system_error>
#include <utility>

#include "service/internal/core.h"
#include "service/internal/erasures.h"

namespace proviso::service {
namespace {

namespace fs = std::filesystem;

// With less room it would soon stop again; a write-ahead log is written over itself before it is
// trusted, which takes its size on some file systems.
constexpr std::uintmax_t kRoomToGoOn = std::uintmax_t{16} << 20U;

bool HasRoom(const fs::path& directory) {
  return std::ranges::all_of(std::array{directory, directory / "log"}, [](const fs::path& place) {
    std::error_code failure;
    const fs::space_info space = fs::space(place, failure);
    return !failure && space.available >= kRoomToGoOn;
  });
}

std::ptrdiff_t ErasuresDone(const State& state) {
  return std::ranges::count_if(state.review.erasures(), &review::Erasure::done);
}

// What follows from the entries that the log has by now: those that were stored when it stopped,
// and that nobody knew to be there, among them.
Status TakeUp(Instance::Core& core) {
  State state = PROVISO_TRY(ReplayLog(core));
  const bool erased = ErasuresDone(state) != ErasuresDone(core.state);
  core.state = std::move(state);
  core.damaged_parts = core.state.damaged.size();
  core.grouped_reports.clear();
  core.stories = Json::MakeArray();
  PROVISO_TRY(core.cosigner->CheckAgain());
  return erased ? CarryOutErasures(core) : Status();
}

// The points have the last good table until this one is there, and keep it when there is none.
void PublishTakenUp(Instance::Core& core) {
  Result<Bytes> compiled = Instance::Core::CompileTable(core.state);
  if (!compiled) return;
  core.table_is_old = false;
  // A file that cannot be written is tried again.
  if (*compiled != core.table) static_cast<void>(core.PublishCompiledTable(std::move(*compiled)));
}

}  // namespace

Result<bool> Instance::GoOn() {
  const auto stopped = Stopped();
  if (!stopped) {
    if (!core_->table_file_is_old) return false;
    const MutexLock lock(core_->mutex);
    if (core_->table_file_is_old) PROVISO_TRY(core_->PublishTable(core_->table));
    return false;
  }
  if (!stopped->can_go_on || !HasRoom(core_->directory)) return false;
  const MutexLock lock(core_->mutex);
  crypto::PrivateKey key = PROVISO_TRY(ReadLogKey(*core_));
  // Before anybody can think that the log is usable, and its table the newest.
  core_->table_is_old = true;
  PROVISO_TRY(core_->ledger->Reopen(std::move(key)));
  const Status taken = TakeUp(*core_);
  if (!taken) {
    core_->ledger->Refuse(taken.error());
    return tl::unexpected<Error>(taken.error());
  }
  PublishTakenUp(*core_);
  return true;
}

}  // namespace proviso::service

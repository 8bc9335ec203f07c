// Confidential parts that nobody can read here though nobody erased them. The log goes on without
// them, as it does without erased ones; what rests on them is closed (docs/formats/ledger.md).
#include "service/internal/damaged_parts.h"

#include <algorithm>
#include <utility>

#include "ledger/addenda_check.h"
#include "service/internal/erasures.h"

namespace proviso::service {
namespace {

constexpr std::size_t kFaultsMax = 100'000;

constexpr const char* kKeyIsGone = "its key is not here, and the log tells of no erasure";

std::string FaultOf(const ledger::UnreadPart& part) {
  return part.state == ledger::PartState::kDamaged ? part.fault : kKeyIsGone;
}

std::string Place(std::uint64_t entry, const std::string& name) {
  return "entry " + std::to_string(entry) + ": its confidential part `" + name + "`";
}

// What puts it right, with the names that are known here.
std::string Remedy(const Instance::Core& core) {
  if (!core.config.store.empty()) {
    return WayBack(core.ledger->options()) + "; `proviso log verify` lists what is damaged";
  }
  const std::string data = core.directory.string();
  return "to put it right, end the server if one runs, back up into the folder that has an earlier "
         "backup, and restore that: `proviso backup FOLDER --keys FOLDER2`, then `proviso restore "
         "FOLDER --keys FOLDER2 --to NEW --published " +
         data + "/log`; where no backup has it, erase it (`proviso erasure propose`)";
}

}  // namespace

std::vector<ledger::UnreadPart> NotErased(const State& state,
                                          std::vector<ledger::UnreadPart> heard) {
  std::erase_if(heard, [&](const ledger::UnreadPart& part) {
    return part.state == ledger::PartState::kAbsent ||
           ErasureOf(state, part.entry, part.name) != nullptr;
  });
  return heard;
}

std::vector<DamagedPart> DamagedNow(const State& state) {
  std::vector<DamagedPart> damaged;
  for (const DamagedPart& part : state.damaged) {
    if (ErasureOf(state, part.entry, part.name) == nullptr) damaged.push_back(part);
  }
  return damaged;
}

void NameDamage(const State& state, std::uint64_t entry, ledger::OpenedPart& part) {
  if (part.state != ledger::PartState::kErased) return;
  if (ErasureOf(state, entry, part.name) != nullptr) return;
  part.state = ledger::PartState::kDamaged;
  part.fault = kKeyIsGone;
}

std::string WayBack(const ledger::LedgerOptions& options) {
  if (!options.postgres.empty()) return "put its row back from a backup of the database server";
  return "bring it back from a backup: `proviso backup` into its folders, then `proviso restore`";
}

std::optional<std::string> DamageWarning(const Instance::Core& core) {
  const std::vector<DamagedPart> damaged = DamagedNow(core.state);
  if (damaged.empty()) return {};
  const DamagedPart& first = damaged.front();
  std::string text = Place(first.entry, first.name) + " is damaged (" + first.fault +
                     ") and reads as if it were erased";
  if (damaged.size() > 1) {
    text += ", and so do " + std::to_string(damaged.size() - 1) +
            " more, which `proviso log verify` lists";
  }
  return text + "; " + Remedy(core);
}

Json DamagedPartFault(const Instance::Core& core, const ledger::UnreadPart& part) {
  return Json::Of({{"entry", part.entry},
                   {"part", part.name},
                   {"path", core.config.store.empty() ? "proviso.db" : "the database"},
                   {"what", part.state == ledger::PartState::kDamaged ? "damaged" : "without key"},
                   {"why", "its confidential part `" + part.name + "`: " + FaultOf(part)}});
}

Result<Json> DamagedPartFaults(Instance::Core& core) {
  std::vector<ledger::UnreadPart> heard;
  std::size_t damaged = 0;
  const auto hear = [&](const ledger::UnreadPart& part) {
    if (part.state == ledger::PartState::kDamaged && ++damaged > kFaultsMax) return;
    if (part.state != ledger::PartState::kAbsent) heard.push_back(part);
  };
  PROVISO_TRY(ledger::CheckAddenda(core.ledger->options(), core.ledger->latest().size, hear));
  const MutexLock lock(core.mutex);
  Json faults = Json::MakeArray();
  for (const ledger::UnreadPart& part : NotErased(core.state, std::move(heard))) {
    faults.Append(DamagedPartFault(core, part));
  }
  return faults;
}

tl::unexpected<Error> WantsPart(const DamagedPart& part, const std::string& for_what) {
  return Fail(ErrorCode::kDataLoss, for_what + " rests on part `" + part.name + "` of log entry " +
                                        std::to_string(part.entry) + ", which is damaged (" +
                                        part.fault +
                                        "); nothing was done; put it back from a backup first");
}

std::optional<DamagedPart> FindDamaged(const State& state, std::string_view type,
                                       std::string_view name, std::string_view decision) {
  for (const DamagedPart& part : DamagedNow(state)) {
    const bool is_it =
        part.type == type && part.name == name && (decision.empty() || part.decision == decision);
    if (is_it) return part;
  }
  return {};
}

Result<State> ReplayLog(const Instance::Core& core, const ledger::Ledger::Visit& visited) {
  State state;
  std::vector<ledger::UnreadPart> heard;
  std::vector<DamagedPart> unread;
  const auto apply = [&](const RecordedEvent& event) -> Status {
    for (ledger::UnreadPart& part : std::exchange(heard, {})) {
      unread.push_back({.entry = part.entry,
                        .name = part.name,
                        .fault = FaultOf(part),
                        .type = event.event.type,
                        .decision = event.event.open.StringOr("decision", "")});
    }
    if (visited) PROVISO_TRY(visited(event));
    return state.Apply(event);
  };
  const auto hear = [&](const ledger::UnreadPart& part) {
    if (part.state != ledger::PartState::kAbsent) heard.push_back(part);
  };
  PROVISO_TRY(core.ledger->Replay(0, apply, hear));
  // Only at the end is it known what was erased.
  state.damaged = std::move(unread);
  state.damaged = DamagedNow(state);
  return state;
}

}  // namespace proviso::service

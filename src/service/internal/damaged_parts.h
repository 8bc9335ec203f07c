#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "ledger/opening.h"
#include "service/internal/core.h"

namespace proviso::service {

// What was heard of unread parts, without those that never were here and those that somebody
// erased (damaged_parts.cc).
std::vector<ledger::UnreadPart> NotErased(const State& state,
                                          std::vector<ledger::UnreadPart> heard);

// The damaged parts of `state` that nobody erased since.
std::vector<DamagedPart> DamagedNow(const State& state);

// Has a part of that entry be called damaged whose key is gone though nobody erased it.
void NameDamage(const State& state, std::uint64_t entry, ledger::OpenedPart& part);

// What brings a damaged part back, in few words.
std::string WayBack(const ledger::LedgerOptions& options);

// The one line for people; absent when nothing is damaged.
std::optional<std::string> DamageWarning(const Instance::Core& core);

// Reads all parts of the log, as the database has them now: those that are damaged, an item each
// as `files check` lists faults. Takes the lock of `core` itself.
Result<Json> DamagedPartFaults(Instance::Core& core);
Json DamagedPartFault(const Instance::Core& core, const ledger::UnreadPart& part);

// What an act is told that rests on the part; kDataLoss.
tl::unexpected<Error> WantsPart(const DamagedPart& part, const std::string& for_what);

// The damaged part `name` of an entry of `type`; of the decision, where one is named.
std::optional<DamagedPart> FindDamaged(const State& state, std::string_view type,
                                       std::string_view name, std::string_view decision = {});

}  // namespace proviso::service

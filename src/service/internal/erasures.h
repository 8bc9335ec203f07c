#pragma once

#include "service/internal/core.h"

namespace proviso::service {

Result<Json> ProposeErasure(const Context& context);
Result<Json> ApproveErasure(const Context& context);
Result<Json> WithdrawErasure(const Context& context);
// A folder of keys is no more: a person says so, and why; the log tells what never reached it.
Result<Json> ForgetKeys(const Context& context);
Result<Json> ListErasures(const Context& context);
// Hands one part to somebody outside; answers it in base64.
Result<Json> DisclosePart(const Context& context);

// Destroys the keys of all parts that the log says are erased, and forgets what they said: whoever
// died between the event and the key is helped by the next one who opens the directory.
Status CarryOutErasures(Instance::Core& core);

// The erasure that destroyed part `name` of `entry`, or nullptr.
const review::Erasure* ErasureOf(const State& state, std::uint64_t entry, std::string_view name);

}  // namespace proviso::service

#pragma once

#include "base/json.h"
#include "base/time.h"
#include "service/state.h"

namespace proviso::service {

// What a decision rests on, for who is to judge it: {"clause":{"id","title","terms"},
// "grounds":[{"finding","claim","text","denial","outcome","reason","stands"}],
// "attributions":[{"id","subscription","unit","evidence_class","reason"}]}.
Json BasisOf(const State& state, const review::Decision& decision);

// What is to be done next about a decision, and by whom: {"act","command","roles","people",
// "waits_for"}; null when nothing is. `people` are pseudonyms of the roster in force whom the rules
// would let do it now; `waits_for` says why nobody can, else null.
Json NextStepOf(const State& state, const review::Decision& decision, Time now);

// Whether the rules would take the signature of `person` now; else the refusal, as it would be.
Status CheckMaySign(const State& state, const review::Decision& decision,
                    const enforcement::Person& person, Time now);

}  // namespace proviso::service

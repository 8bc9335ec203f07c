#pragma once

#include "base/json.h"
#include "ledger/opening.h"
#include "ledger/options.h"
#include "service/data_directory.h"
#include "verifier/verify.h"

namespace proviso::service {

// What `log verify` was asked, with the public key of `config` where it names none (log.cc).
Result<verifier::VerifyOptions> VerifyOptionsOf(const Json& args, const DataConfig& config);

// The confidential half of the first `size` entries: each part against what its entry commits to,
// and those entries against the published ones. Adds what differs to `report`; answers how many
// parts are held, erased, absent and damaged (log.cc).
Result<Json> CompareAddenda(const ledger::LedgerOptions& options, std::uint64_t size,
                            verifier::VerifyReport& report);

// An entry and what became of its parts, without any text of them (log_opening.cc).
Json ComparedEntry(const ledger::OpenedEntry& opened);

}  // namespace proviso::service

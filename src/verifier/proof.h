#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/json.h"
#include "verifier/policy.h"

namespace proviso::verifier {

inline constexpr std::uint64_t kProofBytesMax = std::uint64_t{2} << 20U;

struct ProofOptions {
  std::string vkey;  // the log's public key, as C2SP signed-note writes it
  // The entry's bytes; without them the proof must carry them.
  std::optional<Bytes> entry = {};
  // Who must have cosigned the proof's checkpoint; it must accept the log of `vkey`.
  std::optional<Policy> policy = {};
};

struct ProofReport {
  bool ok = false;
  std::string origin;
  std::uint64_t index = 0;
  std::uint64_t size = 0;              // of the checkpoint that the proof leads to
  std::string root_base64;             // of that checkpoint
  Json entry;                          // what the entry says in clear; null unless `ok`
  std::string problem;                 // empty when `ok`
  std::optional<PolicyReport> policy;  // when one was given, and the checkpoint could be read

  Json ToJson() const;
};

// Checks a C2SP tlog-proof that an entry is in the log of `vkey`, from the proof alone: no data
// directory, no folder of a log, no server. Stricter than the form needs to be, so that a proof has
// one spelling.
//
// A proof that does not hold is no error: `ok` is false and `problem` says why. Errors are for a
// malformed key, and for a proof without its entry when none was given.
Result<ProofReport> CheckProof(std::string_view proof, const ProofOptions& options);

}  // namespace proviso::verifier

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "crypto/hash.h"
#include "verifier/proof.h"

namespace proviso::verifier {

inline constexpr std::uint64_t kAddendumBytesMax = std::uint64_t{33} << 20U;

// The digests of its addenda that an entry commits to (C2SP tlog-addenda), as its index lists them.
// kDataLoss for an entry that has no such index.
Result<std::vector<crypto::Hash>> AddendaOf(ByteView entry);

struct AddendumReport {
  ProofReport proof;
  bool ok = false;      // the proof holds, and the entry commits to the addendum
  std::string part;     // the name that the entry gives it
  std::string digest;   // of the addendum
  Json value;           // what it says; null unless `ok`
  std::string problem;  // empty when `ok`

  Json ToJson() const;
};

// Checks that `addendum` (random bytes, then JSON) is what an entry commits to that a C2SP
// tlog-proof shows to be in the log. Needs nothing else. Errors as for CheckProof.
Result<AddendumReport> CheckAddendum(ByteView addendum, std::string_view proof,
                                     const ProofOptions& options);

}  // namespace proviso::verifier

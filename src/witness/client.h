#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/cosignature.h"
#include "crypto/hash.h"
#include "crypto/note.h"
#include "io/http/client.h"
#include "verifier/consistency.h"

namespace proviso::witness {

// Larger answers are none of a witness.
inline constexpr std::size_t kAnswerBytesMax = std::size_t{64} << 10U;

// The checkpoint that is to be cosigned, and what proves that its tree grew.
struct Submission {
  crypto::NoteVerifier log;
  std::string note;  // with the log's own signature
  verifier::TreeHead tree;
  // The consistency proof from `old_size` to the tree; 1 <= old_size <= tree.size.
  std::function<Result<std::vector<crypto::Hash>>(std::uint64_t old_size)> prove;
};

// What became of it at one witness.
struct Outcome {
  enum class Kind {
    kCosigned,
    kUnreachable,  // no answer, or one that no witness gives
    kNotServed,    // 404: it does not know this log; 403: not this key of it; 400
    kAhead,        // it knows a larger tree than ours
    kSplit,        // it knows another tree of some size: two histories have one name
  };
  Kind kind = Kind::kUnreachable;
  std::uint64_t known_size = 0;  // of the tree that it knows, as far as it said
  crypto::NoteSignature line;    // kCosigned: checked
  std::uint64_t time = 0;        // kCosigned: seconds since 1970
  std::string message;           // why not; empty when kCosigned
  // kAhead and kSplit: the checkpoint that it knows, when it showed one that our log signed; with
  // it, it is proven that the log lost or changed entries. Else it is the witness's word.
  std::string evidence;
};
std::string_view KindName(Outcome::Kind kind);  // "cosigned", ...

// Asks the witness at `url` (its submission prefix), which is believed to know our tree of
// `known_size`, for a cosignature by `key`. When it knows another size, asks again from that one.
Outcome AskForCosignature(io::HttpClient& client, const std::string& url,
                          const crypto::Cosigner& key, const Submission& submission,
                          std::uint64_t known_size);

}  // namespace proviso::witness

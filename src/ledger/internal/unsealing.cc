#include "ledger/internal/unsealing.h"

#include <algorithm>

#include "crypto/sealed_box.h"
#include "ledger/entry.h"

namespace proviso::ledger {

Result<Bytes> UnsealedBytes(const SealedAddendum& addendum, const crypto::Hash& committed) {
  if (addendum.digest != committed) {
    return Fail(ErrorCode::kDataLoss, "expected the digest " + committed.Hex() +
                                          " that the entry commits to, found " +
                                          addendum.digest.Hex());
  }
  crypto::SymmetricKey key{};
  if (addendum.key.size() != key.size()) {
    return Fail(ErrorCode::kDataLoss,
                "expected a key of 32 bytes, found " + std::to_string(addendum.key.size()));
  }
  std::ranges::copy(addendum.key, key.begin());
  return crypto::Unseal(key, addendum.sealed, addendum.digest.bytes);
}

Result<Json> Unsealed(const SealedAddendum& addendum, const crypto::Hash& committed) {
  const Bytes plaintext = PROVISO_TRY(UnsealedBytes(addendum, committed));
  return OpenAddendum(plaintext, committed);
}

}  // namespace proviso::ledger

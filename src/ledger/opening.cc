#include "ledger/opening.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "crypto/sealed_box.h"
#include "ledger/internal/entry_reader.h"

namespace proviso::ledger {
namespace {

Result<Json> Unsealed(const SealedAddendum& addendum, const crypto::Hash& committed) {
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
  const Bytes plaintext = PROVISO_TRY(crypto::Unseal(key, addendum.sealed, addendum.digest.bytes));
  return OpenAddendum(plaintext, committed);
}

OpenedPart Open(const DecodedEntry::Part& part, const std::vector<SealedAddendum>& held) {
  OpenedPart opened{.name = part.name,
                    .digest = part.digest,
                    .state = PartState::kAbsent,
                    .value = {},
                    .fault = {}};
  const auto found = std::ranges::find(held, part.name, &SealedAddendum::name);
  if (found == held.end()) return opened;
  if (found->key.empty()) {
    opened.state = PartState::kErased;
    return opened;
  }
  auto value = Unsealed(*found, part.digest);
  opened.state = value ? PartState::kHeld : PartState::kDamaged;
  if (value) {
    opened.value = std::move(*value);
  } else {
    opened.fault = value.error().message();
  }
  return opened;
}

}  // namespace

std::string_view PartStateName(PartState state) {
  switch (state) {
    case PartState::kHeld:
      return "held";
    case PartState::kErased:
      return "erased";
    case PartState::kAbsent:
      return "absent";
    case PartState::kDamaged:
      return "damaged";
  }
  PROVISO_CHECK(false, "a state that does not exist");
  return "";
}

Result<OpenedEntry> OpenEntry(const std::filesystem::path& directory, std::uint64_t index) {
  EntryReader reader = PROVISO_TRY(EntryReader::Open(directory / "proviso.db"));
  DecodedEntry decoded;
  PROVISO_TRY(reader.ReadEntries(
      index, index + 1, [&](std::uint64_t position, const crypto::Hash&, ByteView bytes) -> Status {
        decoded = PROVISO_TRY_DOING(DecodeEntry(bytes), "entry " + std::to_string(position));
        return {};
      }));
  const std::vector<SealedAddendum> held = PROVISO_TRY(reader.ReadAddenda(index));
  OpenedEntry opened{.event = std::move(decoded.event), .parts = {}};
  opened.event.index = index;
  for (const DecodedEntry::Part& part : decoded.parts) opened.parts.push_back(Open(part, held));
  return opened;
}

}  // namespace proviso::ledger

#include "ledger/opening.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "ledger/internal/entry_reader.h"
#include "ledger/internal/unsealing.h"

namespace proviso::ledger {
namespace {

Result<DecodedEntry> DecodedAt(EntryReader& reader, std::uint64_t index) {
  DecodedEntry decoded;
  PROVISO_TRY(reader.ReadEntries(
      index, index + 1, [&](std::uint64_t position, const crypto::Hash&, ByteView bytes) -> Status {
        decoded = PROVISO_TRY_DOING(DecodeEntry(bytes), "entry " + std::to_string(position));
        return {};
      }));
  return decoded;
}

}  // namespace

OpenedPart OpenPart(const DecodedEntry::Part& part, const std::vector<SealedAddendum>& held) {
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

Result<Bytes> ReadAddendum(const LedgerOptions& options, std::uint64_t index,
                           std::string_view part) {
  const std::unique_ptr<EntryReader> reader = PROVISO_TRY(EntryReader::Open(options));
  const DecodedEntry entry = PROVISO_TRY(DecodedAt(*reader, index));
  const auto committed = std::ranges::find(entry.parts, part, &DecodedEntry::Part::name);
  const std::vector<SealedAddendum> held = PROVISO_TRY(reader->ReadAddenda(index));
  const auto found = std::ranges::find(held, part, &SealedAddendum::name);
  if (committed == entry.parts.end() || found == held.end() || found->key.empty()) {
    return Fail(ErrorCode::kNotFound,
                "`" + std::string(part) + "` of entry " + std::to_string(index) + " is not here");
  }
  Bytes addendum = PROVISO_TRY(UnsealedBytes(*found, committed->digest));
  PROVISO_TRY(OpenAddendum(addendum, committed->digest));
  return addendum;
}

Result<OpenedEntry> OpenEntry(const LedgerOptions& options, std::uint64_t index) {
  const std::unique_ptr<EntryReader> reader = PROVISO_TRY(EntryReader::Open(options));
  DecodedEntry decoded = PROVISO_TRY(DecodedAt(*reader, index));
  const std::vector<SealedAddendum> held = PROVISO_TRY(reader->ReadAddenda(index));
  OpenedEntry opened{.event = std::move(decoded.event), .parts = {}};
  opened.event.index = index;
  for (const DecodedEntry::Part& part : decoded.parts) opened.parts.push_back(OpenPart(part, held));
  return opened;
}

}  // namespace proviso::ledger

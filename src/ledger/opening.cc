#include "ledger/opening.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "ledger/addenda_index.h"
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

}  // namespace

Result<std::vector<OpenedPart>> OpenParts(EntryReader& reader, std::uint64_t position,
                                          const std::vector<DecodedEntry::Part>& parts) {
  std::vector<OpenedPart> opened;
  if (parts.empty()) return opened;
  const std::vector<SealedAddendum> held = PROVISO_TRY(reader.ReadAddenda(position));
  for (const DecodedEntry::Part& part : parts) {
    opened.push_back(OpenPart(part, held));
    OpenedPart& last = opened.back();
    // A part that never was here has no key here either.
    if (last.state != PartState::kAbsent) continue;
    if (!PROVISO_TRY(reader.HasKey(position, part.name))) continue;
    last.state = PartState::kDamaged;
    last.fault = "its key is here, and what it opens is not";
  }
  return opened;
}

Status CheckParts(EntryReader& reader, std::uint64_t position, ByteView entry, Stored stored) {
  if (PROVISO_TRY(ReadAddendaIndex(entry)).places.empty()) return {};
  const std::string name = "entry " + std::to_string(position);
  const DecodedEntry decoded = PROVISO_TRY_DOING(DecodeEntry(entry), name);
  for (const OpenedPart& part : PROVISO_TRY(OpenParts(reader, position, decoded.parts))) {
    if (part.state == PartState::kHeld) continue;
    if (stored == Stored::kBefore && part.state != PartState::kDamaged) continue;
    return Fail(ErrorCode::kDataLoss,
                "the part `" + part.name + "` of " + name +
                    " is not in the database as the entry commits to it: expected one that opens, "
                    "found it " +
                    std::string(PartStateName(part.state)) +
                    (part.fault.empty() ? "" : " (" + part.fault + ")") +
                    "; restore the data directory from a backup");
  }
  return {};
}

UnreadPart Unread(std::uint64_t entry, const OpenedPart& part) {
  return {.entry = entry, .name = part.name, .state = part.state, .fault = part.fault};
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
  std::vector<OpenedPart> parts = PROVISO_TRY(OpenParts(*reader, index, decoded.parts));
  OpenedEntry opened{.event = std::move(decoded.event), .parts = std::move(parts)};
  opened.event.index = index;
  return opened;
}

}  // namespace proviso::ledger

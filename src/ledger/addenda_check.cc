#include "ledger/addenda_check.h"

#include <algorithm>
#include <memory>

#include "ledger/entry.h"
#include "ledger/internal/entry_reader.h"
#include "ledger/internal/unsealing.h"
#include "ledger/merkle.h"
#include "ledger/opening.h"

namespace proviso::ledger {
namespace {

// Entries are read so many at a time, and their parts after them: one connection does both.
constexpr std::uint64_t kChunk = 256;

void Count(const OpenedPart& part, std::uint64_t entry, AddendaReport& report) {
  switch (part.state) {
    case PartState::kHeld:
      ++report.held;
      return;
    case PartState::kErased:
      ++report.erased;
      return;
    case PartState::kAbsent:
      ++report.absent;
      return;
    case PartState::kDamaged:
      ++report.damaged;
      if (report.listed.size() < AddendaReport::kListed) {
        report.listed.push_back(Unread(entry, part));
      }
  }
}

}  // namespace

Result<AddendaReport> CheckAddenda(const LedgerOptions& options, std::uint64_t size,
                                   const HearUnread& hear) {
  const std::unique_ptr<EntryReader> reader = PROVISO_TRY(EntryReader::Open(options));
  AddendaReport report;
  CompactRange tree;
  std::vector<std::vector<DecodedEntry::Part>> parts;
  for (std::uint64_t begin = 0; begin < size; begin += kChunk) {
    parts.clear();
    PROVISO_TRY(reader->ReadEntries(
        begin, std::min(begin + kChunk, size),
        [&](std::uint64_t position, const crypto::Hash& leaf, ByteView bytes) -> Status {
          tree.Append(leaf);
          DecodedEntry decoded =
              PROVISO_TRY_DOING(DecodeEntry(bytes), "entry " + std::to_string(position));
          parts.push_back(std::move(decoded.parts));
          return {};
        }));
    for (std::uint64_t i = 0; i < parts.size(); ++i) {
      for (const OpenedPart& part : PROVISO_TRY(OpenParts(*reader, begin + i, parts[i]))) {
        Count(part, begin + i, report);
        if (hear && part.state != PartState::kHeld) hear(Unread(begin + i, part));
      }
    }
  }
  report.root = tree.Root();
  return report;
}

}  // namespace proviso::ledger
